"""Shipping: parcels, their waybills and labels, and what leaves before the rest."""

from fastapi import APIRouter, Request

from roulian import deliver, people, sell, tell
from roulian.flows import fulfil, waybills
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.guard import caller_of
from roulian.web.console.names import sku_words
from roulian.web.console.parcels import ParcelView, changed, parcel_view
from roulian.web.console.shapes import Before, Limit, Listing, View
from roulian.words import OrderId


class HandOver(View):
    """A number of one's own: WeChat's code of the carrier, and the waybill; both empty for the waybill that was made."""

    carrier: str = ""
    waybill: str = ""


class ForAccount(View):
    """The carrier account a waybill is made on; empty for the brand's usual one."""

    account: str = ""


class LabelView(View):
    """A waybill to be printed: its HTML in base64, as WeChat gave it."""

    waybill: str
    carrier: str
    html_base64: str
    is_void: bool


def shipping_router(deps: ConsoleDeps) -> APIRouter:
    """GET /shipments and what is done to a parcel: waybill, label, hand-over."""
    router = APIRouter()

    @router.get("/shipments")
    async def shipments(
        *,
        status: deliver.ShipmentStatus | None = None,
        place: str | None = None,
        way: deliver.Way | None = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Listing[ParcelView]:
        """Parcels that match every filter given, newest first."""
        statuses = tuple(deliver.ShipmentStatus) if status is None else (status,)

        def read(tx: Tx) -> Listing[ParcelView]:
            found = deliver.shipments_page(tx, statuses=statuses, place=place, way=way, before=before, limit=limit + 1)
            return _listing(tx, found, limit=limit)

        return await deps.store.ask(read)

    @router.get("/shipments/{ident}")
    async def shipment(ident: str) -> ParcelView:
        """One parcel with its way."""
        return await deps.store.ask(lambda tx: parcel_view(deliver.shipment(tx, ident)))

    @router.post("/shipments/{ident}/waybill")
    async def waybill(ident: str, wanted: ForAccount) -> ParcelView:
        """Have WeChat's logistics assistant make the packed parcel's waybill."""
        return await changed(deps, ident, lambda tx: fulfil.label(tx, ident, account=_account(tx, wanted)))

    @router.post("/shipments/{ident}/waybill/cancel")
    async def cancel_waybill(ident: str) -> ParcelView:
        """Have the packed parcel's waybill made void; it stands packed without one once WeChat has said so."""
        return await changed(deps, ident, lambda tx: waybills.cancel(tx, ident))

    @router.post("/shipments/{ident}/label")
    async def label(ident: str, request: Request) -> LabelView:
        """The waybill to be printed. It bears the receiver's address, so the reading is written down."""
        return await _label(deps, ident, reader=caller_of(request).id)

    @router.post("/shipments/{ident}/hand-over")
    async def hand_over(ident: str, number: HandOver) -> ParcelView:
        """The packed parcel leaves with its carrier."""
        return await changed(
            deps, ident, lambda tx: fulfil.hand_over(tx, ident, carrier=number.carrier, waybill=number.waybill)
        )

    @router.post("/orders/{ident}/split")
    async def split(ident: str) -> Listing[ParcelView]:
        """Have what is ready of the order leave now, before the rest."""

        def work(tx: Tx) -> Listing[ParcelView]:
            order = OrderId(ident)
            fulfil.split(tx, order)
            found = deliver.shipments(tx, [order])[order]
            return _listing(tx, found, limit=len(found))

        return await deps.store.run(work, cause="console.split")

    return router


def _listing(tx: Tx, found: tuple[deliver.Shipment, ...], *, limit: int) -> Listing[ParcelView]:
    shown = found[:limit]
    return Listing(
        rows=tuple(map(parcel_view, shown)),
        names=sku_words(tx, (item.sku for parcel in shown for item in parcel.items)),
        next=shown[-1].id if len(found) > limit else None,
    )


def _account(tx: Tx, wanted: ForAccount) -> str:
    return wanted.account or deliver.terms(tx).account or ""


async def _label(deps: ConsoleDeps, ident: str, *, reader: str) -> LabelView:
    def look(tx: Tx) -> tuple[deliver.Shipment, str]:
        parcel = deliver.shipment(tx, ident)
        if not parcel.is_labelled():
            raise deliver.LabelNotNow(parcel.id, parcel.label.status)
        member = sell.order(tx, parcel.order).member
        people.note_reading(tx, [member], reader=reader, fields=[people.Personal.ADDRESS], purpose=people.Purpose.ORDER)
        mini = next(one.appid for one in tell.accounts(tx) if one.kind is tell.AccountKind.MINI_PROGRAM)
        return parcel, mini

    assert deps.accounts is not None
    parcel, appid = await deps.store.run(look, cause="console.label")
    found = await deps.accounts.wechat.waybills.find(appid, key=parcel.label_key(), delivery_id=parcel.carrier)
    if found is None:
        raise deliver.UnknownWaybill(parcel.waybill)
    return LabelView(
        waybill=found.number, carrier=found.delivery_id, html_base64=found.label_html, is_void=found.is_void
    )
