"""The money books: payments entered (one per order, one per transaction), payments refused, refunds owed and made."""

from typing import Any

import sqlalchemy as sa

from roulian.sell.model import STANDING, OrderStatus, Refund, RefusedPayment
from roulian.sell.tables.orders import ORDERS
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId
from roulian.words.time import Instant

PAYMENTS = sa.Table(
    "sell_payments",
    METADATA,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("transaction_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sell_orders.id"), nullable=False, unique=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_at", sa.BigInteger, nullable=False),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
)
PAYMENTS_REFUSED = sa.Table(
    "sell_payments_refused",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("transaction_id", sa.Text, nullable=False),
    sa.Column("out_trade_no", sa.Text, nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("paid_at", sa.BigInteger, nullable=False),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("provider", "transaction_id", name="sell_payments_refused_once"),
)
REFUNDS = sa.Table(
    "sell_refunds",
    METADATA,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sell_orders.id"), nullable=False, index=True),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("refund_id", sa.Text),
    sa.Column("refunded_at", sa.BigInteger),
)

ADD_PAYMENT = sa.text(
    "INSERT INTO sell_payments (provider, transaction_id, order_id, amount_fen, paid_at, entered_at)"
    " VALUES (:provider, :transaction_id, :order, :amount_fen, :paid_at, :now) ON CONFLICT DO NOTHING",
)
ADD_REFUSED = sa.text(
    "INSERT INTO sell_payments_refused"
    " (id, provider, transaction_id, out_trade_no, amount_fen, reason, paid_at, entered_at)"
    " VALUES (:id, :provider, :transaction_id, :out_trade_no, :amount_fen, :reason, :paid_at, :now) ON CONFLICT DO NOTHING",
)
ORDER_OF_TRANSACTION = sa.select(PAYMENTS.c.order_id).where(
    PAYMENTS.c.provider == sa.bindparam("of_provider", type_=sa.Text),
    PAYMENTS.c.transaction_id == sa.bindparam("of_transaction", type_=sa.Text),
)
ADD_REFUND = REFUNDS.insert()
CLOSE_REFUND = (
    REFUNDS.update()
    .where(
        REFUNDS.c.number == sa.bindparam("of_number", type_=sa.Text),
        REFUNDS.c.order_id == sa.bindparam("of_order", type_=sa.Text),
        REFUNDS.c.refunded_at.is_(None),
    )
    .values(refund_id=sa.bindparam("new_refund", type_=sa.Text), refunded_at=sa.bindparam("at", type_=sa.BigInteger))
)
MOVEMENTS = sa.text(
    "SELECT 'payment', order_id, transaction_id, amount_fen FROM sell_payments"
    " WHERE paid_at >= :first_at AND paid_at < :end_at"
    " UNION ALL SELECT 'unfitted', out_trade_no, transaction_id, amount_fen FROM sell_payments_refused"
    " WHERE paid_at >= :first_at AND paid_at < :end_at"
    " UNION ALL SELECT 'refund', number, '', amount_fen FROM sell_refunds"
    " WHERE due_at >= :first_at AND due_at < :end_at ORDER BY 1, 2, 3"
)
REFUNDS_OF = sa.select(REFUNDS).where(any_of(REFUNDS.c.number, "numbers")).order_by(REFUNDS.c.number)
DUE_OF_ORDER = sa.select(REFUNDS.c.due_at).where(REFUNDS.c.order_id == sa.bindparam("of_order", type_=sa.Text))
_BEFORE = sa.bindparam("before", type_=sa.Text)
REFUSED_PAGE = (
    sa.select(PAYMENTS_REFUSED)
    .where(sa.or_(_BEFORE.is_(None), PAYMENTS_REFUSED.c.id < _BEFORE))
    .order_by(PAYMENTS_REFUSED.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def _sum(column: sa.Column[int], *, of: sa.ColumnElement[bool] | None = None) -> sa.ScalarSelect[int]:
    total = sa.select(sa.cast(sa.func.coalesce(sa.func.sum(column), sa.literal_column("0")), sa.BigInteger))
    return (total if of is None else total.where(of)).scalar_subquery()


def _inside(*statuses: OrderStatus) -> sa.Select[tuple[str]]:
    return sa.select(ORDERS.c.id).where(sa.or_(*(ORDERS.c.status == status.value for status in statuses)))


_PAID_IN = PAYMENTS.c.order_id.in_
_STANDING = _inside(*STANDING)
MONEY = sa.select(
    _sum(PAYMENTS.c.amount_fen),
    _sum(PAYMENTS.c.amount_fen, of=_PAID_IN(_STANDING))
    - _sum(REFUNDS.c.amount_fen, of=REFUNDS.c.order_id.in_(_STANDING)),
    _sum(PAYMENTS.c.amount_fen, of=_PAID_IN(_inside(OrderStatus.PAID_AFTER_CANCEL))),
    _sum(REFUNDS.c.amount_fen, of=REFUNDS.c.refunded_at.is_(None)),
    _sum(REFUNDS.c.amount_fen, of=REFUNDS.c.refunded_at.is_not(None)),
    _sum(PAYMENTS_REFUSED.c.amount_fen),
)
"""received, kept, late, owed, returned, refused: each summed from its own rows, so that they can disagree if one is wrong."""


def refund(row: tuple[Any, ...]) -> Refund:
    """A row of `REFUNDS`."""
    number, order, amount, why, due_at, refund_id, refunded_at = row
    done_at = None if refunded_at is None else Instant(refunded_at)
    return Refund(number, OrderId(order), amount, why, Instant(due_at), refund_id, done_at)


def refused_payment(row: tuple[Any, ...]) -> RefusedPayment:
    """A row of `PAYMENTS_REFUSED`."""
    ident, provider, transaction, number, amount, reason, paid_at, entered_at = row
    return RefusedPayment(ident, provider, transaction, number, amount, reason, Instant(paid_at), Instant(entered_at))
