"""Laws of a presale's goal: it pays, it can be made, and nothing that helps ever hurts."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roulian import decide
from roulian.decide.methods.goals import SETUP_SHARE_RATIO
from roulian.decide.model.batch import Material
from roulian.words import Day, SkuId

TODAY = Day.parse("2026-03-01")
CLOSES = TODAY.plus(10)


def _goal(presold: decide.Presold, capacity: list[decide.OpenDay], bill: list[Material]) -> decide.Goal | None:
    """The goal, or None where too little can be made for it."""
    with suppress(decide.NotWorthMaking):
        return decide.goal(presold, capacity, bill, today=TODAY)
    return None


def presolds() -> st.SearchStrategy[decide.Presold]:
    return st.builds(
        lambda cost, margin, setup, per_day, multiple, days: decide.Presold(
            SkuId("sku_a"), cost + margin, cost, setup, per_day, multiple, CLOSES, CLOSES.plus(days)
        ),
        st.integers(0, 100_000),
        st.integers(1, 100_000),
        st.integers(0, 1_000_000),
        st.floats(0, 500),
        st.integers(1, 50),
        st.integers(0, 40),
    )


def capacities() -> st.SearchStrategy[list[decide.OpenDay]]:
    return st.lists(st.integers(0, 300), max_size=40).map(
        lambda units: [decide.OpenDay(CLOSES.plus(n), free) for n, free in enumerate(units)]
    )


def bills() -> st.SearchStrategy[list[Material]]:
    return st.lists(
        st.builds(
            lambda per_unit, free, lead, is_sold: Material(SkuId("mat"), per_unit, free, lead, is_sold=is_sold),
            st.integers(1, 9),
            st.integers(-50, 5_000),
            st.integers(0, 45),
            st.booleans(),
        ),
        max_size=4,
    )


@given(presolds(), capacities(), bills())
def test_a_goal_pays_for_its_set_up_and_can_be_made(presold, capacity, bill):
    most, _ = decide.most_makeable(presold, capacity, bill)
    goal = _goal(presold, capacity, bill)
    assume(goal is not None)

    margin_fen = presold.price_fen - presold.unit_cost_fen
    assert goal.worth_qty <= goal.lot_qty <= goal.cap_qty <= most
    assert goal.lot_qty % presold.multiple == goal.cap_qty % presold.multiple == 0
    assert presold.setup_cost_fen <= SETUP_SHARE_RATIO * margin_fen * goal.lot_qty * (1 + 1e-9)


@given(presolds(), capacities(), bills())
def test_the_cap_fits_into_the_lines_free_days(presold, capacity, bill):
    most, _ = decide.most_makeable(presold, capacity, bill)

    days = [day for day in capacity if presold.starts <= day.day <= presold.ends]
    assert 0 <= most <= sum(day.units for day in days)
    never_sold = [max(0, m.free) // m.per_unit for m in bill if not m.is_sold]
    assert most <= min(never_sold, default=most)
    if most:
        assert decide.fill_capacity(most, days, start=presold.starts) is not None


@given(presolds(), capacities(), bills(), st.integers(0, 40), st.integers(1, 1_000))
def test_more_capacity_material_or_time_never_lowers_the_cap(presold, capacity, bill, at, more):
    least, _ = decide.most_makeable(presold, capacity, bill)

    wider = [replace(day, units=day.units + more) if n == at else day for n, day in enumerate(capacity)]
    fuller = [replace(m, free=m.free + more) for m in bill]
    longer = replace(presold, ends=presold.ends.plus(more % 30))

    assert decide.most_makeable(presold, wider, bill)[0] >= least
    assert decide.most_makeable(presold, capacity, fuller)[0] >= least
    assert decide.most_makeable(longer, capacity, bill)[0] >= least


@given(presolds(), st.integers(1, 1_000_000))
def test_a_dearer_set_up_never_lowers_the_goal(presold, more):
    endless = [decide.OpenDay(presold.ends, 10**9)]

    goal = decide.goal(presold, endless, (), today=TODAY)
    dearer = decide.goal(replace(presold, setup_cost_fen=presold.setup_cost_fen + more), endless, (), today=TODAY)

    assert dearer.lot_qty >= goal.lot_qty


def test_the_numbers_are_said_in_words():
    presold = decide.Presold(SkuId("sku_a"), 9900, 4900, 60_000, 4.0, 10, CLOSES, CLOSES.plus(20))
    capacity = [decide.OpenDay(CLOSES.plus(n), 20) for n in range(60)]
    cotton = Material(SkuId("mat_cotton"), per_unit=2, free=300, lead_time_days=90)

    goal = decide.goal(presold, capacity, [cotton], today=TODAY)

    assert (goal.worth_qty, goal.lot_qty, goal.cap_qty) == (60, 60, 150)
    assert [reason.code for reason in goal.reasons] == [
        decide.ReasonCode.LOT_EARNS_SETUP,
        decide.ReasonCode.ECONOMIC_LOT,
        decide.ReasonCode.CAP_MATERIAL,
        decide.ReasonCode.LOT_FILLS,
    ]


def test_a_lot_grows_with_what_is_expected_up_to_the_economic_one():
    endless = [decide.OpenDay(CLOSES, 10**9)]
    lots = [
        decide.goal(
            decide.Presold(SkuId("sku_a"), 9900, 4900, 60_000, per_day, 1, CLOSES, CLOSES), endless, (), today=TODAY
        )
        for per_day in (1.0, 20.0, 500.0)
    ]

    assert [goal.lot_qty for goal in lots] == [60, 200, lots[2].economic_qty]


def test_what_sells_below_its_cost_has_no_goal():
    presold = decide.Presold(SkuId("sku_a"), 4900, 4900, 60_000, 4.0, 10, CLOSES, CLOSES.plus(20))

    with pytest.raises(decide.NoMargin):
        decide.goal(presold, [decide.OpenDay(CLOSES, 1000)], (), today=TODAY)


def test_too_little_material_is_refused_with_what_it_would_take():
    presold = decide.Presold(SkuId("sku_a"), 9900, 4900, 60_000, 4.0, 10, CLOSES, CLOSES.plus(20))
    cotton = Material(SkuId("mat_cotton"), per_unit=2, free=100, lead_time_days=0, is_sold=False)

    with pytest.raises(decide.NotWorthMaking) as no:
        decide.goal(presold, [decide.OpenDay(CLOSES, 1000)], [cotton], today=TODAY)

    assert (no.value.cap_qty, no.value.worth_qty) == (50, 60)
