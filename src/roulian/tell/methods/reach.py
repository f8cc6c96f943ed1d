"""Parting an audience: who is in which column first."""

from collections.abc import Collection, Sequence

from roulian.tell.model import Obstacle, Way
from roulian.words.ids import MemberId

Column = tuple[Way, Collection[MemberId]]


def partition(columns: Sequence[Column], *, members: Sequence[MemberId] | None) -> tuple[Sequence[MemberId], bytes]:
    """The audience, and for each member the number of the first column that has them; strangers the number after.

    `members` None means everyone in the columns, by id. Filled from the worst column to the best, so that each better
    one overwrites: one pass over each column and one over the audience, whatever the number of columns (at most 255).
    """
    best: dict[MemberId, int] = {}
    for code in range(len(columns) - 1, -1, -1):
        best.update(dict.fromkeys(columns[code][1], code))
    audience = sorted(best) if members is None else members
    rest = len(columns)
    return audience, bytes([best.get(member, rest) for member in audience])


def ways(columns: Sequence[Column]) -> tuple[Way, ...]:
    """What the numbers of `partition` stand for."""
    return (*(way for way, _ in columns), Obstacle.STRANGER)
