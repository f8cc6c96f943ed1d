"""Parcels, what is in them, and the carriers' reports: one row per distinct report."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from roulian.deliver.model import (
    ON_THE_WAY,
    Item,
    Label,
    LabelStatus,
    PathAction,
    PathStep,
    Shipment,
    ShipmentStatus,
    UnknownShipment,
    Way,
)
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import OrderId, ShipmentId, SkuId
from roulian.words.time import Instant

SHIPMENTS = sa.Table(
    "deliver_shipments",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("waybill", sa.Text, unique=True),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("shipped_at", sa.BigInteger),
    sa.Column("signed_at", sa.BigInteger),
    sa.Column("way", sa.Text, nullable=False, server_default="express"),
    sa.Column("place", sa.Text, nullable=False, server_default="main"),
    sa.Column("packed_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("case_id", sa.Text, nullable=False, server_default=""),
    sa.Column("token", sa.Text, nullable=False, server_default=""),
    sa.Column("label_status", sa.Text, nullable=False, server_default="none"),
    sa.Column("label_account", sa.Text, nullable=False, server_default=""),
    sa.Column("label_attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("label_error", sa.Text, nullable=False, server_default=""),
)
ITEMS = sa.Table(
    "deliver_items",
    METADATA,
    sa.Column("shipment", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, primary_key=True),
    sa.Column("qty", sa.BigInteger, nullable=False),
    sa.CheckConstraint("qty > 0", name="deliver_items_qty"),
)
PATH = sa.Table(
    "deliver_path",
    METADATA,
    sa.Column("shipment", sa.Text, primary_key=True),
    sa.Column("action", sa.Integer, primary_key=True),
    sa.Column("reported_at", sa.BigInteger, primary_key=True),
)


def _word(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text)


_S = SHIPMENTS.c
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_COLUMNS = (
    _S.id,
    _S.order_id,
    _S.way,
    _S.place,
    _S.status,
    _S.packed_at,
    _S.carrier,
    _S.waybill,
    _S.shipped_at,
    _S.signed_at,
    _S.case_id,
    _S.token,
    _S.label_status,
    _S.label_account,
    _S.label_attempt,
    _S.label_error,
)
_ALL = sa.select(*_COLUMNS)
_THIS = _S.id == _word("of_id")
_STANDS = any_of(_S.status, "was")

OF_IDS = _ALL.where(any_of(_S.id, "ids")).order_by(_S.id)
OF_ORDERS = _ALL.where(any_of(_S.order_id, "orders")).order_by(_S.id)
OF_WAYBILL = _ALL.where(_S.waybill == _word("of_waybill"))
PAGE = (
    _ALL.where(
        any_of(_S.status, "statuses"),
        sa.or_(_word("of_place").is_(None), _S.place == _word("of_place")),
        sa.or_(_word("of_way").is_(None), _S.way == _word("of_way")),
        sa.or_(_word("before").is_(None), _S.id < _word("before")),
    )
    .order_by(_S.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
BY_STATUS = sa.select(_S.status, sa.func.count()).group_by(_S.status)
SIGNED_SINCE = sa.select(sa.func.count()).where(_S.signed_at >= sa.bindparam("since", type_=sa.BigInteger))

ADD = SHIPMENTS.insert()
ADD_ITEM = ITEMS.insert()
ITEMS_OF = sa.select(ITEMS).where(any_of(ITEMS.c.shipment, "ids")).order_by(ITEMS.c.shipment, ITEMS.c.sku)
STEPS_OF = (
    sa.select(PATH.c.shipment, PATH.c.action, PATH.c.reported_at)
    .where(any_of(PATH.c.shipment, "ids"))
    .order_by(PATH.c.reported_at, PATH.c.action)
)
ADD_STEP = sa.text(
    "INSERT INTO deliver_path (shipment, action, reported_at) VALUES (:shipment, :action, :at)"
    " ON CONFLICT (shipment, action, reported_at) DO NOTHING",
)
LEAVE = (
    SHIPMENTS.update()
    .where(_THIS, _S.status == ShipmentStatus.PACKED.value)
    .values(status=_word("new_status"), carrier=_word("new_carrier"), waybill=_word("new_waybill"), shipped_at=_NOW)
)
MOVE = SHIPMENTS.update().where(_THIS, _STANDS).values(status=_word("new_status"))
ARRIVE = (
    SHIPMENTS.update()
    .where(_THIS, _STANDS)
    .values(status=_word("new_status"), signed_at=sa.bindparam("at", type_=sa.BigInteger))
)
LABEL = (
    SHIPMENTS.update()
    .where(_THIS, any_of(_S.label_status, "was"))
    .values(
        label_status=_word("new_status"),
        label_account=_word("new_account"),
        label_attempt=sa.bindparam("new_attempt", type_=sa.Integer),
        label_error=_word("new_error"),
        carrier=_word("new_carrier"),
        waybill=_word("new_waybill"),
    )
)
TRACE = SHIPMENTS.update().where(_THIS).values(token=_word("new_token"))

SIGNABLE = tuple(status.value for status in ON_THE_WAY)
OPEN_AGAIN = (ShipmentStatus.PACKED.value, ShipmentStatus.READY.value)


def new_values(parcel: Shipment) -> dict[str, Any]:
    """A new parcel as the parameters of `ADD`."""
    return {
        "id": parcel.id,
        "order_id": parcel.order,
        "waybill": None,
        "carrier": "",
        "status": parcel.status.value,
        "shipped_at": None,
        "signed_at": None,
        "way": parcel.way.value,
        "place": parcel.place,
        "packed_at": parcel.packed_at.ms,
        "case_id": parcel.case,
        "token": "",
        "label_status": LabelStatus.NONE.value,
        "label_account": "",
        "label_attempt": 0,
        "label_error": "",
    }


def shipment(row: tuple[Any, ...], items: tuple[Item, ...], path: tuple[PathStep, ...]) -> Shipment:
    """A row of a shipments statement with what is in it and its path."""
    ident, order, way, place, status, packed, carrier, waybill, shipped, signed, case, token, *label = row
    return Shipment(
        id=ShipmentId(ident),
        order=OrderId(order),
        way=Way(way),
        place=place,
        items=items,
        status=ShipmentStatus(status),
        packed_at=Instant(packed),
        carrier=carrier,
        waybill=waybill or "",
        shipped_at=None if shipped is None else Instant(shipped),
        signed_at=None if signed is None else Instant(signed),
        case=case,
        token=token,
        label=Label(LabelStatus(label[0]), label[1], label[2], label[3]),
        path=path,
    )


def items(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, tuple[Item, ...]]:
    """Rows of `ITEMS_OF` by shipment id."""
    found: dict[str, list[Item]] = {}
    for ident, sku, qty in rows:
        found.setdefault(ident, []).append(Item(SkuId(sku), qty))
    return {ident: tuple(them) for ident, them in found.items()}


def paths(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, tuple[PathStep, ...]]:
    """Rows of `STEPS_OF` by shipment id."""
    found: dict[str, list[PathStep]] = {}
    for ident, action, at in rows:
        found.setdefault(ident, []).append(PathStep(PathAction(action), Instant(at)))
    return {ident: tuple(steps) for ident, steps in found.items()}


def whole(tx: Tx, rows: Iterable[tuple[Any, ...]]) -> tuple[Shipment, ...]:
    """The parcels of these rows, with what is in them and their paths: two statements for all of them."""
    found = tuple(rows)
    ids = [row[0] for row in found]
    if not ids:
        return ()
    inside, ways = items(tx.rows(ITEMS_OF, ids=ids)), paths(tx.rows(STEPS_OF, ids=ids))
    return tuple(shipment(row, inside.get(row[0], ()), ways.get(row[0], ())) for row in found)


def parcel(tx: Tx, ident: str) -> Shipment:
    """The parcel of this id. Raises `UnknownShipment`."""
    found = whole(tx, tx.rows(OF_IDS, ids=[ident]))
    if not found:
        raise UnknownShipment(ident)
    return found[0]
