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
        ours, theirs = self._store.next_due(), self._sandbox.next_due_ms()
        if theirs is None:
            return ours
        return Instant(theirs) if ours is None else min(ours, Instant(theirs))

    async def advance(self, to: Instant) -> None:
        """Move to `to`, stopping at every instant on the way at which something falls due."""
        await self._settle()
        due = self.next_due()
        while due is not None and due <= to:
            self._clock.move_to(due)
            await self._settle()
            due = self.next_due()
        self._clock.move_to(to)

    async def _settle(self) -> None:
        while await self._pump.settle() or await self._sandbox.pump():
            pass
