"""The account matrix: who speaks to whom, with which keys, and what WeChat lets each account do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import ArticleId, SkuId
from roulian.words.time import Day, Instant


class AccountKind(StrEnum):
    """What a WeChat account can do depends on its kind."""

    MINI_PROGRAM = "mini_program"
    SERVICE = "service_account"
    SUBSCRIPTION = "subscription_account"


class Role(StrEnum):
    """What the brand has an account for."""

    SHOP = "shop"
    SERVICE = "service"
    CONTENT = "content"
    VERTICAL = "vertical"


class AccountMode(StrEnum):
    """Whose credentials an account is spoken for with: its own secret, or an open-platform authorisation."""

    OWN_SECRET = "own_secret"  # noqa: S105 - a mode's name
    AUTHORISED = "authorised"


class Standing(StrEnum):
    """Whether an account may be used: down is WeChat's word (50002), unauthorised its owner's."""

    ACTIVE = "active"
    UNAUTHORISED = "unauthorised"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Account:
    """One of the brand's WeChat accounts. `quota_plan` names a plan of the quotas file; `audience` is free text."""

    appid: str
    kind: AccountKind
    name: str
    role: Role
    audience: str = ""
    mode: AccountMode = AccountMode.OWN_SECRET
    quota_plan: str = "standard"
    standing: Standing = Standing.ACTIVE

    @classmethod
    def of(cls, appid: str, *, kind: str, name: str) -> "Account":
        """The account a settings file describes, in the role its kind usually has; `ValueError` for an unknown kind."""
        known = AccountKind(kind)
        return cls(appid, known, name, _USUAL_ROLE[known])


_USUAL_ROLE: Mapping[AccountKind, Role] = {
    AccountKind.MINI_PROGRAM: Role.SHOP,
    AccountKind.SERVICE: Role.SERVICE,
    AccountKind.SUBSCRIPTION: Role.CONTENT,
}


@dataclass(frozen=True, slots=True)
class Secrets:
    """What lets us speak for an account. Never shown, never logged; kept sealed.

    `callback_token` and `callback_aes_key` (43 characters) are those of its message settings; `refresh_token` is an
    authorised account's, whose loss means that its owner must authorise again.
    """

    secret: str = field(default="", repr=False)
    callback_token: str = field(default="", repr=False)
    callback_aes_key: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Denial:
    """WeChat said at `at` that the account may not use this API: 48001, 48004 or 61007."""

    api: str
    code: str
    at: Instant


@dataclass(eq=False)
class UnknownAccount(Refusal):
    """The matrix has no account of this appid."""

    appid: str
    code: ClassVar[str] = "unknown_account"
    zh: ClassVar[str] = "账号矩阵里没有 {appid}。请先在“账号”页添加它。"
    en: ClassVar[str] = "The matrix has no account {appid}. Add it on the accounts page first."


@dataclass(eq=False)
class BadAccount(Refusal):
    """What was entered cannot be an account's; `why` names the field."""

    why: str
    code: ClassVar[str] = "bad_account"
    zh: ClassVar[str] = "账号资料有误:{why}。请按微信公众平台“设置与开发”页上的原文填写。"
    en: ClassVar[str] = "The account cannot be right: {why}. Copy it from WeChat's settings page as it stands."


@dataclass(eq=False)
class NoOpenPlatform(Refusal):
    """The brand has no open platform of its own, so no account can authorise it."""

    code: ClassVar[str] = "no_open_platform"
    zh: ClassVar[str] = "还没有设置第三方平台(ROULIAN_WECHAT_PLATFORM_…),不能扫码授权。请改用填写 AppSecret 的方式。"
    en: ClassVar[str] = "No open platform is set (ROULIAN_WECHAT_PLATFORM_…). Enter the account's AppSecret instead."


@dataclass(eq=False)
class NoTicketYet(Refusal):
    """WeChat has not yet pushed the open platform the ticket with which it proves itself; it was asked to."""

    code: ClassVar[str] = "no_ticket_yet"
    zh: ClassVar[str] = (
        "微信还没有推送 component_verify_ticket,已请求推送。请一分钟后再试;仍不行,核对授权事件接收 URL。"
    )
    en: ClassVar[str] = (
        "WeChat has not pushed the component_verify_ticket yet; it was asked to. Try again in a minute,"
        " then check the platform's event URL."
    )


_AES_KEY_CHARACTERS = 43


def check_account(account: Account, secrets: Secrets) -> None:
    """Raises `BadAccount` unless the account and its secrets can be what WeChat's console shows."""
    if not (account.appid.startswith("wx") and account.appid.replace("_", "").isalnum()):
        raise BadAccount("AppID")
    if not account.name.strip():
        raise BadAccount("name")
    if account.mode is AccountMode.OWN_SECRET and not secrets.secret:
        raise BadAccount("AppSecret")
    if secrets.callback_aes_key and len(secrets.callback_aes_key) != _AES_KEY_CHARACTERS:
        raise BadAccount("EncodingAESKey")
    if bool(secrets.callback_aes_key) != bool(secrets.callback_token):
        raise BadAccount("Token + EncodingAESKey")


def authorised_account(known: Account | None, appid: str, *, name: str, kind: AccountKind) -> Account:
    """The account after its owner authorised us: what we already know of it stays, how it is spoken for changes."""
    account = known or Account(appid, kind, name, _USUAL_ROLE[kind])
    return replace(account, mode=AccountMode.AUTHORISED, standing=Standing.ACTIVE)


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
