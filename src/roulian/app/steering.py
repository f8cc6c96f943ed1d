"""Who steers time: nobody in production, the console in a simulation that is being watched."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from roulian.web.console import ClockState
from roulian.words import Clock, Instant

TICK_S = 0.1
Drive = Callable[[Instant], Awaitable[None]]


class WallControl:
    """Real time: shown, never steered."""

    def __init__(self, clock: Clock) -> None:
        """Show this clock."""
        self._clock = clock

    def state(self) -> ClockState:
        """Where time stands."""
        return ClockState(now_ms=self._clock.now().ms, paused=False, speed=1, simulated=False)

    def set(self, *, paused: bool | None = None, speed: float | None = None) -> None:
        """Real time is not steered."""

    def hold(self) -> None:
        """Real time waits for nobody."""

    def release(self) -> None:
        """Real time was not held."""

    async def step(self, ms: int) -> None:
        """Real time is not stepped."""


class SimulatedControl:
    """Simulated time: runs at `speed` simulated seconds per real one, can be paused and stepped.

    `drive` moves the world, and with it the platform, to an instant; one move at a time.
    """

    def __init__(self, clock: Clock, *, speed: float, drive: Drive) -> None:
        """Still until `play` runs; whoever plays a world on it sets `drive` anew."""
        self._clock, self._speed, self._paused, self._held = clock, speed, False, False
        self._turn = asyncio.Lock()
        self.drive = drive

    def state(self) -> ClockState:
        """Where time stands."""
        return ClockState(now_ms=self._clock.now().ms, paused=self._stands, speed=self._speed, simulated=True)

    def set(self, *, paused: bool | None = None, speed: float | None = None) -> None:
        """Pause, go on, or change speed; what is None stays."""
        if paused is not None:
            self._paused, self._held = paused, False
        if speed is not None:
            self._speed = speed

    def hold(self) -> None:
        """Stand still until `release`, or until somebody pauses or goes on."""
        self._held = True

    def release(self) -> None:
        """Go on, unless somebody paused."""
        self._held = False

    @property
    def _stands(self) -> bool:
        return self._paused or self._held

    async def step(self, ms: int) -> None:
        """Move forward by `ms`, everything due on the way included."""
        await self._move(timedelta(milliseconds=ms))

    async def play(self) -> None:
        """Run until cancelled."""
        while True:
            if not self._stands:
                await self._move(timedelta(seconds=self._speed * TICK_S))
            await asyncio.sleep(TICK_S)

    async def _move(self, span: timedelta) -> None:
        async with self._turn:
            await self.drive(self._clock.now().plus(span))
