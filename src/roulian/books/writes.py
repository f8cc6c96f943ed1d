"""Reports are kept here; a day compared again has the newer report."""

from roulian.books import tables
from roulian.books.events import BooksDiffered
from roulian.books.model import Report
from roulian.store import Tx


def keep(tx: Tx, report: Report) -> None:
    """The report stands in place of an earlier one of its day; differences are said as `BooksDiffered`."""
    tx.run(
        tables.PUT_REPORT,
        day=report.day.iso(),
        compared_at=report.compared_at.ms,
        payments=report.payments,
        paid_fen=report.paid_fen,
        refunds=report.refunds,
        refunded_fen=report.refunded_fen,
    )
    tx.run(tables.FORGET, of_day=report.day.iso())
    tx.many(tables.ADD_DIFFERENCE, tables.difference_values(report))
    if report.differences:
        tx.emit(BooksDiffered(report.day, len(report.differences)))
