"""What WeChat must be told about an order so that its money is not frozen and its date is legal."""

from datetime import timedelta

from roulian import decide, deliver, sell
from roulian.store import Tx

WECHAT_KNOWS_AFTER = timedelta(minutes=2)
"""How long a payment may stay unknown to WeChat's shipping APIs (10060001, 268546002 in the first minute)."""


def long_promise(tx: Tx, event: sell.OrderPaid | sell.DepositPaid) -> None:
    """A promise beyond WeChat's ordinary shipping term is filed as a special order."""
    order = sell.order(tx, event.order)
    if decide.special_filing(paid_at=order.paid_at, promised_day=order.promised_day) is None:
        return
    tx.at(tx.now.plus(WECHAT_KNOWS_AFTER), "filing.special", order.id)


def special(tx: Tx, order: str) -> None:
    """By now WeChat knows the payment: file the order's late date."""
    tx.job("wechat.special_order", order)


def shipping(tx: Tx, event: deliver.Shipped) -> None:
    """Every parcel is entered with WeChat, once WeChat is sure to know its payment."""
    tx.at(tx.now.plus(WECHAT_KNOWS_AFTER), "filing.shipping", event.order)


def enter_shipping(tx: Tx, order: str) -> None:
    """Enter the parcel of the order."""
    tx.job("wechat.shipping", order)
