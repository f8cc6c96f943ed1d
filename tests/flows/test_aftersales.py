"""What arrived is asked back: a person answers, goods and money move by themselves, and nothing goes back twice."""

from dataclasses import replace
from typing import Any

import pytest

from house import BUNTING, HOOK, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House, Person
from roulian import people, sell, stock
from roulian.store import Tx
from roulian.tell import Scenario
from roulian.words import Day, MemberId, SkuId

pytestmark = pytest.mark.anyio

REFUNDS = "/v3/refund/domestic/refunds"
FIRST_DAY = Day.parse("2026-06-03")


def free(house: House) -> int:
    return house.app.store.read(lambda tx: stock.free(tx, [SkuId(BUNTING)]))[SkuId(BUNTING)]


async def arrived(house: House, qty: int = 5) -> tuple[Person, Bought]:
    """Lin holds so many buntings in her hands."""
    lin = await house.person("lin", accepts=[Scenario.REFUNDED, Scenario.REFUNDED])
    bought = await house.buy(lin, BUNTING, qty)
    await house.until(FIRST_DAY.at(12))
    await house.carry(lin, bought, PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED)
    return lin, bought


async def ask(
    house: House, who: Person, bought: Bought, qty: int, *, kind: str = "refund_only", key: str = "c-1"
) -> Any:
    body = {"key": key, "kind": kind, "reason": "damaged", "items": [{"line": 1, "qty": qty}]}
    return await house.ask("POST", f"/api/store/orders/{bought.id}/aftersales", who=who, json=body)


async def answer(house: House, case: str, how: str, text: str = "") -> Any:
    reply = await house.ask("POST", f"/api/console/aftersales/{case}/{how}", json={"answer": text})
    await house.settle()
    return reply


async def test_refund_of_two_of_five_goes_back_under_the_cases_own_number(house: House):
    lin, bought = await arrived(house)
    price_fen = bought.placed["lines"][0]["price_fen"]

    case = (await ask(house, lin, bought, 2)).json()
    again = (await ask(house, lin, bought, 2)).json()
    approved = await answer(house, case["case"], "approve", "抱歉,马上退款")
    await house.after(minutes=1)

    [shown] = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()["cases"]
    [letter] = await house.letters(lin, Scenario.REFUNDED)
    assert again == case
    assert approved.json()["status"] == "refunding"
    assert (shown["status"], shown["amount_fen"], shown["answer"]) == ("settled", 2 * price_fen, "抱歉,马上退款")
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * price_fen
    assert (await house.page(lin, bought))["status"] == "delivered"
    assert letter["amount3"] == f"¥{2 * price_fen / 100:.2f}"
    money = house.app.store.read(sell.money)
    assert (money.returned_fen, money.owed_fen) == (2 * price_fen, 0)
    assert money.received_fen == money.kept_fen + money.returned_fen
    assert house.restless() == []


async def test_return_pays_only_when_the_goods_are_back_on_the_shelf(house: House):
    lin, bought = await arrived(house)
    before = free(house)
    case = (await ask(house, lin, bought, 3, kind="return")).json()["case"]

    await answer(house, case, "approve")
    waiting = (await house.calls(REFUNDS), free(house))
    await answer(house, case, "goods-back")
    await answer(house, case, "goods-back")
    await house.after(minutes=1)

    assert waiting == ([], before)
    assert free(house) == before + 3
    assert len(await house.calls(REFUNDS)) == 1
    assert (await house.in_wechat(bought))["refunded_fen"] == 3 * bought.placed["lines"][0]["price_fen"]


async def test_two_refunds_of_one_payment_keep_wechats_minute(house: House):
    lin, bought = await arrived(house)
    cases = [(await ask(house, lin, bought, 1, key=key)).json()["case"] for key in ("c-1", "c-2")]

    for case in cases:
        await answer(house, case, "approve")
    first = len(await house.calls(REFUNDS))
    await house.after(minutes=3)

    assert (first, len(await house.calls(REFUNDS))) == (1, 2)
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * bought.placed["lines"][0]["price_fen"]
    assert house.restless() == []


async def test_no_more_is_asked_back_than_was_bought(house: House):
    lin, bought = await arrived(house)
    await ask(house, lin, bought, 4)

    refused = [await ask(house, lin, bought, qty, key=f"k{qty}") for qty in (2, 6, 0, -1)]

    assert [(reply.status_code, reply.json()["error"]["code"]) for reply in refused] == [(422, "too_many_returned")] * 4
    assert len((await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()["cases"]) == 1


async def test_refused_with_a_reason_and_asked_again_in_another_way(house: House):
    lin, bought = await arrived(house)
    case = (await ask(house, lin, bought, 5)).json()["case"]

    silent = await answer(house, case, "refuse")
    refused = await answer(house, case, "refuse", "请提供照片")
    second = await ask(house, lin, bought, 5, kind="return", key="c-2")

    assert (silent.status_code, silent.json()["error"]["code"]) == (422, "reason_needed")
    assert (refused.json()["status"], refused.json()["answer"]) == ("refused", "请提供照片")
    assert second.status_code == 201
    assert await house.calls(REFUNDS) == []


async def test_case_taken_back_by_its_buyer_frees_its_units(house: House):
    lin, bought = await arrived(house)
    case = (await ask(house, lin, bought, 5, kind="return")).json()["case"]
    await answer(house, case, "approve")

    gone = await house.ask("POST", f"/api/store/aftersales/{case}/withdraw", who=lin)
    late = await answer(house, case, "goods-back")

    assert gone.json()["status"] == "withdrawn"
    assert (late.status_code, late.json()["error"]["code"]) == (409, "case_not_in_this_state")
    assert (await ask(house, lin, bought, 5, key="c-2")).status_code == 201


async def test_another_members_order_and_case_are_not_found(house: House):
    lin, bought = await arrived(house)
    case = (await ask(house, lin, bought, 1)).json()["case"]
    wu = await house.person("wu")

    asked = await ask(house, wu, bought, 1, key="mine")
    read = await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=wu)
    taken = await house.ask("POST", f"/api/store/aftersales/{case}/withdraw", who=wu)

    assert [reply.status_code for reply in (asked, read, taken)] == [404, 404, 404]
    [shown] = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()["cases"]
    assert shown["status"] == "asked"


async def test_person_merged_with_another_member_sees_and_takes_back_the_case_asked_before(house: House):
    lin, bought = await arrived(house)
    case = (await ask(house, lin, bought, 1)).json()["case"]
    wu = await house.person("wu")

    def merged(tx: Tx) -> None:
        for member in (MemberId(wu.member), MemberId(lin.member)):
            people.link_customer(tx, house.settings.key_ring, member=member, number="C-1", evidence="ERP import")
        (proposal,) = people.merge_proposals(tx)
        people.accept_merge(tx, proposal.id, by="stf_1")

    await house.app.store.run(merged, cause="test")

    [shown] = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=wu)).json()["cases"]
    more = await ask(house, wu, bought, 1, key="c-2")
    taken = await house.ask("POST", f"/api/store/aftersales/{case}/withdraw", who=wu)
    assert (shown["case"], more.status_code, taken.json()["status"]) == (case, 201, "withdrawn")


async def test_what_has_not_arrived_or_arrived_long_ago_is_not_asked_back(house: House):
    wu = await house.person("wu")
    fresh = await house.buy(wu, BUNTING, 1)
    early = await ask(house, wu, fresh, 1)
    lin, bought = await arrived(house)

    await house.after(days=15, minutes=1)
    late = await ask(house, lin, bought, 1)

    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_yet_delivered")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "too_late_to_return")


async def another_option(house: House, *, off_fen: int = 0, qty: int = 4) -> str:
    """A second option of the bunting's product, on the shelf, that costs so much less."""
    ident = SkuId(f"{BUNTING}-b")

    def work(tx: Tx) -> None:
        known = sell.skus(tx, [SkuId(BUNTING)])[SkuId(BUNTING)]
        product = sell.products(tx, [known.product])[known.product]
        option = replace(known, id=ident, option_zh="蓝色", option_en="Blue", price_fen=known.price_fen - off_fen)
        sell.add_products(tx, [product], [option])
        stock.receive(tx, sku=ident, qty=qty, source="opening")

    await house.app.store.run(work, cause="test")
    return ident


async def exchange(house: House, who: Person, bought: Bought, qty: int, replacement: str) -> Any:
    items = [{"line": 1, "qty": qty, "replacement": replacement}]
    body = {"key": "x-1", "kind": "exchange", "reason": "wrong_goods", "items": items}
    return await house.ask("POST", f"/api/store/orders/{bought.id}/aftersales", who=who, json=body)


def free_of(house: House, sku: str) -> int:
    return house.app.store.read(lambda tx: stock.free(tx, [SkuId(sku)]))[SkuId(sku)]


async def test_exchange_holds_the_replacement_when_agreed_and_sends_it_when_the_goods_are_back(house: House):
    lin, bought = await arrived(house)
    option = await another_option(house, off_fen=100)
    price_fen = bought.placed["lines"][0]["price_fen"]
    shelf = free(house)

    asked = (await exchange(house, lin, bought, 2, option)).json()
    await answer(house, asked["case"], "approve")
    agreed = (free_of(house, option), len(house.said("deliver.Shipped")))
    await answer(house, asked["case"], "goods-back")
    await house.after(days=1)

    [shown] = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()["cases"]
    assert asked["amount_fen"] == 2 * 100
    assert agreed == (2, 1)
    assert (free(house), free_of(house, option)) == (shelf + 2, 2)
    assert [fact["case"] for fact in house.said("deliver.Shipped")] == ["", asked["case"]]
    assert (shown["status"], shown["items"][0]["replacement"]) == ("settled", option)
    assert (await house.in_wechat(bought))["refunded_fen"] == 2 * 100 < price_fen
    assert (await house.page(lin, bought))["status"] == "delivered"
    assert house.restless() == []


async def test_exchange_for_what_is_sold_out_is_not_agreed_and_nothing_changes(house: House):
    lin, bought = await arrived(house)
    option = await another_option(house, qty=1)
    case = (await exchange(house, lin, bought, 2, option)).json()["case"]

    refused = await answer(house, case, "approve")

    [shown] = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()["cases"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "sold_out")
    assert (shown["status"], free_of(house, option)) == ("asked", 1)


async def test_exchange_taken_back_frees_what_was_held_for_it(house: House):
    lin, bought = await arrived(house)
    option = await another_option(house)
    case = (await exchange(house, lin, bought, 2, option)).json()["case"]
    await answer(house, case, "approve")

    await house.ask("POST", f"/api/store/aftersales/{case}/withdraw", who=lin)

    assert free_of(house, option) == 4


async def test_dearer_option_or_another_product_is_no_replacement(house: House):
    lin, bought = await arrived(house)
    dearer = await another_option(house, off_fen=-1)

    refused = [await exchange(house, lin, bought, 1, sku) for sku in (dearer, HOOK, "none")]

    assert {(reply.status_code, reply.json()["error"]["code"]) for reply in refused} == {(422, "no_such_replacement")}


async def test_every_answer_reaches_the_buyer_in_its_own_words(house: House):
    lin, bought = await arrived(house)
    for _ in range(4):
        lin = await house.person("lin", accepts=[Scenario.AFTER_SALES])
        await house.after(minutes=1)
    option = await another_option(house)
    first = (await exchange(house, lin, bought, 1, option)).json()["case"]
    second = (await ask(house, lin, bought, 1, kind="return", key="c-2")).json()["case"]

    await answer(house, first, "approve")
    await answer(house, second, "refuse", "请提供照片")
    await answer(house, first, "goods-back")
    await house.after(days=1)

    letters = [(it["thing3"], it["thing4"]) for it in await house.letters(lin, Scenario.AFTER_SALES)]
    page = (await house.ask("GET", f"/api/store/orders/{bought.id}/aftersales", who=lin)).json()
    assert letters[:3] == [
        ("换货已同意", "请寄回商品,收到后换发"),
        ("售后未通过", "请提供照片"),
        ("退货已收到", "正在为您换发"),
    ]
    assert letters[3][0] == "换货已发出"
    assert len(letters) == 4
    assert len(page["told"]) == 4
    assert any("请提供照片" in told["text"] for told in page["told"])
    assert page["asks"] == ["tpl_after_sales", "tpl_refunded"]
    assert house.restless() == []
