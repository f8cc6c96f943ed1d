"""The menu under the conversation: one for everybody, and others for whom a rule matches.

Of the menus with a rule the one made last that matches wins; nobody matches, the default menu shows. Rules know a
tag and the phone's system; WeChat ended those on sex, place and language in 2021 (they are passed over).
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import AccountKind, find_account, person_of
from wechat_sandbox.official.buttons import Button, actions, check_buttons, shown, shown_published
from wechat_sandbox.official.followers import following, tag_ids
from wechat_sandbox.official.media import PICTURE, VIDEO, VOICE, check_media
from wechat_sandbox.official.rights import Right, check
from wechat_sandbox.official.tags import has_tag
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

PLATFORMS = ("1", "2", "3")
ANDROID = "2"
"""Everybody's phone in the sandbox: the platform a rule is held against."""
LONGEST_TAG = 18
FIRST_MENU = 400_000_000
OK = {"errcode": 0, "errmsg": "ok"}


class MatchRule(msgspec.Struct):
    """For whom a menu is; `group_id` is the tag's older name."""

    tag_id: str | int | None = None
    group_id: str | int | None = None
    client_platform_type: str | int | None = None


class Create(msgspec.Struct):
    """Body of menu/create."""

    button: list[Button] = []


class Conditional(Create):
    """Body of menu/addconditional."""

    matchrule: MatchRule | None = None


class MenuId(msgspec.Struct):
    """Body of menu/delconditional."""

    menuid: str | int = ""


class Match(msgspec.Struct):
    """Body of menu/trymatch."""

    user_id: str = ""


def _check_linked(state: State, appid: str, buttons: list[Button]) -> None:
    for button in actions(buttons):
        if button.type in ("media_id", "view_limited"):
            check_media(state, appid, button.media_id, (*PICTURE, *VOICE, *VIDEO))
        if button.type == "miniprogram":
            linked = find_account(state, button.appid)
            if linked is None or linked.kind is not AccountKind.MINI_PROGRAM:
                raise ApiError(40013)


def create(state: State, request: Request) -> Body:
    """POST /cgi-bin/menu/create: everybody's menu is this one; those with a rule stay."""
    check(state, request.caller, Right.MENU)
    buttons = parsed(request, Create).button
    check_buttons(buttons)
    _check_linked(state, request.caller, buttons)
    state.run("DELETE FROM menus WHERE appid = ? AND is_default", request.caller)
    _insert(state, request.caller, buttons, is_default=True)
    return OK


def _insert(
    state: State, appid: str, buttons: list[Button], *, is_default: bool, tag_id: int | None = None, platform: str = ""
) -> int:
    menuid = int(state.value("SELECT COALESCE(MAX(menuid), ?) FROM menus", FIRST_MENU)) + 1
    text = msgspec.json.encode(buttons).decode()
    state.run("INSERT INTO menus VALUES (?, ?, ?, ?, ?, ?)", menuid, appid, text, tag_id, platform, is_default)
    return menuid


def add_conditional(state: State, request: Request) -> Body:
    """POST /cgi-bin/menu/addconditional: a menu for whom its rule matches; 65303 without a default menu."""
    check(state, request.caller, Right.MENU)
    body = parsed(request, Conditional)
    if _default(state, request.caller) is None:
        raise ApiError(65303)
    tag_id, platform = _rule(state, request.caller, body.matchrule)
    if not body.button:
        raise ApiError(65307)
    check_buttons(body.button)
    _check_linked(state, request.caller, body.button)
    menuid = _insert(state, request.caller, body.button, is_default=False, tag_id=tag_id, platform=platform)
    return {"menuid": str(menuid)}


def _rule(state: State, appid: str, rule: MatchRule | None) -> tuple[int | None, str]:
    if rule is None:
        raise ApiError(65304)
    tag = str(rule.tag_id or rule.group_id or "")
    platform = str(rule.client_platform_type or "")
    if not tag and not platform:
        raise ApiError(65304)
    if tag and not (tag.isdecimal() and len(tag) <= LONGEST_TAG and has_tag(state, appid, int(tag))):
        raise ApiError(45159)
    if platform and platform not in PLATFORMS:
        raise ApiError(40097, "invalid args, client_platform_type")
    return (int(tag) if tag else None), platform


def delete_conditional(state: State, request: Request) -> Body:
    """POST /cgi-bin/menu/delconditional: the menu with a rule is gone; 65301 when there is none of this id."""
    check(state, request.caller, Right.MENU)
    menuid = str(parsed(request, MenuId).menuid)
    gone = state.run("DELETE FROM menus WHERE appid = ? AND menuid = ? AND NOT is_default", request.caller, menuid)
    if gone.rowcount == 0:
        raise ApiError(65301)
    return OK


def try_match(state: State, request: Request) -> Body:
    """POST /cgi-bin/menu/trymatch: the buttons this person sees; 65302 for nobody's openid, 46003 without a menu."""
    check(state, request.caller, Right.MENU)
    user_id = parsed(request, Match).user_id
    if person_of(state, request.caller, user_id) is None:
        raise ApiError(65302)
    buttons = menu_of(state, request.caller, user_id)
    if buttons is None:
        raise ApiError(46003)
    return {"button": [shown(button) for button in buttons]}


def menu_of(state: State, appid: str, openid: str) -> list[Button] | None:
    """The buttons that this person sees, or None when the account has no menu; rules match followers only."""
    row = _default(state, appid)
    if row is not None and following(state, appid, openid) is not None:
        tags = tag_ids(state, appid, openid)
        rows = state.all("SELECT * FROM menus WHERE appid = ? AND NOT is_default ORDER BY menuid DESC", appid)
        row = next((each for each in rows if _matches(each, tags)), row)
    return None if row is None else msgspec.json.decode(row["buttons"], type=list[Button])


def menuid_of(state: State, appid: str) -> int:
    """The id of the account's default menu, as the VIEW event carries it; 0 without one."""
    row = _default(state, appid)
    return 0 if row is None else int(row["menuid"])


def _matches(row: sqlite3.Row, tags: list[int]) -> bool:
    return (row["match_tag_id"] is None or row["match_tag_id"] in tags) and row["match_platform"] in ("", ANDROID)


def _default(state: State, appid: str) -> sqlite3.Row | None:
    return state.one("SELECT * FROM menus WHERE appid = ? AND is_default", appid)


def _shown(row: sqlite3.Row) -> dict[str, object]:
    buttons = msgspec.json.decode(row["buttons"], type=list[Button])
    return {"button": [shown(button) for button in buttons], "menuid": row["menuid"]}


def get(state: State, request: Request) -> Body:
    """GET /cgi-bin/menu/get: the menu made by API and those with a rule; 46003 without one."""
    check(state, request.caller, Right.MENU)
    row = _default(state, request.caller)
    if row is None:
        raise ApiError(46003)
    rows = state.all("SELECT * FROM menus WHERE appid = ? AND NOT is_default ORDER BY menuid DESC", request.caller)
    if not rows:
        return {"menu": _shown(row)}
    ruled = [{**_shown(each), "matchrule": _shown_rule(each)} for each in rows]
    return {"menu": _shown(row), "conditionalmenu": ruled}


def _shown_rule(row: sqlite3.Row) -> Body:
    rule: dict[str, object] = {} if row["match_tag_id"] is None else {"group_id": row["match_tag_id"]}
    if row["match_platform"]:
        rule["client_platform_type"] = int(row["match_platform"])
    return rule


def delete(state: State, request: Request) -> Body:
    """GET /cgi-bin/menu/delete: no menu any more, those with a rule included."""
    check(state, request.caller, Right.MENU)
    state.run("DELETE FROM menus WHERE appid = ?", request.caller)
    return OK


def current_info(state: State, request: Request) -> Body:
    """GET /cgi-bin/get_current_selfmenu_info: the menu that is shown, however it was made."""
    check(state, request.caller, Right.MENU)
    row = _default(state, request.caller)
    if row is None:
        return {"is_menu_open": 0, "selfmenu_info": {"button": []}}
    buttons = msgspec.json.decode(row["buttons"], type=list[Button])
    return {"is_menu_open": 1, "selfmenu_info": {"button": [shown_published(button) for button in buttons]}}


BUTTONS_WRONG = (
    40007,
    40013,
    40016,
    40017,
    40018,
    40019,
    40020,
    40022,
    40023,
    40025,
    40026,
    40027,
    40054,
    40055,
    45064,
)
ROUTES = (
    Route("POST", "/cgi-bin/menu/create", Door.TOKEN, create, refuses=(*BUTTONS_WRONG, 48001)),
    Route("GET", "/cgi-bin/menu/get", Door.TOKEN, get, refuses=(46003, 48001)),
    Route("GET", "/cgi-bin/menu/delete", Door.TOKEN, delete, refuses=(48001,)),
    Route(
        "POST",
        "/cgi-bin/menu/addconditional",
        Door.TOKEN,
        add_conditional,
        refuses=(*BUTTONS_WRONG, 40097, 45159, 48001, 65303, 65304, 65307),
    ),
    Route("POST", "/cgi-bin/menu/delconditional", Door.TOKEN, delete_conditional, refuses=(48001, 65301)),
    Route("POST", "/cgi-bin/menu/trymatch", Door.TOKEN, try_match, refuses=(46003, 48001, 65302)),
    Route("GET", "/cgi-bin/get_current_selfmenu_info", Door.TOKEN, current_info, refuses=(48001,)),
)
