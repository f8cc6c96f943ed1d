"""Days out of what files write: ISO, slashes, Chinese, compact, Excel's own; `3/4/2011` only once its order is known.

A time without a zone is the shop's own local time and keeps its calendar day; one with a zone falls on its day in
Asia/Shanghai.
"""

import re
from datetime import UTC, date, datetime, timedelta

from roulian.gateways.files.refusals import DayOrderUnclear
from roulian.gateways.files.values import Cell, DayOrder, When
from roulian.words import Day

_TIME = r"(?:[T\s]+(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?)?"
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _TIME)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _TIME)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<mo>\d{2})(?P<d>\d{2})")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})")
_MOST_MONTHS = 12
_SHANGHAI = timedelta(hours=8)
_REMEMBERED = 4096


class DayOrderSeen:
    """Listens to a file's dates until they tell whether the day or the month is written first."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._example: dict[DayOrder | None, str] = {}

    def hear(self, cell: Cell) -> None:
        """Take one date cell into account; anything but `a/b/yyyy` says nothing."""
        if not isinstance(cell, str):
            return
        parts = _YEAR_LAST.fullmatch(cell.strip())
        if parts is None:
            return
        a, b = int(parts["a"]), int(parts["b"])
        if a > _MOST_MONTHS >= b:
            self._example.setdefault(DayOrder.DAY_FIRST, cell)
        elif b > _MOST_MONTHS >= a:
            self._example.setdefault(DayOrder.MONTH_FIRST, cell)
        else:
            self._example.setdefault(None, cell)

    def told(self) -> DayOrder | None:
        """The order, or None when no date needs one. Raises `DayOrderUnclear` when dates need it and disagree."""
        if not self._example:
            return None
        orders = [order for order in self._example if order is not None]
        if len(orders) != 1:
            raise DayOrderUnclear(example=next(iter(self._example.values())))
        return orders[0]


class Dates:
    """Reads date cells; remembers the last few thousand, because an order's lines share one."""

    def __init__(self, order: DayOrder | None) -> None:
        """Read `3/4/2011` in `order`; without one it cannot be read."""
        self._order = order
        self._known: dict[Cell, When | None] = {}

    def read(self, cell: Cell) -> When | None:
        """The day and time the cell tells, or None."""
        if cell in self._known:
            return self._known[cell]
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        moment = self._moment(cell)
        when = None if moment is None else _when(moment)
        self._known[cell] = when
        return when

    def _moment(self, cell: Cell) -> datetime | None:
        if isinstance(cell, datetime):
            return cell
        if isinstance(cell, date):
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a calendar day has no zone
        try:
            return self._moment_in(str(cell).strip())
        except ValueError:
            return None

    def _moment_in(self, text: str) -> datetime | None:
        if _ZONED.fullmatch(text):
            return datetime.fromisoformat(text)
        parts = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
        if parts:
            return _built(parts, month=parts["mo"], day=parts["d"])
        parts = _YEAR_LAST.fullmatch(text)
        if parts and self._order is DayOrder.DAY_FIRST:
            return _built(parts, month=parts["b"], day=parts["a"])
        if parts and self._order is DayOrder.MONTH_FIRST:
            return _built(parts, month=parts["a"], day=parts["b"])
        return None


def _built(parts: re.Match[str], *, month: str, day: str) -> datetime:
    time = parts.groupdict()
    hour, minute, second = (int(time.get(name) or 0) for name in ("h", "m", "s"))
    return datetime(int(parts["y"]), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - the shop's own time


def _when(moment: datetime) -> When:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None) + _SHANGHAI
    moment = moment.replace(microsecond=0)
    return When(day=Day.parse(moment.date().isoformat()), stamp=moment.isoformat())
