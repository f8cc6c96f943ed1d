"""Shipping a combined order: all parts named in one call are shipped, or none."""

from typing import Any

import pytest

from gateways.sandbox.driving import MCHID, MINUTE_MS, Driver, rfc3339
from gateways.sandbox.test_combined import SUPPLIER, WHOLE, combined, part, pay_whole, with_supplier
from gateways.sandbox.test_shipping import events, parcel, state_of

UPLOAD = "/wxa/sec/order/upload_combined_shipping_info"


@pytest.fixture
def mall(driver: Driver) -> Driver:
    """A paid combined order of two merchants that the shipping APIs know."""
    with_supplier(driver)
    pay_whole(driver, combined(driver))
    driver.pump(after_ms=MINUTE_MS)
    return driver


def whole_key() -> dict[str, Any]:
    return {"order_number_type": 1, "mchid": MCHID, "out_trade_no": "whole-0001"}


def shipped(mchid: str, number: str, tracking: str, **change: Any) -> dict[str, Any]:
    key = {"order_number_type": 1, "mchid": mchid, "out_trade_no": number}
    parcels = [parcel(tracking)]
    return {"order_key": key, "logistics_type": 1, "delivery_mode": 1, "shipping_list": parcels, **change}


def both(**change: Any) -> list[dict[str, Any]]:
    """Both parts shipped; `change` is the second's."""
    return [shipped(MCHID, "part-0001", "YT1"), shipped(SUPPLIER, "part-0002", "YT2", **change)]


def upload(driver: Driver, **change: Any) -> int:
    body = {
        "order_key": whole_key(),
        "sub_orders": both(),
        "upload_time": rfc3339(driver.now_ms),
        "payer": {"openid": driver.openid()},
        **change,
    }
    code: int = driver.api(UPLOAD, **body)["errcode"]
    return code


def numbers(driver: Driver) -> list[str]:
    return [shown["transaction_id"] for shown in driver.signed("GET", WHOLE).json["sub_orders"]]


def states(driver: Driver) -> list[int]:
    return [state_of(driver, number)["order_state"] for number in numbers(driver)]


def test_all_parts_are_shipped_and_each_account_event_names_its_merchant(mall: Driver) -> None:
    assert upload(mall) == 0
    assert states(mall) == [2, 2]
    assert [event["merchant_id"] for event in events(mall, "trade_manage_order_settlement")] == [MCHID, SUPPLIER]
    assert len(mall.look("messages", person="p1", kind="shipped")["messages"]) == 2


def test_part_is_confirmed_and_settled_to_its_own_merchant(mall: Driver) -> None:
    upload(mall)
    own, suppliers = numbers(mall)

    mall.control("confirm_receipt", transaction_id=suppliers)

    assert states(mall) == [2, 4]
    assert mall.look("merchant", mchid=SUPPLIER)["balance_fen"] == 5_300
    assert mall.look("merchant", mchid=MCHID)["balance_fen"] == 0
    assert mall.look("order", transaction_id=own)["frozen_fen"] == 7_000


def test_whole_and_parts_are_found_by_wechats_numbers_too(mall: Driver) -> None:
    whole = mall.signed("GET", WHOLE).json["combine_transaction_id"]
    keys = [{"order_number_type": 2, "transaction_id": number} for number in (whole, *numbers(mall))]
    parts = [{**shipped("", "", f"YT{n}"), "order_key": key} for n, key in enumerate(keys[1:])]

    assert upload(mall, order_key=keys[0], sub_orders=parts) == 0
    assert states(mall) == [2, 2]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sub_orders": []}, 10060014),
        ({"sub_orders": {"order_key": {}}}, 47001),
        ({"sub_orders": [*both()[:1], *both()[:1]]}, 10060013),
        ({"sub_orders": both(order_key={"order_number_type": 2, "transaction_id": "42"})}, 268485253),
        ({"sub_orders": both(order_key={**whole_key(), "out_trade_no": "part-0009"})}, 10060001),
        ({"order_key": {**whole_key(), "out_trade_no": "whole-0009"}}, 10060001),
        ({"order_key": {"order_number_type": 3}}, 268485194),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 1}}, 268485196),
        ({"order_key": {"order_number_type": 1, "mchid": MCHID}}, 268485197),
        ({"sub_orders": both(logistics_type=5)}, 10060005),
        ({"sub_orders": both(delivery_mode=2, logistics_type=4)}, 10060006),
        ({"sub_orders": both(delivery_mode=2)}, 10060007),
        ({"sub_orders": both(delivery_mode=3)}, 268485224),
        ({"sub_orders": both(shipping_list=[parcel("1"), parcel("2")])}, 268485228),
        (
            {
                "sub_orders": both(
                    delivery_mode=2, is_all_delivered=True, shipping_list=[parcel(str(n)) for n in range(16)]
                )
            },
            10060024,
        ),
        ({"sub_orders": both(shipping_list=[parcel("1", item_desc="")])}, 10060008),
        ({"sub_orders": both(shipping_list=[parcel("1", item_desc="长" * 121)])}, 10060009),
        ({"sub_orders": both(shipping_list=[parcel("1", express_company="Y" * 129)])}, 10060025),
        ({"sub_orders": both(shipping_list=[parcel("1" * 129)])}, 10060026),
        ({"sub_orders": both(shipping_list=[parcel("")])}, 268485226),
        ({"sub_orders": both(shipping_list=[parcel("1", express_company="")])}, 268485227),
        ({"upload_time": "昨天"}, 268485216),
        ({"payer": {"openid": "o-other"}}, 10060031),
    ],
)
def test_one_bad_part_ships_nothing(mall: Driver, change: Any, code: int) -> None:
    assert upload(mall, **change) == code
    assert states(mall) == [1, 1]


def test_order_alone_is_no_part_of_the_whole(mall: Driver) -> None:
    mall.paid("order-0001")
    mall.now_ms += MINUTE_MS

    assert upload(mall, sub_orders=[shipped(MCHID, "order-0001", "YT1")]) == 10060001
    assert upload(mall, order_key={**whole_key(), "out_trade_no": "order-0001"}) == 10060001


def test_unpaid_whole_is_unknown(mall: Driver) -> None:
    combined(mall, combine_out_trade_no="whole-0002", sub_orders=[part(MCHID, "part-0003", 1)])

    assert upload(mall, order_key={**whole_key(), "out_trade_no": "whole-0002"}) == 10060001


def test_parts_are_re_shipped_once_and_not_after_their_end(mall: Driver) -> None:
    upload(mall)
    again = [shipped(MCHID, "part-0001", "YT9")]
    mall.now_ms += MINUTE_MS
    repeated = upload(mall, sub_orders=both()[:1])
    codes = []
    for tracking in ("YT8", "YT7"):
        mall.now_ms += MINUTE_MS
        codes.append(upload(mall, sub_orders=[shipped(MCHID, "part-0001", tracking)]))
    own, suppliers = numbers(mall)
    mall.control("confirm_receipt", transaction_id=own)
    body = {"out_trade_no": "part-0002", "out_refund_no": "refund-1", "amount": {"refund": 5_300, "total": 5_300}}
    mall.signed("POST", "/v3/refund/domestic/refunds", body, mchid=SUPPLIER)
    mall.pump(after_ms=MINUTE_MS)

    assert (repeated, codes) == (10060023, [0, 10060003])
    assert upload(mall, sub_orders=again) == 10060002
    assert upload(mall, sub_orders=both()[1:]) == 10060004
    assert state_of(mall, suppliers)["order_state"] == 5
