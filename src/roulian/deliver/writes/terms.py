"""How the brand ships is set, and where each order goes is chosen."""

from roulian.deliver.model import (
    CarrierAccount,
    Destination,
    NoPickUpThere,
    PackedAlready,
    ShippingTerms,
    Site,
    UnknownCarrier,
    Way,
    drawn_code,
    own,
)
from roulian.deliver.tables import shipments
from roulian.deliver.tables import terms as tables
from roulian.store import Tx
from roulian.words.ids import OrderId
from roulian.words.time import Instant


def save_carrier(tx: Tx, account: CarrierAccount) -> None:
    """The carrier account under its id, new or as it is now. Raises `BadCarrier`."""
    account.check()
    tx.run(
        tables.SAVE_CARRIER,
        id=account.id,
        delivery_id=account.delivery_id,
        biz_id=account.biz_id,
        service_type=account.service_type,
        service_name=account.service_name,
        weight_g=account.weight_g,
    )


def save_site(tx: Tx, site: Site) -> None:
    """The site at its place, new or as it is now. Raises `BadSite`."""
    site.check()
    tx.run(
        tables.SAVE_SITE,
        place=site.place,
        contact=site.contact,
        tel=site.tel,
        province=site.province,
        city=site.city,
        district=site.district,
        street=site.street,
        hours=site.hours,
        hold_days=site.hold_days,
        tries=site.tries,
        after=site.after.value,
    )


def set_terms(tx: Tx, terms: ShippingTerms) -> None:
    """The brand ships so from now on. Raises `UnknownCarrier`."""
    known = {row[0] for row in tx.rows(tables.ALL_CARRIERS)}
    if terms.account is not None and terms.account not in known:
        raise UnknownCarrier(terms.account)
    tx.run(tables.SAVE_TERMS, account=terms.account, split_after_days=terms.split_after_days)


def choose(tx: Tx, destination: Destination, *, number: int) -> None:
    """The order goes there; one that is collected gets a code drawn from the random `number`.

    Raises `PackedAlready`, `NoPickUpThere`.
    """
    order = destination.order
    if own(shipments.whole(tx, tx.rows(shipments.OF_ORDERS, orders=[order]))):
        raise PackedAlready(order)
    tx.run(
        tables.SAVE_DESTINATION,
        order=order,
        way=destination.way.value,
        address=destination.address,
        place=destination.place,
    )
    if destination.way is not Way.PICK_UP:
        tx.run(tables.DROP_PICK_UP, of_order=order)
        return
    site = next((tables.site(row) for row in tx.rows(tables.ALL_SITES) if row[0] == destination.place), None)
    if site is None or not site.takes_pick_up():
        raise NoPickUpThere(destination.place)
    tx.run(
        tables.SAVE_PICK_UP,
        order=order,
        place=destination.place,
        code=drawn_code(number),
        tries_left=site.tries,
    )


def filed_late(tx: Tx, order: OrderId, *, trade: str, until: Instant) -> None:
    """WeChat knows that the goods of this payment leave late, by `until`; an earlier filing never shortens it."""
    tx.run(tables.FILE_LATE, trade=trade, order=order, until=until.ms)
