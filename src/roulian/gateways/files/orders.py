"""A whole order file as batches of lines: read twice, once to learn what only the whole file knows, once to take it.

The first reading finds the credit notes and whether `3/4/2011` is in March or April; the second yields lines.
Memory holds one batch and the sources of the last lines, to name repetitions; `credits.py` keeps back the rest.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from roulian.gateways.files.credits import CreditNotes, Settled
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
        with CreditNotes() as notes:
            taking = _Taking(self._first_reading(notes), notes)
            for row, cells in enumerate(self.sheet.rows(), start=_FIRST_ROW):
                taking.take(cells, row)
                if taking.is_full():
                    yield taking.batch()
            for settled in notes.settle():
                taking.put(settled)
                if taking.is_full():
                    yield taking.batch()
            yield taking.batch()

    def _first_reading(self, notes: CreditNotes) -> LineReader:
        """A reader that knows the order of days; `notes` knows the file's credit notes."""
        headers, columns = self.sheet.headers, self.reading.columns
        when, qty = headers.index(columns[Field.WHEN]), _place(headers, columns.get(Field.QTY))
        seen = DayOrderSeen()
        for row, cells in enumerate(self.sheet.rows(), start=_FIRST_ROW):
            if len(cells) != len(headers):
                continue
            seen.hear(cells[when])
            if qty is not None and str(cells[qty]).lstrip().startswith("-"):
                notes.keep_raw(row, tuple(cells))
        order = self.reading.day_order or seen.told()
        reader = LineReader(replace(self.reading, day_order=order), headers)
        for row, kept in notes.raw():
            line = reader.line(kept, row=row)
            if isinstance(line, Line):
                notes.add(line)
        return reader


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

    def is_full(self) -> bool:
        return max(self.rows, len(self._lines) + len(self._refused)) >= _BATCH_ROWS

    def take(self, cells: Sequence[Cell], row: int) -> None:
        self.rows += 1
        line = self._reader.line(cells, row=row)
        if isinstance(line, RefusedRow):
            self._refused.append(line)
        elif line.qty < 0:
            if not self._notes.is_first(line):
                self._repeated(line)
        elif self._notes.may_cancel(line):
            if not self._notes.hold(line):
                self._repeated(line)
        elif self._is_recent(line.source):
            self._repeated(line)
        else:
            self._lines.append(line)

    def put(self, settled: Settled) -> None:
        if isinstance(settled, Line):
            self._lines.append(settled)
        else:
            self._refused.append(settled)

    def _repeated(self, line: Line) -> None:
        self._refused.append(RefusedRow(line.row, Why.DUPLICATE, {}, line.cells))

    def _is_recent(self, source: str) -> bool:
        if source in self._recent:
            return True
        self._recent[source] = None
        if len(self._recent) > _WINDOW_LINES:
            self._recent.popitem(last=False)
        return False

    def batch(self) -> Batch:
        batch = Batch(rows=self.rows, lines=tuple(self._lines), refused=tuple(self._refused))
        self.rows, self._lines, self._refused = 0, [], []
        return batch
