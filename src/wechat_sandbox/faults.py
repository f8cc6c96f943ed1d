"""Faults on order: each is a row that says what goes wrong and how many times more.

| kind | what happens |
|---|---|
| `errcode` | the next calls of `path` (`*`: any) answer `errcode` without effect |
| `pay_error` | the next Pay calls of `path` answer `http_status`, `code` without effect |
| `http` | the next calls of `path` answer `http_status` with an HTML page, without effect |
| `lost_answer` | the next calls of `path` take effect, but the caller sees `http_status` (default 502) |
| `slow_answer` | the next calls of `path` take effect at once, and are answered `shift_ms` of real time later |
| `token_storm` | the next calls with any token answer 40001 |
| `duplicate` | the next callbacks are sent twice within a second |
| `reorder` | the next callbacks arrive in reverse order, a second apart |
| `hold` | the next callbacks wait until released |
| `slow` | the next deliveries count as unanswered although the receiver got them |
| `skew` | the next deliveries carry timestamps shifted by `shift_ms` |
| `signtest` | the next Pay callbacks are preceded by one whose signature is a probe |
| `signtest_reply` | the next Pay replies carry a probe for a signature; the call took effect |
"""

import sqlite3
from enum import StrEnum

from wechat_sandbox.state import State


class FaultKind(StrEnum):
    """What goes wrong; see the module's table."""

    ERRCODE = "errcode"
    PAY_ERROR = "pay_error"
    HTTP = "http"
    LOST_ANSWER = "lost_answer"
    SLOW_ANSWER = "slow_answer"
    TOKEN_STORM = "token_storm"  # noqa: S105 - a fault's name
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    HOLD = "hold"
    SLOW = "slow"
    SKEW = "skew"
    SIGNTEST = "signtest"
    SIGNTEST_REPLY = "signtest_reply"


OF_CALLS = frozenset(
    {FaultKind.ERRCODE, FaultKind.PAY_ERROR, FaultKind.HTTP, FaultKind.LOST_ANSWER, FaultKind.SLOW_ANSWER}
)
"""The kinds that strike calls and so know a path; the others strike tokens, pushes or signatures."""


def order(
    state: State,
    kind: FaultKind,
    *,
    times: int,
    path: str = "*",
    owner: str = "",
    errcode: int = 0,
    http_status: int = 0,
    code: str = "",
    shift_ms: int = 0,
) -> int:
    """The id of a new fault that strikes `times` times, on one owner (appid or mchid) or on all."""
    state.has_faults = True
    cursor = state.run(
        "INSERT INTO faults (kind, path, owner, errcode, http_status, code, shift_ms, remaining)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        kind,
        path,
        owner,
        errcode,
        http_status,
        code,
        shift_ms,
        times,
    )
    return cursor.lastrowid or 0


def strike(state: State, kind: FaultKind, *, path: str = "*", owner: str = "") -> sqlite3.Row | None:
    """The oldest waiting fault of this kind, now one strike poorer (its row as it was before), or None."""
    if not state.has_faults:
        return None
    row = state.one(
        "SELECT * FROM faults WHERE kind = ? AND remaining > 0 AND (path = '*' OR path = ?)"
        " AND (owner = '' OR owner = ?) ORDER BY id LIMIT 1",
        kind,
        path,
        owner,
    )
    if row is not None:
        state.run("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", row["id"])
    return row


def clear(state: State) -> None:
    """No fault is waiting any more."""
    state.run("DELETE FROM faults")
    state.has_faults = False
