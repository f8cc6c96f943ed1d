"""The books: each day WeChat Pay's bill beside ours, and what differs."""

from fastapi import APIRouter

from roulian import books
from roulian.flows import reconcile
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import Before, IsoDay, Limit, Listing, View
from roulian.web.errors import NotFound
from roulian.words import Day


class DifferenceView(View):
    """One place where the books differ; null where that side has no such entry."""

    kind: str
    entry: str
    number: str
    transaction: str
    ours_fen: int | None
    theirs_fen: int | None


class ReportView(View):
    """A day compared: what WeChat Pay's bill sums to, and the differences."""

    day: IsoDay
    compared_ms: int
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    differences: tuple[DifferenceView, ...]


class Asked(View):
    """The day whose bill is being fetched; its report is the newer one once the comparing is done."""

    day: IsoDay


def books_router(deps: ConsoleDeps) -> APIRouter:
    """GET /books and /books/{day}, and POST /books/{day}/run."""
    router = APIRouter()

    @router.get("/books")
    async def reports(*, before: Before = None, limit: Limit = 31) -> Listing[ReportView]:
        """Compared days, newest first."""
        upto = None if before is None else _day(before)
        found = await deps.store.ask(lambda tx: books.reports_page(tx, before=upto, limit=limit + 1))
        shown = found[:limit]
        return Listing(
            rows=tuple(map(_view, shown)), names={}, next=shown[-1].day.iso() if len(found) > limit else None
        )

    @router.get("/books/{day}")
    async def report(day: str) -> ReportView:
        """One day's report. Refused (`not_compared`) while there is none."""
        wanted = _day(day)
        return _view(await deps.store.ask(lambda tx: books.report(tx, wanted)))

    @router.post("/books/{day}/run")
    async def run(day: str) -> Asked:
        """Compare the day again, with the bill as it is now. Refused (`no_bill_yet`) before the day is over."""
        wanted = _day(day)
        await deps.store.run(lambda tx: reconcile.again(tx, wanted), cause="console.books")
        return Asked(day=wanted.iso())

    return router


def _day(text: str) -> Day:
    try:
        return Day.parse(text)
    except ValueError as error:
        raise NotFound from error


def _view(report: books.Report) -> ReportView:
    return ReportView(
        day=report.day.iso(),
        compared_ms=report.compared_at.ms,
        payments=report.payments,
        paid_fen=report.paid_fen,
        refunds=report.refunds,
        refunded_fen=report.refunded_fen,
        differences=tuple(
            DifferenceView(
                kind=one.kind,
                entry=one.entry,
                number=one.number,
                transaction=one.transaction,
                ours_fen=one.ours_fen,
                theirs_fen=one.theirs_fen,
            )
            for one in report.differences
        ),
    )
