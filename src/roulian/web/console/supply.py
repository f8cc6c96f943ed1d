"""Supply: what is proposed and why, what was bought and how late it is, what the lines are making."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from roulian import decide, make
from roulian.flows import receiving
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.guard import caller_of
from roulian.web.console.names import line_words, sku_words, supplier_words
from roulian.web.console.shapes import Before, IsoDay, Limit, Listing, View, Words, said
from roulian.web.console.slip_shapes import MOST_UNITS, Key, Name, OnDay
from roulian.words import Day, PurchaseId, SkuId, SupplierId

DAYS_SHOWN, DAYS_BACK = 28, 6
"""How many days of a line's load are shown, and how many of them are past."""


class ProposalView(View):
    """A proposal with its reason in words; `cost_fen` is what applying it costs."""

    id: str
    kind: str
    sku: str
    qty: int
    need_day: IsoDay
    cost_fen: int
    reason: Words
    status: str
    made_ms: int


class PurchaseView(View):
    """A purchase; `late_days` is how far the supplier's date is behind the one first expected."""

    id: str
    supplier: str
    sku: str
    qty: int
    received_qty: int
    placed_day: IsoDay
    expected_day: IsoDay
    promised_day: IsoDay
    late_days: int
    status: str
    cause: str


class WorkView(View):
    """A work order on a line."""

    id: str
    sku: str
    qty: int
    done_qty: int
    line: str
    start_day: IsoDay
    due_day: IsoDay
    status: str
    cause: str


class ReceiptForm(View):
    """A delivery of a purchase: `qty` good units and `rejected_qty` not fit, of one lot, under the delivery note `key`.

    Good units go to `place`, the main warehouse where it is empty; rejected ones into quarantine, and are still owed.
    """

    key: Key
    qty: Annotated[int, Field(ge=0, le=MOST_UNITS)]
    rejected_qty: Annotated[int, Field(ge=0, le=MOST_UNITS)] = 0
    place: Name = ""
    lot: Name = ""
    expires_day: OnDay | None = None


class LineView(View):
    """A production line: units planned per day from `first_day` against what it can make in a day."""

    line: str
    daily_units: int
    first_day: IsoDay
    load: tuple[int, ...]
    works: tuple[WorkView, ...]


def supply_router(deps: ConsoleDeps) -> APIRouter:
    """GET /proposals, /purchases and /lines; POST /supply/purchases/{purchase}/receipts."""
    router = APIRouter()

    @router.post("/supply/purchases/{purchase}/receipts")
    async def receive(purchase: Name, form: ReceiptForm, request: Request) -> PurchaseView:
        """A delivery is taken in.

        Refused: unknown_purchase, purchase_closed, too_much_delivered, lot_differs, lot_past_day.
        """
        delivery = make.Delivery(
            purchase=PurchaseId(purchase),
            source=form.key,
            qty=form.qty,
            rejected_qty=form.rejected_qty,
            place=form.place,
            lot=form.lot,
            expires_day=Day.parse(form.expires_day.isoformat()) if form.expires_day else None,
            by=caller_of(request).id,
        )
        return purchase_view(await deps.store.run(lambda tx: receiving.take_in(tx, delivery), cause="console.receipt"))

    @router.get("/proposals")
    async def proposals(
        status: decide.ProposalStatus | None = None,
        sku: str | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[ProposalView]:
        """Proposals, newest first."""
        statuses = tuple(decide.ProposalStatus) if status is None else (status,)
        of = SkuId(sku) if sku else None

        def read(tx: Tx) -> Listing[ProposalView]:
            found = decide.proposals_page(tx, statuses=statuses, sku=of, before=before, limit=limit + 1)
            shown = found[:limit]
            more = shown[-1].id if len(found) > limit else None
            return Listing(
                rows=tuple(map(_proposal, shown)), names=sku_words(tx, (one.sku for one in shown)), next=more
            )

        return await deps.store.ask(read)

    @router.get("/purchases")
    async def purchases(
        status: make.PurchaseStatus | None = None,
        sku: str | None = None,
        supplier: str | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[PurchaseView]:
        """Purchases, newest first."""
        statuses = tuple(make.PurchaseStatus) if status is None else (status,)
        of, by = SkuId(sku) if sku else None, SupplierId(supplier) if supplier else None

        def read(tx: Tx) -> Listing[PurchaseView]:
            found = make.purchases_page(tx, statuses=statuses, sku=of, supplier=by, before=before, limit=limit + 1)
            shown = found[:limit]
            more = shown[-1].id if len(found) > limit else None
            names = {**sku_words(tx, (one.sku for one in shown)), **supplier_words(tx)}
            return Listing(rows=tuple(map(purchase_view, shown)), names=names, next=more)

        return await deps.store.ask(read)

    @router.get("/lines")
    async def lines() -> Listing[LineView]:
        """Every production line with what is planned on it from today."""
        return await deps.store.ask(_lines)

    return router


def _proposal(one: decide.Proposal) -> ProposalView:
    return ProposalView(
        id=one.id,
        kind=one.kind,
        sku=one.sku,
        qty=one.qty,
        need_day=one.need_day.iso(),
        cost_fen=one.cost_fen,
        reason=said(one.reason),
        status=one.status,
        made_ms=one.made_at.ms,
    )


def purchase_view(one: make.Purchase) -> PurchaseView:
    """A purchase as a row."""
    return PurchaseView(
        id=one.id,
        supplier=one.supplier,
        sku=one.sku,
        qty=one.qty,
        received_qty=one.received_qty,
        placed_day=one.placed_day.iso(),
        expected_day=one.expected_day.iso(),
        promised_day=one.promised_day.iso(),
        late_days=one.promised_day.since(one.expected_day),
        status=one.status,
        cause=one.cause,
    )


def _work(one: make.WorkOrder) -> WorkView:
    return WorkView(
        id=one.id,
        sku=one.sku,
        qty=one.qty,
        done_qty=one.done_qty,
        line=one.line,
        start_day=one.start_day.iso(),
        due_day=one.due_day.iso(),
        status=one.status,
        cause=one.cause,
    )


def _lines(tx: Tx) -> Listing[LineView]:
    today = tx.now.day()
    works = make.open_work_orders(tx)
    rows = tuple(_line(tx, line, works, today=today) for line in make.lines(tx).values())
    return Listing(rows=rows, names={**line_words(tx), **sku_words(tx, (one.sku for one in works))}, next=None)


def _line(tx: Tx, line: make.Line, works: tuple[make.WorkOrder, ...], *, today: Day) -> LineView:
    first = today.plus(-DAYS_BACK)
    days = make.line_load(tx, line.id, first=first, last=first.plus(DAYS_SHOWN - 1))
    return LineView(
        line=line.id,
        daily_units=line.daily_units,
        first_day=first.iso(),
        load=tuple(day.planned for day in days),
        works=tuple(_work(one) for one in works if one.line == line.id),
    )
