"""Reports by day and their differences, in order."""

from typing import Any

import sqlalchemy as sa

from roulian.books.model import Difference, DifferenceKind, EntryKind, Report
from roulian.store import METADATA, any_of
from roulian.words.time import Day, Instant

REPORTS = sa.Table(
    "books_reports",
    METADATA,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("compared_at", sa.BigInteger, nullable=False),
    sa.Column("payments", sa.Integer, nullable=False),
    sa.Column("paid_fen", sa.BigInteger, nullable=False),
    sa.Column("refunds", sa.Integer, nullable=False),
    sa.Column("refunded_fen", sa.BigInteger, nullable=False),
)
DIFFERENCES = sa.Table(
    "books_differences",
    METADATA,
    sa.Column("day", sa.Text, sa.ForeignKey("books_reports.day"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("transaction_id", sa.Text, nullable=False),
    sa.Column("ours_fen", sa.BigInteger),
    sa.Column("theirs_fen", sa.BigInteger),
)

PUT_REPORT = sa.text(
    "INSERT INTO books_reports (day, compared_at, payments, paid_fen, refunds, refunded_fen)"
    " VALUES (:day, :compared_at, :payments, :paid_fen, :refunds, :refunded_fen)"
    " ON CONFLICT (day) DO UPDATE SET compared_at = excluded.compared_at, payments = excluded.payments,"
    " paid_fen = excluded.paid_fen, refunds = excluded.refunds, refunded_fen = excluded.refunded_fen"
)
FORGET = DIFFERENCES.delete().where(DIFFERENCES.c.day == sa.bindparam("of_day", type_=sa.Text))
ADD_DIFFERENCE = DIFFERENCES.insert()
_BEFORE = sa.bindparam("before", type_=sa.Text)
PAGE = (
    sa.select(REPORTS)
    .where(sa.or_(_BEFORE.is_(None), REPORTS.c.day < _BEFORE))
    .order_by(REPORTS.c.day.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
OF_DAY = sa.select(REPORTS).where(REPORTS.c.day == sa.bindparam("of_day", type_=sa.Text))
DIFFERENCES_OF = (
    sa.select(DIFFERENCES)
    .where(any_of(DIFFERENCES.c.day, "days"))
    .order_by(DIFFERENCES.c.day.desc(), DIFFERENCES.c.place)
)


def difference_values(report: Report) -> list[dict[str, Any]]:
    """The report's differences as the parameters of `ADD_DIFFERENCE`."""
    return [
        {
            "day": report.day.iso(),
            "place": place,
            "kind": one.kind.value,
            "entry": one.entry.value,
            "number": one.number,
            "transaction_id": one.transaction,
            "ours_fen": one.ours_fen,
            "theirs_fen": one.theirs_fen,
        }
        for place, one in enumerate(report.differences)
    ]


def report(row: tuple[Any, ...], differences: tuple[Difference, ...]) -> Report:
    """A row of `REPORTS` with its differences."""
    day, compared_at, payments, paid_fen, refunds, refunded_fen = row
    return Report(Day.parse(day), Instant(compared_at), payments, paid_fen, refunds, refunded_fen, differences)


def difference(row: tuple[Any, ...]) -> Difference:
    """A row of `DIFFERENCES`."""
    _, _, kind, entry, number, transaction, ours, theirs = row
    return Difference(DifferenceKind(kind), EntryKind(entry), number, transaction, ours, theirs)
