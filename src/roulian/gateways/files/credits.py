"""Credit notes and the sales they take back.

The rule (Chen, Sain and Guo 2012, for the UCI retail set): a credit note cancels the latest earlier sale of the
same customer, product and quantity. Both are then no demand, and neither is stored. A credit note whose sale the
file does not hold, a partial return and a guest's return cancel nothing and are refused, for a person to look at.

Memory grows with the credit notes and the sales they might mean, never with the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from roulian.gateways.files.values import Cell, Line, RefusedRow, Why

_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Held:
    """A line whose fate is open until the whole file has been seen, with its cells."""

    line: Line
    cells: tuple[Cell, ...]


def _key(line: Line) -> _Key:
    return (line.customer, line.sku, abs(line.qty))


class CreditNotes:
    """The credit notes of one file, and the sales waiting to learn whether one cancels them."""

    def __init__(self) -> None:
        """None yet."""
        self._notes: dict[str, Held] = {}
        self._keys: set[_Key] = set()
        self._sales: dict[str, Held] = {}

    def add(self, note: Line, cells: tuple[Cell, ...]) -> None:
        """Remember a credit note; a repeated one counts once."""
        self._notes.setdefault(note.source, Held(note, cells))
        if note.customer:
            self._keys.add(_key(note))

    def may_cancel(self, sale: Line) -> bool:
        """Whether some credit note of the file is of this customer, product and quantity."""
        return _key(sale) in self._keys

    def hold(self, sale: Line, cells: tuple[Cell, ...]) -> bool:
        """Keep the sale back until `settle`; False when the same sale is held already."""
        if sale.source in self._sales:
            return False
        self._sales[sale.source] = Held(sale, cells)
        return True

    def is_first(self, note: Line) -> bool:
        """Whether this row is the credit note itself and not its repetition."""
        return self._notes[note.source].line.row == note.row

    def settle(self) -> tuple[tuple[Line, ...], tuple[RefusedRow, ...]]:
        """The held sales that stand, and the rows that do not: cancelled sales, netted notes, notes without a sale."""
        waiting: dict[_Key, list[Held]] = {}
        for sale in _in_time(self._sales.values()):
            waiting.setdefault(_key(sale.line), []).append(sale)
        refused: list[RefusedRow] = []
        cancelled: set[str] = set()
        for note in _in_time(self._notes.values()):
            sale_held = _latest_before(note, waiting)
            if sale_held is None:
                refused.append(RefusedRow(note.line.row, Why.CREDIT_WITHOUT_SALE, {}, note.cells))
                continue
            cancelled.add(sale_held.line.source)
            refused.append(_row(note, Why.CREDIT_NETTED, other=sale_held))
            refused.append(_row(sale_held, Why.SALE_RETURNED, other=note))
        standing = tuple(held.line for held in self._sales.values() if held.line.source not in cancelled)
        return standing, tuple(sorted(refused, key=lambda row: row.row))


def _in_time(held: Iterable[Held]) -> list[Held]:
    return sorted(held, key=lambda one: (one.line.when.stamp, one.line.row))


def _latest_before(note: Held, waiting: dict[_Key, list[Held]]) -> Held | None:
    sales = waiting.get(_key(note.line), []) if note.line.customer else []
    for place in reversed(range(len(sales))):
        if sales[place].line.when.stamp <= note.line.when.stamp:
            return sales.pop(place)
    return None


def _row(held: Held, why: Why, *, other: Held) -> RefusedRow:
    return RefusedRow(held.line.row, why, {"row": str(other.line.row)}, held.cells)
