"""What a third-party platform calls about the accounts that authorised it.

The refresh token is given when a code is exchanged and stays until the next exchange; who loses it must ask the
account's administrator again. The options answer under the first document's names too (`api_get_…`).
Source: developers.weixin.qq.com, 第三方平台 授权相关接口.
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import Account, AccountKind, account
from wechat_sandbox.component.agreements import CODE_LIFE_MS, PREAUTH_LIFE_MS
from wechat_sandbox.component.open_accounts import principal_of
from wechat_sandbox.component.tickets import known_platform
from wechat_sandbox.platforms import read_sets
from wechat_sandbox.quotas import cleared, spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.tokens import LIFE_MS, TokenKind, issue
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

SERVICE_TYPES = {AccountKind.SUBSCRIPTION: 0, AccountKind.SERVICE: 2}
VERIFIED, NOT_VERIFIED = 0, -1
MOST_LISTED = 500
OPTIONS = {
    "location_report": ("0", "1", "2"),
    "voice_recognize": ("0", "1"),
    "customer_service": ("0", "1"),
}


class Asked(msgspec.Struct):
    """What every body of a platform's call may carry."""

    component_appid: str = ""
    authorizer_appid: str = ""
    authorization_code: str = ""
    authorizer_refresh_token: str = ""
    option_name: str = ""
    option_value: str = ""
    offset: Int64 = 0
    count: Int64 = 0


class ClearQuota(msgspec.Struct):
    """Body of component/clear_quota/v2."""

    appid: str = ""
    component_appid: str = ""
    appsecret: str = ""


def _asked(request: Request) -> Asked:
    body = parsed(request, Asked)
    if not body.component_appid:
        raise ApiError(41018)
    if body.component_appid != request.caller:
        raise ApiError(40013)
    return body


def _authorization(state: State, platform: str, appid: str) -> sqlite3.Row:
    row = state.one("SELECT * FROM authorizations WHERE platform = ? AND appid = ?", platform, appid)
    if row is None:
        raise ApiError(61003)
    return row


def _func_info(sets: str) -> list[Body]:
    return [{"funcscope_category": {"id": number}} for number in read_sets(sets)]


def create_preauthcode(state: State, request: Request) -> Body:
    """POST api_create_preauthcode: a code of ten minutes for the page where an administrator agrees."""
    _asked(request)
    code = f"preauthcode@@@{state.draw_text(64)}"
    state.run("DELETE FROM preauth_codes WHERE issued_ms <= ?", state.now_ms - PREAUTH_LIFE_MS)
    state.run("INSERT INTO preauth_codes VALUES (?, ?, ?)", code, request.caller, state.now_ms)
    return {"pre_auth_code": code, "expires_in": PREAUTH_LIFE_MS // 1000}


def query_auth(state: State, request: Request) -> Body:
    """POST api_query_auth: the account's tokens for a code; 61009 unknown, 61010 older than an hour, 61003 withdrawn.

    The push and the redirect carry one code: whoever comes second gets the same refresh token, or 61009 by the switch.
    """
    code = _asked(request).authorization_code
    row = state.one("SELECT * FROM authorization_codes WHERE code = ? AND platform = ?", code, request.caller)
    if row is None or (row["is_used"] and not state.settings.auth_code_may_repeat):
        raise ApiError(61009)
    if state.now_ms >= row["issued_ms"] + CODE_LIFE_MS:
        raise ApiError(61010)
    granted = _authorization(state, request.caller, row["appid"])
    refresh = granted["refresh_token"] if row["is_used"] else f"refreshtoken@@@{state.draw_text(43)}"
    state.run("UPDATE authorization_codes SET is_used = 1 WHERE code = ?", code)
    state.run(
        "UPDATE authorizations SET refresh_token = ? WHERE platform = ? AND appid = ?",
        refresh,
        request.caller,
        row["appid"],
    )
    return {
        "authorization_info": {
            "authorizer_appid": row["appid"],
            "authorizer_access_token": issue(state, row["appid"], TokenKind.AUTHORIZER, platform=request.caller),
            "expires_in": LIFE_MS // 1000,
            "authorizer_refresh_token": refresh,
            "func_info": _func_info(granted["sets"]),
        }
    }


def authorizer_token(state: State, request: Request) -> Body:
    """POST api_authorizer_token: a new token of the account; 61003 not authorised, 61023 another refresh token."""
    body = _asked(request)
    granted = _authorization(state, request.caller, body.authorizer_appid)
    if not body.authorizer_refresh_token or granted["refresh_token"] != body.authorizer_refresh_token:
        raise ApiError(61023)
    return {
        "authorizer_access_token": issue(state, body.authorizer_appid, TokenKind.AUTHORIZER, platform=request.caller),
        "expires_in": LIFE_MS // 1000,
        "authorizer_refresh_token": granted["refresh_token"],
    }


def authorizer_info(state: State, request: Request) -> Body:
    """POST api_get_authorizer_info: who the account is, and which permission sets it has given; 61003."""
    body = _asked(request)
    granted = _authorization(state, request.caller, body.authorizer_appid)
    return {
        "authorizer_info": _described(state, account(state, body.authorizer_appid)),
        "authorization_info": {
            "authorizer_appid": body.authorizer_appid,
            "authorizer_refresh_token": granted["refresh_token"],
            "func_info": _func_info(granted["sets"]),
        },
    }


def _described(state: State, app: Account) -> dict[str, object]:
    described: dict[str, object] = {
        "nick_name": app.name,
        "head_img": f"https://wx.qlogo.cn/mmopen/{app.original_id}/0",
        "service_type_info": {"id": SERVICE_TYPES.get(app.kind, 0)},
        "verify_type_info": {"id": VERIFIED if app.is_verified else NOT_VERIFIED},
        "user_name": app.original_id,
        "alias": "",
        "qrcode_url": f"https://mmbiz.qpic.cn/mmbiz_jpg/{app.original_id}/0",
        "business_info": {"open_pay": 1, "open_shake": 0, "open_scan": 0, "open_card": 0, "open_store": 0},
        "idc": 1,
        "principal_name": principal_of(state, app.appid),
        "signature": "",
        "account_status": 1,
    }
    if app.kind is AccountKind.MINI_PROGRAM:
        domains = ("RequestDomain", "WsRequestDomain", "UploadDomain", "DownloadDomain", "BizDomain", "UDPDomain")
        network: dict[str, list[str]] = {name: [] for name in domains}
        described["MiniProgramInfo"] = {"network": network, "categories": [], "visit_status": 0}
        described["register_type"] = 0
        described["basic_config"] = {"is_phone_configured": True, "is_email_configured": True}
    return described


def authorizer_list(state: State, request: Request) -> Body:
    """POST api_get_authorizer_list: the authorised accounts, oldest first, at most 500 from `offset`; 40097."""
    body = _asked(request)
    if body.offset < 0 or not 0 < body.count <= MOST_LISTED:
        raise ApiError(40097)
    rows = state.all(
        "SELECT appid, refresh_token, granted_ms FROM authorizations WHERE platform = ?"
        " ORDER BY granted_ms, appid LIMIT ? OFFSET ?",
        request.caller,
        body.count,
        body.offset,
    )
    return {
        "total_count": state.value("SELECT COUNT(*) FROM authorizations WHERE platform = ?", request.caller),
        "list": [
            {
                "authorizer_appid": row["appid"],
                "refresh_token": row["refresh_token"],
                "auth_time": row["granted_ms"] // 1000,
            }
            for row in rows
        ],
    }


def get_option(state: State, request: Request) -> Body:
    """POST get_authorizer_option: the account's setting, "0" until set; 61003, 61012 unknown option."""
    body = _asked(request)
    _authorization(state, request.caller, body.authorizer_appid)
    if body.option_name not in OPTIONS:
        raise ApiError(61012)
    value = state.value(
        "SELECT value FROM authorizer_options WHERE appid = ? AND name = ?", body.authorizer_appid, body.option_name
    )
    return {
        "authorizer_appid": body.authorizer_appid,
        "option_name": body.option_name,
        "option_value": value or "0",
    }


def set_option(state: State, request: Request) -> Body:
    """POST set_authorizer_option: the account's setting is changed; 61003, 61012 unknown option, 61013 bad value."""
    body = _asked(request)
    _authorization(state, request.caller, body.authorizer_appid)
    if body.option_name not in OPTIONS:
        raise ApiError(61012)
    if body.option_value not in OPTIONS[body.option_name]:
        raise ApiError(61013)
    state.run(
        "INSERT OR REPLACE INTO authorizer_options VALUES (?, ?, ?)",
        body.authorizer_appid,
        body.option_name,
        body.option_value,
    )
    return {"errcode": 0, "errmsg": "ok"}


def clear_quota(state: State, request: Request) -> Body:
    """POST component/clear_quota/v2: by the platform's secret, an authorised account's counts start again (48006)."""
    body = parsed(request, ClearQuota)
    platform = known_platform(state, body.component_appid, body.appsecret)
    _authorization(state, platform.appid, body.appid)
    spend(state, platform.appid, request.path)
    return cleared(state, body.appid)


OURS = (41018, 40013)
FOLDER = "/cgi-bin/component"

ROUTES = (
    Route("POST", f"{FOLDER}/api_create_preauthcode", Door.COMPONENT, create_preauthcode, OURS),
    Route("POST", f"{FOLDER}/api_query_auth", Door.COMPONENT, query_auth, (*OURS, 61003, 61009, 61010)),
    Route("POST", f"{FOLDER}/api_authorizer_token", Door.COMPONENT, authorizer_token, (*OURS, 61003, 61023)),
    Route("POST", f"{FOLDER}/api_get_authorizer_info", Door.COMPONENT, authorizer_info, (*OURS, 61003)),
    Route("POST", f"{FOLDER}/api_get_authorizer_list", Door.COMPONENT, authorizer_list, (*OURS, 40097)),
    *(
        Route("POST", f"{FOLDER}/{name}", Door.COMPONENT, get_option, (*OURS, 61003, 61012))
        for name in ("get_authorizer_option", "api_get_authorizer_option")
    ),
    *(
        Route("POST", f"{FOLDER}/{name}", Door.COMPONENT, set_option, (*OURS, 61003, 61012, 61013))
        for name in ("set_authorizer_option", "api_set_authorizer_option")
    ),
    Route("POST", f"{FOLDER}/clear_quota/v2", Door.OPEN, clear_quota, (*OURS, 41004, 40125, 61003, 48006)),
)
