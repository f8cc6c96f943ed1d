"""The corners of the walks: late money, lapsed orders, long promises, parcels filed, and a WeChat that misbehaves."""

from datetime import timedelta

import pytest

from house import BAG, BUNTING, CAKESTAND, CARD_SEND, MINI, SUBSCRIBE_SEND, Bought, House, Person
from roulian import sell, stock, tell
from roulian.app.sandboxed import MCHID, TEMPLATE_ID
from roulian.store import Tx
from roulian.tell import NoticeStatus, Scenario
from roulian.words import Day, SkuId
from roulian.words.event import read

pytestmark = pytest.mark.anyio

UPLOAD, SPECIAL = "/wxa/sec/order/upload_shipping_info", "/wxa/sec/order/opspecialorder"
REFUNDS, TOKEN = "/v3/refund/domestic/refunds", "/cgi-bin/stable_token"
FIRST_DAY = Day.parse("2026-06-03")


def free(house: House, sku: str) -> int:
    return house.app.store.read(lambda tx: stock.free(tx, [SkuId(sku)]))[SkuId(sku)]


def notices(house: House, scenario: Scenario) -> list[tell.Notice]:
    found = house.app.store.read(lambda tx: tell.notices_page(tx, scenarios=[scenario]))
    return list(found)


async def a_delay(house: House, *, taps: int = 1) -> tuple[Person, Bought]:
    """Chen waits for a cake stand and has tapped accept so often; the supplier is about to be late."""
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    for _ in range(taps):
        chen = await house.person("chen", accepts=[Scenario.DELAY])
        await house.after(minutes=1)
    return chen, await house.buy(chen, CAKESTAND)


async def the_supplier_is_late(house: House) -> None:
    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")


async def test_order_nobody_pays_gives_its_stock_back_after_half_an_hour(house: House):
    before = free(house, BUNTING)
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING, 7)
    held = free(house, BUNTING)

    await house.after(minutes=29, seconds=59)
    still = (await house.page(lin, bought))["status"]
    await house.after(seconds=1)

    assert (held, free(house, BUNTING)) == (before - 7, before)
    assert (still, (await house.page(lin, bought))["status"]) == ("placed", "cancelled")


async def test_cancelled_order_is_closed_at_wechat_and_its_stock_is_free(house: House):
    before = free(house, BUNTING)
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING, 7)

    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    await house.settle()

    paid = await house.wechat.post("/_sandbox/pay", json={"person": "lin", "request_payment": bought.placed["pay"]})
    assert free(house, BUNTING) == before
    assert (await house.in_wechat(bought))["payment"]["trade_state"] == "CLOSED"
    assert paid.status_code == 400


async def test_order_paid_in_the_moment_of_its_cancelling_gets_the_money_back(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, bought)

    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    await house.control("callbacks/release")
    await house.after(minutes=1)

    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (await house.in_wechat(bought))["refunded_fen"] == bought.placed["total_fen"]


async def test_promise_beyond_fifteen_days_is_filed_with_wechat_and_a_short_one_is_not(house: House):
    far = house.clock.now().plus(timedelta(days=20))

    def opened(tx: Tx) -> sell.Campaign:
        return sell.open_campaign(tx, sku=SkuId(BAG), price_fen=1500, deadline_at=far, lot_qty=500)

    campaign = house.app.store.call(opened)
    lin = await house.person("lin")
    long = await house.buy(lin, BAG, campaign=campaign.id)
    short = await house.buy(lin, BUNTING)

    await house.after(minutes=3)

    promised = Day.parse(long.placed["promised_day"])
    filed = (await house.in_wechat(long))["shipment"]
    assert promised.since(FIRST_DAY) > 15
    assert len(await house.calls(SPECIAL)) == 1
    assert filed["delay_to_s"] * 1000 == promised.plus(4).at(0).ms
    assert (await house.in_wechat(short))["shipment"]["delay_to_s"] is None


async def test_parcel_that_leaves_a_minute_after_the_payment_is_filed_all_the_same(house: House):
    """WeChat's shipping door knows a payment only after a minute; the warehouse may be faster."""
    await house.until(FIRST_DAY.at(10, 59))
    lin = await house.person("lin")
    await house.after(seconds=45)
    bought = await house.buy(lin, BUNTING)

    await house.until(FIRST_DAY.at(11, 10))

    page = await house.page(lin, bought)
    found = await house.in_wechat(bought)
    assert page["status"] == "shipped"
    assert [p["tracking_no"] for p in found["order"]["shipping"]["shipping_list"]] == [page["shipments"][0]["waybill"]]


async def test_settled_money_is_entered_once(house: House):
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)
    await house.until(FIRST_DAY.at(12))

    await house.fault("duplicate", times=1, owner=MINI)
    await house.control("confirm_receipt", person="lin", transaction_id=bought.transaction)
    await house.after(seconds=5)

    assert (await house.in_wechat(bought))["frozen_fen"] == 0
    assert house.restless() == []


async def test_refused_letter_falls_to_the_card_and_the_ledger_believes_wechat(house: House):
    """The consent was used up elsewhere: WeChat says 43101, the card still carries the news."""
    chen, bought = await a_delay(house)
    await house.fault("errcode", times=1, path=SUBSCRIBE_SEND, errcode=43101)

    await the_supplier_is_late(house)

    [notice] = notices(house, Scenario.DELAY)
    answers = house.app.store.read(lambda tx: tell.answers(tx, [notice.id]))[notice.id]
    left = house.app.store.read(lambda tx: tell.consents(tx, [notice.member]))[notice.member]
    assert [(answer.door, answer.status, answer.code) for answer in answers] == [
        ("subscribe", "refused", "43101"),
        ("user_notify", "sent", ""),
    ]
    assert await house.letters(chen, Scenario.DELAY) == []
    assert (await house.cards(chen))[-1]["date3"] == (await house.page(chen, bought))["promised_day"]
    assert left[TEMPLATE_ID.format("delay")] == 0


async def test_buyer_who_switched_the_letters_off_reads_the_delay_on_the_card(house: House):
    chen, bought = await a_delay(house)
    await house.control("consent/change", person="chen", appid=MINI, answers={"tpl_delay": "reject"})
    await house.settle()

    await the_supplier_is_late(house)

    assert await house.letters(chen, Scenario.DELAY) == []
    assert (await house.cards(chen))[-1]["date3"] == (await house.page(chen, bought))["promised_day"]
    assert await house.calls(SUBSCRIBE_SEND) == []


async def test_every_door_closed_leaves_the_order_page(house: House):
    chen, bought = await a_delay(house)
    await house.fault("errcode", times=1, path=SUBSCRIBE_SEND, errcode=43101)
    await house.fault("errcode", times=1, path=CARD_SEND, errcode=85448)

    await the_supplier_is_late(house)

    [notice] = notices(house, Scenario.DELAY)
    assert (notice.status, notice.door) == (NoticeStatus.SENT, "order_page")
    assert (await house.page(chen, bought))["promised_day"] == "2026-06-10"


@pytest.mark.parametrize("fault", ["lost_answer", "http"])
async def test_letter_whose_answer_is_lost_is_never_sent_twice(house: House, fault: str):
    """Two more taps would allow a second letter, and none is sent; WeChat's event of a delivery finds the one that was."""
    chen, bought = await a_delay(house, taps=3)
    await house.fault(fault, times=1, path=SUBSCRIBE_SEND)

    await the_supplier_is_late(house)
    await house.after(days=1)

    [notice] = notices(house, Scenario.DELAY)
    assert len(await house.calls(SUBSCRIBE_SEND)) == 1
    was_sent = fault == "lost_answer"
    assert len(await house.letters(chen, Scenario.DELAY)) == (1 if was_sent else 0)
    assert notice.status is (NoticeStatus.SENT if was_sent else NoticeStatus.UNCERTAIN)
    assert (await house.page(chen, bought))["promised_day"] == "2026-06-10"


async def test_wechat_that_is_too_busy_for_the_letter_is_not_asked_twice(house: House):
    """System busy (-1) may hide a letter that was sent: it counts as lost, not as a no."""
    await a_delay(house, taps=2)
    await house.fault("errcode", times=1, path=SUBSCRIBE_SEND, errcode=-1)

    await the_supplier_is_late(house)
    await house.after(hours=1)

    [notice] = notices(house, Scenario.DELAY)
    assert len(await house.calls(SUBSCRIBE_SEND)) == 1
    assert notice.status is NoticeStatus.UNCERTAIN


async def test_token_that_died_is_replaced_and_the_letter_goes_out_once(house: House):
    chen, _ = await a_delay(house)
    await house.control("tokens/kill", appid=MINI)

    await the_supplier_is_late(house)

    assert len(await house.letters(chen, Scenario.DELAY)) == 1


@pytest.mark.parametrize("fault", ["lost_answer", "http", "pay_error"])
async def test_refund_whose_answer_is_lost_is_asked_again_and_pays_once(house: House, fault: str):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, bought)
    await house.ask("POST", f"/api/store/orders/{bought.id}/cancel", who=lin)
    await house.fault(fault, times=2, path=REFUNDS)

    await house.control("callbacks/release")
    await house.after(hours=1)

    assert len(await house.calls(REFUNDS)) >= 2
    assert (await house.in_wechat(bought))["refunded_fen"] == bought.placed["total_fen"]
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert house.app.store.read(sell.money).owed_fen == 0
    assert house.restless() == []


@pytest.mark.parametrize("fault", ["lost_answer", "http"])
async def test_parcel_whose_filing_is_lost_is_filed_again_and_stands_once(house: House, fault: str):
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)
    await house.fault(fault, times=2, path=UPLOAD)

    await house.until(FIRST_DAY.at(13))

    found = (await house.in_wechat(bought))["order"]["shipping"]
    assert len(found["shipping_list"]) == 1
    assert found["finish_shipping_count"] == 1
    assert house.restless() == []


async def test_repeated_and_reordered_scans_move_a_parcel_forward_only(house: House):
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)
    await house.until(FIRST_DAY.at(12))
    parcel = await house.parcel(bought)
    await house.fault("duplicate", times=2, owner=MINI)
    await house.fault("reorder", times=3, owner=MINI)

    about = {"delivery_id": parcel["carrier"], "waybill_id": parcel["waybill"]}
    for step in (100001, 200001, 300003):
        await house.control("express_path", appid=MINI, person="lin", action_type=step, **about)
    await house.after(minutes=5)

    assert (await house.page(lin, bought))["status"] == "delivered"
    assert (await house.page(lin, bought))["shipments"][0]["status"] == "signed"
    assert len(house.said("deliver.Delivered")) == 1


async def test_every_delivery_handed_over_again_changes_nothing(house: House):
    """As after a crash between effect and receipt: each event of a whole walk goes to its handlers once more."""
    chen, bought = await a_delay(house)
    await the_supplier_is_late(house)
    store = house.app.store
    before = (
        await house.page(chen, bought),
        await house.messages(chen),
        store.read(sell.money),
        free(house, CAKESTAND),
    )
    levels, purchases = store.read(stock.all_levels), await house.partner("GET", "/purchases")

    pages = store.events_page(limit=200)
    for event in pages:
        handlers = house.app.store.routes.handlers.get(event.kind, ())
        for handler in handlers:
            function, kind = store.routes.functions[event.kind, handler], store.routes.classes[event.kind]
            fact = read(kind, event.body)
            store.call(lambda tx, do=function, fact=fact: do(tx, fact), cause=event.id)
    await house.settle()

    after = (await house.page(chen, bought), await house.messages(chen), store.read(sell.money), free(house, CAKESTAND))
    assert after == before
    assert store.read(stock.all_levels) == levels
    assert await house.partner("GET", "/purchases") == purchases
