"""Shipments: read by page or by order, and goods handed over before the warehouse's next round."""

from fastapi import APIRouter, Request, Response

from roulian import deliver, sell, stock
from roulian.flows import fulfil
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, IdempotencyKey, Limit, Page, View, key_behind, page
from roulian.words import OrderId, Refusal

LIST = "shipments"


class NotReady(Refusal):
    """The order is not paid, has left, or waits for goods."""

    code = "not_ready_to_ship"
    zh = "这张订单现在不能发货:未付款、已发货,或仍有商品未备齐。请先查看订单和备货状态。"
    en = (
        "This order cannot be shipped now: it is unpaid, has left, or waits for goods. Look at the order and its stock."
    )


class StepView(View):
    """One report of the carrier; `code` is WeChat's logistics code."""

    code: int
    at_ms: int


class ItemView(View):
    """So many units of a SKU in a parcel."""

    sku: str
    qty: int


class ShipmentView(View):
    """A parcel of an order; `waybill` and `carrier` are empty while it stands packed, or is collected."""

    id: str
    order: str
    way: str
    place: str
    items: tuple[ItemView, ...]
    waybill: str
    carrier: str
    status: str
    shipped_ms: int | None
    signed_ms: int | None
    path: tuple[StepView, ...]


def shipments_router(deps: V1Deps) -> APIRouter:
    """/v1/shipments and /v1/orders/{order}/shipments."""
    router = APIRouter(tags=["shipments"])

    @router.get("/v1/shipments")
    async def shipments(
        status: deliver.ShipmentStatus | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ShipmentView]:
        """Parcels, newest first."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[ShipmentView]:
            asked = tuple(deliver.ShipmentStatus) if status is None else (status,)
            before = after[0] if after else None
            found = deliver.shipments_page(tx, statuses=asked, before=before, limit=limit + 1)
            return page(LIST, [_view(one) for one in found], keys=[(one.id,) for one in found], limit=limit)

        return await deps.store.ask(read)

    @router.get("/v1/orders/{order}/shipments")
    async def of_order(order: str) -> Page[ShipmentView]:
        """The parcels of one order. Refused: order_not_found."""
        return await deps.store.ask(lambda tx: _of_order(tx, sell.order(tx, OrderId(order)).id))

    @router.post("/v1/orders/{order}/shipments", response_model=Page[ShipmentView])
    async def hand_over(request: Request, order: str, key: IdempotencyKey) -> Response:
        """The order's goods leave now, not at the warehouse's next round. Refused: order_not_found, not_ready_to_ship."""

        def work(tx: Tx) -> Made:
            known = sell.order(tx, OrderId(order))
            if known.status is not sell.OrderStatus.PAID or not stock.is_filled(tx, known.id):
                raise NotReady
            fulfil.ship(tx, known.id)
            return Made(_of_order(tx, known.id))

        return await once(deps, request, key, work)

    return router


def _of_order(tx: Tx, order: OrderId) -> Page[ShipmentView]:
    found = deliver.shipments(tx, [order])
    return Page(data=tuple(map(_view, found.get(order, ()))), next=None)


def _view(one: deliver.Shipment) -> ShipmentView:
    return ShipmentView(
        id=one.id,
        order=one.order,
        way=one.way,
        place=one.place,
        items=tuple(ItemView(sku=item.sku, qty=item.qty) for item in one.items),
        waybill=one.waybill,
        carrier=one.carrier,
        status=one.status,
        shipped_ms=one.shipped_at.ms if one.shipped_at else None,
        signed_ms=one.signed_at.ms if one.signed_at else None,
        path=tuple(StepView(code=step.action, at_ms=step.at.ms) for step in one.path),
    )
