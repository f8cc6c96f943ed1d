"""A supplier is late with a material → the work that waits for it moves → its buyers get one new date, and why."""

from typing import Any

import pytest

from house import BAG, Bought, House, Person
from roulian.tell import Scenario
from roulian.words import Day

pytestmark = pytest.mark.anyio

CLOTH = "mat_cloth"
LATE_DAYS = 9


async def a_lot(house: House) -> tuple[Person, Bought]:
    """Forty bags are paid: they are put on the line, and the cloth they lack is bought."""
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    campaign = (await house.campaign())["campaign"]
    return chen, await house.buy(chen, BAG, 40, campaign=campaign)


async def the_work(house: House) -> Any:
    [work] = (await house.partner("GET", "/work"))["work"]
    return work


async def late(house: House, days: int) -> str:
    """The supplier of the cloth moves its day; on which it now comes."""
    [purchase] = await house.purchases(CLOTH)
    day = Day.parse(purchase["expected_day"]).plus(days).iso()
    await house.reply(purchase, day)
    return day


async def test_work_that_waits_for_a_late_material_starts_when_it_is_in(house: House):
    await a_lot(house)
    was = await the_work(house)

    day = await late(house, LATE_DAYS)

    now = await the_work(house)
    assert now["start_day"] == day
    assert Day.parse(now["due_day"]).since(Day.parse(was["due_day"])) >= LATE_DAYS - 1
    [moved] = house.said("make.WorkMoved")
    assert (moved["work"], moved["material"], moved["was_day"]) == (
        was["id"],
        CLOTH,
        {"number": Day.parse(was["due_day"]).number},
    )


async def test_buyers_of_late_work_read_one_new_date_and_its_reason_everywhere(house: House):
    chen, bought = await a_lot(house)
    was = (await house.page(chen, bought))["promised_day"]

    await late(house, LATE_DAYS)

    page, work = await house.page(chen, bought), await the_work(house)
    [letter] = await house.letters(chen, Scenario.DELAY)
    assert page["promised_day"] == Day.parse(work["due_day"]).plus(1).iso()
    assert (letter["date4"], letter["date3"]) == (was, page["promised_day"])
    assert letter["thing5"] == "原料晚到,生产顺延"
    assert CLOTH in page["promises"][0]["reason"]


async def test_delay_told_twice_or_within_the_slack_moves_nothing_more(house: House):
    chen, bought = await a_lot(house)
    await late(house, LATE_DAYS)
    page, work = await house.page(chen, bought), await the_work(house)

    await late(house, LATE_DAYS)
    await late(house, LATE_DAYS - 2)

    assert await house.page(chen, bought) == page
    assert await the_work(house) == work
    assert len(house.said("make.WorkMoved")) == 1
    assert len(await house.letters(chen, Scenario.DELAY)) == 1
    assert house.restless() == []
