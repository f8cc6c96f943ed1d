"""Orders and their lines. Every step of an order is one update guarded by the status it comes from."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from roulian.sell.model import Cart, Line, Order, OrderStatus, Substitute
from roulian.store import METADATA, Tx, any_of, any_pair_of
from roulian.words.ids import CampaignId, MemberId, OrderId, SkuId
from roulian.words.time import Day, Instant

ORDERS = sa.Table(
    "sell_orders",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("total_fen", sa.BigInteger, nullable=False),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("promised_day", sa.Text, nullable=False),
    sa.Column("placed_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("pay_expires_at", sa.BigInteger, nullable=False),
    sa.Column("paid_at", sa.BigInteger),
    sa.Column("transaction_id", sa.Text),
    sa.Column("settled_at", sa.BigInteger),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("returned_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("deposit_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("paid_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("balance_by", sa.BigInteger),
    sa.UniqueConstraint("member", "key", name="sell_orders_once"),
    sa.CheckConstraint("total_fen > 0", name="sell_orders_total"),
    sa.CheckConstraint("returned_fen BETWEEN 0 AND total_fen", name="sell_orders_returned"),
)
LINES = sa.Table(
    "sell_order_lines",
    METADATA,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sell_orders.id"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False, index=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("campaign", sa.Text, index=True),
    sa.Column("discount_fen", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("is_dropped", sa.Integer, nullable=False, server_default="0"),
    sa.Column("substitute", sa.Text),
    sa.Column("substitute_fen", sa.BigInteger),
    sa.Column("answer_by", sa.BigInteger),
    sa.CheckConstraint("qty > 0", name="sell_order_lines_qty"),
)

FILINGS_REFUSED = sa.Table(
    "sell_filings_refused",
    METADATA,
    sa.Column("order_id", sa.Text, sa.ForeignKey("sell_orders.id"), primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("refused_at", sa.BigInteger, nullable=False),
)

_O, _L = ORDERS.c, LINES.c
_HEAD = (
    _O.id,
    _O.member,
    _O.region,
    _O.total_fen,
    _O.status,
    _O.promised_day,
    _O.placed_at,
    _O.pay_expires_at,
    _O.paid_at,
    _O.transaction_id,
    _O.why,
    _O.returned_fen,
    _O.deposit_fen,
    _O.paid_fen,
    _O.balance_by,
)
_LINE = (
    _L.sku,
    _L.qty,
    _L.price_fen,
    _L.campaign,
    _L.discount_fen,
    _L.is_dropped,
    _L.substitute,
    _L.substitute_fen,
    _L.answer_by,
)
_FULL = sa.select(*_HEAD, *_LINE).join_from(ORDERS, LINES)
_THIS = _O.id == sa.bindparam("order", type_=sa.Text)
_PART = len(_HEAD)

ADD_ORDER = sa.text(
    "INSERT INTO sell_orders"
    " (id, member, key, region, total_fen, units, status, promised_day, placed_at, pay_expires_at, why, deposit_fen)"
    " VALUES (:id, :member, :key, :region, :total_fen, :units, :status, :promised_day, :placed_at, :pay_expires_at, '', :deposit_fen)"
    " ON CONFLICT (member, key) DO NOTHING",
)
ADD_LINE = LINES.insert()
STEP = (
    ORDERS.update()
    .where(_THIS, _O.status == sa.bindparam("was", type_=sa.Text))
    .values(
        status=sa.bindparam("new_status", type_=sa.Text),
        paid_at=sa.bindparam("new_paid_at", type_=sa.BigInteger),
        transaction_id=sa.bindparam("new_transaction", type_=sa.Text),
        why=sa.bindparam("new_why", type_=sa.Text),
        paid_fen=sa.bindparam("new_paid", type_=sa.BigInteger),
        balance_by=sa.bindparam("new_balance_by", type_=sa.BigInteger),
    )
)
LOCK = ORDERS.update().where(_THIS).values(returned_fen=_O.returned_fen)
"""Whoever counts what is left of the order's trades next, in whatever process, waits for this commit."""
MOVE_PROMISE = (
    ORDERS.update()
    .where(
        _THIS,
        _O.status == sa.bindparam("was", type_=sa.Text),
        _O.promised_day == sa.bindparam("was_day", type_=sa.Text),
    )
    .values(promised_day=sa.bindparam("new_day", type_=sa.Text))
)
_FEN = sa.bindparam("fen", type_=sa.BigInteger)
GIVE_BACK = (
    ORDERS.update().where(_THIS, _O.returned_fen + _FEN <= _O.paid_fen).values(returned_fen=_O.returned_fen + _FEN)
)
PAY_MORE = (
    ORDERS.update()
    .where(_THIS, sa.or_(_O.status == OrderStatus.REFUNDING.value, _O.status == OrderStatus.REFUNDED.value))
    .values(paid_fen=_O.paid_fen + _FEN)
)
SET_TOTAL = (
    ORDERS.update()
    .where(_THIS)
    .values(
        total_fen=sa.bindparam("new_total", type_=sa.BigInteger),
        promised_day=sa.bindparam("new_day", type_=sa.Text),
    )
)
_LINES_IN = sa.and_(
    _L.order_id == sa.bindparam("of_order", type_=sa.Text),
    _L.campaign == sa.bindparam("of_campaign", type_=sa.Text),
    _L.is_dropped == 0,
)
OFFER = (
    LINES.update()
    .where(_LINES_IN, _L.substitute.is_(None))
    .values(
        substitute=sa.bindparam("new_sku", type_=sa.Text),
        substitute_fen=sa.bindparam("new_fen", type_=sa.BigInteger),
        answer_by=sa.bindparam("new_by", type_=sa.BigInteger),
    )
)
_NO_OFFER = {"substitute": None, "substitute_fen": None, "answer_by": None}
DROP = LINES.update().where(_LINES_IN).values(is_dropped=1, **_NO_OFFER)
SWAP = (
    LINES.update()
    .where(_LINES_IN, _L.substitute.is_not(None))
    .values(
        sku=sa.bindparam("new_sku", type_=sa.Text),
        price_fen=sa.bindparam("new_price", type_=sa.BigInteger),
        discount_fen=sa.bindparam("new_discount", type_=sa.BigInteger),
        campaign=None,
        **_NO_OFFER,
    )
)
SETTLE = (
    ORDERS.update().where(_THIS, _O.settled_at.is_(None)).values(settled_at=sa.bindparam("at", type_=sa.BigInteger))
)
OF_IDS = _FULL.where(any_of(_O.id, "ids")).order_by(_O.id, _L.line)
OF_KEYS = sa.select(_O.id, _O.member, _O.key).where(any_pair_of(_O.member, _O.key, "members", "keys"))

_STATUS, _SKU, _MEMBER, _CAMPAIGN, _BEFORE = (
    sa.bindparam(name, type_=sa.Text) for name in ("of_status", "of_sku", "of_member", "of_campaign", "before")
)
_INSIDE = sa.select(LINES.c.order_id)
OF_CAMPAIGN = _FULL.where(
    _O.id.in_(_INSIDE.where(_L.campaign == _CAMPAIGN)),
    any_of(_O.status, "statuses"),
).order_by(_O.id, _L.line)
PAGE = (
    sa.select(_O.id)
    .where(
        sa.or_(_STATUS.is_(None), _O.status == _STATUS),
        sa.or_(_MEMBER.is_(None), _O.member == _MEMBER),
        sa.or_(_SKU.is_(None), _O.id.in_(_INSIDE.where(_L.sku == _SKU))),
        sa.or_(_CAMPAIGN.is_(None), _O.id.in_(_INSIDE.where(_L.campaign == _CAMPAIGN))),
        sa.or_(_BEFORE.is_(None), _O.id < _BEFORE),
    )
    .order_by(_O.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
REFUSE_FILING = sa.text(
    "INSERT INTO sell_filings_refused (order_id, what, code, refused_at) VALUES (:order, :what, :code, :now)"
    " ON CONFLICT (order_id, what) DO UPDATE SET code = excluded.code, refused_at = excluded.refused_at",
)
FILINGS_REFUSED_OF = (
    sa.select(FILINGS_REFUSED)
    .where(any_of(FILINGS_REFUSED.c.order_id, "orders"))
    .order_by(FILINGS_REFUSED.c.order_id, FILINGS_REFUSED.c.what)
)
BY_STATUS = sa.select(_O.status, sa.func.count()).group_by(_O.status)
DAILY = sa.text(
    "SELECT (placed_at + 28800000) / 86400000, status, COUNT(*), CAST(SUM(units) AS BIGINT), CAST(SUM(total_fen) AS BIGINT)"
    " FROM sell_orders WHERE placed_at >= :first_at AND placed_at < :end_at"
    " GROUP BY (placed_at + 28800000) / 86400000, status ORDER BY 1, 2",
)


def order_values(order: Order, *, key: str) -> dict[str, Any]:
    """A new order as the parameters of `ADD_ORDER`."""
    return {
        "id": order.id,
        "member": order.member,
        "key": key,
        "region": order.region,
        "total_fen": order.total_fen,
        "units": order.units(),
        "status": order.status.value,
        "promised_day": order.promised_day.iso(),
        "placed_at": order.placed_at.ms,
        "pay_expires_at": order.pay_expires_at.ms,
        "deposit_fen": order.deposit_fen,
    }


def line_values(order: Order) -> list[dict[str, Any]]:
    """The order's lines as the parameters of `ADD_LINE`."""
    return [
        {
            "order_id": order.id,
            "line": number,
            "sku": line.sku,
            "qty": line.qty,
            "price_fen": line.price_fen,
            "campaign": line.campaign,
            "discount_fen": line.discount_fen,
        }
        for number, line in enumerate(order.lines, start=1)
    ]


def step_values(was: Order, after: Order) -> dict[str, Any]:
    """The step from `was` to `after` as the parameters of `STEP`."""
    return {
        "order": was.id,
        "was": was.status.value,
        "new_status": after.status.value,
        "new_paid_at": None if after.paid_at is None else after.paid_at.ms,
        "new_transaction": after.transaction_id,
        "new_why": after.why,
        "new_paid": after.paid_fen,
        "new_balance_by": None if after.balance_by is None else after.balance_by.ms,
    }


def orders(rows: Iterable[tuple[Any, ...]]) -> dict[OrderId, Order]:
    """Rows of orders joined with their lines, lines together; orders in the rows' order."""
    heads: dict[OrderId, tuple[Any, ...]] = {}
    lines: dict[OrderId, list[Line]] = {}
    for row in rows:
        ident = OrderId(row[0])
        heads.setdefault(ident, row)
        lines.setdefault(ident, []).append(_line(row[_PART:]))
    return {ident: _order(head, tuple(lines[ident])) for ident, head in heads.items()}


def _line(row: tuple[Any, ...]) -> Line:
    sku, qty, price, campaign, discount, is_dropped, substitute, substitute_fen, answer_by = row
    return Line(
        SkuId(sku),
        qty,
        price,
        None if campaign is None else CampaignId(campaign),
        discount,
        bool(is_dropped),
        None if substitute is None else Substitute(SkuId(substitute), substitute_fen, Instant(answer_by)),
    )


def _order(row: tuple[Any, ...], lines: tuple[Line, ...]) -> Order:
    return Order(
        id=OrderId(row[0]),
        member=MemberId(row[1]),
        region=row[2],
        lines=lines,
        total_fen=row[3],
        status=OrderStatus(row[4]),
        promised_day=Day.parse(row[5]),
        placed_at=Instant(row[6]),
        pay_expires_at=Instant(row[7]),
        paid_at=None if row[8] is None else Instant(row[8]),
        transaction_id=row[9],
        why=row[10],
        returned_fen=row[11],
        deposit_fen=row[12],
        paid_fen=row[13],
        balance_by=None if row[14] is None else Instant(row[14]),
    )


def orders_of(tx: Tx, ids: Collection[OrderId]) -> dict[OrderId, Order]:
    """The orders of these ids that exist, with their lines: one statement."""
    return orders(tx.rows(OF_IDS, ids=list(ids)))


def names_of_keys(tx: Tx, carts: Sequence[Cart]) -> dict[tuple[MemberId, str], OrderId]:
    """The ids of the orders placed under these carts' keys, by member and key."""
    members, keys = [cart.member for cart in carts], [cart.key for cart in carts]
    return {(MemberId(row[1]), row[2]): OrderId(row[0]) for row in tx.rows(OF_KEYS, members=members, keys=keys)}


def orders_of_keys(tx: Tx, carts: Sequence[Cart]) -> dict[tuple[MemberId, str], Order]:
    """The orders placed under these carts' keys, by member and key."""
    names = names_of_keys(tx, carts)
    found = orders_of(tx, names.values()) if names else {}
    return {key: found[ident] for key, ident in names.items()}
