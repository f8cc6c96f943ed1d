"""From cart to paid order: what must be true together is written together.

Neighbours: `supply` gathers what a promise stands on, `decide` makes it, `sell` and `stock` keep it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from roulian import decide, sell, stock
from roulian.flows import supply
from roulian.gateways.pay import PaidNotice, PaymentState
from roulian.store import Tx
from roulian.words import Instant, OrderId, Refusal

Answer = sell.Order | Refusal


def place(tx: Tx, carts: Sequence[sell.Cart], *, pay_within: timedelta) -> tuple[Answer, ...]:
    """Each cart's order, its stock held or awaited, its date promised with the reason; or why not, and nothing of it.

    Carts that arrive together are placed together, with the outcome they would have one after the other. The same key
    is the same order. The refusals are those of `sell.bills`, `decide.promise_each` and `sell.place`.
    """
    pay_by = tx.now.plus(pay_within)
    return tuple(answer for run in sell.runs(carts) for answer in _place_run(tx, run, pay_by=pay_by))


def _place_run(tx: Tx, carts: Sequence[sell.Cart], *, pay_by: Instant) -> Iterator[Answer]:
    billed = sell.bills(tx, carts)
    bills = [bill for bill in billed if isinstance(bill, sell.Bill)]
    promised = supply.promise_each(tx, bills)
    open_ = [(bill, made) for bill, made in zip(bills, promised, strict=True) if not isinstance(made, Refusal)]
    placed = sell.place(tx, [(bill, decide.last_day(made)) for bill, made in open_], pay_by=pay_by)
    new = [(each.order, made) for each, (_, made) in zip(placed, open_, strict=True) if isinstance(each, sell.Placed)]
    take(tx, new)
    tx.at_each("checkout.expire", {order.id: order.pay_expires_at for order, _ in new})
    settled = (each.order if isinstance(each, sell.Placed) else each for each in placed)
    return _answers(billed, _answers(promised, settled))


def _answers(asked: Iterable[object], later: Iterable[Answer]) -> Iterator[Answer]:
    """What each was answered; of those still open then, what they were answered `later`."""
    rest = iter(later)
    return (each if isinstance(each, Answer) else next(rest) for each in asked)


def take(tx: Tx, orders: Sequence[tuple[sell.Order, Sequence[decide.Promise]]]) -> None:
    """Hold what stands on the shelf, queue for what is still to come, and enter the promises in the ledger.

    What is held comes from the places that the brand's rule chooses, bundles in whole kits. Raises `SoldOut` where the
    shelves no longer hold what a promise says, and then nothing is held.
    """
    kits = supply.kits(tx, orders)
    stock.claim_all(
        tx,
        [
            stock.Claiming(
                order.id,
                _wants(decide.from_shelf(promises)),
                _wants(decide.to_come(promises)),
                wanted_day=order.promised_day,
                expires_at=order.pay_expires_at,
                region=order.region,
                kits=kits.get(order.id, ()),
            )
            for order, promises in orders
        ],
    )
    decide.promised(tx, {order.id: promises for order, promises in orders})


def _wants(portions: Sequence[decide.Portion]) -> tuple[stock.Want, ...]:
    """What the order claims, line by line, so that a line that is given up gives back its own units."""
    return tuple(stock.Want(portion.sku, portion.qty, portion.line) for portion in portions)


def paid(tx: Tx, notice: PaidNotice) -> None:
    """A verified payment changes the order once; a repeated notice changes nothing."""
    _enter(tx, sell.Payment(notice.out_trade_no, notice.transaction_id, notice.amount_fen, notice.paid_at))


def asked(tx: Tx, state: PaymentState) -> sell.Order:
    """The order as it stands after WeChat was asked: a payment whose notice is still on its way counts now."""
    if state.transaction_id is not None and state.paid_at is not None:
        _enter(tx, sell.Payment(state.out_trade_no, state.transaction_id, state.total_fen, state.paid_at))
    return sell.order(tx, sell.order_of_trade(state.out_trade_no))


def _enter(tx: Tx, payment: sell.Payment) -> None:
    match sell.pay(tx, payment):
        case sell.Paid(order=order):
            stock.keep(tx, order.id)
            tx.off("checkout.expire", payment.out_trade_no)
        case _:
            return


def expire(tx: Tx, number: str) -> None:
    """The time to pay a trade is over: WeChat Pay is asked, and the order waits for the answer.

    Each asking is a job of its own, for a job that is done is not done again.
    """
    if sell.order(tx, sell.order_of_trade(number)).awaits(number):
        tx.job("pay.give_up", f"{number}:{tx.now.ms}", number)


def cancel(tx: Tx, order: OrderId) -> None:
    """The buyer changed their mind before paying; WeChat's order is closed too."""
    sell.cancel(tx, order, why="buyer")
    tx.off("checkout.expire", order)
    tx.job("pay.close", order)
