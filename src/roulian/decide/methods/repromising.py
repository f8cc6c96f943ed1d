"""New dates for orders that already have one: who waits longest is served first, no date moves to an earlier day."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from roulian.decide.methods.promising import promise
from roulian.decide.model.batch import BatchPlan
from roulian.decide.model.promise import Ask, NothingToPromise, Peg, Promise, PromiseSource, Supply
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.model.seen import Waiting
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day


def repromise(
    waiting: Iterable[Waiting],
    supply: Supply,
    *,
    today: Day,
    promised: Mapping[OrderId, Day],
    was_day: Day,
    now_day: Day,
) -> Mapping[OrderId, Promise]:
    """The orders whose day in `promised` can no longer be kept, each with the earliest day that can.

    Claims are served in the order in which goods will be handed out: earliest wanted day, then oldest. Law:
    later inbound never gives an earlier day, and no order moves to an earlier day. Orders absent from
    `promised` are passed over. Raises `NothingToPromise` where nothing can cover a claim.
    """
    facts = {"was_day": was_day.iso(), "now_day": now_day.iso()}
    return {
        order: replace(made, reason=Reason(ReasonCode.SUPPLIER_DELAYED, {**facts, "day": made.day.iso()}))
        for order, made in _later(waiting, supply, today=today, promised=promised)
    }


def repromise_made(
    waiting: Iterable[Waiting],
    supply: Supply,
    *,
    today: Day,
    promised: Mapping[OrderId, Day],
    was_day: Day,
    now_day: Day,
    material: SkuId,
) -> Mapping[OrderId, Promise]:
    """As `repromise`, after work that waits for `material` is done on `now_day` instead of `was_day`.

    What is on the way is counted on first: a batch that nobody has opened needs the same late material.
    """
    facts = {"was_day": was_day.iso(), "now_day": now_day.iso(), "material": material}
    return {
        order: replace(made, reason=Reason(ReasonCode.MATERIAL_DELAYED, {**facts, "day": made.day.iso()}))
        for order, made in _later(waiting, supply, today=today, promised=promised, made_by=_on_the_way_first)
    }


def _on_the_way_first(ask: Ask, supply: Supply) -> Promise:
    try:
        return promise(ask, replace(supply, capacity=None, lead_time_days=None))
    except NothingToPromise:
        return promise(ask, supply)


def _later(
    waiting: Iterable[Waiting],
    supply: Supply,
    *,
    today: Day,
    promised: Mapping[OrderId, Day],
    made_by: Callable[[Ask, Supply], Promise] = promise,
) -> Iterator[tuple[OrderId, Promise]]:
    """The claims, in the order of the queue, that supply covers only after the day they are promised."""
    queue = sorted(
        (claim for claim in waiting if claim.missing > 0),
        key=lambda claim: (claim.wanted_day is None, claim.wanted_day or today, claim.id),
    )
    left = replace(supply, owed=max(0, supply.owed - sum(claim.missing for claim in queue)), bulk_from=None)
    for claim in queue:
        made = made_by(Ask(supply.sku, claim.missing, today), left)
        left = left.less(made)
        if claim.order in promised and made.day > promised[claim.order]:
            yield claim.order, made


def replaced(told: Sequence[Promise], made: Promise) -> tuple[Promise, ...]:
    """The promises `told`, those of the SKU of `made` with its day, source and reason; the others stand.

    Units of the line that came in meanwhile are pegged to the shelf, the rest as in `made`.
    """
    return tuple(_moved(line, made) if line.sku == made.sku else line for line in told)


def _moved(line: Promise, made: Promise) -> Promise:
    held = line.qty - made.qty
    shelf = (Peg(PromiseSource.STOCK, held, min(peg.day for peg in line.pegs)),) if held > 0 else ()
    pegs = (*shelf, *made.pegs) if held >= 0 else line.pegs
    return replace(line, day=made.day, source=made.source, reason=made.reason, pegs=pegs)


def delay_reason(*, was_day: Day, now_day: Day) -> Reason:
    """Why a promise moved: the supplier's own move, in days."""
    facts = {"was_day": was_day.iso(), "now_day": now_day.iso(), "day": now_day.iso()}
    return Reason(ReasonCode.SUPPLIER_DELAYED, facts)


def material_reason(*, material: SkuId, was_day: Day, now_day: Day) -> Reason:
    """Why a promise moved: the work's own move, and the material it waits for."""
    facts = {"material": material, "was_day": was_day.iso(), "now_day": now_day.iso(), "day": now_day.iso()}
    return Reason(ReasonCode.MATERIAL_DELAYED, facts)


def postponed(
    told: Sequence[Promise], skus: Collection[SkuId], *, was_day: Day, day: Day, code: ReasonCode
) -> tuple[Promise, ...]:
    """The promises `told`, those of `skus` for `day` instead of `was_day`, for the reason `code`; the others stand."""
    reason = Reason(code, {"was_day": was_day.iso(), "day": day.iso()})
    return tuple(replace(line, day=day, reason=reason) if line.sku in skus else line for line in told)


def missed_reason(*, paid_qty: int, lot_qty: int) -> Reason:
    """Why a presale is not made: paid units against the lot, in units."""
    return Reason(ReasonCode.LOT_MISSED, {"paid_qty": paid_qty, "lot_qty": lot_qty})


def extended(promise: Promise, *, paid_qty: int, lot_qty: int, deadline: Day) -> Promise:
    """The promise, with the reason that its presale goes on until `deadline`: so many units paid of a lot so large."""
    facts: dict[str, int | str] = {
        "paid_qty": paid_qty,
        "lot_qty": lot_qty,
        "deadline": deadline.iso(),
        "day": promise.day.iso(),
    }
    return replace(promise, reason=Reason(ReasonCode.CAMPAIGN_EXTENDED, facts))


def firm_promises(
    plan: BatchPlan, waiting: Iterable[Waiting], supply: Supply, *, today: Day, promised: Mapping[OrderId, Day]
) -> Mapping[OrderId, Promise]:
    """The orders whose day the batch, now among `supply`'s inbound, cannot keep, each with the earliest day that can.

    Orders that earlier batches serve keep their day; otherwise as `repromise`. The reason is the plan's.
    """
    late = _later(waiting, supply, today=today, promised=promised)
    return {order: replace(made, reason=plan.reason) for order, made in late}
