"""OAuth web login (网页授权): a page in WeChat learns who reads it.

The code is good once and for five minutes. It gives a *web* token, two hours long and of no use to any other API,
and a refresh token of thirty days. With `snsapi_base` the page learns the openid alone, silently; with
`snsapi_userinfo`, after a tap, also the name, and the unionid of an account that hangs on an open-platform account.
"""

import sqlite3
from enum import StrEnum
from urllib.parse import urlencode

from wechat_sandbox.accounts import Account, account, find_account, openid_of, person_of, unionid_of
from wechat_sandbox.official.pages import domain_of, page, redirect, with_query
from wechat_sandbox.official.rights import Right, has_right
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Reply, Request

CODE_LIFE_MS = 300_000
TOKEN_LIFE_MS = 7_200_000
REFRESH_LIFE_MS = 30 * 86_400_000
MOST_ON_PAGE = 100


class Scope(StrEnum):
    """What the page may learn."""

    BASE = "snsapi_base"
    USERINFO = "snsapi_userinfo"


def refusal(state: State, appid: str, *, redirect_uri: str, scope: str) -> str:
    """What WeChat's page says instead of asking, or an empty text when the person may be asked."""
    app = find_account(state, appid)
    if app is None:
        return "AppID 参数错误 (10013)"
    if scope not in tuple(Scope) or not has_right(app, Right.WEB_LOGIN):
        return "Scope 参数错误或没有 Scope 权限 (10005)"
    domains = [row["domain"] for row in state.all("SELECT domain FROM web_domains WHERE appid = ?", appid)]
    domain = domain_of(redirect_uri)
    return "" if domain and (domain in domains or not domains) else "redirect_uri 域名与后台配置不一致 (10003)"


def authorize(state: State, request: Request) -> Reply:
    """GET open.weixin.qq.com/connect/oauth2/authorize: who holds the phone? Choosing goes on to `redirect_uri`.

    A second request with `person` is that choice; a phone of real life knows its owner.
    """
    query = request.query
    appid, redirect_uri = query.get("appid", ""), query.get("redirect_uri", "")
    scope = query.get("scope", "")
    reason = refusal(state, appid, redirect_uri=redirect_uri, scope=scope)
    if reason:
        return page("无法访问", reason)
    if "person" in query and state.value("SELECT 1 FROM persons WHERE person = ?", query["person"]):
        code = issue_code(state, appid, query["person"], scope=Scope(scope))
        return redirect(landing(redirect_uri, code=code, state=query.get("state", "")))
    rows = state.all("SELECT person FROM persons ORDER BY person LIMIT ?", MOST_ON_PAGE)
    names = [row["person"] for row in rows]
    links = [(name, f"{request.path}?{urlencode({**query, 'person': name})}") for name in names]
    asked = "想使用你的昵称、头像" if scope == Scope.USERINFO else "静默登录"
    return page("网页授权", f"{account(state, appid).name} {asked}。谁在用这部手机?", links)


def landing(redirect_uri: str, *, code: str, state: str) -> str:
    """Where the phone goes with its code."""
    return with_query(redirect_uri, urlencode({"code": code, "state": state}))


def issue_code(state: State, appid: str, person: str, *, scope: Scope) -> str:
    """The code the page gets: good once, for five minutes."""
    code = f"0{state.draw_text(31)}"
    openid = openid_of(state, appid, person)
    state.run(
        "INSERT INTO web_codes (code, appid, openid, scope, issued_ms) VALUES (?, ?, ?, ?, ?)",
        code,
        appid,
        openid,
        scope,
        state.now_ms,
    )
    return code


def access_token(state: State, request: Request) -> Body:
    """GET /sns/oauth2/access_token: the code's web token; 40029 for a wrong or old code, 40163 for a used one."""
    query = request.query
    app = account(state, query.get("appid", ""))
    if app.secret != query.get("secret", ""):
        raise ApiError(40125)
    if query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    return exchange(state, app, query.get("code", ""))


def exchange(state: State, app: Account, code: str) -> Body:
    """What a web login's code gives, whoever may ask for it; raises `ApiError` 41008, 40029 or 40163."""
    if not code:
        raise ApiError(41008)
    row = state.one("SELECT * FROM web_codes WHERE code = ?", code)
    if row is None or row["appid"] != app.appid or state.now_ms >= row["issued_ms"] + CODE_LIFE_MS:
        raise ApiError(40029)
    if row["is_used"]:
        raise ApiError(40163)
    state.run("UPDATE web_codes SET is_used = 1 WHERE code = ?", code)
    refresh = state.draw_text(85)
    return _issued(state, app, row, refresh=refresh, refresh_expires_ms=state.now_ms + REFRESH_LIFE_MS)


def _issued(state: State, app: Account, row: sqlite3.Row, *, refresh: str, refresh_expires_ms: int) -> Body:
    token = f"{state.now_s % 100}_{state.draw_text(80)}"
    state.run(
        "INSERT INTO web_tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
        token,
        refresh,
        app.appid,
        row["openid"],
        row["scope"],
        state.now_ms + TOKEN_LIFE_MS,
        refresh_expires_ms,
    )
    reply = {
        "access_token": token,
        "expires_in": TOKEN_LIFE_MS // 1000,
        "refresh_token": refresh,
        "openid": row["openid"],
        "scope": row["scope"],
    }
    person = person_of(state, app.appid, row["openid"])
    if row["scope"] == Scope.USERINFO and app.open_appid and person is not None:
        reply["unionid"] = unionid_of(state, app.open_appid, person)
    return reply


def refresh_token(state: State, request: Request) -> Body:
    """GET /sns/oauth2/refresh_token: a new web token; 40030 for an unknown refresh token, 42002 for an old one."""
    query = request.query
    app = account(state, query.get("appid", ""))
    if query.get("grant_type") != "refresh_token":
        raise ApiError(40002)
    return renew(state, app, query.get("refresh_token", ""))


def renew(state: State, app: Account, refresh: str) -> Body:
    """A new web token for a refresh token, whoever may ask for it; raises `ApiError` 41003, 40030 or 42002."""
    if not refresh:
        raise ApiError(41003)
    row = state.one("SELECT * FROM web_tokens WHERE refresh_token = ? AND appid = ? LIMIT 1", refresh, app.appid)
    if row is None:
        raise ApiError(40030)
    if state.now_ms >= row["refresh_expires_ms"]:
        raise ApiError(42002)
    return _issued(state, app, row, refresh=refresh, refresh_expires_ms=row["refresh_expires_ms"])


def _admitted(state: State, request: Request) -> sqlite3.Row:
    """The web token's row; raises `ApiError` 41001, 40001, 42001, or 40003 for another openid than its own."""
    token = request.query.get("access_token", "")
    if not token:
        raise ApiError(41001)
    row = state.one("SELECT * FROM web_tokens WHERE token = ?", token)
    if row is None:
        raise ApiError(40001)
    if state.now_ms >= row["expires_ms"]:
        raise ApiError(42001)
    if row["openid"] != request.query.get("openid", ""):
        raise ApiError(40003)
    return row


def userinfo(state: State, request: Request) -> Body:
    """GET /sns/userinfo: name and portrait of who tapped; 48001 when the token is of `snsapi_base`."""
    row = _admitted(state, request)
    if row["scope"] != Scope.USERINFO:
        raise ApiError(48001)
    app = account(state, row["appid"])
    person = person_of(state, app.appid, row["openid"]) or ""
    portrait = state.hashed("portrait", person, size=16).hex()
    reply = {
        "openid": row["openid"],
        "nickname": person,
        "sex": 0,
        "language": "",
        "city": "",
        "province": "",
        "country": "",
        "headimgurl": f"https://thirdwx.qlogo.cn/mmopen/vi_32/{portrait}/132",
        "privilege": [],
    }
    if app.open_appid:
        reply["unionid"] = unionid_of(state, app.open_appid, person)
    return reply


def auth(state: State, request: Request) -> Body:
    """GET /sns/auth: whether a web token is still good for this openid."""
    _admitted(state, request)
    return {"errcode": 0, "errmsg": "ok"}


TOKEN_REFUSALS = (40001, 40003, 41001, 42001)
ROUTES = (
    Route("GET", "/connect/oauth2/authorize", Door.OPEN, authorize),
    Route("GET", "/sns/oauth2/access_token", Door.OPEN, access_token, (40002, 40013, 40029, 40125, 40163, 41008)),
    Route("GET", "/sns/oauth2/refresh_token", Door.OPEN, refresh_token, (40002, 40013, 40030, 41003, 42002)),
    Route("GET", "/sns/userinfo", Door.OPEN, userinfo, refuses=(*TOKEN_REFUSALS, 48001)),
    Route("GET", "/sns/auth", Door.OPEN, auth, refuses=TOKEN_REFUSALS),
)
