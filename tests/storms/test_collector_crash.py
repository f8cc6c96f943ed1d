"""A collector killed at random points loses no signal it acknowledged, and its counts are those of its rows."""

import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from collector_victim import SIGNALS

from roulian.store import Store
from roulian.words import Ids, WallClock

ROUNDS, SEED = 4, 23
TESTS = Path(__file__).parents[1]
KEPT = sa.text("SELECT sku, is_bot FROM sense_signals")
COUNTED = sa.text("SELECT sum(n) FROM sense_signal_days")


def run_until_killed(url: str, first: int, *, acknowledgements: int) -> set[int]:
    """The batches that were acknowledged before the process was killed, in the middle of its work."""
    victim = subprocess.Popen(
        [sys.executable, "-c", "import collector_victim; collector_victim.main()", url, str(first)],
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


def test_what_the_collector_acknowledged_survives_and_is_counted_once(store_url: str):
    chance = random.Random(SEED)
    acknowledged: set[int] = set()

    with closing(Store.open(store_url, clock=WallClock(), ids=Ids(chance.getrandbits))) as store:
        store.create_all()
        for turn in range(ROUNDS):
            acknowledged |= run_until_killed(store_url, turn * 1_000_000, acknowledgements=chance.randrange(1, 50))

        rows = store.read(lambda tx: tx.rows(KEPT))
        counted = store.read(lambda tx: tx.one(COUNTED))

    kept = {sku for sku, _ in rows}
    assert {f"{number}-{n}" for number in acknowledged for n in range(SIGNALS)} <= kept
    assert counted is not None
    assert int(counted[0] or 0) == len([sku for sku, is_bot in rows if not is_bot])
