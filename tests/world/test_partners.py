"""Suppliers, workshop and carrier: what they will do follows from what they are asked, and from nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world_play import Play, with_mishap

from world import AsgiDoor, Brand, Disruption, Mishap, Scenario, Tally, load_brand, load_scenario
from world.actors import Carrier, Suppliers, Workshop
from world.days import iso
from world.doors import Parcel, Platform, Purchase, Sandbox, Step, Work

SAMPLE = Path(__file__).parents[2] / "scenarios" / "sample-brand"


@pytest.fixture
def platform(play: Play) -> Platform:
    return Platform(AsgiDoor(play.shop().asgi))


def _purchase(placed: int, *, lead_days: int = 10, supplier: str = "sup_dehua") -> Purchase:
    return Purchase("p", supplier, "22423", 48, 0, iso(placed), iso(placed + lead_days))


def _work(start: int, days: int, qty: int = 700) -> Work:
    return Work("w", "23203", qty, 0, "line_sewing", iso(start), iso(start + days - 1))


def test_suppliers_are_late_as_often_as_their_habit_says(platform: Platform, scenario: Scenario, brand: Brand) -> None:
    suppliers = Suppliers(platform, scenario, brand, seed=7, tally=Tally())
    purchases = [_purchase(brand.first_day + number, supplier="sup_caoxian") for number in range(4000)]

    late = [p for number, p in enumerate(purchases) if suppliers.arrival_day(p) > brand.first_day + number + 10]

    assert len(late) / 4000 == pytest.approx(scenario.lateness("sup_caoxian").late_ratio, abs=0.02)


@given(day=st.integers(0, 80), today=st.integers(0, 120))
def test_a_supplier_never_names_a_day_later_than_it_comes_and_at_last_the_true_one(day: int, today: int) -> None:
    brand = load_brand(SAMPLE)
    suppliers = Suppliers(Platform(AsgiDoor(_nobody)), load_scenario(SAMPLE), brand, seed=7, tally=Tally())
    purchase = _purchase(brand.first_day + day)

    promised = suppliers.promised_day(purchase, today=brand.first_day + today)
    arrival = suppliers.arrival_day(purchase)

    assert promised <= arrival
    assert suppliers.promised_day(purchase, today=arrival) == arrival


def test_the_workshop_follows_the_plan_and_finishes_on_the_due_day(
    platform: Platform, scenario: Scenario, brand: Brand
) -> None:
    workshop = Workshop(platform, scenario, brand, tally=Tally())
    start = brand.first_day + 10

    done = [workshop.done_qty(_work(start, 4), today=start + day) for day in range(-2, 7)]

    assert done == [0, 0, 175, 350, 525, 700, 700, 700, 700]


def test_a_stopped_line_moves_the_work_behind_it_until_slack_catches_up(
    platform: Platform, scenario: Scenario, brand: Brand
) -> None:
    stopped = with_mishap(scenario, Disruption(Mishap.LINE_DOWN, "line_sewing", day=12, days=3))
    workshop = Workshop(platform, stopped, brand, tally=Tally())
    first = brand.first_day

    def finished(work: Work) -> int:
        return next(day for day in range(200) if workshop.done_qty(work, today=first + day) == work.qty)

    assert finished(_work(first + 2, 4)) == 5
    assert finished(_work(first + 10, 4)) == 13 + 3
    assert finished(_work(first + 12, 2)) == 13 + 3
    assert finished(_work(first + 15, 2)) == 16 + 1
    assert finished(_work(first + 20, 2)) == 21


@given(start=st.integers(0, 30), span=st.integers(1, 9), stop=st.integers(1, 30), days=st.integers(1, 9))
def test_what_is_finished_only_grows_and_never_passes_the_order(start: int, span: int, stop: int, days: int) -> None:
    brand = replace(load_brand(SAMPLE), first_day=0)
    stopped = Scenario("x", 60, SAMPLE, disruptions=(Disruption(Mishap.LINE_DOWN, "line_sewing", stop, days),))
    workshop = Workshop(Platform(AsgiDoor(_nobody)), stopped, brand, tally=Tally())
    work = _work(start, span)

    done = [workshop.done_qty(work, today=today) for today in range(60)]

    assert done == sorted(done)
    assert done[-1] == work.qty
    assert all(now == before for now, before in zip(done[stop : stop + days - 1], done[stop - 1 :], strict=False))


def test_a_parcel_takes_two_to_five_days_mostly() -> None:
    carrier = Carrier(
        Platform(AsgiDoor(_nobody)), Sandbox(AsgiDoor(_nobody), appid="a"), seed=7, tally=Tally(), receiver=str
    )
    names = {Step.PICKED_UP: "picked_up", Step.MOVING: "moving", Step.OUT_FOR_DELIVERY: "out_for_delivery"}
    took = []
    for number in range(500):
        status, day = "handed_over", 0
        while status != "signed":
            for round_ in (0, 1):
                step = carrier.next_step(
                    Parcel("s", "o", f"w{number}", "SF", status), day, round_=round_, to=f"w{number}"
                )
                status = status if step is None else names.get(step, "signed")
            day += 1
        took.append(day)

    assert min(took) >= 2
    assert sum(2 <= days <= 5 for days in took) / 500 > 0.85


async def _nobody(*_: object) -> None:
    raise AssertionError("nobody is to be called")
