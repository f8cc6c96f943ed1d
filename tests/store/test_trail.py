"""Why it happened and what it caused is a walk over rows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from roulian.store import Motion, Pump, Status, Store, Tx
from roulian.store.trail import Mark, Tally, tallies
from roulian.words import SimulatedClock
from shelf import Noted, Outside, Put, errand

pytestmark = pytest.mark.anyio
Opener = Callable[..., Store]


def note(tx: Tx, event: Put) -> None:
    tx.emit(Noted(event.thing))


def send(tx: Tx, event: Noted) -> None:
    tx.job("tell", event.thing, "noted")
    tx.at(tx.now.plus(timedelta(hours=1)), "shelf.check", event.thing)


@pytest.fixture
def store(open_store: Opener) -> Store:
    return open_store(
        Motion(
            ring={Put: [note], Noted: [send]},
            deadlines={"shelf.check": lambda tx, key: tx.emit(Noted(f"{key} late"))},
            errands={"tell": errand(Outside())},
        )
    )


async def test_an_event_knows_the_request_that_began_it(store: Store):
    store.call(lambda tx: tx.emit(Put("a")), cause="web.shelf")
    await Pump(store).settle()

    noted, put = store.events_page()
    story = store.event(noted.id)

    assert [(step.mark, step.name) for step in story.why] == [(Mark.EVENT, "shelf.Put"), (Mark.REQUEST, "web.shelf")]
    assert (put.kind, put.body, put.cause) == ("shelf.Put", '{"thing":"a","units":1}', "web.shelf")


async def test_an_event_shows_what_it_caused_and_how_that_went(store: Store):
    store.call(lambda tx: tx.emit(Put("a")))
    await Pump(store).settle()

    noted, put = store.events_page()

    assert [(step.mark, step.name, step.status) for step in store.event(put.id).effects] == [
        (Mark.DELIVERY, "test_trail.note", Status.DONE),
        (Mark.EVENT, "shelf.Noted", Status.DONE),
    ]
    assert [(step.mark, step.name, step.status) for step in store.event(noted.id).effects] == [
        (Mark.DELIVERY, "test_trail.send", Status.DONE),
        (Mark.DEADLINE, "shelf.check a", Status.DUE),
        (Mark.JOB, "tell a", Status.DONE),
    ]


async def test_the_chain_passes_through_deadlines(store: Store, clock: SimulatedClock):
    store.call(lambda tx: tx.emit(Put("a")), cause="web.shelf")
    await Pump(store).settle()
    clock.move_to(store.next_due())
    await Pump(store).settle()

    late = store.events_page(limit=1)[0]

    assert [step.name for step in store.event(late.id).why] == [
        "shelf.check a",
        "shelf.Noted",
        "shelf.Put",
        "web.shelf",
    ]


async def test_pages_go_back_in_time_without_gap_or_repeat(store: Store):
    store.call(lambda tx: [tx.emit(Put(f"{number}")) for number in range(5)])

    first = store.events_page(limit=2)
    second = store.events_page(limit=2, before=first[-1].id)
    third = store.events_page(limit=2, before=second[-1].id)

    assert [event.body for event in (*first, *second, *third)] == [Put(f"{n}").body() for n in (4, 3, 2, 1, 0)]
    assert store.events_page(stage="shelf") == (*first, *second, *third)
    assert store.events_page(stage="sell") == ()
    assert store.read(tallies) == (Tally("shelf", "shelf.Put", 5),)


def test_an_unknown_event_has_no_story(store: Store):
    assert store.event("evt_none") is None


def test_time_goes_on_from_where_it_stopped(store: Store, clock: SimulatedClock):
    assert store.last_instant() == clock.now()
    clock.move_to(clock.now().plus(timedelta(days=3)))
    store.call(lambda tx: tx.emit(Put("a")))

    assert store.last_instant() == clock.now()
