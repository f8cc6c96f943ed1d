"""A process killed at random points loses nothing it acknowledged and doubles nothing."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from store_victim import motion

from roulian.store import Pump, Store
from roulian.words import Ids, Instant, SimulatedClock, WallClock
from shelf import create_shelf, things

ROUNDS = 6
SEED = 11
TESTS = Path(__file__).parents[1]


def run_until_killed(url: str, first: int, outside: Path, *, acknowledgements: int) -> set[int]:
    """The numbers that were acknowledged before the process was killed, in the middle of its work."""
    victim = subprocess.Popen(
        [sys.executable, "-c", "import store_victim; store_victim.main()", url, str(first), outside],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS / "storms"), str(TESTS), str(TESTS.parent / "src")]),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    with victim:
        assert victim.stdout is not None
        heard = [victim.stdout.readline() for _ in range(acknowledgements)]
        victim.send_signal(signal.SIGKILL)
        heard += victim.stdout.read().splitlines(keepends=True)
    assert victim.returncode == -signal.SIGKILL
    return {int(line) for line in heard if line.endswith("\n")}


async def settle_everything(store: Store, clock: SimulatedClock) -> None:
    await Pump(store).settle()
    while due := store.next_due():
        clock.move_to(due)
        await Pump(store).settle()


def test_what_was_acknowledged_survives_and_every_effect_is_there_once(store_url: str, tmp_path: Path):
    chance = random.Random(SEED)
    clock = SimulatedClock(Instant(WallClock().now().ms))
    outside = tmp_path / "outside"
    acknowledged: set[int] = set()

    with closing(Store.open(store_url, clock=clock, ids=Ids(chance.getrandbits), motion=motion(outside))) as store:
        store.call(create_shelf)
        for turn in range(ROUNDS):
            first, few = turn * 1_000_000, chance.randrange(1, 300)
            acknowledged |= run_until_killed(store_url, first, outside, acknowledgements=few)
        clock.move_to(WallClock().now())
        asyncio.run(settle_everything(store, clock))

        kept = store.read(things)
        assert store.stuck() == ()
    written = {name for name in kept if name.isdigit()}
    assert {f"{number}" for number in acknowledged} <= written
    assert kept == {f"{kind}{name}": 1 for name in written for kind in ("", "effect ", "answer ")}
    asked = Counter(line.split()[1] for line in outside.read_text().splitlines())
    assert set(asked) == written
