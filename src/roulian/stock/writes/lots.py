"""Lots on a shelf whose row this transaction has locked: known, put, taken in FEFO order, handed to claims."""

from collections.abc import Iterable, Sequence

from roulian.stock.methods.fefo import dealt, picks
from roulian.stock.model import Batch, Claim, ClaimId, Level, LocationId, Lot, LotDiffers, LotId, Pick, batches_of
from roulian.stock.tables import lots
from roulian.store import Tx
from roulian.words.ids import SkuId
from roulian.words.time import Day


def know(tx: Tx, sku: SkuId, lot: Lot) -> None:
    """The lot is known with its expiry day, or `LotDiffers` if it is known with another."""
    day = None if lot.expires_day is None else lot.expires_day.iso()
    if tx.run(lots.KNOW_LOT, sku=sku, lot=lot.id, expires_day=day):
        return
    row = tx.one(lots.LOT_OF, of_sku=sku, of_lot=lot.id)
    if row != (day,):
        raise LotDiffers(sku, lot.id, str(row and row[0]))


def expiry(tx: Tx, sku: SkuId, lot: LotId) -> Day | None:
    """The last day on which the lot is good; None if it keeps, or is not known."""
    row = tx.one(lots.LOT_OF, of_sku=sku, of_lot=lot)
    return None if row is None or row[0] is None else Day.parse(row[0])


def places(tx: Tx, sku: SkuId, lot: LotId) -> tuple[LocationId, ...]:
    """Where units of the lot stand."""
    return tuple(LocationId(row[0]) for row in tx.rows(lots.PLACES_OF_LOT, of_sku=sku, of_lot=lot))


def put(tx: Tx, sku: SkuId, location: LocationId, pick: Pick) -> None:
    """More units of a lot stand on the shelf."""
    if pick.lot is not None:
        tx.run(lots.PUT_LOT, sku=sku, location=location, lot=pick.lot, on_hand=pick.qty)


def shift(
    tx: Tx, sku: SkuId, location: LocationId, picked: Iterable[Pick], *, on_hand: int = 0, reserved: int = 0
) -> None:
    """Each picked lot's counters move by its quantity times `on_hand` and `reserved`, which are -1, 0 or 1."""
    rows = [
        {
            "of_sku": sku,
            "of_location": location,
            "of_lot": pick.lot,
            "by_on_hand": on_hand * pick.qty,
            "by_reserved": reserved * pick.qty,
        }
        for pick in picked
        if pick.lot is not None
    ]
    tx.many(lots.SHIFT_LOT, rows)


def batches(tx: Tx, level: Level) -> tuple[Batch, ...]:
    """The free units of the shelf by lot."""
    if not level.has_lots:
        return batches_of(level, ())
    rows = tx.rows(lots.LOTS_AT_SHELF, of_sku=level.sku, of_location=level.location)
    return batches_of(level, map(lots.lot_level, rows))


def reserve(tx: Tx, before: Level, qty: int, *, good_on: Day) -> tuple[Pick, ...] | None:
    """The lots that now hold `qty` units of what was free on the shelf `before`; None if too few are good then."""
    taken = picks(batches(tx, before), qty, good_on=good_on)
    if sum(pick.qty for pick in taken) < qty:
        return None
    shift(tx, before.sku, before.location, taken, reserved=1)
    return taken


def give(tx: Tx, claims: Sequence[tuple[ClaimId, int]], picked: Sequence[Pick]) -> None:
    """Claims of so many units each hold the picked lots between them."""
    rows = [
        {"claim": claim, "lot": pick.lot, "qty": pick.qty}
        for claim, pick in dealt(picked, claims)
        if pick.lot is not None
    ]
    tx.many(lots.HOLD_LOT, rows)


def held(tx: Tx, claims: Iterable[Claim]) -> tuple[Pick, ...]:
    """What these claims of one shelf hold, by lot; units of no lot come last."""
    mine = tuple(claims)
    sums: dict[LotId | None, int] = {}
    for _, lot, qty in map(lots.held_lot, tx.rows(lots.HELD_LOTS, claims=[claim.id for claim in mine])):
        sums[lot] = sums.get(lot, 0) + qty
    loose = sum(claim.held for claim in mine) - sum(sums.values())
    if loose:
        sums[None] = loose
    return tuple(Pick(lot, qty) for lot, qty in sums.items())
