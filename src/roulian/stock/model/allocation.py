"""Which place gives what to an order: what is asked, how to choose, and the answer, which may be a part."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from roulian.stock.model.lots import LotId
from roulian.stock.model.shelves import LocationId, Need, Want, by_line, summed
from roulian.words.ids import SkuId


class AllocationRule(StrEnum):
    """How to choose among places. Within a place the lot that expires first is always taken first."""

    NEAREST = "nearest"
    OLDEST_LOT = "oldest_lot"
    ONE_PLACE = "one_place"
    FEWEST_PARCELS = "fewest_parcels"


@dataclass(frozen=True, slots=True)
class Ask:
    """`qty` units of `sku` for order line `line`; a bundle names its `parts`, the units in one bundle.

    Each single bundle is packed whole at one place; several may come from several places.
    """

    sku: SkuId
    qty: int
    parts: tuple[Want, ...] = ()
    line: str = ""

    def kit(self) -> tuple[Want, ...]:
        """What one unit asked takes off the shelf, one entry per SKU."""
        return summed(self.parts) if self.parts else (Want(self.sku, 1),)


@dataclass(frozen=True, slots=True)
class Place:
    """A place that may give; `distance_km` to the buyer, None where unknown: asked after all that are known."""

    location: LocationId
    distance_km: int | None = None
    priority: int = 0

    def rank(self) -> tuple[bool, int, int, str]:
        """Nearer, then preferred, then by name: a total order."""
        return (self.distance_km is None, self.distance_km or 0, self.priority, self.location)


@dataclass(frozen=True, slots=True)
class Portion:
    """Units that one shelf gives from one lot (None: of no lot) for one line."""

    line: str
    sku: SkuId
    location: LocationId
    lot: LotId | None
    qty: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """What can be given and what cannot: `missing` is in units of what was asked, bundles whole."""

    portions: tuple[Portion, ...]
    missing: tuple[Want, ...]

    @property
    def is_whole(self) -> bool:
        """Everything asked for is there."""
        return not self.missing

    def locations(self) -> frozenset[LocationId]:
        """The places that give: each packs a parcel."""
        return frozenset(portion.location for portion in self.portions)


def exploded(asks: tuple[Ask, ...]) -> tuple[Want, ...]:
    """Units of each SKU that all asks take off the shelf together, bundles opened, in key order."""
    return summed(Want(part.sku, part.qty * ask.qty) for ask in asks for part in ask.kit())


def with_kits(needs: Iterable[Need], kits: Iterable[Ask]) -> tuple[Ask, ...]:
    """The needs as asks: as many whole kits as they hold, then what is left of each SKU and line, in key order."""
    left = {(want.sku, want.line): want.qty for want in by_line(needs)}
    asks = []
    for kit in kits:
        whole = min([kit.qty, *(left.get((part.sku, kit.line), 0) // part.qty for part in kit.kit())])
        for part in kit.kit() if whole else ():
            left[part.sku, kit.line] -= whole * part.qty
        if whole:
            asks.append(replace(kit, qty=whole))
    return (*asks, *(Ask(sku, left[sku, line], line=line) for sku, line in sorted(left) if left[sku, line]))
