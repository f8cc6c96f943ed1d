"""Links into a mini-program from outside: URL scheme, URL link, short link; for thirty days at most.

Schemes and URL links together: half a million made and three million opened in a day; a hundred made in a second.
Source: developers.weixin.qq.com, generateScheme, queryScheme, generateUrlLink, queryUrlLink, generateShortLink.
"""

import re
import sqlite3
from enum import StrEnum
from typing import Literal
from urllib.parse import unquote

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.mini_program import flags
from wechat_sandbox.mini_program.flags import Flag
from wechat_sandbox.moments import DAY_MS, MINUTE_MS, SHANGHAI_MS
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_DAYS = 30
MOST_QUERY = 1024
MOST_TITLE = 20
PER_SECOND = 100
QUERY = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~%`]*")
VERSIONS = ("release", "trial", "develop")
MADE = "/wxa/generatescheme#links"
OPENED = "/wxa/queryscheme#opened"
SHORT_FOREVER = "/wxa/genwxashortlink#permanent"
AT_TIME, AFTER_DAYS = 0, 1


class LinkKind(StrEnum):
    """What a person opens: a scanned code, or one of the three links."""

    CODE = "code"
    SCHEME = "scheme"
    URL_LINK = "url_link"
    SHORT_LINK = "short_link"


class Target(msgspec.Struct):
    """Where a scheme leads."""

    path: str = ""
    query: str = ""
    env_version: str = "release"


class GenerateScheme(msgspec.Struct):
    """Body of generatescheme; without `is_expire` the link lives its longest."""

    jump_wxa: Target = msgspec.field(default_factory=Target)
    is_expire: bool = False
    expire_type: Literal[0, 1] = 0
    expire_time: int = 0
    expire_interval: int = 0


class GenerateUrlLink(Target):
    """Body of generate_urllink."""

    is_expire: bool = False
    expire_type: Literal[0, 1] = 0
    expire_time: int = 0
    expire_interval: int = 0


class Query(msgspec.Struct):
    """Body of queryscheme and query_urllink; query_type 1 asks for today's remaining openings."""

    scheme: str = ""
    url_link: str = ""
    query_type: Literal[0, 1] = 0


class ShortLink(msgspec.Struct):
    """Body of genwxashortlink."""

    page_url: str = ""
    page_title: str = ""
    is_permanent: bool = False


def keep_link(
    state: State,
    kind: LinkKind,
    link: str,
    *,
    appid: str,
    path: str,
    query: str,
    env_version: str,
    expires_ms: int | None,
    image: str = "",
) -> None:
    """The link can be opened from now on, until `expires_ms`; `image` is the SHA-256 of the picture that shows it."""
    state.run(
        "INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        link,
        kind,
        appid,
        path.lstrip("/"),
        query,
        env_version,
        image,
        state.now_ms,
        expires_ms,
    )


def generate_scheme(state: State, request: Request) -> Body:
    """POST /wxa/generatescheme: `weixin://dl/business/?t=…`, which opens the page from anywhere on the phone."""
    body = parsed(request, GenerateScheme)
    expires_ms = _checked(state, request.caller, body.jump_wxa, body)
    link = f"weixin://dl/business/?t={state.draw_text(11)}"
    _keep(state, LinkKind.SCHEME, link, appid=request.caller, target=body.jump_wxa, expires_ms=expires_ms)
    return {"errcode": 0, "errmsg": "ok", "openlink": link}


def generate_url_link(state: State, request: Request) -> Body:
    """POST /wxa/generate_urllink: `https://wxaurl.cn/…`, for a short message or a web page."""
    body = parsed(request, GenerateUrlLink)
    expires_ms = _checked(state, request.caller, body, body)
    link = f"https://wxaurl.cn/{state.draw_text(11)}"
    _keep(state, LinkKind.URL_LINK, link, appid=request.caller, target=body, expires_ms=expires_ms)
    return {"errcode": 0, "errmsg": "ok", "url_link": link}


def _checked(state: State, appid: str, target: Target, expiry: GenerateScheme | GenerateUrlLink) -> int:
    """When the link expires; raises `ApiError` for every documented reason to refuse it."""
    if flags.is_set(state, appid, Flag.NO_LINKS):
        raise ApiError(40002)
    if flags.is_set(state, appid, Flag.LINKS_BANNED):
        raise ApiError(40013)
    if flags.is_set(state, appid, Flag.UNPUBLISHED):
        raise ApiError(85079)
    if "?" in target.path or not flags.has_page(state, appid, target.path):
        raise ApiError(40165)
    if len(target.query) > MOST_QUERY or not QUERY.fullmatch(target.query):
        raise ApiError(40212)
    if target.env_version not in VERSIONS:
        raise ApiError(85402)
    expires_ms = _expires_ms(state, expiry)
    second_ms = state.now_s * 1000
    made = state.value("SELECT COUNT(*) FROM links WHERE appid = ? AND created_ms >= ?", appid, second_ms)
    if made >= PER_SECOND:
        raise ApiError(44990)
    spend(state, appid, MADE)
    return expires_ms


def _expires_ms(state: State, expiry: GenerateScheme | GenerateUrlLink) -> int:
    latest_ms = state.now_ms + MOST_DAYS * DAY_MS
    if not expiry.is_expire and not expiry.expire_time and not expiry.expire_interval:
        return latest_ms
    if expiry.expire_type == AFTER_DAYS:
        if not 1 <= expiry.expire_interval <= MOST_DAYS:
            raise ApiError(85401)
        return state.now_ms + expiry.expire_interval * DAY_MS
    expires_ms = expiry.expire_time * 1000
    if not state.now_ms + MINUTE_MS <= expires_ms <= latest_ms:
        raise ApiError(85401)
    return expires_ms


def _keep(state: State, kind: LinkKind, link: str, *, appid: str, target: Target, expires_ms: int) -> None:
    keep_link(
        state,
        kind,
        link,
        appid=appid,
        path=target.path,
        query=target.query,
        env_version=target.env_version,
        expires_ms=expires_ms,
    )


def query_scheme(state: State, request: Request) -> Body:
    """POST /wxa/queryscheme: where one's own scheme leads (40097 for any other), or today's remaining openings."""
    return _queried(state, request, LinkKind.SCHEME, "scheme_info")


def query_url_link(state: State, request: Request) -> Body:
    """POST /wxa/query_urllink: the same for a URL link."""
    return _queried(state, request, LinkKind.URL_LINK, "url_link_info")


def _queried(state: State, request: Request, kind: LinkKind, name: str) -> Body:
    body = parsed(request, Query)
    if body.query_type == 1:
        quota = {"remain_visit_quota": _opens_left(state, request.caller)}
        return {"errcode": 0, "errmsg": "ok", "quota_info": quota}
    row = find_link(state, body.scheme if kind is LinkKind.SCHEME else body.url_link)
    if row is None or row["kind"] != kind or row["appid"] != request.caller:
        raise ApiError(40097)
    shown = {
        "appid": row["appid"],
        "path": row["path"],
        "query": row["query"],
        "create_time": row["created_ms"] // 1000,
        "expire_time": (row["expires_ms"] or 0) // 1000,
        "env_version": row["env_version"],
    }
    return {"errcode": 0, "errmsg": "ok", name: shown}


def _opens_left(state: State, appid: str) -> int:
    today = str((state.now_ms + SHANGHAI_MS) // DAY_MS)
    used = state.value(
        "SELECT used FROM quota_use WHERE subject = ? AND path = ? AND unit = 'day' AND window = ?",
        appid,
        OPENED,
        today,
    )
    return max(0, (state.limits[OPENED].per_day or 0) - int(used or 0))


def short_link(state: State, request: Request) -> Body:
    """POST /wxa/genwxashortlink: `#小程序://…`, to be pasted in a chat; thirty days, or for ever (100 thousand)."""
    body = parsed(request, ShortLink)
    appid = request.caller
    if flags.is_set(state, appid, Flag.NO_SHORT_LINKS):
        raise ApiError(43104)
    if flags.is_set(state, appid, Flag.UNPUBLISHED):
        raise ApiError(85079)
    path, _, query = body.page_url.partition("?")
    if not path or not flags.has_page(state, appid, path) or len(body.page_url) > MOST_QUERY:
        raise ApiError(40066, "invalid url")
    if len(body.page_title) > MOST_TITLE:
        raise ApiError(40225)
    if body.is_permanent:
        _spend_permanent(state, appid)
    link = f"#小程序://{account(state, appid).name}/{body.page_title or '首页'}/{state.draw_text(15)}"
    expires_ms = None if body.is_permanent else state.now_ms + MOST_DAYS * DAY_MS
    keep_link(
        state,
        LinkKind.SHORT_LINK,
        link,
        appid=appid,
        path=path,
        query=query,
        env_version="release",
        expires_ms=expires_ms,
    )
    return {"errcode": 0, "errmsg": "ok", "link": link}


def _spend_permanent(state: State, appid: str) -> None:
    try:
        spend(state, appid, SHORT_FOREVER)
    except ApiError as error:
        raise ApiError(85400) from error


def find_link(state: State, link: str) -> sqlite3.Row | None:
    """The link, with or without the `cq` that a caller may append to it."""
    return state.one("SELECT * FROM links WHERE link = ?", _split(link)[0])


def _split(link: str) -> tuple[str, str]:
    """The link itself and the query appended to it."""
    head, _, appended = link.replace("?cq=", "&cq=").partition("&cq=")
    return head, unquote(appended)


def open_link(state: State, row: sqlite3.Row, link: str) -> str:
    """The query that the page gets; counted against the day's openings (45009) for schemes and URL links."""
    if row["kind"] in (LinkKind.SCHEME, LinkKind.URL_LINK):
        spend(state, row["appid"], OPENED)
    return "&".join(part for part in (row["query"], _split(link)[1]) if part)


REFUSED = (40002, 40013, 40165, 40212, 44990, 45009, 85079, 85401, 85402)
ROUTES = (
    Route("POST", "/wxa/generatescheme", Door.TOKEN, generate_scheme, refuses=REFUSED),
    Route("POST", "/wxa/queryscheme", Door.TOKEN, query_scheme, refuses=(40097,)),
    Route("POST", "/wxa/generate_urllink", Door.TOKEN, generate_url_link, refuses=REFUSED),
    Route("POST", "/wxa/query_urllink", Door.TOKEN, query_url_link, refuses=(40097,)),
    Route("POST", "/wxa/genwxashortlink", Door.TOKEN, short_link, refuses=(40066, 40225, 43104, 85079, 85400)),
)
