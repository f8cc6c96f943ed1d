"""What a presale should gather and may take, asked before it is opened."""

from typing import Annotated

from fastapi import APIRouter, Query

from roulian.flows import goals
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import IsoDay, View, Words, said
from roulian.words import Instant, SkuId

MOST = 100_000_000
MOST_MS = 4_102_444_800_000
MOST_DAYS = 119
"""Capacity is known for 120 days."""

Count = Annotated[int, Query(ge=1, le=MOST)]


class GoalView(View):
    """Units: the lot to gather and the most to take, both whole multiples; how each was found, in `reasons`.

    A full lot would be finished on `finish_day`, for the reason `finish_reason`.
    """

    sku: str
    lot_qty: int
    cap_qty: int
    worth_qty: int
    economic_qty: int
    reasons: tuple[Words, ...]
    finish_day: IsoDay
    finish_reason: Words


def goals_router(deps: ConsoleDeps) -> APIRouter:
    """GET /campaigns/goal."""
    router = APIRouter()

    @router.get("/campaigns/goal")
    async def goal(
        sku: str,
        price_fen: Count,
        deadline_ms: Annotated[int, Query(ge=0, le=MOST_MS)],
        make_within_days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30,
        lot_multiple: Count = 1,
    ) -> GoalView:
        """The goal of a presale that closes at `deadline_ms`, everything made within so many days. Nothing is opened."""
        idea = goals.Idea(SkuId(sku), price_fen, Instant(deadline_ms), make_within_days, lot_multiple)
        return _view(await deps.store.ask(lambda tx: goals.propose(tx, idea)))

    return router


def _view(found: goals.Proposed) -> GoalView:
    goal = found.goal
    return GoalView(
        sku=goal.sku,
        lot_qty=goal.lot_qty,
        cap_qty=goal.cap_qty,
        worth_qty=goal.worth_qty,
        economic_qty=goal.economic_qty,
        reasons=tuple(map(said, goal.reasons)),
        finish_day=found.finish_day.iso(),
        finish_reason=said(found.reason),
    )
