"""What holds for every forecast."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from roulian import predict, sense
from roulian.predict.methods import outliers
from roulian.store import Store
from roulian.words import Day, Ids, SimulatedClock, SkuId

MUG = SkuId("mug")
FIRST = Day.parse("2026-01-05")
DAYS = 60

units = st.integers(0, 500).map(float)
panels = arrays(np.float64, st.tuples(st.integers(1, 4), st.just(DAYS)), elements=units)


@given(panel=panels, other_future=arrays(np.float64, (4, DAYS), elements=units), cut=st.integers(1, DAYS - 1))
def test_data_after_the_cut_never_changes_a_forecast_made_at_it(panel, other_future, cut):
    skus = tuple(SkuId(f"k{n}") for n in range(len(panel)))
    changed = panel.copy()
    changed[:, cut + 1 :] = other_future[: len(panel), cut + 1 :]

    first, second = (
        predict.forecast(
            sense.DemandPanel(skus, FIRST, known).until(FIRST.plus(cut)).units,
            horizon_days=5,
            rng=np.random.default_rng(1),
            paths=40,
        )
        for known in (panel, changed)
    )

    assert first.daily.tobytes() == second.daily.tobytes()
    assert first.cumulative.tobytes() == second.cumulative.tobytes()


@given(panel=panels, horizon_days=st.integers(1, 20))
def test_quantiles_rise_with_the_level_and_sums_with_the_days(panel, horizon_days):
    bands = predict.forecast(panel, horizon_days=horizon_days, rng=np.random.default_rng(2), paths=50)

    assert (np.diff(bands.daily, axis=-1) >= -1e-9).all()
    assert (np.diff(bands.cumulative, axis=-1) >= -1e-9).all()
    assert (np.diff(bands.cumulative, axis=1) >= -1e-9).all()


@given(panel=panels, times=st.sampled_from([2.0, 4.0, 0.5]))
def test_a_forecast_scales_with_demand(panel, times):
    one, more = (
        predict.forecast(history, horizon_days=4, rng=np.random.default_rng(3), paths=40)
        for history in (panel, panel * times)
    )

    assert np.allclose(one.cumulative * times, more.cumulative)


@given(panel=panels, order=st.randoms(use_true_random=False))
def test_a_forecast_does_not_depend_on_the_order_of_the_skus(panel, order: random.Random):
    rows = list(range(len(panel)))
    order.shuffle(rows)

    straight = predict.forecast(panel, horizon_days=4, rng=np.random.default_rng(4), paths=40)
    shuffled = predict.forecast(panel[rows], horizon_days=4, rng=np.random.default_rng(4), paths=40)

    assert np.allclose(straight.cumulative[rows], shuffled.cumulative)


def _limits(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    return tuple(np.sort(values, axis=0))


@given(arrays(np.float64, st.tuples(st.just(3), st.integers(1, 8)), elements=units), st.floats(0, 1e4))
def test_demand_inside_the_band_is_never_an_outlier(values, somewhere):
    low, median, high = _limits(values)
    actual = np.clip(somewhere, low, high)

    assert outliers(actual, low, median, high).size == 0


@settings(deadline=None, max_examples=20)
@given(sales=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=20), cut=st.integers(0, 20))
def test_sales_dated_after_the_cut_never_reach_a_panel_that_ends_at_it(fresh_url, sales, cut):
    clock = SimulatedClock(FIRST.plus(30).at(8))
    store = Store.open(fresh_url(), clock=clock, ids=Ids(random.Random(1).getrandbits))
    store.create_all()
    lines = [sense.Sale(f"s{n}", MUG, "浙江", FIRST.plus(day), qty, 100) for n, (day, qty) in enumerate(sales)]
    early = [line for line in lines if line.day <= FIRST.plus(cut)]

    def known(some: list[sense.Sale]) -> list[float]:
        store.call(lambda tx: sense.sold(tx, some))
        found = store.read(lambda tx: sense.demand(tx, [MUG], first=FIRST, last=FIRST.plus(cut)))
        return found.units[0].tolist()

    try:
        assert known(early) == known(lines)
    finally:
        store.close()
