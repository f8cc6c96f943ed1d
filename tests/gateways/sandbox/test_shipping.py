"""Shipping management: the first minute, the one re-shipment, presales, settlement."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, HOUR_MS, MCHID, MINI, MINUTE_MS, Driver, rfc3339
from wechat_sandbox import SandboxSettings


@pytest.fixture
def order(driver: Driver) -> str:
    """A paid order that the shipping APIs know."""
    transaction = driver.paid()
    driver.pump(after_ms=MINUTE_MS)
    return transaction


def parcel(tracking: str, **extra: Any) -> Any:
    return {"tracking_no": tracking, "express_company": "YTO", "item_desc": "手作陶杯*1", **extra}


def state_of(driver: Driver, transaction: str) -> Any:
    return driver.api("/wxa/sec/order/get_order", transaction_id=transaction)["order"]


def events(driver: Driver, subject: str) -> list[Any]:
    return [push["content"] for push in driver.look("callbacks", subject=subject)["callbacks"]]


def test_order_is_unknown_in_its_first_minute(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS - 1

    assert driver.ship(transaction)["errcode"] == 10060001
    assert driver.api("/wxa/sec/order/get_order", transaction_id=transaction)["errcode"] == 10060001
    driver.now_ms += 1
    assert driver.ship(transaction)["errcode"] == 0


def test_one_re_shipment_and_the_third_call_is_refused(driver: Driver, order: str) -> None:
    outcomes = []
    for tracking in ("YT1", "YT2", "YT3"):
        driver.now_ms += MINUTE_MS
        outcomes.append(driver.ship(order, tracking)["errcode"])

    shown = state_of(driver, order)

    assert outcomes == [0, 0, 10060003]
    assert [package["tracking_no"] for package in shown["shipping"]["shipping_list"]] == ["YT2"]
    assert shown["shipping"]["finish_shipping_count"] == 2


def test_repeating_an_upload_does_not_use_up_the_re_shipment(driver: Driver, order: str) -> None:
    driver.ship(order, "YT1")
    stale = driver.ship(order, "YT2")["errcode"]
    driver.now_ms += MINUTE_MS
    same = driver.ship(order, "YT1")["errcode"]
    changed = driver.ship(order, "YT2")["errcode"]

    assert (stale, same, changed) == (10060023, 10060023, 0)


def test_split_delivery_is_shipped_when_all_is_delivered(driver: Driver, order: str) -> None:
    driver.ship(order, delivery_mode=2, shipping_list=[parcel("YT1")], is_all_delivered=False)
    partly = state_of(driver, order)
    driver.now_ms += MINUTE_MS
    driver.ship(order, delivery_mode=2, shipping_list=[parcel("YT2")], is_all_delivered=True)

    wholly = state_of(driver, order)

    assert (partly["order_state"], partly["shipping"]["finish_shipping"]) == (1, False)
    assert (wholly["order_state"], len(wholly["shipping"]["shipping_list"])) == (2, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"logistics_type": 0}, 47001),
        ({"logistics_type": 5}, 10060005),
        ({"delivery_mode": 3}, 268485224),
        ({"shipping_list": {"item_desc": "一个对象"}}, 47001),
        ({"shipping_list": [parcel("1"), parcel("2")]}, 268485228),
        ({"delivery_mode": 2}, 10060007),
        ({"delivery_mode": 2, "logistics_type": 4}, 10060006),
        (
            {"delivery_mode": 2, "is_all_delivered": True, "shipping_list": [parcel(str(n)) for n in range(16)]},
            10060024,
        ),
        ({"shipping_list": [parcel("")]}, 268485226),
        ({"shipping_list": [parcel("1", express_company="")]}, 268485227),
        ({"shipping_list": [parcel("1", item_desc="")]}, 10060008),
        ({"shipping_list": [parcel("1", item_desc="长" * 121)]}, 10060009),
        ({"shipping_list": [parcel("1", express_company="SF")]}, 10060014),
        ({"upload_time": "昨天"}, 268485216),
        ({"upload_time": "2026-02-25T14:13:20"}, 268485216),
        ({"payer": {"openid": "o-other"}}, 10060031),
        ({"order_key": {"order_number_type": 3}}, 268485194),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": MCHID}}, 268485197),
        ({"order_key": {"order_number_type": 2, "transaction_id": "42"}}, 10060001),
    ],
)
def test_bad_uploads_have_their_codes_and_ship_nothing(driver: Driver, order: str, change: Any, code: int) -> None:
    assert driver.ship(order, **change)["errcode"] == code
    assert state_of(driver, order)["order_state"] == 1


def test_order_is_found_by_the_merchants_number_too(driver: Driver, order: str) -> None:
    key = {"order_number_type": 1, "mchid": MCHID, "out_trade_no": "order-0001"}

    assert driver.ship(order, order_key=key)["errcode"] == 0
    by_number = driver.api("/wxa/sec/order/get_order", merchant_id=MCHID, merchant_trade_no="order-0001")
    assert by_number["order"]["transaction_id"] == order


@pytest.mark.parametrize(("logistics", "days"), [(1, 10), (2, 2), (3, 2), (4, 2)])
def test_receipt_confirms_itself_after_its_days(driver: Driver, order: str, logistics: int, days: int) -> None:
    driver.ship(order, logistics_type=logistics)
    driver.pump(after_ms=days * DAY_MS - 1)
    before = state_of(driver, order)["order_state"]
    driver.pump(after_ms=1)

    shipped, settled = events(driver, "trade_manage_order_settlement")
    assert (before, state_of(driver, order)["order_state"]) == (2, 4)
    assert shipped["estimated_settlement_time"] == settled["settlement_time"]
    assert settled["confirm_receive_method"] == 1


def test_buyers_confirmation_settles_at_once_and_only_once(driver: Driver, order: str) -> None:
    unshipped = driver.refused("confirm_receipt", transaction_id=order, person="p1")
    driver.ship(order)
    stranger = driver.refused("confirm_receipt", transaction_id=order, person="p2")
    driver.control("confirm_receipt", transaction_id=order, person="p1")
    again = driver.refused("confirm_receipt", transaction_id=order, person="p1")
    driver.pump(after_ms=30 * DAY_MS)

    assert (unshipped, stranger, again) == ("not_shipped", "other_buyer", "not_shipped")
    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 12_300
    assert [event.get("confirm_receive_method") for event in events(driver, "trade_manage_order_settlement")] == [
        None,
        2,
    ]
    assert driver.ship(order, "YT9")["errcode"] == 10060002


def special(driver: Driver, order: str, days: float, kind: int = 1) -> int:
    delay_to = (driver.now_ms - MINUTE_MS + int(days * DAY_MS)) // 1000
    code: int = driver.api("/wxa/sec/order/opspecialorder", order_id=order, type=kind, delay_to=delay_to)["errcode"]
    return code


def test_presale_day_lies_beyond_15_and_within_330_days(driver: Driver, order: str) -> None:
    assert special(driver, order, 15) == 268546001
    assert special(driver, order, 330.01) == 268546001
    assert special(driver, order, 20, kind=3) == 268546000
    assert driver.look("messages", person="p1", kind="presale_filed")["messages"] == []
    assert special(driver, order, 330) == 0
    assert len(driver.look("messages", person="p1", kind="presale_filed")["messages"]) == 1


def test_presale_is_filed_for_known_unshipped_orders_only(driver: Driver) -> None:
    transaction = driver.paid()
    at_once = special(driver, transaction, 20)
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)

    assert at_once == 268546002
    assert special(driver, transaction, 20) == 268546002
    assert special(driver, "order-nobody", 20) == 268546002


@pytest.mark.parametrize(("allowed", "code"), [(False, 268546002), (True, 0)])
def test_second_filing_is_a_switch(a_sandbox: MakeDriver, allowed: bool, code: int) -> None:
    driver = a_sandbox(settings=SandboxSettings(special_order_may_repeat=allowed))
    driver.paid()
    driver.now_ms += MINUTE_MS

    outcomes = [special(driver, "order-0001", 20), special(driver, "order-0001", 40)]

    kept = driver.look("order", mchid=MCHID, out_trade_no="order-0001")["shipment"]["delay_to_s"]
    assert outcomes == [0, code]
    assert kept * 1000 == driver.now_ms - MINUTE_MS + (40 if allowed else 20) * DAY_MS


def test_reminder_comes_after_48_hours_to_accounts_that_have_shipped(driver: Driver, order: str) -> None:
    driver.pump(after_ms=48 * HOUR_MS)
    first = len(events(driver, "trade_manage_remind_shipping"))
    driver.ship(order)
    driver.paid("order-late")
    driver.paid("order-presale")
    driver.now_ms += MINUTE_MS
    special(driver, "order-presale", 20)
    driver.pump(after_ms=48 * HOUR_MS)

    reminded = [event["merchant_trade_no"] for event in events(driver, "trade_manage_remind_shipping")]
    assert (first, reminded) == (0, ["order-late"])


def test_gates_answer_for_the_own_account_only(driver: Driver) -> None:
    path = "/wxa/sec/order/is_trade_managed"

    assert driver.api(path, MINI, appid=MINI)["is_trade_managed"] is True
    assert driver.api(path, MINI, appid="wxother")["errcode"] == 40013
    assert driver.api(path, MINI)["errcode"] == 40097
    confirmed = driver.api("/wxa/sec/order/is_trade_management_confirmation_completed", MINI, appid=MINI)
    assert confirmed["completed"] is True


def test_unmanaged_account_is_settled_at_once(driver: Driver) -> None:
    driver.control("accounts", appid=MINI, kind="mini_program", is_trade_managed=False)
    transaction = driver.paid()

    order = driver.look("order", transaction_id=transaction)

    assert (order["frozen_fen"], order["shipment"]) == (0, None)
    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 12_300


def test_upload_time_is_compared_as_an_instant(driver: Driver, order: str) -> None:
    driver.ship(order, "YT1", upload_time=rfc3339(driver.now_ms))
    earlier_in_utc = rfc3339(driver.now_ms - 1000)

    assert driver.ship(order, "YT2", upload_time=earlier_in_utc)["errcode"] == 10060023
