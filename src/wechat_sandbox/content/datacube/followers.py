"""Follower statistics: who came and went, and how many there were; seven days at most.

Source: developers.weixin.qq.com, 用户分析数据接口.
"""

from wechat_sandbox.content.audience import followers_on
from wechat_sandbox.content.datacube.days import REFUSED, Span, asked_span, last_ready_day, ready_days
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, Request, parsed

MOST_DAYS = 7


def user_summary(state: State, request: Request) -> Body:
    """POST /datacube/getusersummary: followers gained and lost per day, by the way they found the account."""
    begin, end = asked_span(state, parsed(request, Span), most_days=MOST_DAYS)
    rows = state.all(
        "SELECT * FROM follow_days WHERE appid = ? AND day BETWEEN ? AND ? ORDER BY day, user_source",
        request.caller,
        begin.isoformat(),
        min(end, last_ready_day(state)).isoformat(),
    )
    items = [
        {
            "ref_date": row["day"],
            "user_source": row["user_source"],
            "new_user": row["new_user"],
            "cancel_user": row["cancel_user"],
        }
        for row in rows
    ]
    return {"list": items}


def user_cumulate(state: State, request: Request) -> Body:
    """POST /datacube/getusercumulate: how many followed when each day ended."""
    begin, end = asked_span(state, parsed(request, Span), most_days=MOST_DAYS)
    days = [day.isoformat() for day in ready_days(state, begin, end)]
    items = [
        {"ref_date": day, "user_source": 0, "cumulate_user": followers_on(state, request.caller, day)} for day in days
    ]
    return {"list": items}


ROUTES = (
    Route("POST", "/datacube/getusersummary", Door.TOKEN, user_summary, refuses=REFUSED),
    Route("POST", "/datacube/getusercumulate", Door.TOKEN, user_cumulate, refuses=REFUSED),
)
