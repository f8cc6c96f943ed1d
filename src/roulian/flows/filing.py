"""What WeChat must be told about an order so that its money is not frozen and its date is legal.

Every payment of an order has its own entry in WeChat's shipping books: an order of two payments is filed twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from roulian import decide, deliver, people, sell, stock
from roulian.flows.outgoing import Outside
from roulian.gateways.wechat import Parcel
from roulian.store import Errand, Job, Tx
from roulian.words import Instant, OrderId, Rejected

WECHAT_KNOWS_AFTER = timedelta(minutes=2)
"""How long a payment may stay unknown to WeChat's shipping APIs (10060001, 268546002 in the first minute)."""


def long_promise(tx: Tx, event: sell.OrderPaid | sell.DepositPaid) -> None:
    """A promise beyond WeChat's ordinary shipping term is filed as a special order."""
    _file_late(tx, event.order)


def later_promise(tx: Tx, event: sell.PromiseMoved) -> None:
    """A promise that moved out of the term WeChat knows is filed anew."""
    _file_late(tx, event.order)


def _file_late(tx: Tx, ident: OrderId) -> None:
    if _late_filings(tx, ident):
        tx.at(tx.now.plus(WECHAT_KNOWS_AFTER), "filing.special", ident)


def special(tx: Tx, order: str) -> None:
    """By now WeChat knows the payments: file the order's late date with each."""
    for trade, until in _late_filings(tx, OrderId(order)):
        tx.job("wechat.special_order", f"{trade.number}:{until.ms}", order)


def _late_filings(tx: Tx, ident: OrderId) -> tuple[tuple[sell.Trade, Instant], ...]:
    """The payments WeChat must hear a later date of, and until when."""
    order, filed = sell.order(tx, ident), deliver.filed_until(tx, [ident])
    wanted = (
        (
            trade,
            decide.special_filing(
                paid_at=trade.paid_at, promised_day=order.promised_day, filed_until=filed.get(trade.number)
            ),
        )
        for trade in sell.trades(tx, [ident]).get(ident, ())
    )
    return tuple((trade, until) for trade, until in wanted if until is not None)


def shipping(tx: Tx, event: deliver.Shipped) -> None:
    """Every parcel is entered with WeChat, once WeChat is sure to know its payment; a replacement is no news to it."""
    if not event.case:
        tx.at(tx.now.plus(WECHAT_KNOWS_AFTER), "filing.shipping", event.shipment)


def ready(tx: Tx, event: deliver.ReadyToCollect) -> None:
    """Goods that stand ready for their buyer count as shipped with WeChat."""
    tx.at(tx.now.plus(WECHAT_KNOWS_AFTER), "filing.shipping", event.shipment)


def enter_shipping(tx: Tx, shipment: str) -> None:
    """Enter what has left of the order, with each of its payments."""
    order = deliver.shipment(tx, shipment).order
    for trade in sell.trades(tx, [order])[order]:
        tx.job("wechat.shipping", f"{shipment}:{trade.number}", order)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What WeChat is told of an order's shipping: everything that left so far, so that a repeated word is no news."""

    openid: str
    parcels: tuple[deliver.Shipment, ...]
    is_all: bool
    receiver_masked: str


def entering(outside: Outside) -> Errand:
    """Enter an order's parcels with WeChat; until then its money stays frozen. The key ends in the payment's number."""

    async def call(job: Job) -> str:
        entry = await outside.memory().ask(partial(_entry, outside, OrderId(job.body)))
        about = {"out_trade_no": job.key.partition(":")[2], "openid": entry.openid}
        named, at = f"订单 {job.body[-6:]}", outside.clock.now()
        if any(parcel.is_pick_up() for parcel in entry.parcels):
            await outside.wechat.shipping.upload_pick_up(outside.appid, **about, item_desc=named, at=at)
            return named
        parcels = [Parcel(one.waybill, one.carrier, named, entry.receiver_masked) for one in entry.parcels]
        await outside.wechat.shipping.upload(outside.appid, **about, parcels=parcels, is_all=entry.is_all, at=at)
        return " ".join(parcel.waybill for parcel in parcels)

    return Errand(call=call, record=_answer_kept, rejected=_refused, lost=_again)


def _entry(outside: Outside, ident: OrderId, tx: Tx) -> _Entry:
    order, parcels = sell.order(tx, ident), deliver.shipments(tx, [ident])[ident]
    masked = people.masked_phones(tx, outside.ring, [order.member]).get(order.member, "")
    return _Entry(
        openid=people.openids(tx, [order.member], appid=outside.appid)[order.member],
        parcels=deliver.to_file(parcels),
        is_all=deliver.have_all_left(parcels) and stock.is_all_gone(stock.claims(tx, [ident])[ident]),
        receiver_masked=masked.removeprefix("+86"),
    )


def filing_late(outside: Outside) -> Errand:
    """File a promise beyond the ordinary shipping term. The key is the payment's number and until when."""

    async def call(job: Job) -> str:
        trade, until = await outside.memory().ask(partial(_late, job))
        await outside.wechat.shipping.special_order(outside.appid, order_id=trade.transaction_id, delay_to=until)
        return until.iso()

    def record(tx: Tx, job: Job, _: str) -> None:
        trade, until = _late(job, tx)
        deliver.filed_late(tx, trade.order, trade=trade.number, until=until)

    return Errand(call=call, record=record, rejected=_refused, lost=_again)


def _late(job: Job, tx: Tx) -> tuple[sell.Trade, Instant]:
    number, _, until_ms = job.key.partition(":")
    trades = {trade.number: trade for trade in sell.trades(tx, [OrderId(job.body)])[OrderId(job.body)]}
    return trades[number], Instant(int(until_ms))


def _answer_kept(_tx: Tx, _job: Job, _answer: str) -> None:
    """The answer stands on the job's row; what it leads to comes as WeChat's own callback."""


def _refused(tx: Tx, job: Job, error: Rejected) -> None:
    sell.filing_refused(tx, OrderId(job.body), what=job.kind, code=error.code)


def _again(tx: Tx, job: Job) -> None:
    """Told twice WeChat knows it once."""
    tx.job(job.kind, job.key, job.body)
