"""The account's customer-service staff, and who of them serves whom.

A person whose message was answered with `transfer_customer_service` waits; a session binds them to one of the staff
who is online, until it is closed. Source: developers.weixin.qq.com, 客服管理, 会话控制.
"""

import re
import sqlite3
from collections.abc import Mapping

import msgspec

from wechat_sandbox.official.followers import known_person
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_STAFF = 100
LONGEST_PREFIX = 10
PREFIX = re.compile(r"^[A-Za-z0-9_]+$")
FIRST_KF_ID = 1001
WAITING = ""
MOST_WAITING_SHOWN = 100
OK = {"errcode": 0, "errmsg": "ok"}


class StaffBody(msgspec.Struct):
    """Body of kfaccount/add, update and del; older documents add a password, which is passed over."""

    kf_account: str = ""
    nickname: str = ""


class SessionBody(msgspec.Struct):
    """Body of kfsession/create and close."""

    kf_account: str = ""
    openid: str = ""


def _find(state: State, appid: str, kf_account: str) -> sqlite3.Row:
    row = state.one("SELECT * FROM kf_staff WHERE appid = ? AND kf_account = ?", appid, kf_account)
    if row is None:
        raise ApiError(61452)
    return row


def add(state: State, request: Request) -> Body:
    """POST /customservice/kfaccount/add: one more of the staff, `prefix@account`.

    Refuses one that is there (61453), a prefix past ten characters (61454) or with others than letters and digits
    (61455), and the hundred and first (61456).
    """
    check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, StaffBody)
    prefix, at, _ = body.kf_account.partition("@")
    if not at or not PREFIX.match(prefix):
        raise ApiError(61455)
    if len(prefix) > LONGEST_PREFIX:
        raise ApiError(61454)
    known = state.value("SELECT 1 FROM kf_staff WHERE appid = ? AND kf_account = ?", request.caller, body.kf_account)
    if known is not None:
        raise ApiError(61453)
    if int(state.value("SELECT COUNT(*) FROM kf_staff WHERE appid = ?", request.caller)) >= MOST_STAFF:
        raise ApiError(61456)
    last = state.value("SELECT MAX(kf_id) FROM kf_staff WHERE appid = ?", request.caller)
    state.run(
        "INSERT INTO kf_staff (appid, kf_account, kf_id, nickname) VALUES (?, ?, ?, ?)",
        request.caller,
        body.kf_account,
        FIRST_KF_ID if last is None else last + 1,
        body.nickname,
    )
    return OK


def update(state: State, request: Request) -> Body:
    """POST /customservice/kfaccount/update: the staff member has another nickname; 61452 for nobody."""
    check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, StaffBody)
    _find(state, request.caller, body.kf_account)
    state.run(
        "UPDATE kf_staff SET nickname = ? WHERE appid = ? AND kf_account = ?",
        body.nickname,
        request.caller,
        body.kf_account,
    )
    return OK


def delete(state: State, request: Request) -> Body:
    """GET or POST /customservice/kfaccount/del?kf_account=: gone, sessions included; 61452 for nobody."""
    check(state, request.caller, Right.CUSTOMER)
    kf_account = request.query.get("kf_account", "")
    if not kf_account and request.body:
        kf_account = parsed(request, StaffBody).kf_account
    _find(state, request.caller, kf_account)
    for table in ("kf_staff", "kf_sessions"):
        state.run(f"DELETE FROM {table} WHERE appid = ? AND kf_account = ?", request.caller, kf_account)
    return OK


def get_list(state: State, request: Request) -> Body:
    """GET /cgi-bin/customservice/getkflist: the staff."""
    check(state, request.caller, Right.CUSTOMER)
    rows = state.all("SELECT * FROM kf_staff WHERE appid = ? ORDER BY kf_id", request.caller)
    return {"kf_list": [{**_shown(row), "kf_nick": row["nickname"], "kf_headimgurl": ""} for row in rows]}


def get_online(state: State, request: Request) -> Body:
    """GET /cgi-bin/customservice/getonlinekflist: the staff who are online, and how many each serves."""
    check(state, request.caller, Right.CUSTOMER)
    rows = state.all("SELECT * FROM kf_staff WHERE appid = ? AND is_online ORDER BY kf_id", request.caller)
    served = [_served(state, request.caller, row["kf_account"]) for row in rows]
    return {
        "kf_online_list": [
            {**_shown(row), "status": 1, "accepted_case": len(cases)} for row, cases in zip(rows, served, strict=True)
        ]
    }


def _shown(row: sqlite3.Row) -> Mapping[str, object]:
    return {"kf_account": row["kf_account"], "kf_id": row["kf_id"]}


def _served(state: State, appid: str, kf_account: str) -> list[sqlite3.Row]:
    return state.all(
        "SELECT * FROM kf_sessions WHERE appid = ? AND kf_account = ? ORDER BY since_ms, openid", appid, kf_account
    )


def start_waiting(state: State, appid: str, openid: str, kf_account: str) -> None:
    """The person waits for any of the staff, or has a session with the one who was named and is online."""
    online = state.value("SELECT 1 FROM kf_staff WHERE appid = ? AND kf_account = ? AND is_online", appid, kf_account)
    state.run(
        "INSERT OR REPLACE INTO kf_sessions VALUES (?, ?, ?, ?)",
        appid,
        openid,
        kf_account if online is not None else WAITING,
        state.now_ms,
    )


def _session(state: State, appid: str, openid: str) -> sqlite3.Row | None:
    return state.one(
        "SELECT * FROM kf_sessions WHERE appid = ? AND openid = ? AND kf_account != ?", appid, openid, WAITING
    )


def create_session(state: State, request: Request) -> Body:
    """POST /customservice/kfsession/create: the person is served; 61452, 61459 offline, 61458 by another already."""
    check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, SessionBody)
    row = _find(state, request.caller, body.kf_account)
    known_person(state, request.caller, body.openid)
    if not row["is_online"]:
        raise ApiError(61459)
    session = _session(state, request.caller, body.openid)
    if session is not None and session["kf_account"] != body.kf_account:
        raise ApiError(61458)
    state.run(
        "INSERT OR REPLACE INTO kf_sessions VALUES (?, ?, ?, ?)",
        request.caller,
        body.openid,
        body.kf_account,
        state.now_ms,
    )
    return OK


def close_session(state: State, request: Request) -> Body:
    """POST /customservice/kfsession/close: served no more; 61452 for nobody, 40003 when there is no such session."""
    check(state, request.caller, Right.CUSTOMER)
    body = parsed(request, SessionBody)
    _find(state, request.caller, body.kf_account)
    closed = state.run(
        "DELETE FROM kf_sessions WHERE appid = ? AND openid = ? AND kf_account = ?",
        request.caller,
        body.openid,
        body.kf_account,
    )
    if closed.rowcount == 0:
        raise ApiError(40003)
    return OK


def get_session(state: State, request: Request) -> Body:
    """GET /customservice/kfsession/getsession?openid=: who serves the person; an empty name when nobody does."""
    check(state, request.caller, Right.CUSTOMER)
    openid = request.query.get("openid", "")
    known_person(state, request.caller, openid)
    row = _session(state, request.caller, openid)
    if row is None:
        return {**OK, "kf_account": "", "createtime": 0}
    return {**OK, "kf_account": row["kf_account"], "createtime": row["since_ms"] // 1000}


def get_session_list(state: State, request: Request) -> Body:
    """GET /customservice/kfsession/getsessionlist?kf_account=: whom one of the staff serves; 61452 for nobody."""
    check(state, request.caller, Right.CUSTOMER)
    kf_account = request.query.get("kf_account", "")
    _find(state, request.caller, kf_account)
    rows = _served(state, request.caller, kf_account)
    return {"sessionlist": [{"openid": row["openid"], "createtime": row["since_ms"] // 1000} for row in rows]}


def get_waiting(state: State, request: Request) -> Body:
    """GET /customservice/kfsession/getwaitcase: who waits, the longest first, a hundred at most."""
    check(state, request.caller, Right.CUSTOMER)
    rows = _served(state, request.caller, WAITING)
    cases = [
        {"latest_time": row["since_ms"] // 1000, "openid": row["openid"], "kf_account": ""}
        for row in rows[:MOST_WAITING_SHOWN]
    ]
    return {"count": len(rows), "waitcaselist": cases}


ROUTES = (
    Route("POST", "/customservice/kfaccount/add", Door.TOKEN, add, refuses=(48001, 61453, 61454, 61455, 61456)),
    Route("POST", "/customservice/kfaccount/update", Door.TOKEN, update, refuses=(48001, 61452)),
    Route("GET", "/customservice/kfaccount/del", Door.TOKEN, delete, refuses=(48001, 61452)),
    Route("POST", "/customservice/kfaccount/del", Door.TOKEN, delete, refuses=(48001, 61452)),
    Route("GET", "/cgi-bin/customservice/getkflist", Door.TOKEN, get_list, refuses=(48001,)),
    Route("GET", "/cgi-bin/customservice/getonlinekflist", Door.TOKEN, get_online, refuses=(48001,)),
    Route("POST", "/customservice/kfsession/create", Door.TOKEN, create_session, (40003, 48001, 61452, 61458, 61459)),
    Route("POST", "/customservice/kfsession/close", Door.TOKEN, close_session, refuses=(40003, 48001, 61452)),
    Route("GET", "/customservice/kfsession/getsession", Door.TOKEN, get_session, refuses=(40003, 48001)),
    Route("GET", "/customservice/kfsession/getsessionlist", Door.TOKEN, get_session_list, refuses=(48001, 61452)),
    Route("GET", "/customservice/kfsession/getwaitcase", Door.TOKEN, get_waiting, refuses=(48001,)),
)
