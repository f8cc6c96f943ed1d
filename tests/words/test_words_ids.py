import random

from hypothesis import given
from hypothesis import strategies as st

from roulian.words import Ids, Instant

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(st.lists(st.integers(0, 2**48 - 1), min_size=1, max_size=50), st.integers(0, 2**32))
def test_ids_only_ever_grow_whatever_the_clock_does(instants, seed):
    ids = Ids(random.Random(seed).getrandbits)

    made = [ids.new("ord", Instant(ms)) for ms in instants]

    assert made == sorted(set(made))


@given(st.integers(0, 2**48 - 1))
def test_an_id_carries_its_kind_and_its_instant(ms):
    made = Ids(lambda bits: 0).new("pur", Instant(ms))

    kind, _, text = made.partition("_")
    number = 0
    for letter in text:
        number = number * 32 + CROCKFORD.index(letter)
    assert (kind, len(text), number >> 80) == ("pur", 26, ms)


def test_the_same_seed_gives_the_same_ids():
    first, second = (Ids(random.Random(7).getrandbits) for _ in range(2))

    assert [first.new("ord", Instant(n)) for n in range(9)] == [second.new("ord", Instant(n)) for n in range(9)]
