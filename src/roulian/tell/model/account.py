"""The account matrix and what it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roulian.words.ids import ArticleId, SkuId
from roulian.words.time import Day


class AccountKind(StrEnum):
    """What a WeChat account can do depends on its kind."""

    MINI_PROGRAM = "mini_program"
    SERVICE = "service_account"
    SUBSCRIPTION = "subscription_account"


@dataclass(frozen=True, slots=True)
class Account:
    """One of the brand's WeChat accounts."""

    appid: str
    kind: AccountKind
    name: str

    @classmethod
    def of(cls, appid: str, *, kind: str, name: str) -> "Account":
        """The account a settings file describes; `ValueError` for a kind WeChat does not have."""
        return cls(appid, AccountKind(kind), name)


@dataclass(frozen=True, slots=True)
class Article:
    """An article of an official account and the SKUs it shows. `msgid` is WeChat's (`msgdataid_idx`).

    A draft has no `published_day` and an empty `msgid`; only a person publishes it.
    """

    id: ArticleId
    account: str
    title: str
    body: str
    skus: tuple[SkuId, ...]
    published_day: Day | None
    msgid: str

    @property
    def is_draft(self) -> bool:
        """Whether it waits for a person to publish it."""
        return self.published_day is None


def crisis_text(facts: Mapping[str, str | int]) -> tuple[str, str]:
    """Title and body (zh) of the article that explains a delay to everyone; facts: item, reason, promised_day, members."""
    title = f"关于{facts['item']}发货延期的说明"
    body = (
        f"很抱歉,{facts['item']}的发货时间有调整,涉及 {facts['members']} 位顾客的订单。\n"
        f"原因:{facts['reason']}。\n"
        f"受影响的订单最晚于 {facts['promised_day']} 前发货,每笔订单的准确日期以订单页为准。\n"
        "如不愿等待,可在订单页申请退款,款项原路退回。"
    )
    return title, body
