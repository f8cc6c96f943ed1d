"""Questions about shelves, claims and moves; of the main warehouse unless told another."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from roulian.stock.methods.allocating import allocate, whole_kits
from roulian.stock.methods.nearness import distance_km
from roulian.stock.model import (
    MAIN,
    QUARANTINE,
    Allocated,
    AllocationRule,
    Ask,
    Claim,
    ClaimStatus,
    Counted,
    CountLine,
    Difference,
    Finding,
    Level,
    Location,
    LocationId,
    LocationKind,
    Lot,
    LotDiffers,
    LotLevel,
    Move,
    MoveKind,
    OnTheRoad,
    Place,
    Sent,
    Slip,
    Transfer,
    TransferId,
    TransferStatus,
    UnknownLocation,
    Want,
    batches_of,
    differences,
    exploded,
    known_places,
)
from roulian.stock.tables import audit as audit_tables
from roulian.stock.tables import claims as claim_tables
from roulian.stock.tables import levels as tables
from roulian.stock.tables import lots as lot_tables
from roulian.stock.tables import moves, places
from roulian.stock.tables import slips as slip_tables
from roulian.store import Tx
from roulian.words.ids import OrderId, SkuId


def levels(tx: Tx, skus: Collection[SkuId], *, location: LocationId = MAIN) -> Mapping[SkuId, Level]:
    """The level of each SKU the location ever knew, in SKU order."""
    rows = tx.rows(tables.LEVELS_OF, skus=list(skus), of_location=location)
    return {row[0]: tables.level(row) for row in rows}


def all_levels(tx: Tx) -> tuple[Level, ...]:
    """Every shelf of every location, by SKU and location."""
    return tuple(map(tables.level, tx.rows(tables.ALL_LEVELS)))


def shelves(tx: Tx) -> tuple[Level, ...]:
    """Every shelf that serves somebody, by SKU and location: neither the road nor quarantine."""
    closed = {place.id for place in locations(tx) if place.kind in (LocationKind.TRANSIT, LocationKind.QUARANTINE)}
    return tuple(level for level in all_levels(tx) if level.location not in closed)


def serving(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, Level]:
    """What all places that serve buyers hold of each SKU together, as one shelf, in SKU order; never stocked, absent.

    Its safety line is the main warehouse's.
    """
    return {row[0]: tables.level(row) for row in tx.rows(tables.SERVING, skus=list(skus))}


def free(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, int]:
    """Units of each SKU that a new order may take now, over all places; 0 for one never stocked."""
    found = serving(tx, skus)
    return {sku: found[sku].free if sku in found else 0 for sku in skus}


def waiting(tx: Tx, skus: Collection[SkuId], *, location: LocationId = MAIN) -> Mapping[SkuId, int]:
    """Units of each SKU that orders wait for; 0 for one never stocked."""
    found = levels(tx, skus, location=location)
    return {sku: found[sku].waiting if sku in found else 0 for sku in skus}


def claims(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, tuple[Claim, ...]]:
    """Every claim of these orders, whatever became of it, oldest first; orders without claims are absent."""
    found: dict[OrderId, list[Claim]] = {}
    for claim in map(claim_tables.claim, tx.rows(claim_tables.CLAIMS_OF, orders=list(orders))):
        found.setdefault(claim.order, []).append(claim)
    return {order: tuple(them) for order, them in found.items()}


def waiting_claims(
    tx: Tx,
    skus: Collection[SkuId],
    *,
    location: LocationId = MAIN,
) -> Mapping[SkuId, tuple[Claim, ...]]:
    """The claims that wait for each SKU, in the order in which they will be filled; SKUs without any are absent."""
    found: dict[SkuId, list[Claim]] = {}
    for claim in map(claim_tables.claim, tx.rows(claim_tables.WAITING_OF, skus=list(skus), of_location=location)):
        found.setdefault(claim.sku, []).append(claim)
    return {sku: tuple(them) for sku, them in found.items()}


def is_filled(tx: Tx, order: OrderId) -> bool:
    """The order has claims, and every unit of them is held."""
    statuses = {claim.status for claim in claims(tx, [order]).get(order, ())}
    return ClaimStatus.HELD in statuses and ClaimStatus.WAITING not in statuses


def moves_page(
    tx: Tx,
    *,
    sku: SkuId | None = None,
    kind: MoveKind | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Move, ...]:
    """At most `limit` moves older than the id `before` that match every filter given, newest first."""
    rows = tx.rows(moves.MOVES_PAGE, of_sku=sku, of_kind=kind, before=before, most=limit)
    return tuple(map(moves.move, rows))


def rebuilt(tx: Tx) -> tuple[Counted, ...]:
    """The counters every shelf should have, summed anew from all moves and live claims, by SKU and location.

    The self-audit: equal to `[level.counted() for level in all_levels(tx)]`, always. Reads every move.
    """
    return tuple(map(audit_tables.counted, tx.rows(audit_tables.REBUILT)))


def locations(tx: Tx) -> tuple[Location, ...]:
    """Every place, by id: those people described and those every brand has."""
    return known_places(map(places.location, tx.rows(places.ALL_LOCATIONS)))


def rule_of(tx: Tx) -> AllocationRule:
    """The rule by which orders are held over places; the nearest first until one is set."""
    row = tx.one(places.RULE)
    return AllocationRule.NEAREST if row is None else AllocationRule(row[0])


def check_lot(tx: Tx, sku: SkuId, lot: Lot, *, location: LocationId = QUARANTINE) -> None:
    """Nothing; or `LotDiffers` where the lot is known with another expiry day, `LotPastDay` where the place takes no such.

    Raises as `standing_place`.
    """
    standing_place(tx, location).check_fit(sku, lot, today=tx.now.day())
    row = tx.one(lot_tables.LOT_OF, of_sku=sku, of_lot=lot.id)
    if row is not None and row[0] != (None if lot.expires_day is None else lot.expires_day.iso()):
        raise LotDiffers(sku, lot.id, str(row[0]))


def standing_place(tx: Tx, ident: LocationId) -> Location:
    """The place, where goods can stand. Raises `UnknownLocation`, and `OnTheRoad` for what is in transit."""
    found = next((place for place in locations(tx) if place.id == ident), None)
    if found is None:
        raise UnknownLocation(ident)
    if found.kind is LocationKind.TRANSIT:
        raise OnTheRoad(ident)
    return found


def lots(tx: Tx, skus: Collection[SkuId]) -> tuple[LotLevel, ...]:
    """What every shelf holds of every lot of these SKUs, by SKU, location and lot; lots used up are left out."""
    found = map(lot_tables.lot_level, tx.rows(lot_tables.LOTS_OF, skus=list(skus)))
    return tuple(lot for lot in found if lot.on_hand)


def lots_page(tx: Tx, *, limit: int = 50) -> tuple[LotLevel, ...]:
    """At most `limit` lots that stand somewhere, the first to expire first."""
    return tuple(map(lot_tables.lot_level, tx.rows(lot_tables.LOTS_PAGE, most=limit)))


def transfers_page(
    tx: Tx, *, statuses: Collection[TransferStatus] = tuple(TransferStatus), limit: int = 50
) -> tuple[Transfer, ...]:
    """At most `limit` transfers in these statuses, the last sent first."""
    rows = tx.rows(places.TRANSFERS_PAGE, statuses=[status.value for status in statuses], most=limit)
    return _with_lines(tx, rows)


def transfers(tx: Tx, ids: Collection[TransferId]) -> Mapping[TransferId, Transfer]:
    """The transfers of these ids that were ever sent."""
    return {one.id: one for one in _with_lines(tx, tx.rows(places.TRANSFERS_OF, transfers=list(ids)))}


def _with_lines(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> tuple[Transfer, ...]:
    lines: dict[TransferId, list[Sent]] = {}
    for transfer, line in map(places.sent, tx.rows(places.LINES_OF, transfers=[row[0] for row in rows])):
        lines.setdefault(transfer, []).append(line)
    return tuple(places.transfer(row, tuple(lines.get(row[0], ()))) for row in rows)


def slips_page(tx: Tx, *, limit: int = 50) -> tuple[Slip, ...]:
    """At most `limit` slips, the last entered first."""
    return tuple(map(slip_tables.slip, tx.rows(slip_tables.SLIPS_PAGE, most=limit)))


def count_lines(tx: Tx, sheet: str) -> tuple[CountLine, ...]:
    """What the count sheet says, by location, SKU and lot; nothing for a sheet nobody told of."""
    return tuple(map(places.count_line, tx.rows(places.COUNTS_OF, of_sheet=sheet)))


def audit(tx: Tx) -> tuple[Difference, ...]:
    """Every shelf and lot whose counters are not what moves and live claims add up to: none, always.

    Reads every move; for a reader's snapshot, at night.
    """
    kept_lots = map(audit_tables.lot_counted, tx.rows(audit_tables.LOTS_KEPT))
    told_lots = map(audit_tables.lot_counted, tx.rows(audit_tables.REBUILT_LOTS))
    kept = (level.counted() for level in all_levels(tx))
    return differences([*kept, *kept_lots], [*rebuilt(tx), *told_lots])


def findings(tx: Tx) -> tuple[Finding, ...]:
    """What the last self-audit found and still stands, oldest first."""
    return tuple(map(audit_tables.finding, tx.rows(audit_tables.OPEN_FINDINGS)))


def free_kits(tx: Tx, kits: Mapping[SkuId, Collection[Want]]) -> Mapping[SkuId, int]:
    """How many of each bundle the free units of its parts make, each whole at one place that serves buyers.

    Each bundle is counted as if it were asked for alone.
    """
    parts = {part.sku for kit in kits.values() for part in kit}
    open_ = {place.id for place in locations(tx) if place.serves_buyers}
    there: dict[LocationId, dict[SkuId, int]] = {}
    for level in map(tables.level, tx.rows(tables.LEVELS_AT, skus=sorted(parts))):
        if level.location in open_:
            there.setdefault(level.location, {})[level.sku] = level.free
    return {bundle: sum(whole_kits(kit, free) for free in there.values()) for bundle, kit in kits.items()}


def allocation(
    tx: Tx,
    asks: Collection[Ask],
    *,
    region: str,
    rule: AllocationRule = AllocationRule.NEAREST,
    min_days_left: int = 0,
) -> Allocated:
    """What `hold_some` would hold now, and what would be missing. Raises `BadQuantity`."""
    wanted = tuple(asks)
    skus = [want.sku for want in exploded(wanted)]
    by_lot = tuple(map(lot_tables.lot_level, tx.rows(lot_tables.LOTS_OF, skus=skus)))
    batches = [
        batch
        for level in map(tables.level, tx.rows(tables.LEVELS_AT, skus=skus))
        for batch in batches_of(
            level, (lot for lot in by_lot if (lot.sku, lot.location) == (level.sku, level.location))
        )
    ]
    serving = [place for place in locations(tx) if place.serves_buyers]
    return allocate(
        wanted,
        batches,
        places=[Place(place.id, distance_km(region, place.region), place.priority) for place in serving],
        rule=rule,
        good_on=tx.now.day().plus(min_days_left),
    )
