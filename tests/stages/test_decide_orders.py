"""How much to order and make, and what to do about a surprise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from roulian import decide
from roulian.decide import Need, OpenDay, ReasonCode, Surprise
from roulian.words import Day, Refusal, SkuId

MUG, CLOTH, ZIP = SkuId("mug"), SkuId("cloth"), SkuId("zip")
TODAY = Day.parse("2026-03-02")
A_NEED = Need(
    sku=MUG,
    today=TODAY,
    days=9,
    level=0.95,
    target=312,
    free=40,
    inbound=96,
    lead_time_days=7,
    moq=144,
    multiple=48,
    unit_cost_fen=1200,
)
A_SURPRISE = Surprise(
    sku=MUG,
    day=TODAY,
    actual=50,
    low=2,
    high=30,
    per_day=10,
    days=9,
    free=60,
    inbound=0,
    price_fen=2900,
    unit_cost_fen=1200,
    moq=48,
    multiple=24,
)


@dataclass(frozen=True)
class Shelf:
    on_hand: int = 0
    reserved: int = 0
    waiting: int = 0
    safety: int = 0


@dataclass(frozen=True)
class Terms:
    lead_time_days: int
    moq: int = 1
    multiple: int = 1
    unit_cost_fen: int = 100


@dataclass(frozen=True)
class Recipe:
    materials: Mapping[SkuId, int]
    setup_cost_fen: int = 5000
    material_lead_days: int = 0


@dataclass(frozen=True)
class Coming:
    day: Day
    qty: int
    source: str = "pur_1"


class TenADay:
    made_day = TODAY

    def within(self, days: int, level: float) -> float:
        return 10.2 * days * (1 if level <= 0.5 else 2)

    def per_day(self) -> float:
        return 10.2


def test_an_order_reads_as_a_planner_would_write_it():
    draft = decide.replenish(A_NEED)

    assert draft is not None
    assert (draft.qty, draft.need_day, draft.cost_fen) == (192, TODAY.plus(7), 192 * 1200)
    assert draft.reason.text("zh") == (
        "未来 9 天需求 95% 分位 312 件,现有可用 40 件、在途 96 件,缺 176 件,按整箱 48 件订 192 件"
    )
    assert draft.reason.text("en").endswith("leave 176 short. Order 192 in cases of 48")


@pytest.mark.parametrize(
    ("change", "qty", "code"),
    [
        ({"inbound": 200}, 144, ReasonCode.BELOW_TARGET_MOQ),
        ({"inbound": 200, "lot": 500}, 528, ReasonCode.BELOW_TARGET_LOT),
        ({"free": -500}, 720, ReasonCode.BELOW_TARGET),
    ],
)
def test_the_reason_names_what_decided_the_quantity(change, qty, code):
    draft = decide.replenish(replace(A_NEED, **change))

    assert draft is not None
    assert (draft.qty, draft.reason.code) == (qty, code)


def test_nothing_is_ordered_while_shelf_and_inbound_reach_the_target():
    assert decide.replenish(replace(A_NEED, free=216)) is None
    assert decide.replenish_all([replace(A_NEED, free=216), A_NEED]) == (decide.replenish(A_NEED),)


def test_a_need_counts_only_what_comes_in_while_an_order_would_take():
    inbound = [Coming(TODAY.plus(9), 30), Coming(TODAY.plus(10), 500)]

    found = decide.need(
        MUG,
        today=TODAY,
        shelf=Shelf(on_hand=50, reserved=10, waiting=15),
        inbound=inbound,
        sourcing=Terms(7, moq=20, multiple=10),
        forecast=TenADay(),
    )

    assert (found.days, found.target, found.free, found.inbound) == (9, 184, 25, 30)
    assert decide.safety_line(TenADay(), lead_time_days=7) == 143


def test_the_economic_lot_is_the_textbooks():
    lot = decide.economic_lot(setup_cost_fen=5000, holding_ratio=0.2, demand_per_day=10, unit_cost_fen=1000)

    assert lot == 427  # sqrt(2 * 5000 * 3650 / 200)
    reason = decide.explain_lot(
        lot, setup_cost_fen=5000, holding_ratio=0.2, demand_per_day=10, unit_cost_fen=1000
    ).text()
    assert reason == "每次准备费 50.00 元,单件年持有成本 2.00 元,日均需求 10.0 件:每批 427 件时准备费与持有费之和最低"


def test_a_line_that_makes_while_demand_takes_has_a_larger_lot():
    bought, made = (
        decide.economic_lot(
            setup_cost_fen=5000, holding_ratio=0.2, demand_per_day=10, unit_cost_fen=1000, daily_units=daily_units
        )
        for daily_units in (None, 20)
    )

    assert made == round(427.2 * 2**0.5)
    assert bought < made


@pytest.mark.parametrize(
    ("demand", "holding", "daily_units", "lot"), [(0, 0.2, None, 1), (10, 0, None, 3650), (10, 0.2, 5, 3650)]
)
def test_the_lot_stays_finite_at_the_edges(demand, holding, daily_units, lot):
    found = decide.economic_lot(
        setup_cost_fen=5000,
        holding_ratio=holding,
        demand_per_day=demand,
        unit_cost_fen=1000,
        daily_units=daily_units,
    )

    assert found == lot


def test_a_line_is_bulk_from_twenty_medians_and_at_least_a_hundred_units():
    assert decide.bulk_from(np.array([1.0, 2, 3])) == 100
    assert decide.bulk_from(np.array([6.0, 12, 24])) == 240
    assert decide.bulk_from(np.array([])) is None


def test_a_batch_waits_for_its_slowest_missing_material_and_buys_whole_cases():
    recipe = Recipe({CLOTH: 3, ZIP: 1})
    shelves = {CLOTH: Shelf(on_hand=100), ZIP: Shelf(on_hand=500)}
    terms = {CLOTH: Terms(6, moq=120, multiple=50), ZIP: Terms(30)}

    plan = decide.plan_batch(
        100,
        sku=MUG,
        today=TODAY,
        capacity=[OpenDay(TODAY.plus(n), 40) for n in range(20)],
        materials=decide.materials(recipe, shelves, terms),
    )

    assert [(buy.sku, buy.qty) for buy in plan.buys] == [(CLOTH, 200)]
    assert [(load.day.since(TODAY), load.units) for load in plan.loads] == [(6, 40), (7, 40), (8, 20)]
    assert (plan.start_day, plan.finish_day) == (TODAY.plus(6), TODAY.plus(8))
    assert plan.reason.text() == "100 件等物料 cloth 于 2026-03-08 到齐后开工,产线空余产能排到 2026-03-10 完工"
    assert decide.materials_of(recipe, 100) == {CLOTH: 300, ZIP: 100}


def test_a_batch_skips_full_days():
    capacity = [OpenDay(TODAY, 5), OpenDay(TODAY.plus(1), 0), OpenDay(TODAY.plus(2), 5)]

    plan = decide.plan_batch(8, sku=MUG, today=TODAY, capacity=capacity)

    assert [(load.day.since(TODAY), load.units) for load in plan.loads] == [(0, 5), (2, 3)]
    assert plan.buys == ()


def test_a_batch_the_line_cannot_hold_is_refused_with_what_is_left():
    with pytest.raises(Refusal) as refusal:
        decide.plan_batch(11, sku=MUG, today=TODAY, capacity=[OpenDay(TODAY.plus(-1), 9), OpenDay(TODAY, 10)])

    assert refusal.value.code == "capacity_too_small"
    assert refusal.value.facts() == {"sku": MUG, "qty": 11, "left": 10}


def test_a_demand_jump_weighs_the_margin_it_would_lose_against_holding():
    best, *rest = decide.adjust(A_SURPRISE)

    # 90 expected + half of the extra 40 a day over 9 days = 270, less 60 on the shelf: 210 lacking
    assert (best.kind.value, best.qty, best.gain_fen) == ("buy_more", 216, 210 * 1700)
    assert best.cost_fen == round(216 * 1200 * 0.25 * 9 / 365)
    assert best.reason.text().startswith("2026-03-02 售出 50 件,高于预测上限 30 件;若势头保留 50%")
    assert [option.kind.value for option in rest] == ["watch"]


def test_a_jump_the_shelf_can_bear_is_only_watched():
    covered = replace(A_SURPRISE, free=400)

    assert [option.kind.value for option in decide.adjust(covered)] == ["watch"]
    assert decide.best_draft(covered) == ()


def test_a_demand_drop_orders_less_rather_than_give_margin_away():
    options = decide.adjust(replace(A_SURPRISE, actual=0))

    assert [option.kind.value for option in options] == ["buy_less", "watch", "mark_down"]
    assert options[0].qty == 45
    (draft,) = decide.best_draft(replace(A_SURPRISE, actual=0))
    assert (draft.kind.value, draft.qty, draft.need_day) == ("adjust", 45, TODAY.plus(9))


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_reason_has_a_sentence_in_both_languages_over_the_same_facts(code):
    from string import Formatter

    from roulian.decide.model import reason

    zh, en = (
        {name for _, name, _, _ in Formatter().parse(templates[code]) if name} for templates in (reason._ZH, reason._EN)
    )

    assert zh >= en
    assert decide.Reason(code, dict.fromkeys(zh, 1)).text("zh")
    assert decide.Reason(code, dict.fromkeys(zh, 1)).text("en")
