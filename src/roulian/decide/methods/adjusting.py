"""What to do about a day far outside the forecast: options, each with its cost and its gain, best first.

The assumption is stated, not hidden: part of the surprise lasts over the protection interval
(`persistence_ratio`), the rest was a single day.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from roulian.decide.methods.lots import round_up
from roulian.decide.methods.replenishing import free_units
from roulian.decide.model.promise import REVIEW_DAYS
from roulian.decide.model.proposal import AdjustKind, AdjustOption, Draft, ProposalKind
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.model.seen import Expected, Inbound, Outlier, Shelf, Sourced
from roulian.words.ids import SkuId
from roulian.words.time import Day

_DAYS_PER_YEAR = 365
_WATCH_DAYS = 3
_DISCOUNT_RATIO = 0.2
_SURPLUS_HOLDING_DAYS = 90


@dataclass(frozen=True, slots=True)
class Surprise:
    """A day outside the band and what the SKU earns and costs.

    `actual`, `low`, `high` and `per_day` (the median forecast of a day) are units; `days` is the protection
    interval an order takes; `free` units stand on the shelf, `inbound` are on the way.
    """

    sku: SkuId
    day: Day
    actual: int
    low: int
    high: int
    per_day: float
    days: int
    free: int
    inbound: int
    price_fen: int
    unit_cost_fen: int
    moq: int = 1
    multiple: int = 1
    holding_ratio: float = 0.25
    persistence_ratio: float = 0.5


def adjust(surprise: Surprise) -> tuple[AdjustOption, ...]:
    """The options, highest net gain first; doing nothing but watch is always one of them.

    Cost of buying more is the holding of the extra units over the interval; its gain the margin on those the
    shelf and inbound would have lacked. Gain of buying less is the holding saved on units that would have
    stood for 90 days.
    """
    options = (_buy_more(surprise),) if surprise.actual > surprise.high else _slow_down(surprise)
    return tuple(sorted((*(o for o in options if o), _watch(surprise)), key=lambda o: -o.net_fen))


def adjust_draft(surprise: Surprise, option: AdjustOption) -> Draft | None:
    """The option as a proposal to file; None for watching, which needs nobody's signature."""
    if option.kind is AdjustKind.WATCH:
        return None
    need_day = surprise.day.plus(surprise.days)
    return Draft(ProposalKind.ADJUST, surprise.sku, option.qty, need_day, option.cost_fen, option.reason)


def best_draft(surprise: Surprise) -> tuple[Draft, ...]:
    """The option with the highest net gain as a draft to file; nothing where watching is best."""
    draft = adjust_draft(surprise, adjust(surprise)[0])
    return () if draft is None else (draft,)


def surprise(
    seen: Outlier,
    *,
    price_fen: int,
    sourcing: Sourced,
    forecast: Expected,
    shelf: Shelf | None,
    inbound: Sequence[Inbound],
    review_days: int = REVIEW_DAYS,
) -> Surprise:
    """The surprise of one SKU's day, read off what was seen, its shelf, its inbound, its supplier and its forecast."""
    days = sourcing.lead_time_days + review_days
    return Surprise(
        sku=seen.sku,
        day=seen.day,
        actual=round(seen.actual),
        low=math.floor(seen.low),
        high=math.ceil(seen.high),
        per_day=forecast.per_day(),
        days=days,
        free=free_units(shelf),
        inbound=sum(coming.qty for coming in inbound if coming.day <= seen.day.plus(days)),
        price_fen=price_fen,
        unit_cost_fen=sourcing.unit_cost_fen,
        moq=sourcing.moq,
        multiple=sourcing.multiple,
    )


def _lasting(surprise: Surprise) -> int:
    """Units by which demand over the interval differs from the forecast, if part of the surprise lasts."""
    return round(abs(surprise.actual - surprise.per_day) * surprise.persistence_ratio * surprise.days)


def _facts(surprise: Surprise, *, limit: int, qty: int, cost_fen: int, gain_fen: int) -> dict[str, int | str]:
    return {
        "day": surprise.day.iso(),
        "actual": surprise.actual,
        "limit": limit,
        "days": surprise.days,
        "persistence_percent": round(surprise.persistence_ratio * 100),
        "qty": qty,
        "cost_yuan": f"{cost_fen / 100:.2f}",
        "gain_yuan": f"{gain_fen / 100:.2f}",
    }


def _buy_more(surprise: Surprise) -> AdjustOption | None:
    expected = surprise.per_day * surprise.days + _lasting(surprise)
    lacking = round(expected) - surprise.free - surprise.inbound
    if lacking <= 0:
        return None
    qty = round_up(max(lacking, surprise.moq), surprise.multiple)
    cost = round(qty * surprise.unit_cost_fen * surprise.holding_ratio * surprise.days / _DAYS_PER_YEAR)
    gain = lacking * max(0, surprise.price_fen - surprise.unit_cost_fen)
    facts = _facts(surprise, limit=surprise.high, qty=qty, cost_fen=cost, gain_fen=gain)
    return AdjustOption(AdjustKind.BUY_MORE, qty, cost, gain, Reason(ReasonCode.DEMAND_ABOVE_BAND, facts))


def _slow_down(surprise: Surprise) -> tuple[AdjustOption, ...]:
    surplus = min(_lasting(surprise), max(0, surprise.free + surprise.inbound))
    if surplus <= 0:
        return ()
    holding = surprise.unit_cost_fen * surprise.holding_ratio * _SURPLUS_HOLDING_DAYS / _DAYS_PER_YEAR
    saved = round(surplus * holding)
    less = _facts(surprise, limit=surprise.low, qty=surplus, cost_fen=0, gain_fen=saved)
    given = round(surplus * surprise.price_fen * _DISCOUNT_RATIO)
    cut = _facts(surprise, limit=surprise.low, qty=surplus, cost_fen=given, gain_fen=saved)
    return (
        AdjustOption(AdjustKind.BUY_LESS, surplus, 0, saved, Reason(ReasonCode.DEMAND_BELOW_BAND, less)),
        AdjustOption(
            AdjustKind.MARK_DOWN,
            surplus,
            given,
            saved,
            Reason(ReasonCode.MARK_DOWN, {**cut, "discount_percent": round(_DISCOUNT_RATIO * 100)}),
        ),
    )


def _watch(surprise: Surprise) -> AdjustOption:
    facts: dict[str, int | str] = {"day": surprise.day.iso(), "actual": surprise.actual, "days": _WATCH_DAYS}
    return AdjustOption(AdjustKind.WATCH, 0, 0, 0, Reason(ReasonCode.WATCH, facts))
