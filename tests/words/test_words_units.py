import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian.words import Fen, Qty, Unit


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_the_parts_of_a_split_sum_to_the_whole(amount, weights):
    parts = Fen(amount).split(weights)

    assert sum(part.n for part in parts) == amount
    assert all(abs(part.n - amount * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))


def test_a_split_without_weight_is_refused():
    for weights in ([0, 0], [3, -1]):
        with pytest.raises(ValueError, match="weights"):
            Fen(100).split(weights)


def test_money_knows_no_float_and_no_division():
    with pytest.raises(TypeError, match="whole"):
        Fen(1.5)
    with pytest.raises(TypeError):
        Fen(10) / 2


def test_money_is_shown_in_yuan():
    assert [Fen(n).yuan() for n in (0, 5, 1234, -1205)] == ["0.00", "0.05", "12.34", "-12.05"]


def test_different_units_do_not_mix():
    assert Qty(2) + Qty(3) == Qty(5)
    assert Qty(5, Unit.GRAM) - Qty(2, Unit.GRAM) == Qty(3, Unit.GRAM)
    with pytest.raises(TypeError, match="gram"):
        Qty(2, Unit.GRAM) + Qty(3)
