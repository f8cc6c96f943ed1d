"""Rows of counts added up for a report; the rows are read by shape, `learn` imports no other stage."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


class SoldRow(Protocol):
    """Orders of one day and status: how many, their units, their money in fen."""

    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def orders(self) -> int: ...  # noqa: D102
    @property
    def units(self) -> int: ...  # noqa: D102
    @property
    def amount_fen(self) -> int: ...  # noqa: D102


class Counted(Protocol):
    """Anything that was counted."""

    @property
    def n(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class SoldTotals:
    """Orders by status; units and money in fen of the orders that stand."""

    orders: Mapping[str, int]
    units: int
    revenue_fen: int


def sold_totals(rows: Iterable[SoldRow], *, standing: Collection[str]) -> SoldTotals:
    """The rows added up; only orders whose status is in `standing` count as sold."""
    orders: Counter[str] = Counter()
    units = revenue_fen = 0
    for row in rows:
        orders[row.status] += row.orders
        if row.status in standing:
            units += row.units
            revenue_fen += row.amount_fen
    return SoldTotals(orders=orders, units=units, revenue_fen=revenue_fen)


def counted(rows: Iterable[Counted]) -> int:
    """All counts together."""
    return sum(row.n for row in rows)
