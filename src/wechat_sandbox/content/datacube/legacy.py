"""The old article statistics (no longer maintained by WeChat, still answered): of what was sent to followers.

A person is counted once a day, so counts of people and of times are the same; the page behind 阅读原文 is not counted.
Source: developers.weixin.qq.com, 图文分析数据接口.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from wechat_sandbox.content.audience import followers_on
from wechat_sandbox.content.datacube.days import REFUSED, Span, asked_span, last_ready_day
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request, parsed

TOTAL_DAYS = 7
OTHER_SOURCE, OTHER_SHARE = 5, 255
USER_SOURCES: Mapping[str, int] = {
    "公众号消息": 0,
    "聊天会话": 1,
    "朋友圈": 2,
    "公众号主页": 4,
    "其它": 5,
    "推荐": 6,
    "搜一搜": 7,
}
SHARE_SCENES: Mapping[str, int] = {"聊天会话": 1, "朋友圈": 2}
FROM_FIELDS: Mapping[str, str] = {
    "公众号消息": "session",
    "公众号主页": "hist_msg",
    "朋友圈": "feed",
    "聊天会话": "friends",
    "其它": "other",
}


def _counted(rows: Iterable[sqlite3.Row]) -> dict[str, int]:
    known = list(rows)
    readers, sharers = sum(row["read_user"] for row in known), sum(row["share_user"] for row in known)
    return {
        "int_page_read_user": readers,
        "int_page_read_count": readers,
        "ori_page_read_user": 0,
        "ori_page_read_count": 0,
        "share_user": sharers,
        "share_count": sharers,
        "add_to_fav_user": 0,
        "add_to_fav_count": 0,
    }


def _rows(state: State, request: Request, begin: date, end: date, *, table: str = "article_days") -> list[sqlite3.Row]:
    return state.all(
        f"SELECT * FROM {table} WHERE appid = ? AND day BETWEEN ? AND ? ORDER BY day",
        request.caller,
        begin.isoformat(),
        min(end, last_ready_day(state)).isoformat(),
    )


def _sent_titles(state: State, appid: str, *, day: str = "") -> Mapping[str, tuple[str, str]]:
    """Title and day of every article sent to followers, by msgid; `day` keeps those of one day."""
    rows = state.all(
        "SELECT * FROM publications WHERE appid = ? AND publish_type = 0 AND published_day != '' AND ? IN ('', published_day)"
        " ORDER BY publish_id",
        appid,
        day,
    )
    return {
        f"{row['msg_data_id']}_{idx}": (article["title"], row["published_day"])
        for row in rows
        for idx, article in enumerate(msgspec.json.decode(row["articles"]), start=1)
    }


def article_summary(state: State, request: Request) -> Body:
    """POST /datacube/getarticlesummary: one day's readers of everything sent to followers."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    titles, groups = _sent_titles(state, request.caller), defaultdict(list)
    for row in _rows(state, request, begin, end):
        groups[row["msgid"]].append(row)
    items = [
        {
            "ref_date": begin.isoformat(),
            "user_source": 0,
            "msgid": msgid,
            "title": titles[msgid][0],
            **_counted(rows),
        }
        for msgid, rows in groups.items()
        if msgid in titles
    ]
    return {"list": items}


def article_total(state: State, request: Request) -> Body:
    """POST /datacube/getarticletotal: what was sent on the day, with all counts so far for each of seven days."""
    begin, _ = asked_span(state, parsed(request, Span), most_days=1)
    items = []
    for msgid, (title, day) in _sent_titles(state, request.caller, day=begin.isoformat()).items():
        last = min(begin + timedelta(days=TOTAL_DAYS - 1), last_ready_day(state)).isoformat()
        rows = state.all(
            "SELECT * FROM article_days WHERE appid = ? AND msgid = ? AND day BETWEEN ? AND ? ORDER BY day",
            request.caller,
            msgid,
            day,
            last,
        )
        details = [
            {
                "stat_date": stat_day,
                "target_user": followers_on(state, request.caller, stat_day),
                **_counted(row for row in rows if row["day"] <= stat_day),
                **_by_way([row for row in rows if row["day"] <= stat_day]),
            }
            for stat_day in sorted({row["day"] for row in rows})
        ]
        items.append({"ref_date": day, "msgid": msgid, "title": title, "details": details})
    return {"list": items}


def _by_way(rows: Sequence[sqlite3.Row]) -> dict[str, int]:
    counts = {
        f"int_page_from_{name}_read_user": sum(row["read_user"] for row in rows if row["scene"] == scene)
        for scene, name in FROM_FIELDS.items()
    }
    times = {name.replace("_user", "_count"): value for name, value in counts.items()}
    feeds = {
        f"feed_share_from_{name}_{unit}": sum(row["share_user"] for row in rows if row["scene"] == scene)
        for scene, name in (("公众号消息", "session"), ("朋友圈", "feed"), ("其它", "other"))
        for unit in ("user", "cnt")
    }
    return {**counts, **times, **feeds}


def user_read(state: State, request: Request) -> Body:
    """POST /datacube/getuserread: readers per day and way, three days at most."""
    begin, end = asked_span(state, parsed(request, Span), most_days=3)
    return {"list": _by_source(_rows(state, request, begin, end), _day)}


def user_read_hour(state: State, request: Request) -> Body:
    """POST /datacube/getuserreadhour: one day's readers per hour and way."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    return {"list": _by_source(_rows(state, request, begin, end, table="article_hours"), _hour)}


def user_share(state: State, request: Request) -> Body:
    """POST /datacube/getusershare: sharers per day and way, seven days at most."""
    begin, end = asked_span(state, parsed(request, Span), most_days=7)
    return {"list": _by_share(_rows(state, request, begin, end), _day)}


def user_share_hour(state: State, request: Request) -> Body:
    """POST /datacube/getusersharehour: one day's sharers per hour and way."""
    begin, end = asked_span(state, parsed(request, Span), most_days=1)
    return {"list": _by_share(_rows(state, request, begin, end, table="article_hours"), _hour)}


Moment = Callable[[sqlite3.Row], dict[str, object]]


def _day(row: sqlite3.Row) -> dict[str, object]:
    return {"ref_date": row["day"]}


def _hour(row: sqlite3.Row) -> dict[str, object]:
    return {"ref_date": row["day"], "ref_hour": row["hour"] * 100}


def _by_source(rows: Iterable[sqlite3.Row], moment: Moment) -> list[Body]:
    groups: dict[tuple[tuple[str, object], ...], list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        source = USER_SOURCES.get(row["scene"], OTHER_SOURCE)
        groups[(*moment(row).items(), ("user_source", source))].append(row)
    return [{**dict(key), **_counted(groups[key])} for key in sorted(groups)]


def _by_share(rows: Iterable[sqlite3.Row], moment: Moment) -> list[Body]:
    groups: dict[tuple[tuple[str, object], ...], int] = defaultdict(int)
    for row in rows:
        scene = SHARE_SCENES.get(row["scene"], OTHER_SHARE)
        groups[(*moment(row).items(), ("share_scene", scene))] += row["share_user"]
    return [
        {**dict(key), "share_count": groups[key], "share_user": groups[key]} for key in sorted(groups) if groups[key]
    ]


ROUTES = (
    Route("POST", "/datacube/getarticlesummary", Door.TOKEN, article_summary, refuses=REFUSED),
    Route("POST", "/datacube/getarticletotal", Door.TOKEN, article_total, refuses=REFUSED),
    Route("POST", "/datacube/getuserread", Door.TOKEN, user_read, refuses=REFUSED),
    Route("POST", "/datacube/getuserreadhour", Door.TOKEN, user_read_hour, refuses=REFUSED),
    Route("POST", "/datacube/getusershare", Door.TOKEN, user_share, refuses=REFUSED),
    Route("POST", "/datacube/getusersharehour", Door.TOKEN, user_share_hour, refuses=REFUSED),
)
