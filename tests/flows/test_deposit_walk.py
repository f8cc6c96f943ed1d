"""Deposit → lot reached → balance asked → paid → shipped; and every way in which that does not come about."""

from typing import Any

import pytest

from house import BAG, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House, Person
from roulian import sell
from roulian.app.sandboxed import MCHID
from roulian.tell import Scenario
from roulian.words import Day, Instant, OrderId

pytestmark = pytest.mark.anyio

PRICE_FEN, DEPOSIT_FEN, LOT_QTY = 1500, 300, 40
CLOSE = "/v3/pay/transactions/out-trade-no/{}/close"


async def presale(house: House, **about: Any) -> str:
    """A presale of bags that closes in two days: a fifth of the price first, the rest within three days."""
    body = {
        "sku": BAG,
        "price_fen": PRICE_FEN,
        "deadline_ms": house.clock.now().day().plus(2).at(22).ms,
        "lot_qty": LOT_QTY,
        "deposit_fen": DEPOSIT_FEN,
        "balance_days": 3,
        **about,
    }
    reply = await house.ask("POST", "/api/console/campaigns", json=body)
    assert reply.status_code == 200, reply.text
    await house.settle()
    return str(reply.json()["id"])


async def a_full_lot(house: House, **about: Any) -> tuple[Person, Bought]:
    """Lin's deposit for a whole lot."""
    campaign = await presale(house, **about)
    lin = await house.person("lin", accepts=[Scenario.BALANCE_DUE, Scenario.REFUNDED, Scenario.DEPOSIT_FORFEITED])
    return lin, await house.buy(lin, BAG, LOT_QTY, campaign=campaign)


async def the_balance_opens(house: House, lin: Person, bought: Bought) -> Any:
    """The order page on the morning the balance opens: four days before the promised day, one of them for packing."""
    page = await house.page(lin, bought)
    await house.until(Day.parse(page["promised_day"]).before(4).at(10))
    return await house.page(lin, bought)


def balance_of(bought: Bought) -> Bought:
    """The order's second trade, as WeChat's sandbox is asked for it."""
    return Bought(f"{bought.id}-2", bought.placed)


def money(house: House) -> sell.Money:
    return house.app.store.read(sell.money)


async def test_deposit_then_balance_then_parcel_then_receipt(house: House):
    lin, bought = await a_full_lot(house)
    held = (await house.page(lin, bought), money(house).held_fen)
    due = await the_balance_opens(house, lin, bought)

    await house.pay(lin, await house.till(lin, bought.id))
    paid = await house.page(lin, bought)
    [cloth] = await house.purchases("mat_cloth")
    [work] = (await house.partner("GET", "/work"))["work"]
    await house.until(Day.parse(due["promised_day"]).before(2).at(9))
    await house.bring(cloth)
    await house.partner("POST", f"/work/{work['id']}/report", json={"done_qty": LOT_QTY})
    await house.after(days=1)
    await house.carry(lin, bought, PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED)

    assert bought.placed["due_fen"] == LOT_QTY * DEPOSIT_FEN
    assert (held[0]["status"], held[0]["paid_fen"], held[0]["due_fen"], held[1]) == ("deposit_paid", 12000, 0, 12000)
    assert len(house.said("sell.CampaignReached")) == 1
    assert (due["status"], due["due_fen"]) == ("balance_due", LOT_QTY * (PRICE_FEN - DEPOSIT_FEN))
    assert due["due_by_ms"] == Day.parse(due["promised_day"]).before(1).at(23, 59).ms
    assert (paid["status"], paid["paid_fen"], paid["due_fen"]) == ("paid", LOT_QTY * PRICE_FEN, 0)
    assert len(await house.letters(lin, Scenario.BALANCE_DUE)) == 1
    assert (await house.page(lin, bought))["status"] == "delivered"
    assert (money(house).kept_fen, money(house).held_fen) == (LOT_QTY * PRICE_FEN, 0)
    assert [len(house.said(f"sell.{kind}")) for kind in ("DepositPaid", "BalanceDue", "OrderPaid")] == [1, 1, 1]
    assert house.restless() == []


async def test_both_trades_are_entered_as_shipped_with_wechat(house: House):
    lin, bought = await a_full_lot(house)
    due = await the_balance_opens(house, lin, bought)
    await house.pay(lin, await house.till(lin, bought.id))
    [cloth] = await house.purchases("mat_cloth")
    [work] = (await house.partner("GET", "/work"))["work"]
    await house.until(Day.parse(due["promised_day"]).before(2).at(9))
    await house.bring(cloth)
    await house.partner("POST", f"/work/{work['id']}/report", json={"done_qty": LOT_QTY})

    await house.after(days=1)

    deposit, balance = await house.in_wechat(bought), await house.in_wechat(balance_of(bought))
    assert [trade["shipment"]["order_state"] for trade in (deposit, balance)] == [2, 2]


async def test_presale_that_misses_its_lot_gives_the_deposit_back(house: House):
    campaign = await presale(house)
    lin = await house.person("lin", accepts=[Scenario.CAMPAIGN_MISSED])
    bought = await house.buy(lin, BAG, 3, campaign=campaign)

    await house.after(days=3)

    [letter] = await house.letters(lin, Scenario.CAMPAIGN_MISSED)
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (await house.in_wechat(bought))["refunded_fen"] == 3 * DEPOSIT_FEN
    assert "¥9.00" in letter.values()
    assert (money(house).held_fen, money(house).returned_fen) == (0, 3 * DEPOSIT_FEN)
    assert house.said("sell.BalanceDue") == []
    assert house.restless() == []


async def test_balance_that_is_not_paid_is_reminded_of_and_then_the_deposit_goes_back(house: House):
    lin, bought = await a_full_lot(house)
    due = await the_balance_opens(house, lin, bought)

    await house.until(Instant(due["due_by_ms"]))
    await house.after(minutes=5)

    [letter] = await house.letters(lin, Scenario.REFUNDED)
    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (await house.in_wechat(bought))["refunded_fen"] == LOT_QTY * DEPOSIT_FEN
    assert "尾款逾期未付,定金退回" in letter.values()
    assert len(house.said("sell.CampaignReached")) == 1
    assert house.app.store.read(sell.campaign_counts).lots == 1
    assert house.restless() == []


async def test_buyer_is_reminded_once_the_day_before_the_last_moment(house: House):
    campaign = await presale(house)
    lin = await house.person("lin", accepts=[Scenario.BALANCE_DUE])
    await house.after(seconds=1)
    await house.person("lin", accepts=[Scenario.BALANCE_DUE])
    bought = await house.buy(lin, BAG, LOT_QTY, campaign=campaign)
    due = await the_balance_opens(house, lin, bought)
    first = len(await house.letters(lin, Scenario.BALANCE_DUE))

    await house.until(Instant(due["due_by_ms"] - 86_400_000))
    await house.after(minutes=1)

    assert (first, len(await house.letters(lin, Scenario.BALANCE_DUE))) == (1, 2)


async def test_deposit_is_kept_where_the_presale_said_so_and_the_goods_are_free(house: House):
    lin, bought = await a_full_lot(house, unpaid="forfeit")
    due = await the_balance_opens(house, lin, bought)

    await house.until(Instant(due["due_by_ms"]))
    await house.after(minutes=5)

    assert (await house.page(lin, bought))["status"] == "forfeited"
    assert (money(house).forfeited_fen, money(house).held_fen) == (LOT_QTY * DEPOSIT_FEN, 0)
    assert (await house.in_wechat(bought))["refunded_fen"] == 0
    assert len(await house.letters(lin, Scenario.DEPOSIT_FORFEITED)) == 1
    assert house.said("sell.DepositForfeited") == [{"order": bought.id}]
    assert house.restless() == []


async def test_balance_whose_notice_is_late_counts_when_the_time_is_over(house: House):
    lin, bought = await a_full_lot(house)
    due = await the_balance_opens(house, lin, bought)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, await house.till(lin, bought.id))

    await house.until(Instant(due["due_by_ms"]))
    await house.after(minutes=1)
    asked = await house.page(lin, bought)
    await house.control("callbacks/release")
    await house.settle()

    assert (asked["status"], (await house.page(lin, bought))["status"]) == ("paid", "paid")
    assert len(await house.calls(CLOSE.format(f"{bought.id}-2"))) == 1
    assert house.said("sell.OrderPaid") == [{"order": bought.id}]


async def lapsed(house: House, bought: Bought) -> None:
    """The balance lapsed without Pay being asked, as when Pay refuses to answer."""
    house.app.store.call(lambda tx: sell.expire(tx, f"{bought.id}-2"))
    await house.settle()


async def test_balance_that_comes_after_the_deposit_went_back_goes_back_too(house: House):
    lin, bought = await a_full_lot(house)
    await the_balance_opens(house, lin, bought)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, await house.till(lin, bought.id))
    await lapsed(house, bought)

    await house.control("callbacks/release")
    await house.after(minutes=5)

    assert (await house.page(lin, bought))["status"] == "refunded"
    assert (await house.in_wechat(balance_of(bought)))["refunded_fen"] == LOT_QTY * (PRICE_FEN - DEPOSIT_FEN)
    assert (money(house).returned_fen, money(house).received_fen) == (LOT_QTY * PRICE_FEN,) * 2
    assert house.said("sell.OrderPaid") == []
    assert house.restless() == []


async def test_balance_that_comes_after_the_deposit_was_kept_gets_the_goods_again_or_everything_back(house: House):
    lin, bought = await a_full_lot(house, unpaid="forfeit")
    await the_balance_opens(house, lin, bought)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(lin, await house.till(lin, bought.id))
    await lapsed(house, bought)
    kept = (await house.page(lin, bought))["status"]

    await house.control("callbacks/release")
    await house.after(minutes=5)

    status = (await house.page(lin, bought))["status"]
    assert (kept, status) == ("forfeited", "refunded")  # the presale had closed by then
    assert (await house.in_wechat(bought))["refunded_fen"] == LOT_QTY * DEPOSIT_FEN
    assert (await house.in_wechat(balance_of(bought)))["refunded_fen"] == LOT_QTY * (PRICE_FEN - DEPOSIT_FEN)
    assert money(house).forfeited_fen == 0
    assert house.restless() == []


async def test_notices_of_both_trades_brought_twice_pay_each_once(house: House):
    await house.fault("duplicate", times=2, owner=MCHID)
    lin, bought = await a_full_lot(house)
    await house.after(seconds=5)
    await the_balance_opens(house, lin, bought)

    await house.pay(lin, await house.till(lin, bought.id))
    await house.after(seconds=5)

    assert (await house.page(lin, bought))["status"] == "paid"
    assert money(house).received_fen == LOT_QTY * PRICE_FEN
    assert [len(house.said(f"sell.{kind}")) for kind in ("DepositPaid", "OrderPaid")] == [1, 1]


async def test_balance_of_another_amount_is_entered_apart_and_pays_nothing(house: House):
    lin, bought = await a_full_lot(house)
    await the_balance_opens(house, lin, bought)
    payment = sell.Payment(f"{bought.id}-2", "4200000000000000000009", 1, house.clock.now())

    outcome = house.app.store.call(lambda tx: sell.pay(tx, payment))

    assert isinstance(outcome, sell.Refused)
    assert isinstance(outcome.reason, sell.WrongAmount)
    [kept] = (await house.ask("GET", "/api/console/payments/refused")).json()["rows"]
    assert (kept["number"], kept["amount_fen"], kept["reason"]) == (f"{bought.id}-2", 1, "wrong_amount")
    assert (await house.page(lin, bought))["status"] == "balance_due"


async def test_part_of_an_order_paid_in_two_goes_back_out_of_both_trades(house: House):
    lin, bought = await a_full_lot(house)
    await the_balance_opens(house, lin, bought)
    await house.pay(lin, await house.till(lin, bought.id))
    balance_fen = LOT_QTY * (PRICE_FEN - DEPOSIT_FEN)

    house.app.store.call(
        lambda tx: sell.refund_part(tx, OrderId(bought.id), number="afs_1", fen=balance_fen + 500, why="after_sale")
    )
    await house.after(minutes=5)

    assert (await house.in_wechat(balance_of(bought)))["refunded_fen"] == balance_fen
    assert (await house.in_wechat(bought))["refunded_fen"] == 500
    assert house.said("sell.PartRefunded") == [{"order": bought.id, "number": "afs_1"}]
    [letter] = await house.letters(lin, Scenario.REFUNDED)
    assert f"¥{(balance_fen + 500) / 100:.2f}" in letter.values()


async def test_deposit_line_is_ordered_by_itself(house: House):
    campaign = await presale(house)
    lin = await house.person("lin")
    lines = [{"sku": BAG, "qty": 1, "campaign": campaign}, {"sku": "47566", "qty": 1}]

    reply = await house.ask(
        "POST", "/api/store/orders", who=lin, json={"key": "mixed", "region": "浙江", "lines": lines}
    )

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "deposit_alone")
    assert house.said("sell.OrderPlaced") == []
    assert house.app.store.read(lambda tx: sell.campaign(tx, campaign)).ordered_qty == 0


async def test_nightly_bill_knows_both_trades_and_the_refund_out_of_each(house: House):
    lin, bought = await a_full_lot(house)
    await the_balance_opens(house, lin, bought)
    await house.pay(lin, await house.till(lin, bought.id))
    balance_fen, order = LOT_QTY * (PRICE_FEN - DEPOSIT_FEN), OrderId(bought.id)
    house.app.store.call(
        lambda tx: sell.refund_part(tx, order, number="afs_1", fen=balance_fen + 500, why="after_sale")
    )

    await house.after(days=4)

    reports = (await house.ask("GET", "/api/console/books")).json()["rows"]
    assert sum(report["payments"] for report in reports) == sum(report["refunds"] for report in reports) == 2
    assert [difference for report in reports for difference in report["differences"]] == []
