"""Publishing a presale, and what its rules do when the day comes."""

from datetime import timedelta

import pytest

from house import BAG, House
from roulian import sell
from roulian.tell import Scenario
from roulian.words import Instant, SkuId

pytestmark = pytest.mark.anyio


def wanted(house: House, **about: object) -> dict[str, object]:
    deadline = house.clock.now().plus(timedelta(days=2))
    return {"sku": BAG, "price_fen": 1500, "deadline_ms": deadline.ms, "lot_qty": 40, **about}


def open_now(house: House) -> set[str]:
    return set(house.app.store.read(lambda tx: sell.open_campaigns(tx, [SkuId(BAG)])))


async def test_published_presale_shows_its_date_and_takes_orders_within_its_limit(house: House):
    lin = await house.person("lin")

    reply = await house.ask("POST", "/api/console/campaigns", json=wanted(house, member_limit=3))
    campaign = reply.json()["id"]
    await house.settle()
    bought = await house.buy(lin, BAG, 3, campaign=campaign)
    body = {"key": "more", "region": "浙江", "lines": [{"sku": BAG, "qty": 1, "campaign": campaign}]}
    more = await house.ask("POST", "/api/store/orders", who=lin, json=body)

    shown = house.app.store.read(lambda tx: sell.campaign(tx, campaign))
    assert reply.status_code == 200
    assert shown.promise_day is not None
    assert (await house.page(lin, bought))["status"] == "paid"
    assert (more.status_code, more.json()["error"]["code"]) == (409, "over_member_limit")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"days": 400}, "promise_beyond_term"),
        ({"lot_qty": 1_000_000}, "nothing_to_promise"),
        ({"cap_qty": 10}, "bad_campaign"),
        ({"days": -1}, "bad_campaign"),
        ({"sku": "nothing"}, "unknown_sku"),
    ],
)
async def test_presale_that_breaks_a_rule_is_refused_with_the_reason_and_not_open(
    house: House, about: dict[str, object], code: str
):
    before = open_now(house)
    body = wanted(house, **{name: value for name, value in about.items() if name != "days"})
    if "days" in about:
        body["deadline_ms"] = Instant(house.clock.now().ms + int(str(about["days"])) * 86_400_000).ms

    reply = await house.ask("POST", "/api/console/campaigns", json=body)

    assert (reply.status_code in (404, 409), reply.json()["error"]["code"]) == (True, code)
    assert open_now(house) == before
    assert house.said("sell.CampaignMissed") == []


async def test_buyers_of_a_presale_that_goes_on_read_the_later_date_and_then_get_their_money(house: House):
    campaign = (await house.ask("POST", "/api/console/campaigns", json=wanted(house, extend_days=5))).json()["id"]
    await house.settle()
    lin = await house.person("lin", accepts=[Scenario.DELAY, Scenario.CAMPAIGN_MISSED])
    bought = await house.buy(lin, BAG, 10, campaign=campaign)
    first = (await house.page(lin, bought))["promised_day"]

    await house.after(days=2, minutes=1)
    longer = await house.page(lin, bought)
    letters = await house.letters(lin, Scenario.DELAY)
    await house.after(days=5, minutes=1)

    assert longer["status"] == "paid"
    assert longer["promised_day"] > first
    assert [letter["thing5"] for letter in letters] == ["未满起产数量,预售延期"]
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert len(await house.letters(lin, Scenario.CAMPAIGN_MISSED)) == 1
    assert {"campaign": campaign} in house.said("sell.CampaignExtended")
    assert house.restless() == []
