"""Which accounts may call what: the account's kind and its verification decide (48001 otherwise).

Source: developers.weixin.qq.com, 接口权限说明. An account that is not verified (every personal one) may speak to
nobody on its own account: no users, no messages, no codes.
"""

from collections.abc import Mapping
from enum import StrEnum

from wechat_sandbox.accounts import Account, AccountKind, account
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

SERVICE, SUBSCRIPTION, MINI = AccountKind.SERVICE, AccountKind.SUBSCRIPTION, AccountKind.MINI_PROGRAM


class Right(StrEnum):
    """A group of APIs that are granted together."""

    FOLLOWERS = "followers"
    MENU = "menu"
    QRCODE = "qrcode"
    WEB_LOGIN = "web_login"
    JS_TICKET = "js_ticket"
    CARD_TICKET = "card_ticket"
    TEMPLATE = "template"
    SUBSCRIBE_NOTICE = "subscribe_notice"
    ONE_TIME = "one_time"
    CUSTOMER = "customer"
    MASS = "mass"


VERIFIED: Mapping[Right, frozenset[AccountKind]] = {
    Right.FOLLOWERS: frozenset({SERVICE, SUBSCRIPTION}),
    Right.MENU: frozenset({SERVICE, SUBSCRIPTION}),
    Right.QRCODE: frozenset({SERVICE}),
    Right.WEB_LOGIN: frozenset({SERVICE}),
    Right.JS_TICKET: frozenset({SERVICE, SUBSCRIPTION}),
    Right.CARD_TICKET: frozenset({SERVICE, SUBSCRIPTION}),
    Right.TEMPLATE: frozenset({SERVICE}),
    Right.SUBSCRIBE_NOTICE: frozenset({SERVICE, SUBSCRIPTION}),
    Right.ONE_TIME: frozenset({SERVICE, SUBSCRIPTION}),
    Right.CUSTOMER: frozenset({SERVICE, SUBSCRIPTION, MINI}),
    Right.MASS: frozenset({SERVICE, SUBSCRIPTION}),
}
UNVERIFIED: Mapping[Right, frozenset[AccountKind]] = {
    Right.MENU: frozenset({SERVICE}),
    Right.JS_TICKET: frozenset({SERVICE, SUBSCRIPTION}),
    Right.CUSTOMER: frozenset({MINI}),
}


def has_right(app: Account, right: Right) -> bool:
    """Whether an account of this kind and verification may call these APIs."""
    granted = VERIFIED if app.is_verified else UNVERIFIED
    return app.kind in granted.get(right, frozenset())


def check(state: State, appid: str, right: Right) -> Account:
    """The account, which may call these APIs; raises `ApiError` 48001 otherwise."""
    app = account(state, appid)
    if not has_right(app, right):
        raise ApiError(48001)
    return app
