"""A coupon's terms, the vouchers members hold of it, and why one does not fit a cart."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.offers.model.refusals import BadCoupon, UnknownScope
from roulian.words.ids import CampaignId, MemberId, OrderId, SkuId
from roulian.words.time import Instant
from roulian.words.units import Fen

CouponId = NewType("CouponId", str)
VoucherId = NewType("VoucherId", str)

WHOLE_BP = 10_000
"""Basis points of a whole."""
MOST_FEN = 100_000_000
MOST_VOUCHERS = 100_000_000
MOST_NAME_LETTERS = 40


@dataclass(frozen=True, slots=True)
class AmountOff:
    """So many fen off."""

    off_fen: int

    def of(self, eligible_fen: int) -> int:
        """What comes off so much: never more than there is."""
        return min(self.off_fen, eligible_fen)

    def fault(self) -> str | None:
        """The field that cannot be, None where all can."""
        return None if 1 <= self.off_fen <= MOST_FEN else "off_fen"


@dataclass(frozen=True, slots=True)
class PercentOff:
    """So many basis points off, at most `cap_fen` fen; None is no cap."""

    off_bp: int
    cap_fen: int | None = None

    def of(self, eligible_fen: int) -> int:
        """What comes off so much, in whole fen rounded down."""
        off = eligible_fen * self.off_bp // WHOLE_BP
        return off if self.cap_fen is None else min(off, self.cap_fen)

    def fault(self) -> str | None:
        """The field that cannot be, None where all can."""
        if not 1 <= self.off_bp < WHOLE_BP:
            return "off_bp"
        return None if self.cap_fen is None or 1 <= self.cap_fen <= MOST_FEN else "cap_fen"


Discount = AmountOff | PercentOff


class CouponStatus(StrEnum):
    """Whether a coupon is still given. Vouchers given before it stopped stay good: they were promised."""

    OPEN = "open"
    STOPPED = "stopped"


class RefundRule(StrEnum):
    """What becomes of a voucher when all the money of its order goes back."""

    RETURN = "return"
    SPENT = "spent"


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line of a cart at our own price; `category` is the path of its product's category.

    A presale's line that `has_deposit` is paid in two parts and takes no coupon.
    """

    sku: SkuId
    qty: int
    price_fen: int
    category: str = ""
    campaign: CampaignId | None = None
    has_deposit: bool = False

    def total_fen(self) -> int:
        """Price times quantity."""
        return self.price_fen * self.qty


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines a coupon is for: everything if all three are empty, but a presale's line only where it is named.

    A category takes in what lies below it.
    """

    skus: tuple[SkuId, ...] = ()
    categories: tuple[str, ...] = ()
    campaigns: tuple[CampaignId, ...] = ()

    def fits(self, line: CartLine) -> bool:
        """Whether the coupon is for this line."""
        if line.campaign is not None:
            return line.campaign in self.campaigns and not line.has_deposit
        if not (self.skus or self.categories or self.campaigns):
            return True
        return line.sku in self.skus or any(_lies_in(line.category, node) for node in self.categories)

    def check(self, *, skus: Collection[SkuId], categories: Collection[str], campaigns: Collection[CampaignId]) -> None:
        """Raises `UnknownScope` with the first thing named that is not among these."""
        named = ((self.skus, skus), (self.categories, categories), (self.campaigns, campaigns))
        for wanted, known in named:
            for one in wanted:
                if one not in known:
                    raise UnknownScope(one)


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """What a coupon gives, for what, when, and to how many.

    It takes effect where eligible lines come to `least_fen`, from `from_at` until before `until_at`. `total_qty`
    vouchers are given in all, `member_limit` to one member; members take them themselves where it `is_claimable`.
    """

    name_zh: str
    name_en: str
    discount: Discount
    from_at: Instant
    until_at: Instant
    total_qty: int
    least_fen: int = 0
    member_limit: int = 1
    scope: Scope = Scope()
    is_claimable: bool = True
    on_refund: RefundRule = RefundRule.RETURN

    def check(self, now: Instant) -> None:
        """Raises `BadCoupon` with the field that cannot be."""
        fault = self.discount.fault()
        if fault is not None:
            raise BadCoupon(fault)
        within = {
            "name_zh": 1 <= len(self.name_zh.strip()) <= MOST_NAME_LETTERS,
            "name_en": 1 <= len(self.name_en.strip()) <= MOST_NAME_LETTERS,
            "until_at": self.until_at > max(self.from_at, now),
            "total_qty": 1 <= self.total_qty <= MOST_VOUCHERS,
            "member_limit": 1 <= self.member_limit <= self.total_qty,
            "least_fen": 0 <= self.least_fen <= MOST_FEN,
        }
        for field, is_good in within.items():
            if not is_good:
                raise BadCoupon(field)


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon on offer; `given_qty` vouchers of it are with members."""

    id: CouponId
    terms: CouponTerms
    status: CouponStatus
    given_qty: int
    made_at: Instant

    def left(self) -> int:
        """Vouchers of it that can still be given."""
        return self.terms.total_qty - self.given_qty

    def is_valid(self, now: Instant) -> bool:
        """Whether a voucher of it can be used now."""
        return self.terms.from_at <= now < self.terms.until_at


@dataclass(frozen=True, slots=True)
class Voucher:
    """A member's own copy of a coupon, used by one order at most: `order`, None while it can be used."""

    id: VoucherId
    coupon: CouponId
    member: MemberId
    order: OrderId | None
    given_at: Instant


@dataclass(frozen=True, slots=True)
class CouponCount:
    """How a coupon does: vouchers used by orders that stand, and what they took off."""

    used_qty: int
    off_fen: int


class Unfit(StrEnum):
    """Why a voucher does not fit a cart."""

    NOT_YET = "not_yet"
    OVER = "over"
    USED = "used"
    OTHER_GOODS = "other_goods"
    BELOW_LEAST = "below_least"
    NOTHING_OFF = "nothing_off"


_UNFIT_ZH = {
    Unfit.NOT_YET: "还未到可用时间",
    Unfit.OVER: "已过期",
    Unfit.USED: "已用于其他订单",
    Unfit.OTHER_GOODS: "购物车里没有适用的商品",
    Unfit.BELOW_LEAST: "适用商品还差 ¥{short} 才能使用",
    Unfit.NOTHING_OFF: "金额太小,优惠不足 1 分",
}
_UNFIT_EN = {
    Unfit.NOT_YET: "it is not valid yet",
    Unfit.OVER: "it has expired",
    Unfit.USED: "it is used by another order",
    Unfit.OTHER_GOODS: "it is for nothing in the cart",
    Unfit.BELOW_LEAST: "¥{short} more of what it is for is needed",
    Unfit.NOTHING_OFF: "the cart is so small that nothing would come off",
}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a voucher does not fit a cart; `short_fen` is what its minimum lacks."""

    why: Unfit
    short_fen: int = 0

    def text(self, lang: str = "zh") -> str:
        """The reason in words."""
        words = _UNFIT_EN if lang.startswith("en") else _UNFIT_ZH
        return words[self.why].format(short=Fen(self.short_fen).yuan())


def _lies_in(category: str, node: str) -> bool:
    return category == node or category.startswith(f"{node}/")
