"""Stock comes onto a shelf and leaves it other than to a buyer: receipts, returns, counts, production."""

from collections.abc import Mapping

from roulian.stock.events import LotReceived, StockReceived
from roulian.stock.methods.fefo import picks
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    LocationId,
    Lot,
    LotId,
    MoveKind,
    Pick,
    StockHeld,
    Want,
    known_places,
    summed,
)
from roulian.stock.tables import places
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.filling import settle_arrival
from roulian.store import Tx
from roulian.words.ids import SkuId


def receive(tx: Tx, *, sku: SkuId, qty: int, source: str, location: LocationId = MAIN, lot: Lot | None = None) -> bool:
    """Whether this arrival is news: `qty` units on the shelf, then what is free handed to claims that wait.

    `source` names this one arrival; told again nothing changes, told again with another `qty` is a
    `Bug`. Says `StockReceived`, `LotReceived` for units of a lot that goes bad, and `ClaimsFilled` for each
    order that then waits for nothing. Raises `BadQuantity`, `LotDiffers`, and `LotPastDay` for goods whose last day is over,
    which only a quarantine place takes.
    """
    if not _come(tx, MoveKind.RECEIPT, Want(sku, qty), source=source, location=location, lot=lot):
        return False
    tx.emit(StockReceived(sku, location, qty, source))
    _shelve(tx, Want(sku, qty), location, lot)
    if lot is not None and lot.expires_day is not None:
        tx.emit(LotReceived(sku, lot.id, lot.expires_day))
    return True


def take_back(
    tx: Tx, *, sku: SkuId, qty: int, source: str, location: LocationId = MAIN, lot: Lot | None = None
) -> bool:
    """Whether this return is news: goods a buyer sent back are on the shelf again; otherwise as `receive`.

    Goods not fit to be sold come back to a quarantine place.
    """
    if not _come(tx, MoveKind.RETURN, Want(sku, qty), source=source, location=location, lot=lot):
        return False
    _shelve(tx, Want(sku, qty), location, lot)
    return True


def adjust(
    tx: Tx,
    *,
    sku: SkuId,
    qty: int,
    source: str,
    location: LocationId = MAIN,
    lot: LotId | None = None,
    reason: str = "",
) -> bool:
    """Whether this count difference is news: `qty` units more (or, negative, less) on the shelf than the books said.

    Fewer units of a shelf with lots and no `lot` named leave the lots that expire first. Raises `StockHeld`
    when more is missing than is free, `BadQuantity` for 0.
    """
    if qty == 0:
        raise BadQuantity(sku, qty)
    if qty < 0:
        return _leave(tx, MoveKind.ADJUST, Want(sku, -qty), source=source, location=location, lot=lot, reason=reason)
    named = {"source": source, "lot": lot or "", "reason": reason}
    if not ledger.enter(tx, MoveKind.ADJUST, Want(sku, qty), location=location, **named):
        return False
    known = None if lot is None else Lot(lot, lots.expiry(tx, sku, lot))
    if known is not None:
        lots.know(tx, sku, known)
    _shelve(tx, Want(sku, qty), location, known)
    return True


def consume(tx: Tx, units: Mapping[SkuId, int], *, source: str, location: LocationId = MAIN) -> bool:
    """Whether this use is news: so many units of each material left the shelf into production.

    `source` names this one use. Raises `StockHeld` when more is used than is free, `BadQuantity`.
    """
    wants = summed(Want(sku, qty) for sku, qty in units.items())
    news = [_leave(tx, MoveKind.CONSUME, want, source=source, location=location) for want in wants]
    return any(news)


def _come(tx: Tx, kind: MoveKind, want: Want, *, source: str, location: LocationId, lot: Lot | None) -> bool:
    if want.qty < 1:
        raise BadQuantity(want.sku, want.qty)
    if lot is not None:
        lots.know(tx, want.sku, lot)
    if not ledger.enter(tx, kind, want, source=source, location=location, lot=lot.id if lot else ""):
        return False
    if lot is not None and lot.is_past(tx.now.day()):
        _check_fit(tx, want.sku, lot, location)
    return True


def _check_fit(tx: Tx, sku: SkuId, lot: Lot, location: LocationId) -> None:
    for place in known_places(map(places.location, tx.rows(places.ALL_LOCATIONS))):
        if place.id == location:
            place.check_fit(sku, lot, today=tx.now.day())


def _shelve(tx: Tx, want: Want, location: LocationId, lot: Lot | None) -> None:
    if location != MAIN:
        ledger.lock(tx, [want.sku], [location, MAIN])  # who waits there may be served from here
    level = ledger.put(tx, want.sku, location, on_hand=want.qty, has_lots=lot is not None)
    if lot is not None:
        lots.put(tx, want.sku, location, Pick(lot.id, want.qty))
    settle_arrival(tx, level)


def _leave(
    tx: Tx,
    kind: MoveKind,
    want: Want,
    *,
    source: str,
    location: LocationId,
    lot: LotId | None = None,
    reason: str = "",
) -> bool:
    level = ledger.lock(tx, [want.sku], [location]).get((want.sku, location))
    if level is None or not level.has_lots:
        entry = Want(want.sku, -want.qty)
        if not ledger.enter(tx, kind, entry, source=source, location=location, reason=reason):
            return False
        ledger.take_away(tx, want, location)
        return True
    if ledger.is_told(tx, kind, Want(want.sku, -want.qty), source=source, location=location, lot=lot):
        return False
    choice = [batch for batch in lots.batches(tx, level) if lot in (None, batch.lot)]
    picked = picks(choice, want.qty, good_on=None if kind is MoveKind.ADJUST else tx.now.day())
    if sum(pick.qty for pick in picked) < want.qty:
        raise StockHeld(want.sku, location, sum(pick.qty for pick in picked))
    for pick in picked:
        entry = Want(want.sku, -pick.qty)
        ledger.enter(tx, kind, entry, source=source, location=location, lot=pick.lot or "", reason=reason)
    lots.shift(tx, want.sku, location, picked, on_hand=-1)
    ledger.take_away(tx, want, location)
    return True
