"""Whom an account may still answer by customer-service message: windows that people open, each with its count.

A window belongs to what opened it; opening it again starts its time and count anew. A message is paid from the open
window that closes first. Source: developers.weixin.qq.com, 客服消息 下发条数限制.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wechat_sandbox.moments import DAY_MS, MINUTE_MS
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError


class Cause(StrEnum):
    """What a person did that lets the account answer."""

    MESSAGE = "message"
    MENU = "menu"
    FOLLOW = "follow"
    SCAN = "scan"
    PAYMENT = "payment"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Opening:
    """How long a window stays open and how many messages go through it."""

    life_ms: int
    messages: int


OPENINGS: Mapping[Cause, Opening] = {
    Cause.MESSAGE: Opening(2 * DAY_MS, 5),
    Cause.MENU: Opening(MINUTE_MS, 3),
    Cause.FOLLOW: Opening(MINUTE_MS, 3),
    Cause.SCAN: Opening(MINUTE_MS, 3),
    Cause.SESSION: Opening(MINUTE_MS, 2),
}
"""A payment's window is in the settings: the documents of different years disagree about it."""


def opening(state: State, cause: Cause) -> Opening:
    """The window that `cause` opens; of no messages when the settings say so."""
    if cause is Cause.PAYMENT:
        return Opening(2 * DAY_MS, state.settings.payment_window_messages)
    return OPENINGS[cause]


def open_window(state: State, appid: str, openid: str, cause: Cause) -> None:
    """The account may write to the person from now on, as often and as long as `cause` allows."""
    given = opening(state, cause)
    if given.messages == 0:
        return
    state.run(
        "INSERT OR REPLACE INTO windows VALUES (?, ?, ?, ?, ?, ?)",
        appid,
        openid,
        cause,
        state.now_ms,
        state.now_ms + given.life_ms,
        given.messages,
    )


def close_windows(state: State, appid: str, openid: str) -> None:
    """The account may not write to the person any more, as when they stop following."""
    state.run("DELETE FROM windows WHERE appid = ? AND openid = ?", appid, openid)


def check_open(state: State, appid: str, openid: str) -> str:
    """The cause of the window that the next message goes through.

    Raises `ApiError` 45015 when no window is open and 45047 when every open one is used up.
    """
    rows = state.all(
        "SELECT cause, remaining FROM windows WHERE appid = ? AND openid = ? AND closes_ms > ? ORDER BY closes_ms",
        appid,
        openid,
        state.now_ms,
    )
    if not rows:
        raise ApiError(45015)
    cause: str | None = next((row["cause"] for row in rows if row["remaining"] > 0), None)
    if cause is None:
        raise ApiError(45047)
    return cause


def spend(state: State, appid: str, openid: str) -> None:
    """One message fewer may follow; raises like `check_open`."""
    state.run(
        "UPDATE windows SET remaining = remaining - 1 WHERE appid = ? AND openid = ? AND cause = ?",
        appid,
        openid,
        check_open(state, appid, openid),
    )


def has_spoken_since(state: State, appid: str, openid: str, *, since_ms: int) -> bool:
    """Whether the person did something towards the account at or after `since_ms`."""
    latest = state.value("SELECT MAX(opened_ms) FROM windows WHERE appid = ? AND openid = ?", appid, openid)
    return latest is not None and latest >= since_ms
