"""Tags on followers: at most a hundred in an account, at most twenty on a person, fifty persons at a time.

Tags 0, 1 and 2 are WeChat's own (2 is 星标组): they cannot be made, renamed or deleted.
"""

from typing import Annotated

import msgspec

from wechat_sandbox.official.followers import check_openids, following, openid_page, shown_page, tag_ids
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_TAGS = 100
MOST_TAGS_OF_PERSON = 20
MOST_NAME_BYTES = 30
MOST_IN_BATCH = 50
OWN_TAGS = (0, 1, 2)
STARRED, STARRED_NAME = 2, "星标组"
FIRST_TAG = 100
Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
OK = {"errcode": 0, "errmsg": "ok"}


class Named(msgspec.Struct):
    """A tag with its name; `id` is missing when it is to be made."""

    name: str = ""
    id: Number = -1


class TagBody(msgspec.Struct):
    """Body of tags/create, update and delete."""

    tag: Named


class Members(msgspec.Struct):
    """Body of batchtagging and batchuntagging."""

    openid_list: list[str] = []
    tagid: Number = -1


class Of(msgspec.Struct):
    """Body of tags/getidlist."""

    openid: str = ""


class Fans(msgspec.Struct):
    """Body of user/tag/get."""

    tagid: Number = -1
    next_openid: str = ""


def has_tag(state: State, appid: str, tag_id: int) -> bool:
    """Whether the account has this tag, or it is one of WeChat's own."""
    known = state.value("SELECT 1 FROM tags WHERE appid = ? AND tag_id = ?", appid, tag_id)
    return tag_id == STARRED or known is not None


def create(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/create: a new tag; 45157 for a name that is there, 45158 too long, 45056 too many."""
    check(state, request.caller, Right.FOLLOWERS)
    name = parsed(request, TagBody).tag.name
    _check_name(state, request.caller, name)
    if int(state.value("SELECT COUNT(*) FROM tags WHERE appid = ?", request.caller)) >= MOST_TAGS:
        raise ApiError(45056)
    last = state.value("SELECT MAX(tag_id) FROM tags WHERE appid = ?", request.caller)
    tag_id = FIRST_TAG if last is None else last + 1
    state.run("INSERT INTO tags VALUES (?, ?, ?)", request.caller, tag_id, name)
    return {"tag": {"id": tag_id, "name": name}}


def _check_name(state: State, appid: str, name: str, *, own_id: int = -1) -> None:
    if not name or len(name.encode()) > MOST_NAME_BYTES:
        raise ApiError(45158)
    taken = state.value("SELECT 1 FROM tags WHERE appid = ? AND name = ? AND tag_id != ?", appid, name, own_id)
    if taken is not None or name == STARRED_NAME:
        raise ApiError(45157)


def get(state: State, request: Request) -> Body:
    """GET /cgi-bin/tags/get: every tag with the number of its fans."""
    check(state, request.caller, Right.FOLLOWERS)
    rows = state.all("SELECT tag_id, name FROM tags WHERE appid = ? ORDER BY tag_id", request.caller)
    named = [(STARRED, STARRED_NAME), *((row["tag_id"], row["name"]) for row in rows)]
    return {"tags": [{"id": tag, "name": name, "count": fan_count(state, request.caller, tag)} for tag, name in named]}


def fan_count(state: State, appid: str, tag_id: int) -> int:
    """How many followers carry the tag."""
    count: int = state.value("SELECT COUNT(*) FROM tagged WHERE appid = ? AND tag_id = ?", appid, tag_id)
    return count


def _own_tag(state: State, appid: str, tag_id: int) -> int:
    if tag_id in OWN_TAGS:
        raise ApiError(45058)
    if not has_tag(state, appid, tag_id):
        raise ApiError(45159)
    return tag_id


def update(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/update: the tag has another name."""
    check(state, request.caller, Right.FOLLOWERS)
    tag = parsed(request, TagBody).tag
    tag_id = _own_tag(state, request.caller, tag.id)
    _check_name(state, request.caller, tag.name, own_id=tag_id)
    state.run("UPDATE tags SET name = ? WHERE appid = ? AND tag_id = ?", tag.name, request.caller, tag_id)
    return OK


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/delete: the tag is gone from everybody; 45057 while more than 100 000 fans carry it."""
    check(state, request.caller, Right.FOLLOWERS)
    tag_id = _own_tag(state, request.caller, parsed(request, TagBody).tag.id)
    if fan_count(state, request.caller, tag_id) > state.settings.tag_delete_most_fans:
        raise ApiError(45057)
    for table in ("tags", "tagged"):
        state.run(f"DELETE FROM {table} WHERE appid = ? AND tag_id = ?", request.caller, tag_id)
    return OK


def _members(state: State, request: Request) -> Members:
    check(state, request.caller, Right.FOLLOWERS)
    body = parsed(request, Members)
    if not 1 <= len(body.openid_list) <= MOST_IN_BATCH:
        raise ApiError(40032)
    if not has_tag(state, request.caller, body.tagid):
        raise ApiError(45159)
    check_openids(state, request.caller, body.openid_list)
    return body


def batch_tag(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/members/batchtagging: up to fifty followers carry the tag; 45059 past twenty tags each."""
    body = _members(state, request)
    fans = [openid for openid in body.openid_list if following(state, request.caller, openid) is not None]
    for openid in fans:
        tags = tag_ids(state, request.caller, openid)
        if body.tagid not in tags and len(tags) >= MOST_TAGS_OF_PERSON:
            raise ApiError(45059)
    rows: list[tuple[object, ...]] = [(request.caller, body.tagid, openid) for openid in fans]
    state.run_many("INSERT OR IGNORE INTO tagged (appid, tag_id, openid) VALUES (?, ?, ?)", rows)
    return OK


def batch_untag(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/members/batchuntagging: up to fifty followers carry the tag no more."""
    body = _members(state, request)
    rows: list[tuple[object, ...]] = [(request.caller, body.tagid, openid) for openid in body.openid_list]
    state.run_many("DELETE FROM tagged WHERE appid = ? AND tag_id = ? AND openid = ?", rows)
    return OK


def get_id_list(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/getidlist: the tags of one person; 49003 for another account's openid."""
    check(state, request.caller, Right.FOLLOWERS)
    openid = parsed(request, Of).openid
    if not openid:
        raise ApiError(40003)
    check_openids(state, request.caller, [openid])
    return {"tagid_list": tag_ids(state, request.caller, openid)}


def tag_fans(state: State, request: Request) -> Body:
    """POST /cgi-bin/user/tag/get: the followers with a tag, ten thousand at a time."""
    check(state, request.caller, Right.FOLLOWERS)
    body = parsed(request, Fans)
    if not has_tag(state, request.caller, body.tagid):
        raise ApiError(45159)
    _, openids = openid_page(
        state, "tagged", request.caller, after=body.next_openid, where=" AND tag_id = ?", values=(body.tagid,)
    )
    return {name: value for name, value in shown_page(0, openids).items() if name != "total"}


ROUTES = (
    Route("POST", "/cgi-bin/tags/create", Door.TOKEN, create, refuses=(45056, 45157, 45158, 48001)),
    Route("GET", "/cgi-bin/tags/get", Door.TOKEN, get, refuses=(48001,)),
    Route("POST", "/cgi-bin/tags/update", Door.TOKEN, update, refuses=(45058, 45157, 45158, 45159, 48001)),
    Route("POST", "/cgi-bin/tags/delete", Door.TOKEN, delete, refuses=(45057, 45058, 45159, 48001)),
    Route("POST", "/cgi-bin/tags/members/batchtagging", Door.TOKEN, batch_tag, (40032, 45059, 45159, 48001, 49003)),
    Route("POST", "/cgi-bin/tags/members/batchuntagging", Door.TOKEN, batch_untag, (40032, 45159, 48001, 49003)),
    Route("POST", "/cgi-bin/tags/getidlist", Door.TOKEN, get_id_list, refuses=(40003, 48001, 49003)),
    Route("POST", "/cgi-bin/user/tag/get", Door.TOKEN, tag_fans, refuses=(40003, 45159, 48001)),
)
