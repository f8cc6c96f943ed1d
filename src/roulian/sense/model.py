"""What was seen: signals of intent, sales, readers of an article; and demand as an array."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from roulian.words.errors import Refusal
from roulian.words.ids import ArticleId, MemberId, SkuId
from roulian.words.time import Day, Instant


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
    """One thing one member did. `id` is given by the sender, so that a repeated batch is harmless."""

    id: str
    member: MemberId
    kind: SignalKind
    sku: SkuId | None
    article: ArticleId | None
    region: str
    at: Instant


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


def days_between(first: Day, last: Day) -> int:
    """How many days `first`..`last` span, both included. Raises `BackwardsDays`."""
    if last < first:
        raise BackwardsDays(first.iso(), last.iso())
    return last.since(first) + 1
