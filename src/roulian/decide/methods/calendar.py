"""The days a promise lives by: the warehouse's rounds and WeChat's term for shipping late."""

from roulian.decide.model.promise import Promise, PromiseSource
from roulian.decide.model.term import (
    FILED,
    IN_STOCK,
    UNFILED,
    InStockTermBroken,
    PlannedTooEarly,
    PromiseBeyondTerm,
    Term,
    TermNotFiled,
)
from roulian.words.ids import SkuId
from roulian.words.time import Day, Instant

_ROUNDS = (11, 17)
"""Hours (Asia/Shanghai) at which the warehouse picks."""

_MARGIN_DAYS = 3


def next_pick(now: Instant) -> Instant:
    """The next round of the warehouse after `now`."""
    today = now.day()
    for hour in _ROUNDS:
        if today.at(hour) > now:
            return today.at(hour)
    return today.plus(1).at(_ROUNDS[0])


def look_again(promised_day: Day, *, now: Instant) -> Instant:
    """When what stands packed is looked at again: at the end of its promised day, or of today where that is past."""
    return max(promised_day, now.day()).plus(1).at(0)


def day_instead(promised_day: Day, *, now: Instant) -> Day | None:
    """The day of the next round, for what is still here after its promised day; None while that is not over."""
    return next_pick(now).day() if promised_day < now.day() else None


def check_term(sku: SkuId, *, promised_day: Day, now: Instant) -> None:
    """Who pays now can be shipped to within what WeChat allows. Raises `PromiseBeyondTerm`.

    Up to 15 days after payment it is an ordinary term; up to 330 it is filed as a special order, with the margin that is
    always filed; nothing allows more.
    """
    latest = _latest(now, FILED).before(_MARGIN_DAYS)
    if promised_day > latest:
        raise PromiseBeyondTerm(sku, promised_day, latest)


def planned_day(promise: Promise, *, wanted: Day | None, is_filed: bool, now: Instant) -> Day:
    """The day a presale whose lot has this promise shows to who pays from now on: the `wanted` one, or the promise's own.

    `is_filed` where late dates are filed with WeChat. Raises `PlannedTooEarly`, and what breaks a term of WeChat's:
    `InStockTermBroken`, `TermNotFiled`, `PromiseBeyondTerm`.
    """
    day = wanted or promise.day
    if day < promise.day:
        raise PlannedTooEarly(promise.sku, day, promise.day)
    if promise.source is PromiseSource.STOCK and day > _latest(now, IN_STOCK):
        raise InStockTermBroken(promise.sku, day, _latest(now, IN_STOCK))
    if not is_filed and day > _latest(now, UNFILED):
        raise TermNotFiled(promise.sku, day, _latest(now, UNFILED))
    check_term(promise.sku, promised_day=day, now=now)
    return day


def _latest(now: Instant, term: Term) -> Day:
    """The last day that ends within the term of a payment made now."""
    return now.plus(term.span).day().before(1)


def special_filing(*, paid_at: Instant | None, promised_day: Day, filed_until: Instant | None = None) -> Instant | None:
    """Until when WeChat must be told that shipping is delayed; None if unpaid, or within a term that WeChat knows.

    The ordinary term is 15 days; beyond it the date is filed with three days more than the promise, since a second
    filing may be refused, at most 330 days after payment (`opspecialorder`, `delay_to`). A promise that moves within
    what stands `filed_until` needs no second one.
    """
    end = promised_day.plus(1).at(0)
    if paid_at is None or end <= (filed_until or paid_at.plus(UNFILED.span)):
        return None
    return min(promised_day.plus(1 + _MARGIN_DAYS).at(0), paid_at.plus(FILED.span))
