"""Coupons are offered, given and redeemed here; every count is raised by a statement that refuses to exceed it.

A member's own count is raised before the coupon's, which is locked last, so that racing claims never wait in a circle.
"""

from collections.abc import Collection

from roulian.offers.events import VoucherFreed, VoucherUsed
from roulian.offers.model import (
    Coupon,
    CouponGone,
    CouponId,
    CouponLimit,
    CouponNotFound,
    CouponNotGiven,
    CouponStatus,
    CouponTerms,
    RefundRule,
    Voucher,
    VoucherId,
    VoucherNotFound,
    VoucherTaken,
)
from roulian.offers.tables import coupons as tables
from roulian.store import Tx
from roulian.words.ids import MemberId, OrderId


def open_coupon(tx: Tx, terms: CouponTerms) -> Coupon:
    """The coupon, open to be given. Raises `BadCoupon`."""
    terms.check(tx.now)
    coupon = Coupon(CouponId(tx.new_id("cpn")), terms, CouponStatus.OPEN, given_qty=0, made_at=tx.now)
    tx.run(tables.ADD_COUPON, **tables.coupon_values(coupon))
    return coupon


def stop_coupon(tx: Tx, coupon: CouponId) -> None:
    """No more vouchers of it are given; those given stay good. Raises `CouponNotFound`."""
    if not tx.run(tables.STOP, of_coupon=coupon):
        raise CouponNotFound(coupon)


def claim(tx: Tx, coupon: CouponId, *, member: MemberId) -> Voucher:
    """One more voucher of a claimable coupon for the member.

    Raises `CouponNotFound`, `CouponNotGiven`, `CouponLimit`, `CouponGone`; then nothing is counted.
    """
    known = _given_now(tx, coupon)
    if not known.terms.is_claimable or tx.now < known.terms.from_at:
        raise CouponNotGiven(coupon)
    if not _hand(tx, known, member):
        raise CouponLimit(coupon, known.terms.name_zh, known.terms.name_en, known.terms.member_limit)
    _count(tx, known, (member,))
    return _voucher(tx, known, member)


def issue(tx: Tx, coupon: CouponId, *, members: Collection[MemberId]) -> tuple[Voucher, ...]:
    """A voucher for each of the members who may still have one, in id order; others are passed over.

    Raises `CouponNotFound`, `CouponNotGiven`, and `CouponGone` when they are more than are left; then nobody has one.
    """
    known = _given_now(tx, coupon)
    served = tuple(member for member in sorted(set(members)) if _hand(tx, known, member))
    if served:
        _count(tx, known, served)
    return tuple(_voucher(tx, known, member) for member in served)


def redeem(tx: Tx, voucher: VoucherId, *, order: OrderId, members: Collection[MemberId], off_fen: int) -> None:
    """The voucher of one of `members` (one person) is the order's, said as `VoucherUsed`; for the same order again nothing changes.

    Raises `VoucherNotFound`, `VoucherTaken`.
    """
    if tx.run(tables.USE, of_voucher=voucher, members=list(members), for_order=order):
        tx.run(tables.ADD_REDEMPTION, order_id=order, voucher=voucher, off_fen=off_fen, freed_at=None)
        tx.emit(VoucherUsed(voucher, order, off_fen))
        return
    known = tables.vouchers_of(tx, (voucher,)).get(voucher)
    if known is None or known.member not in members:
        raise VoucherNotFound(voucher)
    if known.order != order:
        raise VoucherTaken(voucher)


def redeem_again(tx: Tx, order: OrderId) -> None:
    """An order that stands again has the voucher again that was freed when it lapsed. Raises `VoucherTaken`."""
    row = tx.one(tables.REDEMPTION_OF, of_order=order)
    if row is None or row[2] is None:
        return
    voucher, off_fen = VoucherId(row[0]), row[1]
    if not tx.run(tables.USE_AGAIN, of_voucher=voucher, for_order=order):
        raise VoucherTaken(voucher)
    tx.run(tables.RENEW_REDEMPTION, of_order=order)
    tx.emit(VoucherUsed(voucher, order, off_fen))


def free_voucher(tx: Tx, order: OrderId) -> bool:
    """Whether the order came to nothing with a voucher, which can be used again now; freed again nothing changes."""
    row = tx.one(tables.END_REDEMPTION, of_order=order, at=tx.now.ms)
    if row is None:
        return False
    voucher = VoucherId(row[0])
    tx.run(tables.FREE, of_voucher=voucher, of_order=order)
    tx.emit(VoucherFreed(voucher, order))
    return True


def return_voucher(tx: Tx, order: OrderId) -> bool:
    """Whether all the order's money went back and its voucher, by the coupon's rule, can be used again now."""
    row = tx.one(tables.REDEMPTION_OF, of_order=order)
    if row is None or tables.coupon(row[3:]).terms.on_refund is not RefundRule.RETURN:
        return False
    return free_voucher(tx, order)


def _given_now(tx: Tx, coupon: CouponId) -> Coupon:
    known = tables.coupons_of(tx, (coupon,)).get(coupon)
    if known is None:
        raise CouponNotFound(coupon)
    if known.status is CouponStatus.STOPPED or tx.now >= known.terms.until_at:
        raise CouponNotGiven(coupon)
    return known


def _hand(tx: Tx, coupon: Coupon, member: MemberId) -> bool:
    return bool(tx.run(tables.HAND, coupon=coupon.id, member=member, most=coupon.terms.member_limit))


def _count(tx: Tx, coupon: Coupon, members: tuple[MemberId, ...]) -> None:
    """So many more are given; whoever catches the refusal and goes on finds nothing counted."""
    if tx.run(tables.GIVE, of_coupon=coupon.id, by=len(members), now=tx.now.ms):
        return
    tx.many(tables.HAND_BACK, [{"of_coupon": coupon.id, "of_member": member} for member in members])
    now = _given_now(tx, coupon.id)
    raise CouponGone(coupon.id, now.terms.name_zh, now.terms.name_en, now.left())


def _voucher(tx: Tx, coupon: Coupon, member: MemberId) -> Voucher:
    voucher = Voucher(VoucherId(tx.new_id("vch")), coupon.id, member, order=None, given_at=tx.now)
    tx.run(
        tables.ADD_VOUCHER, id=voucher.id, coupon=coupon.id, member=member, order_id=None, given_at=voucher.given_at.ms
    )
    return voucher
