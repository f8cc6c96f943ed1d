"""Before a presale opens: the lot it should gather and the most it may take, from what stands in the books."""

from dataclasses import dataclass

from roulian import decide, make, predict, sell, stock
from roulian.store import Tx
from roulian.words import Day, Instant, SkuId


@dataclass(frozen=True, slots=True)
class Idea:
    """A presale somebody thinks of: all that is sold by `deadline_at` is finished `make_within_days` later."""

    sku: SkuId
    price_fen: int
    deadline_at: Instant
    make_within_days: int
    lot_multiple: int = 1


@dataclass(frozen=True, slots=True)
class Proposed:
    """The goal, and the day by which a full lot would be made, with why it is not sooner."""

    goal: decide.Goal
    finish_day: Day
    reason: decide.Reason


def propose(tx: Tx, idea: Idea) -> Proposed:
    """What the presale should gather and may take. Nothing is written.

    Raises `UnknownSku`, `NotMade` and why it does not pay: `NoMargin`, `NotWorthMaking`.
    """
    sku = sell.skus(tx, [idea.sku]).get(idea.sku)
    if sku is None:
        raise sell.UnknownSku(idea.sku)
    recipe = make.recipes(tx, [idea.sku]).get(idea.sku)
    if recipe is None:
        raise make.NotMade(idea.sku)
    closes = idea.deadline_at.day()
    capacity = make.free_capacity(tx, [recipe], first=closes)[idea.sku]
    sourcing = make.sourcing(tx, recipe.materials)
    materials = decide.materials(recipe, stock.levels(tx, recipe.materials), sourcing)
    forecast = predict.latest(tx, [idea.sku]).get(idea.sku)
    presold = decide.Presold(
        sku=idea.sku,
        price_fen=idea.price_fen,
        unit_cost_fen=sku.cost_fen,
        setup_cost_fen=recipe.setup_cost_fen,
        per_day=forecast.per_day() if forecast else 0.0,
        multiple=idea.lot_multiple,
        starts=closes,
        ends=closes.plus(idea.make_within_days),
    )
    goal = decide.goal(presold, capacity, materials, today=tx.now.day())
    lot = decide.plan_batch(goal.lot_qty, sku=idea.sku, today=closes, capacity=capacity, materials=materials)
    return Proposed(goal, lot.finish_day, lot.reason)
