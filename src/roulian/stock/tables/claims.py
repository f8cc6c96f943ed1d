"""The orders' claims on shelves, and how many of each order's claims still wait. Statements return what they changed."""

from typing import Any

import sqlalchemy as sa

from roulian.stock.model import Claim, ClaimId, ClaimStatus, LocationId
from roulian.stock.tables.params import number, word
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

LIVE = "status IN ('held', 'waiting')"
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
    sa.Column("line", sa.Text, nullable=False, server_default=""),
    sa.Column("min_days_left", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("qty > 0 AND held_qty BETWEEN 0 AND qty", name="stock_claims_held"),
    sa.Index(
        "stock_claims_once",
        "order_id",
        "sku",
        "location",
        "origin",
        "line",
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
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

_C = CLAIMS.c
_CLAIM = (
    _C.id,
    _C.order_id,
    _C.sku,
    _C.location,
    _C.qty,
    _C.held_qty,
    _C.status,
    _C.wanted_day,
    _C.expires_at,
    _C.line,
    _C.min_days_left,
)
ADD_CLAIM = CLAIMS.insert()
_OF_ORDER = _C.order_id == word("of_order")
_IS_LIVE = sa.or_(_C.status == ClaimStatus.HELD.value, _C.status == ClaimStatus.WAITING.value)
_OTHER = CLAIMS.alias("other")
_NONE_WAITS = ~sa.exists().where(
    _OTHER.c.order_id == word("of_order"),
    _OTHER.c.status == ClaimStatus.WAITING.value,
)
RELEASE = CLAIMS.update().where(_OF_ORDER, _IS_LIVE).values(status=ClaimStatus.RELEASED.value).returning(*_CLAIM)
RELEASE_LINE = (
    CLAIMS.update()
    .where(_OF_ORDER, _C.line == word("of_line"), _IS_LIVE)
    .values(status=ClaimStatus.RELEASED.value)
    .returning(*_CLAIM)
)
ISSUE = (
    CLAIMS.update()
    .where(_OF_ORDER, _C.status == ClaimStatus.HELD.value, _NONE_WAITS)
    .values(status=ClaimStatus.DONE.value)
    .returning(*_CLAIM)
)
ISSUE_ONLY = (
    CLAIMS.update()
    .where(_OF_ORDER, any_of(_C.id, "claims"), _C.status == ClaimStatus.HELD.value)
    .values(status=ClaimStatus.DONE.value)
    .returning(*_CLAIM)
)
KEEP = CLAIMS.update().where(_OF_ORDER, _IS_LIVE).values(expires_at=None)
FILL = (
    CLAIMS.update()
    .where(_C.id == word("of_claim"))
    .values(held_qty=_C.held_qty + number("by"), status=word("new_status"))
)
MOVE_CLAIM = CLAIMS.update().where(_C.id == word("of_claim")).values(location=word("new_location"))
UNFILL = (
    CLAIMS.update()
    .where(_C.id == word("of_claim"))
    .values(
        held_qty=_C.held_qty - number("by"),
        status=ClaimStatus.WAITING.value,
        wanted_day=sa.func.coalesce(_C.wanted_day, word("today")),
    )
)
CLAIMS_BY_ID = sa.select(*_CLAIM).where(any_of(_C.id, "claims")).order_by(_C.id)
CLAIMS_OF = sa.select(*_CLAIM).where(any_of(_C.order_id, "orders")).order_by(_C.id)
LAPSED = sa.select(_C.id).where(_OF_ORDER, _IS_LIVE, _C.expires_at <= number("now")).limit(1)
ANY_LIVE = sa.select(_C.id).where(_OF_ORDER, _IS_LIVE).order_by(_C.id).limit(1)
_WAITING = sa.select(*_CLAIM).where(_C.status == ClaimStatus.WAITING.value)
QUEUE = (
    _WAITING.where(_C.sku == word("of_sku"), _C.location == word("of_location"))
    .order_by(_C.wanted_day, _C.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
WAITING_OF = _WAITING.where(any_of(_C.sku, "skus"), _C.location == word("of_location")).order_by(
    _C.sku, _C.wanted_day, _C.id
)
ADD_WAIT = sa.text(
    "INSERT INTO stock_waits (order_id, open_claims) VALUES (:order, :by)"
    " ON CONFLICT (order_id) DO UPDATE SET open_claims = stock_waits.open_claims + excluded.open_claims",
)
LESS_WAIT = (
    WAITS.update()
    .where(WAITS.c.order_id == word("of_order"))
    .values(open_claims=WAITS.c.open_claims - sa.bindparam("by", type_=sa.Integer))
)
NO_WAIT = WAITS.delete().where(WAITS.c.order_id == word("of_order"))
FILLED = (
    sa.select(WAITS.c.order_id)
    .where(any_of(WAITS.c.order_id, "orders"), WAITS.c.open_claims == 0)
    .order_by(WAITS.c.order_id)
)


def claim(row: tuple[Any, ...]) -> Claim:
    """A row of a claims statement."""
    ident, order, sku, location, qty, held, status, wanted_day, expires_at, line, min_days_left = row
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
        line=line,
        min_days_left=min_days_left,
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
        "line": new.line,
        "min_days_left": new.min_days_left,
    }
