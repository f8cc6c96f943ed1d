"""What changes about parcels: they are handed over, and carriers report their way."""

from roulian.deliver import tables
from roulian.deliver.events import Delivered, Shipped
from roulian.deliver.model import PathAction, Shipment, ShipmentStatus, UnknownWaybill, status_after
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId
from roulian.words.time import Instant

_TEST_CARRIER = "TEST"
_ULID_TAIL = 16


def ship(tx: Tx, order: OrderId, *, carrier: str = _TEST_CARRIER, waybill: str | None = None) -> Shipment:
    """The order's parcel, handed over now; an order already handed over keeps the parcel it has.

    Without a carrier's own waybill a number is made for WeChat's built-in `TEST` carrier.
    """
    ident = tx.new_id("shp")
    number = waybill if waybill is not None else f"RL{ident[-_ULID_TAIL:]}"
    status = ShipmentStatus.HANDED_OVER.value
    if tx.run(
        tables.HAND_OVER,
        id=ident,
        order=order,
        waybill=number,
        carrier=carrier,
        status=status,
        at=tx.now.ms,
    ):
        tx.emit(Shipped(ident, order))
    return _of_order(tx, order)


def path(tx: Tx, waybill: str, *, action: PathAction, at: Instant) -> Shipment:
    """The parcel after this report; the same report twice changes nothing, an older one moves nothing back.

    The first report that the buyer signed says `Delivered`. Raises `UnknownWaybill`.
    """
    row = tx.one(tables.OF_WAYBILL, waybill=waybill)
    if row is None:
        raise UnknownWaybill(waybill)
    ident, order = row[0], row[1]
    if tx.run(tables.ADD_STEP, shipment=ident, action=int(action), at=at.ms):
        _advance(tx, ident, order=order)
    return _of_order(tx, OrderId(order))


def _advance(tx: Tx, ident: str, *, order: str) -> None:
    steps = tables.paths(tx.rows(tables.STEPS, ids=[ident]))[ident]
    signed = [step.at for step in steps if step.action is PathAction.SIGNED]
    if not signed:
        tx.run(tables.MOVE, id=ident, status=status_after([step.action for step in steps]).value)
    elif tx.run(tables.SIGN, id=ident, at=min(signed).ms):
        tx.emit(Delivered(ident, order))


def _of_order(tx: Tx, order: OrderId) -> Shipment:
    row = tx.one(tables.OF_ORDER, order=order)
    if row is None:
        raise Bug(f"the shipment of {order} is not there after being written")
    return tables.shipment(row, tables.paths(tx.rows(tables.STEPS, ids=[row[0]])).get(row[0], ()))
