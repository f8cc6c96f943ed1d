"""Presales: how full they are, and a new one opened."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from roulian import sell
from roulian.flows import presale
from roulian.store import Tx
from roulian.web.console.campaigns import NewCampaign, opening_of
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, Id, IdempotencyKey, IsoDay, Limit, Page, View, key_behind, page
from roulian.words import CampaignId, SkuId

LIST = "campaigns"


class CampaignView(View):
    """A presale: `paid_qty` units are paid, `opened_qty` of them are in the `lots_opened` lots already in production."""

    id: str
    sku: str
    price_fen: int
    status: str
    deadline_ms: int
    lot_qty: int
    lot_multiple: int
    paid_qty: int
    opened_qty: int
    lots_opened: int
    promised_day: IsoDay | None


class CampaignForm(NewCampaign):
    """A presale to open."""


def campaigns_router(deps: V1Deps) -> APIRouter:
    """/v1/campaigns."""
    router = APIRouter(tags=["campaigns"])

    @router.get("/v1/campaigns")
    async def campaigns(
        *, status: sell.CampaignStatus | None = None, sku: Id = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[CampaignView]:
        """Presales, newest first."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[CampaignView]:
            asked, before = SkuId(sku) if sku else None, after[0] if after else None
            found = sell.campaigns_page(tx, status=status, sku=asked, before=before, limit=limit + 1)
            return page(LIST, [_view(one) for one in found], keys=[(one.id,) for one in found], limit=limit)

        return await deps.store.ask(read)

    @router.get("/v1/campaigns/{campaign}")
    async def campaign(campaign: str) -> CampaignView:
        """One presale. Refused: campaign_not_found."""
        return _view(await deps.store.ask(lambda tx: sell.campaign(tx, CampaignId(campaign))))

    @router.post("/v1/campaigns", status_code=HTTPStatus.CREATED, response_model=CampaignView)
    async def publish(request: Request, form: CampaignForm, key: IdempotencyKey) -> Response:
        """Open a presale; refused with the reason when no lot can be made, or not within WeChat's term."""

        def work(tx: Tx) -> Made:
            opened = presale.publish(tx, opening_of(form))
            return Made(_view(sell.campaign(tx, opened.id)), HTTPStatus.CREATED)

        return await once(deps, request, key, work)

    return router


def _view(one: sell.Campaign) -> CampaignView:
    return CampaignView(
        id=one.id,
        sku=one.sku,
        price_fen=one.price_fen,
        status=one.status,
        deadline_ms=one.deadline_at.ms,
        lot_qty=one.lot_qty,
        lot_multiple=one.lot_multiple,
        paid_qty=one.paid_qty,
        opened_qty=one.opened_qty,
        lots_opened=one.lots_opened,
        promised_day=one.promise_day.iso() if one.promise_day else None,
    )
