"""Where the kept counters and the ledger disagree: shown until they agree again, never silently mended."""

from collections.abc import Iterable
from dataclasses import dataclass

from roulian.stock.model.lots import LotCounted, LotId
from roulian.stock.model.shelves import Counted, LocationId
from roulian.words.ids import SkuId
from roulian.words.time import Instant


@dataclass(frozen=True, slots=True)
class Difference:
    """One shelf, or one lot on it, whose counters (`kept`) are not what moves and claims add up to (`told`)."""

    sku: SkuId
    location: LocationId
    lot: LotId | None
    kept: str
    told: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference that a self-audit found and that still stands; counters as `on hand/reserved/waiting`."""

    id: str
    sku: SkuId
    location: LocationId
    lot: LotId | None
    kept: str
    told: str
    found_at: Instant


def differences(kept: Iterable[Counted | LotCounted], told: Iterable[Counted | LotCounted]) -> tuple[Difference, ...]:
    """Every shelf and lot whose counters differ, a missing one counted as nothing, in key order."""
    ours = {_key(one): _shown(one) for one in kept}
    theirs = {_key(one): _shown(one) for one in told}
    nothing = {True: "0/0/0", False: "0/0"}
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        sku, location, lot = key
        empty = nothing[lot == ""]
        here, there = ours.get(key, empty), theirs.get(key, empty)
        if here != there:
            found.append(Difference(SkuId(sku), LocationId(location), LotId(lot) if lot else None, here, there))
    return tuple(found)


def _key(one: Counted | LotCounted) -> tuple[str, str, str]:
    return (one.sku, one.location, one.lot if isinstance(one, LotCounted) else "")


def _shown(one: Counted | LotCounted) -> str:
    if isinstance(one, LotCounted):
        return f"{one.on_hand}/{one.reserved}"
    return f"{one.on_hand}/{one.reserved}/{one.waiting}"
