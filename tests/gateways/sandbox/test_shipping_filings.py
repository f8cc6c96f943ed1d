"""Reminders, deadlines and where WeChat's messages lead."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, HOUR_MS, MCHID, MINI, MINUTE_MS, Driver
from gateways.sandbox.test_shipping import events, special, state_of
from wechat_sandbox import SandboxSettings

REMIND = "/wxa/sec/order/notify_confirm_receive"


@pytest.fixture
def order(driver: Driver) -> str:
    """A paid order that the shipping APIs know."""
    transaction = driver.paid()
    driver.pump(after_ms=MINUTE_MS)
    return transaction


def reminded(driver: Driver, order: str, *, after_ms: int = 0, **change: Any) -> int:
    body = {"transaction_id": order, "received_time": (driver.now_ms + after_ms) // 1000, **change}
    code: int = driver.api(REMIND, **body)["errcode"]
    return code


def test_buyer_is_reminded_once_to_confirm_what_has_arrived(driver: Driver, order: str) -> None:
    driver.ship(order)

    outcomes = [reminded(driver, order), reminded(driver, order)]

    (message,) = driver.look("messages", person="p1", kind="confirm_reminder")["messages"]
    assert outcomes == [0, 10060030]
    assert message["content"] == {"transaction_id": order, "received_time": driver.now_ms // 1000}
    assert state_of(driver, order)["order_state"] == 2


def test_reminder_is_for_shipped_express_orders_and_a_time_after_shipping(driver: Driver, order: str) -> None:
    unshipped = reminded(driver, order)
    driver.ship(order)
    early = reminded(driver, order, after_ms=-1000)
    driver.paid("order-0002")
    driver.now_ms += MINUTE_MS
    by_number: Any = {"transaction_id": "", "merchant_id": MCHID, "merchant_trade_no": "order-0002"}
    pick_up = driver.look("order", mchid=MCHID, out_trade_no="order-0002")["payment"]["transaction_id"]
    driver.ship(pick_up, logistics_type=4)

    assert (unshipped, early) == (10060028, 10060029)
    assert reminded(driver, order, **by_number) == 10060032
    assert reminded(driver, order, transaction_id="") == 10060014
    assert reminded(driver, "4200") == 10060001
    assert reminded(driver, order, received_time="soon") == 47001
    assert driver.look("messages", kind="confirm_reminder")["messages"] == []


def test_messages_lead_where_the_mini_program_says(driver: Driver, order: str) -> None:
    set_path = "/wxa/sec/order/set_msg_jump_path"
    driver.api(set_path, path="pages/order/detail?from=wechat")
    driver.ship(order)
    driver.api(set_path, path="")
    reminded(driver, order)

    shipped, reminder = (driver.look("messages", kind=kind)["messages"][0] for kind in ("shipped", "confirm_reminder"))
    page = f"pages/order/detail?from=wechat&transaction_id={order}&merchant_id={MCHID}&merchant_trade_no=order-0001"
    assert (shipped["page"], reminder["page"]) == (page, "")


def test_order_path_must_carry_the_orders_number(driver: Driver) -> None:
    update, get = "/wxa/sec/order/update_order_detail_path", "/wxa/sec/order/get_order_detail_path"
    before = driver.api(get)
    path = "pages/order/detail?no=${商品订单号}"
    right, wrong = driver.api(update, path=path), driver.api(update, path="pages/order/detail")
    driver.api("/wxa/sec/order/set_msg_jump_path", path="pages/orders")

    assert (before["errcode"], before["path"]) == (0, "")
    assert (right["errcode"], wrong["errcode"]) == (0, 10060035)
    assert driver.api(get)["path"] == path


def overdue_ms(driver: Driver, order: str) -> int | None:
    found: int | None = driver.look("order", transaction_id=order)["shipment"]["overdue_ms"]
    return found


def test_order_is_overdue_after_48_hours_even_before_anything_was_ever_shipped(driver: Driver, order: str) -> None:
    driver.pump(after_ms=48 * HOUR_MS - MINUTE_MS - 1)
    before = overdue_ms(driver, order)
    driver.pump(after_ms=1)

    assert (before, overdue_ms(driver, order)) == (None, driver.now_ms)
    assert events(driver, "trade_manage_remind_shipping") == []


@pytest.mark.parametrize("reminds", [True, False])
def test_presale_is_overdue_when_its_own_day_has_passed(a_sandbox: MakeDriver, reminds: bool) -> None:
    driver = a_sandbox(settings=SandboxSettings(presale_is_reminded=reminds))
    shipped, presale = driver.paid("order-0001"), driver.paid("order-0002")
    driver.now_ms += MINUTE_MS
    driver.ship(shipped)
    special(driver, presale, 20)
    driver.pump(after_ms=20 * DAY_MS - 2 * MINUTE_MS)
    before = overdue_ms(driver, presale)
    driver.pump(after_ms=2 * MINUTE_MS)

    told = [event["merchant_trade_no"] for event in events(driver, "trade_manage_remind_shipping")]
    assert before is None
    assert told == (["order-0002"] if reminds else [])
    assert (overdue_ms(driver, presale) is not None) == reminds


def test_presale_shipped_in_time_is_never_overdue(driver: Driver, order: str) -> None:
    special(driver, order, 20)
    driver.pump(after_ms=10 * DAY_MS)
    driver.ship(order)
    driver.pump(after_ms=9 * DAY_MS)

    assert overdue_ms(driver, order) is None


def test_test_orders_money_goes_back_by_itself(driver: Driver, order: str) -> None:
    special(driver, order, 0, kind=2)
    driver.pump(after_ms=7 * DAY_MS - 1)
    before = driver.look("order", transaction_id=order)["refunded_fen"]
    driver.pump(after_ms=1)
    driver.pump(after_ms=MINUTE_MS)

    after = driver.look("order", transaction_id=order)
    assert (before, after["refunded_fen"], after["order"]["order_state"]) == (0, 12_300, 5)
    assert overdue_ms(driver, order) is None


def test_test_order_that_was_shipped_after_all_is_an_order(driver: Driver, order: str) -> None:
    special(driver, order, 0, kind=2)
    driver.ship(order)
    driver.pump(after_ms=8 * DAY_MS)

    assert driver.look("order", transaction_id=order)["refunded_fen"] == 0


def test_test_order_already_given_back_is_not_given_back_twice(driver: Driver, order: str) -> None:
    special(driver, order, 0, kind=2)
    driver.refund(order, "refund-1", 12_300)
    driver.pump(after_ms=8 * DAY_MS)

    assert driver.look("order", transaction_id=order)["refunded_fen"] == 12_300


def test_account_that_sells_and_never_shipped_is_told_daily_until_it_ships(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(remind_access_api=True))
    order = driver.paid()
    driver.paid("order-0002")
    first = len(events(driver, "trade_manage_remind_access_api"))
    driver.pump(after_ms=2 * DAY_MS)
    driver.ship(order)
    driver.pump(after_ms=5 * DAY_MS)
    driver.paid("order-0003")
    driver.pump(after_ms=2 * DAY_MS)

    assert first == 1
    assert len(events(driver, "trade_manage_remind_access_api")) == 3


@pytest.mark.parametrize("branch", ["unshipped", "shipped", "settled"])
def test_whole_refund_ends_the_order_in_every_branch(driver: Driver, order: str, branch: str) -> None:
    if branch != "unshipped":
        driver.ship(order)
    if branch == "settled":
        driver.control("confirm_receipt", transaction_id=order)
    driver.refund(order, "refund-1", 12_300)
    driver.pump(after_ms=MINUTE_MS)

    assert state_of(driver, order)["order_state"] == 5
    assert driver.ship(order, "YT9")["errcode"] == 10060004
    assert special(driver, order, 20) == 268546002
    assert reminded(driver, order) == 10060028
    assert driver.refused("confirm_receipt", transaction_id=order) == "not_shipped"


def test_part_refund_leaves_the_order_where_it_is(driver: Driver, order: str) -> None:
    driver.refund(order, "refund-1", 300)
    driver.pump(after_ms=MINUTE_MS)
    driver.ship(order)

    assert state_of(driver, order)["order_state"] == 2
    assert driver.api("/wxa/sec/order/is_trade_managed", MINI, appid=MINI)["errcode"] == 0


def test_too_long_codes_and_numbers_are_refused(driver: Driver, order: str) -> None:
    parcel = {"tracking_no": "1", "express_company": "YTO", "item_desc": "陶杯"}

    assert driver.ship(order, shipping_list=[{**parcel, "express_company": "Y" * 129}])["errcode"] == 10060025
    assert driver.ship(order, shipping_list=[{**parcel, "tracking_no": "1" * 129}])["errcode"] == 10060026
    assert state_of(driver, order)["order_state"] == 1
