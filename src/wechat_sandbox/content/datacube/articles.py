"""Article statistics, the set that replaced the old four calls in November 2025.

Yesterday's figures are ready at 08:00 in China; asked earlier, they are missing and `is_delay` is true.
`msgid` is msg_data_id and the article's index: `2247490098_1`. Days without a change give no row.
Source: developers.weixin.qq.com, wedata/news (getarticleread, getarticleshare, getbizsummary, getarticletotaldetail).
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import msgspec

from wechat_sandbox.content.articles import article_url
from wechat_sandbox.content.datacube.days import REFUSED, Span, asked_span, last_ready_day
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request, parsed

SUMMARY_SPAN_DAYS = 30
DETAIL_DAYS = 30
ALL_SCENES = "全部"
SCENES = ("公众号消息", "聊天会话", "朋友圈", "公众号主页", "其它", "推荐", "搜一搜")


def _rows(state: State, appid: str, begin: date, end: date) -> list[sqlite3.Row]:
    first = max(begin.isoformat(), state.settings.article_data_since)
    last = min(end.isoformat(), last_ready_day(state).isoformat())
    return state.all(
        "SELECT * FROM article_days WHERE appid = ? AND day BETWEEN ? AND ? ORDER BY day, msgid, scene",
        appid,
        first,
        last,
    )


def _sources(rows: Iterable[sqlite3.Row]) -> list[Body]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["scene"]] += row["read_user"]
    total = {"user_count": sum(counts.values()), "scene_desc": ALL_SCENES}
    return [total, *({"user_count": counts[scene], "scene_desc": scene} for scene in SCENES)]


def _grouped(rows: list[sqlite3.Row]) -> Mapping[tuple[str, str], list[sqlite3.Row]]:
    groups: dict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        groups[row["day"], row["msgid"]].append(row)
    return groups


def _publish_type(state: State, appid: str, msgid: str) -> int:
    kind = state.value(
        "SELECT publish_type FROM publications WHERE appid = ? AND msg_data_id = ?", appid, msgid.rpartition("_")[0]
    )
    return int(kind or 0)


def article_read(state: State, request: Request) -> Body:
    """POST /datacube/getarticleread: one day's readers of every article, by where they came from."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    items = [
        {
            "ref_date": day,
            "msgid": msgid,
            "publish_type": _publish_type(state, request.caller, msgid),
            "detail": {"read_user": sum(row["read_user"] for row in rows), "read_user_source": _sources(rows)},
        }
        for (day, msgid), rows in _grouped(_rows(state, request.caller, begin, end)).items()
        if any(row["read_user"] for row in rows)
    ]
    return {"list": items, "is_delay": end > last_ready_day(state)}


def article_share(state: State, request: Request) -> Body:
    """POST /datacube/getarticleshare: one day's sharers of every article."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    items = [
        {
            "ref_date": day,
            "msgid": msgid,
            "publish_type": _publish_type(state, request.caller, msgid),
            "detail": {"share_user": sum(row["share_user"] for row in rows)},
        }
        for (day, msgid), rows in _grouped(_rows(state, request.caller, begin, end)).items()
        if any(row["share_user"] for row in rows)
    ]
    return {"list": items, "is_delay": end > last_ready_day(state)}


def biz_summary(state: State, request: Request) -> Body:
    """POST /datacube/getbizsummary: the account's readers and sharers per day, 30 days at most."""
    begin, end = asked_span(state, parsed(request, Span), most_days=SUMMARY_SPAN_DAYS)
    days: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in _rows(state, request.caller, begin, end):
        days[row["day"]].append(row)
    items = [{"ref_date": day, "detail": _counts(rows)} for day, rows in days.items()]
    return {"list": items, "is_delay": end > last_ready_day(state)}


def _counts(rows: list[sqlite3.Row]) -> dict[str, object]:
    return {
        "read_user": sum(row["read_user"] for row in rows),
        "read_user_source": _sources(rows),
        "share_user": sum(row["share_user"] for row in rows),
        "zaikan_user": 0,
        "like_user": 0,
        "comment_count": 0,
        "collection_user": 0,
    }


def article_total_detail(state: State, request: Request) -> Body:
    """POST /datacube/getarticletotaldetail: articles published on the day; per later day all counts so far."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    published = state.all(
        "SELECT * FROM publications WHERE appid = ? AND published_day BETWEEN ? AND ? ORDER BY publish_id",
        request.caller,
        begin.isoformat(),
        end.isoformat(),
    )
    items = []
    for row in published:
        for idx, article in enumerate(msgspec.json.decode(row["articles"]), start=1):
            msgid = f"{row['msg_data_id']}_{idx}"
            items.append(
                {
                    "ref_date": row["published_day"],
                    "msgid": msgid,
                    "publish_type": row["publish_type"],
                    "title": article["title"],
                    "content_url": article_url(row["article_id"], idx),
                    "detail_list": _running(state, request.caller, msgid, row["published_day"]),
                }
            )
    return {"list": items, "is_delay": end > last_ready_day(state)}


def _running(state: State, appid: str, msgid: str, published_day: str) -> list[Body]:
    last = (date.fromisoformat(published_day) + timedelta(days=DETAIL_DAYS - 1)).isoformat()
    rows = state.all(
        "SELECT * FROM article_days WHERE appid = ? AND msgid = ? AND day BETWEEN ? AND ? ORDER BY day",
        appid,
        msgid,
        published_day,
        min(last, last_ready_day(state).isoformat()),
    )
    days = sorted({row["day"] for row in rows})
    return [{"stat_date": day, **_counts([row for row in rows if row["day"] <= day])} for day in days]


ROUTES = (
    Route("POST", "/datacube/getarticleread", Door.TOKEN, article_read, refuses=REFUSED),
    Route("POST", "/datacube/getarticleshare", Door.TOKEN, article_share, refuses=REFUSED),
    Route("POST", "/datacube/getbizsummary", Door.TOKEN, biz_summary, refuses=REFUSED),
    Route("POST", "/datacube/getarticletotaldetail", Door.TOKEN, article_total_detail, refuses=REFUSED),
)
