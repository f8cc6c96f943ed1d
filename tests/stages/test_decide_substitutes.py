"""What serves a buyer whose goods are short: likest first, and only what stands on the shelf."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from roulian import decide
from roulian.words import SkuId


@dataclass(frozen=True)
class Offer:
    id: SkuId
    product: str
    price_fen: int


CATEGORIES = {"cup": "tableware", "bowl": "tableware", "lamp": "light", "odd": "", "end": ""}
RED = Offer(SkuId("cup-red"), "cup", 1000)
BLUE, GOLD = Offer(SkuId("cup-blue"), "cup", 1000), Offer(SkuId("cup-gold"), "cup", 2000)
BOWL, LAMP = Offer(SkuId("bowl"), "bowl", 1001), Offer(SkuId("lamp"), "lamp", 1000)
ALL = (LAMP, BOWL, GOLD, BLUE, RED)


def likes(short: Offer, free: dict[str, int], *, qty: int = 1, most: int = 3) -> list[str]:
    stocked = {SkuId(sku): units for sku, units in free.items()}
    return list(decide.substitutes(short, ALL, categories=CATEGORIES, free=stocked, qty=qty, most=most))


def test_another_option_of_the_product_comes_before_its_category_and_the_nearer_price_first():
    free = {"cup-red": 9, "cup-blue": 9, "cup-gold": 9, "bowl": 9, "lamp": 9}

    assert likes(RED, free) == ["cup-blue", "cup-gold", "bowl"]
    assert likes(RED, free, most=1) == ["cup-blue"]


def test_only_what_is_free_in_the_wanted_quantity_counts():
    assert likes(RED, {"cup-blue": 2, "bowl": 3}, qty=3) == ["bowl"]
    assert likes(RED, {}) == []


def test_things_without_a_category_are_like_nothing_else():
    odd, end = Offer(SkuId("odd"), "odd", 5), Offer(SkuId("end"), "end", 5)

    found = decide.substitutes(odd, [odd, end], categories=CATEGORIES, free={end.id: 9, odd.id: 9})

    assert found == ()


@given(st.dictionaries(st.sampled_from([one.id for one in ALL]), st.integers(0, 9)), st.integers(1, 9))
def test_every_substitute_has_what_is_wanted_and_is_something_else(free, qty):
    found = likes(RED, free, qty=qty)

    assert all(free[SkuId(one)] >= qty for one in found)
    assert RED.id not in found
    assert len(found) == len(set(found))
