"""One row of cells → one order line, or the reason why not. Pure; no file is open here."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from types import MappingProxyType

from roulian.gateways.files.dates import Dates
from roulian.gateways.files.values import Cell, Field, Line, Reading, RefusedRow, When, Why

_WHOLE = re.compile(r"[+-]?\d+(?:\.0*)?")
_MONEY_MARKS = str.maketrans("", "", "¥¥$£€元, ")
_FEN_PER_YUAN = 100
_REMEMBERED = 4096
_NO_FACTS: Mapping[str, str] = MappingProxyType({})


class _NotTaken(Exception):  # noqa: N818 - carries a reason from a cell to its row, no further
    def __init__(self, why: Why, **facts: str) -> None:
        super().__init__(why)
        self.why = why
        self.facts = facts


def text(cell: Cell) -> str:
    """A cell as text: 71053.0 and 71053 are both `71053`; nothing is the empty text."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()


class LineReader:
    """Turns rows of one file into lines, by one `Reading`."""

    def __init__(self, reading: Reading, headers: Sequence[str]) -> None:
        """Rows will have the cells of `headers`, and mean what `reading` says."""
        self._width = len(headers)
        self._place = {field: headers.index(header) for field, header in reading.columns.items()}
        self._header = reading.columns
        self._rate = reading.price_rate
        self._is_product: Callable[[str], object] = (
            re.compile(reading.product_codes).fullmatch if reading.product_codes else bool
        )
        self._dates = Dates(reading.day_order)
        self._fen: dict[Cell, tuple[str, int]] = {}

    def line(self, cells: Sequence[Cell], *, row: int) -> Line | RefusedRow:
        """The line in `cells`, which stand in `row`; or why there is none."""
        if len(cells) != self._width:
            return RefusedRow(row, Why.TOO_FEW_CELLS, _NO_FACTS, tuple(cells))
        try:
            return self._taken(cells, row)
        except _NotTaken as refused:
            return RefusedRow(row, refused.why, refused.facts, tuple(cells))

    def _cell(self, field: Field, cells: Sequence[Cell]) -> Cell:
        place = self._place.get(field)
        return None if place is None else cells[place]

    def _needed(self, field: Field, cells: Sequence[Cell]) -> str:
        value = text(cells[self._place[field]])
        if not value:
            raise _NotTaken(Why.MISSING_VALUE, column=self._header[field])
        return value

    def _taken(self, cells: Sequence[Cell], row: int) -> Line:
        order_no = self._needed(Field.ORDER_NO, cells)
        sku = self._needed(Field.SKU, cells)
        if not self._is_product(sku):
            raise _NotTaken(Why.NOT_A_PRODUCT, value=sku)
        when = self._when(cells)
        qty = self._qty(cells)
        exact_price, price_fen = self._price(cells)
        region = text(self._cell(Field.REGION, cells))
        line_no = text(self._cell(Field.LINE_NO, cells))
        own = line_no or f"{sku}~{_digest(when, qty, exact_price, region)}"
        return Line(
            row=row,
            source=f"{order_no}#{own}",
            order_no=order_no,
            sku=sku,
            name=text(self._cell(Field.NAME, cells)),
            qty=qty,
            when=when,
            price_fen=price_fen,
            customer=text(self._cell(Field.CUSTOMER, cells)),
            region=region,
            cells=tuple(cells),
        )

    def _when(self, cells: Sequence[Cell]) -> When:
        cell = cells[self._place[Field.WHEN]]
        when = self._dates.read(cell)
        if when is None:
            value = self._needed(Field.WHEN, cells)
            raise _NotTaken(Why.BAD_DATE, value=value)
        return when

    def _qty(self, cells: Sequence[Cell]) -> int:
        if Field.QTY not in self._place:
            return 1
        cell = cells[self._place[Field.QTY]]
        qty = cell if type(cell) is int else _whole(self._needed(Field.QTY, cells))
        if qty == 0:
            raise _NotTaken(Why.ZERO_QUANTITY)
        return qty

    def _price(self, cells: Sequence[Cell]) -> tuple[str, int]:
        """The price as written, in one spelling for every file format, and in fen."""
        if Field.PRICE not in self._place:
            return "", 0
        cell = cells[self._place[Field.PRICE]]
        known = self._fen.get(cell)
        if known is None:
            if len(self._fen) >= _REMEMBERED:
                self._fen.clear()
            known = self._fen[cell] = self._priced(self._needed(Field.PRICE, cells))
        return known

    def _priced(self, value: str) -> tuple[str, int]:
        try:
            price = Decimal(value.translate(_MONEY_MARKS))
        except InvalidOperation:
            raise _NotTaken(Why.BAD_PRICE, value=value) from None
        if not price.is_finite():
            raise _NotTaken(Why.BAD_PRICE, value=value)
        if price < 0:
            raise _NotTaken(Why.NEGATIVE_PRICE, value=value)
        if price == 0:
            raise _NotTaken(Why.ZERO_PRICE)
        fen = (price * self._rate * _FEN_PER_YUAN).to_integral_value(ROUND_HALF_UP)
        return f"{price.normalize():f}", int(fen)


def _whole(value: str) -> int:
    plain = value.replace(",", "")
    if not _WHOLE.fullmatch(plain):
        raise _NotTaken(Why.BAD_QUANTITY, value=value)
    return int(plain.partition(".")[0])


def _digest(when: When, qty: int, price: str, region: str) -> str:
    said = f"{when.stamp}|{qty}|{price}|{region}".encode()
    return hashlib.blake2b(said, digest_size=6).hexdigest()
