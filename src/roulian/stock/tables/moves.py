"""The ledger of moves: only added to. The unique key lets an arrival or a use be told again and count once."""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import LocationId, Move, MoveKind
from roulian.stock.tables.params import word
from roulian.store import METADATA
from roulian.words.ids import SkuId
from roulian.words.time import Instant

MOVES = sa.Table(
    "stock_moves",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False, index=True),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("moved_at", sa.BigInteger, nullable=False),
    sa.Column("lot", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("source", "kind", "sku", "location", "lot", name="stock_moves_once"),
)

_M = MOVES.c
ADD_MOVE = sa.text(
    "INSERT INTO stock_moves (id, sku, location, kind, qty, source, moved_at, lot, reason)"
    " VALUES (:id, :sku, :location, :kind, :qty, :source, :now, :lot, :reason)"
    " ON CONFLICT (source, kind, sku, location, lot) DO NOTHING",
)
QTY_OF_MOVE = sa.select(_M.qty).where(
    _M.source == word("of_source"),
    _M.kind == word("of_kind"),
    _M.sku == word("of_sku"),
    _M.location == word("of_location"),
    _M.lot == word("of_lot"),
)
TOLD = sa.text(
    "SELECT CAST(SUM(qty) AS BIGINT) FROM stock_moves"
    " WHERE source = :source AND kind = :kind AND sku = :sku AND location = :location",
)
MOVES_PAGE = (
    sa.select(MOVES)
    .where(
        sa.or_(word("of_sku").is_(None), _M.sku == word("of_sku")),
        sa.or_(word("of_kind").is_(None), _M.kind == word("of_kind")),
        sa.or_(word("before").is_(None), _M.id < word("before")),
    )
    .order_by(_M.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def move(row: tuple[Any, ...]) -> Move:
    """A row of `MOVES`."""
    ident, sku, location, kind, qty, source, moved_at, lot, reason = row
    return Move(ident, SkuId(sku), LocationId(location), MoveKind(kind), qty, source, Instant(moved_at), lot, reason)
