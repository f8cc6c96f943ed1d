"""How often a merchant may call Pay: so many calls and so many refused calls a second, 429 FREQUENCY_LIMITED past them.

The numbers are rows of `quotas/pay.toml`; `#errors` marks the limit of refused calls.
"""

from wechat_sandbox.moments import MINUTE_MS
from wechat_sandbox.routing import Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, PayError, Reply, Request

SECOND_MS = 1000
ERRORS = "#errors"


def called(state: State, route: Route, request: Request) -> Body | Reply | None:
    """What the API answers; raises `PayError` 429 FREQUENCY_LIMITED for a caller that is too fast."""
    if not state.settings.quotas_enforced:
        return route.call(state, request)
    _spend(state, request.caller, route.path)
    try:
        return route.call(state, request)
    except PayError:
        _spend(state, request.caller, route.path + ERRORS)
        raise


def _spend(state: State, mchid: str, path: str) -> None:
    limit = state.limits.get(path)
    if limit is None:
        return
    for most, unit, length_ms in ((limit.per_second, "second", SECOND_MS), (limit.per_minute, "minute", MINUTE_MS)):
        if most is not None and _counted(state, mchid, path, unit, state.now_ms // length_ms) > most:
            raise PayError(429, "FREQUENCY_LIMITED", "频率超限,请降低请求频率后重试")


def _counted(state: State, mchid: str, path: str, unit: str, window: int) -> int:
    used: int = state.value(
        "INSERT INTO quota_use VALUES (?, ?, ?, ?, 1) ON CONFLICT (subject, path, unit) DO UPDATE SET"
        " used = CASE WHEN window = excluded.window THEN used + 1 ELSE 1 END, window = excluded.window"
        " RETURNING used",
        mchid,
        path,
        unit,
        str(window),
    )
    return used
