"""Stock is held, waited for, kept, given up, and goes to the buyer. Shelves are touched in key order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from roulian.stock.events import ClaimsFilled, ReservationExpired
from roulian.stock.methods.fefo import picks
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    Claim,
    ClaimId,
    Claiming,
    ClaimStatus,
    Level,
    LocationId,
    MoveKind,
    Need,
    NotHeld,
    Pick,
    SoldOut,
    Want,
    by_line,
    summed,
)
from roulian.stock.tables import claims as tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.filling import settle
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

FROM_SHELF, TO_COME = "shelf", "to_come"


def hold(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
    min_days_left: int = 0,
) -> tuple[Claim, ...]:
    """The order's claims, every unit held, or `SoldOut` and none is: lines of one SKU count as their sum.

    One claim per SKU and `Want.line`. Units of lots are taken first expired first, and are good for
    `min_days_left` days more. They lapse at `expires_at` (a deadline of the caller's) unless kept. A second hold
    of the same order is a broken constraint. Raises `BadQuantity`.
    """
    asked = tuple(lines)
    taken = _take(tx, summed(asked), location, good_on=tx.now.day().plus(min_days_left))
    claims = tuple(
        new_claim(tx, order, want, location=location, expires_at=expires_at, min_days_left=min_days_left)
        for want in by_line(asked)
    )
    tx.many(tables.ADD_CLAIM, [tables.claim_values(claim, origin=FROM_SHELF) for claim in claims])
    for level, picked in taken:
        if picked:
            lots.give(tx, [(claim.id, claim.qty) for claim in claims if claim.sku == level.sku], picked)
        ledger.watch(tx, level)
    return claims


def wait_for(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    wanted_day: Day,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
    min_days_left: int = 0,
) -> tuple[Claim, ...]:
    """The order's claims on units still to come, filled as they come: earliest `wanted_day` first, then the older claim.

    What is on the shelf now stays there for others. Raises `BadQuantity`.
    """
    asked = tuple(lines)
    levels = [ledger.put(tx, want.sku, location, waiting=want.qty) for want in summed(asked)]
    claims = tuple(
        new_claim(
            tx,
            order,
            want,
            location=location,
            expires_at=expires_at,
            wanted_day=wanted_day,
            min_days_left=min_days_left,
        )
        for want in by_line(asked)
    )
    tx.many(tables.ADD_CLAIM, [tables.claim_values(claim, origin=TO_COME) for claim in claims])
    if claims:
        tx.run(tables.ADD_WAIT, order=order, by=len(claims))
    for level in levels:
        ledger.watch(tx, level)
    return claims


def claim_all(tx: Tx, wanted: Iterable[Claiming]) -> None:
    """Each order's claims, as `hold` and `wait_for` make them, in the orders' order. Raises `BadQuantity`, `SoldOut`."""
    for each in wanted:
        hold(tx, each.order, each.from_shelf, expires_at=each.expires_at)
        wait_for(tx, each.order, each.to_come, wanted_day=each.wanted_day, expires_at=each.expires_at)


def keep(tx: Tx, order: OrderId) -> bool:
    """Whether the order has claims; they no longer lapse, for it is paid."""
    return bool(tx.run(tables.KEEP, of_order=order))


def release(tx: Tx, order: OrderId) -> bool:
    """Whether the order had claims; they are given up and their units handed to others that wait. Again nothing changes."""
    claims = tuple(map(tables.claim, tx.rows(tables.RELEASE, of_order=order)))
    if any(claim.missing for claim in claims):
        tx.run(tables.NO_WAIT, of_order=order)
    _give_up(tx, claims)
    return bool(claims)


def release_line(tx: Tx, order: OrderId, line: str) -> bool:
    """Whether this line of the order had claims; they alone are given up.

    Says `ClaimsFilled` if the order waited for this line only. Again nothing changes.
    """
    claims = tuple(map(tables.claim, tx.rows(tables.RELEASE_LINE, of_order=order, of_line=line)))
    unfilled = sum(1 for claim in claims if claim.missing)
    _give_up(tx, claims)
    if unfilled:
        tx.many(tables.LESS_WAIT, [{"of_order": order, "by": unfilled}])
        if tx.rows(tables.FILLED, orders=[order]) and tx.one(tables.ANY_LIVE, of_order=order):
            tx.emit(ClaimsFilled(order))
    return bool(claims)


def expire(tx: Tx, order: OrderId) -> bool:
    """Whether a claim of the order was past its time: then all are released and `ReservationExpired` is said."""
    if tx.one(tables.LAPSED, of_order=order, now=tx.now.ms) is None:
        return False
    release(tx, order)
    tx.emit(ReservationExpired(order))
    return True


def issue(tx: Tx, order: OrderId, *, only: Collection[ClaimId] | None = None, source: str = "") -> bool:
    """Whether the order's goods left the shelves now, each SKU one move per lot; issued again nothing changes.

    `only` these of its claims, where named: the others may wait. The moves are entered under `source`, else the
    order. Raises `NotHeld` while a claim that is to leave still waits, or where there is none.
    """
    rows = _issue_only(tx, order, only) if only is not None else tx.rows(tables.ISSUE, of_order=order)
    claims = tuple(map(tables.claim, rows))
    if not claims:
        return _issued_before(tx, order)
    for (sku, location), mine in _by_shelf(claims):
        qty = sum(claim.qty for claim in mine)
        level = ledger.there(ledger.shift(tx, sku, location, on_hand=-qty, reserved=-qty), sku)
        picked = lots.held(tx, mine) if level.has_lots else (Pick(None, qty),)
        lots.shift(tx, sku, location, picked, on_hand=-1, reserved=-1)
        for pick in picked:
            move = Want(sku, -pick.qty)
            named = source or order
            if not ledger.enter(tx, MoveKind.ISSUE, move, source=named, location=location, lot=pick.lot or ""):
                raise Bug(f"{sku} left for {named} before, and again now")
    return True


def _issue_only(tx: Tx, order: OrderId, only: Collection[ClaimId]) -> list[tuple[Any, ...]]:
    rows = tx.rows(tables.ISSUE_ONLY, of_order=order, claims=list(only))
    if len(rows) < len(set(only)):
        raise NotHeld(order)
    return rows


def set_safety(tx: Tx, lines: Mapping[SkuId, int], *, location: LocationId = MAIN) -> None:
    """Draw each SKU's safety line at so many units; 0 takes it away. A line drawn above what is there is a crossing.

    Raises `BadQuantity` for a negative line.
    """
    for sku, safety in lines.items():
        if safety < 0:
            raise BadQuantity(sku, safety)
    for sku in sorted(lines):
        ledger.watch(tx, ledger.draw_line(tx, sku, location, lines[sku]))


def new_claim(
    tx: Tx,
    order: OrderId,
    want: Want,
    *,
    location: LocationId,
    expires_at: Instant | None,
    wanted_day: Day | None = None,
    min_days_left: int = 0,
) -> Claim:
    """A claim not kept yet: held at once, or waiting where a `wanted_day` is given."""
    held = want.qty if wanted_day is None else 0
    return Claim(
        id=ClaimId(tx.new_id("clm")),
        order=order,
        sku=want.sku,
        location=location,
        qty=want.qty,
        held=held,
        status=ClaimStatus.HELD if held else ClaimStatus.WAITING,
        wanted_day=wanted_day,
        expires_at=expires_at,
        line=want.line,
        min_days_left=min_days_left,
    )


def _take(tx: Tx, wants: Sequence[Want], location: LocationId, *, good_on: Day) -> list[tuple[Level, tuple[Pick, ...]]]:
    taken: list[tuple[Level, tuple[Pick, ...]]] = []
    for want in wants:
        level = ledger.shift(tx, want.sku, location, reserved=want.qty)
        picked = None if level is None else _picked(tx, level, want.qty, good_on)
        if level is None or picked is None:
            _put_back(tx, wants, [*taken, (level, ())] if level else taken, location)
            raise SoldOut(want.sku, want.qty, _usable(tx, want.sku, location, good_on))
        taken.append((level, picked))
    return taken


def _picked(tx: Tx, level: Level, qty: int, good_on: Day) -> tuple[Pick, ...] | None:
    """The lots that now hold the `qty` units just reserved on the shelf; nothing to pick where there are no lots."""
    if not level.has_lots:
        return ()
    return lots.reserve(tx, replace(level, reserved=level.reserved - qty), qty, good_on=good_on)


def _put_back(
    tx: Tx, wants: Sequence[Want], taken: Sequence[tuple[Level, tuple[Pick, ...]]], location: LocationId
) -> None:
    """Whoever catches the refusal and goes on finds nothing held."""
    for want, (_, picked) in zip(wants, taken, strict=False):
        ledger.shift(tx, want.sku, location, reserved=-want.qty)
        lots.shift(tx, want.sku, location, picked, reserved=-1)


def _usable(tx: Tx, sku: SkuId, location: LocationId, good_on: Day) -> int:
    level = ledger.lock(tx, [sku], [location]).get((sku, location))
    if level is None or not level.has_lots:
        return level.free if level else 0
    return sum(pick.qty for pick in picks(lots.batches(tx, level), level.free, good_on=good_on))


def _give_up(tx: Tx, claims: Sequence[Claim]) -> None:
    for (sku, location), mine in _by_shelf(claims):
        level = ledger.shift(
            tx,
            sku,
            location,
            reserved=-sum(claim.held for claim in mine),
            waiting=-sum(claim.missing for claim in mine),
        )
        level = ledger.there(level, sku)
        if level.has_lots:
            lots.shift(tx, sku, location, lots.held(tx, mine), reserved=-1)
        settle(tx, level)


def _by_shelf(claims: Sequence[Claim]) -> list[tuple[tuple[SkuId, LocationId], list[Claim]]]:
    shelves: dict[tuple[SkuId, LocationId], list[Claim]] = {}
    for claim in claims:
        shelves.setdefault((claim.sku, claim.location), []).append(claim)
    return sorted(shelves.items(), key=lambda shelf: shelf[0])


def _issued_before(tx: Tx, order: OrderId) -> bool:
    statuses = {tables.claim(row).status for row in tx.rows(tables.CLAIMS_OF, orders=[order])}
    if ClaimStatus.DONE in statuses and ClaimStatus.WAITING not in statuses:
        return False
    raise NotHeld(order)
