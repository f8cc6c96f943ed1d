"""Money comes in and goes back here, each movement entered once in the books.

The provider repeats, delays and reorders its notices; unique keys on transaction and order, and guards
on the order's status, make every order of arrival end in the same books.
"""

from collections.abc import Callable

from roulian.sell.events import PartRefundDue, PartRefunded, PaymentRefused, RefundDue
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
    Part,
    Payment,
    PaymentOutcome,
    Refund,
    Refused,
    TooMuchBack,
    first_ask_at,
    order_of_trade,
    part_of_trade,
    refund_number,
    spread,
)
from roulian.sell.tables import money, orders
from roulian.sell.writes import lots, steps
from roulian.store import Tx
from roulian.words.errors import Bug, Refusal
from roulian.words.ids import OrderId
from roulian.words.time import Instant


def pay(tx: Tx, payment: Payment) -> PaymentOutcome:
    """What came of a verified payment; the same payment again changes nothing.

    `Paid`: says `OrderPaid`, or `DepositPaid` for a deposit, and `CampaignReached` if it fills a lot. `LatePaid`: says
    `PaidAfterCancel`, or `PartRefundDue` for a balance whose order is being refunded. `Refused`: entered among the
    refused payments, said once as `PaymentRefused`, never mixed with an order.
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
    if order.is_closed_for_good():
        return _send_on(tx, payment, order)
    after = steps.advance(tx, order, lambda it: it.pay(payment))
    if after.status is OrderStatus.PAID_AFTER_CANCEL:
        return LatePaid(after)
    if part_of_trade(payment.out_trade_no) is Part.FIRST:
        lots.count_paid(tx, after)
    return Paid(after)


def _send_on(tx: Tx, payment: Payment, order: Order) -> LatePaid:
    """A balance that came while the rest of its order's money goes back goes back too."""
    if not tx.run(orders.PAY_MORE, order=order.id, fen=payment.amount_fen):
        raise Bug(f"{order.id} stands again after its money went back")
    after = steps.found(tx, order.id)
    _owe(tx, after, claim=f"{order.id}-late", fen=payment.amount_fen, why="paid_after_cancel")
    tx.emit(PartRefundDue(order.id, f"{order.id}-late", payment.amount_fen))
    return LatePaid(after)


def revive(tx: Tx, order: OrderId) -> Order:
    """An order paid after it was given up stands again, as if paid now; its goods are the caller's to secure.

    Raises `OrderNotFound`, `NotRevivable`, and `CampaignClosed` if its campaign takes no more.
    """
    known = steps.found(tx, order)
    known.revive()
    lots.rejoin(tx, known)
    after = steps.advance(tx, known, Order.revive)
    lots.count_paid(tx, after)
    return after


def start_refund(tx: Tx, order: OrderId, *, why: str) -> Order:
    """All that is left of the order's money is owed back, entered and said once as `RefundDue`; again nothing changes.

    Out of each trade it came in by, as a refund of its own. A paid order's units leave the count of a campaign that
    still counts. Raises `OrderNotFound`, `NotRefundable`.
    """
    known = steps.found(tx, order)
    if known.is_closed_for_good():
        return known
    return refund(tx, known, why=why)


def refund(tx: Tx, order: Order, *, why: str) -> Order:
    """`start_refund` for an order just read."""
    return refund_by(tx, order, lambda it: it.start_refund(why=why))


def refund_by(tx: Tx, order: Order, step: Callable[[Order], tuple[Order, RefundDue]]) -> Order:
    """As `refund`, by a step that may be pickier about where the order stands; raises what the step raises."""
    was, after = steps.advance_from(tx, order, step)
    left_fen = steps.found(tx, order.id).left_fen() if was.returned_fen else was.left_fen()
    _owe(tx, was, claim=order.id, fen=left_fen, why=after.why)
    if was.status is not OrderStatus.PAID_AFTER_CANCEL:
        lots.count_back(tx, order)
    return after


def refund_part(tx: Tx, order: OrderId, *, number: str, fen: int, why: str) -> tuple[Refund, ...]:
    """`fen` of an order that stands is owed back under the claim `number`, said once as `PartRefundDue`.

    Claimed again, they are the first refunds: one, or one out of each of the order's two trades. The order stays as it
    is. Their `due_at` keeps WeChat Pay's minute between refunds of one payment. Raises `OrderNotFound`, `NotRefundable`
    where the order does not stand, `TooMuchBack`.
    """
    first = tuple(map(money.refund, tx.rows(money.REFUNDS_OF_CLAIMS, claims=[number])))
    if first:
        return first
    known = steps.found(tx, order)
    if known.status not in STANDING:
        raise NotRefundable(order, known.status)
    return owe_part(tx, known, claim=number, fen=fen, why=why)


def owe_part(tx: Tx, order: Order, *, claim: str, fen: int, why: str) -> tuple[Refund, ...]:
    """As `refund_part`, for an order whose standing the caller has judged and a claim that is new."""
    if fen < 1:
        raise TooMuchBack(order.id, fen, order.left_fen())
    owed = _owe(tx, order, claim=claim, fen=fen, why=why)
    tx.emit(PartRefundDue(order.id, claim, fen))
    return owed


def _owe(tx: Tx, order: Order, *, claim: str, fen: int, why: str) -> tuple[Refund, ...]:
    """The one place where money is owed: guarded by the order's row, so that never more goes back than came."""
    if not tx.run(orders.GIVE_BACK, order=order.id, fen=fen):
        raise TooMuchBack(order.id, fen, steps.found(tx, order.id).left_fen())
    earlier: dict[Part, list[Instant]] = {}
    for part, due_at in tx.rows(money.DUE_OF_ORDER, of_order=order.id):
        earlier.setdefault(Part(part), []).append(Instant(due_at))
    owed = tuple(
        Refund(
            number=refund_number(claim, part),
            order=order.id,
            amount_fen=portion,
            why=why,
            due_at=tx.now if claim == order.id else first_ask_at(tx.now, earlier.get(part, ())),
            claim=claim,
            part=part,
        )
        for part, portion in _portions(tx, order, fen)
    )
    tx.many(money.ADD_REFUND, [money.refund_values(one) for one in owed])
    return owed


def _portions(tx: Tx, order: Order, fen: int) -> tuple[tuple[Part, int], ...]:
    """Which trade gives how much; the order's row is locked by now, so nobody else takes out of them."""
    if not order.deposit_fen:
        return ((Part.FIRST, fen),)
    return spread(fen, {Part(part): left for part, left in tx.rows(money.LEFT_OF_TRADES, of_order=order.id)})


def refunded(tx: Tx, order: OrderId, *, refund_id: str, number: str | None = None) -> Order:
    """The buyer has this refund, under the provider's `refund_id`; told again nothing changes.

    With the last refund of its claim the order is REFUNDED, or, for the claim of a part, stays and says `PartRefunded`.
    Without a `number` the refund that bears the order's id is meant. Raises `OrderNotFound`, and `NotRefundable` for a
    refund nobody asked for.
    """
    known = steps.found(tx, order)
    rows = tx.rows(money.REFUNDS_OF, numbers=[number or order])
    asked = next(map(money.refund, rows), None)
    if asked is None or asked.order != order:
        raise NotRefundable(order, known.status)
    if known.deposit_fen:
        tx.run(orders.LOCK, order=order)
    if not tx.run(money.CLOSE_REFUND, of_number=asked.number, of_order=order, new_refund=refund_id, at=tx.now.ms):
        return known
    if tx.one(money.OPEN_OF_CLAIM, of_claim=asked.claim) is not None:
        return known
    if asked.claim == order:
        return steps.advance(tx, known, Order.refunded)
    tx.emit(PartRefunded(order, asked.claim))
    return known


def _enter(tx: Tx, payment: Payment, order: OrderId) -> bool:
    entered = tx.run(
        money.ADD_PAYMENT,
        provider=payment.provider,
        transaction_id=payment.transaction_id,
        order=order,
        part=part_of_trade(payment.out_trade_no).value,
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
