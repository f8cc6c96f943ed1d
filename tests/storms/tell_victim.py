"""A process that sends notices until it is killed: `tell_victim.main()` with URL OUTSIDE BEGAN_MS.

The outside is a file of (notice, member) lines, one for every call it took: what WeChat would know. It answers,
refuses or stays silent as the notice's own name decides, so a second life of the process meets the same outside.
"""

import asyncio
import secrets
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zlib import crc32

from builders import SHOP, limits_of
from roulian import tell
from roulian.store import Errand, Job, Motion, Pump, Store, Tx
from roulian.tell import AccountKind, Door, Scenario
from roulian.words import Clock, Ids, Instant, NoticeId, Rejected, Unreachable, WallClock

TEMPLATE = "t_delay"
CAP = 400
NOON = Instant.parse("2026-03-02T12:00:00+08:00")
SENDERS = (tell.Sender(SHOP, AccountKind.MINI_PROGRAM, {Scenario.DELAY: TEMPLATE}),)
LIMITS = limits_of({Door.SUBSCRIBE: CAP})


@dataclass(frozen=True, slots=True)
class NoonClock:
    """Real time, moved so that it was noon in China at `began_ms`: no midnight falls into a storm."""

    began_ms: int

    def now(self) -> Instant:
        """The present instant of that day."""
        return Instant(NOON.ms + WallClock().now().ms - self.began_ms)


def is_refused(notice: str) -> bool:
    """Whether the outside says no to this notice: nothing was sent."""
    return crc32(notice.encode()) % 10 == 0


def is_lost(notice: str) -> bool:
    """Whether the outside sends this notice and its answer never comes."""
    return crc32(notice.encode()) % 10 == 1


def attempt(tx: Tx, job: Job) -> tell.Attempt | None:
    """What to send now."""
    return tell.next_attempt(tx, NoticeId(job.body), senders=SENDERS, limits=LIMITS)


def record(tx: Tx, job: Job, answer: str) -> None:
    """It was sent."""
    if answer:
        tell.sent(tx, NoticeId(job.body), door=Door(answer))


def rejected(tx: Tx, job: Job, error: Rejected) -> None:
    """It was refused."""
    found = attempt(tx, job)
    if found is not None:
        tell.refused(tx, found.notice, door=found.door, code=error.code, senders=SENDERS, limits=LIMITS)


def lost(tx: Tx, job: Job) -> None:
    """Nobody knows."""
    found = attempt(tx, job)
    if found is not None:
        tell.lost(tx, found.notice, door=found.door)


def opened(url: str, outside: Path, clock: Clock) -> Store:
    """A store whose errand of sending meets an outside that keeps its own books in a file."""
    memory: list[Store] = []

    async def call(job: Job) -> str:
        found = await memory[0].run(partial(attempt, job=job))
        if found is None:
            return ""
        with outside.open("a") as lines:
            lines.write(f"{found.notice} {found.member}\n")
        await asyncio.sleep(0)
        if is_refused(found.notice):
            raise Rejected("47003")
        if is_lost(found.notice):
            raise Unreachable("silence", lost=True)
        return found.door

    errand = Errand(call=call, record=record, rejected=rejected, lost=lost)
    memory.append(Store.open(url, clock=clock, ids=Ids(secrets.randbits), motion=Motion(errands={"tell.send": errand})))
    return memory[0]


def main() -> None:
    """Send until killed."""
    store = opened(sys.argv[1], Path(sys.argv[2]), NoonClock(int(sys.argv[3])))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    asyncio.run(Pump(store).run())
