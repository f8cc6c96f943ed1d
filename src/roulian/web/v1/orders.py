"""Orders: read, given up while unpaid, and part of their money given back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from roulian import sell
from roulian.flows import checkout
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.guard import caller_of
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, Id, IdempotencyKey, IsoDay, Limit, Page, View, key_behind, page
from roulian.words import CampaignId, MemberId, OrderId, SkuId

LIST = "orders"
MOST_FEN = 10**12
WHY = "api"


class LineView(View):
    """One line; `price_fen` is the price of one unit, `discount_fen` comes off the whole line."""

    sku: str
    qty: int
    price_fen: int
    discount_fen: int
    campaign: str | None


class OrderView(View):
    """An order: `paid_fen` came in (with a `deposit_fen` the rest is due by `balance_by_ms`), `returned_fen` is owed back.

    `member` names the buyer and says nothing more of them.
    """

    id: str
    member: str
    region: str
    status: str
    lines: tuple[LineView, ...]
    total_fen: int
    deposit_fen: int
    paid_fen: int
    returned_fen: int
    promised_day: IsoDay
    balance_by_ms: int | None
    placed_ms: int
    paid_ms: int | None


class RefundForm(View):
    """So much of an order's money goes back to its buyer."""

    amount_fen: Annotated[int, Field(ge=1, le=MOST_FEN)]


class RefundView(View):
    """Money on its way back, under this number; `due_ms` is when WeChat Pay is asked for it."""

    number: str
    order: str
    amount_fen: int
    due_ms: int


def orders_router(deps: V1Deps) -> APIRouter:
    """/v1/orders."""
    router = APIRouter(tags=["orders"])

    @router.get("/v1/orders")
    async def orders(
        *,
        status: sell.OrderStatus | None = None,
        sku: Id = None,
        member: Id = None,
        campaign: Id = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[OrderView]:
        """Orders that match every filter given, newest first."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[OrderView]:
            found = sell.orders_page(
                tx,
                status=status,
                sku=SkuId(sku) if sku else None,
                member=MemberId(member) if member else None,
                campaign=CampaignId(campaign) if campaign else None,
                before=after[0] if after else None,
                limit=limit + 1,
            )
            return page(LIST, [order_view(one) for one in found], keys=[(one.id,) for one in found], limit=limit)

        return await deps.store.ask(read)

    @router.get("/v1/orders/{order}")
    async def order(order: str) -> OrderView:
        """One order. Refused: order_not_found."""
        return order_view(await deps.store.ask(lambda tx: sell.order(tx, OrderId(order))))

    @router.post("/v1/orders/{order}/cancel", response_model=OrderView)
    async def cancel(request: Request, order: str, key: IdempotencyKey) -> Response:
        """The order given up; only while it is unpaid. Refused: order_not_found, not_cancellable."""

        def work(tx: Tx) -> Made:
            checkout.cancel(tx, OrderId(order))
            return Made(order_view(sell.order(tx, OrderId(order))))

        return await once(deps, request, key, work)

    @router.post("/v1/orders/{order}/refunds", status_code=HTTPStatus.CREATED, response_model=RefundView)
    async def refund(request: Request, order: str, form: RefundForm, key: IdempotencyKey) -> Response:
        """Part of a paid order's money goes back; the order stands. Refused: not_refundable, too_much_back."""
        by = caller_of(request).id

        def work(tx: Tx) -> Made:
            number = tx.new_id("rfd")
            refunds = sell.refund_part(tx, OrderId(order), number=number, fen=form.amount_fen, why=f"{WHY}:{by}")
            owed = sell.as_one(refunds)
            view = RefundView(number=owed.number, order=order, amount_fen=owed.amount_fen, due_ms=owed.due_at.ms)
            return Made(view, HTTPStatus.CREATED)

        return await once(deps, request, key, work)

    return router


def order_view(order: sell.Order) -> OrderView:
    """An order as the API shows it."""
    return OrderView(
        id=order.id,
        member=order.member,
        region=order.region,
        status=order.status,
        lines=tuple(
            LineView(
                sku=line.sku,
                qty=line.qty,
                price_fen=line.price_fen,
                discount_fen=line.discount_fen,
                campaign=line.campaign,
            )
            for line in order.lines
        ),
        total_fen=order.total_fen,
        deposit_fen=order.deposit_fen,
        paid_fen=order.paid_fen,
        returned_fen=order.returned_fen,
        promised_day=order.promised_day.iso(),
        balance_by_ms=order.balance_by.ms if order.balance_by else None,
        placed_ms=order.placed_at.ms,
        paid_ms=order.paid_at.ms if order.paid_at else None,
    )
