"""Group-buying through the doors: complete once and shipped, or failed once and refunded; nothing leaves in between."""

from datetime import timedelta
from typing import Any

import pytest

from house import BUNTING, HOOK, Bought, House, Person
from roulian import offers, sell, stock
from roulian.tell import Scenario
from roulian.words import Day, OrderId, SkuId

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")
PRICE_FEN = 100


async def a_groupbuy(house: House, *, size: int = 2, **differs: Any) -> str:
    """Buntings at ¥1 for so many within a day."""
    body = {
        "sku": BUNTING,
        "price_fen": PRICE_FEN,
        "size": size,
        "fill_hours": 24,
        "from_ms": FIRST_DAY.at(0).ms,
        "until_ms": FIRST_DAY.plus(10).at(0).ms,
        **differs,
    }
    reply = await house.ask("POST", "/api/console/groupbuys", json=body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


async def ask(
    house: House,
    who: Person,
    groupbuy: str,
    group: str | None = None,
    *,
    sku: str = BUNTING,
    qty: int = 1,
    key: str = "g",
    **more: Any,
) -> Any:
    body = {
        "key": key,
        "region": "浙江",
        "lines": [{"sku": sku, "qty": qty}],
        "group": {"groupbuy": groupbuy, "group": group},
        **more,
    }
    return await house.ask("POST", "/api/store/orders", who=who, json=body)


async def placed(house: House, who: Person, groupbuy: str, group: str | None = None, *, key: str = "g") -> Bought:
    reply = await ask(house, who, groupbuy, group, key=key)
    assert reply.status_code == 201, reply.text
    return await house.till(who, reply.json()["order"])


async def bought(house: House, who: Person, groupbuy: str, group: str | None = None, *, key: str = "g") -> Bought:
    return await house.pay(who, await placed(house, who, groupbuy, group, key=key))


async def group_of(house: House, who: Person, order: Bought) -> Any:
    return (await house.ask("GET", f"/api/store/orders/{order.id}/group", who=who)).json()["group"]


async def persons(house: House, *names: str) -> list[Person]:
    accepts = [Scenario.GROUP_COMPLETE, Scenario.GROUP_FAILED, Scenario.REFUNDED]
    return [await house.person(name, accepts=accepts) for name in names]


async def test_complete_group_ships_and_is_told_once_and_nothing_leaves_before(house: House):
    lin, wu = await persons(house, "lin", "wu")
    groupbuy = await a_groupbuy(house)

    first = await bought(house, lin, groupbuy)
    group = (await group_of(house, lin, first))["group"]
    await house.after(hours=12)
    waiting = await house.page(lin, first)
    progress = (await house.ask("GET", f"/api/store/groups/{group}")).json()
    second = await bought(house, wu, groupbuy, group)
    await house.after(hours=26)

    assert waiting["status"] == "paid"
    assert (progress["members_paid"], progress["members_missing"], progress["left_s"]) == (1, 1, 12 * 3_600)
    assert first.placed["total_fen"] == PRICE_FEN
    pages = [await house.page(who, order) for who, order in ((lin, first), (wu, second))]
    assert [page["status"] for page in pages] == ["shipped", "shipped"]
    assert len(house.said("offers.GroupCompleted")) == 1
    cards = [await house.cards(who) for who in (lin, wu)]
    assert all(any(card["cur_status"] == 2 for card in shown) for shown in cards)
    shown = (await house.ask("GET", f"/api/store/groups/{group}")).json()
    assert (shown["status"], shown["members_paid"], shown["members_missing"], shown["left_s"]) == ("complete", 2, 0, 0)
    assert lin.member not in str(shown)
    assert house.restless() == []


async def test_failed_group_gives_everything_back_tells_everyone_and_frees_the_stock(house: House):
    lin, wu, chen = await persons(house, "lin", "wu", "chen")
    groupbuy = await a_groupbuy(house, size=3)
    free_before = free(house)
    first = await bought(house, lin, groupbuy)
    group = (await group_of(house, lin, first))["group"]
    second = await bought(house, wu, groupbuy, group)
    unpaid = await placed(house, chen, groupbuy, group)
    held = free(house)

    await house.after(hours=25)

    assert held == free_before - 3
    assert free(house) == free_before
    pages = [await house.page(who, it) for who, it in ((lin, first), (wu, second), (chen, unpaid))]
    assert [page["status"] for page in pages] == ["refunded", "refunded", "cancelled"]
    for who, order in ((lin, first), (wu, second)):
        assert (await house.in_wechat(order))["refunded_fen"] == PRICE_FEN
        [letter] = await house.letters(who, Scenario.GROUP_FAILED)
        assert (letter["thing3"], letter["amount4"]) == ("3 人成团,到时还差 1 人", "¥1.00")
    assert await house.letters(chen, Scenario.GROUP_FAILED) == []
    assert len(house.said("offers.GroupFailed")) == 1
    money = house.app.store.read(sell.money)
    assert (money.received_fen, money.returned_fen, money.kept_fen) == (2 * PRICE_FEN, 2 * PRICE_FEN, 0)
    assert house.restless() == []


def free(house: House) -> int:
    return house.app.store.read(lambda tx: stock.free(tx, [SkuId(BUNTING)]))[SkuId(BUNTING)]


async def test_join_of_a_full_group_sits_in_another_and_a_member_sits_in_one_once(house: House):
    lin, wu, chen = await persons(house, "lin", "wu", "chen")
    groupbuy = await a_groupbuy(house)
    first = await bought(house, lin, groupbuy)
    group = (await group_of(house, lin, first))["group"]

    twice = await ask(house, lin, groupbuy, group, key="g2")
    await bought(house, wu, groupbuy, group)
    late = await bought(house, chen, groupbuy, group)

    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "already_in_group")
    other = (await group_of(house, chen, late))["group"]
    told = [(await ask(house, who, groupbuy, asked)).json()["group"] for who, asked in ((chen, group), (wu, group))]
    own = (await ask(house, lin, groupbuy)).json()["group"]
    assert other != group
    assert told == [{"id": other, "asked": group, "moved": True}, {"id": group, "asked": group, "moved": False}]
    assert own == {"id": group, "asked": None, "moved": False}
    assert len(house.said("offers.GroupOpened")) == 2


async def test_group_of_another_members_order_is_not_found(house: House):
    lin, wu = await persons(house, "lin", "wu")
    order = await placed(house, lin, await a_groupbuy(house))

    reply = await house.ask("GET", f"/api/store/orders/{order.id}/group", who=wu)

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "order_not_found")


async def test_lapsed_seat_is_anothers_and_its_late_money_goes_back(house: House):
    lin, wu, chen = await persons(house, "lin", "wu", "chen")
    groupbuy = await a_groupbuy(house)
    first = await bought(house, lin, groupbuy)
    group = (await group_of(house, lin, first))["group"]
    slow = await placed(house, wu, groupbuy, group)
    await lapse(house, slow)
    await bought(house, chen, groupbuy, group)

    await late_money(house, slow)

    assert (await house.page(wu, slow))["status"] in ("refunding", "refunded")
    assert (await group_of(house, wu, slow))["seat"] == "freed"
    assert len(house.said("offers.GroupCompleted")) == 1


async def test_late_money_takes_its_seat_again_while_the_group_has_one(house: House):
    lin, wu = await persons(house, "lin", "wu")
    groupbuy = await a_groupbuy(house)
    first = await bought(house, lin, groupbuy)
    group = (await group_of(house, lin, first))["group"]
    slow = await placed(house, wu, groupbuy, group)
    await lapse(house, slow)

    await late_money(house, slow)

    assert (await house.page(wu, slow))["status"] == "paid"
    assert (await group_of(house, wu, slow))["status"] == "complete"
    assert len(house.said("offers.GroupCompleted")) == 1


async def lapse(house: House, order: Bought) -> None:
    """The order lapses, as after a payment provider that would not say."""
    await house.app.store.run(lambda tx: sell.expire(tx, OrderId(order.id)), cause="test")
    await house.settle()


async def late_money(house: House, order: Bought) -> None:
    payment = sell.Payment(order.id, f"late_{order.id}", PRICE_FEN, house.clock.now())
    await house.app.store.run(lambda tx: sell.pay(tx, payment), cause="test")
    await house.settle()


async def test_cart_that_is_not_the_groups_or_has_a_voucher_too_is_refused(house: House):
    lin = await house.person("lin")
    groupbuy = await a_groupbuy(house)

    other = await ask(house, lin, groupbuy, sku=HOOK)
    many = await ask(house, lin, groupbuy, qty=2)
    both = await ask(house, lin, groupbuy, voucher="vch_1")
    unknown = await ask(house, lin, "gby_none")

    told = [(reply.status_code, reply.json()["error"]["code"]) for reply in (other, many, both, unknown)]
    assert told == [(422, "group_cart"), (422, "group_cart"), (422, "one_offer_only"), (404, "group_buy_not_found")]
    assert house.said("offers.GroupOpened") == []
    assert house.app.store.read(sell.orders_page) == ()


async def test_group_order_is_paid_before_its_group_closes_and_promised_for_after(house: House):
    lin = await house.person("lin")
    groupbuy = await a_groupbuy(house, fill_hours=1)
    reply = (await ask(house, lin, groupbuy)).json()
    seat = house.app.store.read(lambda tx: offers.seats(tx, [OrderId(reply["order"])]))[OrderId(reply["order"])]
    group = house.app.store.read(lambda tx: offers.group(tx, seat.group))

    assert group.closes_at == house.clock.now().plus(timedelta(hours=1))
    assert reply["pay_by_ms"] <= group.closes_at.ms
    assert reply["promised_day"] >= group.closes_at.day().iso()


async def test_console_shows_how_a_group_buy_does_and_refuses_a_price_above_the_single_one(house: House):
    lin, wu = await persons(house, "lin", "wu")
    groupbuy = await a_groupbuy(house)
    first = await bought(house, lin, groupbuy)
    await bought(house, wu, groupbuy, (await group_of(house, lin, first))["group"])

    stopped = await house.ask("POST", f"/api/console/groupbuys/{groupbuy}/stop")
    [row] = (await house.ask("GET", "/api/console/groupbuys")).json()["rows"]
    body = {
        "sku": BUNTING,
        "price_fen": 99_999,
        "size": 2,
        "fill_hours": 1,
        "from_ms": 0,
        "until_ms": 2_000_000_000_000,
    }
    dear = await house.ask("POST", "/api/console/groupbuys", json=body)

    assert stopped.json() == row
    assert (row["status"], row["complete"], row["filling"], row["members_paid"]) == ("stopped", 1, 0, 2)
    assert (dear.status_code, dear.json()["error"]["code"]) == (422, "bad_group_buy")
    assert (await house.ask("GET", "/api/store/groupbuys")).json() == {"groupbuys": []}
