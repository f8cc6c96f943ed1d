"""Many requests, one commit, each with its own answer."""

import asyncio
from collections.abc import Sequence

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


def deal(tx: Tx, names: Sequence[str]) -> list[int | Refusal]:
    """How many were dealt for at once; `no` is refused, `bug` breaks the whole deal."""
    if "bug" in names:
        raise ValueError("bug")
    for name in names:
        if name != "no":
            add(tx, name)
    return [Refusal() if name == "no" else len(names) for name in names]


async def test_what_arrives_together_is_worked_for_in_one_call_and_answered_apart(store: Store):
    names = [f"thing {n}" for n in range(CLIENTS)]
    names[100] = "no"

    answers = await asyncio.gather(*(store.run_together(deal, name) for name in names), return_exceptions=True)

    assert isinstance(answers[100], Refusal)
    assert max(answer for answer in answers if isinstance(answer, int)) > 1
    assert store.read(things) == {name: 1 for name in names if name != "no"}


async def test_one_that_breaks_the_joint_work_breaks_for_itself_alone(store: Store):
    names = [f"thing {n}" for n in range(40)]
    names[7] = "bug"

    answers = await asyncio.gather(*(store.run_together(deal, name) for name in names), return_exceptions=True)

    assert [n for n, answer in enumerate(answers) if isinstance(answer, Exception)] == [7]
    assert isinstance(answers[7], ValueError)
    assert store.read(things) == {name: 1 for name in names if name != "bug"}


async def test_a_lone_refusal_of_joint_work_is_raised_and_nothing_written(store: Store):
    with pytest.raises(Refusal):
        await store.run_together(deal, "no")

    assert store.read(things) == {}


def units(tx: Tx, names: Sequence[str]) -> list[tuple[int, int] | Refusal]:
    """How many units there are of each, and for how many it was asked at once."""
    if "bug" in names:
        raise ValueError("bug")
    there = things(tx)
    return [Refusal() if name == "no" else (there.get(name, 0), len(names)) for name in names]


async def test_what_is_asked_together_is_answered_from_one_snapshot(store: Store):
    await store.run(lambda tx: add(tx, "a"))
    names = ["a", "b", "no"] * 40

    answers = await asyncio.gather(*(store.ask_together(units, name) for name in names), return_exceptions=True)

    found = [answer for answer in answers if not isinstance(answer, Exception)]
    assert [type(answer) for answer in answers[2::3]] == [Refusal] * 40
    assert [there for there, _ in found] == [1, 0] * 40
    assert max(asked for _, asked in found) > 1


async def test_one_question_that_breaks_is_answered_so_alone(store: Store):
    answers = await asyncio.gather(
        *(store.ask_together(units, name) for name in ("a", "b", "bug", "c")), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [tuple, tuple, ValueError, tuple]


async def test_an_answer_asked_together_is_never_older_than_the_question(store: Store):
    for number in range(20):
        await store.run(lambda tx: add(tx, "a"))

        answers = await asyncio.gather(*(store.ask_together(units, "a") for _ in range(5)))

        assert {there for there, _ in answers} == {number + 1}
