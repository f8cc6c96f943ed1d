"""Orders: one truth per order, put together from the stages that each hold a part of it."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from roulian import decide, deliver, sell, stock, tell
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import sku_words
from roulian.web.console.parcels import ParcelView, parcel_view
from roulian.web.console.shapes import Before, IsoDay, Limit, Listing, View, Words, said
from roulian.words import CampaignId, Day, MemberId, OrderId, SkuId


class LineItem(View):
    """One line of an order; `price_fen` is the price of one unit, `discount_fen` comes off the line. `is_dropped` once given back with a missed presale."""

    sku: str
    qty: int
    price_fen: int
    discount_fen: int
    campaign: str | None
    is_dropped: bool


class OrderRow(View):
    """An order in a list; `was_day` is the first promise where it has moved since.

    `deposit_fen` is asked first, 0 for all; `due_fen` may be paid now, until `due_by_ms`.
    """

    id: str
    member: str
    region: str
    status: str
    total_fen: int
    deposit_fen: int
    paid_fen: int
    returned_fen: int
    due_fen: int
    due_by_ms: int | None
    lines: tuple[LineItem, ...]
    placed_ms: int
    paid_ms: int | None
    promised_day: IsoDay | None
    was_day: IsoDay | None


class PromiseStep(View):
    """One promise of the ledger: the date, what it stands on, why, since when; `kept` once the parcel left."""

    sku: str
    qty: int
    day: IsoDay
    source: str
    reason: Words
    made_ms: int
    is_current: bool
    kept: bool | None


class ClaimView(View):
    """What the order holds or waits for on the shelf."""

    sku: str
    qty: int
    held: int
    status: str


class OrderNotice(View):
    """A notice about this order."""

    id: str
    scenario: str
    status: str
    door: str | None
    text: Words
    made_ms: int
    sent_ms: int | None


class OrderDetail(View):
    """Everything that is true of one order; `filed_until_ms`: WeChat knows that it ships late, by then."""

    order: OrderRow
    promises: tuple[PromiseStep, ...]
    claims: tuple[ClaimView, ...]
    parcels: tuple[ParcelView, ...]
    filed_until_ms: int | None
    notices: tuple[OrderNotice, ...]
    names: Mapping[str, Words]


def orders_router(deps: ConsoleDeps) -> APIRouter:
    """GET /orders and /orders/{id}."""
    router = APIRouter()

    @router.get("/orders")
    async def orders(
        *,
        status: sell.OrderStatus | None = None,
        sku: str | None = None,
        member: str | None = None,
        campaign: str | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[OrderRow]:
        """Orders that match every filter given, newest first."""
        filters = {
            "status": status,
            "sku": SkuId(sku) if sku else None,
            "member": MemberId(member) if member else None,
            "campaign": CampaignId(campaign) if campaign else None,
        }
        return await deps.store.ask(lambda tx: _page(tx, filters, before=before, limit=limit))

    @router.get("/orders/{ident}")
    async def order(ident: str) -> OrderDetail:
        """Everything that is true of one order."""
        return await deps.store.ask(lambda tx: _detail(tx, OrderId(ident)))

    return router


def _page(tx: Tx, filters: Mapping[str, str | None], *, before: str | None, limit: int) -> Listing[OrderRow]:
    found = sell.orders_page(tx, **filters, before=before, limit=limit + 1)  # type: ignore[arg-type]
    shown = found[:limit]
    return Listing(
        rows=order_rows(tx, shown),
        names=sku_words(tx, (line.sku for order in shown for line in order.lines)),
        next=shown[-1].id if len(found) > limit else None,
    )


def order_rows(tx: Tx, orders: Sequence[sell.Order]) -> tuple[OrderRow, ...]:
    """Orders as rows of a list, each with its first promise where it has moved."""
    first = decide.first_days(tx, [order.id for order in orders])
    return tuple(_row(order, first.get(order.id)) for order in orders)


def _row(order: sell.Order, first: Day | None) -> OrderRow:
    due = order.due()
    return OrderRow(
        id=order.id,
        member=order.member,
        region=order.region,
        status=order.status,
        total_fen=order.total_fen,
        deposit_fen=order.deposit_fen,
        paid_fen=order.paid_fen,
        returned_fen=order.returned_fen,
        due_fen=due.fen if due else 0,
        due_by_ms=due.by.ms if due else None,
        lines=tuple(
            LineItem(
                sku=line.sku,
                qty=line.qty,
                price_fen=line.price_fen,
                discount_fen=line.discount_fen,
                campaign=line.campaign,
                is_dropped=line.is_dropped,
            )
            for line in order.lines
        ),
        placed_ms=order.placed_at.ms,
        paid_ms=order.paid_at.ms if order.paid_at else None,
        promised_day=order.promised_day.iso(),
        was_day=first.iso() if first and first != order.promised_day else None,
    )


def _detail(tx: Tx, ident: OrderId) -> OrderDetail:
    order = sell.order(tx, ident)
    return OrderDetail(
        order=order_rows(tx, [order])[0],
        promises=_promises(tx, ident),
        claims=tuple(
            ClaimView(sku=claim.sku, qty=claim.qty, held=claim.held, status=claim.status)
            for claim in stock.claims(tx, [ident]).get(ident, ())
        ),
        parcels=tuple(map(parcel_view, deliver.shipments(tx, [ident]).get(ident, ()))),
        filed_until_ms=max((at.ms for at in deliver.filed_until(tx, [ident]).values()), default=None),
        notices=tuple(
            OrderNotice(
                id=notice.id,
                scenario=notice.scenario,
                status=notice.status,
                door=notice.door,
                text=said(notice),
                made_ms=notice.made_at.ms,
                sent_ms=notice.sent_at.ms if notice.sent_at else None,
            )
            for notice in tell.notices_page(tx, about=ident)
        ),
        names=sku_words(tx, (line.sku for line in order.lines)),
    )


def _promises(tx: Tx, ident: OrderId) -> tuple[PromiseStep, ...]:
    history = decide.promise_history(tx, ident)
    newest = max((entry.version for entry in history), default=0)
    return tuple(
        PromiseStep(
            sku=entry.promise.sku,
            qty=entry.promise.qty,
            day=entry.promise.day.iso(),
            source=entry.promise.source,
            reason=said(entry.promise.reason),
            made_ms=entry.made_at.ms,
            is_current=entry.version == newest,
            kept=entry.kept,
        )
        for entry in reversed(history)
    )
