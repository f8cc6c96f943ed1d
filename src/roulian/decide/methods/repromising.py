"""New dates when supply moved: who waits longest is served first, nobody is promised earlier than was told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from roulian.decide.model.batch import BatchPlan
from roulian.decide.model.promise import Incoming, Peg, Promise, PromiseSource, Supply
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day


class Waiting(Protocol):
    """A claim that still lacks units; `wanted_day` is the day it was promised for."""

    @property
    def order(self) -> OrderId: ...  # noqa: D102
    @property
    def sku(self) -> SkuId: ...  # noqa: D102
    @property
    def missing(self) -> int: ...  # noqa: D102
    @property
    def wanted_day(self) -> Day: ...  # noqa: D102


def repromise(
    claims: Sequence[Waiting],
    supply: Supply,
    *,
    today: Day,
    promised: Mapping[OrderId, Day],
    was_day: Day,
    now_day: Day,
) -> Mapping[OrderId, Promise]:
    """The orders whose promised day can no longer be kept, each with the earliest day that can.

    What comes in serves claims in the order given (oldest promise first); what no inbound covers is counted
    as bought today. Law: later inbound never gives an earlier day, and no order moves to an earlier day.
    """
    arrivals = sorted(supply.inbound, key=lambda coming: coming.day)
    needed, moved = 0, {}
    for claim in claims:
        needed += claim.missing
        there, source, ref = _covered(needed, arrivals, supply, today=today)
        day = max(there, today).plus(supply.handling_days)
        if claim.order not in promised or day <= promised[claim.order]:
            continue
        facts = {"was_day": was_day.iso(), "now_day": now_day.iso(), "day": day.iso()}
        reason = Reason(ReasonCode.SUPPLIER_DELAYED, facts)
        pegs = (Peg(source, claim.missing, there, ref),)
        moved[claim.order] = Promise(claim.sku, claim.missing, day, source, reason, pegs)
    return moved


def _covered(
    needed: int, arrivals: Iterable[Incoming], supply: Supply, *, today: Day
) -> tuple[Day, PromiseSource, str]:
    arrived = 0
    for coming in arrivals:
        arrived += coming.qty
        if arrived >= needed:
            return coming.day, PromiseSource.INBOUND, coming.source
    wait = supply.review_days + (supply.lead_time_days or 0)
    return today.plus(wait), PromiseSource.PURCHASE, ""


def delay_reason(*, was_day: Day, now_day: Day) -> Reason:
    """Why a promise moved: the supplier's own move, in days."""
    facts = {"was_day": was_day.iso(), "now_day": now_day.iso(), "day": now_day.iso()}
    return Reason(ReasonCode.SUPPLIER_DELAYED, facts)


def missed_reason(*, paid_qty: int, lot_qty: int) -> Reason:
    """Why a presale is not made: paid units against the lot, in units."""
    return Reason(ReasonCode.LOT_MISSED, {"paid_qty": paid_qty, "lot_qty": lot_qty})


def firm_promises(plan: BatchPlan, promised: Mapping[OrderId, Day], *, handling_days: int = 1) -> Mapping[OrderId, Day]:
    """The orders that the batch finishes too late for, with the day it can keep; the others keep their day."""
    day = plan.finish_day.plus(handling_days)
    return {order: day for order, told in promised.items() if told < day}
