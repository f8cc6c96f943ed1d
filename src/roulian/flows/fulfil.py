"""From paid order to delivered parcel: packed by place, handed over or stood ready, followed until the buyer has it.

Neighbours: `waybills` speaks with WeChat's logistics assistant, `pickup` with the shop's desk, `filing` with WeChat's
shipping books. Goods leave the shelf when they are packed; the order has left when the last of its parcels has.
"""

from collections.abc import Sequence

from roulian import decide, deliver, offers, returns, sell, stock
from roulian.flows import supply, tailoring
from roulian.gateways import wechat
from roulian.store import Tx
from roulian.words import OrderId


def start(tx: Tx, event: sell.OrderPaid) -> None:
    """An order whose goods are all on the shelf is picked at the warehouse's next round; made to measure, it is made.

    By the brand's terms, what is ready leaves first when the rest is far off.
    """
    begin(tx, event.order)


def begin(tx: Tx, ident: OrderId) -> None:
    """As `start`; an order whose group is not complete waits for it."""
    if offers.waits_for_group(tx, ident):
        return
    if stock.is_filled(tx, ident):
        _book(tx, ident)
        return
    tailoring.start_making(tx, ident)
    order = sell.order(tx, ident)
    if deliver.terms(tx).splits(today=tx.now.day(), last_day=order.promised_day):
        tx.at(decide.next_pick(tx.now), "fulfil.ship_ready", order.id)


def schedule(tx: Tx, event: stock.ClaimsFilled) -> None:
    """An order that waited is picked once everything it asked for has come in."""
    if _may_leave(tx, event.order):
        _book(tx, event.order)


def _may_leave(tx: Tx, order: OrderId) -> bool:
    """The order is paid and to be shipped, and its group, if it is in one, is complete."""
    return sell.order(tx, order).is_to_ship() and not offers.waits_for_group(tx, order)


def _book(tx: Tx, order: OrderId) -> None:
    tx.at(decide.next_pick(tx.now), "fulfil.ship", order)


def ship(tx: Tx, order: str) -> None:
    """The order is packed whole, or what is left of it. Raises `NotHeld` if a unit is missing after all."""
    ident = OrderId(order)
    if not _may_leave(tx, ident):
        return
    if not stock.is_filled(tx, ident):
        raise stock.NotHeld(ident)
    _send(tx, ident, stock.claims_held(stock.claims(tx, [ident])[ident]))


def ship_ready(tx: Tx, order: str) -> None:
    """What of the order is ready leaves before the rest; nothing happens when nothing is, or the order is collected."""
    ident = OrderId(order)
    ready = _ready(tx, ident)
    if ready:
        _send(tx, ident, ready)


def split(tx: Tx, order: OrderId) -> None:
    """A person has what is ready leave now. Raises `OrderNotFound`, `NothingReady`, `TooManyParcels`."""
    ready = _ready(tx, order)
    if not ready:
        raise deliver.NothingReady(order)
    _send(tx, order, ready)


def _ready(tx: Tx, order: OrderId) -> Sequence[stock.Claim]:
    """What can leave of the order before the rest: nothing of one that is unpaid, or collected as a whole."""
    destination = deliver.destinations(tx, [order]).get(order)
    is_collected = destination is not None and destination.is_pick_up()
    if is_collected or not _may_leave(tx, order):
        return ()
    return stock.claims_held(stock.claims(tx, [order]).get(order, ()))


def _send(tx: Tx, order: OrderId, ready: Sequence[stock.Claim]) -> None:
    destination = deliver.destinations(tx, [order]).get(order)
    if destination is not None and destination.is_pick_up():
        _set_aside(tx, destination, ready)
        return
    for place, claims in stock.claims_by_place(ready):
        parcel = deliver.pack(tx, order, claims, place=place)
        stock.issue(tx, order, only=[claim.id for claim in claims], source=parcel.id)
        _give_to_carrier(tx, parcel, destination)
    _watch(tx, order)


def _set_aside(tx: Tx, destination: deliver.Destination, ready: Sequence[stock.Claim]) -> None:
    """The goods of an order that is collected, in one parcel: ready at once where they stand at the shop already."""
    order = destination.order
    parcel = deliver.pack(tx, order, ready, place=destination.place, way=deliver.Way.PICK_UP)
    stock.issue(tx, order, only=[claim.id for claim in ready], source=parcel.id)
    if destination.is_at(claim.location for claim in ready):
        stand_ready(tx, parcel.id)
    _watch(tx, order)


def _give_to_carrier(tx: Tx, parcel: deliver.Shipment, destination: deliver.Destination | None) -> None:
    """The packed parcel waits for its waybill; with no carrier account, or no address, it leaves under our own number."""
    goes_home = destination is not None and not destination.is_pick_up()
    account = deliver.terms(tx).account if goes_home else None
    if account is None:
        hand_over(tx, parcel.id)
    else:
        label(tx, parcel.id, account=account)


def _watch(tx: Tx, order: OrderId) -> None:
    """What stays packed is looked at again when the order's promised day is over, and then every day."""
    if _packed(tx, order):
        tx.at(decide.look_again(sell.order(tx, order).promised_day, now=tx.now), "fulfil.overdue", order)


def _packed(tx: Tx, order: OrderId) -> Sequence[deliver.Shipment]:
    """The order's own parcels that no carrier has and that do not stand at their shop."""
    return [one for one in deliver.own(deliver.shipments(tx, [order]).get(order, ())) if one.is_packed()]


def overdue(tx: Tx, order: str) -> None:
    """The promised day is over and a parcel still stands packed: the promise moves to the next round, and is told."""
    known, packed = sell.order(tx, OrderId(order)), _packed(tx, OrderId(order))
    if not packed or not known.is_to_ship():
        return
    day = decide.day_instead(known.promised_day, now=tx.now)
    if day is not None:
        is_collected = any(parcel.is_pick_up() for parcel in packed)
        code = decide.ReasonCode.WAITS_FOR_SHOP if is_collected else decide.ReasonCode.WAITS_FOR_CARRIER
        skus = {item.sku for parcel in packed for item in parcel.items}
        supply.postpone(tx, known, skus, day=day, code=code)
    _watch(tx, known.id)


def label(tx: Tx, ident: str, *, account: str) -> deliver.Shipment:
    """The packed parcel gets a waybill of this carrier account. Raises what `deliver.ask_label` raises, `UnknownCarrier`."""
    parcel = deliver.ask_label(tx, ident, account=deliver.carrier(tx, account))
    tx.job("wechat.waybill", parcel.label_key(), parcel.id)
    return parcel


def hand_over(tx: Tx, ident: str, *, carrier: str = "", waybill: str = "") -> deliver.Shipment:
    """The packed parcel leaves with its carrier; raises what `deliver.hand_over` raises."""
    parcel = deliver.hand_over(tx, ident, carrier=carrier, waybill=waybill)
    _left(tx, parcel)
    if parcel.order in deliver.destinations(tx, [parcel.order]):
        tx.job("wechat.trace", parcel.id)
        tx.at(tx.now.plus(deliver.SILENT_AFTER), "waybills.listen", parcel.id)
    return parcel


def stand_ready(tx: Tx, ident: str) -> deliver.Shipment:
    """The parcel stands at its shop and waits for its buyer; raises what `deliver.set_ready` raises."""
    until = deliver.set_ready(tx, ident)
    tx.at(until, "pickup.lapse", ident)
    parcel = deliver.shipment(tx, ident)
    _left(tx, parcel)
    return parcel


def _left(tx: Tx, parcel: deliver.Shipment) -> None:
    """The promise of what left is kept or broken; the order has left when nothing of it is still to leave."""
    if not parcel.is_own():
        return
    order, claims = sell.order(tx, parcel.order), stock.claims(tx, [parcel.order])[parcel.order]
    parcels = deliver.shipments(tx, [parcel.order])[parcel.order]
    gone = stock.skus_gone(claims).intersection(deliver.skus_left(parcels))
    decide.settle_promise(tx, order.id, skus=gone, promised_day=order.promised_day, shipped=tx.now)
    if stock.is_all_gone(claims) and deliver.have_all_left(parcels):
        sell.ship(tx, order.id)


def without_lines(tx: Tx, order: OrderId) -> None:
    """An order that lost lines, or had them swapped, leaves once the rest stands ready; has all else left, it has left."""
    claims, parcels = stock.claims(tx, [order]).get(order, ()), deliver.shipments(tx, [order]).get(order, ())
    if not _may_leave(tx, order):
        return
    if stock.is_filled(tx, order):
        _book(tx, order)
    elif stock.is_all_gone(claims) and deliver.have_all_left(parcels):
        sell.ship(tx, order)


def replace(tx: Tx, case: returns.CaseId) -> None:
    """What is held under the case's id leaves for its buyer at the next round, as a replacement."""
    tx.at(decide.next_pick(tx.now), "fulfil.replace", case)


def send_replacement(tx: Tx, case: str) -> None:
    """The replacement leaves as the order did: a parcel of it that moves it nowhere. Once: what left is held no more."""
    order, holder = returns.case(tx, returns.CaseId(case)).order, OrderId(case)
    destination = deliver.destinations(tx, [order]).get(order)
    for place, claims in stock.claims_by_place(stock.claims_held(stock.claims(tx, [holder]).get(holder, ()))):
        parcel = deliver.pack(tx, order, claims, place=place, case=case)
        stock.issue(tx, holder, only=[claim.id for claim in claims], source=parcel.id)
        _give_to_carrier(tx, parcel, destination)


def give_back(tx: Tx, event: sell.OrderCancelled | sell.RefundDue | sell.DepositForfeited) -> None:
    """What the order held or waited for is free again, unless late money has made it stand once more.

    Parcels that wait for a carrier or for their buyer are opened again.
    """
    if sell.order(tx, event.order).is_open():
        return
    stock.release(tx, event.order)
    for parcel in deliver.void(tx, event.order):
        unpack(tx, parcel)


def unpack(tx: Tx, parcel: deliver.Shipment) -> None:
    """The goods of a parcel nobody is to have stand on the shelf of its place again; its waybill is void."""
    for item in parcel.items:
        place = stock.LocationId(parcel.place)
        stock.take_back(tx, sku=item.sku, qty=item.qty, source=parcel.id, location=place)
    if parcel.waybill:
        tx.job("wechat.waybill_cancel", parcel.label_key(), parcel.id)


def track(tx: Tx, _appid: str, said: wechat.Message) -> None:
    """The carrier's report, as WeChat passes it on, moves the parcel along; an old one changes nothing."""
    for step in wechat.path_reports(said):
        move(tx, step)


def move(tx: Tx, step: wechat.PathReport) -> None:
    """One step of a parcel. It may be the first we hear of a waybill whose answer was lost, or of a parcel's leaving."""
    if step.key:
        deliver.labelled(tx, step.key, waybill=step.waybill)
    parcel = deliver.by_waybill(tx, step.waybill)
    if parcel.leaves_by(step.action):
        hand_over(tx, parcel.id)
    deliver.path(tx, parcel.id, action=step.action, at=step.at)


def close(tx: Tx, event: deliver.Delivered) -> None:
    """The order is delivered with the last of its parcels; a replacement closes nothing."""
    order = OrderId(event.order)
    if event.case or deliver.arrived_at(deliver.shipments(tx, [order])[order]) is None:
        return
    if stock.is_all_gone(stock.claims(tx, [order])[order]):
        sell.deliver(tx, order)


def settle(tx: Tx, _appid: str, said: wechat.Message) -> None:
    """WeChat released the money."""
    sell.settled(tx, str(said.get("merchant_trade_no", "")), at=tx.now)
