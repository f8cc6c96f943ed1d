"""What WeChat must be told about an order so that its money is not frozen and its date is legal."""

from roulian import decide, deliver, sell
from roulian.store import Tx


def long_promise(tx: Tx, event: sell.OrderPaid) -> None:
    """A promise beyond WeChat's ordinary shipping term is filed as a special order, right after payment."""
    order = sell.order(tx, event.order)
    if decide.special_filing(paid_at=order.paid_at, promised_day=order.promised_day) is None:
        return
    tx.job("wechat.special_order", order.id)


def shipping(tx: Tx, event: deliver.Shipped) -> None:
    """Every parcel is entered with WeChat."""
    tx.job("wechat.shipping", event.order)
