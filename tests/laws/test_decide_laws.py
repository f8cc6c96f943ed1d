"""What holds for every promise, order and batch, and small cases against brute force."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roulian import decide
from roulian.decide import Ask, Incoming, Need, OpenDay, Promise, PromiseSource, Supply
from roulian.decide.model.batch import Material
from roulian.words import Day, Refusal, SkuId

MUG = SkuId("mug")
TODAY = Day.parse("2026-03-02")
SPAN = 30

small = st.integers(0, 12)
inbounds = st.lists(st.builds(Incoming, st.integers(-3, SPAN).map(TODAY.plus), small, st.just("p")), max_size=4)
capacities = st.none() | st.lists(small, min_size=1, max_size=SPAN).map(
    lambda units: tuple(OpenDay(TODAY.plus(n), qty) for n, qty in enumerate(units))
)
supplies = st.builds(
    Supply,
    sku=st.just(MUG),
    free=st.integers(0, 24),
    owed=st.integers(0, 24),
    inbound=inbounds.map(tuple),
    safety=small,
    bulk_from=st.none() | st.integers(1, 20),
    lead_time_days=st.none() | st.integers(0, 20),
    review_days=st.integers(0, 3),
    handling_days=st.integers(0, 2),
    capacity=capacities,
    material_lead_days=st.integers(0, 6),
)
asks = st.builds(Ask, st.just(MUG), st.integers(1, 24), st.just(TODAY), st.none() | small.map(TODAY.plus))


def promised(ask: Ask, supply: Supply) -> Promise | None:
    try:
        return decide.promise(ask, supply)
    except Refusal as refusal:
        return None if refusal.code == "nothing_to_promise" else pytest.fail(refusal.code)


def never_earlier(later: Promise | None, sooner: Promise | None) -> bool:
    return later is None or (sooner is not None and sooner.day <= later.day)


@given(ask=asks, supply=supplies, which=st.integers(0, 3), days=st.integers(1, 20))
def test_a_later_supply_never_gives_an_earlier_promise(ask, supply, which, days):
    assume(which < len(supply.inbound))
    late = list(supply.inbound)
    late[which] = replace(late[which], day=late[which].day.plus(days))

    assert never_earlier(promised(ask, replace(supply, inbound=tuple(late))), promised(ask, supply))


@given(ask=asks, supply=supplies, more=st.integers(1, 20))
def test_more_supply_never_gives_a_later_promise(ask, supply, more):
    assert never_earlier(promised(ask, supply), promised(ask, replace(supply, free=supply.free + more)))
    assert never_earlier(
        promised(ask, supply), promised(ask, replace(supply, inbound=(*supply.inbound, Incoming(TODAY, more))))
    )


@given(ask=asks, supply=supplies, more=st.integers(1, 40))
def test_who_waits_for_what_comes_never_keeps_the_shelf_from_a_small_buyer(ask, supply, more):
    assume(supply.bulk_from is None and ask.qty <= supply.free)

    assert decide.promise(ask, replace(supply, owed=supply.owed + more)) == decide.promise(ask, supply)


@given(ask=asks, supply=supplies, more=st.integers(1, 40))
def test_more_owed_to_others_never_gives_an_earlier_promise(ask, supply, more):
    assert never_earlier(promised(ask, replace(supply, owed=supply.owed + more)), promised(ask, supply))


@given(ask=asks, supply=supplies, more=st.integers(1, 20))
def test_more_units_never_leave_earlier(ask, supply, more):
    assert never_earlier(promised(replace(ask, qty=ask.qty + more), supply), promised(ask, supply))


@given(ask=asks, supply=supplies, days=st.integers(1, 9))
def test_a_slower_supplier_or_material_never_gives_an_earlier_promise(ask, supply, days):
    lead = None if supply.lead_time_days is None else supply.lead_time_days + days
    slower = replace(supply, lead_time_days=lead, material_lead_days=supply.material_lead_days + days)

    assert never_earlier(promised(ask, slower), promised(ask, supply))


@given(ask=asks, supply=supplies)
def test_pegs_sum_to_the_quantity_and_never_exceed_what_supplies_them(ask, supply):
    made = promised(ask, supply)
    assume(made is not None)
    assert made is not None

    by_source: dict[tuple[PromiseSource, Day], int] = {}
    for peg in made.pegs:
        assert peg.qty > 0
        assert peg.day <= made.day
        by_source[peg.source, peg.day] = by_source.get((peg.source, peg.day), 0) + peg.qty
    inbound = sum(incoming.qty for incoming in supply.inbound if incoming.day <= made.day)
    pegged = sum(qty for (source, _), qty in by_source.items() if source is PromiseSource.INBOUND)
    made_here = sum(qty for (source, _), qty in by_source.items() if source is PromiseSource.PRODUCTION)
    assert sum(by_source.values()) == ask.qty
    assert by_source.get((PromiseSource.STOCK, TODAY), 0) <= supply.free
    assert pegged <= max(0, inbound - supply.owed)
    assert made_here <= sum(day.units for day in supply.capacity or () if day.day < made.day.plus(1))


@given(ask=asks, supply=supplies)
def test_the_promise_is_the_day_brute_force_finds(ask, supply):
    supply = replace(supply, bulk_from=None)

    made = promised(ask, supply)

    assert (made.day if made else None) == brute_force(ask, supply)


def brute_force(ask: Ask, supply: Supply) -> Day | None:
    """Walk day by day: what stands there once everybody before us is served, what a line could have made."""
    days = [TODAY.plus(n) for n in range(200)]
    if supply.free >= ask.qty:
        return TODAY.plus(1)
    ways = []
    for day in days:
        if supply.free + sum(i.qty for i in supply.inbound if i.day <= day) - supply.owed >= ask.qty:
            ways.append(day.plus(supply.handling_days))
            break
    starts = max(TODAY, ask.not_before or TODAY)
    if supply.lead_time_days is not None:
        ways.append(starts.plus(supply.review_days + supply.lead_time_days + supply.handling_days))
    begin = starts.plus(supply.material_lead_days)
    there = sum(i.qty for i in supply.inbound if i.day <= begin) - supply.owed
    to_make, made = max(1, max(0, ask.qty - supply.free) - there), 0
    for open_day in supply.capacity or ():
        made += open_day.units if open_day.day >= begin else 0
        if made >= to_make:
            ways.append(open_day.day.plus(supply.handling_days))
            break
    return max(min(ways), TODAY.plus(1)) if ways else None


@given(wanted=st.lists(st.integers(1, 9), min_size=1, max_size=5), supply=supplies)
def test_promises_made_together_never_hand_out_the_shelf_twice(wanted, supply):
    supply = replace(supply, lead_time_days=7)

    made = decide.promise_all([Ask(MUG, qty, TODAY) for qty in wanted], {MUG: supply})

    assert sum(part.qty for part in decide.from_shelf(made)) <= supply.free
    assert sum(part.qty for part in (*decide.from_shelf(made), *decide.to_come(made))) == sum(wanted)


@given(qty=st.integers(1, 60), capacity=st.lists(small, min_size=1, max_size=9), lead=st.integers(0, 5))
def test_a_batch_never_breaks_capacity_and_finishes_as_early_as_any(qty, capacity, lead):
    days = [OpenDay(TODAY.plus(n), units) for n, units in enumerate(capacity)]
    materials = (Material(SkuId("cloth"), per_unit=1, free=0, lead_time_days=lead),)
    begin = TODAY.plus(lead)
    room = [(day.day, sum(d.units for d in days if begin <= d.day <= day.day)) for day in days]
    earliest = next((day for day, units in room if units >= qty and day >= begin), None)

    if earliest is None:
        with pytest.raises(Refusal):
            decide.plan_batch(qty, sku=MUG, today=TODAY, capacity=days, materials=materials)
        return
    plan = decide.plan_batch(qty, sku=MUG, today=TODAY, capacity=days, materials=materials)

    free = {day.day: day.units for day in days}
    assert plan.finish_day == earliest
    assert sum(load.units for load in plan.loads) == qty
    assert all(0 < load.units <= free[load.day] and load.day >= begin for load in plan.loads)


needs = st.builds(
    Need,
    sku=st.just(MUG),
    today=st.just(TODAY),
    days=st.integers(1, 30),
    level=st.just(0.95),
    target=st.integers(0, 500),
    free=st.integers(-200, 500),
    inbound=st.integers(0, 500),
    lead_time_days=st.integers(0, 28),
    moq=st.integers(1, 200),
    multiple=st.integers(1, 48),
    unit_cost_fen=st.integers(0, 9999),
    lot=st.integers(1, 300),
)


@given(need=needs)
def test_an_order_is_the_smallest_that_keeps_the_terms_and_reaches_the_target(need):
    draft = decide.replenish(need)

    short = need.target - need.free - need.inbound
    if short <= 0:
        assert draft is None
        return
    least = max(short, need.moq, need.lot)
    assert draft is not None
    assert draft.qty % need.multiple == 0
    assert least <= draft.qty < least + need.multiple
    assert draft.cost_fen == draft.qty * need.unit_cost_fen
    assert str(draft.qty) in draft.reason.text("zh")


@given(
    setup=st.integers(1, 100_000),
    holding=st.floats(0.05, 2),
    demand=st.floats(0.1, 200),
    cost=st.integers(10, 100_000),
    other=st.integers(1, 5000),
)
def test_no_lot_costs_less_than_the_economic_one(setup, holding, demand, cost, other):
    lot = decide.economic_lot(setup_cost_fen=setup, holding_ratio=holding, demand_per_day=demand, unit_cost_fen=cost)

    def yearly(units: int) -> float:
        return setup * demand * 365 / units + holding * cost * units / 2

    assert yearly(lot) <= yearly(other) * 1.07  # rounding to whole units costs most at lots of one or two
