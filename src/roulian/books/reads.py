"""Questions about compared days."""

from collections.abc import Sequence
from typing import Any

from roulian.books import tables
from roulian.books.model import NotCompared, Report
from roulian.store import Tx
from roulian.words.time import Day


def report(tx: Tx, day: Day) -> Report:
    """The day's report. Raises `NotCompared`."""
    found = _reports(tx, tx.rows(tables.OF_DAY, of_day=day.iso()))
    if not found:
        raise NotCompared(day)
    return found[0]


def reports_page(tx: Tx, *, before: Day | None = None, limit: int = 31) -> tuple[Report, ...]:
    """At most `limit` reports of days before `before`, newest first."""
    return _reports(tx, tx.rows(tables.PAGE, before=None if before is None else before.iso(), most=limit))


def _reports(tx: Tx, rows: Sequence[tuple[Any, ...]]) -> tuple[Report, ...]:
    kept = tx.rows(tables.DIFFERENCES_OF, days=[row[0] for row in rows])
    return tuple(tables.report(row, tuple(tables.difference(one) for one in kept if one[0] == row[0])) for row in rows)
