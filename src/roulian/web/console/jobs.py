"""Stuck work: what kept failing, why, and the button that tries it again."""

from fastapi import APIRouter

from roulian.store import Tx, trail
from roulian.web.console.deps import ConsoleDeps
from roulian.web.console.shapes import Listing, View


class StuckView(View):
    """Something that gave up: a delivery, a deadline or a call to the outside."""

    id: str
    what: str
    name: str
    status: str
    tries: int
    error: str
    at_ms: int | None
    cause: str


class Retried(View):
    """The thing of this id is due again."""

    id: str


def jobs_router(deps: ConsoleDeps) -> APIRouter:
    """GET /jobs/stuck and POST /jobs/retry."""
    router = APIRouter()

    @router.get("/jobs/stuck")
    async def stuck() -> Listing[StuckView]:
        """Everything that gave up and waits for a person."""
        steps = await deps.store.ask(trail.stuck)
        return Listing(rows=tuple(map(_stuck, steps)), names={}, next=None)

    @router.post("/jobs/retry")
    async def retry(order: Retried) -> Retried:
        """Make it due again. Refused (`nothing_stuck`) when it is not stuck any more."""

        def again(tx: Tx) -> None:
            trail.retry(tx, order.id)

        await deps.store.run(again, cause="console.retry")
        return order

    return router


def _stuck(step: trail.Step) -> StuckView:
    return StuckView(
        id=step.id,
        what=step.mark,
        name=step.name,
        status=step.status,
        tries=step.tries,
        error=step.error,
        at_ms=step.at.ms if step.at else None,
        cause=step.cause,
    )
