"""Lots: units of a SKU that came together and go bad together; first expired goes out first (FEFO)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NewType

from roulian.stock.model.shelves import Level, LocationId
from roulian.words.ids import SkuId
from roulian.words.time import Day

LotId = NewType("LotId", str)


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot and the last day its goods are good; None for goods that do not go bad."""

    id: LotId
    expires_day: Day | None = None

    def is_past(self, today: Day) -> bool:
        """Its last day is over."""
        return self.expires_day is not None and self.expires_day < today


@dataclass(frozen=True, slots=True)
class LotLevel:
    """What one shelf holds of one lot: 0 <= reserved <= on_hand, in units."""

    sku: SkuId
    location: LocationId
    lot: LotId
    expires_day: Day | None
    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        """Units of the lot that are not held for an order."""
        return self.on_hand - self.reserved

    def counted(self) -> "LotCounted":
        """The counters alone."""
        return LotCounted(self.sku, self.location, self.lot, self.on_hand, self.reserved)


@dataclass(frozen=True, slots=True)
class LotCounted:
    """A lot's counters on one shelf, kept or summed anew from moves and claims: both must be equal."""

    sku: SkuId
    location: LocationId
    lot: LotId
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Free units on one shelf that are alike: of one lot, or (`lot` None) of none. The input of allocation."""

    sku: SkuId
    location: LocationId
    lot: LotId | None
    free: int
    expires_day: Day | None = None

    def is_good_on(self, day: Day) -> bool:
        """The goods may still be used on `day`."""
        return self.expires_day is None or self.expires_day >= day


@dataclass(frozen=True, slots=True)
class Pick:
    """Units to take from one lot of a shelf, or from what has no lot."""

    lot: LotId | None
    qty: int


def batches_of(level: Level, lots: Iterable[LotLevel]) -> tuple[Batch, ...]:
    """The free units of a shelf by lot; what is in no lot is one batch more."""
    by_lot = tuple(Batch(lot.sku, lot.location, lot.lot, lot.free, lot.expires_day) for lot in lots if lot.free > 0)
    loose = level.free - sum(batch.free for batch in by_lot)
    if loose > 0:
        return (*by_lot, Batch(level.sku, level.location, None, loose))
    return by_lot
