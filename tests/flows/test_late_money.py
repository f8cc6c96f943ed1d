"""Time to pay is over, and money may still come: WeChat Pay is asked first, and no payer is left with nothing."""

from datetime import timedelta

import pytest

from house import BAG, BUNTING, Bought, House, Person
from roulian import sell, stock
from roulian.app.sandboxed import MCHID
from roulian.store import Tx
from roulian.tell import Scenario
from roulian.words import Day, OrderId, SkuId

pytestmark = pytest.mark.anyio

DEADLINE = Day.parse("2026-06-06").at(22)
CLOSE = "/v3/pay/transactions/out-trade-no/{}/close"
"""As the sandbox names the door; a call is remembered with the order's number in it."""


def free(house: House) -> int:
    return house.app.store.read(lambda tx: stock.free(tx, [SkuId(BUNTING)]))[SkuId(BUNTING)]


async def paid_unheard(house: House, *, campaign: str | None = None, qty: int = 1) -> tuple[Person, Bought]:
    """Lin has paid, and Pay's notice of it is stuck on the way."""
    lin = await house.person("lin", accepts=[Scenario.REFUNDED])
    bought = await house.order(lin, BAG if campaign else BUNTING, qty, campaign=campaign)
    await house.fault("hold", times=1, owner=MCHID)
    return lin, await house.pay(lin, bought)


async def test_payment_whose_notice_is_late_counts_when_the_time_to_pay_is_over(house: House):
    lin, bought = await paid_unheard(house)

    await house.after(minutes=30)

    assert (await house.page(lin, bought))["status"] == "paid"
    assert house.said("sell.OrderCancelled") == []
    assert len(await house.calls(CLOSE.format(bought.id))) == 1

    await house.control("callbacks/release")
    await house.settle()
    assert house.said("sell.OrderPaid") == [{"order": bought.id}]
    assert house.restless() == []


async def test_silent_wechat_delays_the_cancellation_and_never_loses_it(house: House):
    before = free(house)
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING, 3)
    await house.fault("http", times=10, path=CLOSE)

    await house.after(minutes=35)
    waiting = ((await house.page(lin, bought))["status"], free(house))
    await house.after(minutes=10)

    assert waiting == ("placed", before - 3)
    assert ((await house.page(lin, bought))["status"], free(house)) == ("cancelled", before)
    assert len(await house.calls(CLOSE.format(bought.id))) == 11
    assert house.restless() == []


async def test_answer_lost_on_the_way_is_asked_for_again(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING, 3)
    await house.fault("lost_answer", times=1, path=CLOSE)

    await house.after(minutes=35)

    assert (await house.page(lin, bought))["status"] == "cancelled"
    assert (await house.in_wechat(bought))["payment"]["trade_state"] == "CLOSED"


async def test_order_that_pay_never_heard_of_is_given_up(house: House):
    lin = await house.person("lin")
    await house.fault("http", times=1, path="/v3/pay/transactions/jsapi")
    body = {"key": "no-prepay", "region": "浙江", "lines": [{"sku": BUNTING, "qty": 1}]}
    placed = await house.ask("POST", "/api/store/orders", who=lin, json=body)
    reply = await house.ask("POST", f"/api/store/orders/{placed.json()['order']}/pay", who=lin)
    [order] = house.app.store.read(lambda tx: sell.orders_page(tx, limit=1))

    await house.after(minutes=31)

    assert reply.status_code == 502
    assert house.app.store.read(lambda tx: sell.order(tx, order.id)).status == "cancelled"
    assert house.restless() == []


async def test_unit_paid_at_the_last_moment_fills_the_lot_although_its_notice_is_late(house: House):
    campaign = (await house.campaign())["campaign"]
    await house.until(DEADLINE.day().at(21, 55))
    lin, bought = await paid_unheard(house, campaign=campaign, qty=40)

    await house.until(DEADLINE)
    await house.after(minutes=1)

    assert (await house.page(lin, bought))["status"] == "paid"
    assert house.said("sell.CampaignReached") == [{"campaign": campaign, "lot": 1, "qty": 40}]
    assert house.said("sell.CampaignMissed") == []


async def lapsed(house: House, bought: Bought) -> None:
    """The order lapsed without Pay being asked, as when Pay refuses to answer."""
    house.app.store.call(lambda tx: sell.expire(tx, OrderId(bought.id)))
    await house.settle()


async def test_late_payment_gets_its_goods_again_with_a_date_and_is_told(house: House):
    before = free(house)
    lin, bought = await paid_unheard(house, qty=2)
    await lapsed(house, bought)
    given_back = free(house)

    await house.control("callbacks/release")
    await house.settle()

    page = await house.page(lin, bought)
    assert (given_back, free(house), page["status"]) == (before, before - 2, "paid")
    assert [card["cur_status"] for card in await house.cards(lin)] == [1]
    await house.until(Day.parse("2026-06-03").at(12))
    assert (await house.page(lin, bought))["status"] == "shipped"
    assert house.restless() == []


async def test_late_payment_for_a_presale_that_ended_goes_back_with_an_apology(house: House):
    campaign = (await house.campaign())["campaign"]
    lin, bought = await paid_unheard(house, campaign=campaign, qty=2)
    await lapsed(house, bought)
    await house.until(DEADLINE.plus(timedelta(minutes=1)))

    await house.control("callbacks/release")
    await house.after(minutes=1)

    [letter] = await house.letters(lin, Scenario.REFUNDED)
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert any("抱歉" in text for text in letter.values())
    assert (await house.in_wechat(bought))["refunded_fen"] == bought.placed["total_fen"]


async def test_late_payment_for_a_presale_that_still_runs_counts_into_it(house: House):
    campaign = (await house.campaign())["campaign"]
    lin, bought = await paid_unheard(house, campaign=campaign, qty=40)
    await lapsed(house, bought)

    await house.control("callbacks/release")
    await house.settle()

    assert (await house.page(lin, bought))["status"] == "paid"
    assert house.said("sell.CampaignReached") == [{"campaign": campaign, "lot": 1, "qty": 40}]


async def test_money_that_fits_no_order_is_said_once_and_kept(house: House):
    payment = sell.Payment("ord_nobody", "4200000000000000000001", 990, house.clock.now())

    def told(tx: Tx) -> sell.PaymentOutcome:
        return sell.pay(tx, payment)

    outcomes = [house.app.store.call(told), house.app.store.call(told)]

    assert all(isinstance(outcome, sell.Refused) for outcome in outcomes)
    assert house.said("sell.PaymentRefused") == [
        {"number": "ord_nobody", "transaction": payment.transaction_id, "fen": 990, "reason": "order_not_found"}
    ]
    [kept] = house.app.store.read(sell.refused_payments_page)
    assert kept.amount_fen == 990
