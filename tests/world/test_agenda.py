"""What is on the agenda: enough of it, in order, and the same whenever it is asked for."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from world import Brand, Retail, Scenario, load_scenario
from world.agenda import Agenda
from world.agenda.acts import Item, PlaceOrder, Visit
from world.days import day_of, instant

SAMPLE = Path(__file__).parents[2] / "scenarios" / "sample-brand"


@pytest.fixture(scope="module")
def ninety_days(brand: Brand, retail: Retail) -> list[Item]:
    agenda = Agenda(load_scenario(SAMPLE), brand, retail, seed=7)
    return [item for day in range(90) for item in agenda.on(brand.first_day + day)]


def test_ninety_days_carry_two_hundred_thousand_signals_of_twenty_thousand_shoppers(ninety_days: list[Item]) -> None:
    visits = [item.act for item in ninety_days if isinstance(item.act, Visit)]
    buyers = {item.act.purchase.shopper for item in ninety_days if isinstance(item.act, PlaceOrder)}

    assert sum(len(visit.signals) for visit in visits) >= 200_000
    assert len({visit.shopper for visit in visits} | buyers) >= 20_000
    assert max(len(visit.signals) for visit in visits) <= 200


def test_no_two_signals_and_no_two_acts_share_a_name(ninety_days: list[Item]) -> None:
    signals = Counter(s.id for item in ninety_days if isinstance(item.act, Visit) for s in item.act.signals)

    assert signals.most_common(1)[0][1] == 1
    assert max(map(len, signals)) <= 64
    assert len({item.place() for item in ninety_days}) == len(ninety_days)


def test_signals_are_older_than_the_visit_that_sends_them(ninety_days: list[Item]) -> None:
    assert all(s.at_ms <= item.at_ms for item in ninety_days if isinstance(item.act, Visit) for s in item.act.signals)


def test_every_order_of_a_known_customer_is_browsed_for_unless_decided_within_the_first_days(
    ninety_days: list[Item], brand: Brand
) -> None:
    seen: set[tuple[str, str]] = set()
    unseen = total = 0
    for item in ninety_days:
        if isinstance(item.act, Visit):
            seen.update((item.act.shopper, signal.sku) for signal in item.act.signals if signal.sku)
        elif isinstance(item.act, PlaceOrder) and item.at_ms > instant(brand.first_day + 5):
            purchase = item.act.purchase
            if purchase.shopper.startswith(("c", "g")):
                total += 1
                unseen += (purchase.shopper, purchase.lines[0][0]) not in seen

    assert total > 5000
    assert unseen / total < 0.02


def test_a_day_asked_for_alone_is_the_day_of_the_whole(brand: Brand, retail: Retail, scenario: Scenario) -> None:
    whole = Agenda(scenario, brand, retail, seed=7)
    days = [whole.on(brand.first_day + day) for day in range(5)]

    alone = Agenda(scenario, brand, retail, seed=7).on(brand.first_day + 3)

    assert alone == days[3]
    assert all(day_of(item.at_ms) == brand.first_day + 3 for item in alone)
    assert alone == sorted(alone, key=Item.place)


def test_another_seed_changes_who_looks_but_not_what_is_bought(
    brand: Brand, retail: Retail, scenario: Scenario
) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0))

    def bought(seed: int) -> set[tuple[str, tuple[tuple[str, int], ...]]]:
        items = Agenda(everyone, brand, retail, seed=seed).on(brand.first_day)
        return {(i.act.purchase.key, i.act.purchase.lines) for i in items if isinstance(i.act, PlaceOrder)}

    assert bought(7) == bought(8)
