"""Group-buying (拼团): so many members who pay within so many hours all get the group's price, or everyone gets the money back.

    FILLING ── the last of `size` members paid ──► COMPLETE
       └────── `closes_at`, and fewer paid ──────► FAILED

A seat is taken when its order is placed, so that a group is never overfull; it is free again when the order lapses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NewType

from roulian.offers.model.coupon import CartLine
from roulian.offers.model.refusals import BadGroupBuy, GroupCart
from roulian.words.ids import MemberId, OrderId, SkuId
from roulian.words.time import Instant

GroupBuyId = NewType("GroupBuyId", str)
GroupId = NewType("GroupId", str)

LEAST_SIZE, MOST_SIZE = 2, 100
MOST_HOURS = 72
MOST_QTY = 1_000
MOST_PRICE_FEN = 100_000_000


class GroupBuyStatus(StrEnum):
    """Whether new groups are opened. Groups already filling go on when it stops."""

    OPEN = "open"
    STOPPED = "stopped"


class GroupStatus(StrEnum):
    """Where a group stands; the module's picture shows the ways between."""

    FILLING = "filling"
    COMPLETE = "complete"
    FAILED = "failed"


class SeatStatus(StrEnum):
    """Where a member's place in a group stands: its order waits for money, is paid, or came to nothing."""

    TAKEN = "taken"
    PAID = "paid"
    FREED = "freed"


@dataclass(frozen=True, slots=True)
class GroupBuyTerms:
    """`size` members who pay within `fill_hours` get the SKU at `price_fen` a unit, each up to `most_qty` units.

    Groups are opened from `from_at` until before `until_at`.
    """

    sku: SkuId
    price_fen: int
    size: int
    fill_hours: int
    from_at: Instant
    until_at: Instant
    most_qty: int = 1

    def check(self, now: Instant, *, sku_price_fen: int) -> None:
        """Raises `BadGroupBuy` with the field that cannot be: a group pays less than the SKU costs alone."""
        within = {
            "price_fen": 1 <= self.price_fen < min(sku_price_fen, MOST_PRICE_FEN),
            "size": LEAST_SIZE <= self.size <= MOST_SIZE,
            "fill_hours": 1 <= self.fill_hours <= MOST_HOURS,
            "most_qty": 1 <= self.most_qty <= MOST_QTY,
            "until_at": self.until_at > max(self.from_at, now),
        }
        for field, is_good in within.items():
            if not is_good:
                raise BadGroupBuy(field)


@dataclass(frozen=True, slots=True)
class GroupBuy:
    """A group-buy on offer."""

    id: GroupBuyId
    terms: GroupBuyTerms
    status: GroupBuyStatus
    made_at: Instant

    def opens_groups(self, now: Instant) -> bool:
        """Whether an order may open a group now."""
        return self.status is GroupBuyStatus.OPEN and self.terms.from_at <= now < self.terms.until_at

    def closes_at(self, now: Instant) -> Instant:
        """When a group opened now closes."""
        return now.plus(timedelta(hours=self.terms.fill_hours))

    def discounts(self, lines: Sequence[CartLine]) -> tuple[int, ...]:
        """What the group's price takes off the cart's only line. Raises `GroupCart` for any other cart."""
        terms = self.terms
        fits = [
            line for line in lines if line.sku == terms.sku and line.campaign is None and line.qty <= terms.most_qty
        ]
        if len(lines) != 1 or not fits:
            raise GroupCart(terms.sku, terms.most_qty)
        return (max(0, fits[0].price_fen - terms.price_fen) * fits[0].qty,)


@dataclass(frozen=True, slots=True)
class Group:
    """One group. `taken` seats are held by orders, `paid` of them with their money here; `size` makes it complete."""

    id: GroupId
    groupbuy: GroupBuyId
    size: int
    taken: int
    paid: int
    status: GroupStatus
    opened_at: Instant
    closes_at: Instant

    def free_seats(self) -> int:
        """Seats that can be taken while it fills."""
        return self.size - self.taken if self.status is GroupStatus.FILLING else 0

    def missing(self) -> int:
        """Members who still have to pay before it is complete."""
        return self.size - self.paid if self.status is GroupStatus.FILLING else 0

    def has_failed(self, now: Instant) -> bool:
        """Whether its time is over and no seat waits for its money any more."""
        return self.status is GroupStatus.FILLING and now >= self.closes_at and self.taken == self.paid

    def is_undecided(self) -> bool:
        """It is neither complete nor failed."""
        return self.status is GroupStatus.FILLING

    def failed(self) -> "Group":
        """The group after it failed."""
        return replace(self, status=GroupStatus.FAILED)

    def failed_text(self) -> str:
        """Why it failed, as its members read it."""
        return f"{self.size} 人成团,到时还差 {self.size - self.paid} 人"

    def left_s(self, now: Instant) -> int:
        """Seconds until it closes, 0 once it does not fill any more."""
        if self.status is not GroupStatus.FILLING:
            return 0
        return max(0, self.closes_at.ms - now.ms) // 1000


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place in a group, held by one order."""

    order: OrderId
    group: GroupId
    member: MemberId
    status: SeatStatus


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How a group-buy does: its groups by status, and the members who paid in them."""

    filling: int
    complete: int
    failed: int
    members_paid: int
