"""Acting as people in a mini-program: look at a page, open a link, scan a code, give a phone number or a profile."""

import base64
import hashlib
import sqlite3

import msgspec

from wechat_sandbox.accounts import openid_of
from wechat_sandbox.component.privacy import check_declared
from wechat_sandbox.mini_program import links, phone_numbers, visits
from wechat_sandbox.mini_program.links import LinkKind
from wechat_sandbox.mini_program.sessions import raw_signature, sealed, session_key_of
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed

SCENES = {LinkKind.CODE: 1047, LinkKind.SCHEME: 1065, LinkKind.URL_LINK: 1194, LinkKind.SHORT_LINK: 1129}
FROM_THE_RECENT_LIST = 1089


class Visit(msgspec.Struct):
    """One page view; `stay_s` seconds long, shared `shares` times."""

    person: str
    appid: str
    page: str = ""
    scene: int = FROM_THE_RECENT_LIST
    stay_s: int = 10
    shares: int = 0


class ManyVisits(msgspec.Struct):
    """Visits in bulk, all of them now."""

    visits: list[Visit]


class Opening(msgspec.Struct):
    """Opening a link by its text, or the picture of a code (base64)."""

    person: str
    link: str = ""
    image: str = ""


class InAccount(msgspec.Struct):
    """One person in one account."""

    person: str
    appid: str


class Number(msgspec.Struct):
    """A person's own phone number."""

    person: str
    number: str


def visit(state: State, request: Request) -> Body:
    """POST /_sandbox/visit: the person looks at a page of the mini-program."""
    return {"openid": _visited(state, control_parsed(request, Visit))}


def visit_many(state: State, request: Request) -> Body:
    """POST /_sandbox/visits: the same in bulk."""
    body = control_parsed(request, ManyVisits)
    for one in body.visits:
        _visited(state, one)
    return {"visited": len(body.visits)}


def _visited(state: State, one: Visit) -> str:
    return visits.visit(
        state, one.appid, one.person, page=one.page, scene=one.scene, stay_s=one.stay_s, shares=one.shares
    )


def open_link(state: State, request: Request) -> Body:
    """POST /_sandbox/open_link: where the link or code leads; the page is visited."""
    body = control_parsed(request, Opening)
    row = links.find_link(state, body.link) if body.link else _scanned(state, body.image)
    if row is None:
        raise ControlError("unknown_link", "there is no such link or code")
    if row["expires_ms"] is not None and state.now_ms >= row["expires_ms"]:
        raise ControlError("link_expired", "链接已过期")
    try:
        query = links.open_link(state, row, body.link)
    except ApiError as error:
        raise ControlError("opened_too_often", "今日打开次数已达上限") from error
    scene = SCENES[LinkKind(row["kind"])]
    openid = visits.visit(state, row["appid"], body.person, page=row["path"], scene=scene, stay_s=10, shares=0)
    found = {"appid": row["appid"], "path": row["path"], "query": query, "env_version": row["env_version"]}
    return {**found, "scene": scene, "openid": openid}


def _scanned(state: State, image: str) -> sqlite3.Row | None:
    try:
        digest = hashlib.sha256(base64.b64decode(image, validate=True)).hexdigest()
    except ValueError as error:
        raise ControlError("bad_image", "the image is not base64") from error
    return state.one("SELECT * FROM links WHERE image = ?", digest)


def all_links(state: State, request: Request) -> Body:
    """GET /_sandbox/links?appid=: every link and code of the mini-program, oldest first."""
    rows = state.all("SELECT * FROM links WHERE appid = ? ORDER BY created_ms", request.query.get("appid", ""))
    return {"links": [dict(row) for row in rows]}


def tap_phone_button(state: State, request: Request) -> Body:
    """POST /_sandbox/phone_number: the person allows it; a code, and the sealed number for an old client."""
    body = control_parsed(request, InAccount)
    check_declared(state, body.appid, "PhoneNumber", asked_by="getPhoneNumber")
    return phone_numbers.tap_button(state, body.appid, body.person)


def set_phone_number(state: State, request: Request) -> Body:
    """POST /_sandbox/persons/phone: this is the person's number."""
    body = control_parsed(request, Number)
    phone_numbers.set_number(state, body.person, body.number)
    return {"ok": True}


def user_profile(state: State, request: Request) -> Body:
    """POST /_sandbox/user_profile: what `wx.getUserProfile` gives the page: plain, signed and sealed.

    Nickname and avatar are WeChat's grey ones, as every caller gets them since 2022-10-25.
    """
    body = control_parsed(request, InAccount)
    check_declared(state, body.appid, "UserInfo", asked_by="getUserProfile")
    openid = openid_of(state, body.appid, body.person)
    profile = {
        "nickName": "微信用户",
        "gender": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "avatarUrl": "https://thirdwx.qlogo.cn/mmopen/vi_32/POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg/132",
    }
    raw = msgspec.json.encode(profile).decode()
    secret = sealed(state, body.appid, openid, {"openId": openid, **profile})
    signature = raw_signature(session_key_of(state, body.appid, openid) or "", raw)
    return {"errMsg": "getUserProfile:ok", "rawData": raw, "signature": signature, **secret}


ROUTES = (
    Route("POST", "/_sandbox/visit", Door.CONTROL, visit),
    Route("POST", "/_sandbox/visits", Door.CONTROL, visit_many),
    Route("POST", "/_sandbox/open_link", Door.CONTROL, open_link),
    Route("GET", "/_sandbox/links", Door.CONTROL, all_links),
    Route("POST", "/_sandbox/phone_number", Door.CONTROL, tap_phone_button),
    Route("POST", "/_sandbox/persons/phone", Door.CONTROL, set_phone_number),
    Route("POST", "/_sandbox/user_profile", Door.CONTROL, user_profile),
)
