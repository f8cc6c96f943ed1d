"""Access tokens: /cgi-bin/token and stable_token live apart and invalidate differently.

- `token`: every call gives a new one; the one before dies five minutes later.
- `stable_token`, normal: the same token until its last five minutes, then a new one, both valid meanwhile.
- `stable_token`, force_refresh: a new one at once and the one before is dead; 20 a day, 30 s apart.
Neither touches the tokens of the other. An account with an IP whitelist gives tokens to its addresses only (40164).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

LIFE_MS = 7_200_000
OVERLAP_MS = 300_000
FORCE_GAP_MS = 30_000
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,512}")


class TokenKind(StrEnum):
    """Who gave the token and for what: an account's own two kinds, a platform's own, a platform's for an account."""

    PLAIN = "plain"
    STABLE = "stable"
    COMPONENT = "component"
    AUTHORIZER = "authorizer"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token speaks for; `platform` is the third-party platform that speaks, empty for the account itself."""

    appid: str
    kind: TokenKind
    platform: str = ""


class StableToken(msgspec.Struct):
    """Body of stable_token."""

    grant_type: str = ""
    appid: str = ""
    secret: str = ""
    force_refresh: bool = False


def _check_secret(state: State, *, grant_type: str, appid: str, secret: str, ip: str) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002)
    if not appid:
        raise ApiError(41002)
    if not secret:
        raise ApiError(41004)
    if account(state, appid).secret != secret:
        is_anothers = state.value("SELECT 1 FROM accounts WHERE secret = ?", secret)
        raise ApiError(40001 if is_anothers else 40125)
    listed = [row["ip"] for row in state.all("SELECT ip FROM ip_whitelists WHERE appid = ?", appid)]
    if listed and ip not in listed:
        raise ApiError(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")


def issue(state: State, appid: str, kind: TokenKind, *, platform: str = "") -> str:
    """A new token of two hours, for the account itself or for a platform that speaks for it."""
    token = f"{state.now_s % 100}_{state.draw_text(80)}"
    stored = f"{kind}/{platform}" if platform else kind
    state.run(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)", token, appid, stored, state.now_ms, state.now_ms + LIFE_MS
    )
    state.run("DELETE FROM tokens WHERE appid = ? AND expires_ms < ?", appid, state.now_ms - LIFE_MS)
    return token


def plain_token(state: State, request: Request) -> Body:
    """GET /cgi-bin/token: a new token; the one before stays valid for five minutes at most."""
    query = request.query
    appid = query.get("appid", "")
    secret = query.get("secret", "")
    _check_secret(state, grant_type=query.get("grant_type", ""), appid=appid, secret=secret, ip=request.ip)
    spend(state, appid, request.path)
    state.run(
        "UPDATE tokens SET killed_ms = MIN(COALESCE(killed_ms, expires_ms), ?) WHERE appid = ? AND kind = 'plain'",
        state.now_ms + OVERLAP_MS,
        appid,
    )
    return {"access_token": issue(state, appid, TokenKind.PLAIN), "expires_in": LIFE_MS // 1000}


def stable_token(state: State, request: Request) -> Body:
    """POST /cgi-bin/stable_token: the account's stable token, renewed in its last five minutes or by force."""
    body = parsed(request, StableToken)
    _check_secret(state, grant_type=body.grant_type, appid=body.appid, secret=body.secret, ip=request.ip)
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
    return {"access_token": issue(state, body.appid, TokenKind.STABLE), "expires_in": LIFE_MS // 1000}


def holder_of(state: State, token: str) -> Holder:
    """Whom this token speaks for.

    Raises `ApiError` 41001 (none), 40014 (no token could look so), 40001 (unknown or replaced), 42001 (expired), or
    the code its end was given (42007: the password was changed).
    """
    if not token:
        raise ApiError(41001)
    if not WELL_FORMED.fullmatch(token):
        raise ApiError(40014)
    row = state.one("SELECT * FROM tokens WHERE token = ?", token)
    if row is None:
        raise ApiError(40001)
    now_ms = state.now_ms
    if row["killed_ms"] is not None and now_ms >= row["killed_ms"]:
        raise ApiError(state.value("SELECT errcode FROM token_ends WHERE token = ?", token) or 40001)
    if now_ms >= row["expires_ms"]:
        raise ApiError(42001)
    kind, _, platform = row["kind"].partition("/")
    return Holder(row["appid"], TokenKind(kind), platform)


def appid_of(state: State, token: str) -> str:
    """Whose token this is; raises the refusals of `holder_of`."""
    return holder_of(state, token).appid


def kill_all(state: State, appid: str, *, errcode: int = 40001) -> None:
    """Every token of the account is invalid from now on, and says so with `errcode`."""
    state.run("UPDATE tokens SET killed_ms = ? WHERE appid = ?", state.now_ms, appid)
    state.run("INSERT OR IGNORE INTO token_ends SELECT token, ? FROM tokens WHERE appid = ?", errcode, appid)


def set_ip_whitelist(state: State, appid: str, ips: tuple[str, ...]) -> None:
    """Only these addresses get the account's tokens from now on; none: every address."""
    state.run("DELETE FROM ip_whitelists WHERE appid = ?", appid)
    state.run_many("INSERT OR IGNORE INTO ip_whitelists VALUES (?, ?)", [(appid, ip) for ip in ips])


ROUTES = (
    Route(
        "GET",
        "/cgi-bin/token",
        Door.OPEN,
        plain_token,
        refuses=(40001, 40002, 40013, 40125, 40164, 41002, 41004, 45009),
    ),
    Route(
        "POST",
        "/cgi-bin/stable_token",
        Door.OPEN,
        stable_token,
        refuses=(40001, 40002, 40013, 40125, 40164, 41002, 41004, 45009, 45011),
    ),
)
