"""Days and instants of Asia/Shanghai as plain numbers: a day is days since 1970-01-01, an instant milliseconds in UTC.

China has kept UTC+8 without daylight saving since 1991, so both are arithmetic.
"""

from datetime import date, timedelta

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
_SHANGHAI_MS = 8 * HOUR_MS
_EPOCH = date(1970, 1, 1)


def day_of(at_ms: int) -> int:
    """The day on which the instant falls in China."""
    return (at_ms + _SHANGHAI_MS) // DAY_MS


def instant(day: int, hour: int = 0, minute: int = 0) -> int:
    """The instant of `hour:minute` in China on that day."""
    return day * DAY_MS - _SHANGHAI_MS + hour * HOUR_MS + minute * MINUTE_MS


def parse_day(text: str) -> int:
    """The day that `YYYY-MM-DD` names; `ValueError` when it names none."""
    return (date.fromisoformat(text) - _EPOCH).days


def iso(day: int) -> str:
    """`YYYY-MM-DD`."""
    return (_EPOCH + timedelta(days=day)).isoformat()
