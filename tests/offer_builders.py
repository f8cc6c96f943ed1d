"""Coupons, carts and group-buys for tests: each builder tells only what matters to the test."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from builders import BOWL, CUP, PRICE_FEN
from roulian import offers
from roulian.store import Store, Tx
from roulian.words import CampaignId, Instant, MemberId, OrderId, SkuId

MONDAY = Instant.parse("2026-03-02T08:00:00+08:00")
SUNDAY = Instant.parse("2026-03-08T08:00:00+08:00")


def some_terms(**differs: Any) -> offers.CouponTerms:
    """¥5 off from ¥10 on, this week, a hundred in all and one a member, unless told otherwise."""
    usual: dict[str, Any] = {
        "name_zh": "满减券",
        "name_en": "Five off",
        "discount": offers.AmountOff(500),
        "from_at": MONDAY,
        "until_at": SUNDAY,
        "total_qty": 100,
        "least_fen": 1_000,
    }
    return offers.CouponTerms(**{**usual, **differs})


def a_coupon(store: Store, **differs: Any) -> offers.Coupon:
    """`some_terms` on offer."""
    return store.call(lambda tx: offers.open_coupon(tx, some_terms(**differs)), cause="test")


def cart_line(
    sku: SkuId = CUP,
    qty: int = 1,
    *,
    price_fen: int = PRICE_FEN,
    category: str = "家居/餐具",
    campaign: CampaignId | None = None,
) -> offers.CartLine:
    """One cup, unless told otherwise."""
    return offers.CartLine(sku, qty, price_fen, category, campaign)


def a_groupbuy(store: Store, *, size: int = 3, **differs: Any) -> offers.GroupBuy:
    """Cups for three at ¥15 within a day, this week, unless told otherwise."""
    usual: dict[str, Any] = {"sku": CUP, "price_fen": 1_500, "fill_hours": 24, "from_at": MONDAY, "until_at": SUNDAY}
    terms = offers.GroupBuyTerms(**{**usual, "size": size, **differs})
    return store.call(lambda tx: offers.open_groupbuy(tx, terms, sku_price_fen=PRICE_FEN), cause="test")


def seated(store: Store, groupbuy: offers.GroupBuy, order: str, *, group: offers.GroupId | None = None) -> offers.Group:
    """The group in which the order `order` of the member of that name has a seat."""

    def work(tx: Tx) -> offers.Group:
        joined = offers.join(tx, groupbuy, member=MemberId(f"mem_{order}"), wanted=group)
        offers.sit(tx, joined.id, order=OrderId(order), member=MemberId(f"mem_{order}"))
        return joined

    return store.call(work, cause="test")


def paid_in(store: Store, *orders: str) -> list[bool]:
    """The orders' seats are paid, one after the other."""
    return [store.call(lambda tx, it=order: offers.count_paid(tx, OrderId(it)), cause="test") for order in orders]


def later(instant: Instant, **span: float) -> Instant:
    """So much later."""
    return instant.plus(timedelta(**span))


def skus(lines: Sequence[offers.CartLine]) -> tuple[SkuId, ...]:
    """The SKUs of a cart."""
    return tuple(line.sku for line in lines)


BOTH = (cart_line(CUP, 2), cart_line(BOWL, 1, price_fen=999, category="家居/餐具/碗"))
