"""What turns the ring: it runs whatever is due, in a simulation until quiet, live for as long as the process does.

Several processes may pump one brand: rows are claimed with `SKIP LOCKED`, receipts guard every effect.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial

from roulian.store.backoff import Backoff, no_jitter
from roulian.store.errors import DiskFull
from roulian.store.jobs import LEASE_MS, Claim, Jobs
from roulian.store.outbox import BATCH, Outbox
from roulian.store.store import Store
from roulian.store.tx import Tx
from roulian.words import Unreachable

_MOST_CALLS = 16
_POLL_S = 0.2
_FAREWELL_S = 5.0


class Pump:
    """Runs deliveries, deadlines and jobs of one store. `chance(bits)` shortens pauses at random."""

    def __init__(self, store: Store, *, chance: Callable[[int], int] = no_jitter) -> None:
        """Nothing runs yet."""
        backoff = Backoff(chance)
        self._store = store
        self._outbox = Outbox(store.motion, store.routes, backoff, store.engine.skip_locked)
        self._jobs = Jobs(store.motion, backoff, store.engine.skip_locked)

    async def settle(self) -> int:
        """Run everything due at `clock.now()` and all it leads to, one after the other; how many things ran.

        The order is that of due instant and id, so the same rows and clock give the same outcome.
        """
        ran = 0
        while True:
            touched, claims = await self._turn(BATCH)
            for claim in claims:
                await self._errand(claim)
            if not touched:
                return ran
            ran += touched

    async def run(self) -> None:
        """Run what falls due on wall time until cancelled; calls already begun get a few seconds to end."""
        calls: set[asyncio.Task[None]] = set()
        wake = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop = self._store.watch(lambda: _wake(loop, wake))
        try:
            while True:
                wake.clear()
                if not await self._live_turn(calls):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(wake.wait(), _POLL_S)
        finally:
            stop()
            if calls:
                await asyncio.wait(calls, timeout=_FAREWELL_S)

    async def _live_turn(self, calls: set[asyncio.Task[None]]) -> int:
        try:
            touched, claims = await self._turn(_MOST_CALLS - len(calls))
        except (Unreachable, DiskFull):
            return 0  # the rows are still there; the next poll tries again
        for claim in claims:
            task = asyncio.create_task(self._errand_with_lease(claim))
            calls.add(task)
            task.add_done_callback(calls.discard)
        return touched

    async def _turn(self, most_calls: int) -> tuple[int, tuple[Claim, ...]]:
        return await self._store.run_many(partial(self._step, most_calls), savepoints=BATCH)

    def _step(self, most_calls: int, tx: Tx) -> tuple[int, tuple[Claim, ...]]:
        """Consequences first, then the next deadlines, then the outside."""
        if delivered := self._outbox.deliver(tx):
            return delivered, ()
        if met := self._outbox.fall_due(tx):
            return met, ()
        claims, touched = self._jobs.claim(tx, most=most_calls)
        return touched, claims

    async def _errand(self, claim: Claim) -> None:
        try:
            answer = await self._jobs.call(claim)
        except Exception as error:  # noqa: BLE001 - recorded on the job's row, repeated, then stuck and visible
            await self._store.run_many(partial(self._jobs.fail, claim=claim, error=error), savepoints=1)
        else:
            await self._store.run_many(partial(self._jobs.record, claim=claim, answer=answer), savepoints=1)

    async def _errand_with_lease(self, claim: Claim) -> None:
        heart = asyncio.create_task(self._renew(claim))
        try:
            await self._errand(claim)
        finally:
            heart.cancel()

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(LEASE_MS / 3000)
            await self._store.run(partial(self._jobs.renew, claim=claim))


def _wake(loop: asyncio.AbstractEventLoop, wake: asyncio.Event) -> None:
    loop.call_soon_threadsafe(wake.set)
