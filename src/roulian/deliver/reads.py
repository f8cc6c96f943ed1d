"""Questions about parcels."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from roulian.deliver import tables
from roulian.deliver.model import Shipment, ShipmentStatus
from roulian.deliver.tables import COLUMNS, SHIPMENTS
from roulian.store import Tx, any_of
from roulian.words.ids import OrderId

_OF_ORDERS = sa.select(*COLUMNS).where(any_of(SHIPMENTS.c.order_id, "orders"))
_BEFORE = sa.bindparam("before", type_=sa.Text)
_PAGE = (
    sa.select(*COLUMNS)
    .where(any_of(SHIPMENTS.c.status, "statuses"), sa.or_(_BEFORE.is_(None), SHIPMENTS.c.id < _BEFORE))
    .order_by(SHIPMENTS.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)

ON_THE_WAY = tuple(status for status in ShipmentStatus if status is not ShipmentStatus.SIGNED)
"""The statuses of parcels a carrier still has to move."""


def shipments(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, Shipment]:
    """The parcel of each order that was handed over, with its path."""
    return {parcel.order: parcel for parcel in _with_paths(tx, tx.rows(_OF_ORDERS, orders=list(orders)))}


def shipments_page(
    tx: Tx,
    *,
    statuses: Collection[ShipmentStatus] = tuple(ShipmentStatus),
    before: str | None = None,
    limit: int = 50,
) -> tuple[Shipment, ...]:
    """Parcels in one of `statuses`, newest first, at most `limit`, older than the id `before`."""
    return _with_paths(tx, tx.rows(_PAGE, statuses=[s.value for s in statuses], before=before, limit=limit))


def _with_paths(tx: Tx, rows: list[tuple[object, ...]]) -> tuple[Shipment, ...]:
    paths = tables.paths(tx.rows(tables.STEPS, ids=[row[0] for row in rows]))
    return tuple(tables.shipment(row, paths.get(str(row[0]), ())) for row in rows)
