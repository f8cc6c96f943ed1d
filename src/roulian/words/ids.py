"""Ids that sort by time and name their kind: `ord_01J…`, readable in every log."""

from collections.abc import Callable
from typing import NewType

from roulian.words.time import Instant

ArticleId = NewType("ArticleId", str)
CampaignId = NewType("CampaignId", str)
MemberId = NewType("MemberId", str)
NoticeId = NewType("NoticeId", str)
OrderId = NewType("OrderId", str)
PurchaseId = NewType("PurchaseId", str)
ShipmentId = NewType("ShipmentId", str)
SkuId = NewType("SkuId", str)
SupplierId = NewType("SupplierId", str)
WorkOrderId = NewType("WorkOrderId", str)

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_TIME_SHIFTS = (40, 30, 20, 10, 0)
_TAIL_SHIFTS = (70, 60, 50, 40, 30, 20, 10, 0)
_RANDOM_BITS = 80


def _crockford(number: int, shifts: tuple[int, ...]) -> str:
    """`number` in Crockford's base 32, ten bits at each of `shifts`; an id is made for every row, so two letters at once."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in shifts])


class Ids:
    """Fresh ULIDs (https://github.com/ulid/spec), strictly increasing within one source.

    `chance(bits)` supplies randomness: `secrets.randbits` in production, a seeded
    `random.Random(seed).getrandbits` in a simulation, so that a seed reproduces every id.
    Not safe to share between threads: the store's writer is its only caller.
    """

    def __init__(self, chance: Callable[[int], int]) -> None:
        """Draw randomness from `chance`."""
        self._chance = chance
        self._ms, self._head, self._tail = -1, "", 0

    def new(self, kind: str, at: Instant) -> str:
        """A new id of `kind` (three or four letters) stamped with `at`, greater than every id given before."""
        if at.ms > self._ms:
            self._ms, self._head = at.ms, _crockford(at.ms, _TIME_SHIFTS)
            self._tail = self._chance(_RANDOM_BITS - 1)
        else:
            self._tail += 1
        return f"{kind}_{self._head}{_crockford(self._tail, _TAIL_SHIFTS)}"
