"""The ring on one screen: every stage's living numbers.

Every number opens its rows: `numbers` defines both, so a number and its rows cannot drift apart.
"""

from fastapi import APIRouter

from roulian.store import Tx
from roulian.web.console.clock import ClockView, clock_view
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.numbers import NUMBERS, Look, Number, Stage, Tone, Unit, look
from roulian.web.console.rows import RowsView, Turn, rows_view
from roulian.web.console.shapes import Before, Limit, View
from roulian.web.errors import NotFound


class NumberView(View):
    """One living number; `value` is null while there is nothing to count yet."""

    key: str
    value: float | None
    unit: Unit
    tone: Tone


class StageView(View):
    """One station: its numbers, the first one large."""

    stage: Stage
    numbers: tuple[NumberView, ...]


class RingView(View):
    """The whole ring at one instant."""

    clock: ClockView
    stages: tuple[StageView, ...]


def ring_router(deps: ConsoleDeps) -> APIRouter:
    """GET /ring and /numbers/{key}."""
    router = APIRouter()

    @router.get("/ring")
    async def ring() -> RingView:
        """Every stage's numbers now."""
        return await ring_view(deps)

    @router.get("/numbers/{key}")
    async def rows(key: str, before: Before = None, limit: Limit = 100) -> RowsView:
        """The rows behind one number."""
        number = NUMBERS.get(key)
        if number is None:
            raise NotFound

        def read(tx: Tx) -> RowsView:
            return rows_view(tx, key, number.rows, Turn(before, limit))

        return await deps.store.ask(read)

    return router


async def ring_view(deps: ConsoleDeps) -> RingView:
    """The ring from one snapshot."""
    seen = await deps.store.ask(look)
    return RingView(
        clock=clock_view(deps),
        stages=tuple(
            StageView(
                stage=stage,
                numbers=tuple(_number(number, seen) for number in NUMBERS.values() if number.stage is stage),
            )
            for stage in Stage
        ),
    )


def _number(number: Number, seen: Look) -> NumberView:
    value = number.value(seen)
    return NumberView(
        key=number.key,
        value=None if value is None else float(value),
        unit=number.unit,
        tone=Tone.CALM if value is None else number.tone(value),
    )
