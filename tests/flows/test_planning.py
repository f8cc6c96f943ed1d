"""A plan reads what was sold, what is there and what is coming, and writes nothing."""

import numpy as np
import pytest

from roulian import decide, make, predict, sense, stock
from roulian.flows import planning
from roulian.store import Store
from roulian.words import Day, SkuId, SupplierId

TEA, CUP = SkuId("TEA"), SkuId("CUP")
FIRST, DAYS = Day.parse("2026-01-01"), 60
TERMS = planning.Terms(lead_time_days=10, moq=1, multiple=1)


@pytest.fixture
def sold(store: Store) -> Store:
    """Sixty days of steady sales: about ten TEA and one CUP a day, and one bulk order of TEA."""
    rng = np.random.default_rng(1)
    sales = [
        sense.Sale(f"{sku}{day}", sku, "浙江", FIRST.plus(day), int(rng.poisson(mean)) or 1, 900)
        for day in range(DAYS)
        for sku, mean in ((TEA, 10), (CUP, 1))
    ]
    bulk = sense.Sale("bulk", TEA, "浙江", FIRST.plus(50), 5_000, 900)
    store.call(lambda tx: sense.sold(tx, [*sales, bulk]))
    return store


def planned(store: Store, *, level: float = 0.95) -> dict[SkuId, planning.Planned]:
    found = planning.plan(store, terms=TERMS, level=level, horizon_days=28, rng=np.random.default_rng(7))
    return {each.sku: each for each in found}


def ordered(plans: dict[SkuId, planning.Planned], sku: SkuId) -> int:
    draft = plans[sku].draft
    return 0 if draft is None else draft.qty


def test_an_empty_shelf_is_filled_up_to_the_quantile_of_the_protection_interval(sold: Store) -> None:
    plans = planned(sold)

    days = TERMS.lead_time_days + 2
    assert plans[TEA].need.days == days
    assert ordered(plans, TEA) == plans[TEA].need.target == int(np.ceil(plans[TEA].forecast.within(days, 0.95)))
    assert 10 * days < ordered(plans, TEA) < 30 * days
    assert plans[TEA].forecast.made_day == FIRST.plus(DAYS - 1)


def test_what_stands_on_the_shelf_and_what_is_coming_is_not_ordered_again(sold: Store) -> None:
    before = planned(sold)
    today = FIRST.plus(DAYS - 1)
    supplier = make.Supplier(SupplierId("sup"), "茶厂", "Tea works", lead_time_days=TERMS.lead_time_days)
    sourcing = make.Sourcing(TEA, supplier.id, moq=1, multiple=1, unit_cost_fen=300)
    sold.call(lambda tx: make.add_suppliers(tx, [supplier]))
    sold.call(lambda tx: make.add_sourcing(tx, [sourcing]))
    sold.call(lambda tx: stock.receive(tx, sku=TEA, qty=20, source="opening"))

    after = planned(sold)

    draft = after[TEA].draft
    assert draft is not None
    assert ordered(before, TEA) - draft.qty == 20
    assert draft.cost_fen == draft.qty * 300
    assert draft.need_day == today.plus(TERMS.lead_time_days)


def test_a_full_shelf_orders_nothing(sold: Store) -> None:
    sold.call(lambda tx: stock.receive(tx, sku=CUP, qty=1_000, source="opening"))

    assert planned(sold)[CUP].draft is None


def test_a_higher_service_level_never_orders_less(sold: Store) -> None:
    by_level = [ordered(planned(sold, level=level), TEA) for level in (0.5, 0.8, 0.95, 0.98)]

    assert by_level == sorted(by_level)
    assert by_level[0] < by_level[-1]


def test_planning_writes_nothing(sold: Store) -> None:
    planned(sold)

    assert sold.read(decide.proposals_page) == ()
    assert sold.read(lambda tx: predict.latest(tx, [TEA, CUP])) == {}


def test_nothing_sold_is_refused(store: Store) -> None:
    with pytest.raises(planning.NothingSold):
        planned(store)
