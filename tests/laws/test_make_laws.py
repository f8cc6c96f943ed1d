"""A line's days: whatever is asked in whatever order, no day is overloaded and no unit is lost."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roulian import make
from roulian.store import Store, Tx
from roulian.words import Day, Ids, Refusal, SimulatedClock, SkuId

BAG, SEWING = SkuId("bag"), make.LineId("line_sewing")
TODAY = Day.parse("2026-03-02")
DAILY_UNITS = 10

lots = st.lists(st.tuples(st.integers(1, 35), st.integers(0, 4), st.integers(0, 6)), max_size=6)


@settings(deadline=None, max_examples=25)
@given(wanted=lots)
def test_a_plan_never_breaks_capacity_and_every_unit_of_an_open_order_has_its_day(fresh_url, wanted):
    store = Store.open(fresh_url(), clock=SimulatedClock(TODAY.at(8)), ids=Ids(random.Random(3).getrandbits))
    store.create_all()
    try:
        store.call(lambda tx: make.add_lines(tx, [make.Line(SEWING, "缝制线", "Sewing", DAILY_UNITS)]))
        store.call(lambda tx: make.add_recipes(tx, [make.Recipe(BAG, SEWING, 0, {})]))
        taken = sum(_try(store, number, *lot) for number, lot in enumerate(wanted))

        days = store.read(lambda tx: make.line_load(tx, SEWING, first=TODAY, last=TODAY.plus(15)))
        opened = store.read(make.work_page)
    finally:
        store.close()

    assert all(0 <= day.planned <= DAILY_UNITS for day in days)
    assert all(day.planned + day.units == DAILY_UNITS for day in days)
    assert sum(day.planned for day in days) == sum(work.qty for work in opened) == taken


def _try(store: Store, number: int, qty: int, start: int, length: int) -> int:
    """Units that found room; 0 when refused, which happens exactly when the room is too small."""
    first, last = TODAY.plus(start), TODAY.plus(start + length)
    room = sum(day.units for day in store.read(lambda tx: make.line_load(tx, SEWING, first=first, last=last)))

    def work(tx: Tx) -> make.WorkOrder:
        return make.open_work(tx, sku=BAG, qty=qty, line=SEWING, start_day=first, due_day=last, for_=f"lot {number}")

    if room >= qty:
        return store.call(work).qty
    with pytest.raises(Refusal) as refusal:
        store.call(work)
    assert refusal.value.code == "line_full"
    return 0


@settings(deadline=None, max_examples=25)
@given(wanted=lots, moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12)), max_size=6))
def test_moved_work_keeps_every_unit_on_a_day_never_earlier_and_never_over_capacity(fresh_url, wanted, moves):
    store = Store.open(fresh_url(), clock=SimulatedClock(TODAY.at(8)), ids=Ids(random.Random(3).getrandbits))
    store.create_all()
    try:
        store.call(lambda tx: make.add_lines(tx, [make.Line(SEWING, "缝制线", "Sewing", DAILY_UNITS)]))
        store.call(lambda tx: make.add_recipes(tx, [make.Recipe(BAG, SEWING, 0, {})]))
        taken = sum(_try(store, number, *lot) for number, lot in enumerate(wanted))
        before = {work.id: work for work in store.read(make.work_page)}
        ids = sorted(before)
        for pick, day in moves if ids else ():
            ident = ids[pick % len(ids)]
            store.call(lambda tx, i=ident, d=day: make.move_work(tx, i, start_day=TODAY.plus(d), waits_for=SkuId("x")))

        days = store.read(lambda tx: make.line_load(tx, SEWING, first=TODAY, last=TODAY.plus(60)))
        after = {work.id: work for work in store.read(make.work_page)}
    finally:
        store.close()

    assert all(0 <= day.planned <= DAILY_UNITS for day in days)
    assert sum(day.planned for day in days) == taken == sum(work.qty for work in after.values())
    assert all(after[i].start_day >= before[i].start_day for i in before)
    assert all(after[i].start_day <= after[i].due_day for i in before)
