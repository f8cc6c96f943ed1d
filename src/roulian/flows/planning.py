"""A plan for what was sold so far: forecasts, proposals and their reasons.

Nothing is written, and no transaction is open while it thinks; `nightly.py` is the story that acts on such plans.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from numpy.random import Generator

from roulian import decide, make, predict, sell, sense, stock
from roulian.store import Store, Tx
from roulian.words import Day, Refusal, SkuId, SupplierId


@dataclass(eq=False)
class NothingSold(Refusal):
    """There is no demand to plan from."""

    code: ClassVar[str] = "nothing_sold"
    zh: ClassVar[str] = "还没有销售记录。请先导入订单:roulian import orders 文件。"
    en: ClassVar[str] = "Nothing has been sold yet. Import orders first: roulian import orders FILE."


@dataclass(frozen=True, slots=True)
class Terms:
    """How a SKU is bought whose supplier nobody has entered: days to receipt, smallest order, case size."""

    lead_time_days: int
    moq: int
    multiple: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One SKU's forecast, what it needs, and the order proposed for it, if any. `product` is None when unnamed."""

    sku: SkuId
    product: sell.Product | None
    forecast: predict.Forecast
    need: decide.Need
    draft: decide.Draft | None


@dataclass(frozen=True, slots=True)
class _Seen:
    panel: sense.DemandPanel
    products: Mapping[SkuId, sell.Product]
    shelves: Mapping[SkuId, stock.Level]
    inbound: Mapping[SkuId, Sequence[make.Inbound]]
    sourcing: Mapping[SkuId, make.Sourcing]


def plan(store: Store, *, terms: Terms, level: float, horizon_days: int, rng: Generator) -> tuple[Planned, ...]:
    """A forecast and a replenishment for every SKU that sold, as of the evening of the last day with sales.

    `level` is the share of lead times without a stock-out, 0..1. Bulk lines are left out of the forecast, as every
    night. Raises `NothingSold`.
    """
    seen = store.read(partial(_seen, terms=terms))
    bands = predict.forecast(seen.panel.units, horizon_days=horizon_days, rng=rng)
    forecasts = (
        predict.Forecast(sku, sku, seen.panel.last, horizon_days, daily, cumulative)
        for sku, daily, cumulative in zip(seen.panel.skus, bands.daily, bands.cumulative, strict=True)
    )
    return tuple(_planned(seen, forecast, level=level) for forecast in forecasts)


def _planned(seen: _Seen, forecast: predict.Forecast, *, level: float) -> Planned:
    sku = forecast.sku
    need = decide.need(
        sku,
        today=forecast.made_day,
        shelf=seen.shelves.get(sku),
        inbound=seen.inbound.get(sku, ()),
        sourcing=seen.sourcing[sku],
        forecast=forecast,
        level=level,
    )
    return Planned(sku, seen.products.get(sku), forecast, need, decide.replenish(need))


def _seen(tx: Tx, *, terms: Terms) -> _Seen:
    span = sense.demand_span(tx)
    if span is None:
        raise NothingSold
    first, last = span
    skus = sense.sold_skus(tx, first=first, last=last)
    known = sell.skus(tx, skus)
    products = sell.products(tx, {sku.product for sku in known.values()})
    return _Seen(
        panel=sense.demand(tx, skus, first=first, last=last, spot_below=_bulk_lines(tx, skus, first, last)),
        products={sku.id: products[sku.product] for sku in known.values()},
        shelves=stock.levels(tx, skus),
        inbound=make.inbound(tx, skus),
        sourcing={**{sku: _terms_of(sku, known.get(sku), terms) for sku in skus}, **make.sourcing(tx, skus)},
    )


def _bulk_lines(tx: Tx, skus: Sequence[SkuId], first: Day, last: Day) -> Mapping[SkuId, int]:
    """The bulk lines set every night or, for imported SKUs, the ones their lines tell."""
    sizes = sense.line_sizes(tx, skus, first=first, last=last)
    told = {sku: decide.bulk_from(lines) for sku, lines in sizes.items()}
    return {**{sku: units for sku, units in told.items() if units is not None}, **decide.bulk_lines(tx, skus)}


def _terms_of(sku: SkuId, known: sell.Sku | None, terms: Terms) -> make.Sourcing:
    return make.Sourcing(
        sku=sku,
        supplier=SupplierId(""),
        moq=terms.moq,
        multiple=terms.multiple,
        unit_cost_fen=known.cost_fen if known else 0,
        lead_time_days=terms.lead_time_days,
    )
