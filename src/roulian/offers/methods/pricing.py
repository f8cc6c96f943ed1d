"""What a voucher takes off a cart, spread over its lines to the fen, and which of several serves the buyer best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from roulian.offers.model import (
    CartLine,
    Coupon,
    CouponId,
    CouponTerms,
    Obstacle,
    Unfit,
    Voucher,
    VoucherId,
    VoucherNotFound,
    VoucherUnfit,
)
from roulian.words.time import Instant
from roulian.words.units import Fen

LEAST_TO_PAY_FEN = 1
"""WeChat Pay takes nothing less."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A member's voucher beside a cart: what it takes off each line, or the obstacle (then nothing)."""

    voucher: Voucher
    coupon: Coupon
    by_line_fen: tuple[int, ...]
    obstacle: Obstacle | None = None

    def off_fen(self) -> int:
        """What it takes off the whole cart."""
        return sum(self.by_line_fen)

    def check(self) -> None:
        """Raises `VoucherUnfit` with the obstacle, if there is one."""
        if self.obstacle is not None:
            raise VoucherUnfit(self.voucher.id, self.obstacle.text("zh"), self.obstacle.text("en"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart at our own prices, and every voucher of its member beside it, what takes off most first."""

    lines: tuple[CartLine, ...]
    choices: tuple[Choice, ...]

    def total_fen(self) -> int:
        """What the cart costs without a voucher."""
        return sum(line.total_fen() for line in self.lines)

    def best(self) -> Choice | None:
        """The voucher that takes off most, the one that ends first among equals; None where none takes off anything."""
        first = next(iter(self.choices), None)
        return first if first is not None and first.off_fen() > 0 else None

    def of(self, voucher: VoucherId) -> Choice:
        """The choice of this voucher. Raises `VoucherNotFound`."""
        found = next((choice for choice in self.choices if choice.voucher.id == voucher), None)
        if found is None:
            raise VoucherNotFound(voucher)
        return found

    def to_pay_fen(self, choice: Choice | None) -> int:
        """What the cart costs with this choice."""
        return self.total_fen() - (choice.off_fen() if choice is not None else 0)


def discounts(terms: CouponTerms, lines: Sequence[CartLine], *, now: Instant) -> tuple[int, ...] | Obstacle:
    """What the coupon takes off each line, in their order and in proportion to what each costs; or why it does not fit.

    Laws: no line goes below nothing, lines it is not for keep their price, the sum is what the terms say but leaves a
    fen to pay, and nothing is lost by rounding.
    """
    if now < terms.from_at:
        return Obstacle(Unfit.NOT_YET)
    if now >= terms.until_at:
        return Obstacle(Unfit.OVER)
    weights = [line.total_fen() if terms.scope.fits(line) else 0 for line in lines]
    eligible_fen = sum(weights)
    if eligible_fen < 1:
        return Obstacle(Unfit.OTHER_GOODS)
    if eligible_fen < terms.least_fen:
        return Obstacle(Unfit.BELOW_LEAST, terms.least_fen - eligible_fen)
    most_fen = sum(line.total_fen() for line in lines) - LEAST_TO_PAY_FEN
    off_fen = min(terms.discount.of(eligible_fen), most_fen)
    if off_fen < 1:
        return Obstacle(Unfit.NOTHING_OFF)
    return tuple(part.n for part in Fen(off_fen).split(weights))


def quote(
    lines: Sequence[CartLine], vouchers: Iterable[Voucher], coupons: Mapping[CouponId, Coupon], *, now: Instant
) -> Quote:
    """The cart with every voucher beside it: what takes off most first, what fits before what does not."""
    found = [_choice(voucher, coupons[voucher.coupon], lines, now=now) for voucher in vouchers]
    return Quote(tuple(lines), tuple(sorted(found, key=_rank)))


def _choice(voucher: Voucher, coupon: Coupon, lines: Sequence[CartLine], *, now: Instant) -> Choice:
    nothing = (0,) * len(lines)
    if voucher.order is not None:
        return Choice(voucher, coupon, nothing, Obstacle(Unfit.USED))
    found = discounts(coupon.terms, lines, now=now)
    if isinstance(found, Obstacle):
        return Choice(voucher, coupon, nothing, found)
    return Choice(voucher, coupon, found)


def _rank(choice: Choice) -> tuple[int, bool, int, str]:
    ends_ms = choice.coupon.terms.until_at.ms
    return -choice.off_fen(), choice.obstacle is not None, ends_ms, choice.voucher.id
