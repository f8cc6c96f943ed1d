"""Coupons, the vouchers members hold, and what orders redeemed.

Counts are guarded by the statements that raise them, so that racing members never get more than there is; a voucher is
an order's by one update that finds it free. A coupon's terms are one JSON text, read whole and never searched.
"""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.offers.model import (
    AmountOff,
    Coupon,
    CouponId,
    CouponStatus,
    CouponTerms,
    PercentOff,
    RefundRule,
    Scope,
    Voucher,
    VoucherId,
)
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import MemberId, OrderId
from roulian.words.time import Instant

COUPONS = sa.Table(
    "offers_coupons",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("total_qty", sa.BigInteger, nullable=False),
    sa.Column("given_qty", sa.BigInteger, nullable=False),
    sa.Column("until_at", sa.BigInteger, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.CheckConstraint("given_qty BETWEEN 0 AND total_qty", name="offers_coupons_given"),
)
HOLDINGS = sa.Table(
    "offers_holdings",
    METADATA,
    sa.Column("coupon", sa.Text, sa.ForeignKey("offers_coupons.id"), primary_key=True),
    sa.Column("member", sa.Text, primary_key=True),
    sa.Column("given_qty", sa.BigInteger, nullable=False),
)
VOUCHERS = sa.Table(
    "offers_vouchers",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("coupon", sa.Text, sa.ForeignKey("offers_coupons.id"), nullable=False, index=True),
    sa.Column("member", sa.Text, nullable=False, index=True),
    sa.Column("order_id", sa.Text),
    sa.Column("given_at", sa.BigInteger, nullable=False),
)
REDEMPTIONS = sa.Table(
    "offers_redemptions",
    METADATA,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("voucher", sa.Text, sa.ForeignKey("offers_vouchers.id"), nullable=False, index=True),
    sa.Column("off_fen", sa.BigInteger, nullable=False),
    sa.Column("freed_at", sa.BigInteger),
    sa.CheckConstraint("off_fen > 0", name="offers_redemptions_off"),
)

_C, _V, _R = COUPONS.c, VOUCHERS.c, REDEMPTIONS.c
_COUPON = (_C.id, _C.terms, _C.status, _C.given_qty, _C.made_at)
_VOUCHER = (_V.id, _V.coupon, _V.member, _V.order_id, _V.given_at)
_THIS_COUPON = _C.id == sa.bindparam("of_coupon", type_=sa.Text)
_THIS_VOUCHER = _V.id == sa.bindparam("of_voucher", type_=sa.Text)
_OF_ORDER = _R.order_id == sa.bindparam("of_order", type_=sa.Text)
_BY = sa.bindparam("by", type_=sa.BigInteger)

ADD_COUPON = COUPONS.insert()
STOP = COUPONS.update().where(_THIS_COUPON).values(status=CouponStatus.STOPPED.value)
GIVE = (
    COUPONS.update()
    .where(
        _THIS_COUPON,
        _C.status == CouponStatus.OPEN.value,
        _C.until_at > sa.bindparam("now", type_=sa.BigInteger),
        _C.given_qty + _BY <= _C.total_qty,
    )
    .values(given_qty=_C.given_qty + _BY)
)
HAND = sa.text(
    "INSERT INTO offers_holdings (coupon, member, given_qty) VALUES (:coupon, :member, 1)"
    " ON CONFLICT (coupon, member) DO UPDATE SET given_qty = offers_holdings.given_qty + 1"
    " WHERE offers_holdings.given_qty + 1 <= :most"
)
HAND_BACK = (
    HOLDINGS.update()
    .where(
        HOLDINGS.c.coupon == sa.bindparam("of_coupon", type_=sa.Text),
        HOLDINGS.c.member == sa.bindparam("of_member", type_=sa.Text),
    )
    .values(given_qty=HOLDINGS.c.given_qty - 1)
)
ADD_VOUCHER = VOUCHERS.insert()
USE = (
    VOUCHERS.update()
    .where(_THIS_VOUCHER, any_of(_V.member, "members"), _V.order_id.is_(None))
    .values(order_id=sa.bindparam("for_order", type_=sa.Text))
)
USE_AGAIN = (
    VOUCHERS.update()
    .where(_THIS_VOUCHER, _V.order_id.is_(None))
    .values(order_id=sa.bindparam("for_order", type_=sa.Text))
)
FREE = (
    VOUCHERS.update().where(_THIS_VOUCHER, _V.order_id == sa.bindparam("of_order", type_=sa.Text)).values(order_id=None)
)
ADD_REDEMPTION = REDEMPTIONS.insert()
END_REDEMPTION = (
    REDEMPTIONS.update()
    .where(_OF_ORDER, _R.freed_at.is_(None))
    .values(freed_at=sa.bindparam("at", type_=sa.BigInteger))
    .returning(_R.voucher)
)
RENEW_REDEMPTION = REDEMPTIONS.update().where(_OF_ORDER, _R.freed_at.is_not(None)).values(freed_at=None)
REDEMPTION_OF = (
    sa.select(_R.voucher, _R.off_fen, _R.freed_at, *_COUPON)
    .join_from(REDEMPTIONS, VOUCHERS)
    .join(COUPONS)
    .where(_OF_ORDER)
)
COUPONS_OF = sa.select(*_COUPON).where(any_of(_C.id, "ids")).order_by(_C.id)
_BEFORE = sa.bindparam("before", type_=sa.Text)
COUPONS_PAGE = (
    sa.select(*_COUPON)
    .where(sa.or_(_BEFORE.is_(None), _C.id < _BEFORE))
    .order_by(_C.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
GIVEN_NOW = (
    sa.select(*_COUPON)
    .where(
        _C.status == CouponStatus.OPEN.value,
        _C.until_at > sa.bindparam("now", type_=sa.BigInteger),
        _C.given_qty < _C.total_qty,
    )
    .order_by(_C.until_at, _C.id)
)
VOUCHERS_OF = sa.select(*_VOUCHER).where(any_of(_V.id, "ids"))
VOUCHERS_OF_MEMBERS = (
    sa.select(*_VOUCHER)
    .where(any_of(_V.member, "members"))
    .order_by(_V.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
COUNTS = (
    sa.select(_V.coupon, sa.func.count(), sa.cast(sa.func.sum(_R.off_fen), sa.BigInteger))
    .join_from(VOUCHERS, REDEMPTIONS)
    .where(any_of(_V.coupon, "coupons"), _R.freed_at.is_(None))
    .group_by(_V.coupon)
)


class _Kept(msgspec.Struct, omit_defaults=True):
    """A coupon's terms as text: an amount off has `off_fen`, a part off has `off_bp` and perhaps a cap."""

    name_zh: str
    name_en: str
    from_ms: int
    until_ms: int
    total_qty: int
    member_limit: int
    least_fen: int
    scope: Scope
    is_claimable: bool
    on_refund: RefundRule
    off_fen: int | None = None
    off_bp: int | None = None
    cap_fen: int | None = None


def coupon_values(new: Coupon) -> dict[str, Any]:
    """`new` as the parameters of `ADD_COUPON`."""
    return {
        "id": new.id,
        "terms": msgspec.json.encode(_kept(new.terms)).decode(),
        "status": new.status.value,
        "total_qty": new.terms.total_qty,
        "given_qty": new.given_qty,
        "until_at": new.terms.until_at.ms,
        "made_at": new.made_at.ms,
    }


def _kept(terms: CouponTerms) -> _Kept:
    kept = _Kept(
        name_zh=terms.name_zh,
        name_en=terms.name_en,
        from_ms=terms.from_at.ms,
        until_ms=terms.until_at.ms,
        total_qty=terms.total_qty,
        member_limit=terms.member_limit,
        least_fen=terms.least_fen,
        scope=terms.scope,
        is_claimable=terms.is_claimable,
        on_refund=terms.on_refund,
    )
    match terms.discount:
        case AmountOff(off_fen=off_fen):
            kept.off_fen = off_fen
        case PercentOff(off_bp=off_bp, cap_fen=cap_fen):
            kept.off_bp, kept.cap_fen = off_bp, cap_fen
    return kept


def _terms(text: str) -> CouponTerms:
    kept = msgspec.json.decode(text, type=_Kept)
    return CouponTerms(
        name_zh=kept.name_zh,
        name_en=kept.name_en,
        discount=PercentOff(kept.off_bp, kept.cap_fen) if kept.off_bp is not None else AmountOff(kept.off_fen or 0),
        from_at=Instant(kept.from_ms),
        until_at=Instant(kept.until_ms),
        total_qty=kept.total_qty,
        least_fen=kept.least_fen,
        member_limit=kept.member_limit,
        scope=kept.scope,
        is_claimable=kept.is_claimable,
        on_refund=kept.on_refund,
    )


def coupon(row: tuple[Any, ...]) -> Coupon:
    """A row of a coupons statement."""
    ident, terms, status, given_qty, made_at = row
    return Coupon(CouponId(ident), _terms(terms), CouponStatus(status), given_qty, Instant(made_at))


def voucher(row: tuple[Any, ...]) -> Voucher:
    """A row of a vouchers statement."""
    ident, of_coupon, member, order, given_at = row
    held_for = None if order is None else OrderId(order)
    return Voucher(VoucherId(ident), CouponId(of_coupon), MemberId(member), held_for, Instant(given_at))


def coupons_of(tx: Tx, ids: Collection[CouponId]) -> dict[CouponId, Coupon]:
    """The coupons of these ids that exist."""
    return {row[0]: coupon(row) for row in tx.rows(COUPONS_OF, ids=list(ids))}


def vouchers_of(tx: Tx, ids: Collection[VoucherId]) -> dict[VoucherId, Voucher]:
    """The vouchers of these ids that exist."""
    return {row[0]: voucher(row) for row in tx.rows(VOUCHERS_OF, ids=list(ids))}
