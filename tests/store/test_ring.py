"""Deliveries and deadlines: every effect once, failures alone, stuck things visible."""

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from roulian.store import Motion, NothingStuck, Pump, Store, Tx
from roulian.words import Ids, Instant, SimulatedClock
from shelf import Noted, Put, add, create_shelf, put, things

pytestmark = pytest.mark.anyio
Opener = Callable[..., Store]


def count(tx: Tx, event: Put) -> None:
    add(tx, "counted", units=event.units)


def note(tx: Tx, event: Put) -> None:
    tx.emit(Noted(event.thing))


def keep(tx: Tx, event: Noted) -> None:
    add(tx, f"noted {event.thing}")


def fail(tx: Tx, event: Put) -> None:
    add(tx, "half done")
    raise ValueError(f"cannot take {event.thing}\nDETAIL: a row with a phone number")


async def test_an_event_reaches_every_handler_once_and_so_does_what_it_leads_to(open_store: Opener):
    store = open_store(Motion(ring={Put: [count, note], Noted: [keep]}))
    store.call(lambda tx: [tx.emit(Put("a", 2)), tx.emit(Put("b", 3))])

    ran = await Pump(store).settle()

    assert ran == 6
    assert store.read(things) == {"counted": 5, "noted a": 1, "noted b": 1}
    assert await Pump(store).settle() == 0
    assert store.next_due() is None


async def test_an_event_of_work_that_failed_was_never_said(open_store: Opener):
    store = open_store(Motion(ring={Put: [count]}))

    with pytest.raises(ZeroDivisionError):
        store.call(lambda tx: [tx.emit(Put("a")), 1 // 0])

    assert await Pump(store).settle() == 0
    assert store.events_page() == ()


async def test_a_handler_that_fails_fails_alone_and_comes_again_later(open_store: Opener, clock: SimulatedClock):
    store = open_store(Motion(ring={Put: [fail, count]}))
    store.call(lambda tx: tx.emit(Put("a")))

    await Pump(store).settle()

    assert store.read(things) == {"counted": 1}
    due = store.next_due()
    assert due == clock.now().plus(timedelta(seconds=1))
    clock.move_to(due)
    await Pump(store).settle()
    assert store.next_due() == clock.now().plus(timedelta(seconds=2))
    assert store.read(things) == {"counted": 1}


async def test_what_keeps_failing_is_stuck_visible_and_can_be_tried_again(open_store: Opener, clock: SimulatedClock):
    failing = open_store(Motion(ring={Put: [fail]}))
    failing.call(lambda tx: tx.emit(Put("a")))
    while due := failing.next_due():
        clock.move_to(due)
        await Pump(failing).settle()

    (stuck,) = failing.stuck()
    assert (stuck.name, stuck.tries, stuck.error) == ("test_ring.fail", 8, "ValueError: cannot take a")

    failing.retry(stuck.id)

    assert failing.stuck() == ()
    assert failing.next_due() == clock.now()
    with pytest.raises(NothingStuck):
        failing.retry(stuck.id)


async def test_a_delivery_whose_handler_is_gone_waits_visibly(open_store: Opener, clock: SimulatedClock):
    before = open_store(Motion(ring={Put: [count]}))
    before.call(lambda tx: tx.emit(Put("a")))
    after = open_store(Motion(ring={Put: [note]}))

    await Pump(after).settle()

    (delivery,) = after.event(after.events_page()[0].id).effects
    assert "no handler test_ring.count" in delivery.error
    assert after.read(things) == {}


async def test_a_deadline_falls_due_once_at_its_time(open_store: Opener, clock: SimulatedClock):
    store = open_store(Motion(deadlines={"shelf.check": lambda tx, key: put(tx, f"checked {key}")}))
    noon = Instant.parse("2026-03-02T12:00:00+08:00")
    store.call(lambda tx: tx.at(noon, "shelf.check", "a"))

    assert await Pump(store).settle() == 0
    clock.move_to(noon)

    assert await Pump(store).settle() == 1
    assert await Pump(store).settle() == 0
    assert store.read(things) == {"checked a": 1}


async def test_a_deadline_set_again_moves_and_one_called_off_never_comes(open_store: Opener, clock: SimulatedClock):
    store = open_store(Motion(deadlines={"shelf.check": lambda tx, key: put(tx, f"checked {key}")}))
    early, late = clock.now().plus(timedelta(hours=1)), clock.now().plus(timedelta(hours=2))
    store.call(lambda tx: [tx.at(early, "shelf.check", key) for key in ("moved", "off")])
    store.call(lambda tx: [tx.at(late, "shelf.check", "moved"), tx.off("shelf.check", "off")])

    clock.move_to(early)
    assert await Pump(store).settle() == 0
    clock.move_to(late)

    assert await Pump(store).settle() == 1
    assert store.read(things) == {"checked moved": 1}


async def test_a_deadline_may_set_itself_again(open_store: Opener, clock: SimulatedClock):
    def nightly(tx: Tx, key: str) -> None:
        add(tx, "night")
        tx.at(tx.now.plus(timedelta(days=1)), "shelf.nightly", key)

    store = open_store(Motion(deadlines={"shelf.nightly": nightly}))
    store.call(lambda tx: tx.at(tx.now, "shelf.nightly", ""))

    for _ in range(3):
        await Pump(store).settle()
        clock.move_to(store.next_due())

    assert store.read(things) == {"night": 3}


async def test_a_deadline_begun_again_stays_where_it_waits(open_store: Opener, clock: SimulatedClock):
    store = open_store(Motion(deadlines={"shelf.nightly": lambda tx, key: add(tx, "night")}))
    tonight, tomorrow = clock.now().plus(timedelta(hours=1)), clock.now().plus(timedelta(days=1))
    store.call(lambda tx: tx.at_first(tonight, "shelf.nightly", ""))

    store.call(lambda tx: tx.at_first(tomorrow, "shelf.nightly", ""))
    clock.move_to(tonight)
    await Pump(store).settle()
    over = store.read(things)
    store.call(lambda tx: tx.at_first(tomorrow, "shelf.nightly", ""))
    clock.move_to(tomorrow)
    await Pump(store).settle()

    assert over == {"night": 1}
    assert store.read(things) == {"night": 2}


async def test_deliveries_run_in_the_order_they_were_said(open_store: Opener):
    seen: list[str] = []
    store = open_store(Motion(ring={Put: [lambda tx, event: seen.append(event.thing)]}))
    names = [f"{number}" for number in range(80)]
    store.call(lambda tx: [tx.emit(Put(name)) for name in names])

    await Pump(store).settle()

    assert seen == names


async def test_two_pumps_at_once_deliver_everything_once(open_store: Opener):
    motion = Motion(ring={Put: [count, note], Noted: [keep]})
    store, other = open_store(motion), open_store(motion)
    store.call(lambda tx: [tx.emit(Put(f"{number}")) for number in range(300)])

    while store.next_due():
        await asyncio.gather(Pump(store).settle(), Pump(other).settle())

    assert store.read(things) == {"counted": 300} | {f"noted {number}": 1 for number in range(300)}


async def test_the_live_pump_wakes_for_what_was_just_said(open_store: Opener):
    loop, delivered = asyncio.get_running_loop(), asyncio.Event()

    def tell(tx: Tx, event: Put) -> None:
        count(tx, event)
        loop.call_soon_threadsafe(delivered.set)

    store = open_store(Motion(ring={Put: [tell]}))
    pumping = asyncio.create_task(Pump(store).run())

    await store.run(lambda tx: tx.emit(Put("a", 7)))
    await asyncio.wait_for(delivered.wait(), 5)
    pumping.cancel()

    assert store.call(things) == {"counted": 7}
    with pytest.raises(asyncio.CancelledError):
        await pumping


async def test_the_same_seed_gives_the_same_rows(clock: SimulatedClock):
    def begin() -> Store:
        motion = Motion(ring={Put: [note, fail], Noted: [keep]})
        store = Store.open("sqlite://", clock=clock, ids=Ids(random.Random(3).getrandbits), motion=motion)
        store.call(create_shelf)
        store.call(lambda tx: [tx.emit(Put(name)) for name in "abc"], cause="test")
        return store

    with closing(begin()) as one, closing(begin()) as two:
        for store in (one, two):
            await Pump(store, chance=random.Random(5).getrandbits).settle()

        assert len(one.events_page()) == 6
        assert one.events_page() == two.events_page()
        assert [one.event(each.id) for each in one.events_page()] == [two.event(each.id) for each in two.events_page()]
