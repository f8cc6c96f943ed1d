"""How much at once: minimum orders, cases, and the lot where set-ups and holding cost least together."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from roulian.decide.model.reason import Reason, ReasonCode
from roulian.words.ids import SkuId

_DAYS_PER_YEAR = 365
_BULK_TIMES_MEDIAN = 20
_LEAST_BULK_UNITS = 100


def round_up(qty: int, multiple: int) -> int:
    """The smallest multiple of `multiple` that is at least `qty`. Both in units, `multiple` >= 1."""
    return -(-qty // multiple) * multiple


def economic_lot(
    *,
    setup_cost_fen: int,
    holding_ratio: float,
    demand_per_day: float,
    unit_cost_fen: int,
    daily_units: float | None = None,
) -> int:
    """The lot that minimises set-ups plus holding: sqrt(2 K D / (h (1 - d/p))), at least 1 unit.

    K is `setup_cost_fen`, D yearly and d daily demand, h = `holding_ratio` * `unit_cost_fen` per unit and
    year, p the `daily_units` a line makes (None: bought, all at once). A line no faster than demand runs
    without pause: a year's demand. Free holding or no demand give a year's demand, at least 1.
    Source: Harris 1913 (EOQ), Taft 1918 (EPQ); Silver, Pyke & Thomas 2017, sections 4.2 and 4.9.
    """
    yearly = max(0.0, demand_per_day) * _DAYS_PER_YEAR
    pause = 1.0 if daily_units is None else 1.0 - demand_per_day / daily_units
    holding_fen = holding_ratio * unit_cost_fen * pause
    if holding_fen <= 0 or yearly <= 0:
        return max(1, math.ceil(yearly))
    return max(1, round(math.sqrt(2 * setup_cost_fen * yearly / holding_fen)))


def explain_lot(
    lot: int, *, setup_cost_fen: int, holding_ratio: float, demand_per_day: float, unit_cost_fen: int
) -> Reason:
    """Why `lot` units at once, in money and demand."""
    facts: dict[str, int | str] = {
        "lot": lot,
        "setup_yuan": f"{setup_cost_fen / 100:.2f}",
        "holding_yuan": f"{holding_ratio * unit_cost_fen / 100:.2f}",
        "per_day": f"{demand_per_day:.1f}",
    }
    return Reason(ReasonCode.ECONOMIC_LOT, facts)


def bulk_lines_of(line_sizes: Mapping[SkuId, NDArray[np.float64]]) -> Mapping[SkuId, int]:
    """`bulk_from` of every SKU that sold, from the units of each of its sales lines."""
    found = {sku: bulk_from(sizes) for sku, sizes in line_sizes.items()}
    return {sku: units for sku, units in found.items() if units is not None}


def bulk_from(line_sizes: NDArray[np.float64]) -> int | None:
    """The line size from which a line of this SKU is bulk: 20 medians, at least 100 units; None without sales."""
    if line_sizes.size == 0:
        return None
    return max(math.ceil(_BULK_TIMES_MEDIAN * float(np.median(line_sizes))), _LEAST_BULK_UNITS)
