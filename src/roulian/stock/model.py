"""A level is what one shelf holds of one SKU; a claim is what one order wants of it. Quantities are units of the SKU.

on_hand   units on the shelf
reserved  of these, held for orders:          0 <= reserved <= on_hand
waiting   units wanted by claims and not held yet
free      on_hand - reserved: what a new order may take now
net       free - waiting: what no order has asked for; below 0 it must still be bought or made
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NewType, Protocol

from roulian.words.errors import Refusal
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

LocationId = NewType("LocationId", str)
ClaimId = NewType("ClaimId", str)
MAIN = LocationId("main")
"""The warehouse a brand begins with; every verb and question means it unless told another."""


class MoveKind(StrEnum):
    """Why on-hand stock changed: came in, went out to a buyer, went into production, was counted differently, came back."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    CONSUME = "consume"
    ADJUST = "adjust"
    RETURN = "return"


class ClaimStatus(StrEnum):
    """WAITING until every unit is held, then HELD; DONE when issued, RELEASED when given up."""

    HELD = "held"
    WAITING = "waiting"
    DONE = "done"
    RELEASED = "released"


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
    """The plain `Need`."""

    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class Level:
    """What one shelf holds of one SKU. `safety` is the safety line, 0 where none is drawn.

    `is_below` remembers that the crossing was said.
    """

    sku: SkuId
    location: LocationId
    on_hand: int
    reserved: int
    waiting: int
    safety: int = 0
    is_below: bool = False

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
class Claim:
    """What an order wants of a shelf: `qty` units, `held` of them held already.

    `wanted_day` is the day promised for a claim that waits (None for one held at once);
    `expires_at` is when an unpaid claim lapses, None once it is kept.
    """

    id: ClaimId
    order: OrderId
    sku: SkuId
    location: LocationId
    qty: int
    held: int
    status: ClaimStatus
    wanted_day: Day | None
    expires_at: Instant | None

    @property
    def missing(self) -> int:
        """Units still waited for."""
        return self.qty - self.held


@dataclass(frozen=True, slots=True)
class Move:
    """One change of on-hand stock, never altered: `qty` is positive in, negative out; `source` says what for."""

    id: str
    sku: SkuId
    location: LocationId
    kind: MoveKind
    qty: int
    source: str
    moved_at: Instant


@dataclass(frozen=True, slots=True)
class Fill:
    """Units handed to a claim that waits; `is_full` when it then waits for nothing."""

    claim: Claim
    qty: int

    @property
    def is_full(self) -> bool:
        """The claim is fully held after this."""
        return self.qty == self.claim.missing


@dataclass(eq=False)
class SoldOut(Refusal):
    """Fewer units are free than wanted. Unfrozen, as every refusal: `contextlib` writes its `__traceback__`."""

    sku: SkuId
    wanted: int
    free: int
    code: ClassVar[str] = "sold_out"
    zh: ClassVar[str] = "商品 {sku} 库存不足:需要 {wanted} 件,现有 {free} 件。请减少数量或选择预售。"
    en: ClassVar[str] = "{sku} is short: {wanted} wanted, {free} free. Order fewer, or choose a presale."


@dataclass(eq=False)
class NotHeld(Refusal):
    """Goods leave only when every claim of the order is held."""

    order: OrderId
    code: ClassVar[str] = "not_held"
    zh: ClassVar[str] = "订单 {order} 的货品尚未备齐,不能出库;请等待到货后再发。"
    en: ClassVar[str] = (
        "The goods of order {order} are not all held yet, so they cannot leave. Wait for what is still to come."
    )


@dataclass(eq=False)
class StockHeld(Refusal):
    """Neither a count nor production can take units that are not there or are held for orders."""

    sku: SkuId
    location: LocationId
    free: int
    code: ClassVar[str] = "stock_held"
    zh: ClassVar[str] = "仓位 {location} 的商品 {sku} 只有 {free} 件未被占用,不能扣减更多;请先补货,或释放占用的订单。"
    en: ClassVar[str] = (
        "Only {free} of {sku} at {location} are there and not held for orders, so no more can be taken. Restock, or release orders, first."
    )


@dataclass(eq=False)
class BadQuantity(Refusal):
    """Units are whole and positive; an adjustment is not nothing."""

    sku: SkuId
    qty: int
    code: ClassVar[str] = "bad_quantity"
    zh: ClassVar[str] = "商品 {sku} 的数量 {qty} 不对,请填写正整数(盘点差异可为负,但不能为零)。"
    en: ClassVar[str] = (
        "{qty} is not a quantity of {sku}. Enter a positive whole number (a count difference may be negative, not zero)."
    )


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


def hand_out(free: int, claims: Sequence[Claim]) -> tuple[Fill, ...]:
    """`free` units handed to waiting claims: earliest wanted day first, then the older claim; the last one may be part filled."""
    fills = []
    for claim in sorted(claims, key=lambda it: (it.wanted_day is None, it.wanted_day or Day(0), it.id)):
        qty = min(free, claim.missing)
        if qty == 0:
            break
        fills.append(Fill(claim, qty))
        free -= qty
    return tuple(fills)
