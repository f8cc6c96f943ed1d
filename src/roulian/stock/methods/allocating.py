"""Which shelf of which place gives what: by nearness, by age, from one place, or in the fewest parcels.

A part is an answer, not a failure: `Allocated` says what is given and what is missing. Asks are served in their
order, so the first one is never short because of a later one. Neighbour: `fefo`, the order of lots within a shelf.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from roulian.stock.methods.fefo import use_order
from roulian.stock.model import (
    Allocated,
    AllocationRule,
    Ask,
    BadQuantity,
    Batch,
    LocationId,
    LotId,
    Place,
    Portion,
    Want,
)
from roulian.words.ids import SkuId
from roulian.words.time import Day

MOST_EXACT_PLACES = 10
"""Up to so many useful places the fewest parcels are found by trying every set; beyond, by leaving out one at a time."""

_Shelf = tuple[LocationId, SkuId]
_Taken = dict[tuple[str, SkuId, LocationId, LotId | None], int]
_Choose = Callable[["_Shelves", Ask, Sequence[Place]], Place | None]


def allocate(
    asks: Sequence[Ask],
    batches: Iterable[Batch],
    *,
    places: Iterable[Place],
    rule: AllocationRule,
    good_on: Day,
) -> Allocated:
    """Portions of `batches` at `places` for the asks, all good on `good_on`, and what is missing.

    Laws: no batch gives more than is free; portions of each line's kit are whole multiples at every place; given and
    missing sum to what was asked. Raises `BadQuantity` for an ask or a part under 1.
    """
    for ask in asks:
        if ask.qty < 1:
            raise BadQuantity(ask.sku, ask.qty)
    ranked = sorted(places, key=Place.rank)
    usable = [batch for batch in batches if batch.free > 0 and batch.is_good_on(good_on)]
    match rule:
        case AllocationRule.NEAREST:
            return _given(asks, usable, ranked, _nearest)
        case AllocationRule.OLDEST_LOT:
            return _given(asks, usable, ranked, _oldest)
        case AllocationRule.ONE_PLACE:
            return _from_one(asks, usable, ranked)
        case AllocationRule.FEWEST_PARCELS:
            return _in_fewest(asks, usable, ranked)


def whole_kits(parts: Iterable[Want], free: Mapping[SkuId, int]) -> int:
    """How many whole bundles the free units make: the scarcest part decides. 0 for a bundle of nothing."""
    return min((max(free.get(part.sku, 0), 0) // part.qty for part in parts), default=0)


class _Shelves:
    """What is left on every shelf while it is given away, in FEFO order."""

    def __init__(self, batches: Iterable[Batch]) -> None:
        self._rows: dict[_Shelf, list[Batch]] = {}
        for batch in sorted(batches, key=use_order):
            self._rows.setdefault((batch.location, batch.sku), []).append(batch)
        self._left = {shelf: [batch.free for batch in rows] for shelf, rows in self._rows.items()}

    def kits(self, ask: Ask, location: LocationId) -> int:
        free = {part.sku: sum(self._left.get((location, part.sku), ())) for part in ask.kit()}
        return whole_kits(ask.kit(), free)

    def first(self, sku: SkuId, location: LocationId) -> tuple[Batch, int]:
        """The batch used next, and what is left of it; there is one."""
        shelf = (location, sku)
        return next((batch, left) for batch, left in zip(self._rows[shelf], self._left[shelf], strict=True) if left)

    def take(self, ask: Ask, location: LocationId, kits: int, taken: _Taken) -> None:
        for part in ask.kit():
            shelf, wanted = (location, part.sku), part.qty * kits
            for place, batch in enumerate(self._rows[shelf]):
                units = min(wanted, self._left[shelf][place])
                if units:
                    self._left[shelf][place] -= units
                    wanted -= units
                    key = (ask.line, part.sku, location, batch.lot)
                    taken[key] = taken.get(key, 0) + units


def _given(asks: Sequence[Ask], batches: Iterable[Batch], ranked: Sequence[Place], choose: _Choose) -> Allocated:
    shelves, taken, missing = _Shelves(batches), _Taken(), []
    for ask in asks:
        left = ask.qty
        while left and (place := choose(shelves, ask, ranked)):
            kits = min(left, shelves.kits(ask, place.location), _at_once(shelves, ask, place, choose))
            shelves.take(ask, place.location, kits, taken)
            left -= kits
        if left:
            missing.append(Want(ask.sku, left, ask.line))
    return Allocated(tuple(Portion(*key, qty) for key, qty in taken.items()), tuple(missing))


def _nearest(shelves: _Shelves, ask: Ask, ranked: Sequence[Place]) -> Place | None:
    return next((place for place in ranked if shelves.kits(ask, place.location)), None)


def _oldest(shelves: _Shelves, ask: Ask, ranked: Sequence[Place]) -> Place | None:
    able = [place for place in ranked if shelves.kits(ask, place.location)]
    return min(able, key=lambda place: _age(shelves, ask, place), default=None)


def _age(shelves: _Shelves, ask: Ask, place: Place) -> tuple[bool, int]:
    """The earliest expiry among the parts; lots equally old are taken from the nearer place."""
    return min(use_order(shelves.first(part.sku, place.location)[0])[:2] for part in ask.kit())


def _at_once(shelves: _Shelves, ask: Ask, place: Place, choose: _Choose) -> int:
    """How many kits may be taken before the choice of a place must be made anew: by age, when a lot is used up."""
    if choose is not _oldest:
        return ask.qty
    return max(1, min(shelves.first(part.sku, place.location)[1] // part.qty for part in ask.kit()))


def _from_one(asks: Sequence[Ask], batches: Sequence[Batch], ranked: Sequence[Place]) -> Allocated:
    """Everything from the nearest place that has everything; from nowhere if none has."""
    for place in ranked:
        found = _given(asks, batches, [place], _nearest)
        if found.is_whole:
            return found
    return Allocated((), tuple(Want(ask.sku, ask.qty, ask.line) for ask in asks))


def _in_fewest(asks: Sequence[Ask], batches: Sequence[Batch], ranked: Sequence[Place]) -> Allocated:
    """As much as all places together give by nearness, out of as few of them as can; of equal sets the nearest."""
    every = _given(asks, batches, ranked, _nearest)
    wanted = {part.sku for ask in asks for part in ask.kit()}
    stocked = {batch.location for batch in batches if batch.sku in wanted}
    useful = [place for place in ranked if place.location in stocked]
    if len(useful) > MOST_EXACT_PLACES:
        return _leaving_out(asks, batches, useful)
    for size in range(1, len(every.locations())):
        for few in combinations(useful, size):
            found = _given(asks, batches, few, _nearest)
            if _short(found) <= _short(every):
                return found
    return every


def _leaving_out(asks: Sequence[Ask], batches: Sequence[Batch], useful: Sequence[Place]) -> Allocated:
    kept, best = list(useful), _given(asks, batches, useful, _nearest)
    for place in reversed(useful):
        fewer = [other for other in kept if other is not place]
        found = _given(asks, batches, fewer, _nearest)
        if _short(found) <= _short(best):
            kept, best = fewer, found
    return best


def _short(found: Allocated) -> int:
    return sum(want.qty for want in found.missing)
