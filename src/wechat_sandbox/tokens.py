"""Access tokens: /cgi-bin/token and stable_token live apart and invalidate differently.

- `token`: every call gives a new one; the one before dies five minutes later.
- `stable_token`, normal: the same token until its last five minutes, then a new one, both valid meanwhile.
- `stable_token`, force_refresh: a new one at once and the one before is dead; 20 a day, 30 s apart.
Neither touches the tokens of the other.
"""

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

LIFE_MS = 7_200_000
OVERLAP_MS = 300_000
FORCE_GAP_MS = 30_000


class StableToken(msgspec.Struct):
    """Body of stable_token."""

    grant_type: str = ""
    appid: str = ""
    secret: str = ""
    force_refresh: bool = False


def _check_secret(state: State, *, grant_type: str, appid: str, secret: str) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002)
    if not appid:
        raise ApiError(41002)
    if not secret:
        raise ApiError(41004)
    if account(state, appid).secret != secret:
        raise ApiError(40125)


def _issue(state: State, appid: str, kind: str) -> str:
    token = f"{state.now_s % 100}_{state.draw_text(80)}"
    state.run(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)", token, appid, kind, state.now_ms, state.now_ms + LIFE_MS
    )
    state.run("DELETE FROM tokens WHERE appid = ? AND expires_ms < ?", appid, state.now_ms - LIFE_MS)
    return token


def plain_token(state: State, request: Request) -> Body:
    """GET /cgi-bin/token: a new token; the one before stays valid for five minutes at most."""
    query = request.query
    appid = query.get("appid", "")
    _check_secret(state, grant_type=query.get("grant_type", ""), appid=appid, secret=query.get("secret", ""))
    spend(state, appid, request.path)
    state.run(
        "UPDATE tokens SET killed_ms = MIN(COALESCE(killed_ms, expires_ms), ?) WHERE appid = ? AND kind = 'plain'",
        state.now_ms + OVERLAP_MS,
        appid,
    )
    return {"access_token": _issue(state, appid, "plain"), "expires_in": LIFE_MS // 1000}


def stable_token(state: State, request: Request) -> Body:
    """POST /cgi-bin/stable_token: the account's stable token, renewed in its last five minutes or by force."""
    body = parsed(request, StableToken)
    _check_secret(state, grant_type=body.grant_type, appid=body.appid, secret=body.secret)
    spend(state, body.appid, request.path)
    latest = state.one(
        "SELECT * FROM tokens WHERE appid = ? AND kind = 'stable' AND killed_ms IS NULL"
        " ORDER BY issued_ms DESC LIMIT 1",
        body.appid,
    )
    if body.force_refresh:
        if latest is not None and state.now_ms - latest["issued_ms"] < FORCE_GAP_MS:
            raise ApiError(45011)
        spend(state, body.appid, request.path + "#force_refresh")
        state.run(
            "UPDATE tokens SET killed_ms = ? WHERE appid = ? AND kind = 'stable' AND killed_ms IS NULL",
            state.now_ms,
            body.appid,
        )
    elif latest is not None and latest["expires_ms"] - state.now_ms > OVERLAP_MS:
        return {"access_token": latest["token"], "expires_in": (latest["expires_ms"] - state.now_ms) // 1000}
    return {"access_token": _issue(state, body.appid, "stable"), "expires_in": LIFE_MS // 1000}


def appid_of(state: State, token: str) -> str:
    """Whose token this is; raises `ApiError` 41001 (none), 40001 (unknown or replaced) or 42001 (expired)."""
    if not token:
        raise ApiError(41001)
    row = state.one("SELECT * FROM tokens WHERE token = ?", token)
    if row is None:
        raise ApiError(40001)
    now_ms = state.now_ms
    if row["killed_ms"] is not None and now_ms >= row["killed_ms"]:
        raise ApiError(40001)
    if now_ms >= row["expires_ms"]:
        raise ApiError(42001)
    appid: str = row["appid"]
    return appid


def kill_all(state: State, appid: str) -> None:
    """Every token of the account is invalid from now on (40001)."""
    state.run("UPDATE tokens SET killed_ms = ? WHERE appid = ?", state.now_ms, appid)


ROUTES = (
    Route("GET", "/cgi-bin/token", Door.OPEN, plain_token),
    Route("POST", "/cgi-bin/stable_token", Door.OPEN, stable_token),
)
