"""Many requests, one commit, each with its own answer."""

import asyncio

import pytest

from roulian.store import Store, Tx, Violated
from roulian.words import Refusal
from shelf import add, put, take, things

pytestmark = pytest.mark.anyio
CLIENTS = 256


async def test_256_clients_each_get_their_own_answer(store: Store):
    async def client(number: int) -> list[int]:
        return [await store.run(lambda tx, n=n: add(tx, f"{number}") or number * 1000 + n) for n in range(4)]

    answers = await asyncio.gather(*(client(number) for number in range(CLIENTS)))

    assert answers == [[number * 1000 + n for n in range(4)] for number in range(CLIENTS)]
    assert store.read(things) == {f"{number}": 4 for number in range(CLIENTS)}


async def test_a_refusal_and_a_bug_undo_themselves_alone(store: Store):
    def refused(tx: Tx) -> None:
        add(tx, "refused")
        raise Refusal

    await store.run(lambda tx: put(tx, "a", units=1))
    works = [lambda tx, n=n: add(tx, f"good {n}") for n in range(40)]
    works[7] = refused
    works[23] = lambda tx: (add(tx, "bug"), take(tx, "a", units=2))

    answers = await asyncio.gather(*(store.run(work) for work in works), return_exceptions=True)

    assert isinstance(answers[7], Refusal)
    assert isinstance(answers[23], Violated)
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Exception)] == [7, 23]
    assert store.read(things) == {"a": 1} | {f"good {n}": 1 for n in range(40) if n not in (7, 23)}


async def test_a_group_of_failures_commits_nothing(store: Store):
    def refused(tx: Tx) -> None:
        add(tx, "refused")
        raise Refusal

    answers = await asyncio.gather(*(store.run(refused) for _ in range(30)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [Refusal] * 30
    assert store.read(things) == {}


async def test_a_caller_who_gave_up_disturbs_nobody(store: Store):
    gone = asyncio.create_task(store.run(lambda tx: add(tx, "gone")))
    stays = asyncio.create_task(store.run(lambda tx: add(tx, "stays") or "answer"))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays == "answer"
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_an_answer_means_it_can_be_read(store: Store):
    for number in range(20):
        await store.run(lambda tx: add(tx, "a"))

        assert await store.ask(things) == {"a": number + 1}


def test_work_that_raises_stop_iteration_is_still_answered(store: Store):
    with pytest.raises(Exception, match="StopIteration"):
        store.call(lambda tx: next(iter(())))
