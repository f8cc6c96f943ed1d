"""First expired, first out: which lots of one shelf give the units."""

from collections.abc import Iterable
from typing import TypeVar

from roulian.stock.model import Batch, Pick
from roulian.words.time import Day

Holder = TypeVar("Holder")


def use_order(batch: Batch) -> tuple[bool, int, str]:
    """Sorts batches as they are used: earliest expiry first, goods that keep last, then by lot."""
    return (batch.expires_day is None, batch.expires_day.number if batch.expires_day else 0, batch.lot or "")


def picks(batches: Iterable[Batch], qty: int, *, good_on: Day | None) -> tuple[Pick, ...]:
    """Units taken in FEFO order from batches still good on `good_on` (None: any); fewer than `qty` if fewer are there."""
    taken = []
    for batch in sorted(batches, key=use_order):
        units = min(qty, batch.free) if good_on is None or batch.is_good_on(good_on) else 0
        if units > 0:
            taken.append(Pick(batch.lot, units))
            qty -= units
    return tuple(taken)


def less(before: Iterable[Batch], taken: Iterable[Pick]) -> tuple[Batch, ...]:
    """The batches after `taken` of one shelf is gone."""
    gone = {pick.lot: pick.qty for pick in taken}
    left = (
        Batch(batch.sku, batch.location, batch.lot, batch.free - gone.get(batch.lot, 0), batch.expires_day)
        for batch in before
    )
    return tuple(batch for batch in left if batch.free > 0)


def dealt(taken: Iterable[Pick], shares: Iterable[tuple[Holder, int]]) -> tuple[tuple[Holder, Pick], ...]:
    """The picks handed out in order to holders of so many units each; picks and shares sum to the same."""
    left = [(pick.lot, pick.qty) for pick in taken]
    given: list[tuple[Holder, Pick]] = []
    for holder, wanted in shares:
        rest = wanted
        while rest and left:
            lot, there = left.pop(0)
            units = min(rest, there)
            given.append((holder, Pick(lot, units)))
            rest -= units
            if there > units:
                left.insert(0, (lot, there - units))
    return tuple(given)
