"""Units that became free go to claims that wait, and an order whose last claim is filled is told of once."""

from collections.abc import Sequence

from roulian.stock.events import ClaimsFilled
from roulian.stock.methods.fefo import less, picks
from roulian.stock.model import (
    MAIN,
    Claim,
    ClaimStatus,
    Fill,
    Level,
    Pick,
    hand_out,
    open_places,
    served_order,
)
from roulian.stock.tables import claims as tables
from roulian.stock.tables import places
from roulian.stock.writes import lots
from roulian.stock.writes.ledger import lock, shift, there, watch
from roulian.store import Tx
from roulian.words.ids import OrderId


def settle(tx: Tx, level: Level) -> None:
    """Units became free: hand them to claims that wait, and see which side of the safety line the shelf is on."""
    watch(tx, level)
    if level.free < 1 or level.waiting == 0:
        return
    queue = tx.rows(tables.QUEUE, of_sku=level.sku, of_location=level.location, most=level.free)
    waiting = tuple(map(tables.claim, queue))
    fills = _by_lot(tx, level, waiting) if level.has_lots else hand_out(level.free, waiting)
    if not fills:
        return
    status = {True: ClaimStatus.HELD.value, False: ClaimStatus.WAITING.value}
    tx.many(
        tables.FILL,
        [{"of_claim": fill.claim.id, "by": fill.qty, "new_status": status[fill.is_full]} for fill in fills],
    )
    given = sum(fill.qty for fill in fills)
    there(shift(tx, level.sku, level.location, reserved=given, waiting=-given), level.sku)
    say_filled(tx, sorted({fill.claim.order for fill in fills if fill.is_full}))


def settle_arrival(tx: Tx, level: Level) -> None:
    """As `settle`, for goods that came to the shelf: who waits at the main warehouse may be served from here.

    A claim that holds nothing yet, and that this shelf can fill whole, waits here from now on, if the place serves buyers.
    """
    if level.location != MAIN and level.free > level.waiting:
        level = _adopt(tx, level)
    settle(tx, level)


def _adopt(tx: Tx, level: Level) -> Level:
    serving = {place.id for place in open_places(map(places.location, tx.rows(places.ALL_LOCATIONS)))}
    main = lock(tx, [level.sku], [MAIN]).get((level.sku, MAIN))
    if level.location not in serving or main is None or not main.waiting:
        return level
    left, moved = level.free - level.waiting, list[Claim]()
    good = lots.batches(tx, level)
    for claim in map(tables.claim, tx.rows(tables.QUEUE, of_sku=level.sku, of_location=MAIN, most=main.waiting)):
        found = picks(good, claim.qty, good_on=tx.now.day().plus(claim.min_days_left))
        if not claim.held and claim.qty <= min(left, sum(pick.qty for pick in found)):
            good, left = less(good, found), left - claim.qty
            moved.append(claim)
    tx.many(tables.MOVE_CLAIM, [{"of_claim": claim.id, "new_location": level.location} for claim in moved])
    units = sum(claim.qty for claim in moved)
    watch(tx, there(shift(tx, level.sku, MAIN, waiting=-units), level.sku))
    return there(shift(tx, level.sku, level.location, waiting=units), level.sku)


def _by_lot(tx: Tx, level: Level, waiting: Sequence[Claim]) -> tuple[Fill, ...]:
    """As `hand_out`, in FEFO order, each claim out of lots that outlast what it asks."""
    fills, left, taken = [], lots.batches(tx, level), list[Pick]()
    for claim in sorted(waiting, key=served_order):
        mine = picks(left, claim.missing, good_on=tx.now.day().plus(claim.min_days_left))
        qty = sum(pick.qty for pick in mine)
        if qty:
            fills.append(Fill(claim, qty))
            lots.give(tx, [(claim.id, qty)], mine)
            left, taken = less(left, mine), [*taken, *mine]
    lots.shift(tx, level.sku, level.location, taken, reserved=1)
    return tuple(fills)


def say_filled(tx: Tx, orders: Sequence[OrderId]) -> None:
    """One claim of each order was filled: counted down on the order's own row, so that the last one is seen as such."""
    if not orders:
        return
    tx.many(tables.LESS_WAIT, [{"of_order": order, "by": 1} for order in orders])
    for row in tx.rows(tables.FILLED, orders=list(orders)):
        tx.emit(ClaimsFilled(OrderId(row[0])))
