"""Products: what sells, what is free, what is expected, what can be promised, and why."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from fastapi import APIRouter

from roulian import decide, make, predict, sell, sense, stock
from roulian.flows import supply
from roulian.store import Tx, trail
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.names import supplier_words
from roulian.web.console.shapes import IsoDay, View, Words, said
from roulian.web.errors import NotFound
from roulian.words import Day, Refusal, SkuId

LIST_DAYS = 28
"""Days of demand in the list."""
LIST_AHEAD_DAYS = 14
"""Days of forecast in the list."""
DETAIL_DAYS = 56
"""Days of demand and stock on a product's page."""
EARLIER_DAYS = 14
"""How old the forecast is that a product's page lays over what then happened."""
MOST_MOVES = 4_000
MOST_CROSSINGS = 20


class BandView(View):
    """A forecast by day from `first_day`, in units: low .05, mid .5, high .95; what is likely each day alone."""

    made_day: IsoDay
    first_day: IsoDay
    low: tuple[float, ...]
    mid: tuple[float, ...]
    high: tuple[float, ...]


class ProductRow(View):
    """One SKU: 28 days of demand, 14 of forecast, and its shelf. All quantities in units."""

    sku: str
    name: Words
    option: Words
    emoji: str
    colour: str
    mode: str
    price_fen: int
    demand: tuple[float, ...]
    forecast: BandView | None
    week_mid: float | None
    on_hand: int
    reserved: int
    waiting: int
    free: int
    safety: int
    is_below: bool
    inbound: int


class ProductList(View):
    """Every SKU, best sellers of the last 28 days first."""

    demand_first_day: IsoDay
    rows: tuple[ProductRow, ...]


class PromiseView(View):
    """What would be promised for one unit ordered now, and why."""

    day: IsoDay
    source: str
    reason: Words


class PurchasePoint(View):
    """A purchase on the time line: when it was placed, when the supplier says it comes."""

    id: str
    qty: int
    placed_day: IsoDay
    expected_day: IsoDay
    status: str


class Crossing(View):
    """The moment free stock fell below the safety line; `event` opens its tree."""

    event: str
    at_ms: int
    day: IsoDay
    free: int
    safety: int


class AnomalyView(View):
    """A day outside its earlier forecast's limits."""

    day: IsoDay
    actual: float
    low: float
    high: float


class RegionRow(View):
    """Units of the last 28 days bought in one region."""

    region: str
    units: int
    lines: int


class AccuracyView(View):
    """How the forecasts did when tested on the past; `naive_pinball` is the textbook formula's loss."""

    day: IsoDay
    horizon_days: int
    pinball: float
    naive_pinball: float
    coverage_95: float
    wape: float


class ProductDetail(View):
    """One SKU on one page: `demand[i]` and `stock[i]` belong to `first_day` + i; `stock` is units on hand at close."""

    product: ProductRow
    first_day: IsoDay
    demand: tuple[float, ...]
    stock: tuple[int | None, ...]
    forecast: BandView | None
    earlier: BandView | None
    crossings: tuple[Crossing, ...]
    purchases: tuple[PurchasePoint, ...]
    anomalies: tuple[AnomalyView, ...]
    regions: tuple[RegionRow, ...]
    promise: PromiseView | None
    supplier: str | None
    lead_time_days: int | None
    accuracy: AccuracyView | None
    names: Mapping[str, Words]


def products_router(deps: ConsoleDeps) -> APIRouter:
    """GET /products and /products/{sku}."""
    router = APIRouter()

    @router.get("/products")
    async def products() -> ProductList:
        """Every SKU, best sellers of the last 28 days first."""
        return await deps.store.ask(_list)

    @router.get("/products/{sku}")
    async def product(sku: str) -> ProductDetail:
        """One SKU: its past, its forecast, its shelf, its suppliers, and what could be promised now."""
        return await deps.store.ask(lambda tx: _detail(tx, SkuId(sku)))

    return router


def _list(tx: Tx) -> ProductList:
    skus = sell.skus(tx)
    last = tx.now.day()
    first = last.plus(1 - LIST_DAYS)
    rows = product_rows(tx, skus, first=first, last=last)
    return ProductList(
        demand_first_day=first.iso(), rows=tuple(sorted(rows, key=lambda row: (-sum(row.demand), row.sku)))
    )


def product_rows(tx: Tx, skus: Mapping[SkuId, sell.Sku], *, first: Day, last: Day) -> tuple[ProductRow, ...]:
    """The rows of these SKUs, with demand from `first` to `last`, in a few plural reads."""
    idents = list(skus)
    products = sell.products(tx, {sku.product for sku in skus.values()})
    panel = sense.demand(tx, idents, first=first, last=last)
    levels, inbound, forecasts = stock.levels(tx, idents), make.inbound(tx, idents), predict.latest(tx, idents)
    return tuple(
        _row(
            skus[ident],
            products[skus[ident].product],
            demand=panel.units[i],
            level=levels.get(ident),
            inbound=inbound.get(ident, ()),
            forecast=forecasts.get(ident),
        )
        for i, ident in enumerate(idents)
    )


def _row(
    sku: sell.Sku,
    product: sell.Product,
    *,
    demand: Sequence[float],
    level: stock.Level | None,
    inbound: tuple[make.Inbound, ...],
    forecast: predict.Forecast | None,
) -> ProductRow:
    return ProductRow(
        sku=sku.id,
        name=Words(zh=product.name_zh, en=product.name_en),
        option=Words(zh=sku.option_zh, en=sku.option_en),
        emoji=product.emoji,
        colour=product.colour,
        mode=sku.mode,
        price_fen=sku.price_fen,
        demand=tuple(float(units) for units in demand),
        forecast=band(forecast, days=LIST_AHEAD_DAYS) if forecast else None,
        week_mid=forecast.within(7, 0.5) if forecast else None,
        on_hand=level.on_hand if level else 0,
        reserved=level.reserved if level else 0,
        waiting=level.waiting if level else 0,
        free=level.net if level else 0,
        safety=level.safety if level else 0,
        is_below=level.is_under_line() if level else False,
        inbound=sum(one.qty for one in inbound),
    )


def band(forecast: predict.Forecast, *, days: int) -> BandView:
    """The first `days` of a forecast as three lines: .05, .5 and .95 of each day alone."""
    low, mid, high = (predict.QUANTILES.index(level) for level in (0.05, 0.5, 0.95))
    daily = np.round(forecast.daily[:days], 2)
    return BandView(
        made_day=forecast.made_day.iso(),
        first_day=forecast.made_day.plus(1).iso(),
        low=tuple(daily[:, low].tolist()),
        mid=tuple(daily[:, mid].tolist()),
        high=tuple(daily[:, high].tolist()),
    )


def _detail(tx: Tx, sku: SkuId) -> ProductDetail:
    skus = sell.skus(tx, [sku])
    if sku not in skus:
        raise NotFound
    last = tx.now.day()
    first = last.plus(1 - DETAIL_DAYS)
    source = make.sourcing(tx, [sku]).get(sku)
    now = predict.latest(tx, [sku]).get(sku)
    then = predict.latest(tx, [sku], before=last.plus(-EARLIER_DAYS)).get(sku)
    row = product_rows(tx, skus, first=last.plus(1 - LIST_DAYS), last=last)[0]
    tested = predict.accuracies(tx, limit=1)
    return ProductDetail(
        product=row,
        first_day=first.iso(),
        demand=tuple(sense.demand(tx, [sku], first=first, last=last).units[0].tolist()),
        stock=_closing(tx, sku, on_hand=row.on_hand, first=first, last=last),
        forecast=band(now, days=now.horizon_days) if now else None,
        earlier=band(then, days=EARLIER_DAYS + 1) if then else None,
        crossings=_crossings(tx, sku),
        purchases=tuple(
            PurchasePoint(
                id=one.id,
                qty=one.qty,
                placed_day=one.placed_day.iso(),
                expected_day=one.promised_day.iso(),
                status=one.status,
            )
            for one in make.purchases_page(tx, sku=sku)
        ),
        anomalies=tuple(
            AnomalyView(day=one.day.iso(), actual=one.actual, low=one.low, high=one.high)
            for one in predict.anomalies_page(tx, sku=sku)
        ),
        regions=_regions(tx, sku, first=last.plus(1 - LIST_DAYS), last=last),
        promise=_promise(tx, sku),
        supplier=source.supplier if source else None,
        lead_time_days=source.lead_time_days if source else None,
        accuracy=_accuracy(*tested[0]) if tested else None,
        names=supplier_words(tx),
    )


def _closing(tx: Tx, sku: SkuId, *, on_hand: int, first: Day, last: Day) -> tuple[int | None, ...]:
    """Units on hand at the close of each day, walked back from now; null before the ledger begins."""
    moves = stock.moves_page(tx, sku=sku, limit=MOST_MOVES)
    change: dict[Day, int] = {}
    for move in moves:
        change[move.moved_at.day()] = change.get(move.moved_at.day(), 0) + move.qty
    began = min(change, default=last.plus(1))
    closing: list[int | None] = []
    for back in range(last.since(first) + 1):
        day = last.plus(-back)
        closing.append(on_hand if day >= began else None)
        on_hand -= change.get(day, 0)
    return tuple(reversed(closing))


def _crossings(tx: Tx, sku: SkuId) -> tuple[Crossing, ...]:
    events = trail.events_of_kinds(tx, [stock.FellBelowSafety.kind()], limit=500)
    found = []
    for event in events:
        fact = msgspec.json.decode(event.body, type=stock.FellBelowSafety)
        if fact.sku == sku:
            found.append(
                Crossing(event=event.id, at_ms=event.at.ms, day=event.at.day().iso(), free=fact.net, safety=fact.safety)
            )
    return tuple(found[:MOST_CROSSINGS])


def _regions(tx: Tx, sku: SkuId, *, first: Day, last: Day) -> tuple[RegionRow, ...]:
    units: dict[str, int] = {}
    lines: dict[str, int] = {}
    for row in sense.region_demand(tx, sku, first=first, last=last):
        units[row.region] = units.get(row.region, 0) + row.units
        lines[row.region] = lines.get(row.region, 0) + row.lines
    ranked = sorted(units, key=lambda region: -units[region])
    return tuple(RegionRow(region=region, units=units[region], lines=lines[region]) for region in ranked)


def _promise(tx: Tx, sku: SkuId) -> PromiseView | None:
    """What one unit ordered now would be promised; None where nobody can say."""
    campaign = next(iter(sell.open_campaigns(tx, [sku]).values()), None)
    wanted = sell.Wanted(sku, 1, campaign.id if campaign else None)
    try:
        promise: decide.Promise = supply.promises(tx, [wanted])[0]
    except Refusal:
        return None
    return PromiseView(day=promise.day.iso(), source=promise.source, reason=said(promise.reason))


def _accuracy(day: Day, one: predict.Accuracy) -> AccuracyView:
    return AccuracyView(
        day=day.iso(),
        horizon_days=one.horizon_days,
        pinball=one.pinball,
        naive_pinball=one.naive_pinball,
        coverage_95=one.coverage_95,
        wape=one.wape,
    )
