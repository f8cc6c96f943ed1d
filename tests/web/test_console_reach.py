"""The console tells who can be reached, what every door has used, and where each number comes from."""

from typing import Any

import pytest

from house import CAKESTAND, MINI, House
from roulian.tell import Scenario

pytestmark = pytest.mark.anyio

DAILY = "wx5c1d20260603b003"


async def see(house: House, path: str) -> Any:
    reply = await house.ask("GET", f"/api/console/{path}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def of_door(rows: list[dict[str, Any]], account: str, door: str) -> dict[str, Any]:
    [row] = [row for row in rows if (row["account"], row["door"]) == (account, door)]
    return row


async def test_letter_that_went_out_is_counted_beside_its_limit_and_source(house: House):
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    await house.buy(chen, CAKESTAND)

    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")

    row = of_door(await see(house, "quotas"), MINI, "subscribe")
    assert (row["used"], row["most"], row["left"], row["per"]) == (1, 30_000_000, 29_999_999, "day")
    assert "3kw" in row["source"]
    assert (row["date"], row["mark"]) == ("2025-11", "D")
    card = of_door(await see(house, "quotas"), MINI, "user_notify")
    assert (card["used"], card["most"], card["left"]) == (2, None, None)


async def test_reach_counts_whom_the_ledgers_know_and_why_the_others_are_not_reached(house: House):
    await house.person("chen", accepts=[Scenario.DELAY])
    lin = await house.person("lin", accepts=[Scenario.DELAY])
    await house.control("consent/change", person="lin", appid=MINI, answers={lin.templates[0]: "reject"})
    await house.control("persons", names=["wu"])
    await house.control("say", person="wu", appid=MINI, text="你好")
    await house.settle()

    found = await see(house, "reach?scenario=delay")

    assert (found["targeted"], found["reachable"]) == (3, 2)
    assert of_door(found["routes"], MINI, "subscribe")["members"] == 1
    assert of_door(found["routes"], MINI, "customer_service")["members"] == 1
    assert found["obstacles"] == [{"obstacle": "consent_spent", "members": 1}]


async def test_contacts_of_an_account_are_its_followers_and_open_windows(house: House):
    await house.control("persons", names=["wu", "xu"])
    for person in ("wu", "xu"):
        await house.control("follow", person=person, appid=DAILY)
    await house.after(minutes=2)
    await house.control("unfollow", person="xu", appid=DAILY)
    await house.control("say", person="wu", appid=DAILY, text="好看")
    await house.settle()

    rows = {row["account"]: row for row in await see(house, "contacts")}

    assert rows[DAILY] == {"account": DAILY, "answerable": 1, "following": 1, "left": 1, "blocked": 0}
    assert rows[MINI] == {"account": MINI, "answerable": 0, "following": 0, "left": 0, "blocked": 0}
