"""Facts about parcels: they left, they arrived."""

from dataclasses import dataclass

from roulian.words.event import Event


@dataclass(frozen=True, slots=True)
class Shipped(Event):
    """A parcel with the whole order was handed over to a carrier."""

    shipment: str
    order: str


@dataclass(frozen=True, slots=True)
class Delivered(Event):
    """The buyer signed for the parcel; said once."""

    shipment: str
    order: str
