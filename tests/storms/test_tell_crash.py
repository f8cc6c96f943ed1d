"""A sender killed at random points sends nothing twice: what it had taken and cannot account for stays taken."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from tell_victim import CAP, LIMITS, SENDERS, TEMPLATE, NoonClock, is_refused, opened

from roulian import tell
from roulian.store import Pump, Store, Tx
from roulian.tell import NewNotice, NoticeStatus, Scenario
from roulian.words import MemberId, SimulatedClock, WallClock

TESTS = Path(__file__).parents[1]
NOTICES, MEMBERS, LIVES, SEED = 900, 150, 5, 23
FACTS = {"item": "灯", "promised_day": "2026-03-19", "was_day": "2026-03-12", "reason": "晚到"}
EVERYONE = [MemberId(f"mem_{number}") for number in range(MEMBERS)]


def settle_in(tx: Tx, granted: dict[MemberId, int], chance: random.Random) -> None:
    for member, taps in granted.items():
        if taps:
            tell.grant(tx, member, template=TEMPLATE, n=taps, source=member)
    tell.queue(tx, [NewNotice(f"{n}", chance.choice(EVERYONE), Scenario.DELAY, "ord_1", FACTS) for n in range(NOTICES)])


def calls(outside: Path) -> list[list[str]]:
    return [line.split() for line in outside.read_text().splitlines()] if outside.exists() else []


def live_and_die(url: str, outside: Path, began_ms: int, *, calls_more: int) -> None:
    """One life of the sender, ended by kill -9 once so many more calls went out, or when it has nothing left to do."""
    wanted = len(calls(outside)) + calls_more
    victim = subprocess.Popen(
        [sys.executable, "-c", "import tell_victim; tell_victim.main()", url, outside, str(began_ms)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TESTS / "storms"), str(TESTS), str(TESTS.parent / "src")]),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    with victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == "ready\n"
        end = time.monotonic() + 20
        while len(calls(outside)) < wanted and time.monotonic() < end:
            os.sched_yield()
        victim.send_signal(signal.SIGKILL)
    assert victim.returncode == -signal.SIGKILL


async def settle_everything(store: Store, clock: SimulatedClock) -> None:
    await Pump(store).settle()
    while due := store.next_due():
        clock.move_to(due)
        await Pump(store).settle()


def test_killed_sender_sends_nothing_twice_and_keeps_what_it_cannot_account_for(store_url: str, tmp_path: Path):
    chance = random.Random(SEED)
    outside = tmp_path / "outside"
    granted = {member: chance.randrange(8) for member in EVERYONE}
    began_ms = WallClock().now().ms
    clock = SimulatedClock(NoonClock(began_ms).now())
    with closing(opened(store_url, outside, clock)) as store:
        store.create_all()
        store.call(lambda tx: settle_in(tx, granted, chance))
        for _ in range(LIVES):
            live_and_die(store_url, outside, began_ms, calls_more=chance.randrange(5, 90))
        clock.move_to(NoonClock(began_ms).now())
        asyncio.run(settle_everything(store, clock))

        ledger = store.read(lambda tx: tell.consents(tx, EVERYONE))
        (quota,) = store.read(lambda tx: tell.quotas(tx, senders=SENDERS, limits=LIMITS))
        statuses = store.read(lambda tx: tell.notice_counts(tx, since=clock.now()))
        moves = dict(
            store.read(lambda tx: tx.rows(sa.text("SELECT kind, sum(change) FROM tell_consent_moves GROUP BY kind")))
        )
        lost = store.read(lambda tx: tx.one(sa.text("SELECT count(*) FROM tell_attempts WHERE status = 'lost'")))
        assert store.stuck() == ()

    taken = calls(outside)
    assert max(Counter(notice for notice, _ in taken).values()) == 1
    arrived = Counter(MemberId(member) for notice, member in taken if not is_refused(notice))
    assert [member for member, count in arrived.items() if count > granted[member]] == []
    assert statuses[NoticeStatus.QUEUED] == 0
    spent = -moves["spend"] - moves.get("return", 0)
    assert sum(each.get(TEMPLATE, 0) for each in ledger.values()) == sum(granted.values()) - spent
    assert arrived.total() <= spent
    assert len(taken) <= quota.used <= CAP
    assert lost is not None
    assert lost[0] > 0
