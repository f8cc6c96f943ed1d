"""Credit notes and the sales they take back.

The rule (Chen, Sain and Guo 2012, for the UCI retail set): a credit note cancels the latest earlier sale of the
same customer, product and quantity. Both are then no demand, and neither is stored. A credit note whose sale the
file does not hold, a partial return and a guest's return cancel nothing and are refused, for a person to look at.

Memory grows with the credit notes and the sales they might mean, never with the file.
"""

from collections.abc import Iterable

from roulian.gateways.files.values import Line, RefusedRow, Why

_Key = tuple[str, str, int]


def _key(line: Line) -> _Key:
    return (line.customer, line.sku, abs(line.qty))


class CreditNotes:
    """The credit notes of one file, and the sales waiting to learn whether one cancels them."""

    def __init__(self) -> None:
        """None yet."""
        self._notes: dict[str, Line] = {}
        self._keys: set[_Key] = set()
        self._sales: dict[str, Line] = {}

    def add(self, note: Line) -> None:
        """Remember a credit note; a repeated one counts once."""
        self._notes.setdefault(note.source, note)
        if note.customer:
            self._keys.add(_key(note))

    def may_cancel(self, sale: Line) -> bool:
        """Whether some credit note of the file is of this customer, product and quantity."""
        return _key(sale) in self._keys

    def hold(self, sale: Line) -> bool:
        """Keep the sale back until `settle`; False when the same sale is held already."""
        if sale.source in self._sales:
            return False
        self._sales[sale.source] = sale
        return True

    def is_first(self, note: Line) -> bool:
        """Whether this row is the credit note itself and not its repetition."""
        return self._notes[note.source].row == note.row

    def settle(self) -> tuple[tuple[Line, ...], tuple[RefusedRow, ...]]:
        """The held sales that stand, and the rows that do not: cancelled sales, netted notes, notes without a sale."""
        waiting: dict[_Key, list[Line]] = {}
        for sale in _in_time(self._sales.values()):
            waiting.setdefault(_key(sale), []).append(sale)
        refused: list[RefusedRow] = []
        cancelled: set[str] = set()
        for note in _in_time(self._notes.values()):
            taken_back = _latest_before(note, waiting)
            if taken_back is None:
                refused.append(RefusedRow(note.row, Why.CREDIT_WITHOUT_SALE, {}, note.cells))
                continue
            cancelled.add(taken_back.source)
            refused.append(RefusedRow(note.row, Why.CREDIT_NETTED, {"row": str(taken_back.row)}, note.cells))
            refused.append(RefusedRow(taken_back.row, Why.SALE_RETURNED, {"row": str(note.row)}, taken_back.cells))
        standing = tuple(sale for sale in self._sales.values() if sale.source not in cancelled)
        return standing, tuple(sorted(refused, key=lambda row: row.row))


def _in_time(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.when.stamp, line.row))


def _latest_before(note: Line, waiting: dict[_Key, list[Line]]) -> Line | None:
    sales = waiting.get(_key(note), []) if note.customer else []
    for place in reversed(range(len(sales))):
        if sales[place].when.stamp <= note.when.stamp:
            return sales.pop(place)
    return None
