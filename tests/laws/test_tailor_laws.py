"""Laws of what is made to measure, against designs drawn at random and an oracle that reads the rules its own way."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian import tailor
from roulian.words import Refusal, SkuId

MATERIALS = st.lists(
    st.builds(tailor.Material, st.sampled_from([SkuId("a"), SkuId("b"), SkuId("c")]), st.integers(1, 9)), max_size=2
).map(tuple)
FEN = st.integers(0, 90_000)
NAMES = ("g0", "g1", "g2")


def values(count: int) -> st.SearchStrategy[tuple[tailor.Value, ...]]:
    one = st.tuples(FEN, MATERIALS)
    return st.lists(one, min_size=count, max_size=count).map(
        lambda drawn: tuple(tailor.Value(f"v{i}", f"v{i}", "", fen, parts) for i, (fen, parts) in enumerate(drawn))
    )


@st.composite
def designs(draw: st.DrawFn) -> tailor.Design:
    groups = tuple(
        tailor.Group(name, name, name, draw(values(draw(st.integers(1, 3)))), draw(st.booleans())) for name in NAMES
    )
    picks = [tailor.Pick(group.id, value.id) for group in groups for value in group.values]
    pairs = [(one, two) for one, two in product(picks, picks) if one.group != two.group]
    drawn = draw(st.lists(st.tuples(st.sampled_from(pairs), st.sampled_from(tailor.Bond)), max_size=3))
    return tailor.Design(
        product="p",
        line="line",
        base_price_fen=draw(st.integers(1, 90_000)),
        materials=draw(MATERIALS),
        groups=groups,
        measures=(tailor.Measure("m", "m", "m", 100, 900, (tailor.Band(200, draw(FEN)), tailor.Band(500, draw(FEN)))),),
        letterings=(tailor.Lettering("t", "t", "t", 5, draw(FEN)),),
        rules=tuple(tailor.Rule(one, bond, two, "因为", "because") for (one, two), bond in drawn),
    )


def sound(design: tailor.Design) -> tailor.Design:
    """The design as it may be saved: with a material in every piece."""
    try:
        tailor.check(design)
    except tailor.BadDesign:
        return replace(design, materials=(tailor.Material(SkuId("base"), 1),))
    return design


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    options = draw(
        st.dictionaries(st.sampled_from([*NAMES, "g9"]), st.sampled_from(["v0", "v0", "v1", "v2", "v9"]), max_size=4)
    )
    measures = draw(st.sampled_from([{"m": 100}, {"m": 199}, {"m": 200}, {"m": 900}, {"m": 901}, {"m": -1}, {}]))
    texts = draw(st.sampled_from([{}, {"t": "林 LX"}, {"t": "12345"}, {"t": "123456"}, {"t": "a\nb"}, {"x": "y"}]))
    return {"options": options, "measures_mm": dict(measures), "texts": dict(texts)}


def outcome(design: tailor.Design, wish: Mapping[str, Mapping[str, Any]]) -> tailor.Configuration | str:
    try:
        return tailor.configured(design, tailor.Choices(**wish))  # type: ignore[arg-type]
    except Refusal as no:
        return str(no)


def is_possible(design: tailor.Design, wish: Mapping[str, Mapping[str, Any]]) -> bool:
    """The rules, read off the design in the plainest way."""
    options = wish["options"]
    groups = {group.id: group for group in design.groups}
    if any(name not in groups for name in options) or wish["texts"].keys() - {"t"}:
        return False
    if any(value not in {each.id for each in groups[name].values} for name, value in options.items()):
        return False
    if any(group.is_required and group.id not in options for group in design.groups):
        return False
    if wish["measures_mm"].get("m", 0) not in range(100, 901) or wish["texts"].get("t") in {"123456", "a\nb"}:
        return False
    picked = set(options.items())
    for rule in design.rules:
        has_one = (rule.pick.group, rule.pick.value) in picked
        has_two = (rule.other.group, rule.other.value) in picked
        if has_one and (has_two if rule.bond is tailor.Bond.EXCLUDES else not has_two):
            return False
    return True


@given(designs(), wishes(), st.randoms())
def test_the_order_of_choices_changes_nothing(design: tailor.Design, wish: dict[str, dict[str, Any]], chance: Any):
    shuffled = {}
    for part, given_choices in wish.items():
        items = list(given_choices.items())
        chance.shuffle(items)
        shuffled[part] = dict(items)

    assert outcome(sound(design), shuffled) == outcome(sound(design), wish)


@given(designs(), wishes())
def test_what_is_possible_is_made_of_something_and_what_is_not_is_refused(
    design: tailor.Design, wish: dict[str, dict[str, Any]]
):
    design = sound(design)

    made = outcome(design, wish)

    assert isinstance(made, tailor.Configuration) is is_possible(design, wish)
    if isinstance(made, tailor.Configuration):
        assert made.bom
        assert all(material.qty > 0 for material in made.bom)
        assert [material.sku for material in made.bom] == sorted({material.sku for material in made.bom})


@given(designs(), wishes())
def test_a_price_is_the_base_and_every_surcharge(design: tailor.Design, wish: dict[str, dict[str, Any]]):
    made = outcome(sound(design), wish)

    if isinstance(made, tailor.Configuration):
        groups = {group.id: {value.id: value.surcharge_fen for value in group.values} for group in design.groups}
        chosen = sum(groups[name][value] for name, value in wish["options"].items())
        low, high = design.measures[0].bands
        length = wish["measures_mm"]["m"]
        band = high.surcharge_fen if length >= 500 else low.surcharge_fen if length >= 200 else 0
        text = wish["texts"].get("t", "")
        assert made.price_fen == design.base_price_fen + chosen + band + design.letterings[0].fen_per_letter * len(
            text.replace(" ", "")
        )
        assert made.price_fen >= design.base_price_fen


@given(designs())
def test_a_design_without_material_in_every_piece_is_refused(design: tailor.Design):
    bare = replace(design, materials=(), groups=tuple(replace(group, is_required=False) for group in design.groups))

    with pytest.raises(tailor.BadDesign) as no:
        tailor.check(bare)

    assert no.value.field == "materials"
