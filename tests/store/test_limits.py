"""Limits per key, as WeChat counts them."""

from datetime import timedelta

import pytest

from roulian.store import Store, Tx
from roulian.words import SimulatedClock

MINUTE = timedelta(minutes=1)


def test_a_limit_lets_through_what_it_says_and_again_in_the_next_window(store: Store, clock: SimulatedClock):
    def taken() -> list[bool]:
        return [store.call(lambda tx: tx.take("wechat.subscribe", limit=2, per=MINUTE)) for _ in range(3)]

    first = taken()
    clock.move_to(clock.now().plus(MINUTE * 1.1))

    assert first == [True, True, False]
    assert taken() == [True, True, False]


def test_keys_have_their_own_limits(store: Store):
    assert store.call(lambda tx: tx.take("a", limit=1, per=MINUTE))
    assert store.call(lambda tx: tx.take("b", limit=1, per=MINUTE))
    assert not store.call(lambda tx: tx.take("a", limit=1, per=MINUTE))


def test_what_was_taken_by_work_that_failed_is_free_again(store: Store):
    def take_and_fail(tx: Tx) -> None:
        assert tx.take("a", limit=1, per=MINUTE)
        raise LookupError

    with pytest.raises(LookupError):
        store.call(take_and_fail)

    assert store.call(lambda tx: tx.take("a", limit=1, per=MINUTE))
