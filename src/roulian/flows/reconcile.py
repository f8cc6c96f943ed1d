"""Every night WeChat Pay's bill is laid beside our books; what differs is kept for a person, and nothing is mended.

Neighbours: `sell` keeps our movements of money, `books` compares and keeps the reports.
"""

from roulian import books, sell
from roulian.flows.outgoing import Outside
from roulian.gateways.pay import BillKind, BillRow
from roulian.store import Errand, Job, Tx
from roulian.words import Day, Rejected

COMPARE_HOUR = 1
BILL_AFTER_DAYS = 2
"""A bill is written by ten on the next morning, so the night after that has it for certain."""

_HAVE_FAILED = frozenset({"FAIL", "CHANGE"})
_KINDS = {BillKind.PAYMENT: books.EntryKind.PAYMENT, BillKind.REFUND: books.EntryKind.REFUND}
_OURS = {
    sell.MovementKind.PAYMENT: books.EntryKind.PAYMENT,
    sell.MovementKind.UNFITTED: books.EntryKind.PAYMENT,
    sell.MovementKind.REFUND: books.EntryKind.REFUND,
}
_UNFITTED = frozenset({sell.MovementKind.UNFITTED})


def begin(tx: Tx) -> None:
    """The first night is set; each sets the next."""
    tx.at_first(tx.now.day().plus(1).at(COMPARE_HOUR), "reconcile.night", "reconcile")


def night(tx: Tx, key: str) -> None:
    """Ask for the newest bill that is certainly written, and set tomorrow night's."""
    tx.job("books.compare", tx.now.day().before(BILL_AFTER_DAYS).iso())
    tx.at(tx.now.day().plus(1).at(COMPARE_HOUR), "reconcile.night", key)


def again(tx: Tx, day: Day) -> None:
    """Compare the day's books once more; each asking is a job of its own. Raises `NoBillYet`."""
    books.check_over(day, today=tx.now.day())
    tx.job("books.compare", f"{day.iso()}:{tx.now.ms}", day.iso())


def comparing(outside: Outside) -> Errand:
    """Fetch the day's bill and the one before, with no transaction open; then compare and keep."""

    async def call(job: Job) -> str:
        day = Day.parse(job.body or job.key)
        before, bill = await outside.pay.trade_bill(day.before(1)), await outside.pay.trade_bill(day)
        await outside.memory().run(lambda tx: compare(tx, day, bill=bill, bill_before=before), cause=job.id)
        return day.iso()

    return Errand(call=call, record=_kept, rejected=_no_bill, lost=_again)


def compare(tx: Tx, day: Day, *, bill: tuple[BillRow, ...], bill_before: tuple[BillRow, ...]) -> None:
    """The day's report, kept; compared again it takes the place of the earlier one."""
    theirs = tuple(map(_theirs, bill))
    today = _movements(tx, day)
    refunds = sell.refunds(tx, [entry.number for entry in theirs if entry.is_refund])
    sides = books.Sides(
        ours=(
            *(entry for entry in today if not entry.is_refund),
            *(books.Entry(books.EntryKind.REFUND, one.number, "", one.amount_fen) for one in refunds.values()),
        ),
        due_before=tuple(entry for entry in _movements(tx, day.before(1)) if entry.is_refund),
        bill=theirs,
        bill_before=tuple(map(_theirs, bill_before)),
    )
    books.keep(tx, books.compare(sides, day=day, at=tx.now))


def _movements(tx: Tx, day: Day) -> tuple[books.Entry, ...]:
    found = sell.movements(tx, first=day.at(0), end=day.plus(1).at(0))
    return tuple(
        books.Entry(_OURS[one.kind], one.number, one.transaction, one.fen, fits=one.kind not in _UNFITTED)
        for one in found
    )


def _theirs(row: BillRow) -> books.Entry:
    return books.Entry(_KINDS[row.kind], row.number, row.transaction, row.fen, has_failed=row.state in _HAVE_FAILED)


def _kept(_tx: Tx, _job: Job, _answer: str) -> None:
    """The report was kept with the comparing."""


def _no_bill(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """Pay's no stands on the job's row; the day has no report, which the console shows."""


def _again(tx: Tx, job: Job) -> None:
    """A bill may be fetched as often as one likes."""
    tx.job(job.kind, job.key, job.body)
