"""What was seen: signals of intent, sales, readers of an article; and demand as an array."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from roulian.words.errors import Refusal
from roulian.words.ids import ArticleId, MemberId, SkuId
from roulian.words.time import Day, Instant

_NETWORK_MS = 5_000
_LATEST_MS = 30 * 86_400_000
_HALF = 1 << 63


class SignalKind(StrEnum):
    """What a shopper did, weakest intent last seen first."""

    VIEW = "view"
    FAVOURITE = "favourite"
    CART = "cart"
    SHARE = "share"
    READ = "read"
    SEARCH = "search"
    SCAN = "scan"


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing one member did, as it is kept; `seq` counts what was kept."""

    seq: int
    member: MemberId
    kind: SignalKind
    sku: SkuId | None
    article: ArticleId | None
    region: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Batch:
    """What one member's phone told at once, in columns as long as each other: place n of each is one signal.

    `keys` name the signals for good, so that a repeated batch is harmless; see `keys_of`. `seen_ms` is ms since 1970
    by our clock. What a program did (`is_bot`) is kept and never counted.
    """

    member: MemberId
    region: str
    keys: Sequence[int]
    kinds: Sequence[str]
    skus: Sequence[str | None]
    articles: Sequence[str | None]
    seen_ms: Sequence[int]
    is_bot: bool = False

    def only(self, places: Sequence[int]) -> "Batch":
        """The signals at these places."""
        return replace(
            self,
            keys=[self.keys[place] for place in places],
            kinds=[self.kinds[place] for place in places],
            skus=[self.skus[place] for place in places],
            articles=[self.articles[place] for place in places],
            seen_ms=[self.seen_ms[place] for place in places],
        )


@dataclass(frozen=True, slots=True)
class Sale:
    """Units of one SKU bought in one line. Negative `units` take an earlier sale back.

    `source` names the line for good (`ord_…/1`, `536365/85123A/3`): the same source is counted once.
    `price_fen` is the price of one unit.
    """

    source: str
    sku: SkuId
    region: str
    day: Day
    units: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class ArticleDay:
    """Readers and sharers of an article on one day, as WeChat counts them; `is_final` once they no longer change."""

    article: ArticleId
    ref_day: Day
    readers: int
    sharers: int
    is_final: bool


@dataclass(frozen=True, slots=True)
class SignalDay:
    """How many signals of one kind came in on one day; `sku` is None when counted over all."""

    day: Day
    kind: SignalKind
    n: int
    sku: SkuId | None = None


@dataclass(frozen=True, slots=True)
class RegionDay:
    """Net units of one SKU sold in one region on one day, in how many lines."""

    region: str
    day: Day
    units: int
    lines: int


@dataclass(frozen=True, slots=True, eq=False)
class DemandPanel:
    """Net demand by SKU and day: `units[i, j]` of `skus[i]` on `first.plus(j)`, float64, days without sales are 0."""

    skus: tuple[SkuId, ...]
    first: Day
    units: NDArray[np.float64]

    @property
    def last(self) -> Day:
        """The last day of the panel."""
        return self.first.plus(self.units.shape[1] - 1)

    def until(self, cut: Day) -> "DemandPanel":
        """The panel as it was known on the evening of `cut`: later days are not in it."""
        return DemandPanel(self.skus, self.first, self.units[:, : max(0, cut.since(self.first) + 1)])


@dataclass(eq=False)
class BackwardsDays(Refusal):
    """A stretch of days that ends before it begins."""

    first: str
    last: str
    code: ClassVar[str] = "backwards_days"
    zh: ClassVar[str] = "起始日 {first} 晚于结束日 {last},请调换后重试。"
    en: ClassVar[str] = "The first day {first} is after the last day {last}. Swap them and try again."


def keys_of(member: MemberId, ids: Iterable[str]) -> list[int]:
    """One number for each signal that `member`'s phone calls by one of `ids`; nobody else's names matter.

    16 bits of the member, so that a phone's signals lie together in an index however they are called, and 48 bits of
    member and name: among a billion signals one in about 40 billion is taken for another.
    """
    first = _hashed(member, bits=16) << 48
    return [(first | _hashed(f"{member}/{ident}", bits=48)) - _HALF for ident in ids]


def _hashed(text: str, *, bits: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=bits // 8).digest())


def corrected_ms(at_ms: Iterable[int], *, sent_ms: int | None, received_ms: int) -> list[int]:
    """When it happened by our clock: the phone's `at_ms`, set right by how far its clock was off when it sent.

    `sent_ms` is the phone's clock at sending, None where it was not told. A few seconds are the network's and left
    alone. Nothing lies in the future; what would lie more than 30 days back is a broken clock's and dated now. All
    in ms since 1970.
    """
    off_ms = 0 if sent_ms is None else received_ms - sent_ms
    off_ms = off_ms if abs(off_ms) > _NETWORK_MS else 0
    first, last = received_ms - _LATEST_MS - off_ms, received_ms - off_ms
    return [ms + off_ms if first <= ms <= last else received_ms for ms in at_ms]


def days_between(first: Day, last: Day) -> int:
    """How many days `first`..`last` span, both included. Raises `BackwardsDays`."""
    if last < first:
        raise BackwardsDays(first.iso(), last.iso())
    return last.since(first) + 1
