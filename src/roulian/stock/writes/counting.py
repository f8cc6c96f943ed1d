"""What people counted, and what the books found when they counted themselves."""

from collections.abc import Iterable

from roulian.stock.events import CountersDiffered
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    CountLine,
    Difference,
    Finding,
    Found,
    Level,
    LocationId,
    Lot,
    MoveKind,
    Pick,
    StockHeld,
    UnknownLocation,
    Want,
    known_places,
)
from roulian.stock.tables import audit as tables
from roulian.stock.tables import lots as lot_tables
from roulian.stock.tables import places as place_tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.filling import settle
from roulian.store import Tx
from roulian.words.errors import Bug


def count(
    tx: Tx, found: Iterable[Found], *, sheet: str, reason: str, location: LocationId = MAIN
) -> tuple[CountLine, ...]:
    """The lines of the count sheet; where a person found other than the books said, an adjustment with the reason.

    `sheet` names this one count at this place; told again it is the sheet of the first time, told again with other
    findings a `Bug`. Raises `StockHeld` when fewer are found than are held for orders, and nothing is adjusted;
    `BadQuantity`, `UnknownLocation`.
    """
    sums = {(one.sku, one.lot or ""): one for one in found}
    if location not in {
        place.id for place in known_places(map(place_tables.location, tx.rows(place_tables.ALL_LOCATIONS)))
    }:
        raise UnknownLocation(location)
    for one in sums.values():
        if one.qty < 0:
            raise BadQuantity(one.sku, one.qty)
    shelves = ledger.lock(tx, [one.sku for one in sums.values()], [location])
    known = tuple(map(place_tables.count_line, tx.rows(place_tables.COUNTS_AT, of_sheet=sheet, of_location=location)))
    if known:
        if {(line.sku, line.lot or ""): line.found for line in known} != {key: one.qty for key, one in sums.items()}:
            raise Bug(f"count sheet {sheet} is told again with other findings")
        return known
    lines = tuple(
        _line(tx, sums[key], shelves.get((sums[key].sku, location)), sheet=sheet, reason=reason, location=location)
        for key in sorted(sums)
    )
    for line in lines:
        _book(tx, line)
    return lines


def record_findings(tx: Tx, found: Iterable[Difference]) -> tuple[Finding, ...]:
    """What a self-audit found, kept to be shown; nothing is mended.

    A difference found for the first time says `CountersDiffered`; one that is gone is closed.
    """
    known = {(one.sku, one.location, one.lot): one for one in map(tables.finding, tx.rows(tables.OPEN_FINDINGS))}
    for one in found:
        _find(tx, one, known.pop((one.sku, one.location, one.lot), None))
    for gone in known.values():
        tx.run(tables.END_FINDING, of_finding=gone.id, now=tx.now.ms)
    return tuple(map(tables.finding, tx.rows(tables.OPEN_FINDINGS)))


def _find(tx: Tx, one: Difference, known: Finding | None) -> None:
    if known is not None:
        tx.run(tables.CHANGE_FINDING, of_finding=known.id, new_kept=one.kept, new_told=one.told)
        return
    tx.run(
        tables.ADD_FINDING,
        id=tx.new_id("fnd"),
        sku=one.sku,
        location=one.location,
        lot=one.lot or "",
        kept=one.kept,
        told=one.told,
        found_at=tx.now.ms,
        gone_at=None,
    )
    tx.emit(CountersDiffered(one.sku, one.location, one.lot or "", one.kept, one.told))


def _line(tx: Tx, one: Found, level: Level | None, *, sheet: str, reason: str, location: LocationId) -> CountLine:
    by_lot = [
        lot
        for lot in map(lot_tables.lot_level, tx.rows(lot_tables.LOTS_OF, skus=[one.sku]))
        if lot.location == location
    ]
    if one.lot is None:
        booked = (level.on_hand if level else 0) - sum(lot.on_hand for lot in by_lot)
        reserved = (level.reserved if level else 0) - sum(lot.reserved for lot in by_lot)
    else:
        booked = sum(lot.on_hand for lot in by_lot if lot.lot == one.lot)
        reserved = sum(lot.reserved for lot in by_lot if lot.lot == one.lot)
    if one.qty < reserved:
        raise StockHeld(one.sku, location, booked - reserved)
    return CountLine(sheet, one.sku, location, one.lot, booked, one.qty, reason, tx.now)


def _book(tx: Tx, line: CountLine) -> None:
    tx.run(
        place_tables.ADD_COUNT,
        sheet=line.sheet,
        sku=line.sku,
        location=line.location,
        lot=line.lot or "",
        booked=line.booked,
        found=line.found,
        reason=line.reason,
        counted_at=line.counted_at.ms,
    )
    move = Want(line.sku, line.difference)
    if line.difference:
        named = {"source": line.sheet, "lot": line.lot or "", "reason": line.reason}
        ledger.enter(tx, MoveKind.ADJUST, move, location=line.location, **named)
    if line.difference > 0:
        _add(tx, line)
    elif line.difference < 0:
        lots.shift(tx, line.sku, line.location, [Pick(line.lot, -line.difference)], on_hand=-1)
        ledger.take_away(tx, Want(line.sku, -line.difference), line.location)


def _add(tx: Tx, line: CountLine) -> None:
    """More was there than the books said; a lot nobody told of before is known from now on, without an expiry day."""
    if line.lot is not None:
        lots.know(tx, line.sku, Lot(line.lot, lots.expiry(tx, line.sku, line.lot)))
        lots.put(tx, line.sku, line.location, Pick(line.lot, line.difference))
    has_lots = line.lot is not None
    settle(tx, ledger.put(tx, line.sku, line.location, on_hand=line.difference, has_lots=has_lots))
