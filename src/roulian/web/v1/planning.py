"""What is expected and what is proposed: the newest forecast of each SKU, and proposals with their reasons."""

from fastapi import APIRouter

from roulian import decide, predict, sell
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.shapes import Cursor, Id, IsoDay, Limit, Page, View, Words, key_behind, page
from roulian.words import SkuId

FORECASTS, PROPOSALS = "forecasts", "proposals"
_DECIMALS = 3


class ForecastView(View):
    """Demand of one SKU in units: `daily[h][q]` is quantile `quantiles[q]` of the day `first_day` + h alone."""

    sku: str
    made_day: IsoDay
    first_day: IsoDay
    quantiles: tuple[float, ...]
    daily: tuple[tuple[float, ...], ...]


class ProposalView(View):
    """A proposal: `qty` units of `sku` needed by `need_day`, what it costs, and why."""

    id: str
    kind: str
    sku: str
    qty: int
    need_day: IsoDay
    cost_fen: int
    reason: Words
    status: str
    made_ms: int


def planning_router(deps: V1Deps) -> APIRouter:
    """/v1/forecasts and /v1/proposals."""
    router = APIRouter(tags=["planning"])

    @router.get("/v1/forecasts")
    async def forecasts(sku: Id = None, cursor: Cursor = None, limit: Limit = 50) -> Page[ForecastView]:
        """The newest forecast of each SKU, by SKU; those never forecast are left out."""
        after = key_behind(cursor, FORECASTS)

        def read(tx: Tx) -> Page[ForecastView]:
            asked = sorted(sell.skus(tx, None if sku is None else [SkuId(sku)]))
            found = predict.latest(tx, [one for one in asked if after is None or one > after[0]])
            rows = [_forecast(found[one]) for one in sorted(found)[: limit + 1]]
            return page(FORECASTS, rows, keys=[(row.sku,) for row in rows], limit=limit)

        return await deps.store.ask(read)

    @router.get("/v1/proposals")
    async def proposals(
        status: decide.ProposalStatus | None = None, sku: Id = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ProposalView]:
        """Proposals, newest first."""
        after = key_behind(cursor, PROPOSALS)

        def read(tx: Tx) -> Page[ProposalView]:
            found = decide.proposals_page(
                tx,
                statuses=tuple(decide.ProposalStatus) if status is None else (status,),
                sku=SkuId(sku) if sku else None,
                before=after[0] if after else None,
                limit=limit + 1,
            )
            rows = [_proposal(one) for one in found]
            return page(PROPOSALS, rows, keys=[(row.id,) for row in rows], limit=limit)

        return await deps.store.ask(read)

    return router


def _forecast(one: predict.Forecast) -> ForecastView:
    return ForecastView(
        sku=one.sku,
        made_day=one.made_day.iso(),
        first_day=one.made_day.plus(1).iso(),
        quantiles=predict.QUANTILES,
        daily=tuple(map(tuple, one.daily.round(_DECIMALS).tolist())),
    )


def _proposal(one: decide.Proposal) -> ProposalView:
    return ProposalView(
        id=one.id,
        kind=one.kind,
        sku=one.sku,
        qty=one.qty,
        need_day=one.need_day.iso(),
        cost_fen=one.cost_fen,
        reason=Words(zh=one.reason.text("zh"), en=one.reason.text("en")),
        status=one.status,
        made_ms=one.made_at.ms,
    )
