"""A forecast as quantiles, how well such forecasts did, and the days that fell outside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roulian.words.ids import SkuId
from roulian.words.time import Day

QUANTILES = (0.05, 0.1, 0.5, 0.8, 0.9, 0.95, 0.98)
"""The levels of every stored forecast, ascending; the last axis of its arrays."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """Demand of one SKU over the `horizon_days` days after `made_day`, in units.

    `daily[h - 1, q]` is the quantile `QUANTILES[q]` of demand on day `made_day.plus(h)` alone;
    `cumulative[h - 1, q]` that of the sum of days 1..h. Both are float64 of shape (horizon_days, 7),
    non-negative, ascending along q. Nothing after `made_day` was known.
    """

    id: str
    sku: SkuId
    made_day: Day
    horizon_days: int
    daily: Array
    cumulative: Array

    def within(self, days: int, level: float) -> float:
        """The `level` quantile of demand over the next `days`, in units; linear between stored levels.

        Beyond the horizon demand grows at the mean pace of the horizon, which errs on the safe side;
        levels outside .05...98 are held at the ends. No days, no demand.
        """
        if days <= 0:
            return 0.0
        at_level = float(np.interp(level, QUANTILES, self.cumulative[min(days, self.horizon_days) - 1]))
        return at_level * max(1.0, days / self.horizon_days)

    def per_day(self) -> float:
        """Median demand per day over the horizon, in units."""
        return float(self.cumulative[-1, QUANTILES.index(0.5)]) / self.horizon_days

    def limits(self, day: Day) -> tuple[float, float, float] | None:
        """The .05, .5 and .98 quantiles of demand on `day` alone; None outside the horizon."""
        ahead = day.since(self.made_day)
        if not 1 <= ahead <= self.horizon_days:
            return None
        band = self.daily[ahead - 1]
        return float(band[0]), float(band[QUANTILES.index(0.5)]), float(band[-1])


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A rolling-origin back-test of `horizon_days` sums against the textbook normal formula.

    `pinball` is the mean quantile loss over .5, .8, .9, .95, .98, each series scaled by its own mean
    absolute change between neighbouring windows (so 1 is "as wrong as the last window repeated");
    `coverage_95` the share of sums at or under the .95 quantile; `wape` the sum of absolute errors of the
    median over the sum of demand. The `naive_` twins are the same for mean + z * s * sqrt(h).
    """

    horizon_days: int
    origins: int
    series: int
    pinball: float
    coverage_95: float
    wape: float
    naive_pinball: float
    naive_coverage_95: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A day's demand outside the limits `low`..`high` of the forecast made on `made_day`, in units."""

    id: str
    sku: SkuId
    day: Day
    actual: float
    low: float
    high: float
    made_day: Day
