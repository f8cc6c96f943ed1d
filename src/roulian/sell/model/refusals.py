"""What `sell` says no to. Refusals stay unfrozen: `contextlib` writes `__traceback__` on what passes through it."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, OrderId, SkuId


@dataclass(eq=False)
class CartEmpty(Refusal):
    """An order needs at least one line."""

    code: ClassVar[str] = "cart_empty"
    zh: ClassVar[str] = "购物车是空的,请先选择商品。"
    en: ClassVar[str] = "The cart is empty. Choose something first."


@dataclass(eq=False)
class UnknownSku(Refusal):
    """No SKU has this id."""

    sku: SkuId
    code: ClassVar[str] = "unknown_sku"
    zh: ClassVar[str] = "没有商品 {sku},它可能已下架,请刷新页面重新选择。"
    en: ClassVar[str] = "There is no product {sku}; it may have been withdrawn. Refresh the page and choose again."


@dataclass(eq=False)
class BadQuantity(Refusal):
    """A quantity is a whole number from 1 to `most`."""

    sku: SkuId
    qty: int
    most: int
    code: ClassVar[str] = "bad_quantity"
    zh: ClassVar[str] = "商品 {sku} 的数量 {qty} 不对,请填写 1 到 {most} 之间的整数。"
    en: ClassVar[str] = "{qty} is not a quantity of {sku} that can be ordered. Enter a whole number from 1 to {most}."


@dataclass(eq=False)
class CampaignNotFound(Refusal):
    """No campaign has this id, or it does not sell this SKU."""

    campaign: CampaignId
    code: ClassVar[str] = "campaign_not_found"
    zh: ClassVar[str] = "没有预售 {campaign},请从活动列表重新进入。"
    en: ClassVar[str] = "There is no presale {campaign}. Open it again from the list."


@dataclass(eq=False)
class CampaignClosed(Refusal):
    """The campaign takes no more orders: its deadline is past or its lot is full."""

    campaign: CampaignId
    code: ClassVar[str] = "campaign_closed"
    zh: ClassVar[str] = "预售 {campaign} 已结束,可以关注下一期预售。"
    en: ClassVar[str] = "Presale {campaign} has ended. Watch for the next one."


@dataclass(eq=False)
class OverMemberLimit(Refusal):
    """One member has at most so many units of this presale, over all their orders that stand."""

    campaign: CampaignId
    limit: int
    left: int
    code: ClassVar[str] = "over_member_limit"
    zh: ClassVar[str] = "预售 {campaign} 每人限购 {limit} 件,您还可购买 {left} 件,请调整数量。"
    en: ClassVar[str] = "Presale {campaign} allows {limit} a person; you may have {left} more. Change the quantity."


@dataclass(eq=False)
class CampaignFull(Refusal):
    """All that the presale can make is ordered."""

    campaign: CampaignId
    left: int
    code: ClassVar[str] = "campaign_full"
    zh: ClassVar[str] = "预售 {campaign} 名额只剩 {left} 件,请减少数量或关注下一期。"
    en: ClassVar[str] = "Presale {campaign} has {left} left. Ask for fewer, or watch for the next one."


_CAMPAIGN_RULES = {
    "price_fen": ("价格须为正数", "the price is above zero"),
    "lot_qty": ("经济批量须为正整数", "the lot is a positive whole number"),
    "lot_multiple": ("批量倍数须为正整数", "the multiple is a positive whole number"),
    "deadline_at": ("截止时间须在将来", "the deadline lies ahead"),
    "member_limit": ("每人限购须为正整数,不限则留空", "a limit a person is a positive whole number, or left out"),
    "cap_qty": ("总量上限不得低于经济批量", "the most it takes is no less than the lot"),
    "extend_days": ("延期天数为 0 到 90 天", "it may go on for 0 to 90 days"),
    "deposit_fen": ("定金须低于价格", "the deposit is less than the price"),
    "balance_days": (
        "收定金的预售须写明尾款天数,1 到 30 天",
        "with a deposit, the balance may be paid for 1 to 30 days",
    ),
    "substitute": ("替代商品须与预售商品不同", "the substitute is another SKU than the presale's"),
    "answer_days": ("有替代商品时须给买家 1 到 30 天选择", "with a substitute, buyers have 1 to 30 days to choose"),
}


@dataclass(eq=False)
class BadCampaign(Refusal):
    """A campaign's terms cannot be meant: `field` names the first that breaks its rule, which the texts say."""

    field: str
    why_zh: str = ""
    why_en: str = ""
    code: ClassVar[str] = "bad_campaign"
    zh: ClassVar[str] = "预售设置 {field} 不对:{why_zh}。请修改后再试。"
    en: ClassVar[str] = "The presale's {field} is wrong: {why_en}. Correct it and try again."

    def __post_init__(self) -> None:
        """The rule of the field, in both languages."""
        self.why_zh, self.why_en = _CAMPAIGN_RULES[self.field]


@dataclass(eq=False)
class DepositTooHigh(Refusal):
    """A deposit that may be kept is at most a fifth of the price (Civil Code art. 586)."""

    sku: SkuId
    deposit_fen: int
    most_fen: int
    code: ClassVar[str] = "deposit_too_high"
    zh: ClassVar[str] = (
        "{sku} 的定金 {deposit_fen} 分超过价格的 20%(最高 {most_fen} 分),超出部分不能约定不退;请调低定金,或改为逾期退还。"
    )
    en: ClassVar[str] = (
        "{sku}: a deposit of {deposit_fen} fen is more than a fifth of the price ({most_fen} fen at most), so it may not"
        " be kept. Ask for less, or give it back."
    )


@dataclass(eq=False)
class DepositAlone(Refusal):
    """A presale with a deposit is ordered by itself, for its balance and its date are its own."""

    campaign: CampaignId
    code: ClassVar[str] = "deposit_alone"
    zh: ClassVar[str] = "预售 {campaign} 需先付定金,请单独下单,其他商品另下一单。"
    en: ClassVar[str] = "Presale {campaign} takes a deposit: order it by itself, and the rest in another order."


@dataclass(eq=False)
class NoBalanceDue(Refusal):
    """The order has no balance to pay, or not yet, or no longer."""

    order: OrderId
    status: str
    code: ClassVar[str] = "no_balance_due"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},没有待付的尾款;尾款开付时会通知您。"
    en: ClassVar[str] = "Order {order} is {status}: no balance can be paid now. You are told when it can."


@dataclass(eq=False)
class NoSubstitute(Refusal):
    """Nothing is offered instead of this presale in the order, or it was answered already."""

    order: OrderId
    campaign: CampaignId
    code: ClassVar[str] = "no_substitute"
    zh: ClassVar[str] = "订单 {order} 的预售 {campaign} 没有待选择的替代商品,请刷新订单页查看结果。"
    en: ClassVar[str] = "Order {order} has no substitute to choose for presale {campaign}. Refresh its page."


@dataclass(eq=False)
class OrderNotFound(Refusal):
    """No order has this id (or this buyer has none)."""

    order: OrderId
    code: ClassVar[str] = "order_not_found"
    zh: ClassVar[str] = "没有订单 {order},请在“我的订单”里查看。"
    en: ClassVar[str] = "There is no order {order}. Look under “My orders”."


@dataclass(eq=False)
class OrderNotPayable(Refusal):
    """The order has been paid by another transaction, its money has gone back, or this part of it is not asked."""

    order: OrderId
    status: str
    code: ClassVar[str] = "order_not_payable"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},不能再支付;多付的款项将原路退回。"
    en: ClassVar[str] = (
        "Order {order} is {status} and cannot be paid again; money paid twice goes back the way it came."
    )


@dataclass(eq=False)
class WrongAmount(Refusal):
    """A payment must be what its order asks, to the fen."""

    order: OrderId
    due_fen: int
    paid_fen: int
    code: ClassVar[str] = "wrong_amount"
    zh: ClassVar[str] = (
        "订单 {order} 应付 {due_fen} 分,实付 {paid_fen} 分,金额不符,款项已登记待退,请按应付金额重新支付。"
    )
    en: ClassVar[str] = (
        "Order {order} costs {due_fen} fen but {paid_fen} fen came; the payment is recorded for return. Pay the exact amount."
    )


@dataclass(eq=False)
class NotCancellable(Refusal):
    """Only an unpaid order is cancelled; a paid one is refunded."""

    order: OrderId
    status: str
    code: ClassVar[str] = "not_cancellable"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},不能取消;已付款的订单请申请退款。"
    en: ClassVar[str] = "Order {order} is {status} and cannot be cancelled. If it is paid, ask for a refund."


@dataclass(eq=False)
class NotShippable(Refusal):
    """Only a paid order ships, and only a shipped one is delivered."""

    order: OrderId
    status: str
    code: ClassVar[str] = "not_shippable"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},不能发货或签收,请先核对订单状态。"
    en: ClassVar[str] = "Order {order} is {status}, so it can be neither shipped nor delivered. Check its status first."


@dataclass(eq=False)
class NotRefundable(Refusal):
    """Money goes back only where money came, and is confirmed only after it was asked for."""

    order: OrderId
    status: str
    code: ClassVar[str] = "not_refundable"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},没有可退的款项,请先核对付款记录。"
    en: ClassVar[str] = "Order {order} is {status}; there is no money of it to give back. Check its payments first."


@dataclass(eq=False)
class TooMuchBack(Refusal):
    """No more goes back than was paid."""

    order: OrderId
    fen: int
    left_fen: int
    code: ClassVar[str] = "too_much_back"
    zh: ClassVar[str] = "订单 {order} 还可退 {left_fen} 分,不能退 {fen} 分,请核对已退金额后修改。"
    en: ClassVar[str] = "{left_fen} fen of order {order} can still go back, not {fen}. Check what was refunded before."


@dataclass(eq=False)
class NotRevivable(Refusal):
    """Only an order that was paid after its cancellation comes back to life."""

    order: OrderId
    status: str
    code: ClassVar[str] = "not_revivable"
    zh: ClassVar[str] = "订单 {order} 当前状态为 {status},不能恢复;请重新下单。"
    en: ClassVar[str] = "Order {order} is {status} and cannot be revived. Place a new order."
