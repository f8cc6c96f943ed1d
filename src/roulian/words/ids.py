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
_RANDOM_BITS = 80


def _crockford(number: int, *, length: int) -> str:
    return "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(length)))


class Ids:
    """Fresh ULIDs (https://github.com/ulid/spec), strictly increasing within one source.

    `chance(bits)` supplies randomness: `secrets.randbits` in production, a seeded
    `random.Random(seed).getrandbits` in a simulation, so that a seed reproduces every id.
    Not safe to share between threads: the store's writer is its only caller.
    """

    def __init__(self, chance: Callable[[int], int]) -> None:
        """Draw randomness from `chance`."""
        self._chance = chance
        self._last = (-1, 0)

    def new(self, kind: str, at: Instant) -> str:
        """A new id of `kind` (three or four letters) stamped with `at`, greater than every id given before."""
        ms, tail = self._last
        if at.ms > ms:
            ms, tail = at.ms, self._chance(_RANDOM_BITS - 1)
        else:
            tail += 1
        self._last = (ms, tail)
        return f"{kind}_{_crockford(ms, length=10)}{_crockford(tail, length=16)}"
