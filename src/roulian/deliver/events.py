"""Facts about parcels: they left, they stand ready, they arrived, nobody came. `case` is empty for the order's own."""

from dataclasses import dataclass

from roulian.words.event import Event


@dataclass(frozen=True, slots=True)
class Shipped(Event):
    """A parcel was handed over to a carrier; `case` names the after-sales case it replaces goods for."""

    shipment: str
    order: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class ReadyToCollect(Event):
    """The order's goods stand ready at the shop where the buyer collects them."""

    shipment: str
    order: str


@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """The buyer signed for the parcel, or collected it; said once."""

    shipment: str
    order: str
    case: str = ""


@dataclass(frozen=True, slots=True)
class NotCollected(Event):
    """The time to collect is over: the parcel is opened again, its goods are nobody's."""

    shipment: str
    order: str
