"""Units carried from place to place: transfers over the road, and in and out of quarantine. Nothing is made or lost."""

from collections.abc import Iterable, Sequence

import msgspec

from roulian.stock.events import LotReceived
from roulian.stock.methods.fefo import less, picks
from roulian.stock.model import (
    MAIN,
    QUARANTINE,
    SHORT,
    TRANSIT,
    BadQuantity,
    BadTransfer,
    Batch,
    Level,
    Location,
    LocationId,
    LocationKind,
    MoveKind,
    Pick,
    Sent,
    StockHeld,
    TransferId,
    UnknownLocation,
    Want,
    known_places,
)
from roulian.stock.tables import places as tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.filling import settle_arrival
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import SkuId
from roulian.words.time import Day

_Shelf = tuple[SkuId, LocationId]


def open_location(tx: Tx, place: Location) -> None:
    """The place is as told; told again it is changed, its shelves stay. Raises `BadLocation`."""
    place.check()
    tx.run(
        tables.SAVE_LOCATION,
        id=place.id,
        kind=place.kind.value,
        name_zh=place.name_zh,
        name_en=place.name_en,
        region=place.region,
        priority=place.priority,
        sells_online=int(place.sells_online),
    )


def send(
    tx: Tx,
    lines: Iterable[Sent],
    *,
    transfer: TransferId,
    origin: LocationId,
    destination: LocationId,
    expected_day: Day | None = None,
) -> bool:
    """Whether this transfer is news: its goods left `origin` and are in transit, not for sale until they arrive.

    Lines without a lot take the lots that expire first. Raises `StockHeld` when more is sent than is free,
    `BadTransfer`, `UnknownLocation`, `BadQuantity`; told again with other lines or places `BadTransfer`.
    """
    wanted = _wanted(lines)
    is_road = LocationKind.TRANSIT in (_kind(tx, origin), _kind(tx, destination))
    if not wanted or origin == destination or is_road:
        raise BadTransfer(transfer)
    asked = msgspec.json.encode([(line.sku, line.lot, line.qty) for line in wanted]).decode()
    day = None if expected_day is None else expected_day.iso()
    told = {"origin": origin, "destination": destination, "asked": asked}
    if not tx.run(tables.SEND, id=transfer, now=tx.now.ms, expected_day=day, **told):
        if tx.one(tables.ASKED_OF, of_transfer=transfer) != (origin, destination, asked):
            raise BadTransfer(transfer)
        return False
    gone = carry(tx, MoveKind.SEND, wanted, source=transfer, origin=origin, destination=TRANSIT)
    tx.many(
        tables.ADD_LINE,
        [{"transfer": transfer, "sku": it.sku, "lot": it.lot or "", "qty": it.qty} for it in gone],
    )
    return True


def arrive(tx: Tx, transfer: TransferId, *, came: Iterable[Sent] | None = None, reason: str = SHORT) -> bool:
    """Whether the transfer arrived now: what came stands at the destination, and who waits there is served.

    `came` None is everything; what was sent and did not come leaves the road as an adjustment with the `reason`. Raises
    `BadTransfer` for one that was never sent, `MoreThanSent`, `BadQuantity`.
    """
    row = tx.one(tables.ARRIVE, of_transfer=transfer, now=tx.now.ms)
    if row is None:
        if tx.one(tables.ASKED_OF, of_transfer=transfer) is None:
            raise BadTransfer(transfer)
        return False
    sent = tables.transfer(row, tuple(tables.sent(line)[1] for line in tx.rows(tables.LINES_OF, transfers=[transfer])))
    missing = () if came is None else sent.missing(came)
    lines, destination = sent.without(missing), sent.destination
    ledger.lock(tx, [line.sku for line in sent.lines], [TRANSIT, destination, MAIN])
    for line in missing:
        _lose(tx, line, source=transfer, reason=reason)
    carry(tx, MoveKind.ARRIVE, lines, source=transfer, origin=TRANSIT, destination=destination)
    for line in lines:
        day = lots.expiry(tx, line.sku, line.lot) if line.lot else None
        if line.lot and day and not Batch(line.sku, destination, line.lot, line.qty, day).is_good_on(tx.now.day()):
            tx.emit(LotReceived(line.sku, line.lot, day))
    return True


def quarantine(
    tx: Tx, lines: Iterable[Sent], *, source: str, reason: str, location: LocationId, into: LocationId = QUARANTINE
) -> bool:
    """Whether this is news: free units left `location` for quarantine, where nobody can buy them.

    `source` names this one carrying. Raises `StockHeld`, `BadQuantity`, `UnknownLocation`.
    """
    if _kind(tx, into) is not LocationKind.QUARANTINE:
        raise BadTransfer(source)
    return _carry_once(tx, MoveKind.QUARANTINE, lines, source=source, reason=reason, origin=location, destination=into)


def clear(
    tx: Tx, lines: Iterable[Sent], *, source: str, reason: str, location: LocationId, out_of: LocationId = QUARANTINE
) -> bool:
    """Whether this is news: units came out of quarantine onto the shelf of `location`; otherwise as `quarantine`."""
    if _kind(tx, location) in (LocationKind.QUARANTINE, LocationKind.TRANSIT):
        raise BadTransfer(source)
    return _carry_once(tx, MoveKind.CLEAR, lines, source=source, reason=reason, origin=out_of, destination=location)


def carry(
    tx: Tx,
    kind: MoveKind,
    wanted: Sequence[Sent],
    *,
    source: str,
    origin: LocationId,
    destination: LocationId,
    reason: str = "",
) -> tuple[Sent, ...]:
    """What left `origin` for `destination`, by lot: all of it, or `StockHeld` and nothing."""
    shelves = ledger.lock(tx, [line.sku for line in wanted], [origin, destination, MAIN])
    picked = {sku: _picked(tx, shelves, sku, origin, wanted) for sku in sorted({line.sku for line in wanted})}
    for sku, mine in picked.items():
        qty = sum(pick.qty for pick in mine)
        for pick in mine:
            move = {"source": source, "lot": pick.lot or "", "reason": reason}
            left = ledger.enter(tx, kind, Want(sku, -pick.qty), location=origin, **move)
            came = ledger.enter(tx, kind, Want(sku, pick.qty), location=destination, **move)
            if not (left and came):
                raise Bug(f"{sku} was carried by {kind} {source} before, and again now")
        lots.shift(tx, sku, origin, mine, on_hand=-1)
        ledger.take_away(tx, Want(sku, qty), origin)
        has_lots = any(pick.lot for pick in mine)
        there = ledger.put(tx, sku, destination, on_hand=qty, has_lots=has_lots)
        for pick in mine:
            lots.put(tx, sku, destination, pick)
        settle_arrival(tx, there)
    return tuple(Sent(sku, pick.qty, pick.lot) for sku, mine in picked.items() for pick in mine)


def _lose(tx: Tx, line: Sent, *, source: str, reason: str) -> None:
    """Units of a transfer are on the road no more, and nowhere else."""
    gone = Want(line.sku, -line.qty)
    ledger.enter(tx, MoveKind.ADJUST, gone, source=source, location=TRANSIT, lot=line.lot or "", reason=reason)
    lots.shift(tx, line.sku, TRANSIT, [Pick(line.lot, line.qty)], on_hand=-1)
    ledger.take_away(tx, Want(line.sku, line.qty), TRANSIT)


def _carry_once(
    tx: Tx,
    kind: MoveKind,
    lines: Iterable[Sent],
    *,
    source: str,
    reason: str,
    origin: LocationId,
    destination: LocationId,
) -> bool:
    wanted = _wanted(lines)
    if not wanted or origin == destination:
        raise BadTransfer(source)
    ledger.lock(tx, [line.sku for line in wanted], [origin, destination, MAIN])
    asked: dict[SkuId, int] = {}
    for line in wanted:
        asked[line.sku] = asked.get(line.sku, 0) + line.qty
    told = [ledger.is_told(tx, kind, Want(sku, -qty), source=source, location=origin) for sku, qty in asked.items()]
    if any(told):
        return False
    carry(tx, kind, wanted, source=source, reason=reason, origin=origin, destination=destination)
    return True


def _picked(
    tx: Tx, shelves: dict[_Shelf, Level], sku: SkuId, origin: LocationId, wanted: Sequence[Sent]
) -> tuple[Pick, ...]:
    """The lots the lines of one SKU take: those that name a lot first, the others first expired first.

    Off the road a line without a lot is of units of none: the lots there are another transfer's.
    """
    level = shelves.get((sku, origin))
    left = lots.batches(tx, level) if level else ()
    taken: dict[str, Pick] = {}
    for line in sorted((it for it in wanted if it.sku == sku), key=lambda it: it.lot is None):
        is_any = line.lot is None and origin != TRANSIT
        mine = picks([it for it in left if is_any or it.lot == line.lot], line.qty, good_on=None)
        if sum(pick.qty for pick in mine) < line.qty:
            raise StockHeld(sku, origin, sum(pick.qty for pick in mine))
        left = less(left, mine)
        for pick in mine:
            before = taken.get(pick.lot or "")
            taken[pick.lot or ""] = Pick(pick.lot, pick.qty + (before.qty if before else 0))
    return tuple(taken[lot] for lot in sorted(taken))


def _wanted(lines: Iterable[Sent]) -> tuple[Sent, ...]:
    """One line per SKU and lot, in key order."""
    sums: dict[tuple[SkuId, str], Sent] = {}
    for line in lines:
        if line.qty < 1:
            raise BadQuantity(line.sku, line.qty)
        key = (line.sku, line.lot or "")
        before = sums.get(key)
        sums[key] = Sent(line.sku, line.qty + (before.qty if before else 0), line.lot)
    return tuple(sums[key] for key in sorted(sums))


def _kind(tx: Tx, place: LocationId) -> LocationKind:
    for one in known_places(map(tables.location, tx.rows(tables.ALL_LOCATIONS))):
        if one.id == place:
            return one.kind
    raise UnknownLocation(place)
