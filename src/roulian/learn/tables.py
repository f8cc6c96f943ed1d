"""Where closed days are kept."""

from typing import Any

import sqlalchemy as sa

from roulian.learn.model import StockDay
from roulian.store import METADATA
from roulian.words import Day

DAYS = sa.Table(
    "learn_days",
    METADATA,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("value_fen", sa.BigInteger, nullable=False),
    sa.Column("skus", sa.Integer, nullable=False),
    sa.Column("skus_out", sa.Integer, nullable=False),
)

CLOSE = sa.text(
    "INSERT INTO learn_days (day, units, value_fen, skus, skus_out)"
    " VALUES (:day, :units, :value_fen, :skus, :skus_out) ON CONFLICT (day) DO NOTHING"
)
BETWEEN = sa.text(
    "SELECT day, units, value_fen, skus, skus_out FROM learn_days WHERE day BETWEEN :first AND :last ORDER BY day"
)


def stock_day(row: tuple[Any, ...]) -> StockDay:
    """The row as a `StockDay`."""
    day, units, value_fen, skus, skus_out = row
    return StockDay(Day.parse(day), units, value_fen, skus, skus_out)
