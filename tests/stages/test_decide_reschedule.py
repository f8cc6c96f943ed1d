"""A late material: which work waits for it, until when; and what the buyers of that work are told."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from roulian import decide
from roulian.decide import Promise, PromiseSource, ReasonCode
from roulian.words import Day, OrderId, SkuId, WorkOrderId

TODAY = Day.parse("2026-03-02")
BAG, CLOTH = SkuId("bag"), SkuId("cloth")


@dataclass(frozen=True)
class Use:
    id: WorkOrderId
    units: int
    start_day: Day
    has_begun: bool = False


@dataclass(frozen=True)
class Coming:
    day: Day
    qty: int
    source: str = "pur_1"


@dataclass(frozen=True)
class Shelf:
    on_hand: int = 0
    reserved: int = 0
    waiting: int = 0
    safety: int = 0


@dataclass(frozen=True)
class Claim:
    id: str
    order: OrderId
    missing: int
    wanted_day: Day | None


def use(name: str, units: int, days: int, *, has_begun: bool = False) -> Use:
    return Use(WorkOrderId(name), units, TODAY.plus(days), has_begun)


def late(uses: list[Use], on_hand: int, *coming: tuple[int, int]) -> dict[str, int]:
    inbound = [Coming(TODAY.plus(days), qty) for days, qty in coming]
    found = decide.late_starts(uses, shelf=Shelf(on_hand), inbound=inbound)
    return {work: day.since(TODAY) for work, day in found.items()}


def test_work_whose_material_is_there_in_time_is_not_late():
    assert late([use("a", 10, 4)], 4, (4, 6)) == {}
    assert late([use("a", 10, 4)], 10, (9, 6)) == {}


def test_first_to_start_takes_the_shelf_and_the_next_waits_for_the_lorry():
    assert late([use("b", 6, 3), use("a", 6, 2)], 8, (7, 4)) == {"b": 7}


def test_work_that_has_begun_keeps_its_units_and_is_never_late_itself():
    assert late([use("a", 6, 1), use("b", 6, 2, has_begun=True)], 6, (7, 6)) == {"a": 7}


def test_work_that_nothing_on_the_way_covers_has_no_day():
    assert late([use("a", 10, 1)], 0, (7, 9)) == {}


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=5),
    st.integers(0, 20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 12)), max_size=4),
    st.integers(0, 9),
)
def test_later_inbound_never_gives_an_earlier_start(uses, on_hand, coming, more_days):
    work = [use(f"w{n}", units, day) for n, (units, day) in enumerate(uses)]

    sooner = late(work, on_hand, *coming)
    later = late(work, on_hand, *((day + more_days, qty) for day, qty in coming))

    assert sooner.keys() <= later.keys()
    assert all(later[name] >= day for name, day in sooner.items())
    assert all(day > one.start_day.since(TODAY) for one in work for name, day in later.items() if one.id == name)


def test_orders_of_late_work_get_its_day_although_free_capacity_would_promise_an_earlier_one():
    first = OrderId("ord_1")
    supply = decide.supply(
        BAG,
        level=Shelf(waiting=4),
        inbound=(Coming(TODAY.plus(12), 10, "wrk_1"),),
        sourcing=None,
        recipe=Recipe(),
        free_capacity=(decide.OpenDay(TODAY.plus(3), 50),),
    )

    moved: dict[OrderId, Promise] = dict(
        decide.repromise_made(
            [Claim("clm_1", first, 4, TODAY.plus(6))],
            supply,
            today=TODAY,
            promised={first: TODAY.plus(6)},
            was_day=TODAY.plus(5),
            now_day=TODAY.plus(12),
            material=CLOTH,
        )
    )

    assert (moved[first].source, moved[first].day) == (PromiseSource.INBOUND, TODAY.plus(13))
    assert moved[first].reason.code is ReasonCode.MATERIAL_DELAYED
    assert CLOTH in moved[first].reason.text("zh")
    assert moved[first].reason.buyer_text("zh") == "原料晚到,生产顺延"


@dataclass(frozen=True)
class Recipe:
    material_lead_days: int = 2
    setup_cost_fen: int = 0
    materials: dict[SkuId, int] = None  # type: ignore[assignment]
