"""Steering time: what the clock shows, what is due next, and moving there.

These wait for receivers' answers, so they are no `Route`s of one turn: each is awaited and opens turns of its own.
"""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from wechat_sandbox.clock import Timekeeper
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed

MOST_DUE = 200


class Advance(msgspec.Struct):
    """How far the clock moves: by `ms`, or to the instant `to_ms`."""

    ms: int | None = None
    to_ms: int | None = None


class Run(msgspec.Struct):
    """How fast the clock runs: `rate` times as fast as the wall."""

    rate: float = 1.0


def shown(state: State, keeper: Timekeeper) -> Body:
    """The sandbox's time, its owner and pace, and when something next happens by itself."""
    pace = keeper.pace
    return {
        "now_ms": state.now_ms,
        "next_due_ms": keeper.next_due_ms(),
        "owner": "embedding" if pace is None else "sandbox",
        "rate": None if pace is None else pace.rate,
        "is_paused": None if pace is None else pace.is_paused,
        "turn": state.turn,
    }


async def show(state: State, keeper: Timekeeper, request: Request) -> Body:
    """GET /_sandbox/clock: the time, who owns it, how fast it runs; `turn` changes whenever anything else does."""
    del request
    return shown(state, keeper)


async def pump(state: State, keeper: Timekeeper, request: Request) -> Body:
    """POST /_sandbox/pump: everything due by now has happened."""
    del state, request
    return {"sent": await keeper.pump()}


async def advance(state: State, keeper: Timekeeper, request: Request) -> Body:
    """POST /_sandbox/clock/advance: everything due on the way happens in order, each at its own instant."""
    body = control_parsed(request, Advance)
    match body:
        case Advance(ms=int(ms), to_ms=None):
            to_ms = state.now_ms + ms
        case Advance(ms=None, to_ms=int(instant_ms)):
            to_ms = instant_ms
        case _:
            raise ControlError("bad_request", "say either ms or to_ms")
    sent = await keeper.advance(to_ms)
    return {"sent": sent, **shown(state, keeper)}


async def pause(state: State, keeper: Timekeeper, request: Request) -> Body:
    """POST /_sandbox/clock/pause: time stands still until told otherwise."""
    del request
    await keeper.pause()
    return shown(state, keeper)


async def run(state: State, keeper: Timekeeper, request: Request) -> Body:
    """POST /_sandbox/clock/run: time goes on, `rate` times as fast as the wall."""
    await keeper.run(control_parsed(request, Run).rate)
    return shown(state, keeper)


async def due(state: State, keeper: Timekeeper, request: Request) -> Body:
    """GET /_sandbox/clock/due: what happens next by itself, timers and pushes in the order of their time."""
    del keeper, request
    rows = state.all(
        "SELECT due_ms, 'timer' AS what, kind AS name, ref, 0 AS tries FROM timers"
        " UNION ALL SELECT due_ms, 'callback', subject, owner, tries FROM callbacks WHERE status = 'due'"
        f" ORDER BY due_ms LIMIT {MOST_DUE}"
    )
    return {"due": [dict(row) for row in rows]}


Awaited = Callable[[State, Timekeeper, Request], Awaitable[Body]]
CALLS: Mapping[tuple[str, str], Awaited] = {
    ("GET", "/_sandbox/clock"): show,
    ("POST", "/_sandbox/clock"): show,
    ("GET", "/_sandbox/clock/due"): due,
    ("POST", "/_sandbox/clock/advance"): advance,
    ("POST", "/_sandbox/clock/pause"): pause,
    ("POST", "/_sandbox/clock/run"): run,
    ("POST", "/_sandbox/pump"): pump,
}
