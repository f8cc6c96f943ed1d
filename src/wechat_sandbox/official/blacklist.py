"""The account's black list: who is on it reaches the account no more, and is reached by nothing it sends (43019)."""

import msgspec

from wechat_sandbox.official.followers import check_openids, openid_page, shown_page
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_IN_BATCH = 20
OK = {"errcode": 0, "errmsg": "ok"}


class Begin(msgspec.Struct):
    """Body of getblacklist."""

    begin_openid: str = ""


class Openids(msgspec.Struct):
    """Body of batchblacklist and batchunblacklist."""

    openid_list: list[str] = []


def is_blacklisted(state: State, appid: str, openid: str) -> bool:
    """Whether the account has put the person on its black list."""
    return state.value("SELECT 1 FROM blacklist WHERE appid = ? AND openid = ?", appid, openid) is not None


def check_not_blacklisted(state: State, appid: str, openid: str) -> None:
    """Raises `ApiError` 43019 when the person is on the account's black list."""
    if is_blacklisted(state, appid, openid):
        raise ApiError(43019)


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/members/getblacklist: those on the list, ten thousand at a time."""
    check(state, request.caller, Right.FOLLOWERS)
    begin = parsed(request, Begin).begin_openid
    return shown_page(*openid_page(state, "blacklist", request.caller, after=begin))


def _openids(state: State, request: Request) -> list[tuple[object, ...]]:
    check(state, request.caller, Right.FOLLOWERS)
    openids = parsed(request, Openids).openid_list
    if not 1 <= len(openids) <= MOST_IN_BATCH:
        raise ApiError(40032)
    check_openids(state, request.caller, openids)
    return [(request.caller, openid) for openid in openids]


def put(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/members/batchblacklist: up to twenty persons are on the list."""
    rows = _openids(state, request)
    state.run_many("INSERT OR IGNORE INTO blacklist (appid, openid) VALUES (?, ?)", rows)
    return OK


def take_off(state: State, request: Request) -> Body:
    """POST /cgi-bin/tags/members/batchunblacklist: up to twenty persons are off the list."""
    rows = _openids(state, request)
    state.run_many("DELETE FROM blacklist WHERE appid = ? AND openid = ?", rows)
    return OK


ROUTES = (
    Route("POST", "/cgi-bin/tags/members/getblacklist", Door.TOKEN, get, refuses=(40003, 48001)),
    Route("POST", "/cgi-bin/tags/members/batchblacklist", Door.TOKEN, put, refuses=(40032, 48001, 49003)),
    Route("POST", "/cgi-bin/tags/members/batchunblacklist", Door.TOKEN, take_off, refuses=(40032, 48001, 49003)),
)
