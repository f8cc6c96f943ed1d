"""The goal of a presale from set-up cost, margin and holding; its cap from free capacity and material.

Goods that are sold before they are made are held for nobody, so the set-up is weighed against the margin first. Where
more is expected to sell, the lot grows with it, up to the one that is cheapest for goods that go on selling.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from roulian.decide.methods.lots import economic_lot, explain_lot, round_up
from roulian.decide.model.batch import Material
from roulian.decide.model.goal import Goal, NoMargin, NotWorthMaking
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.model.seen import FreeDay
from roulian.words.ids import SkuId
from roulian.words.time import Day

SETUP_SHARE_RATIO = 0.2
"""How much of a lot's margin its set-up may take."""

HOLDING_RATIO = 0.25
"""What holding a unit for a year costs, as a share of its cost."""


@dataclass(frozen=True, slots=True)
class Presold:
    """What a presale would sell: money per unit, the set-up of a lot, units expected a day, units a lot is rounded to.

    Nothing is made before `starts`, the day the presale ends, and all must be finished on `ends`.
    """

    sku: SkuId
    price_fen: int
    unit_cost_fen: int
    setup_cost_fen: int
    per_day: float
    multiple: int
    starts: Day
    ends: Day


def goal(presold: Presold, capacity: Sequence[FreeDay], materials: Sequence[Material], *, today: Day) -> Goal:
    """The lot to gather and the most to take, with reasons. Raises `NoMargin`, `NotWorthMaking`.

    Laws: a dearer set-up or a thinner margin never lowers the goal below what is worth making; more capacity or
    material never lowers the cap; the cap can be made in time.
    """
    margin_fen = presold.price_fen - presold.unit_cost_fen
    if margin_fen <= 0:
        raise NoMargin(presold.sku, presold.price_fen, presold.unit_cost_fen)
    worth = max(1, math.ceil(presold.setup_cost_fen / (SETUP_SHARE_RATIO * margin_fen)))
    economic = economic_lot(
        setup_cost_fen=presold.setup_cost_fen,
        holding_ratio=HOLDING_RATIO,
        demand_per_day=presold.per_day,
        unit_cost_fen=presold.unit_cost_fen,
    )
    most, why_most = most_makeable(presold, capacity, materials)
    cap = most - most % presold.multiple
    if cap < worth:
        raise NotWorthMaking(presold.sku, cap, worth)
    open_days = max(1, presold.starts.since(today))
    expected = math.floor(presold.per_day * open_days)
    lot = min(cap, round_up(max(worth, min(economic, expected)), presold.multiple))
    fills: dict[str, int | str] = {"qty": lot, "days": open_days, "expected": expected}
    reasons = (
        _worth(worth, presold, margin_fen),
        _economic(economic, presold),
        why_most,
        Reason(ReasonCode.LOT_FILLS, {**fills, "per_day": f"{presold.per_day:.1f}"}),
    )
    return Goal(presold.sku, lot, cap, worth, economic, reasons)


def most_makeable(presold: Presold, capacity: Sequence[FreeDay], materials: Sequence[Material]) -> tuple[int, Reason]:
    """Units that can be made from `starts` to `ends`, and what binds: the line's free days or a material that is short.

    A material is bought on `starts` and binds until it is in, one that nobody sells binds for good: no more is made
    than what is free of it allows. Each day's units are at most what the line has free on it.
    """
    made, binds = 0, None
    for free in sorted(capacity, key=lambda day: day.day):
        if not presold.starts <= free.day <= presold.ends:
            continue
        short = [m for m in materials if not m.is_sold or presold.starts.plus(m.lead_time_days) > free.day]
        scarce = min(short, key=lambda m: max(0, m.free) // m.per_unit, default=None)
        limit = made + free.units if scarce is None else max(made, max(0, scarce.free) // scarce.per_unit)
        binds = scarce if made + free.units > limit else None
        made = min(made + free.units, limit)
    facts: dict[str, int | str] = {"qty": made, "starts": presold.starts.iso(), "ends": presold.ends.iso()}
    if binds is None:
        return made, Reason(ReasonCode.CAP_CAPACITY, facts)
    return made, Reason(ReasonCode.CAP_MATERIAL, {**facts, "material": binds.sku, "free": max(0, binds.free)})


def _worth(worth: int, presold: Presold, margin_fen: int) -> Reason:
    facts: dict[str, int | str] = {
        "qty": worth,
        "setup_yuan": f"{presold.setup_cost_fen / 100:.2f}",
        "margin_yuan": f"{margin_fen / 100:.2f}",
        "share_percent": round(SETUP_SHARE_RATIO * 100),
    }
    return Reason(ReasonCode.LOT_EARNS_SETUP, facts)


def _economic(economic: int, presold: Presold) -> Reason:
    return explain_lot(
        economic,
        setup_cost_fen=presold.setup_cost_fen,
        holding_ratio=HOLDING_RATIO,
        demand_per_day=presold.per_day,
        unit_cost_fen=presold.unit_cost_fen,
    )
