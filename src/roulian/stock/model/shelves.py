"""A level is what one shelf holds of one SKU; a claim is what one order wants of it. Quantities are units of the SKU.

on_hand   units on the shelf
reserved  of these, held for orders:          0 <= reserved <= on_hand
waiting   units wanted by claims and not held yet
free      on_hand - reserved: what a new order may take now
net       free - waiting: what no order has asked for; below 0 it must still be bought or made
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from roulian.stock.model.refusals import BadQuantity
from roulian.words.ids import SkuId
from roulian.words.time import Instant

LocationId = NewType("LocationId", str)
MAIN = LocationId("main")
"""The warehouse a brand begins with; every verb and question means it unless told another."""


class MoveKind(StrEnum):
    """Why on-hand stock changed: came in, went out to a buyer, went into production, was counted differently, came back.

    The last four only carry units between places: the moves of each of them sum to nothing.
    """

    RECEIPT = "receipt"
    ISSUE = "issue"
    CONSUME = "consume"
    ADJUST = "adjust"
    RETURN = "return"
    SEND = "send"
    ARRIVE = "arrive"
    QUARANTINE = "quarantine"
    CLEAR = "clear"


class Need(Protocol):
    """Anything that says how many of which SKU: a cart line, an order line, a promise."""

    @property
    def sku(self) -> SkuId:
        """The SKU."""
        ...

    @property
    def qty(self) -> int:
        """Units, at least 1."""
        ...


@dataclass(frozen=True, slots=True)
class Want:
    """The plain `Need`; `line` tells the order lines of one SKU apart where that matters."""

    sku: SkuId
    qty: int
    line: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """What one shelf holds of one SKU. `safety` is the safety line, 0 where none is drawn.

    `is_below` remembers that the crossing was said; `has_lots` that some of its units came in lots.
    """

    sku: SkuId
    location: LocationId
    on_hand: int
    reserved: int
    waiting: int
    safety: int = 0
    is_below: bool = False
    has_lots: bool = False

    @property
    def free(self) -> int:
        """Units a new order may take now."""
        return self.on_hand - self.reserved

    @property
    def net(self) -> int:
        """Units no order has asked for; negative when more is waited for than is free."""
        return self.free - self.waiting

    def counted(self) -> "Counted":
        """The counters alone."""
        return Counted(self.sku, self.location, self.on_hand, self.reserved, self.waiting)

    def is_under_line(self) -> bool:
        """There is a safety line and `net` is under it."""
        return self.safety > 0 and self.net < self.safety


@dataclass(frozen=True, slots=True)
class Counted:
    """A shelf's counters, taken from its level or summed anew from moves and claims: both must be equal."""

    sku: SkuId
    location: LocationId
    on_hand: int
    reserved: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Move:
    """One change of on-hand stock, never altered: `qty` is positive in, negative out; `source` says what for.

    `lot` is empty for units of no lot; `reason` is what a person wrote.
    """

    id: str
    sku: SkuId
    location: LocationId
    kind: MoveKind
    qty: int
    source: str
    moved_at: Instant
    lot: str = ""
    reason: str = ""


def summed(needs: Iterable[Need]) -> tuple[Want, ...]:
    """The needs with one entry per SKU, in key order: the order in which shelves are touched.

    Raises `BadQuantity` for a need under 1.
    """
    sums: dict[SkuId, int] = {}
    for need in needs:
        if need.qty < 1:
            raise BadQuantity(need.sku, need.qty)
        sums[need.sku] = sums.get(need.sku, 0) + need.qty
    return tuple(Want(sku, sums[sku]) for sku in sorted(sums))


def by_line(needs: Iterable[Need]) -> tuple[Want, ...]:
    """The needs with one entry per SKU and line, in key order; only a `Want` names its line."""
    sums: dict[tuple[SkuId, str], int] = {}
    for need in needs:
        key = (need.sku, need.line if isinstance(need, Want) else "")
        sums[key] = sums.get(key, 0) + need.qty
    return tuple(Want(sku, sums[sku, line], line) for sku, line in sorted(sums))
