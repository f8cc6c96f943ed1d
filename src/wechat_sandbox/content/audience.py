"""How the account's followers come and go, day by day, by the way they found it."""

from collections.abc import Mapping

from wechat_sandbox.moments import day_of
from wechat_sandbox.state import State

OTHER = 0
SOURCES: Mapping[str, int] = {
    "ADD_SCENE_SEARCH": 1,
    "ADD_SCENE_PROFILE_CARD": 17,
    "ADD_SCENE_QR_CODE": 30,
    "ADD_SCENE_PAID": 51,
    "ADD_SCENE_PROFILE_LINK": 57,
    "ADD_SCENE_WECHAT_ADVERTISEMENT": 100,
    "ADD_SCENE_MINI_PROGRAM": 149,
    "ADD_SCENE_REPRINT": 161,
}
"""`user_source` of the statistics by `subscribe_scene` of user/info."""


def note_follow(state: State, appid: str, *, subscribe_scene: str) -> None:
    """One follower more today."""
    _add(state, appid, SOURCES.get(subscribe_scene, OTHER), joined=1, left=0)


def note_unfollow(state: State, appid: str) -> None:
    """One follower fewer today."""
    _add(state, appid, OTHER, joined=0, left=1)


def _add(state: State, appid: str, source: int, *, joined: int, left: int) -> None:
    state.run(
        "INSERT INTO follow_days VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " new_user = new_user + excluded.new_user, cancel_user = cancel_user + excluded.cancel_user",
        appid,
        day_of(state.now_ms),
        source,
        joined,
        left,
    )


def followers_on(state: State, appid: str, day: str) -> int:
    """How many followed the account when the day ended."""
    net = state.value("SELECT SUM(new_user - cancel_user) FROM follow_days WHERE appid = ? AND day <= ?", appid, day)
    return int(net or 0)
