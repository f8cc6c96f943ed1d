"""Promises: the earliest honest day, out of what, and why."""

from dataclasses import dataclass

import pytest

from roulian import decide
from roulian.decide import Ask, Incoming, OpenDay, Portion, Promise, PromiseSource, ReasonCode, Supply
from roulian.words import Day, Instant, OrderId, Refusal, SkuId

MUG, BAG = SkuId("mug"), SkuId("bag")
TODAY = Day.parse("2026-03-02")


def ask(qty: int, *, sku: SkuId = MUG, not_before: Day | None = None) -> Ask:
    return Ask(sku, qty, TODAY, not_before)


def coming(days: int, qty: int, source: str = "pur_1") -> Incoming:
    return Incoming(TODAY.plus(days), qty, source)


def days_away(made: Promise) -> int:
    return made.day.since(TODAY)


def pegs(made: Promise) -> list[tuple[str, int, str]]:
    return [(peg.source.value, peg.qty, peg.ref) for peg in made.pegs]


def test_what_is_free_leaves_by_tomorrow():
    made = decide.promise(ask(5), Supply(MUG, free=5))

    assert (made.source, days_away(made), pegs(made)) == (PromiseSource.STOCK, 1, [("stock", 5, "")])
    assert made.reason.text() == "现有可用 5 件,够本单 5 件,2026-03-03 前发出"


def test_what_the_shelf_lacks_comes_out_of_unallocated_inbound():
    supply = Supply(MUG, free=2, inbound=(coming(9, 50, "pur_2"), coming(3, 2), coming(6, 10, "wrk_1")))

    made = decide.promise(ask(6), supply)

    assert (made.source, days_away(made)) == (PromiseSource.INBOUND, 7)
    assert pegs(made) == [("stock", 2, ""), ("inbound", 2, "pur_1"), ("inbound", 2, "wrk_1")]


def test_orders_that_already_wait_are_served_first():
    supply = Supply(MUG, free=0, owed=8, inbound=(coming(3, 10), coming(6, 10, "pur_2")))

    made = decide.promise(ask(5), supply)

    assert days_away(made) == 7
    assert pegs(made) == [("inbound", 2, "pur_1"), ("inbound", 3, "pur_2")]


def test_inbound_that_should_have_come_is_expected_today_at_the_earliest():
    made = decide.promise(ask(5), Supply(MUG, free=0, inbound=(coming(-4, 5),)))

    assert days_away(made) == 1


def test_nothing_there_or_coming_takes_a_purchase():
    made = decide.promise(ask(5), Supply(MUG, free=2, lead_time_days=7, review_days=2, handling_days=1))

    assert (made.source, days_away(made)) == (PromiseSource.PURCHASE, 10)
    assert pegs(made) == [("stock", 2, ""), ("purchase", 3, "")]
    assert "供应商提前期 7 天" in made.reason.text("zh")
    assert "supplier lead time 7 d" in made.reason.text("en")


def test_a_purchase_is_promised_when_inbound_is_further_away():
    made = decide.promise(ask(5), Supply(MUG, free=0, inbound=(coming(60, 5),), lead_time_days=7))

    assert (made.source, days_away(made)) == (PromiseSource.PURCHASE, 10)


def test_production_begins_when_its_material_is_in_and_fills_free_capacity():
    capacity = tuple(OpenDay(TODAY.plus(n), 4) for n in range(20))

    made = decide.promise(ask(10), Supply(MUG, free=0, capacity=capacity, material_lead_days=5))

    assert (made.source, days_away(made)) == (PromiseSource.PRODUCTION, 5 + 2 + 1)


def test_a_presale_is_made_after_its_deadline():
    supply = Supply(MUG, free=0, capacity=tuple(OpenDay(TODAY.plus(n), 100) for n in range(30)), material_lead_days=3)

    made = decide.promise(ask(10, not_before=TODAY.plus(14)), supply)

    assert days_away(made) == 14 + 3 + 1


def test_a_batch_that_waits_for_others_makes_theirs_too():
    supply = Supply(MUG, free=0, owed=30, capacity=tuple(OpenDay(TODAY.plus(n), 10) for n in range(30)))

    assert days_away(decide.promise(ask(10), supply)) == 3 + 1


def test_a_bulk_line_leaves_the_safety_stock_alone():
    supply = Supply(MUG, free=300, safety=250, bulk_from=100, lead_time_days=7)

    bulk, spot = decide.promise(ask(100), supply), decide.promise(ask(99), supply)

    assert (bulk.source, bulk.reason.code) == (PromiseSource.PURCHASE, ReasonCode.NEEDS_PURCHASE_BULK)
    assert pegs(bulk) == [("purchase", 100, "")]
    assert spot.source is PromiseSource.STOCK


def test_a_bulk_line_takes_what_spot_demand_does_not_need():
    made = decide.promise(ask(100), Supply(MUG, free=400, safety=250, bulk_from=100, lead_time_days=7))

    assert (made.source, pegs(made)) == (PromiseSource.STOCK, [("stock", 100, "")])


@pytest.mark.parametrize(("qty", "code"), [(0, "ask_too_small"), (-3, "ask_too_small"), (4, "nothing_to_promise")])
def test_what_cannot_be_promised_is_refused_with_what_to_do(qty, code):
    with pytest.raises(Refusal) as refusal:
        decide.promise(ask(qty), Supply(MUG, free=3))

    assert refusal.value.code == code
    assert "mug" in refusal.value.text("zh")
    assert "mug" in refusal.value.text("en")


def test_capacity_that_ends_too_early_promises_nothing():
    with pytest.raises(Refusal):
        decide.promise(ask(9), Supply(MUG, free=0, capacity=(OpenDay(TODAY, 4), OpenDay(TODAY.plus(1), 4))))


def test_two_lines_of_one_sku_do_not_get_the_same_units():
    supplies = {MUG: Supply(MUG, free=5, lead_time_days=7), BAG: Supply(BAG, free=1)}

    made = decide.promise_all([ask(4), ask(1, sku=BAG), ask(4)], supplies)

    assert [promise.source.value for promise in made] == ["stock", "stock", "purchase"]
    assert decide.from_shelf(made) == (Portion(BAG, 1), Portion(MUG, 5))
    assert decide.to_come(made) == (Portion(MUG, 3),)
    assert decide.last_day(made) == made[2].day
    assert decide.deciding(made) == made[2].reason


@dataclass(frozen=True)
class Claim:
    id: str
    order: OrderId
    missing: int
    wanted_day: Day | None


@dataclass(frozen=True)
class Shelf:
    on_hand: int = 0
    reserved: int = 0
    waiting: int = 0
    safety: int = 0


def test_a_late_delivery_moves_only_the_promises_it_breaks():
    first, second = OrderId("ord_1"), OrderId("ord_2")
    claims = [Claim("clm_2", second, 4, TODAY.plus(9)), Claim("clm_1", first, 6, TODAY.plus(4))]
    inbound = (coming(3, 6), coming(20, 4, "pur_late"))
    supply = decide.supply(MUG, level=Shelf(waiting=10), inbound=inbound, sourcing=None)

    moved = decide.repromise(
        claims,
        supply,
        today=TODAY,
        promised={first: TODAY.plus(4), second: TODAY.plus(9)},
        was_day=TODAY.plus(8),
        now_day=TODAY.plus(20),
    )

    assert list(moved) == [second]
    assert days_away(moved[second]) == 21
    assert moved[second].reason.code is ReasonCode.SUPPLIER_DELAYED
    assert pegs(moved[second]) == [("inbound", 4, "pur_late")]


def test_a_moved_line_keeps_what_stands_on_the_shelf_for_it_and_the_other_lines_stand():
    told = decide.promise_all(
        [ask(6), ask(1, sku=BAG)], {MUG: Supply(MUG, free=2, inbound=(coming(3, 4),)), BAG: Supply(BAG, free=1)}
    )
    later = decide.promise(ask(4), Supply(MUG, free=0, inbound=(coming(9, 4),)))

    mug, bag = decide.replaced(told, later)

    assert bag == told[1]
    assert (mug.qty, mug.day, pegs(mug)) == (6, later.day, [("stock", 2, ""), ("inbound", 4, "pur_1")])


@pytest.mark.parametrize(
    ("now", "pick"),
    [
        ("2026-03-02T08:00+08:00", "2026-03-02T11:00+08:00"),
        ("2026-03-02T11:00+08:00", "2026-03-02T17:00+08:00"),
        ("2026-03-02T23:30+08:00", "2026-03-03T11:00+08:00"),
    ],
)
def test_the_warehouse_picks_at_its_next_round(now, pick):
    assert decide.next_pick(Instant.parse(now)) == Instant.parse(pick)


def test_what_stands_packed_gets_the_next_rounds_day_once_its_own_is_over_and_other_lines_keep_theirs():
    told = decide.promise_all([ask(2), ask(1, sku=BAG)], {MUG: Supply(MUG, free=2), BAG: Supply(BAG, free=1)})
    over = decide.look_again(TODAY, now=TODAY.at(11))

    day = decide.day_instead(TODAY, now=over)
    assert day is not None
    mug, bag = decide.postponed(told, {MUG}, was_day=TODAY, day=day, code=ReasonCode.WAITS_FOR_CARRIER)

    assert (over, day) == (TODAY.plus(1).at(0), TODAY.plus(1))
    assert decide.day_instead(TODAY, now=TODAY.at(23)) is None
    assert decide.look_again(TODAY, now=TODAY.plus(4).at(9)) == TODAY.plus(5).at(0)
    assert (mug.day, mug.reason.buyer_text(), mug.pegs) == (day, "等待承运商取件", told[0].pegs)
    assert bag == told[1]


def test_a_promise_within_wechats_term_needs_no_filing_and_one_beyond_is_filed_with_a_margin():
    paid_at = TODAY.at(12)

    assert decide.special_filing(paid_at=paid_at, promised_day=TODAY.plus(14)) is None
    assert decide.special_filing(paid_at=paid_at, promised_day=TODAY.plus(15)) == TODAY.plus(19).at(0)
    assert decide.special_filing(paid_at=None, promised_day=TODAY.plus(90)) is None


def test_a_filing_never_asks_for_more_than_wechats_longest_term():
    paid_at = TODAY.at(12)

    assert decide.special_filing(paid_at=paid_at, promised_day=TODAY.plus(400)) == TODAY.plus(330).at(12)
