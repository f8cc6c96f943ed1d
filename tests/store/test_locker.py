"""The locker: shared by processes, sealed on the disk, renewed by one holder of a lease at a time."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from roulian.store import CannotOpen, KeyRing, Locker, Store, clear_locker
from roulian.words import SimulatedClock

pytestmark = pytest.mark.anyio
Opener = Callable[..., Store]
KEYS = KeyRing({"k1": b"1" * 32}, draw=random.Random(1).randbytes)


@pytest.fixture
def lockers(open_store: Opener, clock: SimulatedClock) -> tuple[Locker, Locker]:
    """Those of two processes of one brand."""
    stores = open_store(), open_store()
    stores[0].create_all()
    one, two = (
        Locker(lambda store=each: store, ring=KEYS, clock=clock, draw=random.Random(n).randbytes)
        for n, each in enumerate(stores)
    )
    return one, two


async def test_what_one_process_keeps_another_finds(lockers: tuple[Locker, Locker], clock: SimulatedClock):
    one, two = lockers
    until = clock.now().plus(timedelta(hours=2))

    assert await two.kept("token:wx1") is None
    await one.keep("token:wx1", "t0ken", expires_at=until)

    found = await two.kept("token:wx1")
    assert found is not None
    assert (found.value, found.expires_at) == ("t0ken", until)
    assert "t0ken" not in repr(found)
    assert await two.kept("token:wx2") is None


async def test_one_lease_at_a_time_until_it_is_given_back_or_runs_out(
    lockers: tuple[Locker, Locker], clock: SimulatedClock
):
    one, two = lockers

    first = await one.claim("token:wx1")
    assert first
    assert await two.claim("token:wx1") == ""
    assert await one.claim("token:wx1") == ""
    assert await two.claim("token:wx2")
    await one.release("token:wx1", first)
    second = await two.claim("token:wx1")
    assert second
    await one.release("token:wx1", first)
    assert await one.claim("token:wx1") == ""
    clock.move_to(clock.now().plus(timedelta(seconds=21)))
    assert await one.claim("token:wx1")


async def test_of_many_who_claim_at_once_one_succeeds(lockers: tuple[Locker, Locker]):
    leases = await asyncio.gather(*(each.claim("token:wx1") for _ in range(8) for each in lockers))

    assert sum(lease != "" for lease in leases) == 1


async def test_a_lease_alone_is_no_value_and_keeping_one_leaves_the_lease(lockers: tuple[Locker, Locker], clock):
    one, two = lockers

    await one.claim("token:wx1")
    assert await two.kept("token:wx1") is None
    await one.keep("token:wx1", "t", expires_at=clock.now())

    assert await two.claim("token:wx1") == ""


async def test_nothing_readable_stands_on_the_disk_and_a_lost_key_is_told(open_store: Opener, clock: SimulatedClock):
    store = open_store()
    store.create_all()
    locker = Locker(lambda: store, ring=KEYS, clock=clock, draw=random.Random(1).randbytes)
    await locker.keep("token:wx1", "t0ken", expires_at=clock.now())

    rows = store.read(lambda tx: tx.rows(sa.text("SELECT * FROM store_locker")))
    other = KeyRing({"k2": b"2" * 32}, draw=random.Random(1).randbytes)

    assert "t0ken" not in str(rows)
    with pytest.raises(CannotOpen):
        await Locker(lambda: store, ring=other, clock=clock, draw=random.Random(1).randbytes).kept("token:wx1")
    await store.run(clear_locker)
    assert await locker.kept("token:wx1") is None


async def test_a_key_is_heard_once_until_its_time_is_over(store: Store, clock: SimulatedClock):
    store.create_all()

    def heard(key: str) -> bool:
        return store.call(lambda tx: tx.hear(key, until=tx.now.plus(timedelta(minutes=10))))

    assert [heard("n1"), heard("n1"), heard("n2")] == [True, False, True]
    clock.move_to(clock.now().plus(timedelta(minutes=10)))
    assert heard("n1") is False
    clock.move_to(clock.now().plus(timedelta(minutes=1)))
    assert heard("n1") is True
    assert store.read(lambda tx: tx.rows(sa.text("SELECT key FROM store_heard"))) == [("n1",)]


async def test_what_is_undone_was_not_heard(store: Store, clock: SimulatedClock):
    store.create_all()
    later = clock.now().plus(timedelta(minutes=10))

    def fails(tx) -> None:
        assert tx.hear("n1", until=later)
        raise LookupError

    with pytest.raises(LookupError):
        store.call(fails)

    assert store.call(lambda tx: tx.hear("n1", until=later)) is True
