"""Where shipments and the carriers' reports are kept. One shipment per order (unique), one row per distinct report."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from roulian.deliver.model import PathAction, PathStep, Shipment, ShipmentStatus
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId, ShipmentId
from roulian.words.time import Instant

SHIPMENTS = sa.Table(
    "deliver_shipments",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, unique=True),
    sa.Column("waybill", sa.Text, nullable=False, unique=True),
    sa.Column("carrier", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("shipped_at", sa.BigInteger, nullable=False),
    sa.Column("signed_at", sa.BigInteger),
)
PATH = sa.Table(
    "deliver_path",
    METADATA,
    sa.Column("shipment", sa.Text, primary_key=True),
    sa.Column("action", sa.Integer, primary_key=True),
    sa.Column("reported_at", sa.BigInteger, primary_key=True),
)

COLUMNS = (
    SHIPMENTS.c.id,
    SHIPMENTS.c.order_id,
    SHIPMENTS.c.waybill,
    SHIPMENTS.c.carrier,
    SHIPMENTS.c.status,
    SHIPMENTS.c.shipped_at,
    SHIPMENTS.c.signed_at,
)
HAND_OVER = sa.text(
    "INSERT INTO deliver_shipments (id, order_id, waybill, carrier, status, shipped_at)"
    " VALUES (:id, :order, :waybill, :carrier, :status, :at) ON CONFLICT (order_id) DO NOTHING",
)
OF_ORDER = sa.select(*COLUMNS).where(SHIPMENTS.c.order_id == sa.bindparam("order"))
OF_WAYBILL = sa.select(*COLUMNS).where(SHIPMENTS.c.waybill == sa.bindparam("waybill"))
STEPS = (
    sa.select(PATH.c.shipment, PATH.c.action, PATH.c.reported_at)
    .where(any_of(PATH.c.shipment, "ids"))
    .order_by(PATH.c.reported_at, PATH.c.action)
)
ADD_STEP = sa.text(
    "INSERT INTO deliver_path (shipment, action, reported_at) VALUES (:shipment, :action, :at)"
    " ON CONFLICT (shipment, action, reported_at) DO NOTHING",
)
MOVE = sa.text("UPDATE deliver_shipments SET status = :status WHERE id = :id AND signed_at IS NULL")
SIGN = sa.text("UPDATE deliver_shipments SET status = 'signed', signed_at = :at WHERE id = :id AND signed_at IS NULL")


def shipment(row: tuple[Any, ...], path: tuple[PathStep, ...] = ()) -> Shipment:
    """A row of `COLUMNS` and its path as a shipment."""
    signed_at = None if row[6] is None else Instant(row[6])
    status = ShipmentStatus(row[4])
    return Shipment(ShipmentId(row[0]), OrderId(row[1]), row[2], row[3], status, Instant(row[5]), signed_at, path)


def paths(rows: Iterable[tuple[Any, ...]]) -> Mapping[str, tuple[PathStep, ...]]:
    """Rows of `STEPS` as one path per shipment id."""
    found: dict[str, list[PathStep]] = {}
    for shipment_id, action, at in rows:
        found.setdefault(shipment_id, []).append(PathStep(PathAction(action), Instant(at)))
    return {shipment_id: tuple(steps) for shipment_id, steps in found.items()}
