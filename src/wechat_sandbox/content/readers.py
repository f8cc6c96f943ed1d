"""People who read and share articles: counted per article, day and way, and per hour of the day."""

from datetime import date

from wechat_sandbox.moments import day_of, local
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError

NOON = 12


def read(state: State, appid: str, person: str, *, msgid: str, scene: str, verb: str) -> bool:
    """Whether the person is counted: once a day per article for reading, once for sharing."""
    day = day_of(state.now_ms)
    _check_article(state, appid, msgid)
    counted = state.run("INSERT OR IGNORE INTO article_readers VALUES (?, ?, ?, ?)", msgid, day, person, verb)
    if counted.rowcount == 0:
        return False
    readers = int(verb == "read")
    hour = local(state.now_ms).hour
    _add(state, appid, msgid, day=day, hour=hour, scene=scene, readers=readers, sharers=1 - readers)
    return True


def count(state: State, appid: str, msgid: str, *, day: str, scene: str, readers: int, sharers: int) -> None:
    """The article has so many readers and sharers more on this day, at noon as the hours show it."""
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise ControlError("bad_day", f"{day!r} is not YYYY-MM-DD") from error
    _check_article(state, appid, msgid)
    _add(state, appid, msgid, day=day, hour=NOON, scene=scene, readers=readers, sharers=sharers)


def _check_article(state: State, appid: str, msgid: str) -> None:
    known = state.value(
        "SELECT 1 FROM publications WHERE appid = ? AND msg_data_id = ? AND status = 0",
        appid,
        msgid.rpartition("_")[0],
    )
    if known is None:
        raise ControlError("unknown_article", f"{appid} has published no article {msgid!r}")


def _add(state: State, appid: str, msgid: str, *, day: str, hour: int, scene: str, readers: int, sharers: int) -> None:
    state.run(
        "INSERT INTO article_days VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " read_user = read_user + excluded.read_user, share_user = share_user + excluded.share_user",
        appid,
        msgid,
        day,
        scene,
        readers,
        sharers,
    )
    state.run(
        "INSERT INTO article_hours VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " read_user = read_user + excluded.read_user, share_user = share_user + excluded.share_user",
        appid,
        day,
        hour,
        scene,
        readers,
        sharers,
    )
