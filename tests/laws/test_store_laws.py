"""Laws of the store, over random histories."""

import random
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from roulian.store import Store, Tx
from roulian.store.backoff import Backoff
from roulian.store.commit import Committer, Request
from roulian.store.limits import SLOTS
from roulian.store.routes import Routes
from roulian.store.store import _engine
from roulian.words import Ids, Instant, SimulatedClock
from shelf import add, create_shelf, things

PER = timedelta(seconds=64)
PER_MS = 64_000
SLOT_MS = PER_MS // SLOTS


def a_store(url: str, clock: SimulatedClock) -> Store:
    store = Store.open(url, clock=clock, ids=Ids(random.Random(1).getrandbits))
    store.create_all()
    return store


@settings(max_examples=60, deadline=None)
@given(limit=st.integers(1, 5), pauses_ms=st.lists(st.integers(0, 40_000), max_size=60))
def test_no_window_ever_holds_more_than_the_limit_nor_is_a_place_lost(
    fresh_url: Callable[[], str], limit: int, pauses_ms: list[int]
):
    clock = SimulatedClock(Instant(1_000_000))
    taken: list[int] = []
    with closing(a_store(fresh_url(), clock)) as store:
        for pause_ms in pauses_ms:
            clock.move_to(Instant(clock.now().ms + pause_ms))
            now = clock.now().ms
            was_allowed = store.call(lambda tx: tx.take("key", limit=limit, per=PER))

            if was_allowed:
                taken.append(now)
                assert sum(now - PER_MS < at <= now for at in taken) <= limit
            else:
                assert sum(now - PER_MS - SLOT_MS < at <= now for at in taken) >= limit


@settings(max_examples=40, deadline=None)
@given(fates=st.lists(st.sampled_from(["keeps", "refuses", "breaks a rule"]), min_size=1, max_size=40))
def test_a_group_ends_as_its_members_one_by_one(fresh_url: Callable[[], str], fates: list[str]):
    def work(number: int, fate: str) -> Callable[[Tx], int]:
        def do(tx: Tx) -> int:
            add(tx, f"{number % 3}", units=number)
            if fate == "refuses":
                raise LookupError(fate)
            if fate == "breaks a rule":
                add(tx, f"{number % 3}", units=-(10**9))
            return number

        return do

    def outcome(groups: list[list[int]]) -> tuple[dict[str, int], list[str]]:
        engine, clock = _engine(fresh_url()), SimulatedClock(Instant(0))
        committer = Committer(engine, clock=clock, ids=Ids(random.Random(1).getrandbits), routes=Routes.of({}))
        with closing(committer):
            _settle(committer, create_shelf)
            ends = [
                f"{request.result} {type(request.error).__name__}"
                for group in groups
                for request in _settle(committer, *(work(number, fates[number]) for number in group))
            ]
            return _settle(committer, things)[0].result, ends

    numbers = list(range(len(fates)))

    assert outcome([numbers]) == outcome([[number] for number in numbers])


@given(tries=st.integers(0, 100), seed=st.integers(0, 1000))
def test_pauses_grow_up_to_the_longest_and_jitter_takes_at_most_half(tries: int, seed: int):
    whole = Backoff().pause_ms(tries)
    shortened = Backoff(random.Random(seed).getrandbits).pause_ms(tries)

    assert Backoff().pause_ms(max(tries - 1, 0)) <= whole <= Backoff().longest_ms
    assert whole / 2 <= shortened <= whole


def _settle(committer: Committer, *works: Callable[[Tx], Any]) -> list[Request]:
    group = [Request(work, "", 1, Future()) for work in works]
    committer.settle(group)
    return group
