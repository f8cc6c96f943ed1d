"""Closing a day."""

from roulian.learn import tables
from roulian.learn.model import StockDay
from roulian.store import Tx


def close_day(tx: Tx, closed: StockDay) -> None:
    """Keep how the day closed; closing it again changes nothing."""
    tx.run(
        tables.CLOSE,
        day=closed.day.iso(),
        units=closed.units,
        value_fen=closed.value_fen,
        skus=closed.skus,
        skus_out=closed.skus_out,
    )
