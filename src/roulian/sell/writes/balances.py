"""A deposit's balance is asked, and what is not paid in time is given up: the order, or what its deposit held."""

from roulian.sell.model import (
    NoBalanceDue,
    NotCancellable,
    Order,
    OrderStatus,
    UnpaidRule,
    order_of_trade,
)
from roulian.sell.tables import campaigns
from roulian.sell.writes import lots, payments, steps
from roulian.store import Tx
from roulian.words.ids import OrderId
from roulian.words.time import Instant


def ask_balance(tx: Tx, order: OrderId, *, by: Instant) -> Order:
    """The order's balance may be paid until `by`, which says `BalanceDue`; the deadline is the caller's to set.

    Raises `OrderNotFound`, `NoBalanceDue` unless a deposit is held and nothing is asked yet.
    """
    return steps.advance(tx, steps.found(tx, order), lambda it: it.ask_balance(by=by))


def expire(tx: Tx, number: str) -> bool:
    """Whether the order still waited for the money of this trade, and does no longer; any other stays as it is.

    For the deadline of what is `due()`: an unpaid order is cancelled; an unpaid balance gives the deposit back
    (`RefundDue`) or forfeits it (`DepositForfeited`), by its campaign's rule. Raises `OrderNotFound`.
    """
    known = steps.found(tx, order_of_trade(number))
    if not known.awaits(number):
        return False
    try:
        if known.status is OrderStatus.BALANCE_DUE:
            _lapse(tx, known)
        else:
            steps.advance(tx, known, lambda it: it.cancel(why="expired"))
    except (NotCancellable, NoBalanceDue):  # the money came in the meantime
        return False
    return True


def _lapse(tx: Tx, order: Order) -> None:
    rules = {found.unpaid for found in campaigns.campaigns_of(tx, order.campaigns()).values()}
    if UnpaidRule.FORFEIT in rules:
        steps.advance(tx, order, Order.forfeit)
        lots.count_back(tx, order)
    else:
        payments.refund_by(tx, order, Order.lapse)
