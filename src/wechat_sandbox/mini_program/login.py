"""A mini-program user's login: the code of `wx.login`, exchanged once for openid and session key."""

import base64

from wechat_sandbox.accounts import account, openid_of, person_of, unionid_of
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request

CODE_LIFE_MS = 300_000


def issue_code(state: State, appid: str, person: str) -> str:
    """The code that `wx.login` gives the person's phone: good once, for five minutes."""
    code = f"0{state.draw_text(31)}"
    openid = openid_of(state, appid, person)
    state.run(
        "INSERT INTO login_codes (code, appid, openid, issued_ms) VALUES (?, ?, ?, ?)",
        code,
        appid,
        openid,
        state.now_ms,
    )
    return code


def jscode2session(state: State, request: Request) -> Body:
    """GET /sns/jscode2session: openid, session_key and, in a bound account, unionid.

    Refuses an unknown, foreign or stale code (40029) and a used one (40163); 100 a minute per user (45011).
    """
    query = request.query
    app = account(state, query.get("appid", ""))
    if app.secret != query.get("secret", ""):
        raise ApiError(40125)
    if query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    row = state.one("SELECT * FROM login_codes WHERE code = ?", query.get("js_code", ""))
    if row is None or row["appid"] != app.appid or state.now_ms >= row["issued_ms"] + CODE_LIFE_MS:
        raise ApiError(40029)
    if row["is_used"]:
        raise ApiError(40163)
    spend(state, f"{app.appid}/{row['openid']}", request.path + "#user")
    state.run("UPDATE login_codes SET is_used = 1 WHERE code = ?", row["code"])
    reply = {"session_key": base64.b64encode(state.draw(16)).decode(), "openid": row["openid"]}
    person = person_of(state, app.appid, row["openid"])
    if app.open_appid and person is not None:
        reply["unionid"] = unionid_of(state, app.open_appid, person)
    return reply


ROUTES = (Route("GET", "/sns/jscode2session", Door.OPEN, jscode2session),)
