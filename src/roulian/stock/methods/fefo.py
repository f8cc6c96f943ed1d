"""First expired, first out: which lots of one shelf give the units."""

from collections.abc import Iterable

from roulian.stock.model import Batch, Level, LotLevel, Pick
from roulian.words.time import Day


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


def batches(level: Level, lots: Iterable[LotLevel]) -> tuple[Batch, ...]:
    """The free units of a shelf by lot; what is in no lot is one batch more."""
    by_lot = tuple(Batch(lot.sku, lot.location, lot.lot, lot.free, lot.expires_day) for lot in lots if lot.free > 0)
    loose = level.free - sum(batch.free for batch in by_lot)
    if loose > 0:
        return (*by_lot, Batch(level.sku, level.location, None, loose))
    return by_lot


def less(before: Iterable[Batch], taken: Iterable[Pick]) -> tuple[Batch, ...]:
    """The batches after `taken` of one shelf is gone."""
    gone = {pick.lot: pick.qty for pick in taken}
    left = (
        Batch(batch.sku, batch.location, batch.lot, batch.free - gone.get(batch.lot, 0), batch.expires_day)
        for batch in before
    )
    return tuple(batch for batch in left if batch.free > 0)
