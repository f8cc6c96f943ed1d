"""Every night: a forecast, a judgement of the day before, an anomaly, a proposal with its reason."""

import pytest

from house import BUNTING, HOOK, House
from roulian import decide, predict
from roulian.words import Day, SkuId

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")


async def test_first_morning_has_a_forecast_a_safety_line_and_its_purchases(house: House):
    forecasts = house.app.store.read(lambda tx: predict.latest(tx, [SkuId(BUNTING), SkuId(HOOK)]))

    assert {forecast.made_day for forecast in forecasts.values()} == {FIRST_DAY.plus(-1)}
    assert len(forecasts) == 2
    assert len(await house.purchases(HOOK)) == 1


async def test_day_far_above_its_forecast_is_an_anomaly_with_a_reasoned_proposal_for_a_person(house: House):
    lin = await house.person("lin")
    for _ in range(6):
        await house.buy(lin, BUNTING, 99)

    await house.until(FIRST_DAY.plus(1).at(2))

    [found] = house.said("predict.AnomalyFound")
    [proposal, *_] = [
        p for p in house.app.store.read(lambda tx: decide.proposals_page(tx, sku=SkuId(BUNTING))) if p.status == "open"
    ]
    assert (found["sku"], found["day"]["number"], found["actual"]) == (BUNTING, FIRST_DAY.number, 594.0)
    assert found["actual"] > found["high"]
    assert proposal.reason.code == "demand_above_band"
    assert FIRST_DAY.iso() in proposal.reason.text("zh")
    assert "594" in proposal.reason.text("en")


async def test_night_that_falls_due_twice_finds_the_same_and_buys_nothing_more(house: House):
    purchases = (await house.partner("GET", "/purchases"))["purchases"]
    store = house.app.store

    store.call(lambda tx: tx.at(tx.now, "nightly.forecast", "forecast"))
    await house.settle()

    assert (await house.partner("GET", "/purchases"))["purchases"] == purchases
    assert house.restless() == []


async def test_every_night_sets_the_next_and_judges_each_day_once(house: House):
    await house.until(FIRST_DAY.plus(3).at(8))

    made = [fact["day"]["number"] for fact in house.said("predict.ForecastMade")]
    assert made == [FIRST_DAY.plus(n).number for n in (-1, 0, 1, 2)]
    assert house.restless() == []


async def test_readers_counted_by_wechat_arrive_the_next_morning_and_are_final_later(house: House):
    await house.control("articles/publish", appid="wx5c1d20260603b003", msgid="2247483901_1", title="一只袋子的诞生")
    row = {"appid": "wx5c1d20260603b003", "msgid": "2247483901_1", "day": FIRST_DAY.iso()}
    await house.control("articles/count", counts=[{**row, "read_user": 120, "share_user": 7}])

    await house.until(FIRST_DAY.plus(1).at(10))

    page = (await house.shop.get("/api/console/articles")).json()
    assert "120" in str(page)


async def test_one_huge_order_is_bulk_and_no_sign_of_rising_demand(house: House):
    await house.buy(await house.person("lin"), BUNTING, 4000)

    await house.until(FIRST_DAY.plus(1).at(2))

    assert house.said("predict.AnomalyFound") == []
