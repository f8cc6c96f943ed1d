"""What offers say no to."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import OrderId, SkuId


@dataclass(eq=False)
class BadCoupon(Refusal):
    """Something in a coupon's terms cannot be."""

    field: str
    code: ClassVar[str] = "bad_coupon"
    zh: ClassVar[str] = (
        "优惠券的 {field} 不对:名称必填,结束时间须在开始时间与现在之后,数量、金额和折扣须为正数且不超上限。"
    )
    en: ClassVar[str] = (
        "The coupon's {field} cannot be: it needs names, an end after its start and after now, and positive numbers within the limits."
    )


@dataclass(eq=False)
class OneDiscountOnly(Refusal):
    """A coupon takes an amount off or a part, not both and not neither."""

    code: ClassVar[str] = "one_discount_only"
    zh: ClassVar[str] = "减免金额 off_fen 与减免比例 off_bp 须填且只填一个,请修改后再提交。"
    en: ClassVar[str] = "Give either off_fen or off_bp: one of the two, not both and not neither."


@dataclass(eq=False)
class UnknownScope(Refusal):
    """A coupon is for goods, categories and presales that exist."""

    what: str
    code: ClassVar[str] = "unknown_scope"
    zh: ClassVar[str] = "优惠券适用范围里的“{what}”不存在(商品、类目或预售),请从列表中选择。"
    en: ClassVar[str] = "“{what}” in the coupon's scope is no SKU, category or presale. Choose it from the list."


@dataclass(eq=False)
class CouponNotFound(Refusal):
    """No coupon has this id."""

    coupon: str
    code: ClassVar[str] = "coupon_not_found"
    zh: ClassVar[str] = "没有这张优惠券,请从领券页重新打开。"
    en: ClassVar[str] = "There is no such coupon. Open it again from its page."


@dataclass(eq=False)
class CouponNotGiven(Refusal):
    """The coupon is over, stopped, not begun, or for those alone to whom it is sent."""

    coupon: str
    code: ClassVar[str] = "coupon_not_given"
    zh: ClassVar[str] = "这张优惠券现在不能领取,可以看看其他优惠。"
    en: ClassVar[str] = "This coupon cannot be had now. Look at the other offers."


@dataclass(eq=False)
class CouponGone(Refusal):
    """All vouchers of the coupon are given, or fewer are left than asked for."""

    coupon: str
    name_zh: str
    name_en: str
    left: int
    code: ClassVar[str] = "coupon_gone"
    zh: ClassVar[str] = "优惠券“{name_zh}”只剩 {left} 张,已不够领取或发放,可以看看其他优惠。"
    en: ClassVar[str] = "Coupon “{name_en}” has {left} left, which is not enough. Look at the other offers."


@dataclass(eq=False)
class CouponLimit(Refusal):
    """The member has all that one member gets."""

    coupon: str
    name_zh: str
    name_en: str
    limit: int
    code: ClassVar[str] = "coupon_limit"
    zh: ClassVar[str] = "优惠券“{name_zh}”每人限领 {limit} 张,您已领满,可在“我的优惠券”里使用。"
    en: ClassVar[str] = "Coupon “{name_en}” is limited to {limit} a member, and you have them: see “My coupons”."


@dataclass(eq=False)
class VoucherNotFound(Refusal):
    """The member has no such voucher."""

    voucher: str
    code: ClassVar[str] = "voucher_not_found"
    zh: ClassVar[str] = "您没有这张券,请在“我的优惠券”里重新选择。"
    en: ClassVar[str] = "You have no such voucher. Choose again under “My coupons”."


@dataclass(eq=False)
class VoucherUnfit(Refusal):
    """The voucher does not fit this cart; `why_zh` and `why_en` say why."""

    voucher: str
    why_zh: str
    why_en: str
    code: ClassVar[str] = "voucher_unfit"
    zh: ClassVar[str] = "这张优惠券用不了:{why_zh}。请更换优惠券或不用券下单。"
    en: ClassVar[str] = "The voucher cannot be used: {why_en}. Choose another, or order without one."


@dataclass(eq=False)
class VoucherTaken(Refusal):
    """Another order uses the voucher."""

    voucher: str
    code: ClassVar[str] = "voucher_taken"
    zh: ClassVar[str] = "这张优惠券已用于其他订单;取消那笔未付款的订单后可再次使用。"
    en: ClassVar[str] = "This voucher is used by another order. Cancel that order, if it is unpaid, to use it again."


@dataclass(eq=False)
class OneOfferOnly(Refusal):
    """An order takes a voucher or a group's price, not both."""

    code: ClassVar[str] = "one_offer_only"
    zh: ClassVar[str] = "拼团价不能与优惠券同时使用,请选择其一。"
    en: ClassVar[str] = "A group's price and a coupon do not go together. Choose one."


@dataclass(eq=False)
class AlreadyPlaced(Refusal):
    """The cart became an order a moment ago, from another tap."""

    order: OrderId
    code: ClassVar[str] = "already_placed"
    zh: ClassVar[str] = "这个购物车刚刚已经下单,请在“我的订单”里查看,无需重复提交。"
    en: ClassVar[str] = "This cart has just become an order: see “My orders”. There is no need to send it again."


@dataclass(eq=False)
class BadGroupBuy(Refusal):
    """Something in a group-buy's terms cannot be."""

    field: str
    code: ClassVar[str] = "bad_group_buy"
    zh: ClassVar[str] = (
        "拼团活动的 {field} 不对:团价须低于单买价,2 至 100 人成团,1 至 72 小时内成团,结束时间须在开始与现在之后。"
    )
    en: ClassVar[str] = (
        "The group-buy's {field} cannot be: a price below the single price, 2 to 100 members, 1 to 72 hours, an end after its start and after now."
    )


@dataclass(eq=False)
class GroupBuyNotFound(Refusal):
    """No group-buy has this id."""

    groupbuy: str
    code: ClassVar[str] = "group_buy_not_found"
    zh: ClassVar[str] = "没有这个拼团活动,请从活动列表重新打开。"
    en: ClassVar[str] = "There is no such group-buy. Open it again from the list."


@dataclass(eq=False)
class GroupBuyClosed(Refusal):
    """No group of it is opened any more, and none that fills has a seat."""

    groupbuy: str
    code: ClassVar[str] = "group_buy_closed"
    zh: ClassVar[str] = "这个拼团活动现在不能开团或参团,可以直接购买或看看其他活动。"
    en: ClassVar[str] = "This group-buy takes nobody now. Buy alone, or look at the other offers."


@dataclass(eq=False)
class GroupNotFound(Refusal):
    """No group has this id."""

    group: str
    code: ClassVar[str] = "group_not_found"
    zh: ClassVar[str] = "没有这个团,请让好友重新分享。"
    en: ClassVar[str] = "There is no such group. Ask your friend to share it again."


@dataclass(eq=False)
class AlreadyInGroup(Refusal):
    """A member sits in a group once."""

    group: str
    code: ClassVar[str] = "already_in_group"
    zh: ClassVar[str] = "您已在这个团中,请分享给好友一起成团。"
    en: ClassVar[str] = "You are in this group already. Share it with friends to complete it."


@dataclass(eq=False)
class GroupClosed(Refusal):
    """The group fills no more, or has no seat left."""

    group: str
    code: ClassVar[str] = "group_closed"
    zh: ClassVar[str] = "这个团已满或已结束,可以另开一团。"
    en: ClassVar[str] = "This group is full or over. Open another one."


@dataclass(eq=False)
class GroupCart(Refusal):
    """A group's order is one line of the group-buy's SKU, of at most so many units."""

    sku: SkuId
    most: int
    code: ClassVar[str] = "group_cart"
    zh: ClassVar[str] = "拼团订单只能包含商品 {sku},且每人最多 {most} 件,请修改后再提交。"
    en: ClassVar[str] = "A group's order holds {sku} alone, at most {most}. Change the cart and order again."
