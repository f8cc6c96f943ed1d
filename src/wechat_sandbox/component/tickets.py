"""How a third-party platform proves itself: WeChat pushes a ticket every ten minutes, the ticket buys a token.

A ticket is good for twelve hours, so a platform that keeps the latest one outlives an outage of its receiver.
Source: developers.weixin.qq.com, 第三方平台 验证票据 and 令牌.
"""

import msgspec

from wechat_sandbox.moments import MINUTE_MS
from wechat_sandbox.platforms import Platform, find_platform
from wechat_sandbox.pushes import push_platform
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer
from wechat_sandbox.tokens import LIFE_MS, TokenKind, holder_of, issue
from wechat_sandbox.wire import ApiError, Body, Request, parsed

TICKET_EVERY_MS = 10 * MINUTE_MS
TICKET_LIFE_MS = 12 * 60 * MINUTE_MS


class StartPush(msgspec.Struct):
    """Body of api_start_push_ticket."""

    component_appid: str = ""
    component_secret: str = ""


class ComponentToken(msgspec.Struct):
    """Body of api_component_token."""

    component_appid: str = ""
    component_appsecret: str = ""
    component_verify_ticket: str = ""


def platform_caller(state: State, request: Request) -> str:
    """The appid of the platform whose component_access_token this call carries.

    Raises the refusals of `tokens.holder_of`, and `ApiError` 61014 for an account's own token.
    """
    token = request.query.get("component_access_token") or request.query.get("access_token", "")
    holder = holder_of(state, token)
    if holder.kind is not TokenKind.COMPONENT:
        raise ApiError(61014)
    return holder.appid


def known_platform(state: State, appid: str, secret: str) -> Platform:
    """The platform with this secret; raises `ApiError` 41018, 40013, 41004 or 40125."""
    if not appid:
        raise ApiError(41018)
    platform = find_platform(state, appid)
    if platform is None:
        raise ApiError(40013)
    if not secret:
        raise ApiError(41004)
    if platform.secret != secret:
        raise ApiError(40125)
    return platform


def start_pushing(state: State, appid: str) -> None:
    """The platform's first ticket is due now, the next every ten minutes."""
    state.run("UPDATE platforms SET pushes_tickets = 1 WHERE appid = ?", appid)
    cancel_timer(state, TimerKind.TICKET_PUSHED, appid)
    set_timer(state, TimerKind.TICKET_PUSHED, appid, at_ms=state.now_ms)


def stop_pushing(state: State, appid: str) -> None:
    """No ticket comes until api_start_push_ticket is called."""
    state.run("UPDATE platforms SET pushes_tickets = 0 WHERE appid = ?", appid)
    cancel_timer(state, TimerKind.TICKET_PUSHED, appid)


def push_ticket(state: State, appid: str) -> None:
    """A new component_verify_ticket goes to the platform, and the one after it is ten minutes away."""
    platform = find_platform(state, appid)
    if platform is None:
        return
    ticket = f"ticket@@@{state.draw_text(74)}"
    state.run("DELETE FROM platform_tickets WHERE issued_ms <= ?", state.now_ms - 2 * TICKET_LIFE_MS)
    state.run("INSERT INTO platform_tickets VALUES (?, ?, ?)", ticket, appid, state.now_ms)
    push_platform(state, platform, "component_verify_ticket", {"ComponentVerifyTicket": ticket})
    set_timer(state, TimerKind.TICKET_PUSHED, appid, at_ms=state.now_ms + TICKET_EVERY_MS)


def start_push_ticket(state: State, request: Request) -> Body:
    """POST /cgi-bin/component/api_start_push_ticket: tickets come again, the first at once."""
    body = parsed(request, StartPush)
    start_pushing(state, known_platform(state, body.component_appid, body.component_secret).appid)
    return {"errcode": 0, "errmsg": "ok"}


def component_token(state: State, request: Request) -> Body:
    """POST /cgi-bin/component/api_component_token: a token of two hours for a ticket of the last twelve.

    Refuses an address outside the whitelist (61004), a stale ticket (61005) and an unknown one (61006).
    """
    body = parsed(request, ComponentToken)
    platform = known_platform(state, body.component_appid, body.component_appsecret)
    if platform.ips and request.ip not in platform.ips:
        raise ApiError(61004, f"access clientip is not registered requestIP: {request.ip}")
    issued_ms = state.value(
        "SELECT issued_ms FROM platform_tickets WHERE ticket = ? AND platform = ?",
        body.component_verify_ticket,
        platform.appid,
    )
    if issued_ms is None:
        raise ApiError(61006)
    if state.now_ms >= issued_ms + TICKET_LIFE_MS:
        raise ApiError(61005)
    token = issue(state, platform.appid, TokenKind.COMPONENT)
    return {"component_access_token": token, "expires_in": LIFE_MS // 1000}


KNOWN = (41018, 40013, 41004, 40125)

ROUTES = (
    Route("POST", "/cgi-bin/component/api_start_push_ticket", Door.OPEN, start_push_ticket, KNOWN),
    Route("POST", "/cgi-bin/component/api_component_token", Door.OPEN, component_token, (*KNOWN, 61004, 61005, 61006)),
)
