"""Lots: when each expires, what each shelf holds of it, and which claims hold it.

A lot's row on a shelf changes only while that shelf's own row is locked by the same transaction.
"""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import ClaimId, LocationId, LotId, LotLevel
from roulian.stock.tables.claims import CLAIMS
from roulian.stock.tables.params import number, word
from roulian.store import METADATA, any_of
from roulian.words.ids import SkuId
from roulian.words.time import Day

LOTS = sa.Table(
    "stock_lots",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("lot", sa.Text, primary_key=True),
    sa.Column("expires_day", sa.Text),
)
LOT_LEVELS = sa.Table(
    "stock_lot_levels",
    METADATA,
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("location", sa.Text, primary_key=True),
    sa.Column("lot", sa.Text, primary_key=True),
    sa.Column("on_hand", sa.BigInteger, nullable=False),
    sa.Column("reserved", sa.BigInteger, nullable=False),
    sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="stock_lot_levels_oversold"),
)
CLAIM_LOTS = sa.Table(
    "stock_claim_lots",
    METADATA,
    sa.Column("claim", sa.Text, primary_key=True),
    sa.Column("lot", sa.Text, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.CheckConstraint("qty >= 0", name="stock_claim_lots_sign"),
)
_L = LOT_LEVELS.c
_ROW = (_L.sku, _L.location, _L.lot, LOTS.c.expires_day, _L.on_hand, _L.reserved)
_WITH_DAY = LOT_LEVELS.join(LOTS, sa.and_(LOTS.c.sku == _L.sku, LOTS.c.lot == _L.lot))

KNOW_LOT = sa.text(
    "INSERT INTO stock_lots (sku, lot, expires_day) VALUES (:sku, :lot, :expires_day) ON CONFLICT (sku, lot) DO NOTHING",
)
LOT_OF = sa.select(LOTS.c.expires_day).where(LOTS.c.sku == word("of_sku"), LOTS.c.lot == word("of_lot"))
PUT_LOT = sa.text(
    "INSERT INTO stock_lot_levels (sku, location, lot, on_hand, reserved) VALUES (:sku, :location, :lot, :on_hand, 0)"
    " ON CONFLICT (sku, location, lot) DO UPDATE SET on_hand = stock_lot_levels.on_hand + excluded.on_hand",
)
SHIFT_LOT = (
    LOT_LEVELS.update()
    .where(_L.sku == word("of_sku"), _L.location == word("of_location"), _L.lot == word("of_lot"))
    .values(on_hand=_L.on_hand + number("by_on_hand"), reserved=_L.reserved + number("by_reserved"))
)
LOTS_OF = sa.select(*_ROW).select_from(_WITH_DAY).where(any_of(_L.sku, "skus")).order_by(_L.sku, _L.location, _L.lot)
LOTS_AT_SHELF = (
    sa.select(*_ROW)
    .select_from(_WITH_DAY)
    .where(_L.sku == word("of_sku"), _L.location == word("of_location"))
    .order_by(_L.lot)
)
PLACES_OF_LOT = (
    sa.select(_L.location)
    .where(_L.sku == word("of_sku"), _L.lot == word("of_lot"), _L.on_hand > 0)
    .order_by(_L.location)
)
LOTS_PAGE = (
    sa.select(*_ROW)
    .select_from(_WITH_DAY)
    .where(_L.on_hand > 0)
    .order_by(LOTS.c.expires_day.is_(None), LOTS.c.expires_day, _L.sku, _L.location, _L.lot)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
HOLD_LOT = sa.text(
    "INSERT INTO stock_claim_lots (claim, lot, qty) VALUES (:claim, :lot, :qty)"
    " ON CONFLICT (claim, lot) DO UPDATE SET qty = stock_claim_lots.qty + excluded.qty",
)
HELD_LOTS = (
    sa.select(CLAIM_LOTS)
    .where(any_of(CLAIM_LOTS.c.claim, "claims"), CLAIM_LOTS.c.qty > 0)
    .order_by(CLAIM_LOTS.c.claim, CLAIM_LOTS.c.lot)
)
CLAIMS_ON_LOT = (
    sa.select(CLAIM_LOTS.c.claim, CLAIM_LOTS.c.qty)
    .join(CLAIMS, CLAIMS.c.id == CLAIM_LOTS.c.claim)
    .where(
        CLAIMS.c.sku == word("of_sku"),
        CLAIMS.c.location == word("of_location"),
        CLAIM_LOTS.c.lot == word("of_lot"),
        CLAIM_LOTS.c.qty > 0,
        sa.or_(CLAIMS.c.status == "held", CLAIMS.c.status == "waiting"),
    )
    .order_by(CLAIM_LOTS.c.claim)
)
DROP_LOT = CLAIM_LOTS.delete().where(CLAIM_LOTS.c.claim == word("of_claim"), CLAIM_LOTS.c.lot == word("of_lot"))


def lot_level(row: tuple[Any, ...]) -> LotLevel:
    """A row of a lots statement."""
    sku, location, lot, expires_day, on_hand, reserved = row
    day = None if expires_day is None else Day.parse(expires_day)
    return LotLevel(SkuId(sku), LocationId(location), LotId(lot), day, on_hand, reserved)


def held_lot(row: tuple[Any, ...]) -> tuple[ClaimId, LotId, int]:
    """A row of `HELD_LOTS`: the claim, the lot, the units."""
    claim, lot, qty = row
    return ClaimId(claim), LotId(lot), qty
