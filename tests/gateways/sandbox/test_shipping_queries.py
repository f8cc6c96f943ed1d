"""Lists of orders: by time, state and buyer, page by page; and single orders by either number."""

from typing import Any

import pytest

from gateways.sandbox.driving import MCHID, MINUTE_MS, Driver

LIST = "/wxa/sec/order/get_order_list"


@pytest.fixture
def five(driver: Driver) -> Driver:
    """Five orders a minute apart, the second shipped, the third refunded."""
    numbers = []
    for number in range(1, 6):
        numbers.append(driver.paid(f"order-{number:04d}"))
        driver.now_ms += MINUTE_MS
    driver.ship(numbers[1])
    driver.refund(numbers[2], "refund-1", 12_300)
    driver.pump(after_ms=MINUTE_MS)
    return driver


def listed(driver: Driver, **filters: Any) -> Any:
    return driver.api(LIST, **filters)


def numbers(reply: Any) -> list[int]:
    return [int(order["merchant_trade_no"].removeprefix("order-")) for order in reply["order_list"]]


def test_list_gives_every_order_in_order_of_payment(five: Driver) -> None:
    reply = listed(five)

    assert (reply["errcode"], numbers(reply), reply["has_more"]) == (0, [1, 2, 3, 4, 5], False)
    assert [order["order_state"] for order in reply["order_list"]] == [1, 2, 5, 1, 1]
    assert reply["order_list"][0]["shipping"] == {}
    assert reply["order_list"][1]["shipping"]["finish_shipping_count"] == 1


def test_pages_join_without_gap_or_repetition(five: Driver) -> None:
    pages = [listed(five, page_size=2)]
    while pages[-1]["has_more"]:
        pages.append(listed(five, page_size=2, last_index=pages[-1]["last_index"]))
    after = listed(five, page_size=2, last_index=pages[-1]["last_index"])

    assert [numbers(page) for page in pages] == [[1, 2], [3, 4], [5]]
    assert (numbers(after), after["has_more"]) == ([], False)


def test_filters_narrow_the_list(five: Driver) -> None:
    times = {number: order["pay_time"] for number, order in enumerate(listed(five)["order_list"], start=1)}
    five.control(
        "pay", person="p2", prepay_id=five.prepay("order-0006", payer={"openid": five.openid("p2")}).json["prepay_id"]
    )
    five.now_ms += MINUTE_MS

    assert numbers(listed(five, order_state=2)) == [2]
    assert numbers(listed(five, order_state=6)) == []
    assert numbers(listed(five, openid=five.openid("p2"))) == [6]
    assert numbers(listed(five, pay_time_range={"begin_time": times[2], "end_time": times[3]})) == [2, 3]
    assert numbers(listed(five, pay_time_range={"begin_time": times[5] + 1})) == [6]
    assert numbers(listed(five, pay_time_range={"end_time": times[1] - 1})) == []


def test_order_is_listed_after_its_first_minute(driver: Driver) -> None:
    driver.paid()
    driver.now_ms += MINUTE_MS - 1
    early = numbers(listed(driver))
    driver.now_ms += 1

    assert (early, numbers(listed(driver))) == ([], [1])


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"page_size": 101}, 10060014),
        ({"page_size": 0}, 10060014),
        ({"order_state": 7}, 10060014),
        ({"last_index": "no index"}, 10060011),
        ({"page_size": "two"}, 47001),
    ],
)
def test_bad_filters_are_refused(five: Driver, filters: Any, code: int) -> None:
    assert listed(five, **filters)["errcode"] == code


def test_order_must_be_named_whole(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    path = "/wxa/sec/order/get_order"

    assert driver.api(path)["errcode"] == 10060014
    assert driver.api(path, merchant_id=MCHID)["errcode"] == 10060014
    assert driver.api(path, merchant_id=MCHID, merchant_trade_no="order-0009")["errcode"] == 10060001
    assert driver.api(path, transaction_id=transaction)["errcode"] == 0


def test_gates_refuse_what_is_not_the_own_account(driver: Driver) -> None:
    path = "/wxa/sec/order/is_trade_management_confirmation_completed"

    assert driver.api(path, "wxmini0000000001", appid="wxother")["errcode"] == 40013
    assert driver.api(path, "wxmini0000000001")["errcode"] == 40097
