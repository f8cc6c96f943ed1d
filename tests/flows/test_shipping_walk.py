"""Parcels against the sandbox: WeChat's waybills, orders in parts, collecting at a shop, and one truth about a delay."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from house import BUNTING, CAKESTAND, HOOK, MINI, MOVING, PICKED_UP, SIGNED, Bought, House, Person
from roulian import decide, deliver, returns, sell, stock
from roulian.app import compose
from roulian.app.play import chance_of
from roulian.flows import supply
from roulian.store import Tx
from roulian.tell import Scenario
from roulian.words import Day, OrderId, SimulatedClock, SkuId

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")
CONSOLE = "/api/console"
ADD, GET, CANCEL, SPECIAL = (
    *(f"/cgi-bin/express/business/order/{verb}" for verb in ("add", "get", "cancel")),
    "/wxa/sec/order/opspecialorder",
)
ADDRESS = {
    "name": "林晓",
    "phone": "13800138000",
    "region_code": "330106",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 199 号",
}
SITE = {
    "contact": "仓库",
    "tel": "057112345678",
    "province": "浙江省",
    "city": "嘉兴市",
    "district": "南湖区",
    "street": "中环南路 1 号",
}
CARRIER = {"delivery_id": "TEST", "biz_id": "test_biz_id", "service_type": 1, "service_name": "test_service_name"}


async def console(house: House, method: str, path: str, status: int = 200, **body: Any) -> Any:
    reply = await house.shop.request(method, f"{CONSOLE}{path}", json=body if method != "GET" else None)
    assert reply.status_code == status, reply.text
    return reply.json()


async def by_wechat(house: House, *, split_after_days: int = 0) -> None:
    """Parcels leave the main warehouse by the assistant's built-in carrier."""
    await console(house, "PUT", "/shipping/carriers/test", **CARRIER)
    await console(house, "PUT", "/shipping/sites/main", **SITE)
    await console(house, "PUT", "/shipping/terms", account="test", split_after_days=split_after_days)


async def goes_home(house: House, who: Person, bought: Bought) -> None:
    """The buyer agrees, keeps an address and has the order sent there."""
    word = {"purpose": "order", "is_given": True, "text_version": "v1"}
    assert (await house.ask("POST", "/api/store/members/me/consents", who=who, json=word)).status_code == 200
    kept = await house.ask("POST", "/api/store/members/me/addresses", who=who, json=ADDRESS)
    choice = {"way": "express", "address": kept.json()["id"]}
    chosen = await house.ask("POST", f"/api/store/orders/{bought.id}/delivery", who=who, json=choice)
    assert chosen.status_code == 200, chosen.text
    assert chosen.json()["asks"] == []


async def bought_home(house: House, sku: str = BUNTING) -> tuple[Person, Bought]:
    lin = await house.person("lin")
    order = await house.order(lin, sku)
    await goes_home(house, lin, order)
    return lin, await house.pay(lin, order)


async def parcels(house: House, bought: Bought) -> tuple[deliver.Shipment, ...]:
    order = OrderId(bought.id)
    return house.app.store.read(lambda tx: deliver.shipments(tx, [order])).get(order, ())


async def scanned(house: House, parcel: deliver.Shipment, *steps: int) -> None:
    for step in steps:
        await house.after(hours=1)
        about = {"delivery_id": parcel.carrier, "waybill_id": parcel.waybill, "action_type": step}
        await house.control("express_path", appid=MINI, person="lin", **about)
        await house.settle()


async def test_wechats_waybill_is_made_labelled_scanned_filed_and_shown_to_the_buyer(house: House):
    await by_wechat(house)
    lin, bought = await bought_home(house)

    await house.until(FIRST_DAY.at(11, 10))
    [packed] = await parcels(house, bought)
    waiting = await house.page(lin, bought)
    label = await console(house, "POST", f"/shipments/{packed.id}/label")
    await scanned(house, packed, PICKED_UP, MOVING, SIGNED)
    await house.after(minutes=5)

    page, filed = await house.page(lin, bought), (await house.in_wechat(bought))["order"]
    assert (packed.status, packed.label.status) == ("packed", "made")
    assert packed.waybill.startswith("TEST")
    assert (waiting["status"], waiting["shipments"][0]["status"]) == ("paid", "packed")
    assert label["waybill"] == packed.waybill
    assert (page["status"], page["shipments"][0]["status"]) == ("delivered", "signed")
    assert page["shipments"][0]["waybill_token"]
    assert [p["tracking_no"] for p in filed["shipping"]["shipping_list"]] == [packed.waybill]
    assert [promise["kept"] for promise in page["promises"]] == [True]
    assert house.restless() == []


async def test_reading_where_a_parcel_goes_is_written_down_and_needs_the_buyers_word(house: House):
    await by_wechat(house)
    lin, bought = await bought_home(house)
    word = {"purpose": "order", "is_given": False, "text_version": "v1"}
    await house.ask("POST", "/api/store/members/me/consents", who=lin, json=word)

    await house.until(FIRST_DAY.at(11, 10))

    [parcel] = await parcels(house, bought)
    assert (parcel.label.status, parcel.label.error, parcel.status) == ("refused", "no_consent", "packed")
    assert await house.calls(ADD) == []


async def test_a_parcel_no_carrier_takes_moves_its_promise_once_a_day_and_its_buyer_is_told(house: House):
    await by_wechat(house)
    lin, bought = await bought_home(house)
    await house.person("lin", accepts=[Scenario.DELAY])
    await house.fault("errcode", times=1, path=ADD, errcode=9300501)
    await house.until(FIRST_DAY.at(11, 10))
    first = await house.page(lin, bought)
    day = Day.parse(first["promised_day"])

    await house.until(day.plus(2).at(0, 10))
    [letter] = await house.letters(lin, Scenario.DELAY)
    late, [parcel] = await house.page(lin, bought), await parcels(house, bought)
    await console(house, "POST", f"/shipments/{parcel.id}/hand-over", carrier="YTO", waybill="YT123")
    await house.until(day.plus(5).at(9))

    moved = [(change["day"], change["reason"]) for change in late["changes"][1:]]
    assert moved == [(day.plus(1).iso(), "等待承运商取件"), (day.plus(2).iso(), "等待承运商取件")]
    assert (late["promised_day"], late["promises"][0]["day"]) == (day.plus(2).iso(), day.plus(2).iso())
    assert (letter["date3"], letter["thing5"]) == (day.plus(1).iso(), "等待承运商取件")
    assert len(house.said("sell.PromiseMoved")) == 2
    assert (await house.page(lin, bought))["changes"] == late["changes"]
    assert house.restless() == []


async def test_a_parcel_its_carrier_took_in_time_keeps_its_promise_and_nothing_looks_again(house: House):
    await by_wechat(house)
    lin, bought = await bought_home(house)
    await house.until(FIRST_DAY.at(11, 10))
    [parcel] = await parcels(house, bought)

    await console(house, "POST", f"/shipments/{parcel.id}/hand-over")
    await house.until(FIRST_DAY.plus(3).at(9))

    page = await house.page(lin, bought)
    assert (len(page["changes"]), [promise["kept"] for promise in page["promises"]]) == (1, [True])
    assert house.said("sell.PromiseMoved") == []


async def test_goods_that_do_not_reach_their_shop_move_the_promise_and_stand_ready_later(house: House):
    await a_shop(house)
    lin = await house.person("lin")
    order = await house.order(lin, BUNTING)
    choice = {"way": "pick_up", "place": "shop_1"}
    await house.ask("POST", f"/api/store/orders/{order.id}/delivery", who=lin, json=choice)
    bought = await house.pay(lin, order)
    day = Day.parse((await house.page(lin, bought))["promised_day"])

    await house.until(day.plus(1).at(0, 10))

    page = await house.page(lin, bought)
    assert page["promised_day"] == day.plus(1).iso()
    assert page["changes"][-1]["reason"] == "正在送往自提门店"


async def test_a_waybill_whose_answer_was_lost_is_looked_up_and_not_made_twice(house: House):
    await by_wechat(house)
    _, bought = await bought_home(house)
    await house.fault("lost_answer", times=1, path=ADD)

    await house.until(FIRST_DAY.at(11, 10))

    [parcel] = await parcels(house, bought)
    assert parcel.label.status is deliver.LabelStatus.MADE
    assert len(await house.calls(ADD)) == 1
    assert len(await house.calls(GET)) == 1
    assert house.restless() == []


async def test_a_refused_waybill_waits_for_a_person_and_a_cancelled_one_is_made_anew(house: House):
    await by_wechat(house)
    _, bought = await bought_home(house)
    await house.fault("errcode", times=1, path=ADD, errcode=9300501)
    await house.until(FIRST_DAY.at(11, 10))
    [refused] = await parcels(house, bought)

    await console(house, "POST", f"/shipments/{refused.id}/waybill", account="")
    await house.settle()
    [made] = await parcels(house, bought)
    await console(house, "POST", f"/shipments/{made.id}/waybill", 409, account="")
    await console(house, "POST", f"/shipments/{made.id}/waybill/cancel")
    await house.settle()
    [cancelled] = await parcels(house, bought)
    left = await console(house, "POST", f"/shipments/{made.id}/hand-over", carrier="YTO", waybill="YT123")

    assert (refused.label.status, refused.label.error) == ("refused", "9300501")
    assert (made.label.status, cancelled.label.status, cancelled.waybill) == ("made", "cancelled", "")
    assert (left["status"], left["carrier"], left["waybill"]) == ("handed_over", "YTO", "YT123")
    assert len(await house.calls(CANCEL)) == 1


async def test_a_refund_before_the_carrier_came_puts_goods_back_and_voids_the_waybill(house: House):
    await by_wechat(house)
    _, bought = await bought_home(house)
    before = house.app.store.read(lambda tx: stock.levels(tx, [SkuId(BUNTING)]))[SkuId(BUNTING)]
    await house.until(FIRST_DAY.at(11, 10))

    house.app.store.call(lambda tx: sell.start_refund(tx, OrderId(bought.id), why="buyer"))
    await house.after(minutes=5)

    [parcel] = await parcels(house, bought)
    after = house.app.store.read(lambda tx: stock.levels(tx, [SkuId(BUNTING)]))[SkuId(BUNTING)]
    assert parcel.status is deliver.ShipmentStatus.VOID
    assert (after.on_hand, after.reserved) == (before.on_hand, before.reserved - 1)
    assert len(await house.calls(CANCEL)) == 1
    assert (await house.in_wechat(bought))["order"]["order_state"] == 5


async def test_a_silent_carrier_is_asked_once_a_day_and_what_it_says_moves_the_parcel(house: House):
    await by_wechat(house)
    _, bought = await bought_home(house)
    await house.until(FIRST_DAY.at(11, 10))
    [packed] = await parcels(house, bought)
    await console(house, "POST", f"/shipments/{packed.id}/hand-over")
    await house.fault("hold", times=1, owner=MINI)
    about = {"delivery_id": "TEST", "waybill_id": packed.waybill, "action_type": MOVING}
    await house.control("express_path", appid=MINI, person="lin", **about)
    [silent] = await parcels(house, bought)

    await house.until(FIRST_DAY.plus(1).at(12))

    [moved] = await parcels(house, bought)
    assert (silent.status, moved.status) == ("handed_over", "moving")


async def test_what_is_ready_leaves_first_and_wechat_hears_of_every_part(house: House):
    await console(house, "PUT", "/shipping/terms", account=None, split_after_days=2)
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    lin = await house.person("lin")
    lines = [{"sku": BUNTING, "qty": 2}, {"sku": CAKESTAND, "qty": 3}]
    body = {"key": "parts", "region": "浙江", "lines": lines}
    placed = (await house.ask("POST", "/api/store/orders", who=lin, json=body)).json()
    bought = await house.pay(lin, await house.till(lin, placed["order"]))

    await house.until(FIRST_DAY.at(11, 30))
    [first] = await parcels(house, bought)
    part, filed = await house.page(lin, bought), (await house.in_wechat(bought))["order"]
    for purchase in await house.purchases(CAKESTAND):
        await house.bring(purchase)
    await house.after(hours=8)
    await house.after(minutes=5)

    page, whole = await house.page(lin, bought), (await house.in_wechat(bought))["order"]
    assert [(item.sku, item.qty) for item in first.items] == [(BUNTING, 2)]
    assert (part["status"], {p["sku"]: p["kept"] for p in part["promises"]}) == (
        "paid",
        {BUNTING: True, CAKESTAND: None},
    )
    assert [(g["sku"], g["status"]) for g in part["goods"]] == [(CAKESTAND, "waiting")]
    assert filed["order_state"] == 1
    assert len(filed["shipping"]["shipping_list"]) == 1
    assert (page["status"], len(page["shipments"])) == ("shipped", 2)
    assert (whole["order_state"], len(whole["shipping"]["shipping_list"])) == (2, 2)
    assert [p["kept"] for p in page["promises"]] == [True, True]
    issued = house.app.store.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ISSUE, limit=500))
    mine = {move.source for move in issued} & {one["id"] for one in page["shipments"]}
    assert len(mine) == 2


async def test_staff_may_have_the_ready_part_leave_and_nothing_twice(house: House):
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    lin = await house.person("lin")
    body = {"key": "k", "region": "浙江", "lines": [{"sku": HOOK, "qty": 1}, {"sku": CAKESTAND, "qty": 1}]}
    placed = (await house.ask("POST", "/api/store/orders", who=lin, json=body)).json()
    bought = await house.pay(lin, await house.till(lin, placed["order"]))

    sent = await console(house, "POST", f"/orders/{bought.id}/split")
    again = await console(house, "POST", f"/orders/{bought.id}/split", 409)

    assert [item["sku"] for item in sent["rows"][0]["items"]] == [HOOK]
    assert again["error"]["code"] == "nothing_ready"
    assert len(await parcels(house, bought)) == 1


async def a_shop(house: House, **more: Any) -> None:
    def described(tx: Any) -> None:
        stock.open_location(
            tx, stock.Location(stock.LocationId("shop_1"), stock.LocationKind.SHOP, "西湖店", "West Lake shop", "CN-33")
        )

    house.app.store.call(described)
    await console(house, "PUT", "/shipping/sites/shop_1", **SITE, hold_days=3, tries=3, **more)


async def at_the_desk(house: House) -> tuple[Person, Bought, str]:
    await a_shop(house)
    lin = await house.person("lin")
    order = await house.order(lin, BUNTING)
    choice = {"way": "pick_up", "place": "shop_1"}
    chosen = await house.ask("POST", f"/api/store/orders/{order.id}/delivery", who=lin, json=choice)
    assert chosen.json()["delivery"]["code"] is None
    answers = dict.fromkeys(chosen.json()["asks"], "accept")
    await house.control("consent", person="lin", appid=MINI, answers=answers)
    await house.settle()
    bought = await house.pay(lin, order)
    await house.until(FIRST_DAY.at(11, 10))
    [carried] = await parcels(house, bought)
    await console(house, "POST", f"/shipments/{carried.id}/arrived")
    await house.settle()
    return lin, bought, carried.id


async def test_goods_wait_at_the_shop_are_announced_filed_and_collected_with_the_code(house: House):
    lin, bought, ident = await at_the_desk(house)
    await house.after(minutes=5)
    page, filed = await house.page(lin, bought), (await house.in_wechat(bought))["order"]

    wrong = await console(house, "POST", f"/shipments/{ident}/collect", 422, code="00000000")
    done = await console(house, "POST", f"/shipments/{ident}/collect", code=page["delivery"]["code"])
    again = await console(house, "POST", f"/shipments/{ident}/collect", 409, code=page["delivery"]["code"])
    await house.settle()

    [letter] = await house.letters(lin, Scenario.PICK_UP_READY)
    assert (letter["thing3"], letter["date4"]) == ("西湖店", FIRST_DAY.plus(3).iso())
    assert (page["status"], page["shipments"][0]["place_name"]) == ("shipped", "西湖店")
    assert filed["shipping"]["logistics_type"] == 4
    assert (wrong["error"]["code"], "2" in wrong["error"]["message"]) == ("wrong_pick_up_code", True)
    assert (done["status"], again["error"]["code"]) == ("collected", "shipment_not_now")
    assert (await house.page(lin, bought))["status"] == "delivered"
    assert page["delivery"]["code"] not in str(await console(house, "GET", "/shipments"))


async def test_goods_nobody_collects_go_back_on_the_shops_shelf_and_the_money_goes_back(house: House):
    _, bought, ident = await at_the_desk(house)

    await house.until(FIRST_DAY.plus(4).at(1))

    [parcel] = await parcels(house, bought)
    at_shop = stock.LocationId("shop_1")
    level = house.app.store.read(lambda tx: stock.levels(tx, [SkuId(BUNTING)], location=at_shop))[SkuId(BUNTING)]
    order = house.app.store.read(lambda tx: sell.order(tx, OrderId(bought.id)))
    assert (parcel.id, parcel.status) == (ident, deliver.ShipmentStatus.LAPSED)
    assert (level.on_hand, level.reserved) == (1, 0)
    assert (order.status, order.why) == (sell.OrderStatus.REFUNDED, "not_collected")


async def test_a_buyer_sees_the_shops_that_keep_goods_and_no_other_place(house: House):
    await a_shop(house)
    await console(house, "PUT", "/shipping/sites/main", **SITE)
    await console(house, "PUT", "/shipping/sites/nowhere", 404, **SITE)
    await console(house, "PUT", "/shipping/sites/main", 422, **SITE, hold_days=-1)

    shown = (await house.ask("GET", "/api/store/pick-up-places")).json()["places"]

    assert [(one["place"], one["name"], one["hold_days"]) for one in shown] == [("shop_1", "西湖店", 3)]
    assert shown[0]["address"] == "浙江省嘉兴市南湖区中环南路 1 号"


async def test_a_stranger_chooses_nothing_and_an_address_of_somebody_else_is_none(house: House):
    lin, chen = await house.person("lin"), await house.person("chen")
    order = await house.order(lin, BUNTING)
    theirs = await house.ask("POST", "/api/store/members/me/addresses", who=chen, json=ADDRESS)
    path = f"/api/store/orders/{order.id}/delivery"

    foreign = await house.ask("POST", path, who=chen, json={"way": "pick_up", "place": "main"})
    address = await house.ask("POST", path, who=lin, json={"way": "express", "address": theirs.json()["id"]})
    nowhere = await house.ask("POST", path, who=lin, json={"way": "pick_up", "place": "main"})
    odd = await house.ask("POST", path, who=lin, json={"way": "drone"})

    codes = [reply.json()["error"]["code"] for reply in (foreign, address, nowhere)]
    assert codes == ["order_not_found", "unknown_address", "no_pick_up_there"]
    assert odd.status_code == 422
    assert (await house.page(lin, order))["delivery"] is None


def moved(house: House, bought: Bought, day: Day) -> None:
    """Everything that waits for one supplier is late: the order's promise moves to `day`."""

    def work(tx: Tx) -> None:
        [promise] = decide.promises(tx, [OrderId(bought.id)])[OrderId(bought.id)]
        reason = decide.delay_reason(was_day=promise.day, now_day=day)
        supply.move(tx, {OrderId(bought.id): replace(promise, day=day, reason=reason)}, reason="supplier_delayed")

    house.app.store.call(work)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5])
async def test_a_delay_changes_page_message_and_filing_wherever_the_process_dies(house: House, turns: int):
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    bought = await house.buy(chen, BUNTING)
    await house.after(minutes=5)

    moved(house, bought, FIRST_DAY.plus(25))
    for _ in range(turns):
        _, claims = await house.app.pump._turn(1)
        for claim in claims:
            await house.app.pump._errand(claim)
    again = await reborn(house)
    await again.settle()
    await again.after(minutes=5)

    page, [letter] = await again.page(chen, bought), await again.letters(chen, Scenario.DELAY)
    filed = (await again.in_wechat(bought))["shipment"]["delay_to_s"] * 1000
    assert page["promised_day"] == page["promises"][0]["day"] == letter["date3"] == page["changes"][-1]["day"]
    assert page["promised_day"] == FIRST_DAY.plus(25).iso()
    assert page["filed_until_ms"] == filed == FIRST_DAY.plus(29).at(0).ms
    assert page["changes"][-1]["reason"] == "供应商到货推迟"
    assert len(await again.calls(SPECIAL)) == 1
    assert again.restless() == []


async def reborn(house: House) -> House:
    """The process died; another opens the same books at the same moment."""
    await house.close()
    clock = SimulatedClock(house.clock.now())
    app = await compose(house.settings, brand=house.app.brand, clock=clock, chance=chance_of(3))
    assert app.sandbox is not None
    house.app, house.clock = app, clock
    house.shop = httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi), base_url="https://shop.example")
    house.wechat = httpx.AsyncClient(transport=httpx.ASGITransport(app.sandbox.asgi), base_url="https://wechat.example")
    return house


async def test_a_promise_that_moves_within_the_filed_term_is_not_filed_again(house: House):
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    bought = await house.buy(chen, BUNTING)
    await house.after(minutes=5)

    for days in (10, 20, 22):
        moved(house, bought, FIRST_DAY.plus(days))
        await house.after(minutes=5)

    assert len(await house.calls(SPECIAL)) == 1
    page = await house.page(chen, bought)
    assert page["filed_until_ms"] == FIRST_DAY.plus(24).at(0).ms
    assert [change["day"] for change in page["changes"][1:]] == [FIRST_DAY.plus(days).iso() for days in (10, 20, 22)]


async def test_an_address_nobody_may_read_is_no_place_to_send_to(house: House):
    lin = await house.person("lin")
    order = await house.order(lin, BUNTING)
    kept = (await house.ask("POST", "/api/store/members/me/addresses", who=lin, json=ADDRESS)).json()
    choice = {"way": "express", "address": kept["id"]}
    chosen = await house.ask("POST", f"/api/store/orders/{order.id}/delivery", who=lin, json=choice)
    assert (chosen.status_code, (await house.page(lin, order))["delivery"]) == (403, None)


async def test_replacement_of_an_exchange_goes_with_wechats_waybill_too(house: House):
    await by_wechat(house)
    lin, bought = await bought_home(house)
    await house.until(FIRST_DAY.at(11, 10))
    [first] = await parcels(house, bought)
    await scanned(house, first, PICKED_UP, MOVING, SIGNED)
    items = [{"line": 1, "qty": 1, "replacement": BUNTING}]
    body = {"key": "x", "kind": "exchange", "reason": "damaged", "items": items}
    asked = await house.ask("POST", f"/api/store/orders/{bought.id}/aftersales", who=lin, json=body)
    case = asked.json()["case"]
    for step in ("approve", "goods-back"):
        await console(house, "POST", f"/aftersales/{case}/{step}", answer="")
        await house.settle()

    await house.after(days=1)
    [_, waiting] = await parcels(house, bought)
    standing = house.app.store.read(lambda tx: returns.case(tx, returns.CaseId(case))).status
    await scanned(house, waiting, PICKED_UP, SIGNED)

    settled = house.app.store.read(lambda tx: returns.case(tx, returns.CaseId(case))).status
    assert (waiting.case, waiting.status, waiting.label.status) == (case, "packed", "made")
    assert waiting.waybill != first.waybill
    assert len(await house.calls(ADD)) == 2
    assert (standing is settled, settled) == (False, returns.CaseStatus.SETTLED)
    assert (await house.page(lin, bought))["status"] == "delivered"
    assert house.restless() == []
