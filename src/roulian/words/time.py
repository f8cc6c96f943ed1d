"""Instants for what happened, days for what is promised; the clock is always passed in.

Business days are those of Asia/Shanghai, which has kept UTC+8 without daylight saving since 1991,
so a day is arithmetic and needs no time-zone table.
"""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NewType, Protocol

WorkDays = NewType("WorkDays", int)
CalendarDays = NewType("CalendarDays", int)

_DAY_MS = 86_400_000
_SHANGHAI_MS = 8 * 3_600_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment, in milliseconds since 1970-01-01T00:00Z. Stored as a BIGINT column `…_at`."""

    ms: int

    @classmethod
    def of(cls, moment: datetime) -> "Instant":
        """The instant of an aware datetime; a naive one is a `ValueError`."""
        if moment.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return cls(round(moment.timestamp() * 1000))

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """The instant an ISO 8601 text with an offset names."""
        return cls.of(datetime.fromisoformat(text))

    def plus(self, span: timedelta) -> "Instant":
        """This instant moved by `span`."""
        return Instant(self.ms + round(span.total_seconds() * 1000))

    def day(self) -> "Day":
        """The day in Asia/Shanghai on which this instant falls."""
        return Day((self.ms + _SHANGHAI_MS) // _DAY_MS)

    def hour(self) -> int:
        """The hour 0..23 in Asia/Shanghai."""
        return (self.ms + _SHANGHAI_MS) % _DAY_MS // 3_600_000

    def iso(self) -> str:
        """ISO 8601 in UTC with milliseconds."""
        return datetime.fromtimestamp(self.ms / 1000, tz=UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day in Asia/Shanghai, as days since 1970-01-01. Stored as ISO text `…_day`."""

    number: int

    @classmethod
    def parse(cls, text: str) -> "Day":
        """The day an ISO text `YYYY-MM-DD` names."""
        return cls((date.fromisoformat(text) - _EPOCH).days)

    def plus(self, days: int) -> "Day":
        """This day moved by calendar `days`."""
        return Day(self.number + days)

    def before(self, days: int) -> "Day":
        """The day `days` calendar days before this one."""
        return Day(self.number - days)

    def since(self, earlier: "Day") -> int:
        """Calendar days from `earlier` to this day."""
        return self.number - earlier.number

    def at(self, hour: int, minute: int = 0) -> Instant:
        """The instant of `hour:minute` Asia/Shanghai on this day."""
        return Instant(self.number * _DAY_MS - _SHANGHAI_MS + (hour * 60 + minute) * 60_000)

    def weekday(self) -> int:
        """Monday is 0."""
        return (self.number + 3) % 7

    def iso(self) -> str:
        """`YYYY-MM-DD`."""
        return _iso(self.number)


@lru_cache(maxsize=4096)
def _iso(number: int) -> str:
    """Every row has days and they are few: ten years of them are written once."""
    return (_EPOCH + timedelta(days=number)).isoformat()


class Clock(Protocol):
    """Whoever needs the time is given one of these."""

    def now(self) -> Instant:
        """The present instant."""
        ...


class WallClock:
    """The real time of day."""

    def now(self) -> Instant:
        """The present instant of the machine's clock."""
        return Instant(time.time_ns() // 1_000_000)


class SimulatedClock:
    """Time that moves only when told to; never backwards."""

    def __init__(self, start: Instant) -> None:
        """Begin at `start`."""
        self._now = start

    def now(self) -> Instant:
        """The simulated instant."""
        return self._now

    def move_to(self, instant: Instant) -> None:
        """Jump forward to `instant`; an earlier one leaves time where it is."""
        self._now = max(self._now, instant)
