"""Money comes in and goes back here, each movement entered once in the books.

The provider repeats, delays and reorders its notices; unique keys on transaction and order, and guards
on the order's status, make every order of arrival end in the same books.
"""

from roulian.sell.events import PartRefundDue, PartRefunded, PaymentRefused
from roulian.sell.model import (
    STANDING,
    Already,
    LatePaid,
    NotRefundable,
    Order,
    OrderNotFound,
    OrderNotPayable,
    OrderStatus,
    Paid,
    Payment,
    PaymentOutcome,
    Refund,
    Refused,
    TooMuchBack,
    first_ask_at,
    order_of_trade,
)
from roulian.sell.tables import money, orders
from roulian.sell.writes import lots, steps
from roulian.store import Tx
from roulian.words.errors import Refusal
from roulian.words.ids import OrderId
from roulian.words.time import Instant


def pay(tx: Tx, payment: Payment) -> PaymentOutcome:
    """What came of a verified payment; the same payment again changes nothing.

    `Paid`: says `OrderPaid`, and `CampaignReached` if it fills a lot. `LatePaid`: says
    `PaidAfterCancel`. `Refused`: entered among the refused payments, said once as
    `PaymentRefused`, never mixed with an order.
    """
    ident = order_of_trade(payment.out_trade_no)
    order = orders.orders_of(tx, (ident,)).get(ident)
    if order is None:
        return _refuse(tx, payment, OrderNotFound(ident))
    objection = order.objection(payment)
    if objection is not None:
        return _refuse(tx, payment, objection)
    if not _enter(tx, payment, order.id):
        return _again(tx, payment, order)
    after = steps.advance(tx, order, lambda it: it.pay(payment))
    if after.status is OrderStatus.PAID_AFTER_CANCEL:
        return LatePaid(after)
    lots.count_paid(tx, after)
    return Paid(after)


def revive(tx: Tx, order: OrderId) -> Order:
    """An order paid after its cancellation stands again, as if paid now; its goods are the caller's to secure.

    Raises `OrderNotFound`, `NotRevivable`, and `CampaignClosed` if its campaign takes no more.
    """
    known = steps.found(tx, order)
    known.revive()
    lots.rejoin(tx, known)
    after = steps.advance(tx, known, Order.revive)
    lots.count_paid(tx, after)
    return after


def start_refund(tx: Tx, order: OrderId, *, why: str) -> Order:
    """All that is left of the order's amount is owed back, entered and said once as `RefundDue`; again nothing changes.

    A paid order's units leave the count of a campaign that still counts. Raises `OrderNotFound`, `NotRefundable`.
    """
    known = steps.found(tx, order)
    if known.status in (OrderStatus.REFUNDING, OrderStatus.REFUNDED):
        return known
    return refund(tx, known, why=why)


def refund(tx: Tx, order: Order, *, why: str) -> Order:
    """`start_refund` for an order just read."""
    was, after = steps.advance_from(tx, order, lambda it: it.start_refund(why=why))
    left_fen = steps.found(tx, order.id).left_fen() if was.returned_fen else was.left_fen()
    _owe(tx, Refund(order.id, order.id, left_fen, why, tx.now))
    if was.status is not OrderStatus.PAID_AFTER_CANCEL:
        lots.count_back(tx, order)
    return after


def refund_part(tx: Tx, order: OrderId, *, number: str, fen: int, why: str) -> Refund:
    """`fen` of an order that stands is owed back under `number`, said once as `PartRefundDue`; again it is the first one.

    The order stays as it is. Its `due_at` keeps WeChat Pay's minute between refunds of one payment.
    Raises `OrderNotFound`, `NotRefundable` where the order does not stand, `TooMuchBack`.
    """
    first = next(map(money.refund, tx.rows(money.REFUNDS_OF, numbers=[number])), None)
    if first is not None:
        return first
    known = steps.found(tx, order)
    if known.status not in STANDING:
        raise NotRefundable(order, known.status)
    if fen < 1:
        raise TooMuchBack(order, fen, known.left_fen())
    earlier = [Instant(row[0]) for row in tx.rows(money.DUE_OF_ORDER, of_order=order)]
    refund = Refund(number, order, fen, why, first_ask_at(tx.now, earlier))
    _owe(tx, refund)
    tx.emit(PartRefundDue(order, number, fen))
    return refund


def _owe(tx: Tx, refund: Refund) -> None:
    """The one place where money is owed: guarded by the order's row, so that never more goes back than came."""
    if not tx.run(orders.GIVE_BACK, order=refund.order, fen=refund.amount_fen):
        raise TooMuchBack(refund.order, refund.amount_fen, steps.found(tx, refund.order).left_fen())
    tx.run(
        money.ADD_REFUND,
        number=refund.number,
        order_id=refund.order,
        amount_fen=refund.amount_fen,
        why=refund.why,
        due_at=refund.due_at.ms,
        refund_id=None,
        refunded_at=None,
    )


def refunded(tx: Tx, order: OrderId, *, refund_id: str, number: str | None = None) -> Order:
    """The buyer has the money back, under the provider's `refund_id`; told again nothing changes.

    `number` names a partial refund, whose order stays as it is and says `PartRefunded`; without it the whole is meant.
    Raises `OrderNotFound`, and `NotRefundable` for a refund nobody asked for.
    """
    known = steps.found(tx, order)
    if number not in (None, order):
        return _part_refunded(tx, known, number, refund_id=refund_id)
    if known.status is OrderStatus.REFUNDED:
        return known
    after = steps.advance(tx, known, Order.refunded)
    tx.run(money.CLOSE_REFUND, of_number=order, of_order=order, new_refund=refund_id, at=tx.now.ms)
    return after


def _part_refunded(tx: Tx, order: Order, number: str | None, *, refund_id: str) -> Order:
    if tx.run(money.CLOSE_REFUND, of_number=number, of_order=order.id, new_refund=refund_id, at=tx.now.ms):
        tx.emit(PartRefunded(order.id, str(number)))
    elif not tx.rows(money.REFUNDS_OF, numbers=[number]):
        raise NotRefundable(order.id, order.status)
    return order


def _enter(tx: Tx, payment: Payment, order: OrderId) -> bool:
    entered = tx.run(
        money.ADD_PAYMENT,
        provider=payment.provider,
        transaction_id=payment.transaction_id,
        order=order,
        amount_fen=payment.amount_fen,
        paid_at=payment.paid_at.ms,
        now=tx.now.ms,
    )
    return bool(entered)


def _again(tx: Tx, payment: Payment, order: Order) -> Already | Refused:
    """The payment is in the books already, or the order was paid by another transaction."""
    if _order_of(tx, payment) == order.id:
        return Already(order)
    return _refuse(tx, payment, OrderNotPayable(order.id, order.status))


def _refuse(tx: Tx, payment: Payment, reason: Refusal) -> Refused:
    if _order_of(tx, payment) is None:
        is_news = tx.run(
            money.ADD_REFUSED,
            id=tx.new_id("rfp"),
            provider=payment.provider,
            transaction_id=payment.transaction_id,
            out_trade_no=payment.out_trade_no,
            amount_fen=payment.amount_fen,
            reason=reason.code,
            paid_at=payment.paid_at.ms,
            now=tx.now.ms,
        )
        if is_news:
            number, transaction = payment.out_trade_no, payment.transaction_id
            tx.emit(PaymentRefused(number, transaction, payment.amount_fen, reason.code))
    return Refused(reason)


def _order_of(tx: Tx, payment: Payment) -> str | None:
    row = tx.one(money.ORDER_OF_TRANSACTION, of_provider=payment.provider, of_transaction=payment.transaction_id)
    return None if row is None else str(row[0])
