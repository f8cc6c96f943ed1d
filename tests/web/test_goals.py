"""Before a presale opens the console says what it should gather and may take, and opens nothing."""

from datetime import timedelta

import pytest

from house import BAG, CAKESTAND, House

pytestmark = pytest.mark.anyio


def _idea(house: House, **changed: object) -> dict[str, object]:
    closes = house.clock.now().plus(timedelta(days=10))
    return {"sku": BAG, "price_fen": 1870, "deadline_ms": closes.ms, "make_within_days": 20} | changed


async def test_a_goal_is_said_with_its_reasons_and_can_be_published(house: House):
    before = (await house.shop.get("/api/console/campaigns")).json()

    reply = await house.shop.get("/api/console/campaigns/goal", params=_idea(house, lot_multiple=5))

    assert reply.status_code == 200, reply.text
    goal = reply.json()
    assert goal["worth_qty"] <= goal["lot_qty"] <= goal["cap_qty"]
    assert goal["lot_qty"] % 5 == goal["cap_qty"] % 5 == 0
    assert len(goal["reasons"]) == 4
    assert all(reason["zh"] and reason["en"] for reason in goal["reasons"])
    assert (await house.shop.get("/api/console/campaigns")).json() == before

    opened = await house.shop.post(
        "/api/console/campaigns",
        json={
            "sku": BAG,
            "price_fen": 1870,
            "deadline_ms": _idea(house)["deadline_ms"],
            "lot_qty": goal["lot_qty"],
            "lot_multiple": 5,
            "cap_qty": goal["cap_qty"],
        },
    )
    assert opened.status_code == 200, opened.text


async def test_less_time_to_make_it_lowers_the_cap_and_never_raises_it(house: House):
    caps = [
        (await house.shop.get("/api/console/campaigns/goal", params=_idea(house, make_within_days=days))).json()[
            "cap_qty"
        ]
        for days in (30, 20, 10)
    ]

    assert caps[0] > caps[1] > caps[2]


async def test_what_cannot_pay_or_be_made_is_refused_in_words(house: House):
    for changed, code in (
        ({"price_fen": 1}, "no_margin"),
        ({"sku": "sku_nobody"}, "unknown_sku"),
        ({"sku": CAKESTAND}, "not_made"),
        ({"make_within_days": 1, "price_fen": 820}, "not_worth_making"),
    ):
        reply = await house.shop.get("/api/console/campaigns/goal", params=_idea(house, **changed))

        assert (reply.status_code >= 400, reply.json()["error"]["code"]) == (True, code), reply.text
        assert reply.json()["error"]["message"]
