"""The sandbox's own clock, for when it is used alone: wall time, shifted, hurried or standing still.

A program that embeds the sandbox passes its own time in and steers it itself; then there is nothing to steer here.
Served alone, `SandboxClock` is that time, and the `Timekeeper` moves it: whatever falls due on the way happens in
order, each at its own instant, callbacks and their retries included. The file keeps the clock, so a restart goes on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from wechat_sandbox import delivery
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.sending import Send
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError

FASTEST = 3_600.0
FARTHEST_MS = 400 * DAY_MS
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock showed `at_ms` when the wall showed `wall_ms`; since then it runs `rate` times as fast, or stands."""

    wall_ms: int
    at_ms: int
    rate: float = 1.0
    is_paused: bool = False


class SandboxClock:
    """Milliseconds since 1970 UTC, to be passed to `Sandbox` as `now_ms`: wall time until it is steered."""

    def __init__(self, wall_ms: Callable[[], int]) -> None:
        """Start at the wall's time and at its speed; `wall_ms` gives milliseconds since 1970 UTC."""
        self._wall_ms = wall_ms
        wall = wall_ms()
        self._pace = Pace(wall_ms=wall, at_ms=wall)
        self._held_ms: int | None = None

    def __call__(self) -> int:
        """The sandbox's time; a wall that was set back never takes it back."""
        if self._held_ms is not None:
            return self._held_ms
        pace = self._pace
        if pace.is_paused:
            return pace.at_ms
        return pace.at_ms + int(max(0, self._wall_ms() - pace.wall_ms) * pace.rate)

    @property
    def pace(self) -> Pace:
        """What it shows now and how fast it runs from here."""
        return replace(self._pace, wall_ms=self._wall_ms(), at_ms=self())

    def recall(self, pace: Pace) -> None:
        """Go on as an earlier run of the same file left it; the wall's time in between has passed here too."""
        self._pace = pace

    def pause(self) -> None:
        """Stand still from now on."""
        self._pace = replace(self.pace, is_paused=True)

    def run(self, rate: float) -> None:
        """Run `rate` times as fast as the wall from now on."""
        self._pace = Pace(wall_ms=self._wall_ms(), at_ms=self(), rate=rate)

    def hold(self, at_ms: int) -> None:
        """Show `at_ms` until let go, whatever the wall does: an instant on the way of an advance."""
        self._held_ms = at_ms

    def let_go(self) -> None:
        """Go on from the held instant, as before: standing or running."""
        if self._held_ms is not None:
            self._pace, self._held_ms = self.pace, None


class Timekeeper:
    """Lets what is due happen, and moves the clock where the sandbox owns it."""

    def __init__(self, state: State, send: Send, clock: SandboxClock | None) -> None:
        """Keep time for this memory; `clock` is None where the embedding program owns the time."""
        self._state, self._send, self._clock = state, send, clock
        self._moving = asyncio.Lock()
        kept = state.value("SELECT value FROM meta WHERE name = ?", CLOCK)
        if clock is not None and kept is not None:
            clock.recall(msgspec.json.decode(kept, type=Pace))

    @property
    def pace(self) -> Pace | None:
        """How the clock runs, or None where the embedding program owns it."""
        return None if self._clock is None else self._clock.pace

    def next_due_ms(self) -> int | None:
        """When something next happens by itself, or None."""
        return delivery.next_due_ms(self._state)

    async def pump(self) -> int:
        """How many callbacks were sent: everything due at the sandbox's time has happened.

        On the sandbox's own clock one move waits for the other. An embedding program orders its own turns, and its
        receivers may even pump again from within a callback.
        """
        if self._clock is None:
            return await delivery.pump(self._state, self._send)
        async with self._moving:
            return await delivery.pump(self._state, self._send)

    async def advance(self, to_ms: int) -> int:
        """How many callbacks were sent on the way to `to_ms`, stopping wherever something falls due.

        Raises `ControlError` for a time in the past or more than 400 days ahead, or where the clock is not ours.
        """
        clock = self._own()
        async with self._moving:
            if to_ms < clock():
                raise ControlError("clock_backwards", "time only moves forward: choose a later instant")
            if to_ms - clock() > FARTHEST_MS:
                raise ControlError("clock_too_far", "one move is at most 400 days")
            try:
                return await self._move(clock, to_ms)
            finally:
                clock.let_go()
                self._keep(clock)

    async def _move(self, clock: SandboxClock, to_ms: int) -> int:
        sent = 0
        clock.hold(clock())
        while (due_ms := self.next_due_ms()) is not None and due_ms <= to_ms:
            clock.hold(max(due_ms, clock()))
            self._keep(clock)
            sent += await delivery.pump(self._state, self._send)
        clock.hold(to_ms)
        return sent

    async def pause(self) -> None:
        """The clock stands still; raises `ControlError` where it is not ours."""
        clock = self._own()
        async with self._moving:
            clock.pause()
            self._keep(clock)

    async def run(self, rate: float) -> None:
        """The clock runs `rate` (0 < rate ≤ 3600) times as fast as the wall; raises `ControlError` otherwise."""
        clock = self._own()
        if not 0 < rate <= FASTEST:
            raise ControlError("bad_rate", "a rate is above 0 and at most 3600; to stand still, pause")
        async with self._moving:
            clock.run(rate)
            self._keep(clock)

    def _own(self) -> SandboxClock:
        if self._clock is None:
            raise ControlError("clock_not_ours", "the embedding program owns the clock")
        return self._clock

    def _keep(self, clock: SandboxClock) -> None:
        """Kept at every stop, so that a run that ends in the middle of a move does not go back in time."""
        self._state.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", CLOCK, msgspec.json.encode(clock.pace).decode())
