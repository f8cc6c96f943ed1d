"""Official accounts and mini-programs, and who their openids and unionids belong to.

One person has another openid in every account; the unionid is the same in all accounts that hang on one
open-platform account, and absent in an account that hangs on none.
"""

import base64
from dataclasses import dataclass
from enum import StrEnum

from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, ControlError


class AccountKind(StrEnum):
    """服务号, 订阅号 (公众号), 小程序, 微信小店."""

    SERVICE = "service"
    SUBSCRIPTION = "subscription"
    MINI_PROGRAM = "mini_program"
    SHOP = "shop"


class Format(StrEnum):
    """The format of pushed messages; official accounts know XML only."""

    XML = "xml"
    JSON = "json"


class Encryption(StrEnum):
    """明文模式 or 安全模式."""

    PLAIN = "plain"
    AES = "aes"


@dataclass(frozen=True, slots=True)
class Account:
    """One account as WeChat keeps it."""

    appid: str
    kind: AccountKind
    name: str
    original_id: str
    secret: str
    token: str
    aes_key: str
    callback_url: str
    format: Format
    encryption: Encryption
    open_appid: str
    is_verified: bool
    is_trade_managed: bool
    has_shipped: bool
    callback_verified: bool


def find_account(state: State, appid: str) -> Account | None:
    """The account, or None."""
    row = state.one("SELECT * FROM accounts WHERE appid = ?", appid)
    if row is None:
        return None
    return Account(
        appid=row["appid"],
        kind=AccountKind(row["kind"]),
        name=row["name"],
        original_id=row["original_id"],
        secret=row["secret"],
        token=row["token"],
        aes_key=row["aes_key"],
        callback_url=row["callback_url"],
        format=Format(row["format"]),
        encryption=Encryption(row["encryption"]),
        open_appid=row["open_appid"],
        is_verified=bool(row["is_verified"]),
        is_trade_managed=bool(row["is_trade_managed"]),
        has_shipped=bool(row["has_shipped"]),
        callback_verified=bool(row["callback_verified"]),
    )


def account(state: State, appid: str) -> Account:
    """The account; raises `ApiError` 40013 when there is none."""
    found = find_account(state, appid)
    if found is None:
        raise ApiError(40013)
    return found


def openid_of(state: State, appid: str, person: str) -> str:
    """The openid of `person` in the account: fixed by the seed, kept from the first meeting on.

    Raises `ControlError` for an unknown person or account.
    """
    openid = _openid(state, appid, person)
    if state.value("SELECT 1 FROM openids WHERE appid = ? AND openid = ?", appid, openid):
        return openid
    if state.value("SELECT 1 FROM persons WHERE person = ?", person) is None:
        raise ControlError("unknown_person", f"there is no person {person!r}")
    if find_account(state, appid) is None:
        raise ControlError("unknown_account", f"there is no account {appid!r}")
    state.run("INSERT INTO openids (appid, openid, person) VALUES (?, ?, ?)", appid, openid, person)
    return openid


def _openid(state: State, appid: str, person: str) -> str:
    head = base64.urlsafe_b64encode(state.hashed("openid", appid, size=4)).decode()[:5]
    tail = base64.urlsafe_b64encode(state.hashed("openid", appid, person, size=18)).decode()[:22]
    return f"o{head}{tail}"


def unionid_of(state: State, open_appid: str, person: str) -> str:
    """The unionid of `person` under one open-platform account."""
    tail = base64.urlsafe_b64encode(state.hashed("unionid", open_appid, person, size=21)).decode()
    return f"o{tail[:27]}"


def person_of(state: State, appid: str, openid: str) -> str | None:
    """Who has this openid in the account, or None."""
    person: str | None = state.value("SELECT person FROM openids WHERE appid = ? AND openid = ?", appid, openid)
    return person
