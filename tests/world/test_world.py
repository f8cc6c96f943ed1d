"""The world against a small shop: order of calls, the same seed, and death at any moment."""

import asyncio
from dataclasses import replace

import pytest
from world_play import Play, with_mishap
from world_shop import CallerDied, Shop

from world import Disruption, Mishap, Scenario, World
from world.days import day_of, instant, iso


def _run(play: Play, scenario: Scenario, shop: Shop, *, seed: int = 7) -> World:
    return asyncio.run(play.through(scenario, shop, seed=seed))


def test_the_same_seed_makes_the_same_calls_to_the_byte(play: Play, scenario: Scenario) -> None:
    first, second = play.shop(), play.shop()

    _run(play, scenario, first)
    _run(play, scenario, second)

    assert first.log == second.log
    assert len(first.orders) > 10


def test_another_seed_tells_another_story_of_the_same_orders(play: Play, scenario: Scenario) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0, signals_per_day=0), days=1)
    first, second = play.shop(), play.shop()

    _run(play, everyone, first, seed=7)
    _run(play, everyone, second, seed=8)

    assert first.orders.keys() == second.orders.keys()
    assert first.log != second.log


def test_every_real_line_of_the_day_is_bought_by_its_shopper(play: Play, scenario: Scenario) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0, signals_per_day=0), days=1)
    shop = play.shop()

    _run(play, everyone, shop)

    bought: dict[tuple[str, str], int] = {}
    for (buyer, _), order in shop.orders.items():
        for line in order.lines:
            bought[buyer, line["sku"]] = bought.get((buyer, line["sku"]), 0) + line["qty"]
    on_sale = set(play.brand.stocked) | {c.sku for c in play.brand.campaigns if c.opens_ms <= shop.start_ms}
    real: dict[tuple[str, str], int] = {}
    for line in play.retail.on(play.brand.first_day):
        if line.sku in on_sale:
            real[line.shopper, line.sku] = real.get((line.shopper, line.sku), 0) + line.units
    assert bought == real


def test_a_shopper_logs_in_looks_orders_and_pays_in_this_order(play: Play, scenario: Scenario) -> None:
    shop = play.shop()

    _run(play, scenario, shop)

    number = next(order.number for order in shop.orders.values() if order.status not in {"placed", "cancelled"})
    paid_at = next(i for i, call in enumerate(shop.log) if call[2] == "/_sandbox/pay" and f"={number}" in call[3])
    placed_at = [i for i, call in enumerate(shop.log[:paid_at]) if call[1:3] == ("POST", "/api/store/orders")]
    before = [call[2] for call in shop.log[: placed_at[-1]]]
    assert "/_sandbox/wx_login" in before
    assert before[-1].startswith("/_sandbox/consent") or before[-1] == "/api/store/campaigns"


def test_acts_happen_at_their_own_instant(play: Play, scenario: Scenario) -> None:
    shop = play.shop()

    world = _run(play, scenario, shop)

    real = {purchase.key: purchase.at_ms for day in range(5) for purchase in world._agenda.purchases.on(
        play.brand.first_day + day
    )}  # fmt: skip
    for (_, key), order in shop.orders.items():
        assert order.placed_ms == real[key.partition(":")[0]]
    assert shop.now_ms == world.ends_ms


def test_small_steps_make_the_same_story_as_one_long_run(play: Play, scenario: Scenario) -> None:
    whole, stepped = play.shop(), play.shop()

    async def in_steps() -> None:
        world = play.world(scenario, stepped)
        await world.begin()
        for to_ms in range(world.starts_ms, world.ends_ms + 1, 6 * 3_600_000):
            await world.run_until(to_ms)

    _run(play, scenario, whole)
    asyncio.run(in_steps())

    assert [c for c in stepped.log if c[2] != "/sim/advance"] == [c for c in whole.log if c[2] != "/sim/advance"]


@pytest.mark.parametrize("part", range(1, 13))
def test_a_world_killed_anywhere_and_begun_anew_ends_with_the_same_orders(
    play: Play, scenario: Scenario, part: int
) -> None:
    calm, torn = play.shop(), play.shop()
    _run(play, scenario, calm)

    torn.dies_after = len(calm.log) * part // 13 + part
    with pytest.raises(CallerDied):
        _run(play, scenario, torn)
    torn.dies_after = None
    _run(play, scenario, torn)

    assert torn.outcome() == calm.outcome()
    assert torn.signals.keys() == calm.signals.keys()
    assert torn.readers == calm.readers
    received = {n: (p["received_qty"], p.get("arrived_day")) for n, p in torn.purchases.items()}
    assert received == {n: (p["received_qty"], p.get("arrived_day")) for n, p in calm.purchases.items()}
    assert {n: w["done_qty"] for n, w in torn.work.items()} == {n: w["done_qty"] for n, w in calm.work.items()}


def test_a_world_killed_many_times_ends_with_the_same_orders(play: Play, scenario: Scenario) -> None:
    calm, torn = play.shop(), play.shop()
    _run(play, scenario, calm)

    deaths = 0
    while True:
        torn.dies_after = len(torn.log) + 61
        try:
            _run(play, scenario, torn)
        except CallerDied:
            deaths += 1
        else:
            break

    assert deaths > 5
    assert torn.outcome() == calm.outcome()


def test_what_is_sold_out_is_left_out_of_the_order(play: Play, scenario: Scenario) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0, signals_per_day=0), days=1)
    shop = play.shop(sold_out=frozenset({"85123A"}))

    world = _run(play, everyone, shop)

    assert all(line["sku"] != "85123A" for order in shop.orders.values() for line in order.lines)
    assert world.tally.counts()["orders_shortened"] > 0


def test_a_presale_that_is_not_open_is_not_ordered(play: Play, scenario: Scenario) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0, signals_per_day=0), days=1)
    shop = play.shop()
    shop.campaigns = {}

    world = _run(play, everyone, shop)

    presold = set(play.brand.presold)
    assert not [line for order in shop.orders.values() for line in order.lines if line["sku"] in presold]
    assert world.tally.counts()["presales_closed"] > 0


def test_a_session_that_has_ended_is_opened_anew(play: Play, scenario: Scenario) -> None:
    shop = play.shop()

    async def run() -> None:
        world = play.world(scenario, shop)
        await world.begin()
        await world.run_until(instant(play.brand.first_day + 2))
        shop.sessions.clear()
        await world.run_until(world.ends_ms)

    asyncio.run(run())

    calm = play.shop()
    _run(play, scenario, calm)
    assert shop.outcome() == calm.outcome()


def test_a_stopped_supplier_says_so_that_morning_and_comes_later(play: Play, scenario: Scenario) -> None:
    stopped = with_mishap(
        replace(scenario, days=12, shoppers=replace(scenario.shoppers, buyers_ratio=0.0, count=1, signals_per_day=0)),
        Disruption(Mishap.SUPPLIER_LATE, "sup_dehua", day=4, days=3),
    )
    stopped = replace(stopped, suppliers={"sup_dehua": replace(stopped.lateness("sup_dehua"), late_ratio=0.0)})
    shop = play.shop()

    _run(play, stopped, shop)

    first = play.brand.first_day
    owed = [f"p{first + day}" for day in (1, 2, 3)]
    assert [reply[1] for reply in shop.replies if reply[0] == shop.replies[0][0]] == [f"p{first + 1}"]
    for number in owed:
        placed = int(number[1:])
        assert shop.purchases[number]["arrived_day"] == iso(placed + 4 + 3)
        assert (iso(first + 3), number, iso(placed + 7)) in shop.replies
    assert shop.purchases[f"p{first + 5}"]["arrived_day"] == iso(first + 9)


def test_parcels_go_the_whole_way_in_order_and_receipts_follow(play: Play, scenario: Scenario) -> None:
    shop = play.shop()

    _run(play, replace(scenario, days=16), shop)

    arrived = [order.number for order in shop.orders.values() if order.status == "delivered"]
    assert len(arrived) > 10
    for number in arrived:
        assert [step for waybill, step in shop.steps if waybill == number] == [100001, 200001, 300002, 300003]
    assert shop.receipts
    assert shop.receipts <= set(arrived)


def test_a_viral_article_brings_readers_and_buyers_on_its_days_only(play: Play, scenario: Scenario) -> None:
    quiet = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=0.0, signals_per_day=0))
    rush = with_mishap(quiet, Disruption(Mishap.VIRAL_ARTICLE, "art_picnic", day=4, days=1, readers=5000, buyers=30))
    shop = play.shop()

    _run(play, rush, shop)

    days = {day_of(order.placed_ms) - play.brand.first_day + 1 for order in shop.orders.values()}
    assert days == {4}
    assert len(shop.orders) == 30
    counted = {day: readers for (_, day), readers in shop.readers.items()}
    assert counted[iso(play.brand.first_day + 3)] > 5000 > counted[iso(play.brand.first_day + 2)]


def test_a_missed_presale_keeps_only_its_share_of_buyers(play: Play, scenario: Scenario) -> None:
    everyone = replace(scenario, shoppers=replace(scenario.shoppers, buyers_ratio=1.0, signals_per_day=0))
    lonely = with_mishap(everyone, Disruption(Mishap.PRESALE_MISSED, "cmp_23203_1", buyers_ratio=0.0))
    full, missed = play.shop(), play.shop()

    _run(play, everyone, full)
    _run(play, lonely, missed)

    def of(shop: Shop, campaign: str) -> set[tuple[str, str]]:
        return {key for key, order in shop.orders.items() if order.lines[0]["campaign"] == campaign}

    assert of(full, "cmp_23203_1")
    assert not of(missed, "cmp_23203_1")
    assert missed.orders.keys() == full.orders.keys() - of(full, "cmp_23203_1")
