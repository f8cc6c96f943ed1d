"""A mini-program user's login: the code of `wx.login`, exchanged once for openid and session key."""

from wechat_sandbox.accounts import Account, account, openid_of, person_of, unionid_of
from wechat_sandbox.mini_program.sessions import begin
from wechat_sandbox.mini_program.visits import note_seen
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request

CODE_LIFE_MS = 300_000
BLOCKED_RANK = 4
USER_PATH = "/sns/jscode2session#user"


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
    note_seen(state, appid, openid)
    return code


def jscode2session(state: State, request: Request) -> Body:
    """GET /sns/jscode2session: openid, session_key and, in a bound account, unionid.

    Refuses an unknown, foreign or stale code (40029), a used one (40163), and a person of the highest risk (40226);
    100 a minute per user (45011).
    """
    query = request.query
    app = account(state, query.get("appid", ""))
    if app.secret != query.get("secret", ""):
        raise ApiError(40125)
    if query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    return exchange(state, app, query.get("js_code", ""))


def exchange(state: State, app: Account, js_code: str) -> Body:
    """What a login code gives, whoever may ask for it; raises 40029, 40163, 40226 and 45011 as `jscode2session`."""
    row = state.one("SELECT * FROM login_codes WHERE code = ?", js_code)
    if row is None or row["appid"] != app.appid or state.now_ms >= row["issued_ms"] + CODE_LIFE_MS:
        raise ApiError(40029)
    if row["is_used"]:
        raise ApiError(40163)
    person = person_of(state, app.appid, row["openid"])
    if state.value("SELECT 1 FROM risk_ranks WHERE person = ? AND rank = ?", person, BLOCKED_RANK):
        raise ApiError(40226)
    spend(state, f"{app.appid}/{row['openid']}", USER_PATH)
    state.run("UPDATE login_codes SET is_used = 1 WHERE code = ?", row["code"])
    reply = {"session_key": begin(state, app.appid, row["openid"]), "openid": row["openid"]}
    if app.open_appid and person is not None:
        reply["unionid"] = unionid_of(state, app.open_appid, person)
    return reply


ROUTES = (
    Route(
        "GET",
        "/sns/jscode2session",
        Door.OPEN,
        jscode2session,
        refuses=(40002, 40013, 40029, 40125, 40163, 40226, 45011),
    ),
)
