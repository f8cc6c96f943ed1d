"""A presale whose plan breaks one of WeChat's terms is refused with the reason, and nothing is open."""

import pytest

from house import BAG, BUNTING, House
from roulian import make, sell
from roulian.store import Tx
from roulian.words import SkuId

pytestmark = pytest.mark.anyio


def plan(house: House, *, days: int = 2, **about: object) -> dict[str, object]:
    deadline = house.clock.now().day().plus(days).at(22)
    return {"sku": BAG, "price_fen": 1500, "deadline_ms": deadline.ms, "lot_qty": 40, **about}


def day(house: House, days: int) -> str:
    return house.clock.now().day().plus(days).iso()


def open_now(house: House) -> set[str]:
    return set(house.app.store.read(sell.open_campaigns))


def give_bags_a_line(tx: Tx) -> None:
    """Buntings can be sewn too, and there are 700 of them on the shelf."""
    recipe = make.recipes(tx, [SkuId(BAG)])[SkuId(BAG)]
    make.add_recipes(tx, [make.Recipe(SkuId(BUNTING), recipe.line, 0, recipe.materials)])


async def refused(house: House, body: dict[str, object]) -> str:
    before = open_now(house)
    reply = await house.ask("POST", "/api/console/campaigns", json=body)
    assert reply.status_code in (404, 409), reply.text
    assert open_now(house) == before
    assert len(reply.json()["error"]["message"]) > 10
    return str(reply.json()["error"]["code"])


async def test_goods_on_the_shelf_ship_within_48_hours_whatever_the_plan_says(house: House):
    house.app.store.call(give_bags_a_line)

    code = await refused(house, plan(house, sku=BUNTING, promised_day=day(house, 9)))

    assert code == "in_stock_term_broken"


async def test_date_beyond_15_days_needs_a_special_filing(house: House):
    late = plan(house, promised_day=day(house, 20))

    code = await refused(house, {**late, "is_filed": False})
    published = await house.ask("POST", "/api/console/campaigns", json=late)

    shown = house.app.store.read(lambda tx: sell.campaign(tx, published.json()["id"]))
    assert (code, published.status_code) == ("term_not_filed", 200)
    assert shown.promise_day is not None
    assert shown.promise_day.iso() == day(house, 20)


async def test_day_the_shop_names_is_the_day_buyers_are_quoted(house: House):
    body = plan(house, promised_day=day(house, 12))
    campaign = (await house.ask("POST", "/api/console/campaigns", json=body)).json()["id"]
    lin = await house.person("lin")

    bought = await house.buy(lin, BAG, 1, campaign=campaign)

    page = await house.page(lin, bought)
    assert page["promised_day"] == page["promises"][0]["day"] == day(house, 12)


async def test_date_within_15_days_needs_none(house: House):
    published = await house.ask("POST", "/api/console/campaigns", json=plan(house, is_filed=False))

    assert published.status_code == 200


async def test_date_beyond_330_days_is_never_published(house: House):
    assert await refused(house, plan(house, promised_day=day(house, 340))) == "promise_beyond_term"


async def test_date_before_the_goods_can_leave_is_refused_with_the_earliest(house: House):
    assert await refused(house, plan(house, promised_day=day(house, 3))) == "planned_too_early"


async def test_presale_of_goods_nobody_makes_is_refused(house: House):
    assert await refused(house, plan(house, sku=BUNTING)) == "not_made"


async def test_refusal_says_the_rule_of_the_field_it_names(house: House):
    reply = await house.ask("POST", "/api/console/campaigns", json=plan(house, cap_qty=10))

    assert "总量上限不得低于经济批量" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"deposit_fen": 1500, "balance_days": 3}, "bad_campaign"),
        ({"deposit_fen": 300}, "bad_campaign"),
        ({"deposit_fen": 301, "balance_days": 3, "unpaid": "forfeit"}, "deposit_too_high"),
        ({"substitute": BAG, "answer_days": 3}, "bad_campaign"),
        ({"substitute": BUNTING}, "bad_campaign"),
        ({"substitute": "nothing", "answer_days": 3}, "unknown_sku"),
    ],
)
async def test_deposit_or_substitute_that_cannot_be_meant_is_refused(house: House, about: dict[str, object], code: str):
    assert await refused(house, plan(house, **about)) == code


async def test_card_says_what_is_asked_first_and_when_the_rest_may_be_paid(house: House):
    body = plan(house, deposit_fen=300, balance_days=3, unpaid="forfeit", promised_day=day(house, 12))
    ident = (await house.ask("POST", "/api/console/campaigns", json=body)).json()["id"]

    cards = (await house.shop.get("/api/store/campaigns")).json()["campaigns"]
    [row] = [one for one in (await house.ask("GET", "/api/console/campaigns")).json()["rows"] if one["id"] == ident]
    [card] = [one for one in cards if one["campaign"] == ident]

    opens = house.clock.now().day().plus(8).at(10).ms
    said = {"deposit_fen": 300, "balance_days": 3, "balance_from_ms": opens, "unpaid": "forfeit"}
    assert {name: card[name] for name in said} == said
    assert {name: row[name] for name in said} == said
