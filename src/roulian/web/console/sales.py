"""Sales by day: orders whose money is ours, with units and revenue."""

from typing import Annotated

from fastapi import APIRouter, Query

from roulian import sell
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.rows import SOLD
from roulian.web.console.shapes import IsoDay, View


class SalesDays(View):
    """Orders placed on each day from `first_day` and paid since; refunded and cancelled ones are not in it."""

    first_day: IsoDay
    orders: tuple[int, ...]
    units: tuple[int, ...]
    revenue_fen: tuple[int, ...]


def sales_router(deps: ConsoleDeps) -> APIRouter:
    """GET /sales/days."""
    router = APIRouter()

    @router.get("/sales/days")
    async def days(span_days: Annotated[int, Query(ge=1, le=366)] = 28) -> SalesDays:
        """Sales of the last days, today included."""
        return await deps.store.ask(lambda tx: _days(tx, span_days=span_days))

    return router


def _days(tx: Tx, *, span_days: int) -> SalesDays:
    last = tx.now.day()
    first = last.plus(1 - span_days)
    orders, units, revenue = ([0] * span_days for _ in range(3))
    for row in sell.daily_totals(tx, first=first, last=last):
        if row.status in SOLD:
            at = row.day.since(first)
            orders[at] += row.orders
            units[at] += row.units
            revenue[at] += row.amount_fen
    return SalesDays(first_day=first.iso(), orders=tuple(orders), units=tuple(units), revenue_fen=tuple(revenue))
