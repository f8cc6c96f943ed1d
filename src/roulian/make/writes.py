"""What changes about supply: who and how, purchases and their replies, work orders and their progress."""

from collections.abc import Iterable

from roulian.make import tables
from roulian.make.events import (
    PurchaseConfirmed,
    PurchasePlaced,
    PurchaseReceived,
    SupplierDelayed,
    WorkDone,
    WorkOpened,
)
from roulian.make.model import (
    MOST_OVER_DELIVERY_RATIO,
    BelowMinimum,
    BrokenCase,
    Line,
    LineFull,
    LineId,
    MoreThanPlanned,
    NoRecipe,
    NothingDelivered,
    NotSourced,
    Purchase,
    PurchaseClosed,
    PurchaseStatus,
    Recipe,
    Sourcing,
    Supplier,
    TooMuchDelivered,
    UnknownPurchase,
    UnknownWork,
    WorkOrder,
    WorkStatus,
)
from roulian.store import Tx
from roulian.words.ids import CampaignId, PurchaseId, SkuId, SupplierId, WorkOrderId
from roulian.words.time import Day


def add_suppliers(tx: Tx, suppliers: Iterable[Supplier]) -> None:
    """Keep these suppliers; one known already takes the new name and lead time."""
    for who in suppliers:
        tx.run(
            tables.ADD_SUPPLIER,
            id=who.id,
            name_zh=who.name_zh,
            name_en=who.name_en,
            lead_time_days=who.lead_time_days,
        )


def add_sourcing(tx: Tx, sourcing: Iterable[Sourcing]) -> None:
    """Keep how SKUs are bought; terms known already are replaced."""
    for terms in sourcing:
        tx.run(
            tables.ADD_SOURCING,
            sku=terms.sku,
            supplier=terms.supplier,
            moq=terms.moq,
            multiple=terms.multiple,
            unit_cost_fen=terms.unit_cost_fen,
        )


def add_lines(tx: Tx, lines: Iterable[Line]) -> None:
    """Keep these lines; a new capacity holds for days nothing was planned on yet."""
    for line in lines:
        tx.run(
            tables.ADD_LINE,
            id=line.id,
            name_zh=line.name_zh,
            name_en=line.name_en,
            daily_units=line.daily_units,
        )


def add_recipes(tx: Tx, recipes: Iterable[Recipe]) -> None:
    """Keep how SKUs are made; a recipe known already is replaced with all its materials."""
    for recipe in recipes:
        tx.run(tables.ADD_RECIPE, sku=recipe.sku, line=recipe.line, setup_cost_fen=recipe.setup_cost_fen)
        tx.run(tables.DROP_MATERIALS, skus=[recipe.sku])
        for material, per_unit in sorted(recipe.materials.items()):
            tx.run(tables.ADD_MATERIAL, sku=recipe.sku, material=material, per_unit=per_unit)


def buy(tx: Tx, *, supplier: SupplierId, sku: SkuId, qty: int, for_: str) -> Purchase:
    """The purchase of `qty` units of `sku` for the cause `for_`; bought already, it stays the one it is.

    Raises `NotSourced`, `NothingDelivered`, `BelowMinimum`, `BrokenCase`.
    """
    terms = _terms(tx, sku, supplier)
    if qty < 1:
        raise NothingDelivered(sku, qty)
    if qty < terms.moq:
        raise BelowMinimum(sku, qty, terms.moq)
    if qty % terms.multiple:
        raise BrokenCase(sku, qty, terms.multiple)
    today, ident = tx.now.day(), PurchaseId(tx.new_id("pur"))
    if tx.run(
        tables.BUY,
        id=ident,
        supplier=supplier,
        sku=sku,
        qty=qty,
        placed_day=today.iso(),
        expected_day=today.plus(terms.lead_time_days).iso(),
        cause=for_,
    ):
        tx.emit(PurchasePlaced(ident, sku, qty))
        return _purchase(tx, ident)
    row = tx.one(tables.PURCHASE_FOR, cause=for_, sku=sku)
    assert row is not None
    return tables.purchase(row)


def reply(tx: Tx, purchase: PurchaseId, *, day: Day) -> Purchase:
    """The purchase with the supplier's day. A later one than before is a delay, said once; others confirm.

    The same reply again changes nothing. Raises `UnknownPurchase`, `PurchaseClosed`.
    """
    was = _purchase(tx, purchase)
    if was.status is PurchaseStatus.RECEIVED:
        raise PurchaseClosed(purchase)
    if was.promised_day == day and was.status is not PurchaseStatus.PLACED:
        return was
    status = PurchaseStatus.LATE if day > was.expected_day else PurchaseStatus.CONFIRMED
    if not tx.run(
        tables.REPLY,
        id=purchase,
        day=day.iso(),
        status=status.value,
        was=was.promised_day.iso(),
        was_status=was.status.value,
    ):
        return reply(tx, purchase, day=day)
    if day > was.promised_day:
        tx.emit(SupplierDelayed(purchase, was.sku, was.promised_day, day, was.left_qty))
    else:
        tx.emit(PurchaseConfirmed(purchase, was.sku, day))
    return _purchase(tx, purchase)


def arrive(tx: Tx, purchase: PurchaseId, *, qty: int, source: str = "") -> Purchase:
    """The purchase after `qty` units came in with the delivery `source`, which is counted once.

    Deliveries may be partial; without a delivery note a purchase has one delivery. Raises
    `UnknownPurchase`, `NothingDelivered`, `PurchaseClosed`, `TooMuchDelivered`.
    """
    was = _purchase(tx, purchase)
    if qty < 1:
        raise NothingDelivered(purchase, qty)
    if not tx.run(tables.ADD_ARRIVAL, id=purchase, source=source, qty=qty, at=tx.now.ms):
        return was
    if not tx.run(tables.ARRIVE, id=purchase, qty=qty, most_ratio=MOST_OVER_DELIVERY_RATIO):
        _refuse_arrival(tx, purchase, qty)
    now = _purchase(tx, purchase)
    delivery = f"{purchase}/{source}" if source else purchase
    tx.emit(PurchaseReceived(purchase, now.sku, qty, delivery, now.status is PurchaseStatus.RECEIVED))
    return now


def open_work(
    tx: Tx,
    *,
    sku: SkuId,
    qty: int,
    line: LineId,
    start_day: Day,
    due_day: Day,
    for_: str,
    campaign: CampaignId | None = None,
) -> WorkOrder:
    """The work order for the cause `for_`, its units laid on the line's days from `start_day`, each filled in turn.

    Opened already, it stays the one it is. Raises `NoRecipe`, `NothingDelivered`, `LineFull`.
    """
    known = tx.one(tables.WORK_FOR, cause=for_)
    if known is not None:
        return tables.work_order(known)
    if qty < 1:
        raise NothingDelivered(sku, qty)
    if not any(row[1] == line for row in tx.rows(tables.RECIPES_OF, skus=[sku])):
        raise NoRecipe(sku, line)
    _load(tx, line, qty, first=start_day, last=due_day)
    ident = WorkOrderId(tx.new_id("wrk"))
    tx.run(
        tables.OPEN_WORK_FOR,
        id=ident,
        sku=sku,
        qty=qty,
        line=line,
        start_day=start_day.iso(),
        due_day=due_day.iso(),
        cause=for_,
        campaign=campaign,
    )
    tx.emit(WorkOpened(ident, sku, qty))
    return _work(tx, ident)


def report(tx: Tx, work: WorkOrderId, *, done_qty: int) -> WorkOrder:
    """The work order with `done_qty` units finished in all; fewer than known change nothing.

    Says `WorkDone` once, when all are. Raises `UnknownWork`, `MoreThanPlanned`.
    """
    was = _work(tx, work)
    if done_qty > was.qty:
        raise MoreThanPlanned(work, done_qty, was.qty)
    if not tx.run(tables.REPORT, id=work, done_qty=done_qty):
        return was
    now = _work(tx, work)
    if now.status is WorkStatus.DONE:
        tx.emit(WorkDone(work, now.sku, now.qty))
    return now


def _load(tx: Tx, line: LineId, qty: int, *, first: Day, last: Day) -> None:
    left = qty
    for day in (first.plus(n) for n in range(last.since(first) + 1)):
        tx.run(tables.OPEN_DAY, line=line, day=day.iso())
        for _, _, planned, daily_units in tx.rows(tables.LINE_LOADS, lines=[line], first=day.iso(), last=day.iso()):
            units = min(left, daily_units - planned)
            if units > 0 and tx.run(tables.LOAD_DAY, line=line, day=day.iso(), units=units):
                left -= units
        if left == 0:
            return
    raise LineFull(line, qty, first.iso(), last.iso())


def _refuse_arrival(tx: Tx, purchase: PurchaseId, qty: int) -> None:
    now = _purchase(tx, purchase)
    if now.status is PurchaseStatus.RECEIVED:
        raise PurchaseClosed(purchase)
    raise TooMuchDelivered(purchase, qty, int(now.qty * MOST_OVER_DELIVERY_RATIO) - now.received_qty)


def _terms(tx: Tx, sku: SkuId, supplier: SupplierId) -> Sourcing:
    for row in tx.rows(tables.SOURCING_OF, skus=[sku]):
        if row[1] == supplier:
            return tables.sourcing(row)
    raise NotSourced(sku, supplier)


def _purchase(tx: Tx, ident: PurchaseId) -> Purchase:
    row = tx.one(tables.PURCHASE, id=ident)
    if row is None:
        raise UnknownPurchase(ident)
    return tables.purchase(row)


def _work(tx: Tx, ident: WorkOrderId) -> WorkOrder:
    row = tx.one(tables.WORK_ORDER, id=ident)
    if row is None:
        raise UnknownWork(ident)
    return tables.work_order(row)
