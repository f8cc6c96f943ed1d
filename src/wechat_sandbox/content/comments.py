"""Comments on published articles: opened, read, chosen, answered, removed.

An article is `msg_data_id` and its index, counted from 0; it has comments when its draft said `need_open_comment`
or since they were opened. Source: developers.weixin.qq.com, 图文消息留言管理接口.
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.content.drafts import articles_of
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, parsed

MOST_ROWS = 50
MOST_ELECTED = 100
MOST_REPLY = 600
MOST_NUMBER = 2**53
ALL, PLAIN, ELECTED = 0, 1, 2


class Place(msgspec.Struct):
    """Body of comment/open and close."""

    msg_data_id: int | str = 0
    index: int = 0


class Listing(Place):
    """Body of comment/list; type 0 all, 1 ordinary, 2 chosen."""

    begin: int = 0
    count: int = 0
    type: int = 0


class One(Place):
    """Body of markelect, unmarkelect, delete and reply/delete."""

    user_comment_id: int = 0


class Answer(One):
    """Body of reply/add."""

    content: str = ""


def _msgid(state: State, appid: str, place: Place) -> tuple[str, bool]:
    """The article's msgid and whether it takes comments; raises `ApiError` 88000, 88001 or 88002."""
    if not account(state, appid).is_verified:
        raise ApiError(88000)
    row = state.one("SELECT * FROM publications WHERE appid = ? AND msg_data_id = ?", appid, str(place.msg_data_id))
    articles = articles_of(row) if row is not None else []
    if row is None or not 0 <= place.index < len(articles):
        raise ApiError(88001)
    if row["status"] != 0:
        raise ApiError(88002)
    msgid = f"{place.msg_data_id}_{place.index + 1}"
    is_open = state.value("SELECT is_open FROM comment_rooms WHERE appid = ? AND msgid = ?", appid, msgid)
    return msgid, bool(articles[place.index].need_open_comment if is_open is None else is_open)


def _set_open(state: State, request: Request, *, is_open: bool) -> Body:
    msgid, _ = _msgid(state, request.caller, parsed(request, Place))
    state.run("INSERT OR REPLACE INTO comment_rooms VALUES (?, ?, ?)", request.caller, msgid, is_open)
    return {"errcode": 0, "errmsg": "ok"}


def open_comments(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/open: readers may comment on the article."""
    return _set_open(state, request, is_open=True)


def close_comments(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/close: readers may not comment any more; what is there stays."""
    return _set_open(state, request, is_open=False)


def write(state: State, appid: str, openid: str, *, place: Place, content: str) -> int:
    """The number of the reader's new comment; raises `ControlError` where no comments are taken."""
    try:
        msgid, is_open = _msgid(state, appid, place)
    except ApiError as error:
        raise ControlError("unknown_article", "there is no such article") from error
    if not is_open:
        raise ControlError("comments_closed", "留言已关闭")
    number: int = state.value(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM comments WHERE appid = ? AND msgid = ?", appid, msgid
    )
    state.run(
        "INSERT INTO comments (appid, msgid, number, openid, at_ms, content) VALUES (?, ?, ?, ?, ?, ?)",
        appid,
        msgid,
        number,
        openid,
        state.now_ms,
        content,
    )
    return number


def list_comments(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/list: comments of one kind, newest first; 88010 for more than fifty."""
    body = parsed(request, Listing)
    msgid, _ = _msgid(state, request.caller, body)
    if body.begin < 0 or not 1 <= body.count <= MOST_ROWS or body.type not in (ALL, PLAIN, ELECTED):
        raise ApiError(88010)
    rows = state.all(
        "SELECT * FROM comments WHERE appid = ? AND msgid = ? AND is_deleted = 0 ORDER BY number DESC",
        request.caller,
        msgid,
    )
    chosen = [row for row in rows if body.type == ALL or row["is_elected"] == (body.type == ELECTED)]
    page = chosen[body.begin : body.begin + body.count]
    return {"errcode": 0, "errmsg": "ok", "total": len(chosen), "comment": [_shown(row) for row in page]}


def _shown(row: sqlite3.Row) -> dict[str, object]:
    shown: dict[str, object] = {
        "user_comment_id": row["number"],
        "openid": row["openid"],
        "create_time": row["at_ms"] // 1000,
        "content": row["content"],
        "comment_type": row["is_elected"],
    }
    if row["reply"]:
        shown["reply"] = {"content": row["reply"], "create_time": row["replied_ms"] // 1000}
    return shown


def _comment(state: State, appid: str, body: One) -> sqlite3.Row:
    msgid, _ = _msgid(state, appid, body)
    if body.user_comment_id > MOST_NUMBER or body.user_comment_id < 0:
        raise ApiError(88008)
    row = state.one(
        "SELECT * FROM comments WHERE appid = ? AND msgid = ? AND number = ?", appid, msgid, body.user_comment_id
    )
    if row is None:
        raise ApiError(88008)
    if row["is_deleted"]:
        raise ApiError(88004)
    return row


def _change(state: State, row: sqlite3.Row, setting: str, *values: object) -> Body:
    state.run(
        f"UPDATE comments SET {setting} WHERE appid = ? AND msgid = ? AND number = ?",
        *values,
        row["appid"],
        row["msgid"],
        row["number"],
    )
    return {"errcode": 0, "errmsg": "ok"}


def elect(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/markelect: the comment is chosen; a hundred at most (88003)."""
    row = _comment(state, request.caller, parsed(request, One))
    elected = state.value(
        "SELECT COUNT(*) FROM comments WHERE appid = ? AND msgid = ? AND is_elected AND NOT is_deleted",
        row["appid"],
        row["msgid"],
    )
    if not row["is_elected"] and elected >= MOST_ELECTED:
        raise ApiError(88003)
    return _change(state, row, "is_elected = 1")


def unelect(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/unmarkelect: the comment is an ordinary one again."""
    return _change(state, _comment(state, request.caller, parsed(request, One)), "is_elected = 0")


def delete(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/delete: the comment is gone (88004 a second time)."""
    return _change(state, _comment(state, request.caller, parsed(request, One)), "is_deleted = 1")


def answer(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/reply/add: one answer to a comment (88005 a second), of 600 characters at most (88007)."""
    body = parsed(request, Answer)
    row = _comment(state, request.caller, body)
    if row["reply"]:
        raise ApiError(88005)
    if not 1 <= len(body.content) <= MOST_REPLY:
        raise ApiError(88007)
    return _change(state, row, "reply = ?, replied_ms = ?", body.content, state.now_ms)


def unanswer(state: State, request: Request) -> Body:
    """POST /cgi-bin/comment/reply/delete: the answer is gone (88008 when there is none)."""
    row = _comment(state, request.caller, parsed(request, One))
    if not row["reply"]:
        raise ApiError(88008)
    return _change(state, row, "reply = ''")


PLACE = (88000, 88001, 88002)
ONE = (*PLACE, 88004, 88008)
ROUTES = (
    Route("POST", "/cgi-bin/comment/open", Door.TOKEN, open_comments, refuses=PLACE),
    Route("POST", "/cgi-bin/comment/close", Door.TOKEN, close_comments, refuses=PLACE),
    Route("POST", "/cgi-bin/comment/list", Door.TOKEN, list_comments, refuses=(*PLACE, 88010)),
    Route("POST", "/cgi-bin/comment/markelect", Door.TOKEN, elect, refuses=(*ONE, 88003)),
    Route("POST", "/cgi-bin/comment/unmarkelect", Door.TOKEN, unelect, refuses=ONE),
    Route("POST", "/cgi-bin/comment/delete", Door.TOKEN, delete, refuses=ONE),
    Route("POST", "/cgi-bin/comment/reply/add", Door.TOKEN, answer, refuses=(*ONE, 88005, 88007)),
    Route("POST", "/cgi-bin/comment/reply/delete", Door.TOKEN, unanswer, refuses=ONE),
)
