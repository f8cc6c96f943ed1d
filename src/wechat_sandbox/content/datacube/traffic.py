"""Message and interface statistics: what people wrote to the account, and how its callback URL did.

Counted from the pushes themselves, so an account without a callback URL has none; the time a receiver takes is not
measured and is 0. Source: developers.weixin.qq.com, 消息分析数据接口, 接口分析数据接口.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from http import HTTPStatus

from wechat_sandbox.content.datacube.days import REFUSED, Span, asked_span, last_ready_day
from wechat_sandbox.moments import SHANGHAI, local
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request, parsed

MSG_TYPES: Mapping[str, int] = {"text": 1, "image": 2, "voice": 3, "video": 4, "shortvideo": 4, "link": 6}
OTHER_TYPE = 6
INTERVALS = ((0, 0), (5, 1), (10, 2))
MOST_INTERVAL = 3
When = Callable[[datetime], dict[str, object]]


def _bounds_ms(state: State, begin: date, end: date) -> tuple[int, int]:
    """From the first day's midnight to the end of the last one that is ready."""
    first = datetime.combine(begin, time(), SHANGHAI)
    after = datetime.combine(min(end, last_ready_day(state)) + timedelta(days=1), time(), SHANGHAI)
    return int(first.timestamp() * 1000), int(after.timestamp() * 1000)


def _messages(state: State, request: Request, begin: date, end: date) -> list[sqlite3.Row]:
    return state.all(
        "SELECT MIN(created_ms) AS at_ms, json_extract(content, '$.MsgType') AS kind,"
        " json_extract(content, '$.FromUserName') AS openid FROM callbacks WHERE owner = ? AND door = 'message'"
        " AND created_ms >= ? AND created_ms < ? AND kind != 'event'"
        " GROUP BY COALESCE(json_extract(content, '$.MsgId'), id) ORDER BY at_ms",
        request.caller,
        *_bounds_ms(state, begin, end),
    )


def _day(at: datetime) -> dict[str, object]:
    return {"ref_date": at.date().isoformat()}


def _hour(at: datetime) -> dict[str, object]:
    return {"ref_date": at.date().isoformat(), "ref_hour": at.hour * 100}


def _week(at: datetime) -> dict[str, object]:
    return {"ref_date": (at.date() - timedelta(days=at.weekday())).isoformat()}


def _month(at: datetime) -> dict[str, object]:
    return {"ref_date": at.date().replace(day=1).isoformat()}


Key = tuple[tuple[str, object], ...]


def _grouped(rows: Iterable[sqlite3.Row], when: When) -> Mapping[Key, list[sqlite3.Row]]:
    groups: dict[Key, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(when(local(row["at_ms"])).items())].append(row)
    return groups


def _upstream(most_days: int, when: When, state: State, request: Request) -> Body:
    """What people wrote to the account, by type: how many people, how many messages."""
    begin, end = asked_span(state, parsed(request, Span), most_days=most_days)
    items: list[Body] = []
    for key, rows in _grouped(_messages(state, request, begin, end), when).items():
        for kind in sorted({MSG_TYPES.get(row["kind"], OTHER_TYPE) for row in rows}):
            senders = [row["openid"] for row in rows if MSG_TYPES.get(row["kind"], OTHER_TYPE) == kind]
            counts = {"msg_user": len(set(senders)), "msg_count": len(senders)}
            items.append({**dict(key), "user_source": 0, "msg_type": kind, **counts})
    return {"list": items}


def _spread(most_days: int, when: When, state: State, request: Request) -> Body:
    """How many people wrote how often: 1 to 5, 6 to 10, more."""
    begin, end = asked_span(state, parsed(request, Span), most_days=most_days)
    items: list[Body] = []
    for key, rows in _grouped(_messages(state, request, begin, end), when).items():
        often = Counter(_interval(count) for count in Counter(row["openid"] for row in rows).values())
        items += [
            {**dict(key), "user_source": 0, "count_interval": interval, "msg_user": people}
            for interval, people in sorted(often.items())
        ]
    return {"list": items}


def _interval(count: int) -> int:
    return next((number for most, number in INTERVALS if count <= most), MOST_INTERVAL)


def _interface(most_days: int, when: When, state: State, request: Request) -> Body:
    """How often the callback URL was called and how often it did not answer well."""
    begin, end = asked_span(state, parsed(request, Span), most_days=most_days)
    rows = state.all(
        "SELECT t.at_ms, t.http_status FROM callback_tries t JOIN callbacks c ON c.id = t.callback"
        " WHERE c.owner = ? AND c.door = 'message' AND t.at_ms >= ? AND t.at_ms < ? ORDER BY t.at_ms",
        request.caller,
        *_bounds_ms(state, begin, end),
    )
    items = [
        {
            **dict(key),
            "callback_count": len(tries),
            "fail_count": sum(one["http_status"] != HTTPStatus.OK for one in tries),
            "total_time_cost": 0,
            "max_time_cost": 0,
        }
        for key, tries in _grouped(rows, when).items()
    ]
    return {"list": items}


ROUTES = tuple(
    Route("POST", f"/datacube/get{name}", Door.TOKEN, partial(work, most_days, when), refuses=REFUSED)
    for name, work, most_days, when in (
        ("upstreammsg", _upstream, 7, _day),
        ("upstreammsghour", _upstream, 1, _hour),
        ("upstreammsgweek", _upstream, 30, _week),
        ("upstreammsgmonth", _upstream, 30, _month),
        ("upstreammsgdist", _spread, 15, _day),
        ("upstreammsgdistweek", _spread, 30, _week),
        ("upstreammsgdistmonth", _spread, 30, _month),
        ("interfacesummary", _interface, 30, _day),
        ("interfacesummaryhour", _interface, 1, _hour),
    )
)
