"""The money books: payments entered (one per trade, one per transaction), payments refused, refunds owed and made."""

from typing import Any

import sqlalchemy as sa

from roulian.sell.model import DEPOSITED, STANDING, OrderStatus, Part, Refund, RefusedPayment, Trade, out_trade_no
from roulian.sell.tables.orders import ORDERS
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId
from roulian.words.time import Instant

PAYMENTS = sa.Table(
    "sell_payments",
    METADATA,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("transaction_id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, sa.ForeignKey("sell_orders.id"), nullable=False),
    sa.Column("part", sa.Text, nullable=False, server_default=Part.FIRST.value),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("paid_at", sa.BigInteger, nullable=False),
    sa.Column("entered_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("order_id", "part", name="sell_payments_once"),
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
    sa.Column("claim", sa.Text, nullable=False, index=True),
    sa.Column("part", sa.Text, nullable=False, server_default=Part.FIRST.value),
)

ADD_PAYMENT = sa.text(
    "INSERT INTO sell_payments (provider, transaction_id, order_id, part, amount_fen, paid_at, entered_at)"
    " VALUES (:provider, :transaction_id, :order, :part, :amount_fen, :paid_at, :now) ON CONFLICT DO NOTHING",
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
    "SELECT 'payment', CASE part WHEN 'balance' THEN order_id || '-2' ELSE order_id END, transaction_id, amount_fen"
    " FROM sell_payments WHERE paid_at >= :first_at AND paid_at < :end_at"
    " UNION ALL SELECT 'unfitted', out_trade_no, transaction_id, amount_fen FROM sell_payments_refused"
    " WHERE paid_at >= :first_at AND paid_at < :end_at"
    " UNION ALL SELECT 'refund', number, '', amount_fen FROM sell_refunds"
    " WHERE due_at >= :first_at AND due_at < :end_at ORDER BY 1, 2, 3"
)
REFUNDS_OF = sa.select(REFUNDS).where(any_of(REFUNDS.c.number, "numbers")).order_by(REFUNDS.c.number)
REFUNDS_OF_CLAIMS = sa.select(REFUNDS).where(any_of(REFUNDS.c.claim, "claims")).order_by(REFUNDS.c.number)
_OF_ORDER = sa.bindparam("of_order", type_=sa.Text)
DUE_OF_ORDER = sa.select(REFUNDS.c.part, REFUNDS.c.due_at).where(REFUNDS.c.order_id == _OF_ORDER)
OPEN_OF_CLAIM = sa.select(REFUNDS.c.number).where(
    REFUNDS.c.claim == sa.bindparam("of_claim", type_=sa.Text), REFUNDS.c.refunded_at.is_(None)
)
LEFT_OF_TRADES = sa.text(
    "SELECT p.part, CAST(p.amount_fen - COALESCE((SELECT SUM(r.amount_fen) FROM sell_refunds r"
    " WHERE r.order_id = p.order_id AND r.part = p.part), 0) AS BIGINT)"
    " FROM sell_payments p WHERE p.order_id = :of_order"
)
TRADES_OF = (
    sa.select(
        PAYMENTS.c.order_id, PAYMENTS.c.part, PAYMENTS.c.transaction_id, PAYMENTS.c.amount_fen, PAYMENTS.c.paid_at
    )
    .where(any_of(PAYMENTS.c.order_id, "orders"))
    .order_by(PAYMENTS.c.order_id, PAYMENTS.c.part.desc())
)
"""`first` before `balance`: the alphabet backwards."""
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


def _held_in(*statuses: OrderStatus) -> sa.ColumnElement[int]:
    """What came for the orders that stand in these, less what goes back of it."""
    orders = _inside(*statuses)
    return _sum(PAYMENTS.c.amount_fen, of=PAYMENTS.c.order_id.in_(orders)) - _sum(
        REFUNDS.c.amount_fen, of=REFUNDS.c.order_id.in_(orders)
    )


MONEY = sa.select(
    _sum(PAYMENTS.c.amount_fen),
    _held_in(*STANDING),
    _held_in(OrderStatus.PAID_AFTER_CANCEL),
    _sum(REFUNDS.c.amount_fen, of=REFUNDS.c.refunded_at.is_(None)),
    _sum(REFUNDS.c.amount_fen, of=REFUNDS.c.refunded_at.is_not(None)),
    _sum(PAYMENTS_REFUSED.c.amount_fen),
    _held_in(*DEPOSITED),
    _held_in(OrderStatus.FORFEITED),
)
"""received, kept, late, owed, returned, refused, held, forfeited: each summed from its own rows, so that they can
disagree if one is wrong."""


def refund(row: tuple[Any, ...]) -> Refund:
    """A row of `REFUNDS`."""
    number, order, amount, why, due_at, refund_id, refunded_at, claim, part = row
    done_at = None if refunded_at is None else Instant(refunded_at)
    return Refund(number, OrderId(order), amount, why, Instant(due_at), refund_id, done_at, claim, Part(part))


def refund_values(new: Refund) -> dict[str, Any]:
    """`new` as the parameters of `ADD_REFUND`."""
    return {
        "number": new.number,
        "order_id": new.order,
        "amount_fen": new.amount_fen,
        "why": new.why,
        "due_at": new.due_at.ms,
        "refund_id": None,
        "refunded_at": None,
        "claim": new.claim,
        "part": new.part.value,
    }


def trade(row: tuple[Any, ...]) -> Trade:
    """A row of `TRADES_OF`."""
    order, part, transaction, amount, paid_at = row
    number = out_trade_no(OrderId(order), Part(part))
    return Trade(OrderId(order), Part(part), number, transaction, amount, Instant(paid_at))


def refused_payment(row: tuple[Any, ...]) -> RefusedPayment:
    """A row of `PAYMENTS_REFUSED`."""
    ident, provider, transaction, number, amount, reason, paid_at, entered_at = row
    return RefusedPayment(ident, provider, transaction, number, amount, reason, Instant(paid_at), Instant(entered_at))
