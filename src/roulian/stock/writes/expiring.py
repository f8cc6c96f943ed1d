"""A lot's last day is over: what is free of it goes into quarantine, who held it gets other units or waits again."""

from dataclasses import dataclass

from roulian.stock.events import LotExpired
from roulian.stock.methods.fefo import picks
from roulian.stock.model import QUARANTINE, Claim, ClaimStatus, LocationId, LocationKind, LotId, MoveKind, Pick, Sent
from roulian.stock.model import known_places as places_of
from roulian.stock.tables import claims as claim_tables
from roulian.stock.tables import lots as tables
from roulian.stock.tables import places as place_tables
from roulian.stock.writes import ledger, lots
from roulian.stock.writes.carrying import carry
from roulian.store import Tx
from roulian.words.ids import SkuId


@dataclass(frozen=True, slots=True)
class _Spot:
    """A lot on a shelf."""

    sku: SkuId
    location: LocationId
    lot: LotId


def expire_lot(tx: Tx, sku: SkuId, lot: LotId) -> int:
    """Units of the lot that went into quarantine because its last day is over; 0 before, and again.

    Orders that held it hold the next lots instead; where there are too few, they wait for the rest from today on.
    Says `LotExpired`. Goods on the road are looked at when they arrive.
    """
    day = lots.expiry(tx, sku, lot)
    if day is None or day >= tx.now.day():
        return 0
    closed = {
        place.id
        for place in places_of(map(place_tables.location, tx.rows(place_tables.ALL_LOCATIONS)))
        if place.kind in (LocationKind.QUARANTINE, LocationKind.TRANSIT)
    }
    moved = unserved = 0
    for location in lots.places(tx, sku, lot):
        if location not in closed:
            spot = _Spot(sku, location, lot)
            ledger.lock(tx, [sku], [location, QUARANTINE])
            unserved += _exchange(tx, spot)
            moved += _remove(tx, spot)
    if moved:
        tx.emit(LotExpired(sku, lot, moved, unserved))
    return moved


def _exchange(tx: Tx, spot: _Spot) -> int:
    """Every claim on the lot holds other units now, or waits; how many units wait."""
    rows = tx.rows(tables.CLAIMS_ON_LOT, of_sku=spot.sku, of_location=spot.location, of_lot=spot.lot)
    held = {row[0]: row[1] for row in rows}
    claims = map(claim_tables.claim, tx.rows(claim_tables.CLAIMS_BY_ID, claims=sorted(held)))
    return sum(_exchange_one(tx, spot, claim, held[claim.id]) for claim in claims)


def _exchange_one(tx: Tx, spot: _Spot, claim: Claim, qty: int) -> int:
    level = ledger.lock(tx, [spot.sku], [spot.location])[spot.sku, spot.location]
    good_on = tx.now.day().plus(claim.min_days_left)
    others = [batch for batch in lots.batches(tx, level) if batch.lot != spot.lot]
    mine = picks(others, qty, good_on=good_on)
    tx.run(tables.DROP_LOT, of_claim=claim.id, of_lot=spot.lot)
    lots.shift(tx, spot.sku, spot.location, [Pick(spot.lot, qty)], reserved=-1)
    lots.shift(tx, spot.sku, spot.location, mine, reserved=1)
    lots.give(tx, [(claim.id, sum(pick.qty for pick in mine))], mine)
    short = qty - sum(pick.qty for pick in mine)
    if short:
        tx.run(claim_tables.UNFILL, of_claim=claim.id, by=short, today=tx.now.day().iso())
        ledger.there(
            ledger.shift(tx, spot.sku, spot.location, reserved=-short, waiting=short),
            spot.sku,
        )
        if claim.status is ClaimStatus.HELD:
            tx.run(claim_tables.ADD_WAIT, order=claim.order, by=1)
    return short


def _remove(tx: Tx, spot: _Spot) -> int:
    level = ledger.lock(tx, [spot.sku], [spot.location])[spot.sku, spot.location]
    free = sum(batch.free for batch in lots.batches(tx, level) if batch.lot == spot.lot)
    if free:
        carry(
            tx,
            MoveKind.QUARANTINE,
            [Sent(spot.sku, free, spot.lot)],
            source=tx.new_id("exp"),
            reason="expired",
            origin=spot.location,
            destination=QUARANTINE,
        )
    return free
