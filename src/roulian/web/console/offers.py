"""Coupons and group-buys: put on offer, given out, stopped, and how they do."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from roulian import offers, people
from roulian.flows import coupons, groups
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import sku_words
from roulian.web.console.shapes import Before, Limit, Listing, View, Words
from roulian.words import CampaignId, Instant, MemberId, SkuId

MOST = 100_000_000
MOST_MS = 4_102_444_800_000
MOST_NAMED = 1_000

Ms = Annotated[int, Field(ge=0, le=MOST_MS)]
Count = Annotated[int, Field(ge=1, le=MOST)]
Named = Annotated[tuple[str, ...], Field(max_length=MOST_NAMED, strict=False)]


class ScopeView(View):
    """What a coupon is for; all three empty is everything but presales. A category takes in what lies below it."""

    skus: Named = ()
    categories: Named = ()
    campaigns: Named = ()


class NewCoupon(View):
    """A coupon to offer: `off_fen` fen off, or `off_bp` basis points off up to `cap_fen`, from `least_fen` on."""

    name: Words
    off_fen: Count | None = None
    off_bp: Annotated[int, Field(ge=1, lt=10_000)] | None = None
    cap_fen: Count | None = None
    least_fen: Annotated[int, Field(ge=0, le=MOST)] = 0
    scope: ScopeView = ScopeView()
    from_ms: Ms
    until_ms: Ms
    total_qty: Count
    member_limit: Count = 1
    is_claimable: bool = True
    returns_on_refund: bool = True


class CouponView(View):
    """A coupon and how it does: vouchers given, used by orders that stand, and what those took off."""

    id: str
    name: Words
    status: str
    off_fen: int | None
    off_bp: int | None
    cap_fen: int | None
    least_fen: int
    scope: ScopeView
    from_ms: int
    until_ms: int
    total_qty: int
    member_limit: int
    is_claimable: bool
    returns_on_refund: bool
    given_qty: int
    used_qty: int
    discount_fen: int


class Receivers(View):
    """The members who are to have a voucher each."""

    members: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_NAMED, strict=False)]


class Issued(View):
    """Who got a voucher; the others are no members, or had all they may have."""

    members: tuple[str, ...]


class NewGroupBuy(View):
    """A group-buy to offer; `price_fen` is for one unit and lower than the SKU's own."""

    sku: str
    price_fen: Count
    size: Annotated[int, Field(ge=2, le=100)]
    fill_hours: Annotated[int, Field(ge=1, le=72)]
    most_qty: Annotated[int, Field(ge=1, le=1_000)] = 1
    from_ms: Ms
    until_ms: Ms


class GroupBuyView(View):
    """A group-buy and how it does: its groups by where they stand, and the members who paid in them."""

    id: str
    sku: str
    status: str
    price_fen: int
    size: int
    fill_hours: int
    most_qty: int
    from_ms: int
    until_ms: int
    filling: int
    complete: int
    failed: int
    members_paid: int


def offers_router(deps: ConsoleDeps) -> APIRouter:
    """GET and POST /coupons and /groupbuys, and POST /coupons/{coupon}/issue, …/stop and /groupbuys/{groupbuy}/stop."""
    router = APIRouter()

    @router.get("/coupons")
    async def coupon_list(*, before: Before = None, limit: Limit = 50) -> Listing[CouponView]:
        """Coupons, newest first."""
        return await deps.store.ask(lambda tx: _coupons(tx, before=before, limit=limit))

    @router.post("/coupons")
    async def offer(wanted: NewCoupon) -> CouponView:
        """Offer a coupon. Refused (`bad_coupon`, `one_discount_only`, `unknown_scope`) where it cannot be."""

        def work(tx: Tx) -> CouponView:
            return _coupon_views(tx, [coupons.open_coupon(tx, _terms(wanted))])[0]

        return await deps.store.run(work, cause="console.coupon")

    @router.post("/coupons/{coupon}/issue")
    async def issue(coupon: str, to: Receivers) -> Issued:
        """Give each member a voucher; strangers and those who have all they may have are passed over."""
        members = [MemberId(member) for member in to.members]

        def work(tx: Tx) -> Issued:
            given = offers.issue(tx, offers.CouponId(coupon), members=people.members(tx, members).keys())
            return Issued(members=tuple(voucher.member for voucher in given))

        return await deps.store.run(work, cause="console.coupon")

    @router.post("/coupons/{coupon}/stop")
    async def stop(coupon: str) -> CouponView:
        """Give no more vouchers of it; those given stay good."""

        def work(tx: Tx) -> CouponView:
            ident = offers.CouponId(coupon)
            offers.stop_coupon(tx, ident)
            return _coupon_views(tx, [offers.coupon(tx, ident)])[0]

        return await deps.store.run(work, cause="console.coupon")

    _groupbuy_doors(router, deps)
    return router


def _groupbuy_doors(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/groupbuys")
    async def groupbuys(*, before: Before = None, limit: Limit = 50) -> Listing[GroupBuyView]:
        """Group-buys, newest first."""
        return await deps.store.ask(lambda tx: _groupbuys(tx, before=before, limit=limit))

    @router.post("/groupbuys")
    async def offer_group(wanted: NewGroupBuy) -> GroupBuyView:
        """Offer a group-buy. Refused (`bad_group_buy`) where a field cannot be."""
        terms = offers.GroupBuyTerms(
            sku=SkuId(wanted.sku),
            price_fen=wanted.price_fen,
            size=wanted.size,
            fill_hours=wanted.fill_hours,
            from_at=Instant(wanted.from_ms),
            until_at=Instant(wanted.until_ms),
            most_qty=wanted.most_qty,
        )

        def work(tx: Tx) -> GroupBuyView:
            return _groupbuy_views(tx, [groups.open_groupbuy(tx, terms)])[0]

        return await deps.store.run(work, cause="console.groupbuy")

    @router.post("/groupbuys/{groupbuy}/stop")
    async def stop_groups(groupbuy: str) -> GroupBuyView:
        """Open no more groups of it; those that fill go on."""

        def work(tx: Tx) -> GroupBuyView:
            ident = offers.GroupBuyId(groupbuy)
            offers.stop_groupbuy(tx, ident)
            return _groupbuy_views(tx, [offers.groupbuy(tx, ident)])[0]

        return await deps.store.run(work, cause="console.groupbuy")


def _terms(wanted: NewCoupon) -> offers.CouponTerms:
    return offers.CouponTerms(
        name_zh=wanted.name.zh,
        name_en=wanted.name.en,
        discount=_discount(wanted),
        from_at=Instant(wanted.from_ms),
        until_at=Instant(wanted.until_ms),
        total_qty=wanted.total_qty,
        least_fen=wanted.least_fen,
        member_limit=wanted.member_limit,
        scope=offers.Scope(
            skus=tuple(map(SkuId, wanted.scope.skus)),
            categories=wanted.scope.categories,
            campaigns=tuple(map(CampaignId, wanted.scope.campaigns)),
        ),
        is_claimable=wanted.is_claimable,
        on_refund=offers.RefundRule.RETURN if wanted.returns_on_refund else offers.RefundRule.SPENT,
    )


def _discount(wanted: NewCoupon) -> offers.Discount:
    if wanted.off_bp is None and wanted.off_fen is not None:
        return offers.AmountOff(wanted.off_fen)
    if wanted.off_fen is None and wanted.off_bp is not None:
        return offers.PercentOff(wanted.off_bp, wanted.cap_fen)
    raise offers.OneDiscountOnly


def _coupons(tx: Tx, *, before: str | None, limit: int) -> Listing[CouponView]:
    found = offers.coupons_page(tx, before=before, limit=limit + 1)
    shown = found[:limit]
    names = sku_words(tx, (sku for one in shown for sku in one.terms.scope.skus))
    return Listing(rows=_coupon_views(tx, shown), names=names, next=shown[-1].id if len(found) > limit else None)


def _coupon_views(tx: Tx, coupons: Sequence[offers.Coupon]) -> tuple[CouponView, ...]:
    counts = offers.coupon_counts(tx, [one.id for one in coupons])
    return tuple(_coupon(one, counts[one.id]) for one in coupons)


def _coupon(one: offers.Coupon, count: offers.CouponCount) -> CouponView:
    terms = one.terms
    amount = terms.discount if isinstance(terms.discount, offers.AmountOff) else None
    part = terms.discount if isinstance(terms.discount, offers.PercentOff) else None
    return CouponView(
        id=one.id,
        name=Words(zh=terms.name_zh, en=terms.name_en),
        status=one.status,
        off_fen=amount.off_fen if amount else None,
        off_bp=part.off_bp if part else None,
        cap_fen=part.cap_fen if part else None,
        least_fen=terms.least_fen,
        scope=ScopeView(skus=terms.scope.skus, categories=terms.scope.categories, campaigns=terms.scope.campaigns),
        from_ms=terms.from_at.ms,
        until_ms=terms.until_at.ms,
        total_qty=terms.total_qty,
        member_limit=terms.member_limit,
        is_claimable=terms.is_claimable,
        returns_on_refund=terms.on_refund is offers.RefundRule.RETURN,
        given_qty=one.given_qty,
        used_qty=count.used_qty,
        discount_fen=count.off_fen,
    )


def _groupbuys(tx: Tx, *, before: str | None, limit: int) -> Listing[GroupBuyView]:
    found = offers.groupbuys_page(tx, before=before, limit=limit + 1)
    shown = found[:limit]
    return Listing(
        rows=_groupbuy_views(tx, shown),
        names=sku_words(tx, (one.terms.sku for one in shown)),
        next=shown[-1].id if len(found) > limit else None,
    )


def _groupbuy_views(tx: Tx, found: Sequence[offers.GroupBuy]) -> tuple[GroupBuyView, ...]:
    counts = offers.groupbuy_counts(tx, [one.id for one in found])
    return tuple(
        GroupBuyView(
            id=one.id,
            sku=one.terms.sku,
            status=one.status,
            price_fen=one.terms.price_fen,
            size=one.terms.size,
            fill_hours=one.terms.fill_hours,
            most_qty=one.terms.most_qty,
            from_ms=one.terms.from_at.ms,
            until_ms=one.terms.until_at.ms,
            filling=counts[one.id].filling,
            complete=counts[one.id].complete,
            failed=counts[one.id].failed,
            members_paid=counts[one.id].members_paid,
        )
        for one in found
    )
