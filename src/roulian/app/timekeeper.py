"""Simulated time: it moves only here, and whatever falls due on the way happens at its own instant."""

from roulian.store import Pump, Store
from roulian.words import Instant, SimulatedClock
from wechat_sandbox import Sandbox


class SimulatedTime:
    """Moves the platform and the sandbox together; the same moves give the same history."""

    def __init__(self, *, clock: SimulatedClock, store: Store, pump: Pump, sandbox: Sandbox) -> None:
        """Keep time for this platform and this sandbox."""
        self._clock, self._store, self._pump, self._sandbox = clock, store, pump, sandbox

    def now(self) -> Instant:
        """The simulated instant."""
        return self._clock.now()

    def resume_at(self) -> Instant:
        """The last instant of which the store kept something, or the present one when it is empty."""
        return self._store.last_instant() or self._clock.now()

    def next_due(self) -> Instant | None:
        """The earlier of the platform's and the sandbox's next instants."""
        return _earlier(self._store.next_due(), self._sandbox_due())

    async def advance(self, to: Instant) -> None:
        """Move to `to`, stopping at every instant on the way at which something falls due."""
        while True:
            ours, theirs = self._store.next_due(), self._sandbox_due()
            due = _earlier(ours, theirs)
            if due is None or due > to:
                break
            self._clock.move_to(due)
            if ours is not None and ours <= self._clock.now():
                await self._pump.settle()
            else:
                await self._sandbox.pump()
        self._clock.move_to(to)

    def _sandbox_due(self) -> Instant | None:
        due_ms = self._sandbox.next_due_ms()
        return None if due_ms is None else Instant(due_ms)


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
