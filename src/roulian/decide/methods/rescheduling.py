"""Which work has to wait for a late material, and until when. Neighbour: `repromising`, what that does to buyers."""

from collections.abc import Iterable, Mapping, Sequence

from roulian.decide.model.seen import Inbound, MaterialUse, Shelf
from roulian.words.ids import WorkOrderId
from roulian.words.time import Day


def late_starts(
    uses: Iterable[MaterialUse], *, shelf: Shelf | None, inbound: Sequence[Inbound]
) -> Mapping[WorkOrderId, Day]:
    """The work orders whose material is not there when they start, each with the day it is.

    Units on the shelf and then those on the way, earliest first, are given to work that has begun and then in the
    order of the starts: a material leaves the shelf only when its work is done, so what has begun still counts. Work
    that nothing on the way covers is left out: no day is known. Law: later inbound never gives an earlier day.
    """
    there = 0 if shelf is None else shelf.on_hand - shelf.reserved
    coming = sorted(inbound, key=lambda one: one.day)
    late, wanted = dict[WorkOrderId, Day](), 0
    for use in sorted(uses, key=lambda one: (not one.has_begun, one.start_day, one.id)):
        wanted += use.units
        day = _covered(wanted - there, coming)
        if not use.has_begun and day is not None and day > use.start_day:
            late[use.id] = day
    return late


def _covered(short: int, coming: Sequence[Inbound]) -> Day | None:
    """The day on which `short` units more have come in; None if they never do, or nothing is short."""
    for one in coming:
        if short <= 0:
            return None
        short -= one.qty
        if short <= 0:
            return one.day
    return None
