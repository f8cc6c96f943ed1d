"""Questions about parcels and the terms they travel on."""

from collections.abc import Collection, Mapping

from roulian.deliver.model import (
    CarrierAccount,
    Destination,
    PickUp,
    Shipment,
    ShipmentStatus,
    ShippingTerms,
    Site,
    UnknownCarrier,
    UnknownSite,
    UnknownWaybill,
    Way,
)
from roulian.deliver.tables import shipments as tables
from roulian.deliver.tables import terms as term_tables
from roulian.store import Tx
from roulian.words.ids import OrderId
from roulian.words.time import Instant


def shipments(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, tuple[Shipment, ...]]:
    """Every parcel of these orders with its path, the first packed first; orders without one are absent."""
    found: dict[OrderId, list[Shipment]] = {}
    for parcel in tables.whole(tx, tx.rows(tables.OF_ORDERS, orders=list(orders))):
        found.setdefault(parcel.order, []).append(parcel)
    return {order: tuple(parcels) for order, parcels in found.items()}


def shipment(tx: Tx, ident: str) -> Shipment:
    """The parcel. Raises `UnknownShipment`."""
    return tables.parcel(tx, ident)


def by_waybill(tx: Tx, waybill: str) -> Shipment:
    """The parcel that travels under this number. Raises `UnknownWaybill`."""
    found = tables.whole(tx, tx.rows(tables.OF_WAYBILL, of_waybill=waybill))
    if not found:
        raise UnknownWaybill(waybill)
    return found[0]


def shipments_page(
    tx: Tx,
    *,
    statuses: Collection[ShipmentStatus] = tuple(ShipmentStatus),
    place: str | None = None,
    way: Way | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Shipment, ...]:
    """At most `limit` parcels that match every filter given, older than the id `before`, newest first."""
    wanted = [status.value for status in statuses]
    rows = tx.rows(tables.PAGE, statuses=wanted, of_place=place, of_way=way, before=before, most=limit)
    return tables.whole(tx, rows)


def shipment_counts(tx: Tx) -> Mapping[ShipmentStatus, int]:
    """How many parcels stand in each status; every status has its number."""
    found = {row[0]: row[1] for row in tx.rows(tables.BY_STATUS)}
    return {status: found.get(status.value, 0) for status in ShipmentStatus}


def signed_since(tx: Tx, since: Instant) -> int:
    """How many parcels reached their buyer at `since` or later."""
    row = tx.one(tables.SIGNED_SINCE, since=since.ms)
    return 0 if row is None else int(row[0])


def terms(tx: Tx) -> ShippingTerms:
    """How the brand ships."""
    return term_tables.terms(tx.one(term_tables.THE_TERMS))


def carriers(tx: Tx) -> tuple[CarrierAccount, ...]:
    """Every carrier account, by id."""
    return tuple(map(term_tables.carrier, tx.rows(term_tables.ALL_CARRIERS)))


def carrier(tx: Tx, account: str) -> CarrierAccount:
    """The carrier account of this name. Raises `UnknownCarrier`."""
    for one in carriers(tx):
        if one.id == account:
            return one
    raise UnknownCarrier(account)


def sites(tx: Tx) -> Mapping[str, Site]:
    """Every site by its place."""
    return {row[0]: term_tables.site(row) for row in tx.rows(term_tables.ALL_SITES)}


def site(tx: Tx, place: str) -> Site:
    """The site at this place. Raises `UnknownSite`."""
    found = sites(tx).get(place)
    if found is None:
        raise UnknownSite(place)
    return found


def destinations(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, Destination]:
    """Where each of these orders goes; those whose buyer chose nothing are absent."""
    rows = tx.rows(term_tables.DESTINATIONS_OF, orders=list(orders))
    return {OrderId(row[0]): term_tables.destination(row) for row in rows}


def pick_ups(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, PickUp]:
    """The codes of those of these orders that are collected. For their buyers' eyes alone."""
    return {OrderId(row[0]): term_tables.pick_up(row) for row in tx.rows(term_tables.PICK_UPS_OF, orders=list(orders))}


def filed_until(tx: Tx, orders: Collection[OrderId]) -> Mapping[str, Instant]:
    """Until when WeChat knows that shipping is late, by the number of the payment; ordinary terms are absent."""
    return {row[0]: Instant(row[1]) for row in tx.rows(term_tables.FILED_LATE, orders=list(orders))}
