"""Which days fell so far outside the band that a person should look.

A plain "above the .98 quantile" rule calls one day in fifty, by its own definition: with 500 SKUs ten a
day (measured on daily retail: 2.0 % of SKU-days). The fence therefore stands further out, in widths of the
band itself: 1.1 % of the same SKU-days.
"""

import numpy as np
from numpy.typing import NDArray

from roulian.predict.model import Array

FENCE_WIDTHS = 1.5


def fences(low: Array, median: Array, high: Array) -> tuple[Array, Array]:
    """The limits of an ordinary day: 1.5 band widths from the median to either side, the lower never below 0.

    `low`, `median`, `high` are the .05, .5 and .98 quantiles of the day's demand, in units. At least one
    unit is kept between the median and the upper fence, so that a single sale of a SKU that hardly sells
    is no news.
    """
    upper = median + FENCE_WIDTHS * np.maximum(high - median, 1.0)
    return np.maximum(0.0, median - FENCE_WIDTHS * (median - low)), upper


def outliers(actual: Array, low: Array, median: Array, high: Array) -> NDArray[np.int64]:
    """Positions whose `actual` demand lies outside the fences, furthest out first (ties: earlier position)."""
    below, above = fences(low, median, high)
    width = np.maximum(above - median, 1.0)
    excess = np.maximum(actual - above, below - actual) / width
    order = np.argsort(-excess, kind="stable")
    return order[excess[order] > 0]
