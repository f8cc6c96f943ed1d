"""Publication (发布能力) of drafts, with the msgid their statistics use.

A publication takes a few seconds; then the event PUBLISHJOBFINISH comes. Polling is limited to 100 calls a day.
What fails, and how, is decided through the control API before the publication ends.
Source: developers.weixin.qq.com, 发布能力 (submit, get, delete, getarticle, batchget, PUBLISHJOBFINISH).
"""

import sqlite3
from enum import IntEnum

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.content.drafts import Batch, articles_of, check_page, check_rights, find_draft, forget
from wechat_sandbox.content.writing import Article, news_item
from wechat_sandbox.moments import day_of
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import ApiError, Body, Request, parsed

NOTIFIED, NOT_NOTIFIED = 0, 1


class PublishStatus(IntEnum):
    """发布状态."""

    PUBLISHED = 0
    PUBLISHING = 1
    NOT_ORIGINAL = 2
    FAILED = 3
    NOT_APPROVED = 4
    DELETED = 5
    BANNED = 6


class Submit(msgspec.Struct):
    """Body of freepublish/submit."""

    media_id: str = ""


class Get(msgspec.Struct):
    """Body of freepublish/get."""

    publish_id: int | str = ""


class ArticleId(msgspec.Struct):
    """Body of freepublish/delete and getarticle; index 0 means all articles, the first is 1."""

    article_id: str = ""
    index: int = 0


def submit(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/submit: the publication has begun; its end is an event.

    Refuses an unknown draft (40007), one that the console has marked (53503, 53504, 53505), and one that is being
    published already (53501).
    """
    check_rights(state, request.caller)
    media_id = parsed(request, Submit).media_id
    draft = find_draft(state, request.caller, media_id)
    if draft["refusal"]:
        raise ApiError(draft["refusal"])
    if state.value("SELECT 1 FROM publications WHERE media_id = ? AND status = ?", media_id, PublishStatus.PUBLISHING):
        raise ApiError(53501)
    publish_id, msg_data_id = f"1{state.serial_digits(9)}", f"2247{state.serial_digits(8)}"
    state.run(
        "INSERT INTO publications VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        publish_id,
        request.caller,
        msg_data_id,
        media_id,
        state.draw_text(43),
        draft["articles"],
        NOT_NOTIFIED,
        PublishStatus.PUBLISHING,
        state.now_ms,
    )
    set_timer(state, TimerKind.PUBLISHED, publish_id, at_ms=state.now_ms + state.settings.publish_takes_ms)
    return {"errcode": 0, "errmsg": "ok", "publish_id": int(publish_id), "msg_data_id": int(msg_data_id)}


def finish_publication(state: State, publish_id: str) -> None:
    """The articles are public and the draft is gone, or the publication has failed; PUBLISHJOBFINISH tells."""
    row = _publication(state, publish_id)
    if row is None:
        return
    outcome = state.one("SELECT * FROM publish_outcomes WHERE appid = ?", row["appid"])
    state.run("DELETE FROM publish_outcomes WHERE appid = ?", row["appid"])
    status = PublishStatus(outcome["status"]) if outcome is not None else PublishStatus.PUBLISHED
    state.run("UPDATE publications SET status = ? WHERE publish_id = ?", status, publish_id)
    state.run(
        "INSERT OR REPLACE INTO publication_ends (publish_id, fail_idx, finished_ms) VALUES (?, ?, ?)",
        publish_id,
        outcome["fail_idx"] if outcome is not None else "",
        state.now_ms,
    )
    if status is PublishStatus.PUBLISHED:
        day = day_of(state.now_ms)
        state.run("UPDATE publications SET published_day = ? WHERE publish_id = ?", day, publish_id)
        forget(state, row["media_id"])
    row = _publication(state, publish_id) or row
    push_event(state, row["appid"], "PUBLISHJOBFINISH", {"PublishEventInfo": _told(row, in_event=True)})


def _publication(state: State, publish_id: str) -> sqlite3.Row | None:
    return state.one(
        "SELECT p.*, e.fail_idx, e.finished_ms, e.deleted_idx FROM publications p"
        " LEFT JOIN publication_ends e USING (publish_id) WHERE publish_id = ?",
        publish_id,
    )


def end_next_with(state: State, appid: str, status: PublishStatus, *, fail_idx: tuple[int, ...]) -> None:
    """The account's next publication to end will end so."""
    text = ",".join(map(str, fail_idx))
    state.run("INSERT OR REPLACE INTO publish_outcomes VALUES (?, ?, ?)", appid, status, text)


def publish_by_hand(state: State, appid: str, *, msgid: str, article: Article) -> None:
    """The account's editor has sent the article to all followers from the back office; a known msgid changes nothing."""
    account(state, appid)
    msg_data_id = msgid.rpartition("_")[0]
    state.run(
        "INSERT OR IGNORE INTO publications VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)",
        f"1{msg_data_id}",
        appid,
        msg_data_id,
        state.draw_text(43),
        msgspec.json.encode([article]).decode(),
        NOTIFIED,
        PublishStatus.PUBLISHED,
        state.now_ms,
        day_of(state.now_ms),
    )


def article_url(article_id: str, idx: int) -> str:
    """Where a reader opens the article."""
    return f"https://mp.weixin.qq.com/s/{article_id[:22]}?idx={idx}"


def _indexes(text: str | None) -> list[int]:
    return [int(number) for number in (text or "").split(",") if number]


def _told(row: sqlite3.Row, *, in_event: bool = False) -> Body:
    """How a publication stands, as the event and freepublish/get tell it."""
    told = {"publish_id": int(row["publish_id"]), "publish_status": row["status"]}
    fails = {"fail_idx": _indexes(row["fail_idx"])}
    if row["status"] != PublishStatus.PUBLISHED:
        return {**told, **fails}
    count = len(articles_of(row))
    items = [{"idx": idx, "article_url": article_url(row["article_id"], idx)} for idx in range(1, count + 1)]
    done = {**told, "article_id": row["article_id"], "article_detail": {"count": count, "item": items}}
    return done if in_event else {**done, **fails}


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/get: how a publication stands: 0 done, 1 under way, 2-4 failed, 5-6 gone since."""
    check_rights(state, request.caller)
    row = _publication(state, str(parsed(request, Get).publish_id))
    if row is None or row["appid"] != request.caller:
        raise ApiError(40097, "invalid args, publish_id not exist")
    return _told(row)


def _published(state: State, appid: str, article_id: str) -> sqlite3.Row:
    """The public row of this article_id; raises `ApiError` 53600."""
    publish_id = state.value(
        "SELECT publish_id FROM publications WHERE appid = ? AND article_id = ? AND status = ?",
        appid,
        article_id,
        PublishStatus.PUBLISHED,
    )
    row = _publication(state, publish_id or "")
    if row is None:
        raise ApiError(53600)
    return row


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/delete: the article, or with index 0 all of them, cannot be read any more.

    Refuses an unknown article_id (53600) and an index it has not (40097). It cannot be undone.
    """
    check_rights(state, request.caller)
    body = parsed(request, ArticleId)
    row = _published(state, request.caller, body.article_id)
    count = len(articles_of(row))
    if not 0 <= body.index <= count:
        raise ApiError(40097)
    take_down(state, row, body.index, PublishStatus.DELETED)
    return {"errcode": 0, "errmsg": "ok"}


def take_down(state: State, row: sqlite3.Row, index: int, status: PublishStatus) -> None:
    """The article of this index (0: all) is gone; when none is left, the publication has this status."""
    everything = range(1, len(articles_of(row)) + 1)
    gone = set(everything) if index == 0 else {*_indexes(row["deleted_idx"]), index}
    state.run(
        "INSERT INTO publication_ends (publish_id, finished_ms, deleted_idx) VALUES (?, ?, ?)"
        " ON CONFLICT (publish_id) DO UPDATE SET deleted_idx = excluded.deleted_idx",
        row["publish_id"],
        state.now_ms,
        ",".join(map(str, sorted(gone))),
    )
    if gone.issuperset(everything):
        state.run("UPDATE publications SET status = ? WHERE publish_id = ?", status, row["publish_id"])


def ban(state: State, appid: str, article_id: str) -> None:
    """WeChat has taken all articles of the publication down."""
    take_down(state, _published(state, appid, article_id), 0, PublishStatus.BANNED)


def _items(state: State, row: sqlite3.Row, *, no_content: bool = False) -> list[dict[str, object]]:
    gone = _indexes(row["deleted_idx"])
    items = [
        {**news_item(state, article, url=article_url(row["article_id"], idx)), "is_deleted": idx in gone}
        for idx, article in enumerate(articles_of(row), start=1)
    ]
    return [{**item, "content": ""} for item in items] if no_content else items


def get_article(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/getarticle: the public articles of one article_id (53600 for an unknown one)."""
    check_rights(state, request.caller)
    row = _published(state, request.caller, parsed(request, ArticleId).article_id)
    return {"news_item": _items(state, row)}


def batch(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/batchget: what was published, newest first, twenty at most (40097)."""
    check_rights(state, request.caller)
    body = parsed(request, Batch)
    check_page(body)
    where = "appid = ? AND publish_type = ? AND status = ?"
    values = (request.caller, NOT_NOTIFIED, PublishStatus.PUBLISHED)
    rows = state.all(
        "SELECT p.*, e.fail_idx, e.finished_ms, e.deleted_idx FROM publications p"
        f" LEFT JOIN publication_ends e USING (publish_id) WHERE {where}"
        " ORDER BY e.finished_ms DESC, publish_id DESC LIMIT ? OFFSET ?",
        *values,
        body.count,
        body.offset,
    )
    items = [
        {
            "article_id": row["article_id"],
            "content": {
                "news_item": _items(state, row, no_content=body.no_content == 1),
                "create_time": row["submitted_ms"] // 1000,
                "update_time": (row["finished_ms"] or row["submitted_ms"]) // 1000,
            },
            "update_time": (row["finished_ms"] or row["submitted_ms"]) // 1000,
        }
        for row in rows
    ]
    total = state.value(f"SELECT COUNT(*) FROM publications WHERE {where}", *values)
    return {"total_count": total, "item_count": len(items), "item": items}


ROUTES = (
    Route(
        "POST", "/cgi-bin/freepublish/submit", Door.TOKEN, submit, refuses=(40007, 48001, 53501, 53503, 53504, 53505)
    ),
    Route("POST", "/cgi-bin/freepublish/get", Door.TOKEN, get, refuses=(40097, 48001)),
    Route("POST", "/cgi-bin/freepublish/delete", Door.TOKEN, delete, refuses=(40097, 48001, 53600)),
    Route("POST", "/cgi-bin/freepublish/getarticle", Door.TOKEN, get_article, refuses=(48001, 53600)),
    Route("POST", "/cgi-bin/freepublish/batchget", Door.TOKEN, batch, refuses=(40097, 48001)),
)
