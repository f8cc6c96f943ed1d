"""Tickets for pages: jsapi_ticket, with which a page signs `wx.config`, and the card ticket.

A ticket lives two hours; asked again meanwhile, the same one comes. The signature that a phone checks is SHA-1 over
`jsapi_ticket=…&noncestr=…&timestamp=…&url=…`. Source: developers.weixin.qq.com, JS-SDK 使用权限签名算法.
"""

import hashlib

from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request

LIFE_MS = 7_200_000
RIGHTS = {"jsapi": Right.JS_TICKET, "wx_card": Right.CARD_TICKET}


def get_ticket(state: State, request: Request) -> Body:
    """GET /cgi-bin/ticket/getticket?type=jsapi|wx_card: the account's ticket; 40097 for another type."""
    kind = request.query.get("type", "")
    if kind not in RIGHTS:
        raise ApiError(40097)
    check(state, request.caller, RIGHTS[kind])
    row = state.one("SELECT * FROM tickets WHERE appid = ? AND type = ?", request.caller, kind)
    if row is not None and row["expires_ms"] > state.now_ms:
        return _shown(row["ticket"], row["expires_ms"] - state.now_ms)
    ticket = state.draw_text(85)
    state.run(
        "INSERT OR REPLACE INTO tickets VALUES (?, ?, ?, ?)", request.caller, kind, ticket, state.now_ms + LIFE_MS
    )
    return _shown(ticket, LIFE_MS)


def _shown(ticket: str, left_ms: int) -> Body:
    return {"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": left_ms // 1000}


def is_page_signed(state: State, appid: str, *, url: str, timestamp: str, nonce: str, signature: str) -> bool:
    """Whether a phone accepts this `wx.config` of a page of the account at this moment."""
    row = state.one("SELECT * FROM tickets WHERE appid = ? AND type = 'jsapi'", appid)
    if row is None or row["expires_ms"] <= state.now_ms:
        return False
    text = f"jsapi_ticket={row['ticket']}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() == signature


ROUTES = (Route("GET", "/cgi-bin/ticket/getticket", Door.TOKEN, get_ticket, refuses=(40097, 48001)),)
