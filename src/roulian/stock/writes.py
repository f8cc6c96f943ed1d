"""Stock comes, is held, waited for, kept, given up, and goes. Shelves are touched in key order; refusals leave no trace."""

from collections.abc import Iterable, Mapping, Sequence

from roulian.stock import tables
from roulian.stock.events import ClaimsFilled, FellBelowSafety, ReservationExpired, StockReceived
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    Claim,
    ClaimId,
    ClaimStatus,
    Level,
    LocationId,
    MoveKind,
    Need,
    NotHeld,
    SoldOut,
    StockHeld,
    Want,
    hand_out,
    summed,
)
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

_FROM_SHELF, _TO_COME = "shelf", "to_come"


def receive(tx: Tx, *, sku: SkuId, qty: int, source: str, location: LocationId = MAIN) -> bool:
    """Whether this arrival is news: `qty` units on the shelf, then what is free handed to claims that wait.

    `source` names this one arrival; told again nothing changes, told again with another `qty` is a
    `Bug`. Says `StockReceived`, and `ClaimsFilled` for each order that then waits for nothing.
    Raises `BadQuantity`.
    """
    if qty < 1:
        raise BadQuantity(sku, qty)
    if not _enter(tx, MoveKind.RECEIPT, Want(sku, qty), source=source, location=location):
        return False
    tx.emit(StockReceived(sku, location, qty, source))
    _settle(tx, _put(tx, sku, location, on_hand=qty))
    return True


def take_back(tx: Tx, *, sku: SkuId, qty: int, source: str, location: LocationId = MAIN) -> bool:
    """Whether this return is news: goods a buyer sent back are on the shelf again; otherwise as `receive`."""
    if qty < 1:
        raise BadQuantity(sku, qty)
    if not _enter(tx, MoveKind.RETURN, Want(sku, qty), source=source, location=location):
        return False
    _settle(tx, _put(tx, sku, location, on_hand=qty))
    return True


def adjust(tx: Tx, *, sku: SkuId, qty: int, source: str, location: LocationId = MAIN) -> bool:
    """Whether this count difference is news: `qty` units more (or, negative, less) on the shelf than the books said.

    Raises `StockHeld` when more is missing than is free, `BadQuantity` for 0.
    """
    if qty == 0:
        raise BadQuantity(sku, qty)
    if not _enter(tx, MoveKind.ADJUST, Want(sku, qty), source=source, location=location):
        return False
    if qty > 0:
        _settle(tx, _put(tx, sku, location, on_hand=qty))
        return True
    _take_away(tx, Want(sku, -qty), location)
    return True


def consume(tx: Tx, units: Mapping[SkuId, int], *, source: str, location: LocationId = MAIN) -> bool:
    """Whether this use is news: so many units of each material left the shelf into production.

    `source` names this one use. Raises `StockHeld` when more is used than is free, `BadQuantity`.
    """
    wants = summed(Want(sku, qty) for sku, qty in units.items())
    news = [
        want
        for want in wants
        if _enter(tx, MoveKind.CONSUME, Want(want.sku, -want.qty), source=source, location=location)
    ]
    for want in news:
        _take_away(tx, want, location)
    return bool(news)


def hold(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
) -> tuple[Claim, ...]:
    """The order's claims, every unit held, or `SoldOut` and none is: lines of one SKU count as their sum.

    They lapse at `expires_at` (a deadline of the caller's) unless kept. A second hold of the same order
    is a broken constraint. Raises `BadQuantity`.
    """
    wants = summed(lines)
    levels = _take(tx, wants, location)
    claims = tuple(_claim(tx, order, want, location=location, expires_at=expires_at) for want in wants)
    tx.many(tables.ADD_CLAIM, [tables.claim_values(claim, origin=_FROM_SHELF) for claim in claims])
    for level in levels:
        _watch(tx, level)
    return claims


def wait_for(
    tx: Tx,
    order: OrderId,
    lines: Iterable[Need],
    *,
    wanted_day: Day,
    expires_at: Instant | None = None,
    location: LocationId = MAIN,
) -> tuple[Claim, ...]:
    """The order's claims on units still to come, filled as they come: earliest `wanted_day` first, then the older claim.

    What is on the shelf now stays there for others. Raises `BadQuantity`.
    """
    wants = summed(lines)
    levels = [_put(tx, want.sku, location, waiting=want.qty) for want in wants]
    claims = tuple(
        _claim(tx, order, want, location=location, expires_at=expires_at, wanted_day=wanted_day) for want in wants
    )
    tx.many(tables.ADD_CLAIM, [tables.claim_values(claim, origin=_TO_COME) for claim in claims])
    if claims:
        tx.run(tables.ADD_WAIT, order=order, by=len(claims))
    for level in levels:
        _watch(tx, level)
    return claims


def keep(tx: Tx, order: OrderId) -> bool:
    """Whether the order has claims; they no longer lapse, for it is paid."""
    return bool(tx.run(tables.KEEP, of_order=order))


def release(tx: Tx, order: OrderId) -> bool:
    """Whether the order had claims; they are given up and their units handed to others that wait. Again nothing changes."""
    claims = tuple(map(tables.claim, tx.rows(tables.RELEASE, of_order=order)))
    if not claims:
        return False
    if any(claim.missing for claim in claims):
        tx.run(tables.NO_WAIT, of_order=order)
    for sku, location in _shelves(claims):
        mine = [claim for claim in claims if (claim.sku, claim.location) == (sku, location)]
        level = _shift(
            tx,
            sku,
            location,
            reserved=-sum(claim.held for claim in mine),
            waiting=-sum(claim.missing for claim in mine),
        )
        _settle(tx, _there(level, sku))
    return True


def expire(tx: Tx, order: OrderId) -> bool:
    """Whether a claim of the order was past its time: then all are released and `ReservationExpired` is said."""
    if tx.one(tables.LAPSED, of_order=order, now=tx.now.ms) is None:
        return False
    release(tx, order)
    tx.emit(ReservationExpired(order))
    return True


def issue(tx: Tx, order: OrderId) -> bool:
    """Whether the order's goods left the shelves now, each SKU one move; issued again nothing changes.

    Raises `NotHeld` while a claim still waits, or where there is none.
    """
    claims = tuple(map(tables.claim, tx.rows(tables.ISSUE, of_order=order)))
    if not claims:
        return _issued_before(tx, order)
    for sku, location in _shelves(claims):
        qty = sum(claim.qty for claim in claims if (claim.sku, claim.location) == (sku, location))
        _there(_shift(tx, sku, location, on_hand=-qty, reserved=-qty), sku)
        if not _enter(tx, MoveKind.ISSUE, Want(sku, -qty), source=order, location=location):
            raise Bug(f"{sku} left for {order} before, and again now")
    return True


def set_safety(tx: Tx, lines: Mapping[SkuId, int], *, location: LocationId = MAIN) -> None:
    """Draw each SKU's safety line at so many units; 0 takes it away. A line drawn above what is there is a crossing.

    Raises `BadQuantity` for a negative line.
    """
    for sku, safety in lines.items():
        if safety < 0:
            raise BadQuantity(sku, safety)
    for sku in sorted(lines):
        _watch(tx, _level(tx.one(tables.DRAW_LINE, sku=sku, location=location, safety=lines[sku]), sku))


def _take(tx: Tx, wants: Sequence[Want], location: LocationId) -> list[Level]:
    levels: list[Level] = []
    for want in wants:
        level = _shift(tx, want.sku, location, reserved=want.qty)
        if level is None:
            for taken in wants[: len(levels)]:  # whoever catches the refusal and goes on finds nothing held
                _shift(tx, taken.sku, location, reserved=-taken.qty)
            raise SoldOut(want.sku, want.qty, _free(tx, want.sku, location))
        levels.append(level)
    return levels


def _take_away(tx: Tx, want: Want, location: LocationId) -> None:
    level = _shift(tx, want.sku, location, on_hand=-want.qty)
    if level is None:
        raise StockHeld(want.sku, location, _free(tx, want.sku, location))
    _watch(tx, level)


def _claim(
    tx: Tx,
    order: OrderId,
    want: Want,
    *,
    location: LocationId,
    expires_at: Instant | None,
    wanted_day: Day | None = None,
) -> Claim:
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
    )


def _enter(tx: Tx, kind: MoveKind, want: Want, *, source: str, location: LocationId) -> bool:
    move = {"kind": kind.value, "sku": want.sku, "location": location, "source": source}
    if tx.run(tables.ADD_MOVE, id=tx.new_id("mov"), qty=want.qty, now=tx.now.ms, **move):
        return True
    row = tx.one(tables.QTY_OF_MOVE, **{f"of_{name}": value for name, value in move.items()})
    if row != (want.qty,):
        raise Bug(f"{kind} {source} of {want.sku} was entered as {row} and is told again as {want.qty}")
    return False


def _settle(tx: Tx, level: Level) -> None:
    """Units became free: hand them to claims that wait, and see which side of the safety line the shelf is on."""
    _watch(tx, level)
    if level.free < 1 or level.waiting == 0:
        return
    queue = tx.rows(tables.QUEUE, of_sku=level.sku, of_location=level.location, most=level.free)
    fills = hand_out(level.free, tuple(map(tables.claim, queue)))
    status = {True: ClaimStatus.HELD.value, False: ClaimStatus.WAITING.value}
    tx.many(
        tables.FILL,
        [{"of_claim": fill.claim.id, "by": fill.qty, "new_status": status[fill.is_full]} for fill in fills],
    )
    given = sum(fill.qty for fill in fills)
    _there(_shift(tx, level.sku, level.location, reserved=given, waiting=-given), level.sku)
    _say_filled(tx, sorted({fill.claim.order for fill in fills if fill.is_full}))


def _say_filled(tx: Tx, orders: Sequence[OrderId]) -> None:
    """One claim of each order was filled: counted down on the order's own row, so that the last one is seen as such."""
    if not orders:
        return
    tx.many(tables.LESS_WAIT, [{"of_order": order, "by": 1} for order in orders])
    for row in tx.rows(tables.FILLED, orders=list(orders)):
        tx.emit(ClaimsFilled(OrderId(row[0])))


def _watch(tx: Tx, level: Level) -> None:
    """Say once that the shelf fell under its safety line; note quietly that it is back."""
    if level.is_under_line() == level.is_below:
        return
    crossed = tx.run(tables.CROSS, of_sku=level.sku, of_location=level.location, was_below=int(level.is_below))
    if crossed and level.is_under_line():
        tx.emit(FellBelowSafety(level.sku, level.location, level.net, level.safety))


def _put(tx: Tx, sku: SkuId, location: LocationId, *, on_hand: int = 0, waiting: int = 0) -> Level:
    return _level(tx.one(tables.PUT, sku=sku, location=location, on_hand=on_hand, waiting=waiting), sku)


def _shift(
    tx: Tx,
    sku: SkuId,
    location: LocationId,
    *,
    on_hand: int = 0,
    reserved: int = 0,
    waiting: int = 0,
) -> Level | None:
    """The shelf after the shift; None if it would hold fewer units than are reserved, or is not there."""
    row = tx.one(
        tables.SHIFT,
        of_sku=sku,
        of_location=location,
        by_on_hand=on_hand,
        by_reserved=reserved,
        by_waiting=waiting,
    )
    return None if row is None else tables.level(row)


def _there(level: Level | None, sku: SkuId) -> Level:
    if level is None:
        raise Bug(f"the shelf of {sku} does not hold what its claims say")
    return level


def _level(row: tuple[object, ...] | None, sku: SkuId) -> Level:
    return _there(None if row is None else tables.level(row), sku)


def _free(tx: Tx, sku: SkuId, location: LocationId) -> int:
    rows = tx.rows(tables.LEVELS_OF, skus=[sku], of_location=location)
    return sum(tables.level(row).free for row in rows)


def _shelves(claims: Iterable[Claim]) -> list[tuple[SkuId, LocationId]]:
    return sorted({(claim.sku, claim.location) for claim in claims})


def _issued_before(tx: Tx, order: OrderId) -> bool:
    statuses = {tables.claim(row).status for row in tx.rows(tables.CLAIMS_OF, orders=[order])}
    if ClaimStatus.DONE in statuses and ClaimStatus.WAITING not in statuses:
        return False
    raise NotHeld(order)
