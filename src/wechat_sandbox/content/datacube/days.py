"""The days a statistic may be asked for, and those that are ready.

Yesterday's figures are ready at 08:00 in China. A span longer than the call allows, backwards or past yesterday is
refused (61501), a text that is no day too (61500).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from wechat_sandbox.moments import DAY_MS, local
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
READY_HOUR = 8
REFUSED = (61500, 61501)


class Span(msgspec.Struct):
    """Body of every datacube call: first and last day, `YYYY-MM-DD`, of mini-programs `YYYYMMDD`."""

    begin_date: str = ""
    end_date: str = ""


def asked_span(state: State, span: Span, *, most_days: int) -> tuple[date, date]:
    """First and last day; raises `ApiError` 61500 or 61501."""
    begin, end = _day(span.begin_date), _day(span.end_date)
    if begin > end or end > yesterday(state) or (end - begin).days >= most_days:
        raise ApiError(61501)
    return begin, end


def _day(text: str) -> date:
    if not DAY.fullmatch(text):
        raise ApiError(61500)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ApiError(61500) from error


def yesterday(state: State) -> date:
    """The last day that is over in China."""
    return local(state.now_ms - DAY_MS).date()


def last_ready_day(state: State) -> date:
    """Yesterday, or before 08:00 the day before."""
    late = local(state.now_ms).hour < READY_HOUR
    return yesterday(state) - timedelta(days=int(late))


def ready_days(state: State, begin: date, end: date) -> Iterator[date]:
    """Every ready day from `begin` to `end`."""
    last = min(end, last_ready_day(state))
    while begin <= last:
        yield begin
        begin += timedelta(days=1)
