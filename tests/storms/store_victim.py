"""A process that writes, pumps and calls the outside until it is killed: `store_victim.main()` with URL FIRST OUTSIDE.

It writes out every number whose write was acknowledged. The outside is a file of (job id, key) lines: it does a request
once per id, as a partner with idempotency keys does.
"""

import asyncio
import secrets
import sys
from functools import partial
from itertools import count
from pathlib import Path

from roulian.store import Errand, Job, Motion, Pump, Store, Tx
from roulian.words import Ids, Rejected, WallClock
from shelf import Put, add, put

WRITERS = 16


def effect(tx: Tx, event: Put) -> None:
    """What the event leads to, told apart from a repetition."""
    add(tx, f"effect {event.thing}")


def promise(tx: Tx, event: Put) -> None:
    """What the event asks of the outside."""
    tx.job("outside", event.thing)


def motion(outside: Path) -> Motion:
    """The ring of the storm; `outside` remembers what was asked of it."""

    async def call(job: Job) -> str:
        await asyncio.sleep(0)
        with outside.open("a") as lines:
            lines.write(f"{job.id} {job.key}\n")
        return job.id

    def rejected(tx: Tx, job: Job, rejection: Rejected) -> None:
        raise rejection

    errand = Errand(
        call=call,
        record=lambda tx, job, answer: add(tx, f"answer {job.key}"),
        rejected=rejected,
        lost=lambda tx, job: tx.job(job.kind, job.key),
    )
    return Motion(ring={Put: [effect, promise]}, errands={"outside": errand})


def put_and_say(thing: str, tx: Tx) -> None:
    """Fact and event in one transaction."""
    put(tx, thing)
    tx.emit(Put(thing))


async def write(store: Store, numbers: "count[int]") -> None:
    """Write one number after the other and say which are acknowledged."""
    for number in numbers:
        await store.run(partial(put_and_say, f"{number}"))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


async def live(url: str, first: int, outside: Path) -> None:
    """Write and pump until killed."""
    store = Store.open(url, clock=WallClock(), ids=Ids(secrets.randbits), motion=motion(outside))
    numbers = count(first)
    await asyncio.gather(Pump(store).run(), *(write(store, numbers) for _ in range(WRITERS)))


def main() -> None:
    """Live by the arguments; called by import, so that handlers have the same names here and in the test."""
    asyncio.run(live(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
