"""Tables out to people: CSV that Excel opens without guessing, Parquet, Excel; and the rows an import refused."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from roulian.gateways.files.refusals import UnknownFormat
from roulian.gateways.files.values import Cell, RefusedRow

# Excel takes a CSV for the local code page unless it begins with this mark.
_CSV_ENCODING = "utf-8-sig"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_table(path: Path, columns: Mapping[str, Sequence[Cell]]) -> None:
    """Write columns of one length as `.csv` (UTF-8 with BOM), `.parquet` or `.xlsx`, by the name's ending.

    The file appears whole or not at all. Raises `UnknownFormat` for another ending.
    """
    writers = {".csv": _csv, ".parquet": _parquet, ".xlsx": _excel}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UnknownFormat(path=str(path))
    beside = path.with_name(f".{path.name}.part")
    writer(beside, columns)
    beside.replace(path)


def _csv(path: Path, columns: Mapping[str, Sequence[Cell]]) -> None:
    with path.open("w", encoding=_CSV_ENCODING, newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows([_harmless(cell) for cell in row] for row in zip(*columns.values(), strict=True))


def _parquet(path: Path, columns: Mapping[str, Sequence[Cell]]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - 100 ms that a CSV need not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), path, compression="zstd")


def _excel(path: Path, columns: Mapping[str, Sequence[Cell]]) -> None:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("plan")
    page.freeze_panes = "A2"
    page.append(list(columns))
    for row in zip(*columns.values(), strict=True):
        page.append([_harmless(cell) for cell in row])
    book.save(path)


def _harmless(cell: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets a quote before it (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


class RefusedFile:
    """Writes refused rows as CSV: row, code, both reasons, then the row's own cells under their own headers.

    Mended, the file can be imported as it is. It is begun with the first refused row: none, no file.
    """

    def __init__(self, path: Path, headers: Sequence[str]) -> None:
        """Write to `path`; the refused rows' cells are those of `headers`."""
        self._path = path
        self._headers = tuple(headers)
        self._file: TextIO | None = None

    def keep(self, rows: Sequence[RefusedRow]) -> None:
        """Write the rows down."""
        if not rows:
            return
        out = csv.writer(self._opened())
        for row in rows:
            zh, en = (row.why.text(lang, row.facts) for lang in ("zh", "en"))
            out.writerow([row.row, row.why, zh, en, *map(_harmless_text, row.cells)])

    def _opened(self) -> TextIO:
        if self._file is None:
            self._file = self._path.open("w", encoding=_CSV_ENCODING, newline="")
            csv.writer(self._file).writerow(["row", "code", "原因", "reason", *self._headers])
        return self._file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()


def _harmless_text(cell: Cell) -> Cell:
    """As `_harmless`, but a negative number written as text stays a number."""
    if isinstance(cell, str) and cell.startswith("-") and cell[1:2].isdigit():
        return cell
    return _harmless(cell)
