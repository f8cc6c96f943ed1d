"""Below the safety line → proposal → purchase; a late supplier → new promises; goods in → orders filled.

What happens when a supplier is late stands here: `move_promises`.
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
    inform.explain_to_all(tx, event, sell.orders(tx, moved.keys()).values())


def put_away(tx: Tx, event: make.PurchaseReceived) -> None:
    """Goods that came in go on the shelf; whoever waited is served first."""
    stock.receive(tx, sku=event.sku, qty=event.qty, source=f"{event.purchase}:{event.source}")


def put_away_work(tx: Tx, event: make.WorkDone) -> None:
    """Finished units go on the shelf; whoever waited is served first."""
    stock.receive(tx, sku=event.sku, qty=event.qty, source=event.work)


def use_materials(tx: Tx, event: make.WorkDone) -> None:
    """The materials of finished units leave the shelf; books that lack them show as stuck and hold up no buyer."""
    recipe = make.recipes(tx, [event.sku])[event.sku]
    stock.consume(tx, decide.materials_of(recipe, event.qty), source=event.work)
