"""Questions about parcels."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from roulian.deliver import tables
from roulian.deliver.model import Shipment, ShipmentStatus
from roulian.deliver.tables import COLUMNS, SHIPMENTS
from roulian.store import Tx, any_of
from roulian.words.ids import OrderId
from roulian.words.time import Instant

_OF_ORDERS = sa.select(*COLUMNS).where(any_of(SHIPMENTS.c.order_id, "orders"))
_BEFORE = sa.bindparam("before", type_=sa.Text)
_PAGE = (
    sa.select(*COLUMNS)
    .where(any_of(SHIPMENTS.c.status, "statuses"), sa.or_(_BEFORE.is_(None), SHIPMENTS.c.id < _BEFORE))
    .order_by(SHIPMENTS.c.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_BY_STATUS = sa.select(SHIPMENTS.c.status, sa.func.count()).group_by(SHIPMENTS.c.status)
_SIGNED_SINCE = sa.select(sa.func.count()).where(SHIPMENTS.c.signed_at >= sa.bindparam("since"))

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


def shipment_counts(tx: Tx) -> Mapping[ShipmentStatus, int]:
    """How many parcels stand in each status; every status has its number."""
    found = {row[0]: row[1] for row in tx.rows(_BY_STATUS)}
    return {status: found.get(status.value, 0) for status in ShipmentStatus}


def signed_since(tx: Tx, since: Instant) -> int:
    """How many parcels were signed for at `since` or later."""
    row = tx.one(_SIGNED_SINCE, since=since.ms)
    return 0 if row is None else int(row[0])


def _with_paths(tx: Tx, rows: list[tuple[object, ...]]) -> tuple[Shipment, ...]:
    paths = tables.paths(tx.rows(tables.STEPS, ids=[row[0] for row in rows]))
    return tuple(tables.shipment(row, paths.get(str(row[0]), ())) for row in rows)
