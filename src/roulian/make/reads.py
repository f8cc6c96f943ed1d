"""Questions about supply."""

from collections.abc import Collection, Mapping

from roulian.make import tables
from roulian.make.model import (
    OPEN_PURCHASES,
    OPEN_WORK,
    PLANNING_DAYS,
    Delivery,
    Inbound,
    Line,
    LineDay,
    LineId,
    MaterialUse,
    Purchase,
    PurchaseStatus,
    Recipe,
    Sourcing,
    Supplier,
    UnknownPurchase,
    UnknownWork,
    WorkOrder,
    WorkStatus,
)
from roulian.store import Tx
from roulian.words.ids import PurchaseId, SkuId, SupplierId, WorkOrderId
from roulian.words.time import Day


def suppliers(tx: Tx) -> Mapping[SupplierId, Supplier]:
    """Every supplier."""
    return {SupplierId(row[0]): tables.supplier(row) for row in tx.rows(tables.SUPPLIERS_OF)}


def lines(tx: Tx) -> Mapping[LineId, Line]:
    """Every production line."""
    return {LineId(row[0]): Line(LineId(row[0]), row[1], row[2], row[3]) for row in tx.rows(tables.LINES_OF)}


def sourcing(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, Sourcing]:
    """Where each SKU is best bought: the cheapest supplier, then the fastest; SKUs nobody sells are absent."""
    found: dict[SkuId, Sourcing] = {}
    for row in tx.rows(tables.SOURCING_OF, skus=list(skus)):
        found.setdefault(SkuId(row[0]), tables.sourcing(row))
    return found


def recipes(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, Recipe]:
    """How each SKU is made, with the lead time of its slowest material; SKUs not made are absent."""
    bills: dict[SkuId, dict[SkuId, int]] = {}
    for sku, material, per_unit in tx.rows(tables.MATERIALS_OF, skus=list(skus)):
        bills.setdefault(sku, {})[material] = per_unit
    sources = sourcing(tx, sorted({material for bill in bills.values() for material in bill}))
    found: dict[SkuId, Recipe] = {}
    for sku, line, setup_cost_fen in tx.rows(tables.RECIPES_OF, skus=list(skus)):
        bill = bills.get(sku, {})
        slowest = max((sources[material].lead_time_days for material in bill if material in sources), default=0)
        found[sku] = Recipe(sku, LineId(line), setup_cost_fen, bill, slowest)
    return found


def inbound(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, tuple[Inbound, ...]]:
    """What is on the way for each SKU, earliest first: the rest of open purchases, and open work orders whole.

    A work order's units come in together once it is done. SKUs with nothing on the way are absent.
    """
    rows = tx.rows(
        tables.INBOUND,
        skus=list(skus),
        purchase_statuses=[status.value for status in OPEN_PURCHASES],
        work_statuses=[status.value for status in OPEN_WORK],
    )
    found: dict[SkuId, list[Inbound]] = {}
    for row in rows:
        found.setdefault(SkuId(row[0]), []).append(tables.inbound(row))
    return {sku: tuple(sorted(coming, key=lambda i: (i.day, i.source))) for sku, coming in found.items()}


def line_load(tx: Tx, line: LineId, *, first: Day, last: Day) -> tuple[LineDay, ...]:
    """What is planned on the line, and what it can still make, on every day `first`..`last`."""
    return _days(tx, {line}, first=first, last=last).get(line, ())


def free_capacity(
    tx: Tx, recipes: Collection[Recipe], *, first: Day, days: int = PLANNING_DAYS
) -> Mapping[SkuId, tuple[LineDay, ...]]:
    """What the line of each recipe can still make on each of `days` days from `first`."""
    by_line = _days(tx, {recipe.line for recipe in recipes}, first=first, last=first.plus(days - 1))
    return {recipe.sku: by_line.get(recipe.line, ()) for recipe in recipes}


def purchase(tx: Tx, ident: PurchaseId) -> Purchase:
    """The purchase of this id. Raises `UnknownPurchase`."""
    row = tx.one(tables.PURCHASE, id=ident)
    if row is None:
        raise UnknownPurchase(ident)
    return tables.purchase(row)


def purchases(tx: Tx, ids: Collection[PurchaseId]) -> Mapping[PurchaseId, Purchase]:
    """The purchases of these ids that exist."""
    found = (tables.purchase(row) for row in tx.rows(tables.PURCHASES_OF, ids=list(ids)))
    return {purchase.id: purchase for purchase in found}


def purchases_page(
    tx: Tx,
    *,
    statuses: Collection[PurchaseStatus] = tuple(PurchaseStatus),
    sku: SkuId | None = None,
    supplier: SupplierId | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Purchase, ...]:
    """Purchases in one of `statuses`, newest first, at most `limit`, older than the id `before`."""
    rows = tx.rows(
        tables.PURCHASES_PAGE,
        statuses=[status.value for status in statuses],
        sku=sku,
        supplier=supplier,
        before=before,
        limit=limit,
    )
    return tuple(tables.purchase(row) for row in rows)


def open_purchases(tx: Tx, *, limit: int = 500) -> tuple[Purchase, ...]:
    """Purchases not fully received, oldest first, at most `limit`."""
    statuses = [status.value for status in OPEN_PURCHASES]
    return tuple(tables.purchase(row) for row in tx.rows(tables.OLDEST_PURCHASES, statuses=statuses, limit=limit))


def work_order(tx: Tx, ident: WorkOrderId) -> WorkOrder:
    """The work order of this id. Raises `UnknownWork`."""
    row = tx.one(tables.WORK_ORDER, id=ident)
    if row is None:
        raise UnknownWork(ident)
    return tables.work_order(row)


def work_orders(tx: Tx, ids: Collection[WorkOrderId]) -> Mapping[WorkOrderId, WorkOrder]:
    """The work orders of these ids that exist."""
    found = (tables.work_order(row) for row in tx.rows(tables.WORK_ORDERS_OF, ids=list(ids)))
    return {work.id: work for work in found}


def work_page(
    tx: Tx,
    *,
    statuses: Collection[WorkStatus] = tuple(WorkStatus),
    sku: SkuId | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[WorkOrder, ...]:
    """Work orders in one of `statuses`, newest first, at most `limit`, older than the id `before`."""
    rows = tx.rows(
        tables.WORK_PAGE, statuses=[status.value for status in statuses], sku=sku, before=before, limit=limit
    )
    return tuple(tables.work_order(row) for row in rows)


def open_work_orders(tx: Tx, *, limit: int = 500) -> tuple[WorkOrder, ...]:
    """Work orders not done, oldest first, at most `limit`."""
    statuses = [status.value for status in OPEN_WORK]
    return tuple(tables.work_order(row) for row in tx.rows(tables.OLDEST_WORK, statuses=statuses, limit=limit))


def work_using(tx: Tx, material: SkuId) -> tuple[MaterialUse, ...]:
    """Work orders not done that take the material, the first to start first."""
    rows = tx.rows(tables.WORK_USING, statuses=[status.value for status in OPEN_WORK], of_material=material)
    return tuple(MaterialUse(tables.work_order(row), row[-1]) for row in rows)


def delivery(tx: Tx, number: str) -> Delivery:
    """What came in under the delivery's `number`, as `PurchaseReceived` tells it. Raises `UnknownPurchase`."""
    purchase, _, source = number.partition("/")
    row = tx.one(tables.ARRIVAL, of_purchase=purchase, of_source=source)
    if row is None:
        raise UnknownPurchase(purchase)
    return tables.delivery(row)


def _days(tx: Tx, wanted: Collection[LineId], *, first: Day, last: Day) -> Mapping[LineId, tuple[LineDay, ...]]:
    rows = tx.rows(tables.LINE_LOADS, lines=sorted(wanted), first=first.iso(), last=last.iso())
    planned = {(row[0], row[1]): (row[2], row[3]) for row in rows}
    days = [first.plus(n) for n in range(last.since(first) + 1)]
    found: dict[LineId, tuple[LineDay, ...]] = {}
    for line in lines(tx).values():
        if line.id in wanted:
            loads = [(day, *planned.get((line.id, day.iso()), (0, line.daily_units))) for day in days]
            found[line.id] = tuple(LineDay(day, used, most - used) for day, used, most in loads)
    return found


def purchase_counts(tx: Tx, *, first: Day, last: Day) -> Mapping[str, int]:
    """Purchases placed from `first` to `last`, both included, by where they stand now."""
    return {row[0]: row[1] for row in tx.rows(tables.PURCHASES_BY_STATUS, first=first.iso(), last=last.iso())}


def work_counts(tx: Tx) -> Mapping[str, int]:
    """Work orders by where they stand now."""
    return {row[0]: row[1] for row in tx.rows(tables.WORK_BY_STATUS)}
