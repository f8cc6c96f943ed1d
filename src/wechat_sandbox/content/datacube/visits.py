"""The visits of a mini-program as its statistics read them: days as `YYYYMMDD`, spans of whole days, weeks, months."""

import sqlite3
from datetime import date, timedelta
from enum import StrEnum

from wechat_sandbox.content.datacube.days import Span, last_ready_day, yesterday
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Request

DAY_CHARACTERS = 8


class Period(StrEnum):
    """The span of one row."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def named_day(text: str) -> date:
    """The day of `20260225`; raises `ApiError` 61500."""
    if len(text) != DAY_CHARACTERS or not (text.isascii() and text.isdecimal()):
        raise ApiError(61500)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise ApiError(61500) from error


def end_of(period: Period, begin: date) -> date:
    """The last day of the period that begins on `begin`."""
    if period is Period.DAY:
        return begin
    if period is Period.WEEK:
        return begin + timedelta(days=6)
    return after(period, begin) - timedelta(days=1)


def after(period: Period, begin: date) -> date:
    """The first day of the next period."""
    if period is Period.MONTH:
        return (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    return begin + timedelta(days=1 if period is Period.DAY else 7)


def is_begin(period: Period, day: date) -> bool:
    """Whether a period begins on this day: weeks on Monday, months on the first."""
    return period is Period.DAY or (day.weekday() == 0 if period is Period.WEEK else day.day == 1)


def asked_period(state: State, span: Span, period: Period) -> date:
    """The first day of exactly one period that is over; raises `ApiError` 61500 or 61501."""
    begin, end = named_day(span.begin_date), named_day(span.end_date)
    if (
        begin > yesterday(state)
        or not is_begin(period, begin)
        or end != end_of(period, begin)
        or end > yesterday(state)
    ):
        raise ApiError(61501)
    return begin


def label(period: Period, begin: date) -> str:
    """`20260225`, `20260223-20260301` or `202602`, as the period is called in `ref_date`."""
    if period is Period.MONTH:
        return f"{begin:%Y%m}"
    return f"{begin:%Y%m%d}" if period is Period.DAY else f"{begin:%Y%m%d}-{end_of(period, begin):%Y%m%d}"


def is_ready(state: State, period: Period, begin: date) -> bool:
    """Whether the period's last day is counted already."""
    return end_of(period, begin) <= last_ready_day(state)


def visits_of(state: State, request: Request, begin: date, end: date) -> list[sqlite3.Row]:
    """Every page view of the days, in order."""
    return state.all(
        "SELECT * FROM visits WHERE appid = ? AND day BETWEEN ? AND ? ORDER BY id",
        request.caller,
        begin.isoformat(),
        end.isoformat(),
    )


def newcomers(state: State, request: Request, begin: date, end: date) -> set[str]:
    """Who came for the first time in these days."""
    rows = state.all(
        "SELECT openid FROM visits WHERE appid = ? GROUP BY openid HAVING MIN(day) BETWEEN ? AND ?",
        request.caller,
        begin.isoformat(),
        end.isoformat(),
    )
    return {row["openid"] for row in rows}


def visitors_of(state: State, request: Request, begin: date, end: date) -> set[str]:
    """Who came in these days."""
    rows = state.all(
        "SELECT DISTINCT openid FROM visits WHERE appid = ? AND day BETWEEN ? AND ?",
        request.caller,
        begin.isoformat(),
        end.isoformat(),
    )
    return {row["openid"] for row in rows}
