"""Available and capable to promise (ATP, CTP): the earliest day an ask can be covered, and out of what.

Shelf first, then unallocated inbound, then a new purchase or production on free capacity, whichever is
earliest. Orders already waiting were promised what is still to come: they are served out of it before the ask,
and the shelf stays open, or a single bulk order would close it to every small buyer for a lead time. Bulk asks
leave the shelf's safety stock alone: taking the largest 1 % of lines off the shelf promise cuts the stock needed for the
rest by more than half (measured on real retail lines). Source for the ladder: Ball, Chen & Zhao 2004.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from roulian.decide.methods.batching import fill_capacity
from roulian.decide.methods.calendar import check_term, next_pick
from roulian.decide.model.promise import (
    Ask,
    AskTooSmall,
    Incoming,
    NothingToPromise,
    OpenDay,
    Peg,
    Portion,
    Promise,
    PromiseSource,
    Supply,
)
from roulian.decide.model.reason import Reason, ReasonCode
from roulian.decide.model.seen import FreeDay, Inbound, Made, Shelf, Sourced
from roulian.words.errors import Refusal
from roulian.words.ids import SkuId
from roulian.words.time import Day, Instant

_PICK_DAYS = 1
"""What stands on the shelf leaves by tomorrow's last round; nothing else leaves sooner."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to cover an ask: the day the goods leave, the day the newest units are there, its reason."""

    source: PromiseSource
    day: Day
    there: Day
    reason: Reason


def promise(ask: Ask, supply: Supply) -> Promise:
    """The earliest day by which `ask.qty` units can leave, with its reason and pegs.

    Laws: more or earlier supply never gives a later day, more units never an earlier one; pegs sum to the
    quantity and never exceed what the shelf and each inbound hold. Raises `AskTooSmall`, `NothingToPromise`.
    """
    if ask.qty < 1:
        raise AskTooSmall(ask.sku, ask.qty)
    ways = [way for way in (_from_supply(ask, supply), _purchase(ask, supply), _production(ask, supply)) if way]
    if not ways:
        raise NothingToPromise(ask.sku, ask.qty)
    best = _named(ask, min(ways, key=lambda way: way.day))
    return Promise(ask.sku, ask.qty, best.day, best.source, best.reason, _pegs(ask, supply, best), ask.line)


def _named(ask: Ask, way: _Way) -> _Way:
    """The way, leaving on the day that was named where that is later."""
    if ask.leaves_from is None or way.day >= ask.leaves_from:
        return way
    reason = replace(way.reason, facts={**way.reason.facts, "day": ask.leaves_from.iso()})
    return replace(way, day=ask.leaves_from, reason=reason)


def promise_all(asks: Sequence[Ask], supplies: Mapping[SkuId, Supply]) -> tuple[Promise, ...]:
    """A promise per ask, in their order; an earlier ask takes its units before a later one for the same SKU."""
    return _served(asks, supplies)[0]


def _served(
    asks: Sequence[Ask], supplies: Mapping[SkuId, Supply]
) -> tuple[tuple[Promise, ...], Mapping[SkuId, Supply]]:
    """The promises, and what is left of every SKU they take from."""
    made, left = list[Promise](), dict[SkuId, Supply]()
    for ask in asks:
        there = left.get(ask.sku) or supplies[ask.sku]
        made.append(promise(ask, there))
        left[ask.sku] = there.less(made[-1])
    return tuple(made), left


def promise_each(
    carts: Sequence[Sequence[Ask]], supplies: Mapping[SkuId, Supply]
) -> tuple[tuple[Promise, ...] | Refusal, ...]:
    """`promise_all` for each cart in its turn: what an earlier one takes is gone for those after it.

    Who is refused takes nothing: `AskTooSmall`, `NothingToPromise`, `PromiseBeyondTerm`, as an answer among the others.
    """
    left, answers = dict(supplies), list[tuple[Promise, ...] | Refusal]()
    for asks in carts:
        try:
            made, after = _served(asks, left)
            for ask, each in zip(asks, made, strict=True):
                check_term(ask.sku, promised_day=each.day, now=ask.today.at(0))
        except Refusal as no:
            answers.append(no)
            continue
        answers.append(made)
        left.update(after)
    return tuple(answers)


def held_until(promises: Iterable[Promise], closes_at: Instant) -> tuple[Promise, ...]:
    """The promises of goods that must not leave before a group closes: none for an earlier day than the round after."""
    day = next_pick(closes_at).day()
    reason = Reason(ReasonCode.GROUP_FILLS, {"closes": closes_at.day().iso(), "day": day.iso()})
    return tuple(made if made.day >= day else replace(made, day=day, reason=reason) for made in promises)


def last_day(promises: Iterable[Promise]) -> Day:
    """The day by which everything has left: the latest of the promises. Raises `ValueError` for none."""
    return max(promise.day for promise in promises)


def deciding(promises: Iterable[Promise]) -> Reason:
    """Why the whole order leaves when it does: the reason of its latest line. Raises `ValueError` for none."""
    return max(promises, key=lambda promise: promise.day).reason


def without(told: Sequence[Promise], gone: Iterable[Portion]) -> tuple[Promise, ...]:
    """The promises `told` but those of the lines that are gone: one of the same SKU and quantity for each."""
    left = list(told)
    for line in gone:
        at = next((n for n, made in enumerate(left) if (made.sku, made.qty) == (line.sku, line.qty)), None)
        if at is not None:
            del left[at]
    return tuple(left)


def from_shelf(promises: Iterable[Promise]) -> tuple[Portion, ...]:
    """What of the promises stands on the shelf now, one portion per SKU and line, in the order of the SKUs."""
    return _pegged(promises, lambda peg: peg.source is PromiseSource.STOCK)


def to_come(promises: Iterable[Promise]) -> tuple[Portion, ...]:
    """What of the promises still has to come in, one portion per SKU and line, in the order of the SKUs."""
    return _pegged(promises, lambda peg: peg.source is not PromiseSource.STOCK)


def is_bulk(ask: Ask, supply: Supply) -> bool:
    """Whether the ask is so large that it gets a date of its own instead of the shelf."""
    return supply.bulk_from is not None and ask.qty >= supply.bulk_from


def _shelf(ask: Ask, supply: Supply) -> int:
    """Free units this ask may use."""
    return max(0, supply.free - supply.safety) if is_bulk(ask, supply) else supply.free


def _from_supply(ask: Ask, supply: Supply) -> _Way | None:
    covered = _shelf(ask, supply)
    shown: dict[str, int | str] = {"free": covered, "qty": ask.qty}
    if covered >= ask.qty:
        day = ask.today.plus(_PICK_DAYS)
        return _Way(PromiseSource.STOCK, day, ask.today, Reason(ReasonCode.ON_SHELF, {**shown, "day": day.iso()}))
    if is_bulk(ask, supply):
        return None
    inbound = 0
    for incoming in sorted(supply.inbound, key=lambda i: i.day):
        inbound += incoming.qty
        if covered + inbound - supply.owed >= ask.qty:
            there = max(incoming.day, ask.today)
            day = _leaves(ask, supply, there)
            facts: dict[str, int | str] = {**shown, "inbound": inbound, "arrives": there.iso(), "day": day.iso()}
            return _Way(PromiseSource.INBOUND, day, there, Reason(ReasonCode.FROM_INBOUND, facts))
    return None


def _leaves(ask: Ask, supply: Supply, there: Day) -> Day:
    return max(there.plus(supply.handling_days), ask.today.plus(_PICK_DAYS))


def _purchase(ask: Ask, supply: Supply) -> _Way | None:
    if supply.lead_time_days is None:
        return None
    starts = max(ask.today, ask.not_before or ask.today)
    there = starts.plus(supply.review_days + supply.lead_time_days)
    day = _leaves(ask, supply, there)
    facts: dict[str, int | str] = {
        "qty": ask.qty,
        "starts": starts.iso(),
        "review_days": supply.review_days,
        "lead_time_days": supply.lead_time_days,
        "handling_days": supply.handling_days,
        "day": day.iso(),
    }
    code = ReasonCode.NEEDS_PURCHASE
    if is_bulk(ask, supply):
        code, facts["bulk_from"] = ReasonCode.NEEDS_PURCHASE_BULK, supply.bulk_from or 0
    return _Way(PromiseSource.PURCHASE, day, there, Reason(code, facts))


def _production(ask: Ask, supply: Supply) -> _Way | None:
    if supply.capacity is None:
        return None
    starts = max(ask.today, ask.not_before or ask.today).plus(supply.material_lead_days)
    make_qty = _to_make(ask, supply, starts)
    loads = fill_capacity(make_qty, supply.capacity, start=starts)
    if loads is None:
        return None
    there = loads[-1].day
    day = _leaves(ask, supply, there)
    facts: dict[str, int | str] = {
        "qty": ask.qty,
        "make_qty": make_qty,
        "material_lead_days": supply.material_lead_days,
        "finishes": there.iso(),
        "day": day.iso(),
    }
    code = ReasonCode.NEEDS_PRODUCTION
    if is_bulk(ask, supply):
        code, facts["bulk_from"] = ReasonCode.NEEDS_PRODUCTION_BULK, supply.bulk_from or 0
    return _Way(PromiseSource.PRODUCTION, day, there, Reason(code, facts))


def _to_make(ask: Ask, supply: Supply, starts: Day) -> int:
    """Units a batch begun on `starts` has to hold: the ask and what is owed, less what is there by then.

    Inbound that comes later is not counted: what the line finishes first goes to whoever waits longest.
    """
    there = sum(incoming.qty for incoming in supply.inbound if incoming.day <= starts)
    if is_bulk(ask, supply):
        return ask.qty + max(0, supply.owed - there)
    return max(1, max(0, ask.qty - supply.free) + supply.owed - there)


def _pegs(ask: Ask, supply: Supply, way: _Way) -> tuple[Peg, ...]:
    shelf = min(ask.qty, _shelf(ask, supply))
    if is_bulk(ask, supply) and shelf < ask.qty:
        return (Peg(way.source, ask.qty, way.there),)
    pegs, left = [Peg(PromiseSource.STOCK, shelf, ask.today)] if shelf else [], ask.qty - shelf
    owed = supply.owed
    for incoming in sorted(supply.inbound, key=lambda i: i.day):
        there = max(incoming.day, ask.today)
        to_others = min(owed, incoming.qty)
        owed -= to_others
        taken = min(left, incoming.qty - to_others) if there <= way.there else 0
        if taken:
            pegs.append(Peg(PromiseSource.INBOUND, taken, there, incoming.source))
            left -= taken
    if left:
        pegs.append(Peg(way.source, left, way.there))
    return tuple(pegs)


def _pegged(promises: Iterable[Promise], wanted: Callable[[Peg], bool]) -> tuple[Portion, ...]:
    units: dict[tuple[SkuId, str], int] = {}
    for made in promises:
        for peg in filter(wanted, made.pegs):
            units[made.sku, made.line] = units.get((made.sku, made.line), 0) + peg.qty
    return tuple(Portion(sku, units[sku, line], line) for sku, line in sorted(units))


def supply(
    sku: SkuId,
    *,
    level: Shelf | None,
    inbound: Sequence[Inbound],
    sourcing: Sourced | None,
    recipe: Made | None = None,
    free_capacity: Sequence[FreeDay] = (),
    bulk_from: int | None = None,
) -> Supply:
    """The supply of one SKU, read off its shelf, what is on the way, its supplier and its line.

    A SKU with a recipe is made on `free_capacity`; one with a supplier is bought; one with both may be either.
    """
    return Supply(
        sku=sku,
        free=level.on_hand - level.reserved if level else 0,
        owed=level.waiting if level else 0,
        inbound=tuple(Incoming(coming.day, coming.qty, coming.source) for coming in inbound),
        safety=level.safety if level else 0,
        bulk_from=bulk_from,
        lead_time_days=sourcing.lead_time_days if sourcing else None,
        capacity=tuple(OpenDay(day.day, day.units) for day in free_capacity) if recipe else None,
        material_lead_days=recipe.material_lead_days if recipe else 0,
    )
