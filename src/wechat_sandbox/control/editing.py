"""What an account's editors do in the console, what its reviewers decide, and what readers write under articles."""

from enum import StrEnum

import msgspec

from wechat_sandbox.accounts import find_account, openid_of
from wechat_sandbox.content import articles, comments
from wechat_sandbox.content.articles import PublishStatus
from wechat_sandbox.content.drafts import find_draft
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed


class Check(StrEnum):
    """Why a draft may not be published by the API."""

    FINE = "fine"
    NOT_PASSED = "not_passed"
    CONSOLE_ONLY = "console_only"
    UNSAVED = "unsaved"


REFUSALS = {Check.FINE: 0, Check.NOT_PASSED: 53503, Check.CONSOLE_ONLY: 53504, Check.UNSAVED: 53505}


class Links(msgspec.Struct):
    """The mini-programs an official account has linked."""

    appid: str
    mini_programs: list[str]


class DraftCheck(msgspec.Struct):
    """What the console thinks of a draft."""

    appid: str
    media_id: str
    check: Check


class Outcome(msgspec.Struct):
    """How the account's next publication ends; `fail_idx` are the articles that are not let through."""

    appid: str
    status: PublishStatus
    fail_idx: list[int] = []


class Ban(msgspec.Struct):
    """A publication that WeChat takes down."""

    appid: str
    article_id: str


class Comment(msgspec.Struct):
    """A reader's comment; index 0 is the first article."""

    person: str
    appid: str
    msg_data_id: int | str
    content: str
    index: int = 0


def link(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/link: articles may carry cards of these mini-programs, and of no others."""
    body = control_parsed(request, Links)
    if find_account(state, body.appid) is None:
        raise ControlError("unknown_account", f"there is no account {body.appid!r}")
    state.run("DELETE FROM linked_mini_programs WHERE appid = ?", body.appid)
    rows = [(body.appid, mini_program) for mini_program in body.mini_programs]
    state.run_many("INSERT OR IGNORE INTO linked_mini_programs VALUES (?, ?)", rows)
    return {"ok": True}


def check_draft(state: State, request: Request) -> Body:
    """POST /_sandbox/drafts/check: publishing it is refused (53503, 53504, 53505), or fine again."""
    body = control_parsed(request, DraftCheck)
    try:
        find_draft(state, body.appid, body.media_id)
    except ApiError as error:
        raise ControlError("unknown_draft", f"there is no draft {body.media_id!r}") from error
    state.run("UPDATE draft_marks SET refusal = ? WHERE media_id = ?", REFUSALS[body.check], body.media_id)
    return {"ok": True}


def next_outcome(state: State, request: Request) -> Body:
    """POST /_sandbox/publications/outcome: the account's next publication to end ends so."""
    body = control_parsed(request, Outcome)
    articles.end_next_with(state, body.appid, body.status, fail_idx=tuple(body.fail_idx))
    return {"ok": True}


def ban(state: State, request: Request) -> Body:
    """POST /_sandbox/publications/ban: its articles cannot be read any more (publish_status 6)."""
    body = control_parsed(request, Ban)
    try:
        articles.ban(state, body.appid, body.article_id)
    except ApiError as error:
        raise ControlError("unknown_article", f"there is no article {body.article_id!r}") from error
    return {"ok": True}


def comment(state: State, request: Request) -> Body:
    """POST /_sandbox/articles/comment: the reader comments, where comments are open."""
    body = control_parsed(request, Comment)
    openid = openid_of(state, body.appid, body.person)
    place = comments.Place(msg_data_id=body.msg_data_id, index=body.index)
    return {"user_comment_id": comments.write(state, body.appid, openid, place=place, content=body.content)}


ROUTES = (
    Route("POST", "/_sandbox/accounts/link", Door.CONTROL, link),
    Route("POST", "/_sandbox/drafts/check", Door.CONTROL, check_draft),
    Route("POST", "/_sandbox/publications/outcome", Door.CONTROL, next_outcome),
    Route("POST", "/_sandbox/publications/ban", Door.CONTROL, ban),
    Route("POST", "/_sandbox/articles/comment", Door.CONTROL, comment),
)
