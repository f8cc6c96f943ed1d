"""A whole order file as batches of lines: read twice, once to learn what only the whole file knows, once to take it.

The first reading finds the credit notes and whether `3/4/2011` is in March or April; the second yields lines.
Memory holds one batch, the sources of the last lines (to name repetitions), and what `credits.py` keeps back.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from roulian.gateways.files.credits import CreditNotes
from roulian.gateways.files.dates import DayOrderSeen
from roulian.gateways.files.headers import complete
from roulian.gateways.files.lines import LineReader
from roulian.gateways.files.sheets import Sheet
from roulian.gateways.files.values import Batch, Cell, Field, Line, Reading, RefusedRow, Why

_BATCH_ROWS = 5_000
_FIRST_ROW = 2
# Repetitions stand close together in real exports; one further apart than this is still found by the store's key.
_WINDOW_LINES = 50_000


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The order lines of a sheet, read as `reading` says; raises as `complete` does when it lacks a column."""

    sheet: Sheet
    reading: Reading

    def __post_init__(self) -> None:
        """Refuse a reading that lacks a required column or names one that is not there."""
        complete(self.reading, self.sheet.headers)

    def batches(self) -> Iterator[Batch]:
        """Batches of about 5,000 rows; the sales a credit note might have cancelled come last.

        Raises `DayOrderUnclear` before the first batch, `NotATable` where the file is broken inside.
        """
        reader, notes = self._first_reading()
        taking = _Taking(reader, notes)
        for row, cells in enumerate(self.sheet.rows(), start=_FIRST_ROW):
            taking.take(cells, row)
            if taking.rows == _BATCH_ROWS:
                yield taking.batch()
        taking.settle()
        yield taking.batch()

    def _first_reading(self) -> tuple[LineReader, CreditNotes]:
        headers, columns = self.sheet.headers, self.reading.columns
        when, qty = headers.index(columns[Field.WHEN]), _place(headers, columns.get(Field.QTY))
        seen = DayOrderSeen()
        rows: list[tuple[int, tuple[Cell, ...]]] = []
        for row, cells in enumerate(self.sheet.rows(), start=_FIRST_ROW):
            if len(cells) != len(headers):
                continue
            seen.hear(cells[when])
            if qty is not None and str(cells[qty]).lstrip().startswith("-"):
                rows.append((row, tuple(cells)))
        order = self.reading.day_order or seen.told()
        reader = LineReader(replace(self.reading, day_order=order), headers)
        notes = CreditNotes()
        for row, kept in rows:
            line = reader.line(kept, row=row)
            if isinstance(line, Line):
                notes.add(line)
        return reader, notes


def _place(headers: Sequence[str], header: str | None) -> int | None:
    return None if header is None else headers.index(header)


class _Taking:
    """The second reading: sorts each row into taken, refused or kept back."""

    def __init__(self, reader: LineReader, notes: CreditNotes) -> None:
        self._reader = reader
        self._notes = notes
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._lines: list[Line] = []
        self._refused: list[RefusedRow] = []
        self.rows = 0

    def take(self, cells: Sequence[Cell], row: int) -> None:
        self.rows += 1
        line = self._reader.line(cells, row=row)
        if isinstance(line, RefusedRow):
            self._refused.append(line)
        elif line.qty < 0:
            self._take_note(line)
        elif self._notes.may_cancel(line):
            if not self._notes.hold(line):
                self._repeated(line)
        elif self._is_recent(line.source):
            self._repeated(line)
        else:
            self._lines.append(line)

    def _take_note(self, line: Line) -> None:
        if not self._notes.is_first(line):
            self._repeated(line)

    def _repeated(self, line: Line) -> None:
        self._refused.append(RefusedRow(line.row, Why.DUPLICATE, {}, line.cells))

    def _is_recent(self, source: str) -> bool:
        if source in self._recent:
            return True
        self._recent[source] = None
        if len(self._recent) > _WINDOW_LINES:
            self._recent.popitem(last=False)
        return False

    def settle(self) -> None:
        standing, refused = self._notes.settle()
        self._lines.extend(standing)
        self._refused.extend(refused)

    def batch(self) -> Batch:
        batch = Batch(rows=self.rows, lines=tuple(self._lines), refused=tuple(self._refused))
        self.rows, self._lines, self._refused = 0, [], []
        return batch
