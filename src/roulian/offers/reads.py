"""Questions about coupons, vouchers, group-buys and groups. Pages are newest first."""

from collections.abc import Collection, Mapping

from roulian.offers.model import (
    Coupon,
    CouponCount,
    CouponId,
    CouponNotFound,
    Group,
    GroupBuy,
    GroupBuyId,
    GroupBuyNotFound,
    GroupCount,
    GroupId,
    GroupNotFound,
    GroupStatus,
    Seat,
    SeatStatus,
    Voucher,
    VoucherId,
)
from roulian.offers.tables import coupons as coupon_rows
from roulian.offers.tables import groups as group_rows
from roulian.store import Tx
from roulian.words.ids import MemberId, OrderId


def coupon(tx: Tx, ident: CouponId) -> Coupon:
    """The coupon. Raises `CouponNotFound`."""
    known = coupon_rows.coupons_of(tx, (ident,)).get(ident)
    if known is None:
        raise CouponNotFound(ident)
    return known


def coupons(tx: Tx, ids: Collection[CouponId]) -> Mapping[CouponId, Coupon]:
    """The coupons of these ids that exist."""
    return coupon_rows.coupons_of(tx, ids)


def coupons_page(tx: Tx, *, before: str | None = None, limit: int = 50) -> tuple[Coupon, ...]:
    """At most `limit` coupons older than the id `before`."""
    return tuple(map(coupon_rows.coupon, tx.rows(coupon_rows.COUPONS_PAGE, before=before, most=limit)))


def claimable_coupons(tx: Tx) -> tuple[Coupon, ...]:
    """The coupons a member may take now, the one that ends first first."""
    found = map(coupon_rows.coupon, tx.rows(coupon_rows.GIVEN_NOW, now=tx.now.ms))
    return tuple(one for one in found if one.terms.is_claimable and one.terms.from_at <= tx.now)


def coupon_counts(tx: Tx, ids: Collection[CouponId]) -> Mapping[CouponId, CouponCount]:
    """How each of these coupons does; every one has its numbers."""
    found = {row[0]: CouponCount(row[1], row[2]) for row in tx.rows(coupon_rows.COUNTS, coupons=list(ids))}
    return {ident: found.get(ident, CouponCount(0, 0)) for ident in ids}


def vouchers(tx: Tx, ids: Collection[VoucherId]) -> Mapping[VoucherId, Voucher]:
    """The vouchers of these ids that exist."""
    return coupon_rows.vouchers_of(tx, ids)


def vouchers_of(tx: Tx, members: Collection[MemberId], *, limit: int = 200) -> tuple[Voucher, ...]:
    """At most `limit` vouchers of these members (one person), newest first."""
    return tuple(map(coupon_rows.voucher, tx.rows(coupon_rows.VOUCHERS_OF_MEMBERS, members=list(members), most=limit)))


def voucher_of_order(tx: Tx, order: OrderId) -> VoucherId | None:
    """The voucher the order was placed with and still has, if any."""
    row = tx.one(coupon_rows.REDEMPTION_OF, of_order=order)
    return None if row is None or row[2] is not None else VoucherId(row[0])


def groupbuy(tx: Tx, ident: GroupBuyId) -> GroupBuy:
    """The group-buy. Raises `GroupBuyNotFound`."""
    known = group_rows.groupbuys_of(tx, (ident,)).get(ident)
    if known is None:
        raise GroupBuyNotFound(ident)
    return known


def groupbuys_open(tx: Tx) -> tuple[GroupBuy, ...]:
    """The group-buys that open groups now, the one that ends first first."""
    return tuple(map(group_rows.groupbuy, tx.rows(group_rows.GROUPBUYS_OPEN, now=tx.now.ms)))


def groupbuys_page(tx: Tx, *, before: str | None = None, limit: int = 50) -> tuple[GroupBuy, ...]:
    """At most `limit` group-buys older than the id `before`."""
    return tuple(map(group_rows.groupbuy, tx.rows(group_rows.GROUPBUYS_PAGE, before=before, most=limit)))


def groupbuy_counts(tx: Tx, ids: Collection[GroupBuyId]) -> Mapping[GroupBuyId, GroupCount]:
    """How each of these group-buys does; every one has its numbers."""
    rows = tx.rows(group_rows.COUNTS, groupbuys=list(ids))
    by_status = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    return {ident: _count(by_status, ident) for ident in ids}


def _count(found: Mapping[tuple[str, str], tuple[int, int]], ident: GroupBuyId) -> GroupCount:
    filling, complete, failed = (found.get((ident, status.value), (0, 0)) for status in GroupStatus)
    return GroupCount(filling[0], complete[0], failed[0], filling[1] + complete[1] + failed[1])


def group(tx: Tx, ident: GroupId) -> Group:
    """The group. Raises `GroupNotFound`."""
    known = group_rows.groups_of(tx, (ident,)).get(ident)
    if known is None:
        raise GroupNotFound(ident)
    return known


def joinable_groups(tx: Tx, groupbuys: Collection[GroupBuyId], *, limit: int = 20) -> tuple[Group, ...]:
    """At most `limit` groups of these group-buys with a free seat, the one that closes first first."""
    rows = tx.rows(group_rows.JOINABLE, groupbuys=list(groupbuys), now=tx.now.ms, most=limit)
    return tuple(map(group_rows.group, rows))


def seats(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, Seat]:
    """The seat of each of these orders that has or had one."""
    return group_rows.seats_of(tx, orders)


def orders_paid(tx: Tx, ident: GroupId) -> tuple[OrderId, ...]:
    """The orders that are paid into the group, oldest first."""
    found = map(group_rows.seat, tx.rows(group_rows.SEATS_OF_GROUP, of_group=ident))
    return tuple(seat.order for seat in found if seat.status is SeatStatus.PAID)


def waits_for_group(tx: Tx, order: OrderId) -> bool:
    """Whether the order's goods must not leave yet, because its group is not complete."""
    seat = group_rows.seats_of(tx, (order,)).get(order)
    return seat is not None and group(tx, seat.group).status is not GroupStatus.COMPLETE
