"""Carrier accounts, sites, the brand's terms, where orders go, and the codes of those who collect."""

from typing import Any

import sqlalchemy as sa

from roulian.deliver.model import (
    AfterDeadline,
    CarrierAccount,
    Destination,
    PickUp,
    ShippingTerms,
    Site,
    Way,
)
from roulian.store import METADATA, any_of
from roulian.words.ids import OrderId
from roulian.words.time import Instant

CARRIERS = sa.Table(
    "deliver_carriers",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("delivery_id", sa.Text, nullable=False),
    sa.Column("biz_id", sa.Text, nullable=False),
    sa.Column("service_type", sa.Integer, nullable=False),
    sa.Column("service_name", sa.Text, nullable=False),
    sa.Column("weight_g", sa.Integer, nullable=False),
)
SITES = sa.Table(
    "deliver_sites",
    METADATA,
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("tel", sa.Text, nullable=False),
    sa.Column("province", sa.Text, nullable=False),
    sa.Column("city", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("street", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("hold_days", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("after_deadline", sa.Text, nullable=False),
)
TERMS = sa.Table(
    "deliver_terms",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text),
    sa.Column("split_after_days", sa.Integer, nullable=False),
    sa.CheckConstraint("id = 1", name="deliver_terms_one"),
)
DESTINATIONS = sa.Table(
    "deliver_destinations",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
)
PICK_UPS = sa.Table(
    "deliver_pick_ups",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("tries_left", sa.Integer, nullable=False),
    sa.Column("keep_until", sa.BigInteger),
    sa.CheckConstraint("tries_left >= 0", name="deliver_pick_ups_tries"),
)
LATE_FILINGS = sa.Table(
    "deliver_late_filings",
    METADATA,
    sa.Column("trade", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text, nullable=False, index=True),
    sa.Column("until_at", sa.BigInteger, nullable=False),
)
_P = PICK_UPS.c
_OF_ORDER = _P.order_id == sa.bindparam("of_order", type_=sa.Text)
_TRIES = sa.bindparam("new_tries", type_=sa.Integer)

SAVE_CARRIER = sa.text(
    "INSERT INTO deliver_carriers (id, delivery_id, biz_id, service_type, service_name, weight_g)"
    " VALUES (:id, :delivery_id, :biz_id, :service_type, :service_name, :weight_g)"
    " ON CONFLICT (id) DO UPDATE SET delivery_id = excluded.delivery_id, biz_id = excluded.biz_id,"
    " service_type = excluded.service_type, service_name = excluded.service_name, weight_g = excluded.weight_g",
)
ALL_CARRIERS = sa.select(CARRIERS).order_by(CARRIERS.c.id)
SAVE_SITE = sa.text(
    "INSERT INTO deliver_sites"
    " (place, contact, tel, province, city, district, street, hours, hold_days, tries, after_deadline)"
    " VALUES (:place, :contact, :tel, :province, :city, :district, :street, :hours, :hold_days, :tries, :after)"
    " ON CONFLICT (place) DO UPDATE SET contact = excluded.contact, tel = excluded.tel, province = excluded.province,"
    " city = excluded.city, district = excluded.district, street = excluded.street, hours = excluded.hours,"
    " hold_days = excluded.hold_days, tries = excluded.tries, after_deadline = excluded.after_deadline",
)
ALL_SITES = sa.select(SITES).order_by(SITES.c.place)
SAVE_TERMS = sa.text(
    "INSERT INTO deliver_terms (id, account, split_after_days) VALUES (1, :account, :split_after_days)"
    " ON CONFLICT (id) DO UPDATE SET account = excluded.account, split_after_days = excluded.split_after_days",
)
THE_TERMS = sa.select(TERMS.c.account, TERMS.c.split_after_days)
SAVE_DESTINATION = sa.text(
    "INSERT INTO deliver_destinations (order_id, way, address, place) VALUES (:order, :way, :address, :place)"
    " ON CONFLICT (order_id) DO UPDATE SET way = excluded.way, address = excluded.address, place = excluded.place",
)
DESTINATIONS_OF = sa.select(DESTINATIONS).where(any_of(DESTINATIONS.c.order_id, "orders"))
SAVE_PICK_UP = sa.text(
    "INSERT INTO deliver_pick_ups (order_id, place, code, tries_left, keep_until)"
    " VALUES (:order, :place, :code, :tries_left, NULL)"
    " ON CONFLICT (order_id) DO UPDATE SET place = excluded.place, code = excluded.code,"
    " tries_left = excluded.tries_left",
)
DROP_PICK_UP = PICK_UPS.delete().where(_OF_ORDER)
PICK_UPS_OF = sa.select(PICK_UPS).where(any_of(_P.order_id, "orders"))
KEEP_UNTIL = PICK_UPS.update().where(_OF_ORDER).values(keep_until=sa.bindparam("until", type_=sa.BigInteger))
FILE_LATE = sa.text(
    "INSERT INTO deliver_late_filings (trade, order_id, until_at) VALUES (:trade, :order, :until)"
    " ON CONFLICT (trade) DO UPDATE SET until_at = excluded.until_at"
    " WHERE deliver_late_filings.until_at < excluded.until_at",
)
FILED_LATE = sa.select(LATE_FILINGS.c.trade, LATE_FILINGS.c.until_at).where(any_of(LATE_FILINGS.c.order_id, "orders"))
TRY = PICK_UPS.update().where(_OF_ORDER, _P.tries_left > 0).values(tries_left=_P.tries_left - 1)
RENEW = PICK_UPS.update().where(_OF_ORDER).values(code=sa.bindparam("new_code", type_=sa.Text), tries_left=_TRIES)


def carrier(row: tuple[Any, ...]) -> CarrierAccount:
    """A row of `CARRIERS`."""
    return CarrierAccount(*row)


def site(row: tuple[Any, ...]) -> Site:
    """A row of `SITES`."""
    *told, hold_days, tries, after = row
    place, contact, tel, province, city, district, street, hours = told
    return Site(
        place=place,
        contact=contact,
        tel=tel,
        province=province,
        city=city,
        district=district,
        street=street,
        hours=hours,
        hold_days=hold_days,
        tries=tries,
        after=AfterDeadline(after),
    )


def terms(row: tuple[Any, ...] | None) -> ShippingTerms:
    """The row of `TERMS`; without one, what every brand begins with."""
    return ShippingTerms() if row is None else ShippingTerms(*row)


def destination(row: tuple[Any, ...]) -> Destination:
    """A row of `DESTINATIONS`."""
    order, way, address, place = row
    return Destination(OrderId(order), Way(way), address, place)


def pick_up(row: tuple[Any, ...]) -> PickUp:
    """A row of `PICK_UPS`."""
    order, place, code, tries_left, until = row
    return PickUp(OrderId(order), place, code, tries_left, None if until is None else Instant(until))
