"""Shelves' counters.

They change in one guarded statement, `SHIFT`, which locks the row until the commit; the CHECK says the same once more.
"""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import MAIN, Level, LocationId, LocationKind
from roulian.stock.tables.params import number, word
from roulian.stock.tables.places import LOCATIONS
from roulian.store import METADATA, any_of
from roulian.words.ids import SkuId

LEVELS = sa.Table(
    "stock_levels",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("location", sa.Text, primary_key=True),
    sa.Column("on_hand", sa.BigInteger, nullable=False),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.Column("waiting", sa.BigInteger, nullable=False),
    sa.Column("safety", sa.BigInteger, nullable=False),
    sa.Column("is_below", sa.Integer, nullable=False),
    sa.Column("has_lots", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("reserved <= on_hand", name="stock_levels_oversold"),
    sa.CheckConstraint("reserved >= 0 AND waiting >= 0 AND safety >= 0", name="stock_levels_signs"),
)

_V = LEVELS.c
_SHELF = (_V.sku == word("of_sku"), _V.location == word("of_location"))
_LEVEL_NAMES = "sku, location, on_hand, reserved, waiting, safety, is_below, has_lots"
SHIFT = (
    LEVELS.update()
    .where(*_SHELF, _V.on_hand + number("by_on_hand") >= _V.reserved + number("by_reserved"))
    .values(
        on_hand=_V.on_hand + number("by_on_hand"),
        reserved=_V.reserved + number("by_reserved"),
        waiting=_V.waiting + number("by_waiting"),
    )
    .returning(*_V)
)
PUT = sa.text(
    f"INSERT INTO stock_levels ({_LEVEL_NAMES}) VALUES (:sku, :location, :on_hand, 0, :waiting, 0, 0, :has_lots)"
    " ON CONFLICT (sku, location) DO UPDATE SET on_hand = stock_levels.on_hand + excluded.on_hand,"
    " waiting = stock_levels.waiting + excluded.waiting,"
    " has_lots = CASE WHEN excluded.has_lots = 1 THEN 1 ELSE stock_levels.has_lots END"
    f" RETURNING {_LEVEL_NAMES}",
)
DRAW_LINE = sa.text(
    f"INSERT INTO stock_levels ({_LEVEL_NAMES}) VALUES (:sku, :location, 0, 0, 0, :safety, 0, 0)"
    f" ON CONFLICT (sku, location) DO UPDATE SET safety = excluded.safety RETURNING {_LEVEL_NAMES}",
)
CROSS = LEVELS.update().where(*_SHELF, _V.is_below == number("was_below")).values(is_below=1 - number("was_below"))
LEVELS_OF = sa.select(LEVELS).where(any_of(_V.sku, "skus"), _V.location == word("of_location")).order_by(_V.sku)
LOCK_LEVELS = (
    sa.select(LEVELS)
    .where(any_of(_V.sku, "skus"), any_of(_V.location, "locations"))
    .order_by(_V.sku, _V.location)
    .with_for_update()
)
"""Locked in key order on PostgreSQL; SQLite has one writer anyway."""
_P = LOCATIONS.c
_SERVES = sa.case(
    (_P.id.is_(None), _V.location == MAIN),
    else_=sa.and_(
        _P.sells_online == 1, sa.or_(_P.kind == LocationKind.WAREHOUSE.value, _P.kind == LocationKind.SHOP.value)
    ),
)
"""As `Location.serves_buyers`; of the places nobody described only the main warehouse serves."""
_OF_MAIN = sa.case((_V.location == MAIN, _V.safety), else_=0)
SERVING = (
    sa.select(
        _V.sku,
        sa.literal(MAIN),
        *(sa.cast(sa.func.sum(counter), sa.BigInteger) for counter in (_V.on_hand, _V.reserved, _V.waiting, _OF_MAIN)),
        sa.literal(0),
        sa.func.max(_V.has_lots),
    )
    .select_from(LEVELS.outerjoin(LOCATIONS, _P.id == _V.location))
    .where(any_of(_V.sku, "skus"), _SERVES)
    .group_by(_V.sku)
    .order_by(_V.sku)
)
LEVELS_AT = sa.select(LEVELS).where(any_of(_V.sku, "skus")).order_by(_V.sku, _V.location)
LOCK_AT = LEVELS_AT.with_for_update()
ALL_LEVELS = sa.select(LEVELS).order_by(_V.sku, _V.location)


def level(row: tuple[Any, ...]) -> Level:
    """A row of `LEVELS`."""
    sku, location, on_hand, reserved, waiting, safety, is_below, has_lots = row
    return Level(SkuId(sku), LocationId(location), on_hand, reserved, waiting, safety, bool(is_below), bool(has_lots))
