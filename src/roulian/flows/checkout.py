"""From cart to paid order: what must be true together is written together.

Neighbours: `supply` gathers what a promise stands on, `decide` makes it, `sell` and `stock` keep it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from roulian import decide, sell, stock
from roulian.flows import supply
from roulian.gateways.pay import PaidNotice, PaymentState
from roulian.store import Tx
from roulian.words import MemberId, OrderId


@dataclass(frozen=True, slots=True)
class Cart:
    """What a member wants; `key` makes a second submission the same order."""

    key: str
    member: MemberId
    region: str
    wanted: Sequence[sell.Wanted]


def place(tx: Tx, cart: Cart, *, pay_within: timedelta) -> sell.Order:
    """The order, its stock held or awaited, its date promised with the reason: all of it or nothing.

    Raises `CartEmpty`, `UnknownSku`, `BadQuantity`, `CampaignClosed`, `SoldOut`.
    """
    known = sell.order_by_key(tx, cart.member, key=cart.key)
    if known is not None:
        return known
    wanted = sell.merged(cart.wanted)
    promises = supply.promises(tx, wanted)
    order = sell.place(
        tx,
        key=cart.key,
        member=cart.member,
        region=cart.region,
        lines=wanted,
        promised_day=decide.last_day(promises),
        pay_by=tx.now.plus(pay_within),
    )
    take(tx, order, promises)
    tx.at(order.pay_expires_at, "checkout.expire", order.id)
    return order


def take(tx: Tx, order: sell.Order, promises: Sequence[decide.Promise]) -> None:
    """Hold what stands on the shelf, queue for what is still to come, and enter the promises in the ledger."""
    stock.hold(tx, order.id, decide.from_shelf(promises), expires_at=order.pay_expires_at)
    stock.wait_for(
        tx,
        order.id,
        decide.to_come(promises),
        wanted_day=order.promised_day,
        expires_at=order.pay_expires_at,
    )
    decide.promised(tx, order.id, promises)


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
            tx.off("checkout.expire", order.id)
        case _:
            return


def expire(tx: Tx, order: str) -> None:
    """The time to pay is over: WeChat Pay is asked, and the order waits for the answer.

    Each asking is a job of its own, for a job that is done is not done again.
    """
    if sell.order(tx, OrderId(order)).is_to_pay():
        tx.job("pay.give_up", f"{order}:{tx.now.ms}", order)


def cancel(tx: Tx, order: OrderId) -> None:
    """The buyer changed their mind before paying; WeChat's order is closed too."""
    sell.cancel(tx, order, why="buyer")
    tx.off("checkout.expire", order)
    tx.job("pay.close", order)
