"""Why we write to a member, through which doors, in order, and in which words.

A consent is one tap by a person and is gone after one message, so it is kept for bad news and for what the
buyer asked to hear; good progress of a paid order goes on the order's service card, which costs no consent.
Customer-service and template messages carry news of the reader's own order and never an advertisement: WeChat bans
accounts for that. The order page always shows the truth and therefore ends every chain about an order.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from roulian.tell.model.template import Field, Template


class Door(StrEnum):
    """A way to reach a member."""

    SUBSCRIBE = "subscribe"
    """One-off subscription message; spends one consent of the member for the template."""
    USER_NOTIFY = "user_notify"
    """The service card of a paid order (`set_user_notify`); no consent, each status once."""
    CUSTOMER_SERVICE = "customer_service"
    """An answer (客服消息) while the window is open that the member opened by writing, tapping, following or scanning."""
    TEMPLATE = "template"
    """A service account's template message to a follower; transactions only, no marketing."""
    MASS = "mass"
    """A mass message (群发) to followers; scarce by day or by month, and never a notice to one member."""
    ORDER_PAGE = "order_page"
    """Our own page; needs nobody's leave, and reaches only those who look."""

    @property
    def apis(self) -> tuple[str, ...]:
        """The paths of WeChat's APIs behind the door; none behind our own page."""
        return _APIS[self]


_APIS: Mapping[Door, tuple[str, ...]] = MappingProxyType(
    {
        Door.SUBSCRIBE: ("/cgi-bin/message/subscribe/send",),
        Door.USER_NOTIFY: ("/wxa/set_user_notify",),
        Door.CUSTOMER_SERVICE: ("/cgi-bin/message/custom/send",),
        Door.TEMPLATE: ("/cgi-bin/message/template/send",),
        Door.MASS: ("/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send"),
        Door.ORDER_PAGE: (),
    },
)


class Scenario(StrEnum):
    """What a notice is about."""

    ORDER_PAID = "order_paid"
    DEPOSIT_PAID = "deposit_paid"
    BALANCE_DUE = "balance_due"
    DEPOSIT_FORFEITED = "deposit_forfeited"
    CAMPAIGN_REACHED = "campaign_reached"
    CAMPAIGN_MISSED = "campaign_missed"
    SUBSTITUTE_OFFERED = "substitute_offered"
    DELAY = "delay"
    SHIPPED = "shipped"
    PICK_UP_READY = "pick_up_ready"
    REFUNDED = "refunded"
    AFTER_SALES = "after_sales"
    GROUP_COMPLETE = "group_complete"
    GROUP_FAILED = "group_failed"
    BACK_IN_STOCK = "back_in_stock"
    LAUNCH = "launch"

    @property
    def template(self) -> Template:
        """What a notice of this scenario says, and in which fields of its WeChat template."""
        return TEMPLATES[self]

    @property
    def chain(self) -> tuple[Door, ...]:
        """The doors to try, in order."""
        return CHAINS[self]

    @property
    def is_marketing(self) -> bool:
        """Whether it praises goods, rather than telling of what the member ordered or asked to hear."""
        return self is Scenario.LAUNCH


_ANSWERS = (Door.CUSTOMER_SERVICE, Door.TEMPLATE)

CHAINS: Mapping[Scenario, tuple[Door, ...]] = MappingProxyType(
    {
        Scenario.ORDER_PAID: (Door.USER_NOTIFY, Door.ORDER_PAGE),
        Scenario.DEPOSIT_PAID: (Door.USER_NOTIFY, Door.ORDER_PAGE),
        Scenario.BALANCE_DUE: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.DEPOSIT_FORFEITED: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.CAMPAIGN_REACHED: (Door.USER_NOTIFY, Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.CAMPAIGN_MISSED: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.SUBSTITUTE_OFFERED: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.DELAY: (Door.SUBSCRIBE, Door.USER_NOTIFY, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.SHIPPED: (Door.USER_NOTIFY, Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.PICK_UP_READY: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.REFUNDED: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.AFTER_SALES: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.GROUP_COMPLETE: (Door.USER_NOTIFY, Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.GROUP_FAILED: (Door.SUBSCRIBE, *_ANSWERS, Door.ORDER_PAGE),
        Scenario.BACK_IN_STOCK: (Door.SUBSCRIBE,),
        Scenario.LAUNCH: (Door.SUBSCRIBE, Door.MASS),
    },
)

ASKED_AT_CHECKOUT = (Scenario.DELAY, Scenario.CAMPAIGN_MISSED, Scenario.REFUNDED)
"""What a buyer is asked to allow when ordering: the bad news, which no service card carries. WeChat asks three at once."""
ASKED_WITH_DEPOSIT = (Scenario.BALANCE_DUE, Scenario.DELAY, Scenario.CAMPAIGN_MISSED)
"""What a buyer is asked to allow when paying a deposit: first of all to hear when the rest is to be paid."""

ASKED_WITH_A_CASE = (Scenario.AFTER_SALES, Scenario.REFUNDED)
"""What a buyer is asked to allow when asking something back."""

ASKED_WITH_PICK_UP = (Scenario.PICK_UP_READY,)
"""What a buyer is asked to allow when choosing to collect: the rest was asked at checkout."""

ASKED_IN_A_GROUP = (Scenario.GROUP_COMPLETE, Scenario.GROUP_FAILED, Scenario.REFUNDED)
"""What a member is asked to allow when ordering in a group."""
ASKED_WITH_SUBSTITUTE = (Scenario.SUBSTITUTE_OFFERED, Scenario.DELAY, Scenario.REFUNDED)
"""What a buyer is asked to allow when ordering from a presale that names a substitute: a choice waits for them to hear of it."""

_ORDER = Field("character_string1", "about", "订单编号")
_ITEM = Field("thing2", "item", "商品")
_DAY = Field("date3", "promised_day", "承诺发货日")

TEMPLATES: Mapping[Scenario, Template] = MappingProxyType(
    {
        Scenario.ORDER_PAID: Template(
            "下单成功通知",
            (_ORDER, _ITEM, _DAY, Field("amount4", "amount_fen", "实付金额"), Field("thing5", "reason", "交期说明")),
            zh="您订购的{item}已付款 ¥{amount_fen},承诺 {promised_day} 前发货:{reason}",
            en="Your order of {item} is paid (¥{amount_fen}). It ships by {promised_day}: {reason}",
            card_status=1,
        ),
        Scenario.DEPOSIT_PAID: Template(
            "定金支付成功通知",
            (
                _ORDER,
                _ITEM,
                _DAY,
                Field("amount4", "amount_fen", "已付定金"),
                Field("amount5", "balance_fen", "待付尾款"),
            ),
            zh="您预订的{item}已付定金 ¥{amount_fen},尾款 ¥{balance_fen} 开付时会通知您;付清后承诺 {promised_day} 前发货:{reason}",
            en="The deposit of ¥{amount_fen} for {item} is paid. You are told when the balance of ¥{balance_fen} can be paid;"
            " then it ships by {promised_day}: {reason}",
            card_status=1,
        ),
        Scenario.BALANCE_DUE: Template(
            "尾款支付提醒",
            (
                _ORDER,
                _ITEM,
                Field("amount3", "amount_fen", "待付尾款"),
                Field("date4", "by_day", "截止日期"),
                Field("thing5", "reason", "说明"),
            ),
            zh="您预订的{item}请于 {by_day} 前支付尾款 ¥{amount_fen}:{reason}",
            en="Please pay the balance of ¥{amount_fen} for {item} by {by_day}: {reason}",
        ),
        Scenario.DEPOSIT_FORFEITED: Template(
            "尾款逾期通知",
            (_ORDER, _ITEM, Field("amount3", "amount_fen", "定金"), Field("thing4", "reason", "结果说明")),
            zh="您预订的{item}订单已关闭:{reason}(定金 ¥{amount_fen})。",
            en="Your order of {item} is closed: {reason} (deposit ¥{amount_fen}).",
        ),
        Scenario.CAMPAIGN_REACHED: Template(
            "预售成团通知",
            (_ORDER, _ITEM, _DAY, Field("thing4", "reason", "进度说明")),
            zh="您预订的{item}已成团开工,承诺 {promised_day} 前发货:{reason}",
            en="The presale of {item} has reached its lot and production starts. It ships by {promised_day}: {reason}",
            card_status=2,
        ),
        Scenario.CAMPAIGN_MISSED: Template(
            "预售结果通知",
            (_ORDER, _ITEM, Field("thing3", "reason", "结果说明"), Field("amount4", "amount_fen", "退款金额")),
            zh="您预订的{item}未成团:{reason}。将原路退回 ¥{amount_fen}。",
            en="The presale of {item} did not reach its lot: {reason}. ¥{amount_fen} goes back the way it came.",
        ),
        Scenario.SUBSTITUTE_OFFERED: Template(
            "预售替代方案通知",
            (
                _ORDER,
                _ITEM,
                Field("thing3", "substitute", "可换商品"),
                Field("amount4", "price_fen", "单价"),
                Field("date5", "by_day", "答复截止"),
            ),
            zh="您预订的{item}未成团。可换为{substitute}(¥{price_fen},只退不补),请于 {by_day} 前选择;不选择将全额退款。",
            en="The presale of {item} did not reach its lot. You may have {substitute} instead (¥{price_fen}, never more than you"
            " paid): choose by {by_day}, or your money goes back.",
        ),
        Scenario.DELAY: Template(
            "发货延期通知",
            (_ORDER, _ITEM, _DAY, Field("date4", "was_day", "原承诺日"), Field("thing5", "reason", "延期原因")),
            zh="您订购的{item}原承诺 {was_day} 前发货,现改为 {promised_day}。原因:{reason}。给您添麻烦了。",
            en="Your order of {item}, promised for {was_day}, now ships by {promised_day}. Reason: {reason}. We are sorry.",
            card_status=2,
        ),
        Scenario.SHIPPED: Template(
            "订单发货通知",
            (
                _ORDER,
                _ITEM,
                Field("thing3", "carrier", "快递公司"),
                Field("character_string4", "waybill", "快递单号"),
            ),
            zh="您订购的{item}已发货:{carrier} {waybill}",
            en="Your order of {item} is on its way: {carrier} {waybill}",
            card_status=3,
        ),
        Scenario.PICK_UP_READY: Template(
            "到店自提提醒",
            (_ORDER, _ITEM, Field("thing3", "shop", "自提门店"), Field("date4", "keep_day", "保留至")),
            zh="您订购的{item}已到{shop},请于 {keep_day} 前凭订单页的取货码自提",
            en="Your order of {item} is ready at {shop}. Collect it by {keep_day} with the code on the order page",
        ),
        Scenario.REFUNDED: Template(
            "退款成功通知",
            (_ORDER, _ITEM, Field("amount3", "amount_fen", "退款金额"), Field("thing4", "reason", "退款原因")),
            zh="您订购的{item}已退款 ¥{amount_fen}:{reason}",
            en="¥{amount_fen} was refunded for your order of {item}: {reason}",
        ),
        Scenario.AFTER_SALES: Template(
            "售后进度通知",
            (_ORDER, _ITEM, Field("thing3", "progress", "售后进度"), Field("thing4", "reason", "说明")),
            zh="您订购的{item}:{progress}。{reason}",
            en="Your order of {item}: {progress}. {reason}",
        ),
        Scenario.GROUP_COMPLETE: Template(
            "拼团成功通知",
            (_ORDER, _ITEM, _DAY, Field("thing4", "reason", "说明")),
            zh="您参与的{item}拼团成功,承诺 {promised_day} 前发货:{reason}",
            en="Your group for {item} is complete. It ships by {promised_day}: {reason}",
            card_status=2,
        ),
        Scenario.GROUP_FAILED: Template(
            "拼团失败通知",
            (_ORDER, _ITEM, Field("thing3", "reason", "结果说明"), Field("amount4", "amount_fen", "退款金额")),
            zh="您参与的{item}拼团未成:{reason}。将原路退回 ¥{amount_fen}。",
            en="Your group for {item} did not come together: {reason}. ¥{amount_fen} goes back the way it came.",
        ),
        Scenario.BACK_IN_STOCK: Template(
            "到货提醒",
            (Field("thing1", "item", "商品"), Field("amount2", "price_fen", "价格"), Field("thing3", "reason", "说明")),
            zh="您想要的{item}到货了,¥{price_fen}:{reason}",
            en="{item} is back in stock at ¥{price_fen}: {reason}",
        ),
        Scenario.LAUNCH: Template(
            "开售提醒",
            (Field("thing1", "item", "商品"), Field("amount2", "price_fen", "价格"), Field("thing3", "reason", "说明")),
            zh="您关注的{item}开售了,¥{price_fen}:{reason}",
            en="{item} is on sale now at ¥{price_fen}: {reason}",
        ),
    },
)
