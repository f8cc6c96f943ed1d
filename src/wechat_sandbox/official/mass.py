"""Mass messages (群发): to all, to a tag, or to openids; each uses a slot (`mass_slots`), and its end is an event.

The same `clientmsgid` within 24 hours is refused with the msg_id of the first (45065); without one, the content and
its target are the id. With API protection on, a message to all waits for the administrator, thirty minutes at most.
"""

import hashlib
import sqlite3
from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import Account
from wechat_sandbox.moments import DAY_MS, MINUTE_MS, day_of
from wechat_sandbox.official.followers import known_person
from wechat_sandbox.official.mass_content import Content, checked, media_id_of
from wechat_sandbox.official.mass_jobs import articles_sent
from wechat_sandbox.official.mass_slots import JobStatus, check_slot, month_of
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.official.tags import Number, has_tag
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import ApiError, Body, Request, parsed

CONFIRM_WITHIN_MS = 30 * MINUTE_MS
LONGEST_CLIENTMSGID_BYTES = 64
LONGEST_TAG = 18
FEWEST_OPENIDS, MOST_OPENIDS = 2, 10_000
SPEEDS = (80, 60, 45, 30, 10)
"""Ten thousands of messages a minute, by the number of the speed."""
OK = {"errcode": 0, "errmsg": "ok"}


class Filter(msgspec.Struct):
    """To all, or to one tag; `group_id` is its older name."""

    is_to_all: bool = False
    tag_id: Number | str | None = None
    group_id: Number | str | None = None


class SendAll(Content):
    """Body of mass/sendall."""

    filter: Filter = msgspec.field(default_factory=Filter)
    clientmsgid: str = ""
    send_ignore_reprint: int = 0


class SendTo(Content):
    """Body of mass/send."""

    touser: list[str] = msgspec.field(default_factory=list)
    clientmsgid: str = ""
    send_ignore_reprint: int = 0


class Preview(Content):
    """Body of mass/preview: one person by openid, or by WeChat name."""

    touser: str = ""
    towxname: str = ""


class MsgId(msgspec.Struct):
    """Body of mass/get and mass/delete."""

    msg_id: str | int = 0
    article_idx: int = 0
    url: str = ""


class Speed(msgspec.Struct):
    """Body of speed/set."""

    speed: int | None = None


class Nothing(msgspec.Struct):
    """Body of speed/get."""


def send_all(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/sendall: a job for all followers or those of a tag.

    Refuses a bad content, an unknown tag (45159), a repeated clientmsgid (45065, 45066; 45067 too long), and the
    account that has no slot left (45028).
    """
    app = check(state, request.caller, Right.MASS)
    body = parsed(request, SendAll)
    tag = _tag(body.filter)
    if not body.filter.is_to_all and (tag is None or not has_tag(state, app.appid, tag)):
        raise ApiError(45159)
    target = {"is_to_all": True} if body.filter.is_to_all else {"tag_id": tag}
    return _submit(state, app, body, target=target, clientmsgid=body.clientmsgid)


def _tag(chosen: Filter) -> int | None:
    """The tag's number, which older clients write as text."""
    tag = chosen.tag_id if chosen.tag_id is not None else chosen.group_id
    if isinstance(tag, str):
        return int(tag) if tag.isdecimal() and len(tag) <= LONGEST_TAG else None
    return tag


def send_to(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/send: a job for two to ten thousand openids (40032, 40003); otherwise as sendall."""
    app = check(state, request.caller, Right.MASS)
    body = parsed(request, SendTo)
    if not FEWEST_OPENIDS <= len(body.touser) <= MOST_OPENIDS:
        raise ApiError(40032)
    for openid in body.touser:
        known_person(state, app.appid, openid)
    return _submit(state, app, body, target={"openids": body.touser}, clientmsgid=body.clientmsgid)


def _submit(state: State, app: Account, body: Content, *, target: Mapping[str, object], clientmsgid: str) -> Body:
    content = checked(state, app.appid, body)
    client_msg_id = _client_msg_id(clientmsgid, content, target)
    _check_new(state, app.appid, client_msg_id, is_given=bool(clientmsgid))
    try:
        check_slot(state, app, is_to_all="is_to_all" in target)
    except ApiError:
        state.run("INSERT OR REPLACE INTO mass_refused VALUES (?, ?, ?)", app.appid, client_msg_id, state.now_ms)
        raise
    waits = state.settings.mass_needs_confirmation and "is_to_all" in target
    msg_id, msg_data_id = _insert(
        state, app.appid, content, target, client_msg_id=client_msg_id, media_id=media_id_of(body), waits=waits
    )
    reply = {"errcode": 0, "errmsg": "send job submission success", "msg_id": msg_id}
    return {**reply, "msg_data_id": msg_data_id} if body.msgtype == "mpnews" else reply


def _client_msg_id(given: str, content: Mapping[str, object], target: Mapping[str, object]) -> str:
    if len(given.encode()) > LONGEST_CLIENTMSGID_BYTES:
        raise ApiError(45067)
    return given or hashlib.md5(msgspec.json.encode([content, target]), usedforsecurity=False).hexdigest()


def _check_new(state: State, appid: str, client_msg_id: str, *, is_given: bool) -> None:
    earlier = state.value(
        "SELECT msg_id FROM mass_jobs WHERE appid = ? AND client_msg_id = ? AND submitted_ms > ?"
        " AND status != 'SEND_FAIL' ORDER BY submitted_ms DESC LIMIT 1",
        appid,
        client_msg_id,
        state.now_ms - DAY_MS,
    )
    if earlier is not None:
        raise ApiError(45065, beside={"msg_id": earlier})
    refused_ms = state.value(
        "SELECT at_ms FROM mass_refused WHERE appid = ? AND client_msg_id = ?", appid, client_msg_id
    )
    if is_given and refused_ms is not None and state.now_ms - refused_ms < MINUTE_MS:
        raise ApiError(45066)


def _insert(
    state: State,
    appid: str,
    content: Mapping[str, object],
    target: Mapping[str, object],
    *,
    client_msg_id: str,
    media_id: str,
    waits: bool,
) -> tuple[int, int]:
    msg_id, msg_data_id = int(state.serial_digits(10)) + 1_000_000_000, int(f"2247{state.serial_digits(8)}")
    state.run(
        "INSERT INTO mass_jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        msg_id,
        appid,
        msg_data_id,
        client_msg_id,
        content["msgtype"],
        msgspec.json.encode(content).decode(),
        media_id,
        msgspec.json.encode(target).decode(),
        "is_to_all" in target,
        state.now_ms,
        day_of(state.now_ms),
        month_of(state.now_ms),
        JobStatus.CONFIRMING if waits else JobStatus.SENDING,
    )
    if waits:
        set_timer(state, TimerKind.MASS_UNCONFIRMED, str(msg_id), at_ms=state.now_ms + CONFIRM_WITHIN_MS)
    else:
        set_timer(state, TimerKind.MASS_SENT, str(msg_id), at_ms=state.now_ms + state.settings.mass_takes_ms)
    return msg_id, msg_data_id


def preview(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/preview: one follower sees it now, no slot is used; 40003, 40132, 43004."""
    app = check(state, request.caller, Right.MASS)
    body = parsed(request, Preview)
    content = checked(state, app.appid, body)
    if body.towxname:
        openid = state.value("SELECT openid FROM openids WHERE appid = ? AND person = ?", app.appid, body.towxname)
        if openid is None:
            raise ApiError(40132)
    else:
        openid = body.touser
    person = known_person(state, app.appid, openid)
    if state.value("SELECT 1 FROM followings WHERE appid = ? AND openid = ?", app.appid, openid) is None:
        raise ApiError(43004)
    msg_id = int(state.serial_digits(10)) + 1_000_000_000
    deliver(state, appid=app.appid, openid=openid, person=person, kind="preview", content=content)
    return {"errcode": 0, "errmsg": "preview success", "msg_id": msg_id}


def _job(state: State, appid: str, msg_id: str | int) -> sqlite3.Row:
    row = state.one("SELECT * FROM mass_jobs WHERE appid = ? AND msg_id = ?", appid, str(msg_id))
    if row is None:
        raise ApiError(40059)
    return row


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/get: how a job stands: SENDING, SEND_SUCCESS, SEND_FAIL, DELETE; 40059 unknown."""
    check(state, request.caller, Right.MASS)
    row = _job(state, request.caller, parsed(request, MsgId).msg_id)
    status = JobStatus.SENDING if row["status"] == JobStatus.CONFIRMING else JobStatus(row["status"])
    return {"msg_id": row["msg_id"], "msg_status": status}


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/delete: the article's page is gone, the cards on phones stay; 40059 otherwise.

    Only what was sent can be deleted, and only articles and videos; a `url` names its job too.
    """
    check(state, request.caller, Right.MASS)
    body = parsed(request, MsgId)
    row = _named_by(state, request.caller, body.url) if body.url else _job(state, request.caller, body.msg_id)
    if row is None or row["status"] != JobStatus.SENT or row["msgtype"] not in ("mpnews", "mpvideo"):
        raise ApiError(40059)
    state.run("UPDATE mass_jobs SET status = ? WHERE msg_id = ?", JobStatus.DELETED, row["msg_id"])
    return OK


def _named_by(state: State, appid: str, url: str) -> sqlite3.Row | None:
    for row in state.all("SELECT * FROM mass_jobs WHERE appid = ? AND msgtype = 'mpnews' ORDER BY msg_id DESC", appid):
        if url in articles_sent(state, row):
            return row
    return None


def get_speed(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/speed/get: the speed's number, and its ten thousands a minute; no body is needed."""
    check(state, request.caller, Right.MASS)
    if request.body:
        parsed(request, Nothing)
    speed: int = state.value("SELECT speed FROM mass_speeds WHERE appid = ?", request.caller) or 0
    return {"speed": speed, "realspeed": SPEEDS[speed]}


def set_speed(state: State, request: Request) -> Body:
    """POST /cgi-bin/message/mass/speed/set: 0 (fastest) to 4; 45083 for another number, 45084 for none."""
    check(state, request.caller, Right.MASS)
    speed = parsed(request, Speed).speed
    if speed is None:
        raise ApiError(45084)
    if not 0 <= speed < len(SPEEDS):
        raise ApiError(45083)
    state.run("INSERT OR REPLACE INTO mass_speeds VALUES (?, ?)", request.caller, speed)
    return OK


CONTENT_WRONG = (40007, 40008, 40073, 44004, 45002, 45008)
REPEATED = (45028, 45065, 45066, 45067)
ROUTES = (
    Route(
        "POST",
        "/cgi-bin/message/mass/sendall",
        Door.TOKEN,
        send_all,
        refuses=(*CONTENT_WRONG, *REPEATED, 45159, 48001),
    ),
    Route(
        "POST",
        "/cgi-bin/message/mass/send",
        Door.TOKEN,
        send_to,
        refuses=(*CONTENT_WRONG, *REPEATED, 40003, 40032, 48001),
    ),
    Route(
        "POST",
        "/cgi-bin/message/mass/preview",
        Door.TOKEN,
        preview,
        refuses=(*CONTENT_WRONG, 40003, 40132, 43004, 48001),
    ),
    Route("POST", "/cgi-bin/message/mass/get", Door.TOKEN, get, refuses=(40059, 48001)),
    Route("POST", "/cgi-bin/message/mass/delete", Door.TOKEN, delete, refuses=(40059, 48001)),
    Route("POST", "/cgi-bin/message/mass/speed/get", Door.TOKEN, get_speed, refuses=(48001,)),
    Route("POST", "/cgi-bin/message/mass/speed/set", Door.TOKEN, set_speed, refuses=(45083, 45084, 48001)),
)
