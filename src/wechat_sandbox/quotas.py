"""How often each API was called, counted per account, day and minute of China's time.

Also the APIs that speak of it: openapi/quota/get and the two that clear.
"""

import msgspec

from wechat_sandbox.accounts import AccountKind, account
from wechat_sandbox.limits import Limit
from wechat_sandbox.moments import DAY_MS, MINUTE_MS, SHANGHAI_MS, local
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed


def load_overrides(state: State) -> None:
    """Limits changed through the control API replace those of the file."""
    for row in state.all("SELECT * FROM quota_overrides"):
        state.limits[row["path"]] = Limit(per_day=row["per_day"], per_minute=row["per_minute"])


def spend(state: State, subject: str, path: str) -> None:
    """One call of `path` by `subject` (an appid) is counted.

    Raises `ApiError` 45011 past the minute's limit and 45009 past the day's (48006 past a month's, 45029 past the
    account's life's).
    """
    limit = state.limits.get(path)
    if limit is None or not state.settings.quotas_enforced:
        return
    local_ms = state.now_ms + SHANGHAI_MS
    if (
        limit.per_minute is not None
        and _count(state, subject, path, "minute", local_ms // MINUTE_MS) > limit.per_minute
    ):
        raise ApiError(45011)
    if limit.per_day is not None and _count(state, subject, path, "day", local_ms // DAY_MS) > limit.per_day:
        raise ApiError(45009)
    if limit.per_month is not None and _count(state, subject, path, "month", _month(state)) > limit.per_month:
        raise ApiError(48006)
    if limit.in_total is not None and _count(state, subject, path, "total", 0) > limit.in_total:
        raise ApiError(45029)


def _month(state: State) -> int:
    now = local(state.now_ms)
    return now.year * 12 + now.month


def _count(state: State, subject: str, path: str, unit: str, window: int) -> int:
    used: int = state.value(
        "INSERT INTO quota_use VALUES (?, ?, ?, ?, 1) ON CONFLICT (subject, path, unit) DO UPDATE SET"
        " used = CASE WHEN window = excluded.window THEN used + 1 ELSE 1 END, window = excluded.window"
        " RETURNING used",
        subject,
        path,
        unit,
        str(window),
    )
    return used


def _used(state: State, subject: str, path: str, unit: str, window: int) -> int:
    used = state.value(
        "SELECT used FROM quota_use WHERE subject = ? AND path = ? AND unit = ? AND window = ?",
        subject,
        path,
        unit,
        str(window),
    )
    return int(used or 0)


MINI_PROGRAM_PATHS = ("/wxa/", "/wxaapi/", "/tcb/", "/cgi-bin/wxaapp/", "/cgi-bin/message/subscribe/send")
OFFICIAL_PATHS = ("/cgi-bin/draft/", "/cgi-bin/freepublish/", "/cgi-bin/menu/", "/cgi-bin/user/", "/cgi-bin/material/")
REFRESH_S = 60


class QuotaGet(msgspec.Struct):
    """Body of openapi/quota/get."""

    cgi_path: str = ""


class ClearQuota(msgspec.Struct):
    """Body of clear_quota, and of its second form, whose parameters may stand in the query instead."""

    appid: str = ""
    appsecret: str = ""


def quota_get(state: State, request: Request) -> Body:
    """POST /cgi-bin/openapi/quota/get: today's limit, use and rest of one API.

    Refuses an unknown path (76021) and one of another kind of account or of /sns/ (76022).
    """
    path = parsed(request, QuotaGet).cgi_path
    is_mini = account(state, request.caller).kind is AccountKind.MINI_PROGRAM
    if path.startswith(("/sns/", *(OFFICIAL_PATHS if is_mini else MINI_PROGRAM_PATHS))):
        raise ApiError(76022)
    limit = state.limits.get(path)
    if limit is None:
        raise ApiError(76021)
    local_ms = state.now_ms + SHANGHAI_MS
    used = _used(state, request.caller, path, "day", local_ms // DAY_MS)
    reply: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
    if limit.per_day is not None:
        used = min(used, limit.per_day)
        reply["quota"] = {"daily_limit": limit.per_day, "used": used, "remain": limit.per_day - used}
    if limit.per_minute is not None:
        rate = {"call_count": limit.per_minute, "refresh_second": REFRESH_S}
        reply |= {"rate_limit": rate, "component_rate_limit": rate}
    return reply


def clear_quota(state: State, request: Request) -> Body:
    """POST /cgi-bin/clear_quota: every count of the account starts again; ten times a month (48006)."""
    if parsed(request, ClearQuota).appid != request.caller:
        raise ApiError(40013)
    return cleared(state, request.caller)


def clear_quota_by_secret(state: State, request: Request) -> Body:
    """POST /cgi-bin/clear_quota/v2: the same without an access token, by appid and appsecret (40013, 40125, 41004)."""
    body = parsed(request, ClearQuota) if request.body else ClearQuota()
    appid = body.appid or request.query.get("appid", "")
    appsecret = body.appsecret or request.query.get("appsecret", "")
    if not appid:
        raise ApiError(41002)
    if not appsecret:
        raise ApiError(41004)
    if account(state, appid).secret != appsecret:
        raise ApiError(40125)
    spend(state, appid, "/cgi-bin/clear_quota")
    return cleared(state, appid)


def cleared(state: State, appid: str) -> Body:
    """The account's counts of today and of this minute start again."""
    state.run("DELETE FROM quota_use WHERE subject = ? AND unit IN ('day', 'minute')", appid)
    return {"errcode": 0, "errmsg": "ok"}


ROUTES = (
    Route("POST", "/cgi-bin/openapi/quota/get", Door.TOKEN, quota_get, refuses=(76021, 76022)),
    Route("POST", "/cgi-bin/clear_quota", Door.TOKEN, clear_quota, refuses=(40013, 48006)),
    Route(
        "POST",
        "/cgi-bin/clear_quota/v2",
        Door.OPEN,
        clear_quota_by_secret,
        refuses=(40013, 40125, 41002, 41004, 48006),
    ),
)
