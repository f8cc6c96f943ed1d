"""How old a signed word of WeChat's may be: five minutes either way, on every door."""

from datetime import timedelta

from roulian.words.errors import Rejected
from roulian.words.time import Instant

FRESH_WITHIN = timedelta(minutes=5)
REMEMBER_FOR = 2 * FRESH_WITHIN
"""How long what was heard must be remembered: from the earliest to the latest moment at which it would be fresh."""

_MOST_DIGITS = 12


def check_fresh(stamp: str, *, now: Instant) -> None:
    """Raises `Rejected` `stale_timestamp` unless `stamp` (seconds) is within five minutes of `now`."""
    if (
        not (stamp.isascii() and stamp.isdecimal())
        or len(stamp) > _MOST_DIGITS
        or abs(int(stamp) - now.ms // 1000) > FRESH_WITHIN.total_seconds()
    ):
        raise Rejected("stale_timestamp")
