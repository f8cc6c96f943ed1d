"""The smallest changes of a shelf: enter a move, put units on it, shift its counters, see its safety line.

Everything else in `writes` is made of these. A shelf's row is locked from its first shift to the commit.
"""

from collections.abc import Collection, Sequence

from roulian.stock.events import FellBelowSafety
from roulian.stock.model import Level, LocationId, MoveKind, StockHeld, Want
from roulian.stock.tables import levels, moves
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import SkuId


def enter(
    tx: Tx, kind: MoveKind, want: Want, *, source: str, location: LocationId, lot: str = "", reason: str = ""
) -> bool:
    """Whether the move is news; entered before with another quantity it is a `Bug`."""
    move = {"kind": kind.value, "sku": want.sku, "location": location, "source": source, "lot": lot}
    if tx.run(moves.ADD_MOVE, id=tx.new_id("mov"), qty=want.qty, now=tx.now.ms, reason=reason, **move):
        return True
    row = tx.one(moves.QTY_OF_MOVE, **{f"of_{name}": value for name, value in move.items()})
    if row != (want.qty,):
        raise Bug(f"{kind} {source} of {want.sku} was entered as {row} and is told again as {want.qty}")
    return False


def is_told(tx: Tx, kind: MoveKind, want: Want, *, source: str, location: LocationId, lot: str | None = None) -> bool:
    """Whether moves of this name took `want` already, from `lot` or (None) from whatever lots; another quantity is a `Bug`."""
    move = {"kind": kind.value, "sku": want.sku, "location": location, "source": source}
    if lot is None:
        row = tx.one(moves.TOLD, **move)
    else:
        row = tx.one(moves.QTY_OF_MOVE, of_lot=lot, **{f"of_{name}": value for name, value in move.items()})
    qty = row[0] if row else None
    if qty not in (None, want.qty):
        raise Bug(f"{kind} {source} of {want.sku} was entered as {qty} and is told again as {want.qty}")
    return qty is not None


def put(
    tx: Tx, sku: SkuId, location: LocationId, *, on_hand: int = 0, waiting: int = 0, has_lots: bool = False
) -> Level:
    """The shelf with so much more on it, or asked of it."""
    row = tx.one(levels.PUT, sku=sku, location=location, on_hand=on_hand, waiting=waiting, has_lots=int(has_lots))
    return _level(row, sku)


def shift(
    tx: Tx, sku: SkuId, location: LocationId, *, on_hand: int = 0, reserved: int = 0, waiting: int = 0
) -> Level | None:
    """The shelf after the shift; None if it would hold fewer units than are reserved, or is not there."""
    row = tx.one(
        levels.SHIFT,
        of_sku=sku,
        of_location=location,
        by_on_hand=on_hand,
        by_reserved=reserved,
        by_waiting=waiting,
    )
    return None if row is None else levels.level(row)


def draw_line(tx: Tx, sku: SkuId, location: LocationId, safety: int) -> Level:
    """The shelf with its safety line drawn anew."""
    return _level(tx.one(levels.DRAW_LINE, sku=sku, location=location, safety=safety), sku)


def lock(tx: Tx, skus: Collection[SkuId], places: Collection[LocationId]) -> dict[tuple[SkuId, LocationId], Level]:
    """The shelves of these SKUs at these places, locked in key order."""
    rows = tx.rows(levels.LOCK_LEVELS, skus=sorted(set(skus)), locations=sorted(set(places)))
    return {(level.sku, level.location): level for level in map(levels.level, rows)}


def there(level: Level | None, sku: SkuId) -> Level:
    """The shelf; that it is not there, or lacks what its claims hold, is a `Bug`."""
    if level is None:
        raise Bug(f"the shelf of {sku} does not hold what its claims say")
    return level


def watch(tx: Tx, level: Level) -> None:
    """Say once that the shelf fell under its safety line; note quietly that it is back."""
    if level.is_under_line() == level.is_below:
        return
    crossed = tx.run(levels.CROSS, of_sku=level.sku, of_location=level.location, was_below=int(level.is_below))
    if crossed and level.is_under_line():
        tx.emit(FellBelowSafety(level.sku, level.location, level.net, level.safety))


def take_away(tx: Tx, want: Want, location: LocationId) -> None:
    """Free units leave the shelf, or `StockHeld`."""
    level = shift(tx, want.sku, location, on_hand=-want.qty)
    if level is None:
        raise StockHeld(want.sku, location, free(tx, want.sku, location))
    watch(tx, level)


def free(tx: Tx, sku: SkuId, location: LocationId) -> int:
    """Free units of the shelf, 0 where there is none."""
    rows = tx.rows(levels.LEVELS_OF, skus=[sku], of_location=location)
    return sum(levels.level(row).free for row in rows)


def _level(row: Sequence[object] | None, sku: SkuId) -> Level:
    return there(None if row is None else levels.level(tuple(row)), sku)
