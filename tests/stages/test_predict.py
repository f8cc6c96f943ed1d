"""Forecasts are kept once per SKU and evening, and days are judged against what was known before them."""

import numpy as np
import pytest
import sqlalchemy as sa

from roulian import predict
from roulian.predict import QUANTILES, Accuracy, AnomalyFound, Bands, Forecast
from roulian.store import Store
from roulian.words import Day, SkuId

MUG, BAG = SkuId("mug"), SkuId("bag")
SUNDAY = Day.parse("2026-03-01")
MONDAY = SUNDAY.plus(1)


def bands(*medians: float, horizon_days: int = 3) -> Bands:
    """Bands whose daily .05, .5 and .98 quantiles are half, whole and twice the median."""
    shape = np.array([0.5, 0.6, 1, 1.2, 1.5, 1.8, 2])
    daily = np.array(medians)[:, None, None] * np.ones((1, horizon_days, 1)) * shape
    return Bands(daily, np.cumsum(daily, axis=1))


def made(store: Store, day: Day, *medians: float) -> int:
    return store.call(lambda tx: predict.save(tx, [MUG, BAG][: len(medians)], made_day=day, bands=bands(*medians)))


def said(store: Store, kind: str) -> int:
    stmt = sa.text("SELECT count(*) FROM store_events WHERE kind = :kind")
    return store.read(lambda tx: tx.rows(stmt, kind=kind))[0][0]


def test_a_forecast_comes_back_as_it_was_made(store):
    made(store, SUNDAY, 10, 4)

    found = store.read(lambda tx: predict.latest(tx, [MUG, BAG, SkuId("ghost")]))
    assert set(found) == {MUG, BAG}
    assert np.allclose(found[BAG].daily, bands(4).daily[0])
    assert np.allclose(found[BAG].cumulative, bands(4).cumulative[0])
    assert (found[MUG].made_day, found[MUG].horizon_days) == (SUNDAY, 3)


def test_a_repeated_night_changes_nothing_and_says_nothing(store):
    first, again = made(store, SUNDAY, 10), made(store, SUNDAY, 99)

    found = store.read(lambda tx: predict.forecast_on(tx, MUG, SUNDAY))
    assert (first, again) == (1, 0)
    assert found is not None
    assert found.limits(MONDAY) == (5, 10, 20)
    assert said(store, "predict.ForecastMade") == 1


def test_latest_is_the_newest_or_the_newest_before_a_day(store):
    made(store, SUNDAY, 10)
    made(store, MONDAY, 20)

    newest = store.read(lambda tx: predict.latest(tx, [MUG]))[MUG]
    earlier = store.read(lambda tx: predict.latest(tx, [MUG], before=MONDAY))[MUG]
    assert (newest.made_day, earlier.made_day) == (MONDAY, SUNDAY)
    assert store.read(lambda tx: predict.forecast_on(tx, MUG, MONDAY.plus(1))) is None


def test_a_day_far_outside_an_earlier_forecast_is_said_once(store):
    made(store, SUNDAY, 10, 10)

    first = store.call(lambda tx: predict.judge(tx, day=MONDAY, actual={MUG: 60, BAG: 12}))
    again = store.call(lambda tx: predict.judge(tx, day=MONDAY, actual={MUG: 60, BAG: 12}))

    (anomaly,) = store.read(predict.anomalies_page)
    assert (first, again, said(store, AnomalyFound.kind())) == (1, 0, 1)
    assert (anomaly.sku, anomaly.day, anomaly.actual, anomaly.low, anomaly.high) == (MUG, MONDAY, 60, 2.5, 25)
    assert anomaly.made_day == SUNDAY
    assert store.read(lambda tx: predict.anomaly_count(tx, first=MONDAY, last=MONDAY)) == 1


def test_a_day_that_falls_silent_is_said(store):
    made(store, SUNDAY, 100)

    found = store.call(lambda tx: predict.judge(tx, day=MONDAY, actual={MUG: 3}))

    assert found == 1


def test_a_day_is_never_judged_by_a_forecast_that_had_seen_it(store):
    made(store, MONDAY, 1)

    found = store.call(lambda tx: predict.judge(tx, day=MONDAY, actual={MUG: 500}))

    assert found == 0
    assert store.read(predict.anomalies_page) == ()


def test_a_day_beyond_the_horizon_is_not_judged(store):
    made(store, SUNDAY, 1)

    assert store.call(lambda tx: predict.judge(tx, day=SUNDAY.plus(4), actual={MUG: 500})) == 0


def test_no_more_alerts_than_a_planner_reads_and_the_worst_first(store):
    made(store, SUNDAY, 10, 10)

    found = store.call(lambda tx: predict.judge(tx, day=MONDAY, actual={MUG: 60, BAG: 90}, most=1))

    (anomaly,) = store.read(predict.anomalies_page)
    assert (found, anomaly.sku) == (1, BAG)


def test_a_forecast_answers_for_any_number_of_days_and_any_level():
    one = Forecast("fct_1", MUG, SUNDAY, 3, bands(10).daily[0], bands(10).cumulative[0])

    assert one.within(0, 0.95) == 0
    assert one.within(2, 0.5) == 20
    assert one.within(1, 0.65) == pytest.approx(11)
    assert one.within(6, 0.98) == 120
    assert one.per_day() == 10
    assert one.limits(SUNDAY) is None


def test_a_back_test_is_kept_per_day_and_horizon(store):
    first = Accuracy(14, 9, 40, 0.31, 0.94, 0.6, 0.35, 0.9)
    better = Accuracy(14, 9, 40, 0.30, 0.95, 0.6, 0.35, 0.9)

    store.call(lambda tx: predict.save_accuracy(tx, first, day=SUNDAY))
    store.call(lambda tx: predict.save_accuracy(tx, better, day=SUNDAY))

    assert store.read(predict.accuracies) == ((SUNDAY, better),)


def test_every_quantile_level_has_its_column():
    assert len(QUANTILES) == bands(1).daily.shape[-1]
    assert list(QUANTILES) == sorted(QUANTILES)
