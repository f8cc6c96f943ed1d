"""Money going back: asked for once, sent with one key, recorded when WeChat says it arrived."""

from roulian import decide, offers, sell, stock
from roulian.flows import checkout, supply
from roulian.gateways.pay import RefundNotice
from roulian.store import Tx


def late_payment(tx: Tx, event: sell.PaidAfterCancel) -> None:
    """Money that came after the order lapsed gets its goods again if they can be had; else it goes back, with an apology.

    The buyer hears either: the order is paid, with its date, or the money is on its way.
    """
    order = sell.order(tx, event.order)
    if order.is_given_up_by_buyer() or not _secured(tx, order):
        sell.start_refund(tx, order.id, why="paid_after_cancel")


def _secured(tx: Tx, order: sell.Order) -> bool:
    """Whether the order stands again, its goods held or awaited under a new promise; otherwise nothing has changed."""
    try:
        promises = supply.promises(tx, order.wanted())
        checkout.take(tx, [(order, promises)])
    except (sell.CampaignClosed, stock.SoldOut, decide.NothingToPromise):
        return False
    try:
        offers.redeem_again(tx, order.id)
        offers.sit_again(tx, order.id)
        sell.revive(tx, order.id)
    except (offers.VoucherTaken, offers.GroupClosed, sell.CampaignClosed):  # gone to another since it lapsed
        stock.release(tx, order.id)
        offers.free_voucher(tx, order.id)
        offers.leave(tx, order.id)
        return False
    stock.keep(tx, order.id)
    day = max(order.promised_day, decide.last_day(promises))
    sell.move_promises(tx, {order.id: day}, reason="paid_late")
    return True


def request(tx: Tx, event: sell.RefundDue) -> None:
    """Ask WeChat Pay for the refund of each trade; the refund's own number is its idempotency key."""
    for refund in sell.refunds_of(tx, [event.order])[event.order]:
        tx.job("pay.refund", refund.number, refund.order)


def request_part(tx: Tx, event: sell.PartRefundDue) -> None:
    """A part is asked for when WeChat Pay's minute since the last refund of this payment is over."""
    for refund in sell.refunds_of(tx, [event.number])[event.number]:
        tx.at(refund.due_at, "refunds.ask", refund.number)


def ask(tx: Tx, number: str) -> None:
    """Ask WeChat Pay for the refund; its own number is the idempotency key."""
    tx.job("pay.refund", number, sell.refunds(tx, [number])[number].order)


def settled(tx: Tx, notice: RefundNotice) -> None:
    """WeChat says how the refund ended; only success closes it."""
    if notice.at is not None:
        order = sell.order_of_trade(notice.out_trade_no)
        sell.refunded(tx, order, refund_id=notice.refund_id, number=notice.out_refund_no)
