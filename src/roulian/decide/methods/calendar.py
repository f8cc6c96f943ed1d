"""The days a promise lives by: the warehouse's rounds and WeChat's term for shipping late."""

from datetime import timedelta

from roulian.decide.model.promise import PromiseBeyondTerm
from roulian.words.ids import SkuId
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


def check_term(sku: SkuId, *, promised_day: Day, now: Instant) -> None:
    """Who pays now can be shipped to within what WeChat allows. Raises `PromiseBeyondTerm`.

    Within 15 days it is an ordinary term; up to 330 days after payment it is filed as a special order, with the margin
    that is always filed; nothing allows more.
    """
    latest = now.plus(_LONGEST_TERM).day().before(1 + _MARGIN_DAYS)
    if promised_day > latest:
        raise PromiseBeyondTerm(sku, promised_day, latest)


def special_filing(*, paid_at: Instant | None, promised_day: Day) -> Instant | None:
    """Until when WeChat must be told that shipping is delayed; None if unpaid or within its ordinary 15 days.

    Three days beyond the promise, since a second filing may be refused; at most 330 days after payment,
    WeChat's longest term (`opspecialorder`, `delay_to`).
    """
    if paid_at is None or promised_day.plus(1).at(0) <= paid_at.plus(_ORDINARY_TERM):
        return None
    return min(promised_day.plus(1 + _MARGIN_DAYS).at(0), paid_at.plus(_LONGEST_TERM))
