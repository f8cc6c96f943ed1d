"""From paid order to delivered parcel."""

from roulian import decide, deliver, sell, stock
from roulian.flows import tailoring
from roulian.gateways import wechat
from roulian.store import Tx
from roulian.words import OrderId


def start(tx: Tx, event: sell.OrderPaid) -> None:
    """An order whose goods are all on the shelf is picked at the warehouse's next round; made to measure, it is made."""
    if stock.is_filled(tx, event.order):
        _book(tx, event.order)
    else:
        tailoring.start_making(tx, event.order)


def schedule(tx: Tx, event: stock.ClaimsFilled) -> None:
    """An order that waited is picked once everything it asked for has come in."""
    if sell.order(tx, event.order).is_to_ship():
        _book(tx, event.order)


def _book(tx: Tx, order: OrderId) -> None:
    tx.at(decide.next_pick(tx.now), "fulfil.ship", order)


def ship(tx: Tx, order: str) -> None:
    """The parcel leaves: stock goes out, the shipment begins, the promise is kept or broken."""
    ident = OrderId(order)
    if not sell.order(tx, ident).is_to_ship():
        return
    stock.issue(tx, ident)
    sent = sell.ship(tx, ident)
    deliver.ship(tx, ident)
    decide.settle_promise(tx, ident, promised_day=sent.promised_day, shipped=tx.now)


def give_back(tx: Tx, event: sell.OrderCancelled | sell.RefundDue | sell.DepositForfeited) -> None:
    """What the order held or waited for is free again, unless late money has made it stand once more."""
    if not sell.order(tx, event.order).is_open():
        stock.release(tx, event.order)


def track(tx: Tx, _appid: str, said: wechat.Message) -> None:
    """The carrier's report, as WeChat passes it on, moves the parcel along; an old one changes nothing."""
    for step in wechat.path_reports(said):
        deliver.path(tx, step.waybill, action=deliver.PathAction(step.action), at=step.at)


def close(tx: Tx, event: deliver.Delivered) -> None:
    """A signed parcel closes its order."""
    sell.deliver(tx, OrderId(event.order))


def settle(tx: Tx, _appid: str, said: wechat.Message) -> None:
    """WeChat released the money."""
    sell.settled(tx, str(said.get("merchant_trade_no", "")), at=tx.now)
