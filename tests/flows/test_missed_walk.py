"""A presale misses its lot: the missed lines' money goes back, or the buyer takes the substitute; the rest ships."""

from typing import Any

import pytest

from house import BAG, BUNTING, CAKESTAND, Bought, House, Person
from roulian import sell, stock
from roulian.tell import Scenario
from roulian.words import OrderId, SkuId

pytestmark = pytest.mark.anyio

BAG_FEN, BUNTING_FEN = 6000, 4460


async def presale(house: House, **about: Any) -> str:
    """A presale of bags that nobody will fill, at a price above a bunting's."""
    body = {
        "sku": BAG,
        "price_fen": BAG_FEN,
        "deadline_ms": house.clock.now().day().plus(2).at(22).ms,
        "lot_qty": 40,
        **about,
    }
    reply = await house.ask("POST", "/api/console/campaigns", json=body)
    assert reply.status_code == 200, reply.text
    await house.settle()
    return str(reply.json()["id"])


async def with_substitute(house: House, **about: Any) -> str:
    return await presale(house, substitute=BUNTING, answer_days=3, **about)


async def a_mixed_order(house: House, campaign: str) -> tuple[Person, Bought]:
    """Lin's two bags of the presale, and two cakestands that stand on the shelf."""
    lin = await house.person("lin", accepts=[Scenario.CAMPAIGN_MISSED, Scenario.SUBSTITUTE_OFFERED])
    lines = [{"sku": BAG, "qty": 2, "campaign": campaign}, {"sku": CAKESTAND, "qty": 2}]
    body = {"key": "mixed", "region": "浙江", "lines": lines}
    placed = (await house.ask("POST", "/api/store/orders", who=lin, json=body)).json()
    return lin, await house.pay(lin, await house.till(lin, placed["order"]))


async def choose(house: House, who: Person, bought: Bought, campaign: str, *, takes: bool) -> Any:
    body = {"campaign": campaign, "takes_substitute": takes}
    return await house.ask("POST", f"/api/store/orders/{bought.id}/choice", who=who, json=body)


def money(house: House) -> sell.Money:
    return house.app.store.read(sell.money)


def reserved(house: House, sku: str) -> int:
    return sum(level.reserved for level in house.app.store.read(stock.all_levels) if level.sku == SkuId(sku))


async def test_only_the_missed_lines_are_given_back_and_the_rest_ships(house: House):
    campaign = await presale(house)
    lin, bought = await a_mixed_order(house, campaign)

    await house.after(days=3, hours=6)

    page = await house.page(lin, bought)
    [letter] = await house.letters(lin, Scenario.CAMPAIGN_MISSED)
    assert [(line["sku"], line["is_dropped"]) for line in page["lines"]] == [(CAKESTAND, False), (BAG, True)]
    assert page["status"] == "shipped"
    assert [promise["sku"] for promise in page["promises"]] == [CAKESTAND]
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * BAG_FEN == page["returned_fen"]
    assert f"¥{2 * BAG_FEN / 100:.2f}" in letter.values()
    assert money(house).kept_fen == page["total_fen"] - 2 * BAG_FEN
    assert house.restless() == []


async def test_order_whose_rest_has_left_already_has_left_when_the_missed_lines_go(house: House):
    campaign = await presale(house)
    lin, bought = await a_mixed_order(house, campaign)
    await house.after(hours=4)
    split = await house.ask("POST", f"/api/console/orders/{bought.id}/split")
    await house.settle()
    before = (await house.page(lin, bought))["status"]

    await house.after(days=3)

    assert (split.status_code, before) == (200, "paid")
    assert (await house.page(lin, bought))["status"] == "shipped"
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * BAG_FEN
    assert house.restless() == []


async def test_buyer_takes_the_substitute_and_has_the_difference_back(house: House):
    campaign = await with_substitute(house)
    lin = await house.person("lin", accepts=[Scenario.SUBSTITUTE_OFFERED])
    bought = await house.buy(lin, BAG, 2, campaign=campaign)
    await house.after(days=2, hours=15)
    offered = await house.page(lin, bought)

    reply = await choose(house, lin, bought, campaign, takes=True)
    await house.after(days=2)

    page = await house.page(lin, bought)
    [letter] = await house.letters(lin, Scenario.SUBSTITUTE_OFFERED)
    [choice] = offered["choices"]
    assert (offered["status"], choice["substitute"], choice["price_fen"]) == ("paid", BUNTING, BUNTING_FEN)
    assert "派对三角旗" in letter.values()
    assert (reply.status_code, reply.json()["choices"]) == (200, [])
    assert [(line["sku"], line["qty"], line["price_fen"]) for line in page["lines"]] == [(BUNTING, 2, BUNTING_FEN)]
    assert page["status"] == "shipped"
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * (BAG_FEN - BUNTING_FEN)
    assert money(house).kept_fen == 2 * BUNTING_FEN
    assert house.said("sell.LineSwapped") == [{"order": bought.id, "campaign": campaign, "sku": BUNTING}]
    assert house.restless() == []


async def test_substitute_that_is_dearer_costs_what_was_paid(house: House):
    campaign = await with_substitute(house, price_fen=1500)
    lin = await house.person("lin")
    bought = await house.buy(lin, BAG, 2, campaign=campaign)
    await house.after(days=2, hours=15)

    await choose(house, lin, bought, campaign, takes=True)
    await house.after(minutes=5)

    page = await house.page(lin, bought)
    assert ([line["price_fen"] for line in page["lines"]], page["total_fen"], page["returned_fen"]) == ([1500], 3000, 0)


async def test_silence_gives_the_money_back_and_a_later_choice_is_refused(house: House):
    campaign = await with_substitute(house)
    lin = await house.person("lin")
    bought = await house.buy(lin, BAG, 2, campaign=campaign)

    await house.after(days=6)
    reply = await choose(house, lin, bought, campaign, takes=True)

    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "no_substitute")
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * BAG_FEN
    assert reserved(house, BUNTING) == 0
    assert house.restless() == []


async def test_buyer_who_wants_the_money_has_it_at_once_and_keeps_the_rest_of_the_order(house: House):
    campaign = await with_substitute(house)
    lin, bought = await a_mixed_order(house, campaign)
    await house.after(days=2, hours=15)
    waiting = (await house.page(lin, bought))["status"]

    await choose(house, lin, bought, campaign, takes=False)
    await house.after(days=1)

    page = await house.page(lin, bought)
    assert (page["status"], page["returned_fen"]) == ("shipped", 2 * BAG_FEN)
    assert waiting in ("paid", "shipped")
    assert house.restless() == []


async def test_substitute_that_is_sold_out_is_refused_and_the_choice_stays_open(house: House):
    campaign = await presale(house, substitute=CAKESTAND, answer_days=3)
    lin = await house.person("lin")
    bought = await house.buy(lin, BAG, 7, campaign=campaign)
    await house.after(days=2, hours=15)
    before = await house.page(lin, bought)

    reply = await choose(house, lin, bought, campaign, takes=True)

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "sold_out")
    assert await house.page(lin, bought) == before
    assert reserved(house, CAKESTAND) == 0


async def test_deposit_that_covers_the_substitute_is_all_there_is_to_pay(house: House):
    campaign = await with_substitute(house, deposit_fen=5000, balance_days=2)
    lin = await house.person("lin")
    bought = await house.buy(lin, BAG, 2, campaign=campaign)
    await house.after(days=2, hours=15)

    reply = await choose(house, lin, bought, campaign, takes=True)
    await house.after(days=1)

    assert (reply.json()["status"], (await house.page(lin, bought))["status"]) == ("paid", "shipped")
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * (5000 - BUNTING_FEN)
    assert money(house).kept_fen == 2 * BUNTING_FEN


async def test_deposit_below_the_substitute_has_its_balance_asked_at_the_lower_price(house: House):
    campaign = await with_substitute(house, deposit_fen=1000, balance_days=2)
    lin = await house.person("lin", accepts=[Scenario.BALANCE_DUE])
    bought = await house.buy(lin, BAG, 2, campaign=campaign)
    await house.after(days=2, hours=15)

    reply = await choose(house, lin, bought, campaign, takes=True)
    await house.settle()
    await house.pay(lin, await house.till(lin, bought.id))
    await house.after(days=1)

    assert (reply.json()["status"], reply.json()["due_fen"]) == ("balance_due", 2 * (BUNTING_FEN - 1000))
    assert (await house.page(lin, bought))["status"] == "shipped"
    assert money(house).kept_fen == 2 * BUNTING_FEN
    assert house.restless() == []


async def test_choice_of_another_members_order_is_not_found(house: House):
    campaign = await with_substitute(house)
    lin, chen = await house.person("lin"), await house.person("chen")
    bought = await house.buy(lin, BAG, 2, campaign=campaign)
    await house.after(days=2, hours=15)

    reply = await choose(house, chen, bought, campaign, takes=False)

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "order_not_found")
    assert house.app.store.read(lambda tx: sell.order(tx, OrderId(bought.id))).status is sell.OrderStatus.PAID
