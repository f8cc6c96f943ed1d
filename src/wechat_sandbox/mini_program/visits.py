"""What people look at in a mini-program: one row per page view, in sessions that end after half an hour's silence."""

from urllib.parse import unquote

from wechat_sandbox.accounts import openid_of
from wechat_sandbox.moments import MINUTE_MS, day_of
from wechat_sandbox.state import State

SESSION_GAP_MS = 30 * MINUTE_MS


def note_seen(state: State, appid: str, openid: str) -> None:
    """The person has the mini-program open now."""
    state.run("INSERT OR REPLACE INTO last_seen VALUES (?, ?, ?)", appid, openid, state.now_ms)


def was_seen(state: State, appid: str, openid: str, *, within_ms: int) -> bool:
    """Whether the person had the mini-program open in the last `within_ms` milliseconds."""
    seen_ms = state.value("SELECT at_ms FROM last_seen WHERE appid = ? AND openid = ?", appid, openid)
    return seen_ms is not None and state.now_ms - seen_ms <= within_ms


def visit(state: State, appid: str, person: str, *, page: str, scene: int, stay_s: int, shares: int) -> str:
    """The openid of the person, who has looked at `page` for `stay_s` seconds and shared it so many times."""
    openid = openid_of(state, appid, person)
    page = unquote(page.partition("?")[0]).lstrip("/")
    last = state.one("SELECT * FROM visits WHERE appid = ? AND openid = ? ORDER BY id DESC LIMIT 1", appid, openid)
    session = 0
    if last is not None and state.now_ms - last["at_ms"] <= SESSION_GAP_MS:
        session = last["session"]
    cursor = state.run(
        "INSERT INTO visits (appid, openid, session, at_ms, day, page, scene, stay_s, shares)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        appid,
        openid,
        session,
        state.now_ms,
        day_of(state.now_ms),
        page,
        scene,
        stay_s,
        shares,
    )
    if session == 0:
        state.run("UPDATE visits SET session = id WHERE id = ?", cursor.lastrowid)
    note_seen(state, appid, openid)
    return openid
