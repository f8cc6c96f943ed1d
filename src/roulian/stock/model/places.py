"""Where stock can be: warehouses and shops that serve buyers, what is on the road, and what must not be sold."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.stock.model.lots import Lot, LotId
from roulian.stock.model.refusals import BadLocation, BadQuantity, LotPastDay, MoreThanSent
from roulian.stock.model.shelves import MAIN, LocationId
from roulian.words.ids import SkuId
from roulian.words.time import Day, Instant

TransferId = NewType("TransferId", str)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
TRANSIT = LocationId("transit")
"""Where goods are between leaving one place and arriving at another."""
QUARANTINE = LocationId("quarantine")
"""Where goods stand that must not be sold: expired, damaged, or not inspected yet."""

SHORT = "transfer short"
"""Why units leave the road without arriving, where nobody says more."""


class LocationKind(StrEnum):
    """What a place is for; only warehouses and shops serve buyers."""

    WAREHOUSE = "warehouse"
    SHOP = "shop"
    TRANSIT = "transit"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Location:
    """A place with shelves. `region` is a GB/T 2260 code (`CN-31`), empty where unknown.

    Of places equally near the one with the smaller `priority` is asked first. A place that does not sell online is
    never allocated to an order from afar.
    """

    id: LocationId
    kind: LocationKind
    name_zh: str
    name_en: str
    region: str = ""
    priority: int = 0
    sells_online: bool = True

    def check(self) -> None:
        """Raises `BadLocation` unless its id and names are fit to be shown, and a built-in place keeps its kind."""
        built_in = {place.id: place.kind for place in BUILT_IN}
        is_same = built_in.get(self.id, self.kind) is self.kind
        if not (_ID.fullmatch(self.id) and self.name_zh.strip() and self.name_en.strip() and is_same):
            raise BadLocation(self.id)

    def check_fit(self, sku: SkuId, lot: Lot, *, today: Day) -> None:
        """Raises `LotPastDay` where the lot's last day is over and the place is no quarantine."""
        if lot.expires_day and lot.is_past(today) and self.kind is not LocationKind.QUARANTINE:
            raise LotPastDay(sku, lot.id, lot.expires_day.iso())

    @property
    def serves_buyers(self) -> bool:
        """Goods here may be sold to buyers who are not standing in the room."""
        return self.sells_online and self.kind in (LocationKind.WAREHOUSE, LocationKind.SHOP)


BUILT_IN = (
    Location(MAIN, LocationKind.WAREHOUSE, "主仓", "Main warehouse"),
    Location(QUARANTINE, LocationKind.QUARANTINE, "隔离区", "Quarantine", sells_online=False),
    Location(TRANSIT, LocationKind.TRANSIT, "调拨在途", "In transit", sells_online=False),
)
"""The places every brand has from the first day, until it describes them otherwise."""


def known_places(described: Iterable[Location]) -> tuple[Location, ...]:
    """The places that people described and the built-in ones, by id."""
    known = {place.id: place for place in (*BUILT_IN, *described)}
    return tuple(known[ident] for ident in sorted(known))


def open_places(described: Iterable[Location]) -> tuple[Location, ...]:
    """The places an order from afar may be served from, by id."""
    return tuple(place for place in known_places(described) if place.serves_buyers)


class TransferStatus(StrEnum):
    """SENT until it arrives."""

    SENT = "sent"
    ARRIVED = "arrived"


@dataclass(frozen=True, slots=True)
class Sent:
    """Units of one SKU, and of one lot if it has one, in a transfer."""

    sku: SkuId
    qty: int
    lot: LotId | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Goods on the way from one place to another; `expected_day` is when they should be there."""

    id: TransferId
    origin: LocationId
    destination: LocationId
    status: TransferStatus
    lines: tuple[Sent, ...]
    sent_at: Instant
    expected_day: Day | None
    arrived_at: Instant | None

    def missing(self, came: Iterable[Sent]) -> tuple[Sent, ...]:
        """What was sent and is not among what `came`, by SKU and lot; a line that names no lot is any of its SKU.

        Raises `MoreThanSent`, `BadQuantity` under 0.
        """
        left = {(line.sku, line.lot): line.qty for line in self.lines}
        for one in sorted(came, key=lambda it: it.lot is None):
            if one.qty < 0:
                raise BadQuantity(one.sku, one.qty)
            rest = one.qty
            for key in [key for key in left if key[0] == one.sku and one.lot in (None, key[1])]:
                units = min(rest, left[key])
                left[key] -= units
                rest -= units
            if rest:
                raise MoreThanSent(self.id, one.sku, one.qty, one.qty - rest)
        return tuple(Sent(sku, qty, lot) for (sku, lot), qty in left.items() if qty)

    def without(self, missing: Iterable[Sent]) -> tuple[Sent, ...]:
        """What was sent except what is `missing` of it, by SKU and lot."""
        gone = {(line.sku, line.lot): line.qty for line in missing}
        rest = (Sent(line.sku, line.qty - gone.get((line.sku, line.lot), 0), line.lot) for line in self.lines)
        return tuple(line for line in rest if line.qty)


@dataclass(frozen=True, slots=True)
class Found:
    """What a person counted: `qty` units, of `lot`, or of no lot."""

    sku: SkuId
    qty: int
    lot: LotId | None = None


@dataclass(frozen=True, slots=True)
class CountLine:
    """A line of a count sheet: what the books said (`booked`) and what was there (`found`), in units."""

    sheet: str
    sku: SkuId
    location: LocationId
    lot: LotId | None
    booked: int
    found: int
    reason: str
    counted_at: Instant

    @property
    def difference(self) -> int:
        """Units more, or (negative) less, than the books said."""
        return self.found - self.booked
