"""Drafts: articles that wait to be published or sent.

Since July 2025 accounts that are not verified may neither draft nor publish (48001).
Source: developers.weixin.qq.com, 草稿箱.
"""

import sqlite3
from typing import Literal

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.content.writing import Article, checked, news_item
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_ROWS = 20
FARTHEST = 10**9
BAD_ARTICLE = (40007, 45002, 45003, 45004, 45110, 45166, 48001)


class DraftAdd(msgspec.Struct):
    """Body of draft/add."""

    articles: list[Article] = []


class MediaId(msgspec.Struct):
    """Body of draft/get and draft/delete."""

    media_id: str = ""


class DraftUpdate(msgspec.Struct):
    """Body of draft/update: the article of this index is replaced; the first is 0."""

    media_id: str = ""
    index: int = 0
    articles: Article = msgspec.field(default_factory=Article)


class Batch(msgspec.Struct):
    """Body of every list of articles; `no_content` 1 (or true) leaves their content out."""

    offset: int = 0
    count: int = 0
    no_content: Literal[0, 1] | bool = 0


def check_rights(state: State, appid: str) -> None:
    """Raises `ApiError` 48001 for an account that is not verified."""
    if not account(state, appid).is_verified:
        raise ApiError(48001)


def add(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/add: a draft of one to eight articles; 45166 for bad content, 40007 without a cover."""
    check_rights(state, request.caller)
    articles = checked(state, request.caller, parsed(request, DraftAdd).articles)
    media_id = state.draw_text(64)
    state.run("INSERT INTO drafts VALUES (?, ?, ?)", media_id, request.caller, _text(articles))
    state.run(
        "INSERT INTO draft_marks (media_id, created_ms, updated_ms) VALUES (?, ?, ?)",
        media_id,
        state.now_ms,
        state.now_ms,
    )
    return {"media_id": media_id, "item": []}


def _text(articles: list[Article]) -> str:
    return msgspec.json.encode(articles).decode()


def articles_of(row: sqlite3.Row) -> list[Article]:
    """The articles of a draft's or publication's row."""
    return msgspec.json.decode(row["articles"], type=list[Article])


def find_draft(state: State, appid: str, media_id: str) -> sqlite3.Row:
    """The account's draft with its times and the console's mark; raises `ApiError` 40007."""
    row = state.one(
        "SELECT d.*, m.created_ms, m.updated_ms, m.refusal FROM drafts d LEFT JOIN draft_marks m USING (media_id)"
        " WHERE d.media_id = ? AND d.appid = ?",
        media_id,
        appid,
    )
    if row is None:
        raise ApiError(40007)
    return row


def _preview_url(media_id: str, idx: int) -> str:
    return f"http://mp.weixin.qq.com/s?__biz=preview&mid={media_id[:16]}&idx={idx}#wechat_redirect"


def _shown(state: State, row: sqlite3.Row, *, no_content: bool = False) -> dict[str, object]:
    items = [
        news_item(state, article, url=_preview_url(row["media_id"], idx))
        for idx, article in enumerate(articles_of(row), start=1)
    ]
    if no_content:
        items = [{**item, "content": ""} for item in items]
    times = {"create_time": row["created_ms"] // 1000, "update_time": row["updated_ms"] // 1000}
    return {"news_item": items, **times}


def get(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/get: the draft's articles (40007 for an unknown one)."""
    check_rights(state, request.caller)
    return _shown(state, find_draft(state, request.caller, parsed(request, MediaId).media_id))


def update(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/update: one article is replaced; 40114 for an index that the draft has not."""
    check_rights(state, request.caller)
    body = parsed(request, DraftUpdate)
    articles = articles_of(find_draft(state, request.caller, body.media_id))
    if not 0 <= body.index < len(articles):
        raise ApiError(40114)
    articles[body.index] = checked(state, request.caller, [body.articles])[0]
    state.run("UPDATE drafts SET articles = ? WHERE media_id = ?", _text(articles), body.media_id)
    state.run("UPDATE draft_marks SET updated_ms = ? WHERE media_id = ?", state.now_ms, body.media_id)
    return {"errcode": 0, "errmsg": "ok"}


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/delete: the draft is gone (40007 for an unknown one)."""
    check_rights(state, request.caller)
    media_id = parsed(request, MediaId).media_id
    find_draft(state, request.caller, media_id)
    forget(state, media_id)
    return {"errcode": 0, "errmsg": "ok"}


def forget(state: State, media_id: str) -> None:
    """The draft is gone."""
    for table in ("drafts", "draft_marks"):
        state.run(f"DELETE FROM {table} WHERE media_id = ?", media_id)


def count(state: State, request: Request) -> Body:
    """GET /cgi-bin/draft/count: how many drafts there are."""
    check_rights(state, request.caller)
    return {"total_count": state.value("SELECT COUNT(*) FROM drafts WHERE appid = ?", request.caller)}


def batch(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/batchget: drafts, newest first, twenty at most (40097)."""
    check_rights(state, request.caller)
    body = parsed(request, Batch)
    check_page(body)
    rows = state.all(
        "SELECT d.*, m.created_ms, m.updated_ms FROM drafts d JOIN draft_marks m USING (media_id) WHERE d.appid = ?"
        " ORDER BY m.updated_ms DESC, d.media_id LIMIT ? OFFSET ?",
        request.caller,
        body.count,
        body.offset,
    )
    total = state.value("SELECT COUNT(*) FROM drafts WHERE appid = ?", request.caller)
    items = [
        {
            "media_id": row["media_id"],
            "content": _shown(state, row, no_content=body.no_content == 1),
            "update_time": row["updated_ms"] // 1000,
        }
        for row in rows
    ]
    return {"total_count": total, "item_count": len(items), "item": items}


def check_page(body: Batch) -> None:
    """Raises `ApiError` 40097 for a bad offset or more than twenty rows."""
    if not 0 <= body.offset <= FARTHEST or not 1 <= body.count <= MOST_ROWS:
        raise ApiError(40097)


def switch(state: State, request: Request) -> Body:
    """POST /cgi-bin/draft/switch: the draft box is open, as for every account since 2022."""
    check_rights(state, request.caller)
    return {"errcode": 0, "errmsg": "ok", "is_open": 1}


ROUTES = (
    Route("POST", "/cgi-bin/draft/add", Door.TOKEN, add, refuses=BAD_ARTICLE),
    Route("POST", "/cgi-bin/draft/get", Door.TOKEN, get, refuses=(40007, 48001)),
    Route("POST", "/cgi-bin/draft/update", Door.TOKEN, update, refuses=(*BAD_ARTICLE, 40114)),
    Route("POST", "/cgi-bin/draft/delete", Door.TOKEN, delete, refuses=(40007, 48001)),
    Route("GET", "/cgi-bin/draft/count", Door.TOKEN, count, refuses=(48001,)),
    Route("POST", "/cgi-bin/draft/batchget", Door.TOKEN, batch, refuses=(40097, 48001)),
    Route("POST", "/cgi-bin/draft/switch", Door.TOKEN, switch, refuses=(48001,)),
)
