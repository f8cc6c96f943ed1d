"""Mini-program statistics of one span: its pages, how people came and went, and who they are.

Where a person lives and with what phone is not known to the sandbox: these are fixed by its seed, person by person.
Source: developers.weixin.qq.com, getVisitPage, getVisitDistribution, getUserPortrait.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from wechat_sandbox.content.datacube.days import REFUSED, Span, last_ready_day, yesterday
from wechat_sandbox.content.datacube.visits import (
    Period,
    asked_period,
    is_ready,
    label,
    named_day,
    newcomers,
    visitors_of,
    visits_of,
)
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_PAGES = 200
OTHER_SOURCE = 10
SOURCES: Mapping[int, int] = {
    1089: 1,
    1005: 2,
    1006: 2,
    1053: 2,
    1007: 3,
    1008: 3,
    1011: 4,
    1047: 4,
    1020: 5,
    1022: 6,
    1023: 7,
    1012: 16,
    1013: 16,
    1014: 11,
    1035: 13,
    1036: 14,
    1034: 15,
}
"""访问来源 by the scene of the visit."""
STAY_S = (2, 5, 10, 20, 30, 50, 100)
DEPTHS = (1, 2, 3, 4, 5, 10)
PORTRAIT_DAYS = (1, 7, 30)
TRAITS: Mapping[str, tuple[str, ...]] = {
    "province": ("浙江省", "江苏省", "广东省", "上海市", "北京市", "四川省"),
    "city": ("杭州", "苏州", "深圳", "上海", "北京", "成都"),
    "genders": ("未知", "男", "女"),
    "platforms": ("iPhone", "Android", "其他"),
    "devices": ("iPhone 15", "HUAWEI Mate 60", "Xiaomi 14", "OPPO Find X7"),
    "ages": ("未知", "17岁以下", "18-24岁", "25-29岁", "30-39岁", "40-49岁", "50岁以上"),
}


def visit_page(state: State, request: Request) -> Body:
    """POST /datacube/getweanalysisappidvisitpage: one day's pages, the most visited first, 200 at most."""
    begin = asked_period(state, parsed(request, Span), Period.DAY)
    reply: dict[str, object] = {"ref_date": label(Period.DAY, begin), "list": []}
    if not is_ready(state, Period.DAY, begin):
        return reply
    rows = visits_of(state, request, begin, begin)
    pages: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        pages[row["page"]].append(row)
    first, last = _ends(rows)
    items = [_page(path, views, first, last) for path, views in pages.items()]
    items.sort(key=lambda item: -int(str(item["page_visit_pv"])))
    return {**reply, "list": items[:MOST_PAGES]}


def _ends(rows: Iterable[sqlite3.Row]) -> tuple[Collection[int], Collection[int]]:
    """The ids of the first and of the last view of every session."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for row in rows:
        first.setdefault(row["session"], row["id"])
        last[row["session"]] = row["id"]
    return set(first.values()), set(last.values())


def _page(path: str, views: Sequence[sqlite3.Row], first: Collection[int], last: Collection[int]) -> dict[str, object]:
    return {
        "page_path": path,
        "page_visit_pv": len(views),
        "page_visit_uv": len({view["openid"] for view in views}),
        "page_staytime_pv": round(sum(view["stay_s"] for view in views) / len(views), 4),
        "entrypage_pv": sum(view["id"] in first for view in views),
        "exitpage_pv": sum(view["id"] in last for view in views),
        "page_share_pv": sum(view["shares"] for view in views),
        "page_share_uv": len({view["openid"] for view in views if view["shares"]}),
    }


def visit_distribution(state: State, request: Request) -> Body:
    """POST /datacube/getweanalysisappidvisitdistribution: one day's sessions by source, length and depth."""
    begin = asked_period(state, parsed(request, Span), Period.DAY)
    reply: dict[str, object] = {"ref_date": label(Period.DAY, begin), "list": []}
    if not is_ready(state, Period.DAY, begin):
        return reply
    sessions: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in visits_of(state, request, begin, begin):
        sessions[row["session"]].append(row)
    views = list(sessions.values())
    groups = {
        "access_source_session_cnt": Counter(SOURCES.get(rows[0]["scene"], OTHER_SOURCE) for rows in views),
        "access_staytime_info": Counter(_bucket(sum(row["stay_s"] for row in rows), STAY_S) for rows in views),
        "access_depth_info": Counter(_bucket(len({row["page"] for row in rows}), DEPTHS) for rows in views),
    }
    items = [
        {"index": name, "item_list": [{"key": key, "value": count} for key, count in sorted(counts.items())]}
        for name, counts in groups.items()
    ]
    return {**reply, "list": items}


def _bucket(value: int, bounds: Sequence[int]) -> int:
    """1 for at most the first bound, and so on; the last key is for more than the last."""
    return next((key for key, most in enumerate(bounds, start=1) if value <= most), len(bounds) + 1)


def user_portrait(state: State, request: Request) -> Body:
    """POST /datacube/getweanalysisappiduserportrait: who came in 1, 7 or 30 days that end yesterday."""
    span = parsed(request, Span)
    begin, end = named_day(span.begin_date), named_day(span.end_date)
    if end != yesterday(state) or (end - begin + timedelta(days=1)).days not in PORTRAIT_DAYS:
        raise ApiError(61501)
    name = f"{begin:%Y%m%d}" if begin == end else f"{begin:%Y%m%d}-{end:%Y%m%d}"
    last = min(end, last_ready_day(state))
    return {
        "ref_date": name,
        "visit_uv_new": _portrait(state, newcomers(state, request, begin, last)),
        "visit_uv": _portrait(state, visitors_of(state, request, begin, last)),
    }


def _portrait(state: State, openids: Collection[str]) -> dict[str, list[dict[str, object]]]:
    shown = {}
    for trait, values in TRAITS.items():
        counts = Counter(state.hashed("portrait", trait, openid, size=4)[0] % len(values) for openid in openids)
        shown[trait] = [
            {"id": number, "name": values[number], "value": count} for number, count in sorted(counts.items())
        ]
    return shown


PREFIX = "/datacube/getweanalysisappid"
ROUTES = (
    Route("POST", f"{PREFIX}visitpage", Door.TOKEN, visit_page, refuses=REFUSED),
    Route("POST", f"{PREFIX}visitdistribution", Door.TOKEN, visit_distribution, refuses=REFUSED),
    Route("POST", f"{PREFIX}userportrait", Door.TOKEN, user_portrait, refuses=REFUSED),
)
