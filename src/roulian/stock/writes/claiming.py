"""What is held or waited for (`holding`) is kept, given up, or goes to the buyer. Shelves are touched in key order."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from roulian.stock.events import ClaimsFilled, ReservationExpired
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    Claim,
    ClaimId,
    ClaimStatus,
    LocationId,
    MoveKind,
    NotHeld,
    Pick,
    Want,
)
from roulian.stock.tables import claims as tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.filling import settle
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

FROM_SHELF, TO_COME = "shelf", "to_come"


def keep(tx: Tx, order: OrderId) -> bool:
    """Whether the order has claims; they no longer lapse, for it is paid."""
    return bool(tx.run(tables.KEEP, of_order=order))


def release(tx: Tx, order: OrderId, *, line: str | None = None) -> bool:
    """Whether the order, or this `line` of it, had claims; they are given up and their units handed to others that wait.

    Says `ClaimsFilled` if the order waited for this line only. Again nothing changes.
    """
    if line is not None:
        return _release_line(tx, order, line)
    claims = tuple(map(tables.claim, tx.rows(tables.RELEASE, of_order=order)))
    if any(claim.missing for claim in claims):
        tx.run(tables.NO_WAIT, of_order=order)
    _give_up(tx, claims)
    return bool(claims)


def _release_line(tx: Tx, order: OrderId, line: str) -> bool:
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
