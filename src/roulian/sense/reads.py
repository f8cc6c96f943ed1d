"""Questions about what came in. Arrays leave here as float64, days without rows as zeros."""

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from roulian.sense import tables
from roulian.sense.model import ArticleDay, DemandPanel, RegionDay, Sale, Signal, SignalDay, SignalKind, days_between
from roulian.store import Tx
from roulian.words.ids import ArticleId, MemberId, SkuId
from roulian.words.time import Day

_NUMBER = re.compile("[0-9]{1,18}")


def demand(
    tx: Tx,
    skus: Sequence[SkuId],
    *,
    first: Day,
    last: Day,
    spot_below: Mapping[SkuId, int] | None = None,
) -> DemandPanel:
    """Net units per SKU and day, `first`..`last` included; a SKU without sales is a row of zeros.

    With `spot_below`, lines of at least that many units of the SKU are left out: bulk orders get a date
    of their own and must not swell the shelf stock. Raises `BackwardsDays`.
    """
    units = np.zeros((len(skus), days_between(first, last)))
    row_of = {sku: i for i, sku in enumerate(skus)}
    column_of = {first.plus(j).iso(): j for j in range(units.shape[1])}
    span = {"skus": list(skus), "first": first.iso(), "last": last.iso()}
    for sku, day, net in tx.rows(tables.DEMAND_OF, **span):
        units[row_of[sku], column_of[day]] = float(net)
    if spot_below:
        for sku, day, line in tx.rows(tables.LARGE_LINES, least=min(spot_below.values()), **span):
            if line >= spot_below.get(sku, line + 1):
                units[row_of[sku], column_of[day]] -= line
    return DemandPanel(tuple(skus), first, units)


def units_on(
    tx: Tx, skus: Sequence[SkuId], *, day: Day, spot_below: Mapping[SkuId, int] | None = None
) -> Mapping[SkuId, float]:
    """Net units of each SKU sold on `day`, bulk lines left out as in `demand`; 0 where nothing was."""
    panel = demand(tx, skus, first=day, last=day, spot_below=spot_below)
    return {sku: float(units) for sku, units in zip(skus, panel.units[:, 0], strict=True)}


def line_sizes(tx: Tx, skus: Sequence[SkuId], *, first: Day, last: Day) -> Mapping[SkuId, NDArray[np.float64]]:
    """The units of each sales line of each SKU, smallest first, lines taken back left out; an empty array without any."""
    found: dict[SkuId, list[tuple[int, int]]] = {sku: [] for sku in skus}
    for sku, units, lines in tx.rows(tables.LINE_SIZES, skus=list(skus), first=first.iso(), last=last.iso()):
        found[sku].append((units, lines))
    return {sku: np.repeat(*np.array(sizes or [(0, 0)]).T).astype(np.float64) for sku, sizes in found.items()}


def sold_skus(tx: Tx, *, first: Day, last: Day) -> tuple[SkuId, ...]:
    """Every SKU with net sales in `first`..`last`, in the order of its id."""
    return tuple(SkuId(row[0]) for row in tx.rows(tables.SOLD_SKUS, first=first.iso(), last=last.iso()))


def demand_span(tx: Tx) -> tuple[Day, Day] | None:
    """The first and the last day with sales; None before the first sale."""
    row = tx.one(tables.SPAN)
    return None if row is None or row[0] is None else (Day.parse(row[0]), Day.parse(row[1]))


def region_demand(tx: Tx, sku: SkuId, *, first: Day, last: Day) -> tuple[RegionDay, ...]:
    """Net units and lines of one SKU by region and day, by day; days without sales are left out."""
    return tuple(
        tables.region_day(row) for row in tx.rows(tables.REGION_DEMAND, sku=sku, first=first.iso(), last=last.iso())
    )


def signal_days(tx: Tx, *, first: Day, last: Day, sku: SkuId | None = None) -> tuple[SignalDay, ...]:
    """Signals counted by day and kind, of one SKU or of all, by day."""
    span = {"first": first.iso(), "last": last.iso()}
    rows = tx.rows(tables.SIGNAL_DAYS_ALL, **span) if sku is None else tx.rows(tables.SIGNAL_DAYS_OF, sku=sku, **span)
    return tuple(tables.signal_day(row, sku) for row in rows)


def signals_page(
    tx: Tx,
    *,
    sku: SkuId | None = None,
    kind: SignalKind | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Signal, ...]:
    """Signals of people, newest first, at most `limit`, older than that of number `before`."""
    if before is not None and not _NUMBER.fullmatch(before):
        return ()
    after = None if before is None else int(before)
    rows = tx.rows(tables.SIGNALS_PAGE, sku=sku, kind=kind, before=after, limit=limit)
    return tuple(tables.signal(row) for row in rows)


def signals_of(tx: Tx, members: Collection[MemberId]) -> tuple[Signal, ...]:
    """Every signal of these members that is still known to be theirs, oldest first. Reads all signals."""
    return tuple(tables.signal(row) for row in tx.rows(tables.SIGNALS_OF, members=list(members)))


def sales_page(
    tx: Tx,
    *,
    sku: SkuId | None = None,
    region: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Sale, ...]:
    """Sales lines, newest day first, at most `limit`, before the source `before`."""
    rows = tx.rows(tables.SALES_PAGE, sku=sku, region=region, before=before, limit=limit)
    return tuple(tables.sale(row) for row in rows)


def article_days(tx: Tx, articles: Collection[ArticleId], *, first: Day, last: Day) -> tuple[ArticleDay, ...]:
    """Readers and sharers of these articles by day."""
    rows = tx.rows(tables.ARTICLE_DAYS_OF, articles=list(articles), first=first.iso(), last=last.iso())
    return tuple(tables.article_day(row) for row in rows)
