"""Asking for closed days."""

from roulian.learn import tables
from roulian.learn.model import StockDay
from roulian.store import Tx
from roulian.words import Day


def stock_days(tx: Tx, *, first: Day, last: Day) -> tuple[StockDay, ...]:
    """The closed days from `first` to `last` inclusive, in order."""
    return tuple(tables.stock_day(row) for row in tx.rows(tables.BETWEEN, first=first.iso(), last=last.iso()))
