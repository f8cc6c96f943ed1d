"""Honest judgement: forecast as if it were then, compare with what came, beside the textbook formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from roulian.predict.methods.paths import PATHS, forecast_sums
from roulian.predict.model import Accuracy, Array

JUDGED = (0.5, 0.8, 0.9, 0.95, 0.98)
_MEDIAN, _NINETY_FIVE = JUDGED.index(0.5), JUDGED.index(0.95)
_SMOOTHINGS = (0.02, 0.05, 0.1, 0.2, 0.3)


def backtest(
    units: Array,
    *,
    horizon_days: int,
    cuts: Sequence[int],
    rng: np.random.Generator,
    season_days: int = 7,
    paths: int = PATHS,
) -> Accuracy:
    """How forecasts of `horizon_days` sums did on the panel `units[SKU, day]` from each cut.

    A cut of c has seen days 0..c-1 and is judged on days c..c+horizon-1, so it needs
    2 * horizon <= c <= days - horizon (`ValueError` otherwise). Series without a sale before the cut are
    left out of it. Deterministic in `rng`.
    """
    if not cuts or min(cuts) < 2 * horizon_days or max(cuts) > units.shape[1] - horizon_days:
        raise ValueError("every cut needs two horizons of days before it and one after it")
    ours, textbook, actuals, scales = [], [], [], []
    for cut in cuts:
        panel = units[np.maximum(units[:, :cut], 0.0).sum(axis=1) > 0]
        past = np.maximum(panel[:, :cut], 0.0)
        ours.append(
            forecast_sums(past, horizon_days=horizon_days, rng=rng, season_days=season_days, paths=paths, levels=JUDGED)
        )
        textbook.append(normal_formula(past, horizon_days=horizon_days, levels=JUDGED))
        actuals.append(np.maximum(panel[:, cut : cut + horizon_days].sum(axis=1), 0.0))
        scales.append(_window_change(past, horizon_days))
    judged = _Judged(*(np.concatenate(parts) for parts in (ours, textbook, actuals, scales)))
    return _accuracy(judged, horizon_days=horizon_days, origins=len(cuts))


def recent_cuts(days: int, *, horizon_days: int, most: int) -> tuple[int, ...]:
    """Up to `most` cuts of a panel of `days` days, newest last, one horizon apart; empty where none is honest."""
    newest = days - horizon_days
    cuts = [newest - n * horizon_days for n in range(most)]
    return tuple(cut for cut in reversed(cuts) if cut >= 2 * horizon_days)


def normal_formula(units: Array, *, horizon_days: int, levels: Sequence[float]) -> Array:
    """The textbook's quantiles of window sums, shape (SKU, level): h * level + z * s * sqrt(h), never below 0.

    Level by simple exponential smoothing, its constant chosen per SKU by one-step error, s the
    root mean square of those errors (Silver, Pyke & Thomas 2017, section 6.7).
    """
    z = np.array([NormalDist().inv_cdf(level) for level in levels])
    best_error, best_level = np.full(len(units), np.inf), np.zeros(len(units))
    for smoothing in _SMOOTHINGS:
        level, error = _smoothed(units, smoothing)
        better = error < best_error
        best_error, best_level = np.where(better, error, best_error), np.where(better, level, best_level)
    spread = np.sqrt(best_error * horizon_days)
    return np.asarray(np.maximum(0.0, horizon_days * best_level[:, None] + z * spread[:, None]))


def pinball(actual: Array, quantiles: Array, levels: Sequence[float]) -> Array:
    """Quantile loss averaged over levels, in units, one per row of `quantiles[row, level]`."""
    error = actual[:, None] - quantiles
    level = np.asarray(levels)
    return np.asarray(np.maximum(level * error, (level - 1) * error).mean(axis=1))


def _smoothed(units: Array, smoothing: float) -> tuple[Array, Array]:
    days = units.shape[1]
    level = units[:, : max(1, min(14, days // 3))].mean(axis=1)
    squares, warm_up = np.zeros(len(units)), max(1, days // 5)
    for day in range(days):
        error = units[:, day] - level
        if day >= warm_up or days == 1:
            squares += error**2
        level = level + smoothing * error
    return level, squares / max(1, days - warm_up)


def _window_change(units: Array, horizon_days: int) -> Array:
    sums = np.cumsum(np.pad(units, ((0, 0), (1, 0))), axis=1)
    windows = sums[:, horizon_days:] - sums[:, :-horizon_days]
    return np.asarray(np.maximum(np.abs(windows[:, horizon_days:] - windows[:, :-horizon_days]).mean(axis=1), 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Quantiles of both methods, what came, and each series' scale; one row per series and cut."""

    ours: Array
    textbook: Array
    actual: Array
    scale: Array


def _accuracy(judged: _Judged, *, horizon_days: int, origins: int) -> Accuracy:
    actual = judged.actual

    def loss(quantiles: Array) -> float:
        return float((pinball(actual, quantiles, JUDGED) / judged.scale).mean())

    def coverage(quantiles: Array) -> float:
        return float((actual <= quantiles[:, _NINETY_FIVE]).mean())

    return Accuracy(
        horizon_days=horizon_days,
        origins=origins,
        series=len(actual),
        pinball=loss(judged.ours),
        coverage_95=coverage(judged.ours),
        wape=float(np.abs(actual - judged.ours[:, _MEDIAN]).sum() / max(actual.sum(), 1.0)),
        naive_pinball=loss(judged.textbook),
        naive_coverage_95=coverage(judged.textbook),
    )
