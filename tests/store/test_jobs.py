"""Calls to the outside: promised once, never sent blindly twice, recorded once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from roulian.store import Job, Motion, Pump, Store, Tx
from roulian.store.jobs import LEASE_MS
from roulian.words import Rejected, SimulatedClock
from shelf import Outside, add, errand, things

pytestmark = pytest.mark.anyio
Opener = Callable[..., Store]


async def run_all(store: Store, clock: SimulatedClock) -> None:
    """Let time pass until nothing waits any more."""
    await Pump(store).settle()
    while due := store.next_due():
        clock.move_to(due)
        await Pump(store).settle()


async def test_a_job_promised_twice_is_one_call(open_store: Opener, clock: SimulatedClock):
    outside = Outside()
    store = open_store(Motion(errands={"tell": errand(outside)}))
    store.call(lambda tx: tx.job("tell", "n1", "hello"))
    store.call(lambda tx: tx.job("tell", "n1", "hello"))

    await run_all(store, clock)
    store.call(lambda tx: tx.job("tell", "n1", "hello"))
    await run_all(store, clock)

    assert outside.done == ["n1"]
    assert store.read(things) == {"n1 did hello": 1}


async def test_silence_is_answered_with_patience(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["silent", "silent", "ok"])
    store = open_store(Motion(errands={"tell": errand(outside)}))
    begun = clock.now()
    store.call(lambda tx: tx.job("tell", "n1", "hello"))

    await run_all(store, clock)

    assert clock.now() == begun.plus(timedelta(seconds=1 + 2))
    assert store.read(things) == {"n1 did hello": 1}


async def test_endless_silence_ends_stuck_and_a_person_tries_again(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["silent"] * 8 + ["ok"])
    store = open_store(Motion(errands={"tell": errand(outside)}))
    store.call(lambda tx: tx.job("tell", "n1", "hello"))

    await run_all(store, clock)
    (stuck,) = store.stuck()
    assert (stuck.name, stuck.tries) == ("tell n1", 8)
    assert store.read(things) == {}
    store.retry(stuck.id)
    await run_all(store, clock)

    assert store.stuck() == ()
    assert store.read(things) == {"n1 did hello": 1}


async def test_a_no_is_recorded_and_not_repeated(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["no"])
    store = open_store(Motion(errands={"tell": errand(outside)}))
    store.call(lambda tx: tx.job("tell", "n1"))

    await run_all(store, clock)

    assert outside.asked == 1
    assert store.read(things) == {"n1 refused 43101": 1}
    assert store.stuck() == ()


async def test_a_lost_answer_without_a_way_to_ask_is_left_to_a_person(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["lost", "ok"])
    store = open_store(Motion(errands={"tell": errand(outside)}))
    store.call(lambda tx: tx.job("tell", "n1"))

    await run_all(store, clock)

    assert outside.asked == 1
    assert store.stuck()[0].error.startswith("unknown")


async def test_a_lost_answer_is_asked_for_again_where_the_outside_knows_the_key(
    open_store: Opener, clock: SimulatedClock
):
    outside = Outside(["lost", "lost", "ok"])
    store = open_store(Motion(errands={"pay": errand(outside, asks_again=True)}))
    store.call(lambda tx: tx.job("pay", "o1", "refund"))

    await run_all(store, clock)

    assert outside.asked == 3
    assert store.read(things) == {"o1 did refund": 1}
    assert store.stuck() == ()


async def test_answers_lost_for_ever_end_stuck(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["lost"])
    store = open_store(Motion(errands={"pay": errand(outside, asks_again=True)}))
    store.call(lambda tx: tx.job("pay", "o1"))

    await run_all(store, clock)

    assert outside.asked == 8
    assert len(store.stuck()) == 1


async def test_an_answer_that_cannot_be_recorded_is_kept_and_not_asked_for_again(
    open_store: Opener, clock: SimulatedClock
):
    outside = Outside()
    failures = iter([True, True, False])

    def record(tx: Tx, job: Job, answer: str) -> None:
        add(tx, answer)
        if next(failures):
            raise ValueError("not now")

    store = open_store(Motion(errands={"tell": replace(errand(outside), record=record)}))
    store.call(lambda tx: tx.job("tell", "n1", "hello"))

    await run_all(store, clock)

    assert outside.asked == 1
    assert store.read(things) == {"did hello": 1}


async def test_a_refusal_that_cannot_be_recorded_is_repeated(open_store: Opener, clock: SimulatedClock):
    outside = Outside(["no"])
    failures = iter([True, False])

    def rejected(tx: Tx, job: Job, rejection: Rejected) -> None:
        add(tx, rejection.code)
        if next(failures):
            raise ValueError("not now")

    store = open_store(Motion(errands={"tell": replace(errand(outside), rejected=rejected)}))
    store.call(lambda tx: tx.job("tell", "n1"))

    await run_all(store, clock)

    assert store.read(things) == {"43101": 1}


async def test_a_job_of_a_process_that_died_is_reconciled_after_its_lease(open_store: Opener, clock: SimulatedClock):
    begun, never = asyncio.Event(), asyncio.Event()

    async def hang(_: Job) -> str:
        begun.set()
        await never.wait()
        return ""

    outside = Outside()
    dying = open_store(Motion(errands={"pay": replace(errand(outside), call=hang)}))
    dying.call(lambda tx: tx.job("pay", "o1", "refund"))
    pumping = asyncio.create_task(Pump(dying).settle())
    await begun.wait()
    pumping.cancel()
    assert dying.next_due() == clock.now().plus(timedelta(milliseconds=LEASE_MS))
    living = open_store(Motion(errands={"pay": errand(outside, asks_again=True)}))

    assert await Pump(living).settle() == 0
    await run_all(living, clock)

    assert outside.done == ["o1"]
    assert living.read(things) == {"o1 did refund": 1}


async def test_an_answer_after_the_lease_ended_changes_nothing(open_store: Opener, clock: SimulatedClock):
    begun, late = asyncio.Event(), asyncio.Event()

    async def slow(_: Job) -> str:
        begun.set()
        await late.wait()
        return "late"

    outside = Outside()
    slow_one = open_store(Motion(errands={"pay": replace(errand(outside), call=slow)}))
    slow_one.call(lambda tx: tx.job("pay", "o1", "refund"))
    pumping = asyncio.create_task(Pump(slow_one).settle())
    await begun.wait()
    other = open_store(Motion(errands={"pay": errand(outside, asks_again=True)}))
    await run_all(other, clock)
    late.set()
    await pumping

    assert other.read(things) == {"o1 did refund": 1}


async def test_two_pumps_at_once_call_once(open_store: Opener, clock: SimulatedClock):
    outside = Outside()
    motion = Motion(errands={"tell": errand(outside)})
    store, other = open_store(motion), open_store(motion)
    store.call(lambda tx: [tx.job("tell", f"{number}") for number in range(100)])

    await asyncio.gather(Pump(store).settle(), Pump(other).settle())

    assert sorted(outside.done, key=int) == [f"{number}" for number in range(100)]


async def test_an_errand_nobody_knows_waits_visibly(open_store: Opener, clock: SimulatedClock):
    store = open_store()
    store.call(lambda tx: tx.job("tell", "n1"))

    await run_all(store, clock)

    assert "nobody knows the errand tell" in store.stuck()[0].error
