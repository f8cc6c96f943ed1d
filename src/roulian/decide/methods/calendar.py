"""The days a promise lives by: the warehouse's rounds and WeChat's term for shipping late."""

from datetime import timedelta

from roulian.words.time import Day, Instant

_ROUNDS = (11, 17)
"""Hours (Asia/Shanghai) at which the warehouse picks."""

_ORDINARY_TERM = timedelta(days=15)
_LONGEST_TERM = timedelta(days=330)
_MARGIN_DAYS = 3


def next_pick(now: Instant) -> Instant:
    """The next round of the warehouse after `now`."""
    today = now.day()
    for hour in _ROUNDS:
        if today.at(hour) > now:
            return today.at(hour)
    return today.plus(1).at(_ROUNDS[0])


def special_filing(*, paid_at: Instant | None, promised_day: Day) -> Instant | None:
    """Until when WeChat must be told that shipping is delayed; None if unpaid or within its ordinary 15 days.

    Three days beyond the promise, since a second filing may be refused; at most 330 days after payment,
    WeChat's longest term (`opspecialorder`, `delay_to`).
    """
    if paid_at is None or promised_day.plus(1).at(0) <= paid_at.plus(_ORDINARY_TERM):
        return None
    return min(promised_day.plus(1 + _MARGIN_DAYS).at(0), paid_at.plus(_LONGEST_TERM))
