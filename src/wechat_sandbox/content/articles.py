"""Drafts and their publication (发布能力): enough that an article exists, with the msgid its statistics use.

A publication takes a few seconds; then the event PUBLISHJOBFINISH comes. Polling is limited to 100 calls a day.
"""

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.moments import day_of
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import ApiError, Body, Request, parsed

PUBLISHED, PUBLISHING = 0, 1
NOTIFIED, NOT_NOTIFIED = 0, 1
MAX_ARTICLES = 8
MAX_TITLE = 64


class Article(msgspec.Struct):
    """One article of a draft."""

    title: str = ""
    author: str = ""
    digest: str = ""
    content: str = ""
    content_source_url: str = ""
    thumb_media_id: str = ""
    need_open_comment: int = 0
    only_fans_can_comment: int = 0


class DraftAdd(msgspec.Struct):
    """Body of draft/add."""

    articles: list[Article] = []


class Submit(msgspec.Struct):
    """Body of freepublish/submit."""

    media_id: str = ""


class Get(msgspec.Struct):
    """Body of freepublish/get."""

    publish_id: str = ""


def _check_rights(state: State, appid: str) -> None:
    """Since July 2025 accounts that are not verified may neither draft nor publish."""
    if not account(state, appid).is_verified:
        raise ApiError(48001)


def draft_add(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/add: a draft of one to eight articles; 45166 for bad content, 40007 without a cover."""
    _check_rights(state, request.caller)
    body = parsed(request, DraftAdd)
    if not 1 <= len(body.articles) <= MAX_ARTICLES:
        raise ApiError(45166)
    for article in body.articles:
        if not article.title or len(article.title) > MAX_TITLE or not article.content:
            raise ApiError(45166)
        if not article.thumb_media_id:
            raise ApiError(40007)
    media_id = state.draw_text(64)
    articles = msgspec.json.encode(body.articles).decode()
    state.run("INSERT INTO drafts VALUES (?, ?, ?)", media_id, request.caller, articles)
    return {"media_id": media_id, "item": []}


def submit(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/submit: the publication has begun; its end is an event."""
    _check_rights(state, request.caller)
    media_id = parsed(request, Submit).media_id
    draft = state.one("SELECT * FROM drafts WHERE media_id = ? AND appid = ?", media_id, request.caller)
    if draft is None:
        raise ApiError(40007)
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
        PUBLISHING,
        state.now_ms,
    )
    set_timer(state, TimerKind.PUBLISHED, publish_id, at_ms=state.now_ms + state.settings.publish_takes_ms)
    return {"errcode": 0, "errmsg": "ok", "publish_id": publish_id, "msg_data_id": msg_data_id}


def finish_publication(state: State, publish_id: str) -> None:
    """The articles are public, the draft is gone, and PUBLISHJOBFINISH goes to the account."""
    state.run(
        "UPDATE publications SET status = ?, published_day = ? WHERE publish_id = ?",
        PUBLISHED,
        day_of(state.now_ms),
        publish_id,
    )
    row = state.one("SELECT * FROM publications WHERE publish_id = ?", publish_id)
    if row is None:
        return
    state.run("DELETE FROM drafts WHERE media_id = ?", row["media_id"])
    detail = {
        "publish_id": publish_id,
        "publish_status": PUBLISHED,
        "article_id": row["article_id"],
        "article_detail": _detail(row["article_id"], row["articles"]),
    }
    push_event(state, row["appid"], "PUBLISHJOBFINISH", {"PublishEventInfo": detail})


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
        PUBLISHED,
        state.now_ms,
        day_of(state.now_ms),
    )


def _detail(article_id: str, articles: str) -> Body:
    count = len(msgspec.json.decode(articles))
    items = [{"idx": idx, "article_url": article_url(article_id, idx)} for idx in range(1, count + 1)]
    return {"count": count, "item": items}


def article_url(article_id: str, idx: int) -> str:
    """Where a reader opens the article."""
    return f"https://mp.weixin.qq.com/s/{article_id[:22]}?idx={idx}"


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/freepublish/get: how a publication stands (0 done, 1 under way)."""
    publish_id = parsed(request, Get).publish_id
    row = state.one("SELECT * FROM publications WHERE publish_id = ? AND appid = ?", publish_id, request.caller)
    if row is None:
        raise ApiError(40097, "invalid args, publish_id not exist")
    if row["status"] == PUBLISHING:
        return {"publish_id": publish_id, "publish_status": PUBLISHING, "fail_idx": []}
    return {
        "publish_id": publish_id,
        "publish_status": PUBLISHED,
        "article_id": row["article_id"],
        "article_detail": _detail(row["article_id"], row["articles"]),
        "fail_idx": [],
    }


ROUTES = (
    Route("POST", "/cgi-bin/draft/add", Door.TOKEN, draft_add),
    Route("POST", "/cgi-bin/freepublish/submit", Door.TOKEN, submit),
    Route("POST", "/cgi-bin/freepublish/get", Door.TOKEN, get),
)
