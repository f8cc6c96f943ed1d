"""What becomes of a submitted mass message: sent to each who may receive it, refused, or never confirmed.

Its articles are then public, with the statistics' msgid `{msg_data_id}_{idx}`, and its draft is gone. The event
MASSSENDJOBFINISH counts: TotalCount targets, FilterCount of them left after the filters, SentCount of these reached.
"""

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from wechat_sandbox.accounts import account, person_of
from wechat_sandbox.content.articles import article_url
from wechat_sandbox.moments import day_of
from wechat_sandbox.official.mass_slots import JobStatus, count_received, followers_among, receivers
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer
from wechat_sandbox.wire import ControlError

MASS_SENT_TYPE, PUBLISHED = 0, 0
SUCCESS = "send success"
REFUSED_BY_ADMINISTRATOR, NOT_CONFIRMED = "err(40001)", "err(40002)"


def finish_job(state: State, msg_id: str) -> None:
    """The message is on the phones of all who may receive it, and MASSSENDJOBFINISH goes to the account."""
    row = state.one("SELECT * FROM mass_jobs WHERE msg_id = ?", msg_id)
    if row is None:
        return
    app = account(state, row["appid"])
    targets = _targets(state, row)
    reached = receivers(state, app, targets)
    content = msgspec.json.decode(row["content"])
    for openid in reached:
        person = person_of(state, app.appid, openid) or ""
        deliver(state, appid=app.appid, openid=openid, person=person, kind="mass", content=content)
    count_received(state, app.appid, reached)
    state.run("UPDATE mass_jobs SET status = ? WHERE msg_id = ?", JobStatus.SENT, msg_id)
    _publish(state, row)
    counts = {
        "TotalCount": len(targets),
        "FilterCount": len(reached),
        "SentCount": len(reached),
        "ErrorCount": 0,
    }
    _tell(state, row, SUCCESS, counts, urls=articles_sent(state, row))


def _targets(state: State, row: sqlite3.Row) -> list[str]:
    target = msgspec.json.decode(row["filter"])
    if "openids" in target:
        return followers_among(state, row["appid"], target["openids"])
    if "tag_id" in target:
        sql = "SELECT openid FROM tagged WHERE appid = ? AND tag_id = ? ORDER BY nth"
        return [each["openid"] for each in state.all(sql, row["appid"], target["tag_id"])]
    rows = state.all("SELECT openid FROM followings WHERE appid = ? ORDER BY nth", row["appid"])
    return [each["openid"] for each in rows]


def _publish(state: State, row: sqlite3.Row) -> None:
    if row["msgtype"] != "mpnews":
        return
    state.run(
        "INSERT INTO publications (publish_id, appid, msg_data_id, media_id, article_id, articles, publish_type,"
        " status, submitted_ms, published_day) SELECT ?, appid, ?, media_id, ?, articles, ?, ?, ?, ? FROM drafts"
        " WHERE media_id = ?",
        f"1{row['msg_data_id']}",
        str(row["msg_data_id"]),
        state.draw_text(43),
        MASS_SENT_TYPE,
        PUBLISHED,
        row["submitted_ms"],
        day_of(state.now_ms),
        row["media_id"],
    )
    state.run("DELETE FROM drafts WHERE media_id = ?", row["media_id"])


def articles_sent(state: State, row: sqlite3.Row) -> list[str]:
    """The addresses of a sent job's articles, in order; none for the other types."""
    found = state.one(
        "SELECT article_id, articles FROM publications WHERE appid = ? AND msg_data_id = ?",
        row["appid"],
        str(row["msg_data_id"]),
    )
    if found is None:
        return []
    count = len(msgspec.json.decode(found["articles"]))
    return [article_url(found["article_id"], idx) for idx in range(1, count + 1)]


def fail_job(state: State, msg_id: str) -> None:
    """The administrator said nothing for thirty minutes: nobody gets it, its slot is free again."""
    _fail(state, msg_id, NOT_CONFIRMED)


def _fail(state: State, msg_id: str, status: str) -> None:
    row = state.one("SELECT * FROM mass_jobs WHERE msg_id = ?", msg_id)
    if row is None:
        return
    state.run("UPDATE mass_jobs SET status = ? WHERE msg_id = ?", JobStatus.FAILED, msg_id)
    counts = {"TotalCount": 0, "FilterCount": 0, "SentCount": 0, "ErrorCount": 0}
    _tell(state, row, status, counts, urls=())


def answer_protection(state: State, msg_id: int, *, is_agreed: bool) -> None:
    """The administrator agreed, and it is sent now, or refused; raises `ControlError` when nothing waits for them."""
    row = state.one("SELECT * FROM mass_jobs WHERE msg_id = ? AND status = ?", msg_id, JobStatus.CONFIRMING)
    if row is None:
        raise ControlError("nothing_to_confirm", f"mass message {msg_id} does not wait for the administrator")
    cancel_timer(state, TimerKind.MASS_UNCONFIRMED, str(msg_id))
    if not is_agreed:
        _fail(state, str(msg_id), REFUSED_BY_ADMINISTRATOR)
        return
    state.run("UPDATE mass_jobs SET status = ? WHERE msg_id = ?", JobStatus.SENDING, msg_id)
    set_timer(state, TimerKind.MASS_SENT, str(msg_id), at_ms=state.now_ms + state.settings.mass_takes_ms)


def _tell(state: State, row: sqlite3.Row, status: str, counts: Mapping[str, int], *, urls: Iterable[str]) -> None:
    checks = {"Count": 0, "ResultList": {}, "CheckState": 0}
    items = [{"ArticleIdx": idx, "ArticleUrl": url} for idx, url in enumerate(urls, start=1)]
    told = {
        "MsgID": row["msg_id"],
        "Status": status,
        **counts,
        "CopyrightCheckResult": checks,
        "ArticleUrlResult": {"Count": len(items), "ResultList": {"item": items}},
    }
    push_event(state, row["appid"], "MASSSENDJOBFINISH", told)
