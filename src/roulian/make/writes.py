"""What changes about supply: who and how, purchases and their replies, work orders and their progress."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from roulian.make import tables
from roulian.make.events import (
    PurchaseConfirmed,
    PurchasePlaced,
    PurchaseReceived,
    SupplierDelayed,
    WorkDone,
    WorkMoved,
    WorkOpened,
)
from roulian.make.model import (
    MOST_OVER_DELIVERY_RATIO,
    PLANNING_DAYS,
    BelowMinimum,
    BrokenCase,
    Delivery,
    DeliveryDiffers,
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
    """As `take_in` for a delivery of `qty` good units of no lot to the main warehouse."""
    return take_in(tx, Delivery(purchase, source, qty))


def take_in(tx: Tx, delivery: Delivery) -> Purchase:
    """The purchase after a delivery, which is counted once; what was rejected is still to come.

    Deliveries may be partial; without a delivery note a purchase has one delivery. Raises
    `UnknownPurchase`, `NothingDelivered`, `PurchaseClosed`, `TooMuchDelivered`, `DeliveryDiffers`.
    """
    was = _purchase(tx, delivery.purchase)
    came = delivery.qty + delivery.rejected_qty
    if came < 1 or min(delivery.qty, delivery.rejected_qty) < 0:
        raise NothingDelivered(delivery.purchase, came)
    if not _is_news(tx, delivery):
        return was
    if not tx.run(tables.ARRIVE, id=delivery.purchase, qty=delivery.qty, most_ratio=MOST_OVER_DELIVERY_RATIO):
        _refuse_arrival(tx, delivery.purchase, delivery.qty)
    now = _purchase(tx, delivery.purchase)
    is_complete = now.status is PurchaseStatus.RECEIVED
    tx.emit(PurchaseReceived(now.id, now.sku, delivery.qty, delivery.number(), is_complete))
    return now


def _is_news(tx: Tx, delivery: Delivery) -> bool:
    row = {
        "purchase": delivery.purchase,
        "source": delivery.source,
        "qty": delivery.qty,
        "rejected_qty": delivery.rejected_qty,
        "place": delivery.place,
        "lot": delivery.lot,
        "expires_day": None if delivery.expires_day is None else delivery.expires_day.iso(),
        "by": delivery.by,
    }
    if tx.run(tables.ADD_ARRIVAL, at=tx.now.ms, **row):
        return True
    known = tables.delivery(tx.rows(tables.ARRIVAL, of_purchase=delivery.purchase, of_source=delivery.source)[0])
    if replace(known, by=delivery.by) != delivery:
        raise DeliveryDiffers(delivery.number(), known.qty, known.rejected_qty)
    return False


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
    days = _load(tx, line, qty, first=start_day, last=due_day)
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
    _keep_days(tx, ident, days)
    tx.emit(WorkOpened(ident, sku, qty))
    return _work(tx, ident)


def move_work(tx: Tx, work: WorkOrderId, *, start_day: Day, waits_for: SkuId) -> WorkOrder:
    """The work order begun no earlier than `start_day`, when the material it waits for is in.

    Its units leave the line's days and take the first free ones from then on. Work that has begun, or starts as late
    already, stays. Says `WorkMoved` if it is done later. Raises `UnknownWork`, and `LineFull` where the line has no
    room within `PLANNING_DAYS`.
    """
    was = _work(tx, work)
    if was.status is not WorkStatus.OPEN or start_day <= was.start_day:
        return was
    if not tx.run(tables.HOLD_WORK, id=work, start_day=start_day.iso(), was_start_day=was.start_day.iso()):
        return move_work(tx, work, start_day=start_day, waits_for=waits_for)
    _unload(tx, was)
    days = _load(tx, was.line, was.qty, first=start_day, last=start_day.plus(PLANNING_DAYS))
    due_day = max(days)
    tx.run(tables.MOVE_WORK, id=work, start_day=min(days).iso(), due_day=due_day.iso())
    _keep_days(tx, work, days)
    if due_day > was.due_day:
        tx.emit(WorkMoved(work, was.sku, was.due_day, due_day, waits_for))
    return _work(tx, work)


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


def _load(tx: Tx, line: LineId, qty: int, *, first: Day, last: Day) -> Mapping[Day, int]:
    """The units laid on each day, each filled before the next; raises `LineFull` when the days do not suffice."""
    left, laid = qty, dict[Day, int]()
    for day in (first.plus(n) for n in range(last.since(first) + 1)):
        tx.run(tables.OPEN_DAY, line=line, day=day.iso())
        for _, _, planned, daily_units in tx.rows(tables.LINE_LOADS, lines=[line], first=day.iso(), last=day.iso()):
            units = min(left, daily_units - planned)
            if units > 0 and tx.run(tables.LOAD_DAY, line=line, day=day.iso(), units=units):
                left -= units
                laid[day] = units
        if left == 0:
            return laid
    raise LineFull(line, qty, first.iso(), last.iso())


def _keep_days(tx: Tx, work: WorkOrderId, days: Mapping[Day, int]) -> None:
    rows = [{"work": work, "day": day.iso(), "units": units} for day, units in days.items()]
    tx.many(tables.ADD_WORK_DAY, rows)


def _unload(tx: Tx, work: WorkOrder) -> None:
    """Its units no longer stand on the line's days; one opened before days were kept per work order frees none."""
    for day, units in tx.rows(tables.WORK_DAYS_OF, of_work=work.id):
        tx.run(tables.UNLOAD_DAY, line=work.line, day=day, units=units)
    tx.run(tables.DROP_WORK_DAYS, of_work=work.id)


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
