"""WeChat's terms for shipping after payment, each a row with its source; and what a plan that breaks one is refused with.

Sources: the mini-program rules for shipping (小程序发货信息管理服务) and the `opspecialorder` API; read in November 2026.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import SkuId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class Term:
    """So long after payment at most, and where WeChat says so."""

    span: timedelta
    source: str


IN_STOCK = Term(timedelta(hours=48), "发货信息管理:现货订单付款后 48 小时内发货并录入")
UNFILED = Term(timedelta(days=15), "发货信息管理:预售超过 15 天须用 opspecialorder 报备")
FILED = Term(timedelta(days=330), "opspecialorder:delay_to 最晚为付款后 330 天")


@dataclass(eq=False)
class InStockTermBroken(Refusal):
    """What stands on the shelf ships within 48 hours of payment; selling it as a presale does not change that."""

    sku: SkuId
    promised_day: Day
    latest_day: Day
    code: ClassVar[str] = "in_stock_term_broken"
    zh: ClassVar[str] = (
        "{sku} 现货已够一批,微信要求现货在付款后 48 小时内发货(最晚 {latest_day}),不能承诺 {promised_day};请按现货销售或提前发货日。"
    )
    en: ClassVar[str] = (
        "{sku} is in stock for a whole lot, and WeChat wants goods in stock shipped within 48 hours of payment"
        " ({latest_day} at the latest), not on {promised_day}. Sell it from stock or name an earlier day."
    )


@dataclass(eq=False)
class TermNotFiled(Refusal):
    """A presale that ships later than 15 days after payment is filed with WeChat, or not sold."""

    sku: SkuId
    promised_day: Day
    latest_day: Day
    code: ClassVar[str] = "term_not_filed"
    zh: ClassVar[str] = (
        "{sku} 预计 {promised_day} 才能发货,超过微信允许的付款后 15 天(最晚 {latest_day});请同意向微信报备特殊发货,或提前截止。"
    )
    en: ClassVar[str] = (
        "{sku} would ship on {promised_day}, later than 15 days after payment ({latest_day} at the latest). Have it filed"
        " with WeChat as a special order, or close earlier."
    )


@dataclass(eq=False)
class PlannedTooEarly(Refusal):
    """Nobody promises an earlier day than the goods can leave on."""

    sku: SkuId
    planned_day: Day
    earliest_day: Day
    code: ClassVar[str] = "planned_too_early"
    zh: ClassVar[str] = "{sku} 最早 {earliest_day} 才能发货,不能承诺 {planned_day};请改为 {earliest_day} 或更晚。"
    en: ClassVar[str] = (
        "{sku} ships on {earliest_day} at the earliest, not on {planned_day}. Name that day or a later one."
    )


@dataclass(eq=False)
class PromiseBeyondTerm(Refusal):
    """No special filing of WeChat's allows to ship so late after payment."""

    sku: SkuId
    promised_day: Day
    latest_day: Day
    code: ClassVar[str] = "promise_beyond_term"
    zh: ClassVar[str] = (
        "{sku} 预计 {promised_day} 才能发货,超过微信允许的付款后 330 天(最晚 {latest_day});请提前截止、增加产能或推迟开售。"
    )
    en: ClassVar[str] = (
        "{sku} would ship on {promised_day}, later than the 330 days after payment that WeChat allows"
        " ({latest_day} at the latest). Close earlier, add capacity or open later."
    )
