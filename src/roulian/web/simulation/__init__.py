"""The clock's own door, open only where time is simulated: `world` reads the time and moves it here."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from roulian.web.hot import Route
from roulian.web.wire import Call, Reply
from roulian.words import Instant

__all__ = ["Timekeeper", "simulation_routes"]


class Timekeeper(Protocol):
    """Moves simulated time, running on the way whatever falls due."""

    def now(self) -> Instant:
        """The simulated instant."""
        ...

    def next_due(self) -> Instant | None:
        """When the platform next has something to do by itself."""
        ...

    def resume_at(self) -> Instant:
        """The last instant of which the store kept something: where a world goes on after a crash."""
        ...

    async def advance(self, to: Instant) -> None:
        """Move to `to`, running deliveries, deadlines, jobs and WeChat's callbacks at their own instants."""
        ...


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """The instant to move to, in milliseconds since 1970."""

    to_ms: int


def simulation_routes(keeper: Timekeeper) -> Sequence[Route]:
    """`GET /sim/clock` and `POST /sim/advance`."""

    def clock() -> Reply:
        due = keeper.next_due()
        return Reply.json(
            {
                "now_ms": keeper.now().ms,
                "next_due_ms": None if due is None else due.ms,
                "resume_ms": keeper.resume_at().ms,
            }
        )

    async def show(_: Call) -> Reply:
        return clock()

    async def advance(call: Call) -> Reply:
        await keeper.advance(Instant(msgspec.json.decode(call.body, type=Advance).to_ms))
        due = keeper.next_due()
        return Reply.json({"now_ms": keeper.now().ms, "next_due_ms": None if due is None else due.ms})

    return (
        Route("GET", "/sim/clock", show, summary="Simulated time"),
        Route("POST", "/sim/advance", advance, request=Advance, summary="Move simulated time"),
    )
