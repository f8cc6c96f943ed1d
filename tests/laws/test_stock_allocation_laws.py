"""Whatever is asked of whatever shelves: never more is given than is free, and given plus missing is what was asked."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian import stock
from roulian.stock.methods.allocating import MOST_EXACT_PLACES, allocate, whole_kits
from roulian.stock.methods.nearness import distance_km
from roulian.stock.model import AllocationRule as Rule
from roulian.stock.model import Ask, Batch, LotId, Place, Want, summed, with_kits
from roulian.words import Day, SkuId

TODAY = Day.parse("2026-03-02")
SKUS = tuple(SkuId(f"sku_{letter}") for letter in "abc")
PLACES = tuple(stock.LocationId(f"loc_{number}") for number in range(4))
CUP, BOWL, SET = SkuId("sku_a"), SkuId("sku_b"), SkuId("sku_set")
NEAR, FAR, OTHER = PLACES[:3]

skus = st.sampled_from(SKUS)
plain_asks = st.builds(Ask, skus, st.integers(1, 9), line=st.sampled_from(["", "1", "2"]))
bundles = st.builds(
    Ask,
    st.just(SET),
    st.integers(1, 4),
    st.lists(st.builds(Want, skus, st.integers(1, 3)), min_size=1, max_size=3).map(tuple),
    st.just("set"),
)
asks_of_all_kinds = st.lists(plain_asks | bundles, min_size=1, max_size=4)
batches = st.lists(
    st.builds(
        lambda sku, place, age, free: Batch(
            sku, place, None if age is None else LotId(f"lot_{age}"), free, None if age is None else TODAY.plus(age)
        ),
        skus,
        st.sampled_from(PLACES),
        st.none() | st.integers(-2, 4),
        st.integers(0, 7),
    ),
    max_size=12,
    unique_by=lambda batch: (batch.sku, batch.location, batch.lot),
)
places = st.lists(
    st.builds(Place, st.sampled_from(PLACES), st.none() | st.integers(0, 3), st.integers(0, 2)),
    unique_by=lambda place: place.location,
    max_size=4,
)
rules = st.sampled_from(Rule)
days = st.integers(0, 3).map(TODAY.plus)


def at(*names: stock.LocationId) -> list[Place]:
    return [Place(name, distance) for distance, name in enumerate(names)]


def given_of(found: stock.Allocated, *, line: str = "") -> list[tuple[str, str | None, int]]:
    return [(portion.location, portion.lot, portion.qty) for portion in found.portions if portion.line == line]


@given(asks_of_all_kinds, batches, places, rules, days)
def test_never_more_is_given_than_is_free_and_good_and_chosen(asks, shelves, open_places, rule, good_on) -> None:
    found = allocate(asks, shelves, places=open_places, rule=rule, good_on=good_on)

    free = {(it.sku, it.location, it.lot): it for it in shelves}
    taken: dict[tuple[str, str, str | None], int] = {}
    for portion in found.portions:
        key = (portion.sku, portion.location, portion.lot)
        taken[key] = taken.get(key, 0) + portion.qty
    assert all(0 < qty <= free[key].free for key, qty in taken.items())
    assert all(free[key].is_good_on(good_on) for key in taken)
    assert found.locations() <= {place.location for place in open_places}


@given(asks_of_all_kinds, batches, places, rules, days)
def test_given_and_missing_sum_to_what_was_asked(asks, shelves, open_places, rule, good_on) -> None:
    found = allocate(asks, shelves, places=open_places, rule=rule, good_on=good_on)

    kits = {ask.sku: ask for ask in asks if ask.parts}
    asked, answered = dict[str, int](), dict[str, int]()
    for ask in asks:
        for part in ask.kit():
            asked[part.sku] = asked.get(part.sku, 0) + part.qty * ask.qty
    for portion in found.portions:
        answered[portion.sku] = answered.get(portion.sku, 0) + portion.qty
    one_kit = len([ask for ask in asks if ask.parts]) < 2
    for want in found.missing if one_kit else ():
        kit = kits[want.sku].kit() if want.sku in kits else (Want(want.sku, 1),)
        for part in kit:
            answered[part.sku] = answered.get(part.sku, 0) + part.qty * want.qty
    if one_kit:
        assert answered == asked
    else:
        assert all(qty <= asked[sku] for sku, qty in answered.items())


@given(st.lists(plain_asks, min_size=1, max_size=4), batches, places, rules, days)
def test_nothing_is_missing_beside_free_goods(asks, shelves, open_places, rule, good_on) -> None:
    found = allocate(asks, shelves, places=open_places, rule=rule, good_on=good_on)

    open_names = {place.location for place in open_places}
    for sku in SKUS:
        there = sum(it.free for it in shelves if it.sku == sku and it.location in open_names and it.is_good_on(good_on))
        asked = sum(ask.qty for ask in asks if ask.sku == sku)
        missing = sum(want.qty for want in found.missing if want.sku == sku)
        if rule is Rule.ONE_PLACE:
            assert missing in (0, asked)
        else:
            assert missing == max(0, asked - there)


@given(st.builds(Ask, st.just(SET), st.integers(1, 5), st.just((Want(CUP, 2), Want(BOWL, 3)))), batches, places, rules)
def test_a_bundle_leaves_every_place_in_whole_multiples(ask, shelves, open_places, rule) -> None:
    found = allocate([ask], shelves, places=open_places, rule=rule, good_on=TODAY)

    for name in found.locations():
        cups = sum(it.qty for it in found.portions if (it.location, it.sku) == (name, CUP))
        bowls = sum(it.qty for it in found.portions if (it.location, it.sku) == (name, BOWL))
        assert (cups % 2, bowls % 3, cups * 3) == (0, 0, bowls * 2)


@given(st.lists(plain_asks, min_size=1, max_size=3), batches, places)
def test_no_set_of_fewer_places_gives_as_much(asks, shelves, open_places) -> None:
    found = allocate(asks, shelves, places=open_places, rule=Rule.FEWEST_PARCELS, good_on=TODAY)

    def missing(some: tuple[Place, ...]) -> int:
        part = allocate(asks, shelves, places=some, rule=Rule.NEAREST, good_on=TODAY)
        return sum(want.qty for want in part.missing)

    every_set = chain.from_iterable(combinations(open_places, size) for size in range(len(open_places) + 1))
    least = min(len(some) for some in every_set if missing(some) == missing(tuple(open_places)))
    assert len(found.locations()) == least
    assert sum(want.qty for want in found.missing) == missing(tuple(open_places))


@given(asks_of_all_kinds, batches, places)
def test_one_place_gives_all_if_any_place_has_all(asks, shelves, open_places) -> None:
    found = allocate(asks, shelves, places=open_places, rule=Rule.ONE_PLACE, good_on=TODAY)

    able = [
        place
        for place in open_places
        if allocate(asks, shelves, places=[place], rule=Rule.NEAREST, good_on=TODAY).is_whole
    ]
    assert found.is_whole == bool(able)
    assert len(found.locations()) == (1 if able else 0)
    assert not able or found.locations() == {min(able, key=Place.rank).location}


def test_the_nearest_gives_first_and_the_next_gives_the_rest() -> None:
    shelves = [Batch(CUP, FAR, None, 10), Batch(CUP, NEAR, None, 4)]

    found = allocate([Ask(CUP, 6)], shelves, places=at(NEAR, FAR), rule=Rule.NEAREST, good_on=TODAY)

    assert given_of(found) == [(NEAR, None, 4), (FAR, None, 2)]
    assert found.is_whole


def test_an_order_of_thirteen_is_not_given_twenty_three() -> None:
    shelves = [Batch(CUP, NEAR, None, 10), Batch(CUP, FAR, None, 20)]

    found = allocate([Ask(CUP, 13)], shelves, places=at(NEAR, FAR), rule=Rule.NEAREST, good_on=TODAY)

    assert given_of(found) == [(NEAR, None, 10), (FAR, None, 3)]


def test_the_oldest_lot_goes_first_wherever_it_is() -> None:
    shelves = [
        Batch(CUP, NEAR, LotId("l1"), 2, TODAY.plus(1)),
        Batch(CUP, FAR, LotId("l5"), 2, TODAY.plus(5)),
        Batch(CUP, NEAR, LotId("l9"), 9, TODAY.plus(9)),
    ]

    found = allocate([Ask(CUP, 5)], shelves, places=at(NEAR, FAR), rule=Rule.OLDEST_LOT, good_on=TODAY)

    assert given_of(found) == [(NEAR, "l1", 2), (FAR, "l5", 2), (NEAR, "l9", 1)]


def test_a_lot_is_good_on_its_last_day_and_not_after() -> None:
    shelves = [Batch(CUP, NEAR, LotId("l1"), 5, TODAY)]

    now = allocate([Ask(CUP, 5)], shelves, places=at(NEAR), rule=Rule.NEAREST, good_on=TODAY)
    later = allocate([Ask(CUP, 5)], shelves, places=at(NEAR), rule=Rule.NEAREST, good_on=TODAY.plus(1))

    assert now.is_whole
    assert later == stock.Allocated((), (Want(CUP, 5),))


def test_two_lines_and_a_bundle_share_what_is_there_in_their_order() -> None:
    shelves = [Batch(CUP, NEAR, None, 7), Batch(BOWL, NEAR, None, 9)]
    asks = [Ask(CUP, 2, line="1"), Ask(SET, 3, (Want(CUP, 2), Want(BOWL, 1)), "2"), Ask(CUP, 2, line="3")]

    found = allocate(asks, shelves, places=at(NEAR), rule=Rule.NEAREST, good_on=TODAY)

    assert [(it.line, it.sku, it.qty) for it in found.portions] == [
        ("1", CUP, 2),
        ("2", CUP, 4),
        ("2", BOWL, 2),
        ("3", CUP, 1),
    ]
    assert found.missing == (Want(SET, 1, "2"), Want(CUP, 1, "3"))


def test_many_places_are_thinned_out_one_at_a_time() -> None:
    many = [stock.LocationId(f"loc_{number:02d}") for number in range(MOST_EXACT_PLACES + 5)]
    shelves = [Batch(CUP, name, None, 1) for name in many[:-1]] + [Batch(CUP, many[-1], None, 50)]

    found = allocate([Ask(CUP, 40)], shelves, places=at(*many), rule=Rule.FEWEST_PARCELS, good_on=TODAY)

    assert found.is_whole
    assert found.locations() == {many[-1]}


@pytest.mark.parametrize("qty", [0, -1])
def test_asking_for_nothing_is_refused(qty: int) -> None:
    with pytest.raises(stock.BadQuantity):
        allocate([Ask(CUP, qty)], [], places=[], rule=Rule.NEAREST, good_on=TODAY)


def test_free_bundles_are_the_scarcest_part() -> None:
    assert whole_kits([Want(CUP, 2), Want(BOWL, 1)], {CUP: 7, BOWL: 9}) == 3
    assert whole_kits([Want(CUP, 2), Want(BOWL, 1)], {CUP: 7}) == 0
    assert whole_kits([Want(CUP, 1)], {CUP: -2}) == 0


def test_shanghai_is_nearer_to_hangzhou_than_to_urumqi() -> None:
    assert distance_km("CN-31", "CN-31") == 0
    near, far = distance_km("CN-31", "CN-33"), distance_km("CN-31", "CN-65")
    assert near is not None
    assert far is not None
    assert near < 200
    assert far > 3000
    assert distance_km("CN-31", "XX-00") is None


@given(
    st.lists(st.tuples(st.sampled_from([CUP, BOWL]), st.integers(1, 9)), max_size=4),
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)), max_size=3),
)
def test_kits_taken_out_of_needs_and_the_rest_are_the_needs(needs, kits):
    wanted = [Want(sku, qty) for sku, qty in needs]
    bundles = [Ask(SET, qty, (Want(CUP, cups), Want(BOWL, bowls))) for qty, cups, bowls in kits]

    asks = with_kits(wanted, bundles)

    assert stock.exploded(asks) == summed(wanted)
    assert all(ask.qty >= 1 for ask in asks)
    assert sum(ask.qty for ask in asks if ask.parts) <= sum(kit.qty for kit in bundles)


@pytest.mark.parametrize(("name", "code"), [("上海", "CN-31"), ("广东", "CN-44"), ("内蒙古", "CN-15")])
def test_a_region_is_as_far_by_its_name_as_by_its_code(name, code):
    assert distance_km(name, "北京") == distance_km(code, "CN-11")
    assert distance_km(name, code) == 0
