"""Forecasts by resampling the recent past: no distribution is assumed, so none has to be right.

A future path of demand is drawn day by day from a SKU's own history, recent days more often (a weight
halves every 28 days). Before drawing, the weekly rhythm all SKUs share is divided out, and put back on
the day drawn for. Each path is then raised or lowered as a whole by a lognormal factor, because a level
estimated from the past drifts: without it the .95 quantile of retail fortnights covers .91. Quantiles of
many paths are the forecast; sums over a lead time are sums of paths, so no independence is assumed of
quantiles. The half-life and the drift were chosen by back-test on daily retail, weekly manufacturing
and monthly spare-part demand together (`benchmarks/forecast.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roulian.predict.model import QUANTILES, Array

HALF_LIFE_PERIODS = 28.0
LEVEL_DRIFT = 0.35
PATHS = 400
_SKUS_AT_ONCE = 128
_LIVE_SHARE = 0.05
_SPIKE_LEVEL = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Quantiles of demand by SKU: `daily` of single days, `cumulative` of sums from day 1; shape (SKU, horizon, level)."""

    daily: Array
    cumulative: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """What every SKU shares: which past day each path takes, and by how much it is scaled. Shape (path, day)."""

    day: NDArray[np.int64]
    scale: Array


def forecast(
    units: Array,
    *,
    horizon_days: int,
    rng: np.random.Generator,
    season_days: int = 7,
    paths: int = PATHS,
    levels: Sequence[float] = QUANTILES,
) -> Bands:
    """Quantiles of the next `horizon_days` of demand for every SKU of `units[SKU, day]`, oldest day first.

    `season_days` is the length of the shared rhythm (7 for days, 1 for none). Non-negative; negative net
    days count as zero. A SKU's bands do not depend on the order of the SKUs. Cost about 0.2 ms per SKU at
    28 days. Raises `ValueError` for no history, no horizon or no paths.
    """
    history, draws = _prepare(units, horizon_days, rng, season_days, paths)
    shape = (len(history), horizon_days, len(levels))
    daily, cumulative = np.empty(shape), np.empty(shape)
    for begin in range(0, len(history), _SKUS_AT_ONCE):
        part = slice(begin, begin + _SKUS_AT_ONCE)
        drawn = _draw(history[part], draws)
        daily[part] = _levels_of(drawn, levels)
        cumulative[part] = _levels_of(np.cumsum(drawn, axis=1), levels)
    return Bands(daily, cumulative)


def forecast_sums(
    units: Array,
    *,
    horizon_days: int,
    rng: np.random.Generator,
    season_days: int = 7,
    paths: int = PATHS,
    levels: Sequence[float] = QUANTILES,
) -> Array:
    """Quantiles of the sum of the next `horizon_days` alone, shape (SKU, level): what `forecast` says for its last day."""
    history, draws = _prepare(units, horizon_days, rng, season_days, paths)
    sums = np.empty((len(history), len(levels)))
    for begin in range(0, len(history), _SKUS_AT_ONCE):
        part = slice(begin, begin + _SKUS_AT_ONCE)
        sums[part] = _levels_of(_draw(history[part], draws).sum(axis=1)[:, None, :], levels)[:, 0]
    return sums


def _prepare(
    units: Array, horizon_days: int, rng: np.random.Generator, season_days: int, paths: int
) -> tuple[Array, _Draws]:
    if units.ndim != 2 or units.shape[1] == 0:  # noqa: PLR2004 - a panel has two axes
        raise ValueError("a forecast needs a panel of at least one day of history")
    if horizon_days < 1 or paths < 1 or season_days < 1:
        raise ValueError("a forecast needs at least one day ahead, one path and a season of at least one day")
    history = np.maximum(units, 0.0)
    weights = 0.5 ** (np.arange(units.shape[1] - 1, -1, -1) / HALF_LIFE_PERIODS)
    phase = np.arange(-units.shape[1], 0) % season_days
    rhythm = _rhythm(history, weights, phase, season_days)
    weights = np.where(rhythm[phase] > _LIVE_SHARE, weights, 0.0)
    day = np.searchsorted(np.cumsum(weights), rng.random((paths, horizon_days)) * weights.sum(), side="right")
    day = np.minimum(day, units.shape[1] - 1)
    drift = np.exp(LEVEL_DRIFT * rng.standard_normal((paths, 1)))
    return history, _Draws(day, rhythm[np.arange(horizon_days) % season_days] / rhythm[phase[day]] * drift)


def _rhythm(history: Array, weights: Array, phase: NDArray[np.int64], season_days: int) -> Array:
    """Each phase's share of demand, mean 1, pooled over SKUs of equal voice; flat with under two seasons of history."""
    if season_days == 1 or history.shape[1] < 2 * season_days:
        return np.ones(season_days)
    means = history.mean(axis=1, keepdims=True)
    by_day = np.divide(history, means, out=np.zeros_like(history), where=means > 0).sum(axis=0)
    by_day = np.minimum(by_day, np.quantile(by_day, _SPIKE_LEVEL))
    share = np.bincount(phase, by_day * weights, season_days) / np.bincount(phase, weights, season_days)
    return share / share.mean() if share.sum() > 0 else np.ones(season_days)


def _draw(history: Array, draws: _Draws) -> Array:
    """Paths of demand, shape (SKU, day, path)."""
    return np.ascontiguousarray(history[:, draws.day.T] * draws.scale.T)


def _levels_of(drawn: Array, levels: Sequence[float]) -> Array:
    """Quantiles over the last axis, linear between order statistics (Hyndman & Fan type 7), levels last."""
    ordered = np.sort(drawn, axis=-1)
    at = np.asarray(levels) * (drawn.shape[-1] - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, drawn.shape[-1] - 1)
    return np.asarray(ordered[..., below] + (ordered[..., above] - ordered[..., below]) * (at - below))
