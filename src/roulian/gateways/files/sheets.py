"""Tables as rows of cells, whatever file they stand in: CSV, Excel or Parquet, in bounded memory.

A `Sheet` can be read again and again; each reading opens the file anew. Rows are counted as a spreadsheet counts
them: the header is row 1.
"""

import codecs
import csv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from roulian.gateways.files.refusals import NoSuchFile, NotATable, UnknownEncoding, UnknownFormat
from roulian.gateways.files.values import Cell

_BLOCK_BYTES = 1 << 20
_PARQUET_ROWS = 20_000
_DELIMITERS = ",\t;|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Sheet(Protocol):
    """A table in a file."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The column names, in order."""
        ...

    def rows(self) -> Iterator[Sequence[Cell]]:
        """The rows after the header, from the first. Raises `NotATable` where the file is broken inside."""
        ...


def sheet(path: Path) -> Sheet:
    """The table in the file, told by its content, not by its name.

    Raises `NoSuchFile`, `UnknownFormat`, `UnknownEncoding` or `NotATable`; a text is checked to its last byte.
    """
    if not path.is_file():
        raise NoSuchFile(path=str(path))
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PAR1"):
        return _parquet(path)
    if start.startswith(b"PK\x03\x04"):
        return _excel(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnknownFormat(path=path.name)
    return _csv(path)


@dataclass(frozen=True, slots=True)
class _Csv:
    path: Path
    encoding: str
    delimiter: str
    headers: tuple[str, ...]

    def rows(self) -> Iterator[Sequence[Cell]]:
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            try:
                next(reader)
                yield from reader
            except csv.Error as broken:
                raise NotATable(path=self.path.name, what=f"line {reader.line_num}: {broken}") from broken


def _csv(path: Path) -> _Csv:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(_BLOCK_BYTES)
        if not first.strip():
            raise NotATable(path=path.name, what="第一行应当是表头 / the first line should be the header")
        if "\x00" in first:
            raise UnknownFormat(path=path.name)
        delimiter = max(_DELIMITERS, key=first.count)
        file.seek(0)
        headers = tuple(cell.strip() for cell in next(csv.reader(file, delimiter=delimiter)))
    return _Csv(path, encoding, delimiter, headers)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((encoding for bom, encoding in _BOMS if start.startswith(bom)), None)
    candidates = (marked,) if marked else ("utf-8", "gb18030")
    stops = [_stops_at(path, encoding) for encoding in candidates]
    for encoding, stop in zip(candidates, stops, strict=True):
        if stop is None:
            return encoding
    raise UnknownEncoding(path=path.name, at_byte=max(stop for stop in stops if stop is not None))


def _stops_at(path: Path, encoding: str) -> int | None:
    """The byte near which the text stops being `encoding`, or None when all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as broken:
                return done + broken.start
            done += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done
    return None


@dataclass(frozen=True, slots=True)
class _Parquet:
    path: Path
    headers: tuple[str, ...]

    def rows(self) -> Iterator[Sequence[Cell]]:
        import pyarrow.parquet as pq  # noqa: PLC0415 - 100 ms that a CSV need not pay
        from pyarrow import ArrowException  # noqa: PLC0415

        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
                    yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        except (ArrowException, OSError) as broken:
            raise NotATable(path=self.path.name, what=str(broken)) from broken


def _parquet(path: Path) -> _Parquet:
    import pyarrow.parquet as pq  # noqa: PLC0415
    from pyarrow import ArrowException  # noqa: PLC0415

    try:
        return _Parquet(path, tuple(pq.read_schema(path).names))
    except (ArrowException, OSError) as broken:
        raise NotATable(path=path.name, what=str(broken)) from broken


@dataclass(frozen=True, slots=True)
class _Excel:
    path: Path
    headers: tuple[str, ...]

    def rows(self) -> Iterator[Sequence[Cell]]:
        yield from _excel_rows(self.path, first_row=2, columns=len(self.headers))


def _excel(path: Path) -> _Excel:
    first = next(_excel_rows(path, first_row=1, columns=None), ())
    headers = [str(cell).strip() if cell is not None else "" for cell in first]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise NotATable(path=path.name, what="第一行应当是表头 / the first row should be the header")
    return _Excel(path, tuple(headers))


def _excel_rows(path: Path, *, first_row: int, columns: int | None) -> Iterator[Sequence[Cell]]:
    """The rows of the first worksheet, read as a stream."""
    import openpyxl  # noqa: PLC0415 - slow to import, seldom needed
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    # Given a path, openpyxl judges it by its ending; given the file, by what is in it.
    with path.open("rb") as file:
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as broken:
            raise UnknownFormat(path=path.name) from broken
        first_sheet = book.worksheets[0]
        # Some writers state too small a size in the file; what is there counts.
        first_sheet.reset_dimensions()
        for row in first_sheet.iter_rows(min_row=first_row, max_col=columns, values_only=True):
            yield tuple(_plain(cell) for cell in row)


def _plain(cell: object) -> Cell:
    """Excel's rarer values (a span of time, rich text) as the text they show."""
    return cell if cell is None or isinstance(cell, str | int | float | datetime) else str(cell)
