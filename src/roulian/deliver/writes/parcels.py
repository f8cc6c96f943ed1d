"""Parcels are packed, handed over, moved by carriers' reports, and opened again when nobody is to have them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from roulian.deliver.events import Delivered, Shipped
from roulian.deliver.model import (
    MOST_PARCELS,
    BadWaybill,
    Item,
    LabelNotNow,
    LabelStatus,
    NotNow,
    PathAction,
    Shipment,
    ShipmentStatus,
    TooManyParcels,
    Way,
    WaybillTaken,
    known_action,
    own,
    status_after,
)
from roulian.deliver.tables import shipments as tables
from roulian.store import Tx
from roulian.words.ids import OrderId, ShipmentId, SkuId
from roulian.words.time import Instant

_OWN_CARRIER = "TEST"
"""WeChat's built-in carrier, under which a brand's own numbers travel in its books."""
_ULID_TAIL = 16
_LONGEST_BYTES = 128
_UNSETTLED = (LabelStatus.ASKED, LabelStatus.UNKNOWN)


class Packed(Protocol):
    """Anything that says how many of which SKU go into a parcel: a claim, an item."""

    @property
    def sku(self) -> SkuId:
        """The SKU."""
        ...

    @property
    def qty(self) -> int:
        """Units, at least 1."""
        ...


def pack(
    tx: Tx, order: OrderId, goods: Iterable[Packed], *, place: str, way: Way = Way.EXPRESS, case: str = ""
) -> Shipment:
    """A parcel of the order with these goods, packed now; `case` names the after-sales case it is a replacement for.

    Raises `TooManyParcels` when WeChat would not take one more.
    """
    units: dict[SkuId, int] = {}
    for one in goods:
        units[one.sku] = units.get(one.sku, 0) + one.qty
    before = tables.whole(tx, tx.rows(tables.OF_ORDERS, orders=[order]))
    if not case and len(own(before)) >= MOST_PARCELS:
        raise TooManyParcels(order, MOST_PARCELS)
    parcel = Shipment(
        id=ShipmentId(tx.new_id("shp")),
        order=order,
        way=way,
        place=place,
        items=tuple(Item(sku, units[sku]) for sku in sorted(units)),
        status=ShipmentStatus.PACKED,
        packed_at=tx.now,
        case=case,
    )
    tx.run(tables.ADD, **tables.new_values(parcel))
    tx.many(tables.ADD_ITEM, [{"shipment": parcel.id, "sku": it.sku, "qty": it.qty} for it in parcel.items])
    return parcel


def hand_over(tx: Tx, ident: str, *, carrier: str = "", waybill: str = "") -> Shipment:
    """The packed parcel with its carrier; says `Shipped`.

    Under the waybill that was made for it, else under `waybill` of `carrier`, else under a number of the brand's own.
    Raises `UnknownShipment`, `NotNow`, `LabelNotNow`, `BadWaybill`, `WaybillTaken`.
    """
    parcel = tables.parcel(tx, ident)
    if not parcel.is_packed() or parcel.way is not Way.EXPRESS:
        raise NotNow(parcel.id, parcel.status)
    if parcel.label.status in _UNSETTLED or (parcel.label.status is LabelStatus.MADE and waybill):
        raise LabelNotNow(parcel.id, parcel.label.status)
    by, number = _number(parcel, carrier=carrier, waybill=waybill)
    if any(row[0] != parcel.id for row in tx.rows(tables.OF_WAYBILL, of_waybill=number)):
        raise WaybillTaken(number)
    leaving = {"new_status": ShipmentStatus.HANDED_OVER.value, "new_carrier": by, "new_waybill": number}
    if not tx.run(tables.LEAVE, of_id=parcel.id, now=tx.now.ms, **leaving):
        raise NotNow(parcel.id, parcel.status)
    tx.emit(Shipped(parcel.id, parcel.order, parcel.case))
    return tables.parcel(tx, parcel.id)


def _number(parcel: Shipment, *, carrier: str, waybill: str) -> tuple[str, str]:
    if parcel.label.status is LabelStatus.MADE:
        return parcel.carrier, parcel.waybill
    if not (carrier or waybill):
        return _OWN_CARRIER, f"RL{parcel.id[-_ULID_TAIL:]}"
    for text in (carrier, waybill):
        if not text or len(text.encode()) > _LONGEST_BYTES or text.split() != [text]:
            raise BadWaybill
    return carrier, waybill


def path(tx: Tx, ident: str, *, action: int, at: Instant) -> Shipment:
    """The parcel after this report; the same report twice changes nothing, an older one moves nothing back.

    An `action` we do not know changes nothing. The first report that the buyer signed says `Delivered`.
    Raises `UnknownShipment`.
    """
    known = known_action(action)
    if known is not None and tx.run(tables.ADD_STEP, shipment=ident, action=int(known), at=at.ms):
        _advance(tx, tables.parcel(tx, ident))
    return tables.parcel(tx, ident)


def _advance(tx: Tx, parcel: Shipment) -> None:
    signed = [step.at for step in parcel.path if step.action is PathAction.SIGNED]
    status = status_after([step.action for step in parcel.path]).value
    if not signed:
        tx.run(tables.MOVE, of_id=parcel.id, was=list(tables.SIGNABLE), new_status=status)
    elif tx.run(tables.ARRIVE, of_id=parcel.id, was=list(tables.SIGNABLE), new_status=status, at=min(signed).ms):
        tx.emit(Delivered(parcel.id, parcel.order, parcel.case))


def void(tx: Tx, order: OrderId) -> Sequence[Shipment]:
    """The order's own parcels that stood packed or ready and are opened again; those that left stay as they are."""
    standing = own(tables.whole(tx, tx.rows(tables.OF_ORDERS, orders=[order])))
    gone = {"was": list(tables.OPEN_AGAIN), "new_status": ShipmentStatus.VOID.value}
    return tuple(parcel for parcel in standing if tx.run(tables.MOVE, of_id=parcel.id, **gone))


def traced(tx: Tx, ident: str, *, token: str) -> None:
    """WeChat's own tracking page opens with `token`."""
    tx.run(tables.TRACE, of_id=ident, new_token=token)
