"""PostgreSQL with several writers: in each other's way, they still all get through, once."""

import asyncio
from collections.abc import Callable

import psycopg
import pytest

from roulian.store import Store, Tx
from roulian.words import Unreachable
from shelf import add, take, things

pytestmark = pytest.mark.anyio
Opener = Callable[..., Store]


@pytest.fixture(params=["postgresql"])
def store_url(postgres_url: str, schemas) -> str:
    return f"{postgres_url}&schema=several_{next(schemas)}"


async def test_writers_that_deadlock_are_replayed_and_all_succeed(open_store: Opener):
    stores = [open_store() for _ in range(2)]
    names = [f"{n}" for n in range(8)]
    stores[0].call(lambda tx: [add(tx, name) for name in names])

    def touch(order: list[str]) -> Callable[[Tx], None]:
        return lambda tx: [add(tx, name) for name in order]

    forward, backward = touch(names), touch(names[::-1])
    works = [store.run(work) for _ in range(10) for store, work in zip(stores, (forward, backward), strict=True)]
    await asyncio.gather(*works)

    assert stores[0].read(things) == dict.fromkeys(names, 21)


async def test_guards_hold_against_each_other(open_store: Opener):
    stores = [open_store() for _ in range(3)]
    stores[0].call(lambda tx: add(tx, "last ones", units=10))

    answers = await asyncio.gather(
        *(store.run(lambda tx: take(tx, "last ones")) for _ in range(10) for store in stores), return_exceptions=True
    )

    assert sum(answer is None for answer in answers) == 10
    assert stores[0].read(things) == {"last ones": 0}


async def test_a_broken_connection_is_told_and_mended(open_store: Opener, postgres_url: str, store_url: str):
    store = open_store()
    store.call(lambda tx: add(tx, "a"))
    others = " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity" + others)

    with pytest.raises(Unreachable) as told:
        store.call(lambda tx: add(tx, "a"))

    assert not told.value.lost
    store.call(lambda tx: add(tx, "a"))
    assert store.read(things) == {"a": 2}
