"""Parting an audience: who is in which column first."""

from collections.abc import Collection, Sequence
from itertools import islice, repeat

from roulian.tell.model import Obstacle, Way
from roulian.words.ids import MemberId

Column = tuple[Way, Collection[MemberId]]


def partition(columns: Sequence[Column], *, members: Collection[MemberId] | None) -> tuple[Sequence[MemberId], bytes]:
    """The audience, and for each member the number of the first column that has them; strangers the number after.

    The audience is `members` in their order, each once; None means everyone in the columns, in no order. One
    dictionary begins with the audience and is written over by each column, the worst first, so that the best word
    stands last and every dictionary keeps its order: one pass over each column, none over the answer. At most 255
    columns.
    """
    best = dict.fromkeys(members or (), len(columns))
    asked = None if members is None else len(best)
    for code in range(len(columns) - 1, -1, -1):
        best.update(zip(columns[code][1], repeat(code)))
    return tuple(islice(best, asked)), bytes(islice(best.values(), asked))


def ways(columns: Sequence[Column]) -> tuple[Way, ...]:
    """What the numbers of `partition` stand for."""
    return (*(way for way, _ in columns), Obstacle.STRANGER)
