"""Below the safety line → purchase → late supplier → one message, one day → goods in → shipped, promise kept or broken."""

import pytest

from house import BUNTING, CAKESTAND, PICKED_UP, SIGNED, Bought, House, Person
from roulian import decide
from roulian.tell import Scenario
from roulian.words import Day, OrderId, SkuId

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")
ON_SHELF = 6


async def a_wait(house: House) -> tuple[Person, Bought]:
    """The shelf of cake stands is sold out to one buyer, and the next one waits for the purchase."""
    await house.buy(await house.person("wholesaler"), CAKESTAND, ON_SHELF)
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    return chen, await house.buy(chen, CAKESTAND, 3)


def outcomes(house: House, bought: Bought) -> list[bool | None]:
    history = house.app.store.read(lambda tx: decide.promise_history(tx, OrderId(bought.id)))
    return [line.kept for line in history]


async def test_shelf_that_falls_below_its_line_is_bought_for_by_itself_once(house: House):
    lin = await house.person("lin")
    before = await house.purchases(BUNTING)
    for _ in range(5):
        await house.order(lin, BUNTING, 90)

    await house.settle()

    [purchase] = (await house.purchases(BUNTING))[len(before) :]
    [fallen] = [fact for fact in house.said("stock.FellBelowSafety") if fact["sku"] == BUNTING]
    proposal, *_ = house.app.store.read(lambda tx: decide.proposals_page(tx, sku=SkuId(BUNTING)))
    facts = proposal.reason.facts
    assert fallen["net"] < fallen["safety"]
    assert (proposal.status, proposal.qty, facts["free"]) == ("applied", purchase["qty"], 700 - 5 * 90)
    assert facts["short"] == facts["target"] - facts["free"] - facts["inbound"]
    assert 0 < facts["short"] <= purchase["qty"]


async def test_buyer_is_promised_the_day_the_purchase_comes_with_the_reason(house: House):
    chen, bought = await a_wait(house)

    [purchase, *_] = await house.purchases(CAKESTAND)
    page = await house.page(chen, bought)
    [promise] = page["promises"]
    assert promise["source"] == "inbound"
    assert Day.parse(page["promised_day"]) == Day.parse(purchase["expected_day"]).plus(1)
    assert purchase["expected_day"] in promise["reason"]


async def test_late_supplier_moves_the_promise_and_message_page_and_ledger_name_one_day(house: House):
    chen, bought = await a_wait(house)
    was = (await house.page(chen, bought))["promised_day"]

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")

    page = await house.page(chen, bought)
    [letter] = await house.letters(chen, Scenario.DELAY)
    assert (letter["date4"], letter["date3"]) == (was, page["promised_day"])
    assert page["promised_day"] == page["promises"][0]["day"] == "2026-06-10"
    assert letter["character_string1"] == bought.id
    assert letter["thing5"] == "供应商到货推迟"
    assert "2026-06-09" in page["promises"][0]["reason"]


async def test_same_reply_again_says_nothing_and_a_yet_later_one_speaks_once_more(house: House):
    chen, bought = await a_wait(house)
    late = await house.purchases(CAKESTAND)
    for day in ("2026-06-09", "2026-06-09"):
        for purchase in late:
            await house.reply(purchase, day)
    once = await house.letters(chen, Scenario.DELAY)

    await house.after(minutes=1)
    await house.person("chen", accepts=[Scenario.DELAY])
    for purchase in late:
        await house.reply(purchase, "2026-06-10")

    twice = await house.letters(chen, Scenario.DELAY)
    assert [letter["date3"] for letter in once] == ["2026-06-10"]
    assert [letter["date3"] for letter in twice] == ["2026-06-10", "2026-06-11"]
    assert (await house.page(chen, bought))["promised_day"] == "2026-06-11"


async def test_buyer_of_two_waiting_orders_hears_of_each_order_once(house: House):
    chen, first = await a_wait(house)
    await house.after(minutes=1)
    second = await house.buy(await house.person("chen", accepts=[Scenario.DELAY]), CAKESTAND, 2)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-12")

    told = [letter["character_string1"] for letter in await house.letters(chen, Scenario.DELAY)]
    assert sorted(told) == sorted([first.id, second.id])


async def test_goods_that_come_on_the_new_day_are_shipped_signed_for_and_the_promise_is_kept(house: House):
    chen, bought = await a_wait(house)
    late = await house.purchases(CAKESTAND)
    for purchase in late:
        await house.reply(purchase, "2026-06-09")

    await house.until(Day.parse("2026-06-09").at(9))
    for purchase in late:
        await house.bring(purchase)
    await house.until(Day.parse("2026-06-09").at(18))
    await house.carry(chen, bought, PICKED_UP, SIGNED)

    page = await house.page(chen, bought)
    assert (page["status"], page["promised_day"]) == ("delivered", "2026-06-10")
    assert outcomes(house, bought)[-1] is True
    assert house.restless() == []


async def test_goods_that_come_late_without_a_word_break_the_promise_in_the_ledger(house: House):
    chen, bought = await a_wait(house)

    await house.until(FIRST_DAY.plus(9).at(9))
    for purchase in await house.purchases(CAKESTAND):
        await house.bring(purchase)
    await house.until(FIRST_DAY.plus(9).at(18))

    assert (await house.page(chen, bought))["status"] == "shipped"
    assert outcomes(house, bought) == [False]


async def test_whoever_waited_longest_is_served_first(house: House):
    chen, first = await a_wait(house)
    zhao = await house.person("zhao")
    purchase, *_ = await house.purchases(CAKESTAND)
    second = await house.buy(zhao, CAKESTAND, purchase["qty"])

    await house.bring(purchase)
    await house.after(hours=10)

    assert (await house.page(chen, first))["status"] == "shipped"
    assert (await house.page(zhao, second))["status"] == "paid"


async def test_partial_delivery_told_twice_comes_in_once(house: House):
    chen, bought = await a_wait(house)
    purchase, *_ = await house.purchases(CAKESTAND)
    note = {"qty": 2, "key": "note-1"}

    for _ in range(2):
        await house.partner("POST", f"/purchases/{purchase['id']}/arrived", json=note)
    await house.after(hours=10)

    [after, *_] = await house.purchases(CAKESTAND)
    assert after["received_qty"] == 2
    assert (await house.page(chen, bought))["status"] == "paid"  # three were bought, two are here


async def test_supplier_who_is_early_changes_no_promise_and_sends_no_message(house: House):
    chen, bought = await a_wait(house)
    before = await house.page(chen, bought)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-05")

    assert (await house.page(chen, bought))["promised_day"] == before["promised_day"]
    assert await house.letters(chen, Scenario.DELAY) == []


async def test_delay_of_one_product_leaves_buyers_of_another_alone(house: House):
    await a_wait(house)
    wu = await house.person("wu", accepts=[Scenario.DELAY])
    bought = await house.buy(wu, BUNTING)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-12")

    assert (await house.page(wu, bought))["promised_day"] == "2026-06-04"
    assert await house.letters(wu, Scenario.DELAY) == []
