"""Time as WeChat speaks it: milliseconds within, China's days and RFC 3339 outside."""

from datetime import UTC, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
SHANGHAI_MS = 8 * 3_600_000
DAY_MS = 86_400_000
MINUTE_MS = 60_000


def local(at_ms: int) -> datetime:
    """The instant in China's time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI)


def day_of(at_ms: int) -> str:
    """The day in China, `YYYY-MM-DD`."""
    return local(at_ms).date().isoformat()


def rfc3339(at_ms: int) -> str:
    """`2018-06-08T10:34:56+08:00`, as Pay writes time."""
    return local(at_ms).isoformat(timespec="seconds")
