"""Credit notes and the sales they take back.

The rule (Chen, Sain and Guo 2012, for the UCI retail set): a credit note cancels the latest earlier sale of the
same customer, product and quantity. Both are then no demand, and neither is stored. A credit note whose sale the
file does not hold, a partial return and a guest's return cancel nothing and are refused, for a person to look at.

What must wait for the end of the file waits in a private temporary database, so memory does not grow with it: one
number per credit note, and the lines of one customer, product and quantity at a time.
"""

import pickle
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Self

from roulian.gateways.files.values import Cell, Line, RefusedRow, Why

Row = tuple[int, tuple[Cell, ...]]
Settled = Line | RefusedRow

_TABLES = """
CREATE TABLE raw (row INTEGER PRIMARY KEY, cells BLOB);
CREATE TABLE held (source TEXT, is_note INTEGER, key TEXT, stamp TEXT, row INTEGER, line BLOB,
    PRIMARY KEY (source, is_note)) WITHOUT ROWID;
"""
_HOLD = "INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?)"
_IN_TIME = "SELECT key, line FROM held ORDER BY key, stamp, is_note, row"


class CreditNotes:
    """The credit notes of one file, and the sales waiting to learn whether one cancels them."""

    def __init__(self) -> None:
        """None yet."""
        self._memory = sqlite3.connect("")
        self._memory.executescript(_TABLES)
        self._keys: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._memory.close()

    def keep_raw(self, row: int, cells: tuple[Cell, ...]) -> None:
        """Remember a row that looks like a credit note until it can be read."""
        self._memory.execute("INSERT INTO raw VALUES (?, ?)", (row, pickle.dumps(cells)))

    def raw(self) -> Iterator[Row]:
        """The rows kept, in order."""
        for row, cells in self._memory.execute("SELECT row, cells FROM raw ORDER BY row"):
            yield row, _unpacked(cells)

    def add(self, note: Line) -> None:
        """Remember a credit note; a repeated one counts once."""
        self._hold(note, is_note=1)
        if note.customer:
            self._keys.add(hash(_key(note)))

    def may_cancel(self, sale: Line) -> bool:
        """Whether some credit note of the file is of this customer, product and quantity; never wrongly no."""
        return hash(_key(sale)) in self._keys

    def hold(self, sale: Line) -> bool:
        """Keep the sale back until `settle`; False when the same sale is held already."""
        return self._hold(sale, is_note=0) == 1

    def is_first(self, note: Line) -> bool:
        """Whether this row is the credit note itself and not its repetition."""
        found = self._memory.execute("SELECT row FROM held WHERE source = ? AND is_note = 1", (note.source,))
        return bool(found.fetchone() == (note.row,))

    def settle(self) -> Iterator[Settled]:
        """The held sales that stand, and as refused rows the sales and notes that cancel each other or nothing."""
        in_time = self._memory.execute(_IN_TIME)
        for _, rows in groupby(in_time, key=lambda row: row[0]):
            yield from _settled(_unpacked(line) for _, line in rows)

    def _hold(self, line: Line, *, is_note: int) -> int:
        held = (line.source, is_note, _key(line), line.when.stamp, line.row, pickle.dumps(line))
        return self._memory.execute(_HOLD, held).rowcount


def _key(line: Line) -> str:
    return f"{line.customer}\x1f{line.sku}\x1f{abs(line.qty)}"


def _settled(in_time: Iterator[Line]) -> Iterator[Settled]:
    """Lines of one customer, product and quantity in time; each note takes the last sale still standing."""
    standing: list[Line] = []
    for line in in_time:
        if line.qty > 0:
            standing.append(line)
        elif standing and line.customer:
            sale = standing.pop()
            yield RefusedRow(line.row, Why.CREDIT_NETTED, {"row": str(sale.row)}, line.cells)
            yield RefusedRow(sale.row, Why.SALE_RETURNED, {"row": str(line.row)}, sale.cells)
        else:
            yield RefusedRow(line.row, Why.CREDIT_WITHOUT_SALE, {}, line.cells)
    yield from standing


def _unpacked(blob: bytes) -> Any:
    # Written a moment ago by this very object, where no one else can write.
    return pickle.loads(blob)  # noqa: S301 # nosec B301
