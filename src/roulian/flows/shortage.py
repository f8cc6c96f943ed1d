"""Below the safety line → proposal → purchase; a late supplier → new promises; goods in → orders filled.

What happens when a supplier is late stands here: `move_promises` for goods, `move_work` for materials.
"""

from collections.abc import Sequence

from roulian import decide, make, predict, sell, stock
from roulian.flows import inform, supply
from roulian.store import Tx
from roulian.words import SkuId


def replenish(tx: Tx, event: stock.FellBelowSafety) -> None:
    """A SKU that fell below its safety line is bought by itself, with the reason kept."""
    restock(tx, [event.sku])


def restock(tx: Tx, skus: Sequence[SkuId]) -> None:
    """Propose what each SKU needs up to its target, and place every purchase a proposal asks for."""
    shelves, inbound = stock.levels(tx, skus), make.inbound(tx, skus)
    sourcing, forecasts = make.sourcing(tx, skus), predict.latest(tx, skus)
    drafts = decide.replenish_all(
        [
            decide.need(
                sku,
                today=tx.now.day(),
                shelf=shelves.get(sku),
                inbound=inbound.get(sku, ()),
                sourcing=sourcing[sku],
                forecast=forecasts[sku],
            )
            for sku in sorted(sourcing.keys() & forecasts.keys())
        ]
    )
    for draft, proposal in zip(drafts, decide.file(tx, drafts), strict=True):
        make.buy(tx, supplier=sourcing[draft.sku].supplier, sku=draft.sku, qty=draft.qty, for_=proposal)
        decide.apply(tx, proposal)


def move_promises(tx: Tx, event: make.SupplierDelayed) -> None:
    """Every order that waits for the late goods gets the day it can now be kept, and hears why."""
    waiting = stock.waiting_claims(tx, [event.sku]).get(event.sku, ())
    moved = decide.repromise(
        waiting,
        supply.supplies(tx, [event.sku])[event.sku],
        today=tx.now.day(),
        promised=supply.promised_days(tx, waiting),
        was_day=event.was_day,
        now_day=event.now_day,
    )
    supply.move(tx, moved, reason="supplier_delayed")
    inform.explain_to_all(
        tx,
        f"{event.purchase}:{event.now_day.iso()}",
        sku=event.sku,
        reason=decide.delay_reason(was_day=event.was_day, now_day=event.now_day),
        orders=sell.orders(tx, moved.keys()).values(),
    )


def move_work(tx: Tx, event: make.SupplierDelayed) -> None:
    """Work that takes the late goods as a material begins when they are in; what is there in time stays as planned."""
    starts = decide.late_starts(
        make.work_using(tx, event.sku),
        shelf=stock.levels(tx, [event.sku]).get(event.sku),
        inbound=make.inbound(tx, [event.sku]).get(event.sku, ()),
    )
    for work, start_day in starts.items():
        make.move_work(tx, work, start_day=start_day, waits_for=event.sku)


def move_promises_of_work(tx: Tx, event: make.WorkMoved) -> None:
    """Every order that waits for what is made later gets the day it can now be kept, and hears why."""
    waiting = stock.waiting_claims(tx, [event.sku]).get(event.sku, ())
    moved = decide.repromise_made(
        waiting,
        supply.supplies(tx, [event.sku])[event.sku],
        today=tx.now.day(),
        promised=supply.promised_days(tx, waiting),
        was_day=event.was_day,
        now_day=event.now_day,
        material=event.material,
    )
    supply.move(tx, moved, reason="material_delayed")
    inform.explain_to_all(
        tx,
        f"{event.work}:{event.now_day.iso()}",
        sku=event.sku,
        reason=decide.material_reason(material=event.material, was_day=event.was_day, now_day=event.now_day),
        orders=sell.orders(tx, moved.keys()).values(),
    )


def put_away(tx: Tx, event: make.PurchaseReceived) -> None:
    """Goods that came in go on the shelf, by lot; whoever waited is served first. What was rejected is set apart.

    So is a lot that was taken in on its last day, just before midnight.
    """
    came = make.delivery(tx, event.source)
    lot = stock.Lot(stock.LotId(came.lot), came.expires_day) if came.lot else None
    is_past = lot is not None and lot.is_past(tx.now.day())
    for part in came.parts():
        stock.receive(
            tx,
            sku=event.sku,
            qty=part.qty,
            source=f"{event.purchase}:{part.source}",
            location=stock.QUARANTINE if part.is_rejected or is_past else stock.LocationId(came.place or stock.MAIN),
            lot=lot,
        )


def put_away_work(tx: Tx, event: make.WorkDone) -> None:
    """Finished units go on the shelf; whoever waited is served first."""
    stock.receive(tx, sku=event.sku, qty=event.qty, source=event.work)


def use_materials(tx: Tx, event: make.WorkDone) -> None:
    """The materials of finished units leave the shelf; books that lack them show as stuck and hold up no buyer."""
    recipe = make.recipes(tx, [event.sku])[event.sku]
    stock.consume(tx, decide.materials_of(recipe, event.qty), source=event.work)
