"""Forecasts in themselves: shapes, rhythm, level, and the honest comparison with the textbook."""

import numpy as np
import pytest
from numpy.typing import NDArray

from roulian.predict import QUANTILES, backtest, forecast
from roulian.predict.methods import forecast_sums, normal_formula, outliers, pinball
from roulian.predict.methods.outliers import fences

MEDIAN = QUANTILES.index(0.5)


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def a_shop(days: int = 280, skus: int = 40) -> NDArray[np.float64]:
    """Bursty demand whose level drifts, closed every sixth day of the week."""
    chance = np.random.default_rng(5)
    level = np.exp(np.cumsum(chance.normal(0, 0.06, (skus, days)), axis=1) + chance.normal(1, 1, (skus, 1)))
    orders = chance.poisson(level * 0.6)
    units = orders * chance.integers(1, 9, (skus, days)).astype(float)
    units[:, np.arange(days) % 7 == 5] = 0
    return units


def test_bands_have_a_row_per_sku_day_and_level_and_rise_with_the_level():
    bands = forecast(a_shop(), horizon_days=9, rng=rng())

    assert bands.daily.shape == bands.cumulative.shape == (40, 9, len(QUANTILES))
    assert (np.diff(bands.daily, axis=-1) >= 0).all()
    assert (np.diff(bands.cumulative, axis=-1) >= 0).all()
    assert (bands.daily >= 0).all()


def test_the_same_seed_gives_the_same_forecast_to_the_byte():
    first, again = (forecast(a_shop(), horizon_days=5, rng=rng()) for _ in range(2))

    assert first.daily.tobytes() == again.daily.tobytes()
    assert first.cumulative.tobytes() == again.cumulative.tobytes()


def test_the_last_day_of_the_cumulative_band_is_the_forecast_of_the_sum():
    history = a_shop()

    bands, sums = forecast(history, horizon_days=14, rng=rng()), forecast_sums(history, horizon_days=14, rng=rng())

    assert np.allclose(bands.cumulative[:, -1], sums)


def test_nothing_is_expected_on_the_day_of_the_week_that_never_sells():
    history = a_shop(days=280)  # the next day is day 0 of the week

    bands = forecast(history, horizon_days=7, rng=rng())

    assert (bands.daily[:, 5] == 0).all()
    assert (bands.daily[:, [0, 1, 2, 3, 4, 6], -1].sum(axis=0) > 0).all()


def test_a_level_that_doubled_six_weeks_ago_is_seen():
    history = np.full((1, 240), 10.0)
    history[:, -42:] = 20.0

    bands = forecast(history, horizon_days=10, rng=rng(), season_days=1)

    assert 140 < bands.cumulative[0, -1, MEDIAN] < 200


def test_demand_that_never_was_is_not_expected():
    bands = forecast(np.zeros((2, 60)), horizon_days=3, rng=rng())

    assert (bands.cumulative == 0).all()


@pytest.mark.parametrize("days", [1, 2, 5])
def test_a_sku_days_old_gets_a_forecast(days):
    bands = forecast(np.full((1, days), 4.0), horizon_days=2, rng=rng())

    assert 3 < bands.daily[0, 0, MEDIAN] < 5


@pytest.mark.parametrize(("history", "horizon_days"), [(np.zeros((1, 0)), 5), (np.zeros((1, 9)), 0), (np.zeros(9), 5)])
def test_a_forecast_without_history_or_horizon_is_an_error(history, horizon_days):
    with pytest.raises(ValueError, match="a forecast needs"):
        forecast(history, horizon_days=horizon_days, rng=rng())


def test_a_back_test_says_how_both_methods_did_and_ours_is_better_on_bursty_demand():
    accuracy = backtest(a_shop(), horizon_days=14, cuts=range(150, 266, 14), rng=rng())

    assert (accuracy.origins, accuracy.horizon_days, accuracy.series) == (9, 14, 360)
    assert accuracy.pinball < accuracy.naive_pinball
    assert abs(accuracy.coverage_95 - 0.95) < abs(accuracy.naive_coverage_95 - 0.95)
    assert 0.9 < accuracy.coverage_95 < 0.99


@pytest.mark.parametrize("cuts", [[], [13], [60]])
def test_a_cut_without_room_for_windows_is_an_error(cuts):
    with pytest.raises(ValueError, match="every cut"):
        backtest(np.ones((2, 60)), horizon_days=7, cuts=cuts, rng=rng())


def test_the_textbook_formula_is_level_plus_z_spread():
    steady = np.full((1, 100), 5.0)

    quantiles = normal_formula(steady, horizon_days=4, levels=(0.5, 0.95))

    assert quantiles.tolist() == [[20.0, 20.0]]


def test_pinball_punishes_a_shortage_by_the_level_and_an_excess_by_the_rest():
    loss = pinball(np.array([10.0, 10.0]), np.array([[6.0], [14.0]]), (0.9,))

    assert np.allclose(loss, [3.6, 0.4])


def test_outliers_are_ordered_by_how_far_out_they_are_and_ordinary_days_are_left_out():
    low, median, high = np.zeros(4), np.full(4, 10.0), np.full(4, 20.0)

    found = outliers(np.array([26.0, 24.0, 60.0, 10.0]), low, median, high)

    assert found.tolist() == [2, 0]


def test_a_single_sale_of_a_sku_that_hardly_sells_is_no_news():
    nothing = np.zeros(1)

    below, above = fences(nothing, nothing, nothing)

    assert (below[0], above[0]) == (0, 1.5)
    assert outliers(np.ones(1), nothing, nothing, nothing).size == 0
