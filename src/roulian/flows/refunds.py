"""Money going back: asked for once, sent with one key, recorded when WeChat says it arrived."""

from roulian import sell
from roulian.gateways.pay import RefundNotice
from roulian.store import Tx


def late_payment(tx: Tx, event: sell.PaidAfterCancel) -> None:
    """Money that came after the order was cancelled goes back, with an apology."""
    sell.start_refund(tx, event.order, why="paid_after_cancel")


def request(tx: Tx, event: sell.RefundDue) -> None:
    """Ask WeChat Pay for the refund; the order is its own idempotency key."""
    tx.job("pay.refund", event.order)


def settled(tx: Tx, notice: RefundNotice) -> None:
    """WeChat says how the refund ended; only success closes it."""
    if notice.at is not None:
        sell.refunded(tx, sell.order_of_trade(notice.out_trade_no), refund_id=notice.refund_id)
