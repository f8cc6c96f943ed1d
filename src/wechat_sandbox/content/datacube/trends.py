"""Mini-program statistics over time: the day's summary, visits per day, week and month, and who comes back.

A period that is not counted yet gives an empty list. Source: developers.weixin.qq.com, getDailySummary,
getDailyVisitTrend, getDailyRetain and their weekly and monthly kin.
"""

from collections import defaultdict
from functools import partial

from wechat_sandbox.content.datacube.days import REFUSED, Span, last_ready_day
from wechat_sandbox.content.datacube.visits import (
    Period,
    after,
    asked_period,
    end_of,
    is_ready,
    label,
    newcomers,
    visitors_of,
    visits_of,
)
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request, parsed

RETAINED_AFTER = {Period.DAY: (0, 1, 2, 3, 4, 5, 6, 7, 14, 30), Period.WEEK: (0, 1, 2, 3, 4), Period.MONTH: (0, 1)}


def daily_summary(state: State, request: Request) -> Body:
    """POST /datacube/getweanalysisappiddailysummarytrend: all visitors so far, and one day's sharing."""
    begin = asked_period(state, parsed(request, Span), Period.DAY)
    if not is_ready(state, Period.DAY, begin):
        return {"list": []}
    rows = visits_of(state, request, begin, begin)
    total = state.value(
        "SELECT COUNT(DISTINCT openid) FROM visits WHERE appid = ? AND day <= ?", request.caller, begin.isoformat()
    )
    item = {
        "ref_date": label(Period.DAY, begin),
        "visit_total": total,
        "share_pv": sum(row["shares"] for row in rows),
        "share_uv": len({row["openid"] for row in rows if row["shares"]}),
    }
    return {"list": [item]}


def _visit_trend(period: Period, state: State, request: Request) -> Body:
    """Sessions, page views, visitors and how long and deep they went."""
    begin = asked_period(state, parsed(request, Span), period)
    if not is_ready(state, period, begin):
        return {"list": []}
    end = end_of(period, begin)
    rows = visits_of(state, request, begin, end)
    people, stay_s = {row["openid"] for row in rows}, sum(row["stay_s"] for row in rows)
    pages: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        pages[row["session"]].add(row["page"])
    item = {
        "ref_date": label(period, begin),
        "session_cnt": len(pages),
        "visit_pv": len(rows),
        "visit_uv": len(people),
        "visit_uv_new": len(newcomers(state, request, begin, end)),
        "stay_time_uv": round(stay_s / len(people), 4) if people else 0,
        "stay_time_session": round(stay_s / len(pages), 4) if pages else 0,
        "visit_depth": round(sum(map(len, pages.values())) / len(pages), 4) if pages else 0,
    }
    return {"list": [item]}


def _retention(period: Period, state: State, request: Request) -> Body:
    """How many of the period's new and of its active visitors came again in later periods."""
    begin = asked_period(state, parsed(request, Span), period)
    reply: dict[str, object] = {"ref_date": label(period, begin), "visit_uv_new": [], "visit_uv": []}
    if not is_ready(state, period, begin):
        return reply
    fresh = newcomers(state, request, begin, end_of(period, begin))
    active = visitors_of(state, request, begin, end_of(period, begin))
    kept_new, kept, later, step = [], [], begin, 0
    for key in RETAINED_AFTER[period]:
        while step < key:
            later, step = after(period, later), step + 1
        if end_of(period, later) > last_ready_day(state):
            break
        came = visitors_of(state, request, later, end_of(period, later))
        kept_new.append({"key": key, "value": len(fresh & came)})
        kept.append({"key": key, "value": len(active & came)})
    return {**reply, "visit_uv_new": kept_new, "visit_uv": kept}


PREFIX = "/datacube/getweanalysisappid"
ROUTES = (
    Route("POST", f"{PREFIX}dailysummarytrend", Door.TOKEN, daily_summary, refuses=REFUSED),
    Route("POST", f"{PREFIX}dailyvisittrend", Door.TOKEN, partial(_visit_trend, Period.DAY), refuses=REFUSED),
    Route("POST", f"{PREFIX}weeklyvisittrend", Door.TOKEN, partial(_visit_trend, Period.WEEK), refuses=REFUSED),
    Route("POST", f"{PREFIX}monthlyvisittrend", Door.TOKEN, partial(_visit_trend, Period.MONTH), refuses=REFUSED),
    Route("POST", f"{PREFIX}dailyretaininfo", Door.TOKEN, partial(_retention, Period.DAY), refuses=REFUSED),
    Route("POST", f"{PREFIX}weeklyretaininfo", Door.TOKEN, partial(_retention, Period.WEEK), refuses=REFUSED),
    Route("POST", f"{PREFIX}monthlyretaininfo", Door.TOKEN, partial(_retention, Period.MONTH), refuses=REFUSED),
)
