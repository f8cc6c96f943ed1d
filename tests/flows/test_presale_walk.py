"""Article → presale → lot reached → production → notices; and the presale that misses its lot."""

from datetime import timedelta

import pytest

from house import BAG, CAKESTAND, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House, Person
from roulian import decide, sell
from roulian.store import Tx
from roulian.tell import Scenario
from roulian.words import Day, OrderId, SkuId

pytestmark = pytest.mark.anyio

DEADLINE = Day.parse("2026-06-06").at(22)


async def a_full_lot(house: House) -> list[tuple[Person, Bought]]:
    """Four buyers of ten bags each: the economic lot is forty."""
    campaign = (await house.campaign())["campaign"]
    buyers = [await house.person(name) for name in ("lin", "chen", "wu", "zhao")]
    return [(buyer, await house.buy(buyer, BAG, 10, campaign=campaign)) for buyer in buyers]


async def test_article_read_in_the_shop_is_demand_seen_and_the_presale_shows_its_date(house: House):
    lin = await house.person("lin")
    events = [
        {"id": "s-1", "kind": "read", "at_ms": house.clock.now().ms, "article": "art_bag"},
        {"id": "s-2", "kind": "view", "at_ms": house.clock.now().ms, "sku": BAG},
    ]

    reply = await house.ask("POST", "/api/store/signals", who=lin, json={"events": events})

    campaign = await house.campaign()
    assert (reply.status_code, reply.json()) == (202, {"accepted": 2})
    assert (campaign["lot_qty"], campaign["paid_qty"]) == (40, 0)
    assert campaign["promise_day"] == "2026-06-12"  # closes on the 6th, cloth takes five days, one to hand over


async def test_thirty_nine_bags_make_nothing_and_the_fortieth_opens_production_once(house: House):
    campaign = (await house.campaign())["campaign"]
    lin = await house.person("lin")
    await house.buy(lin, BAG, 39, campaign=campaign)
    before = (await house.partner("GET", "/work"))["work"]

    await house.buy(lin, BAG, 1, campaign=campaign)

    [work] = (await house.partner("GET", "/work"))["work"]
    assert before == []
    assert (work["sku"], work["qty"], work["line"]) == (BAG, 40, "line_sewing")
    assert house.said("sell.CampaignReached") == [{"campaign": campaign, "lot": 1, "qty": 40}]


async def test_full_lot_buys_the_cloth_it_lacks_and_sews_when_the_cloth_is_there(house: House):
    await a_full_lot(house)

    [cloth] = await house.purchases("mat_cloth")
    [work] = (await house.partner("GET", "/work"))["work"]
    assert cloth["qty"] == 500  # 40 bags take 200 dm, 100 are there, the least one can buy is 500
    assert cloth["expected_day"] == work["start_day"] == work["due_day"] == "2026-06-08"


async def test_every_buyer_of_a_full_lot_reads_on_the_card_that_it_goes_into_production(house: House):
    buyers = await a_full_lot(house)

    for buyer, bought in buyers:
        paid, reached = await house.cards(buyer)
        page = await house.page(buyer, bought)
        assert (paid["cur_status"], reached["cur_status"]) == (1, 2)
        assert paid["date3"] == reached["date3"] == page["promised_day"] == page["promises"][0]["day"] == "2026-06-12"
        assert reached["character_string1"] == bought.id


async def test_presold_bag_is_sewn_shipped_signed_for_and_its_promise_kept(house: House):
    buyers = await a_full_lot(house)
    lin, bought = buyers[0]
    [cloth] = await house.purchases("mat_cloth")
    [work] = (await house.partner("GET", "/work"))["work"]

    await house.after(days=5)
    await house.bring(cloth)
    await house.partner("POST", f"/work/{work['id']}/report", json={"done_qty": 40})
    await house.after(days=1)
    parcel = await house.parcel(bought)
    await house.carry(lin, bought, PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED)

    page = await house.page(lin, bought)
    told = (await house.cards(lin))[-1]
    filed = (await house.in_wechat(bought))["order"]["shipping"]["shipping_list"]
    assert (page["status"], page["shipments"][0]["status"]) == ("delivered", "signed")
    assert (told["cur_status"], told["character_string4"]) == (3, parcel["waybill"])
    assert [parcel["tracking_no"] for parcel in filed] == [parcel["waybill"]]
    [promise] = house.app.store.read(lambda tx: decide.promise_history(tx, OrderId(bought.id)))
    assert promise.kept is True
    assert house.restless() == []


async def test_later_lots_of_a_presale_leave_the_dates_of_earlier_ones_alone(house: House):
    campaign = (await house.campaign())["campaign"]
    lin = await house.person("lin", accepts=[Scenario.DELAY])
    first = await house.buy(lin, BAG, 40, campaign=campaign)
    before = await house.page(lin, first)

    for n in range(6):
        await house.buy(await house.person(f"buyer-{n}"), BAG, 100, campaign=campaign)

    works = (await house.partner("GET", "/work"))["work"]
    assert works[-1]["due_day"] > before["promised_day"]  # the line is busy for days after the first lot
    assert await house.page(lin, first) == before
    assert await house.letters(lin, Scenario.DELAY) == []


async def test_missed_presale_refunds_everyone_in_full_and_tells_them(house: House):
    campaign = (await house.campaign())["campaign"]
    news = [Scenario.CAMPAIGN_MISSED, Scenario.REFUNDED]
    buyers = [await house.person(name, accepts=news) for name in ("lin", "chen")]
    orders = [await house.buy(buyer, BAG, 10, campaign=campaign) for buyer in buyers]

    await house.until(DEADLINE)
    await house.after(minutes=1)

    for buyer, bought in zip(buyers, orders, strict=True):
        [missed] = await house.letters(buyer, Scenario.CAMPAIGN_MISSED)
        [returned] = await house.letters(buyer, Scenario.REFUNDED)
        assert missed["amount4"] == returned["amount3"] == "¥158.00"
        assert (await house.in_wechat(bought))["refunded_fen"] == 15_800
        assert (await house.page(buyer, bought))["status"] == "refunded"
    assert house.said("sell.CampaignMissed") == [{"campaign": campaign}]
    assert (await house.partner("GET", "/work"))["work"] == []
    assert await house.purchases("mat_cloth") == []


async def test_presale_whose_lot_no_line_can_make_still_closes_and_gives_the_money_back(house: House):
    store, deadline = house.app.store, house.clock.now().plus(timedelta(days=2))

    def opened(tx: Tx) -> sell.Campaign:
        return sell.open_campaign(tx, sku=SkuId(BAG), price_fen=1500, deadline_at=deadline, lot_qty=1_000_000)

    campaign = store.call(opened)
    await house.settle()
    lin = await house.person("lin")
    bought = await house.buy(lin, BAG, 10, campaign=campaign.id)

    await house.until(deadline)
    await house.after(minutes=1)

    assert (await house.page(lin, bought))["status"] == "refunded"
    assert [what for what, *_ in house.restless()] == ["presale.show_date"]


async def test_unpaid_order_of_a_presale_ends_with_it(house: House):
    campaign = (await house.campaign())["campaign"]
    await house.until(DEADLINE.day().at(21, 55))
    lin = await house.person("lin")
    bought = await house.order(lin, BAG, 40, campaign=campaign)

    await house.until(DEADLINE)

    assert (await house.page(lin, bought))["status"] == "cancelled"
    assert house.said("sell.CampaignMissed") == [{"campaign": campaign}]


async def test_stock_and_presale_are_two_doors_of_one_shop(house: House):
    """A buyer of a stocked product hears nothing of the presale's end."""
    wu = await house.person("wu", accepts=[Scenario.CAMPAIGN_MISSED])
    await house.buy(wu, CAKESTAND)

    await house.until(DEADLINE)
    await house.after(minutes=1)

    assert await house.letters(wu, Scenario.CAMPAIGN_MISSED) == []


async def test_cloth_that_the_books_lack_holds_up_no_finished_bag_and_shows_until_it_is_in(house: House):
    buyers = await a_full_lot(house)
    _, bought = buyers[0]
    [cloth] = await house.purchases("mat_cloth")
    [work] = (await house.partner("GET", "/work"))["work"]

    await house.partner("POST", f"/work/{work['id']}/report", json={"done_qty": 40})
    await house.after(days=1)

    assert (await house.parcel(bought))["order"] == bought.id
    [held] = house.app.store.stuck()
    assert held.name == "shortage.use_materials"

    await house.bring(cloth)
    house.app.store.retry(held.id)
    await house.settle()
    assert house.restless() == []
