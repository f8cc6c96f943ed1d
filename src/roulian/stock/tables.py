"""Shelves' counters, the moves that explain them, and the orders' claims on them.

The counters of a shelf change in one guarded statement, `SHIFT`, which locks the row until the commit;
the CHECK says the same once more. Claims change only by statements that return what they changed.
"""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import Claim, ClaimId, ClaimStatus, Counted, Level, LocationId, Move, MoveKind
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

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
    sa.CheckConstraint("reserved <= on_hand", name="stock_levels_oversold"),
    sa.CheckConstraint("reserved >= 0 AND waiting >= 0 AND safety >= 0", name="stock_levels_signs"),
)
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
    sa.UniqueConstraint("source", "kind", "sku", "location", name="stock_moves_once"),
)
_LIVE = "status IN ('held', 'waiting')"
CLAIMS = sa.Table(
    "stock_claims",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("held_qty", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("wanted_day", sa.Text),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("origin", sa.Text, nullable=False),
    sa.CheckConstraint("qty > 0 AND held_qty BETWEEN 0 AND qty", name="stock_claims_held"),
    sa.Index(
        "stock_claims_once",
        "order_id",
        "sku",
        "location",
        "origin",
        unique=True,
        sqlite_where=sa.text(_LIVE),
        postgresql_where=sa.text(_LIVE),
    ),
    sa.Index(
        "stock_claims_queue",
        "sku",
        "location",
        "wanted_day",
        "id",
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    ),
)
WAITS = sa.Table(
    "stock_waits",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("open_claims", sa.Integer, nullable=False),
    sa.CheckConstraint("open_claims >= 0", name="stock_waits_open"),
)

_V, _M, _C = LEVELS.c, MOVES.c, CLAIMS.c
_CLAIM = (_C.id, _C.order_id, _C.sku, _C.location, _C.qty, _C.held_qty, _C.status, _C.wanted_day, _C.expires_at)


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


def _word(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text)


_SHELF = (_V.sku == _word("of_sku"), _V.location == _word("of_location"))
_LEVEL_NAMES = "sku, location, on_hand, reserved, waiting, safety, is_below"
SHIFT = (
    LEVELS.update()
    .where(*_SHELF, _V.on_hand + _number("by_on_hand") >= _V.reserved + _number("by_reserved"))
    .values(
        on_hand=_V.on_hand + _number("by_on_hand"),
        reserved=_V.reserved + _number("by_reserved"),
        waiting=_V.waiting + _number("by_waiting"),
    )
    .returning(*_V)
)
PUT = sa.text(
    f"INSERT INTO stock_levels ({_LEVEL_NAMES}) VALUES (:sku, :location, :on_hand, 0, :waiting, 0, 0)"
    " ON CONFLICT (sku, location) DO UPDATE SET on_hand = stock_levels.on_hand + excluded.on_hand,"
    f" waiting = stock_levels.waiting + excluded.waiting RETURNING {_LEVEL_NAMES}",
)
DRAW_LINE = sa.text(
    f"INSERT INTO stock_levels ({_LEVEL_NAMES}) VALUES (:sku, :location, 0, 0, 0, :safety, 0)"
    f" ON CONFLICT (sku, location) DO UPDATE SET safety = excluded.safety RETURNING {_LEVEL_NAMES}",
)
CROSS = LEVELS.update().where(*_SHELF, _V.is_below == _number("was_below")).values(is_below=1 - _number("was_below"))
LEVELS_OF = sa.select(LEVELS).where(any_of(_V.sku, "skus"), _V.location == _word("of_location")).order_by(_V.sku)
ALL_LEVELS = sa.select(LEVELS).order_by(_V.sku, _V.location)

ADD_MOVE = sa.text(
    "INSERT INTO stock_moves (id, sku, location, kind, qty, source, moved_at)"
    " VALUES (:id, :sku, :location, :kind, :qty, :source, :now)"
    " ON CONFLICT (source, kind, sku, location) DO NOTHING",
)
QTY_OF_MOVE = sa.select(_M.qty).where(
    _M.source == _word("of_source"),
    _M.kind == _word("of_kind"),
    _M.sku == _word("of_sku"),
    _M.location == _word("of_location"),
)
MOVES_PAGE = (
    sa.select(MOVES)
    .where(
        sa.or_(_word("of_sku").is_(None), _M.sku == _word("of_sku")),
        sa.or_(_word("of_kind").is_(None), _M.kind == _word("of_kind")),
        sa.or_(_word("before").is_(None), _M.id < _word("before")),
    )
    .order_by(_M.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)

ADD_CLAIM = CLAIMS.insert()
_OF_ORDER = _C.order_id == _word("of_order")
_IS_LIVE = sa.or_(_C.status == ClaimStatus.HELD.value, _C.status == ClaimStatus.WAITING.value)
_OTHER = CLAIMS.alias("other")
_NONE_WAITS = ~sa.exists().where(
    _OTHER.c.order_id == _word("of_order"),
    _OTHER.c.status == ClaimStatus.WAITING.value,
)
RELEASE = CLAIMS.update().where(_OF_ORDER, _IS_LIVE).values(status=ClaimStatus.RELEASED.value).returning(*_CLAIM)
ISSUE = (
    CLAIMS.update()
    .where(_OF_ORDER, _C.status == ClaimStatus.HELD.value, _NONE_WAITS)
    .values(status=ClaimStatus.DONE.value)
    .returning(*_CLAIM)
)
KEEP = CLAIMS.update().where(_OF_ORDER, _IS_LIVE).values(expires_at=None)
FILL = (
    CLAIMS.update()
    .where(_C.id == _word("of_claim"))
    .values(held_qty=_C.held_qty + _number("by"), status=_word("new_status"))
)
CLAIMS_OF = sa.select(*_CLAIM).where(any_of(_C.order_id, "orders")).order_by(_C.id)
LAPSED = sa.select(_C.id).where(_OF_ORDER, _IS_LIVE, _C.expires_at <= _number("now")).limit(1)
_WAITING = sa.select(*_CLAIM).where(_C.status == ClaimStatus.WAITING.value)
QUEUE = (
    _WAITING.where(_C.sku == _word("of_sku"), _C.location == _word("of_location"))
    .order_by(_C.wanted_day, _C.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
WAITING_OF = _WAITING.where(any_of(_C.sku, "skus"), _C.location == _word("of_location")).order_by(
    _C.sku, _C.wanted_day, _C.id
)
ADD_WAIT = sa.text(
    "INSERT INTO stock_waits (order_id, open_claims) VALUES (:order, :by)"
    " ON CONFLICT (order_id) DO UPDATE SET open_claims = stock_waits.open_claims + excluded.open_claims",
)
LESS_WAIT = (
    WAITS.update()
    .where(WAITS.c.order_id == _word("of_order"))
    .values(open_claims=WAITS.c.open_claims - sa.bindparam("by", type_=sa.Integer))
)
NO_WAIT = WAITS.delete().where(WAITS.c.order_id == _word("of_order"))
FILLED = (
    sa.select(WAITS.c.order_id)
    .where(any_of(WAITS.c.order_id, "orders"), WAITS.c.open_claims == 0)
    .order_by(WAITS.c.order_id)
)
REBUILT = sa.text(
    "SELECT sku, location, CAST(SUM(on_hand) AS BIGINT), CAST(SUM(reserved) AS BIGINT), CAST(SUM(waiting) AS BIGINT)"
    " FROM (SELECT sku, location, 0 AS on_hand, 0 AS reserved, 0 AS waiting FROM stock_levels"
    " UNION ALL SELECT sku, location, qty, 0, 0 FROM stock_moves"
    " UNION ALL SELECT sku, location, 0, held_qty, qty - held_qty FROM stock_claims"
    f" WHERE {_LIVE}) AS told"
    " GROUP BY sku, location ORDER BY sku, location",
)


def level(row: tuple[Any, ...]) -> Level:
    """A row of `LEVELS`."""
    sku, location, on_hand, reserved, waiting, safety, is_below = row
    return Level(SkuId(sku), LocationId(location), on_hand, reserved, waiting, safety, bool(is_below))


def claim(row: tuple[Any, ...]) -> Claim:
    """A row of a claims statement."""
    ident, order, sku, location, qty, held, status, wanted_day, expires_at = row
    return Claim(
        id=ClaimId(ident),
        order=OrderId(order),
        sku=SkuId(sku),
        location=LocationId(location),
        qty=qty,
        held=held,
        status=ClaimStatus(status),
        wanted_day=None if wanted_day is None else Day.parse(wanted_day),
        expires_at=None if expires_at is None else Instant(expires_at),
    )


def claim_values(new: Claim, *, origin: str) -> dict[str, Any]:
    """A new claim as the parameters of `ADD_CLAIM`; `origin` keeps one order from claiming the same twice."""
    return {
        "id": new.id,
        "order_id": new.order,
        "sku": new.sku,
        "location": new.location,
        "qty": new.qty,
        "held_qty": new.held,
        "status": new.status.value,
        "wanted_day": None if new.wanted_day is None else new.wanted_day.iso(),
        "expires_at": None if new.expires_at is None else new.expires_at.ms,
        "origin": origin,
    }


def move(row: tuple[Any, ...]) -> Move:
    """A row of `MOVES`."""
    ident, sku, location, kind, qty, source, moved_at = row
    return Move(ident, SkuId(sku), LocationId(location), MoveKind(kind), qty, source, Instant(moved_at))


def counted(row: tuple[Any, ...]) -> Counted:
    """A row of `REBUILT`."""
    sku, location, on_hand, reserved, waiting = row
    return Counted(SkuId(sku), LocationId(location), on_hand, reserved, waiting)
