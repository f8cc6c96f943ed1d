"""Who follows the account: the list by pages of ten thousand, one follower, a hundred followers, the remark.

Since 27 December 2021 user/info tells neither nickname nor portrait. A person who stops following loses the
remark and the tags; the openid stays the same.
"""

import re
import sqlite3
from collections.abc import Iterable

import msgspec

from wechat_sandbox.accounts import Account, person_of, unionid_of
from wechat_sandbox.content.audience import note_follow, note_unfollow
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

PAGE = 10_000
MOST_IN_BATCH = 100
MOST_REMARK_CHARACTERS = 30
OPENID = re.compile(r"^o[\w-]{27}$")


class Item(msgspec.Struct):
    """One follower asked for in a batch."""

    openid: str = ""
    lang: str = "zh_CN"


class Batch(msgspec.Struct):
    """Body of user/info/batchget."""

    user_list: list[Item] = []


class Remark(msgspec.Struct):
    """Body of user/info/updateremark."""

    openid: str = ""
    remark: str = ""


def start_following(
    state: State, appid: str, openid: str, *, subscribe_scene: str, qr_scene: int = 0, qr_scene_str: str = ""
) -> bool:
    """Whether the person follows newly; the way they came in is kept."""
    changed = state.run(
        "UPDATE openids SET is_follower = 1 WHERE appid = ? AND openid = ? AND is_follower = 0", appid, openid
    )
    if changed.rowcount == 0:
        return False
    state.run(
        "INSERT INTO followings (appid, openid, subscribed_ms, subscribe_scene, qr_scene, qr_scene_str)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        appid,
        openid,
        state.now_ms,
        subscribe_scene,
        qr_scene,
        qr_scene_str,
    )
    note_follow(state, appid, subscribe_scene=subscribe_scene)
    return True


def stop_following(state: State, appid: str, openid: str) -> bool:
    """Whether the person followed until now; remark and tags are gone."""
    changed = state.run(
        "UPDATE openids SET is_follower = 0 WHERE appid = ? AND openid = ? AND is_follower = 1", appid, openid
    )
    if changed.rowcount == 0:
        return False
    for table in ("followings", "tagged"):
        state.run(f"DELETE FROM {table} WHERE appid = ? AND openid = ?", appid, openid)
    note_unfollow(state, appid)
    return True


def following(state: State, appid: str, openid: str) -> sqlite3.Row | None:
    """The row of a person who follows the account, or None."""
    return state.one("SELECT * FROM followings WHERE appid = ? AND openid = ?", appid, openid)


def known_person(state: State, appid: str, openid: str) -> str:
    """Whose openid this is; raises `ApiError` 40003 when it is nobody's in this account."""
    person = person_of(state, appid, openid)
    if person is None:
        raise ApiError(40003)
    return person


def openid_page(
    state: State, table: str, appid: str, *, after: str, where: str = "", values: tuple[object, ...] = ()
) -> tuple[int, list[str]]:
    """How many rows there are in all, and the next ten thousand openids in the order in which they came.

    `after` is the last openid of the page before; raises `ApiError` 40003 when it is not in the list.
    """
    wheres = f"appid = ?{where}"
    total: int = state.value(f"SELECT COUNT(*) FROM {table} WHERE {wheres}", appid, *values)
    first = 0
    if after:
        nth = state.value(f"SELECT nth FROM {table} WHERE {wheres} AND openid = ?", appid, *values, after)
        if nth is None:
            raise ApiError(40003)
        first = nth
    rows = state.all(
        f"SELECT openid FROM {table} WHERE {wheres} AND nth > ? ORDER BY nth LIMIT {PAGE}", appid, *values, first
    )
    return total, [row["openid"] for row in rows]


def shown_page(total: int, openids: list[str]) -> dict[str, object]:
    """A page as WeChat writes it; `data` is missing when the page is empty."""
    page: dict[str, object] = {"total": total, "count": len(openids)}
    if openids:
        page["data"] = {"openid": openids}
    return {**page, "next_openid": openids[-1] if openids else ""}


def user_get(state: State, request: Request) -> Body:
    """GET /cgi-bin/user/get: the followers after `next_openid`, oldest first, ten thousand at a time."""
    check(state, request.caller, Right.FOLLOWERS)
    after = request.query.get("next_openid", "")
    return shown_page(*openid_page(state, "followings", request.caller, after=after))


def user_info(state: State, request: Request) -> Body:
    """GET /cgi-bin/user/info: one person of the account, a follower or not; 40003 or 46004 for nobody."""
    app = check(state, request.caller, Right.FOLLOWERS)
    return _shown(state, app, request.query.get("openid", ""))


def batch_get(state: State, request: Request) -> Body:
    """POST /cgi-bin/user/info/batchget: up to a hundred at once (40032 beyond)."""
    app = check(state, request.caller, Right.FOLLOWERS)
    items = parsed(request, Batch).user_list
    if not 1 <= len(items) <= MOST_IN_BATCH:
        raise ApiError(40032)
    return {"user_info_list": [_shown(state, app, item.openid) for item in items]}


def _shown(state: State, app: Account, openid: str) -> Body:
    person = person_of(state, app.appid, openid)
    if person is None:
        raise ApiError(_nobody(state, openid))
    row = following(state, app.appid, openid)
    unionid = {"unionid": unionid_of(state, app.open_appid, person)} if app.open_appid else {}
    if row is None:
        return {"subscribe": 0, "openid": openid, **unionid, "tagid_list": []}
    tags = tag_ids(state, app.appid, openid)
    return {
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": row["subscribed_ms"] // 1000,
        **unionid,
        "remark": row["remark"],
        "groupid": tags[0] if tags else 0,
        "tagid_list": tags,
        "subscribe_scene": row["subscribe_scene"],
        "qr_scene": row["qr_scene"],
        "qr_scene_str": row["qr_scene_str"],
    }


def _nobody(state: State, openid: str) -> int:
    """40003 for what is no openid of this account, 46004 for a well-formed one that no person has anywhere."""
    is_foreign = state.value("SELECT 1 FROM openids WHERE openid = ?", openid) is not None
    return 40003 if is_foreign or not OPENID.match(openid) else 46004


def tag_ids(state: State, appid: str, openid: str) -> list[int]:
    """The tags of one person, in the order they were given."""
    rows = state.all("SELECT tag_id FROM tagged WHERE appid = ? AND openid = ? ORDER BY nth", appid, openid)
    return [row["tag_id"] for row in rows]


def update_remark(state: State, request: Request) -> Body:
    """POST /cgi-bin/user/info/updateremark: the account's own name for a follower, less than 30 characters."""
    check(state, request.caller, Right.FOLLOWERS)
    body = parsed(request, Remark)
    known_person(state, request.caller, body.openid)
    if following(state, request.caller, body.openid) is None:
        raise ApiError(43004)
    if len(body.remark) >= MOST_REMARK_CHARACTERS:
        raise ApiError(40097, "invalid args, remark is too long")
    state.run(
        "UPDATE followings SET remark = ? WHERE appid = ? AND openid = ?", body.remark, request.caller, body.openid
    )
    return {"errcode": 0, "errmsg": "ok"}


def check_openids(state: State, appid: str, openids: Iterable[str]) -> None:
    """Every openid belongs to the account; raises `ApiError` 49003 otherwise."""
    for openid in openids:
        if person_of(state, appid, openid) is None:
            raise ApiError(49003)


ROUTES = (
    Route("GET", "/cgi-bin/user/get", Door.TOKEN, user_get, refuses=(40003, 48001)),
    Route("GET", "/cgi-bin/user/info", Door.TOKEN, user_info, refuses=(40003, 46004, 48001)),
    Route("POST", "/cgi-bin/user/info/batchget", Door.TOKEN, batch_get, refuses=(40003, 40032, 46004, 48001)),
    Route("POST", "/cgi-bin/user/info/updateremark", Door.TOKEN, update_remark, refuses=(40003, 40097, 43004, 48001)),
)
