"""Service cards (新版一次性订阅 Beta): the status of a paid order, shown without a pop-up.

The code of a card is the Pay transaction id; only its payer can be told, only after the payment is known to WeChat,
and the first call proves the payment with amount and time. Statuses only go forward.
Source: developers.weixin.qq.com, api_setusernotify / api_getusernotify (error table read 2026).
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.payments import Payment, payment_by_transaction
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

NOTIFY_TYPES = (2001, 2002, 2006)
PAY_TIME_TOLERANCE_S = 60
STATUSES = range(1, 10)


class SetUserNotify(msgspec.Struct):
    """Body of set_user_notify."""

    openid: str = ""
    notify_type: int = 0
    notify_code: str = ""
    content_json: str = ""
    check_json: str = ""


class Check(msgspec.Struct):
    """`check_json`: amount in fen, time in seconds."""

    pay_amount: int
    pay_time: int
    pay_channel: int = 0


class Content(msgspec.Struct):
    """The part of `content_json` that every card has."""

    cur_status: int


class GetUserNotify(msgspec.Struct):
    """Body of get_user_notify."""

    openid: str = ""
    notify_type: int = 0
    notify_code: str = ""


def set_user_notify(state: State, request: Request) -> Body:
    """POST /wxa/set_user_notify: the card shows the new status.

    Refuses a wrong openid (40003), card type (85434), unknown payment (85437), old code (85438), false amount or
    time at activation (85433), unreadable content (85435, 85440), and a status that is not ahead (85439).
    """
    body = parsed(request, SetUserNotify)
    appid = request.caller
    person = person_of(state, appid, body.openid)
    if person is None:
        raise ApiError(40003)
    payment = _payment(state, appid, openid=body.openid, notify_type=body.notify_type, code=body.notify_code)
    status = _status(body.content_json)
    card = _card(state, appid, body.openid, body.notify_type, body.notify_code)
    if card is None:
        _check_payment(body.check_json, payment)
        expires_ms = state.now_ms + state.settings.card_code_days * DAY_MS
    else:
        _check_progress(state, shown=card["cur_status"], status=status, expires_ms=card["expires_ms"])
        expires_ms = card["expires_ms"]
    state.run(
        "INSERT OR REPLACE INTO cards VALUES (?, ?, ?, ?, ?, ?, ?)",
        appid,
        body.openid,
        body.notify_type,
        body.notify_code,
        status,
        body.content_json,
        expires_ms,
    )
    content = {"notify_type": body.notify_type, "notify_code": body.notify_code, "content_json": body.content_json}
    deliver(state, appid=appid, openid=body.openid, person=person, kind="card", content=content)
    return {"errcode": 0, "errmsg": "ok"}


def _payment(state: State, appid: str, *, openid: str, notify_type: int, code: str) -> Payment:
    if notify_type not in NOTIFY_TYPES:
        raise ApiError(85434)
    payment = payment_by_transaction(state, code)
    if payment is None or payment.appid != appid or payment.openid != openid:
        raise ApiError(85437)
    if state.now_ms < payment.known_ms + state.settings.card_visible_after_ms:
        raise ApiError(85437)
    return payment


def _card(state: State, appid: str, openid: str, notify_type: int, code: str) -> sqlite3.Row | None:
    return state.one(
        "SELECT * FROM cards WHERE appid = ? AND openid = ? AND notify_type = ? AND notify_code = ?",
        appid,
        openid,
        notify_type,
        code,
    )


def _status(content_json: str) -> int:
    try:
        msgspec.json.decode(content_json, type=dict)
    except msgspec.DecodeError as error:
        raise ApiError(85435) from error
    try:
        status = msgspec.json.decode(content_json, type=Content).cur_status
    except msgspec.ValidationError as error:
        raise ApiError(85440) from error
    if status not in STATUSES:
        raise ApiError(85439)
    return status


def _check_payment(check_json: str, payment: Payment) -> None:
    try:
        check = msgspec.json.decode(check_json, type=Check)
    except msgspec.DecodeError as error:
        raise ApiError(85433) from error
    paid_s = payment.known_ms // 1000
    if check.pay_amount != payment.total_fen or abs(check.pay_time - paid_s) > PAY_TIME_TOLERANCE_S:
        raise ApiError(85433)


def _check_progress(state: State, *, shown: int, status: int, expires_ms: int) -> None:
    if state.now_ms >= expires_ms:
        raise ApiError(85438)
    if status < shown:
        raise ApiError(85439)
    if status == shown and not state.settings.card_status_may_repeat:
        raise ApiError(85448)


def get_user_notify(state: State, request: Request) -> Body:
    """POST /wxa/get_user_notify: what the card shows; empty content before its first status."""
    body = parsed(request, GetUserNotify)
    if person_of(state, request.caller, body.openid) is None:
        raise ApiError(40003)
    payment = _payment(state, request.caller, openid=body.openid, notify_type=body.notify_type, code=body.notify_code)
    card = _card(state, request.caller, body.openid, body.notify_type, body.notify_code)
    expires_ms = card["expires_ms"] if card is not None else payment.known_ms + state.settings.card_code_days * DAY_MS
    shown = {
        "notify_type": body.notify_type,
        "content_json": card["content_json"] if card is not None else "",
        "code_state": 0,
        "code_expire_time": expires_ms // 1000,
    }
    return {"errcode": 0, "errmsg": "ok", "notify_info": shown}


ROUTES = (
    Route(
        "POST",
        "/wxa/set_user_notify",
        Door.TOKEN,
        set_user_notify,
        refuses=(40003, 85433, 85434, 85435, 85437, 85438, 85439, 85440, 85448),
    ),
    Route("POST", "/wxa/get_user_notify", Door.TOKEN, get_user_notify, refuses=(40003, 85434, 85437)),
)
