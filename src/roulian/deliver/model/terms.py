"""How a brand ships: its accounts with carriers, the sites goods leave from and are collected at, where each order goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from roulian.deliver.model.refusals import BadCarrier, BadSite
from roulian.deliver.model.shipment import Way
from roulian.words.ids import OrderId
from roulian.words.time import Day, Instant

_LONGEST = 128
_LONGEST_WAIT_DAYS = 60
_MOST_TRIES = 20


class AfterDeadline(StrEnum):
    """What happens to goods nobody collected in time: money and goods go back, or they stay until a person decides."""

    REFUND = "refund"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class CarrierAccount:
    """A customer code with a carrier of WeChat's logistics assistant (物流助手), as its back office shows it.

    `delivery_id` is the carrier (`SF`, `TEST`), `biz_id` the customer code, `service_*` which of its services;
    `weight_g` is what a parcel counts as where nobody weighed it.
    """

    id: str
    delivery_id: str
    biz_id: str
    service_type: int
    service_name: str
    weight_g: int = 1000

    def check(self) -> None:
        """Raises `BadCarrier` naming the field that cannot be."""
        for name in ("id", "delivery_id", "biz_id", "service_name"):
            if not 1 <= len(getattr(self, name).strip()) <= _LONGEST:
                raise BadCarrier(name)
        if self.service_type < 0:
            raise BadCarrier("service_type")
        if self.weight_g < 1:
            raise BadCarrier("weight_g")


@dataclass(frozen=True, slots=True)
class Site:
    """The address of a stock location: who hands parcels over there, and whether buyers may collect at it.

    `hold_days` is how long goods wait for their buyer, 0 where nothing is collected; a code may be tried `tries`
    times. The address is the brand's own, no person's.
    """

    place: str
    contact: str
    tel: str
    province: str
    city: str
    district: str
    street: str
    hours: str = ""
    hold_days: int = 0
    tries: int = 5
    after: AfterDeadline = AfterDeadline.REFUND

    def takes_pick_up(self) -> bool:
        """Buyers may collect here."""
        return self.hold_days > 0

    def address(self) -> str:
        """Where it is, in one line."""
        parts = (self.province, "" if self.city == self.province else self.city, self.district, self.street)
        return "".join(parts)

    def check(self) -> None:
        """Raises `BadSite` naming the field that cannot be."""
        for name in ("place", "contact", "tel", "province", "city", "district", "street"):
            if not 1 <= len(getattr(self, name).strip()) <= _LONGEST:
                raise BadSite(name)
        if not 0 <= self.hold_days <= _LONGEST_WAIT_DAYS:
            raise BadSite("hold_days")
        if not 1 <= self.tries <= _MOST_TRIES:
            raise BadSite("tries")

    def last_day(self, ready_at: Instant) -> Instant:
        """Until when goods that stand ready since `ready_at` are kept: the end of the last day."""
        return ready_at.plus(timedelta(days=self.hold_days)).day().plus(1).at(0)


@dataclass(frozen=True, slots=True)
class ShippingTerms:
    """The brand's choice: the account parcels go by (None: the brand's own numbers), and when an order is split.

    What is ready leaves first when the rest is promised `split_after_days` later or more; 0: orders leave whole.
    """

    account: str | None = None
    split_after_days: int = 0

    def splits(self, *, today: Day, last_day: Day) -> bool:
        """Whether what is ready `today` leaves before the rest, promised for `last_day`."""
        return self.split_after_days > 0 and last_day.since(today) >= self.split_after_days


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an order goes, as its buyer chose: `address` is an id in `people`, `place` the shop of a pick-up."""

    order: OrderId
    way: Way
    address: str = ""
    place: str = ""

    def is_pick_up(self) -> bool:
        """The buyer collects it."""
        return self.way is Way.PICK_UP

    def is_at(self, places: Iterable[str]) -> bool:
        """Whatever stands at these places is where it is collected already."""
        return set(places) == {self.place}
