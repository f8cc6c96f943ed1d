"""Tracking any parcel in WeChat, and goods that come back."""

from typing import Any

import pytest

from gateways.sandbox.driving import MINI, MINUTE_MS, Driver

FOLDER = "/cgi-bin/express/delivery/open_msg"
GOODS = {"detail_list": [{"goods_name": "手作陶杯", "goods_img_url": "https://shop.test/cup.png"}]}
ADDRESS = {"name": "张三", "mobile": "13600000000", "province": "广东省", "city": "广州市", "address": "一号"}
RETURNS = ["/cgi-bin/express/delivery/return", "/cgi-bin/express/delivery/no_worry_return"]


def track(driver: Driver, verb: str = "trace_waybill", **changes: Any) -> Any:
    body = {
        "openid": driver.openid(),
        "receiver_phone": "13600000000",
        "waybill_id": "YT1",
        "delivery_id": "YTO",
        "order_detail_path": "pages/order?id=1",
        "goods_info": GOODS,
        **changes,
    }
    return driver.api(f"{FOLDER}/{verb}", **body)


def query(driver: Driver, token: str, verb: str = "query_trace") -> Any:
    return driver.api(f"{FOLDER}/{verb}", waybill_token=token)


def move(driver: Driver, action: int, waybill: str = "YT1") -> None:
    moved = {"delivery_id": "YTO", "waybill_id": waybill, "action_type": action, "action_msg": "到了"}
    driver.control("express_path", appid=MINI, person="p1", **moved)


@pytest.mark.parametrize(
    ("action", "status"),
    [(100001, 1), (200001, 2), (300002, 3), (300003, 4), (300004, 5), (100003, 0)],
)
def test_token_shows_where_the_parcel_is(driver: Driver, action: int, status: int) -> None:
    token = track(driver)["waybill_token"]
    before = query(driver, token)
    move(driver, action)
    after = query(driver, token)

    assert before["waybill_info"] == {"status": 0, "waybill_id": "YT1"}
    assert before["delivery_info"] == {"delivery_id": "YTO", "delivery_name": "圆通速递"}
    assert before["shop_info"]["goods_info"]["detail_list"][0]["goods_name"] == "手作陶杯"
    assert after["waybill_info"]["status"] == status


def test_same_parcel_has_the_same_token(driver: Driver) -> None:
    assert track(driver)["waybill_token"] == track(driver)["waybill_token"]
    assert track(driver)["waybill_token"] != track(driver, waybill_id="YT2")["waybill_token"]
    assert track(driver)["waybill_token"] != track(driver, "follow_waybill")["waybill_token"]


def test_follower_gets_a_card_at_the_steps_that_matter(driver: Driver) -> None:
    track(driver)
    token = track(driver, "follow_waybill")["waybill_token"]
    for action in (100001, 200001, 200001, 300002, 300003):
        move(driver, action)

    cards = driver.look("messages", person="p1", kind="tracking")["messages"]
    assert [card["content"]["status"] for card in cards] == [1, 3, 4]
    assert (cards[0]["page"], cards[0]["content"]["carrier"]) == ("pages/order?id=1", "圆通速递")
    assert query(driver, token, "query_follow_trace")["waybill_info"]["status"] == 4


def test_carrier_is_known_from_the_orders_shipping(driver: Driver) -> None:
    transaction = driver.paid()
    driver.pump(after_ms=MINUTE_MS)
    driver.ship(transaction, "YT77")

    token = track(driver, waybill_id="YT77", delivery_id="", trans_id=transaction)["waybill_token"]

    assert query(driver, token)["delivery_info"]["delivery_name"] == "圆通速递"


def test_carrier_is_known_from_the_parcels_first_step(driver: Driver) -> None:
    token = track(driver, delivery_id="")["waybill_token"]
    unknown = query(driver, token)["delivery_info"]["delivery_id"]
    move(driver, 100001)

    assert (unknown, query(driver, token)["delivery_info"]["delivery_id"]) == ("", "YTO")


@pytest.mark.parametrize("verb", ["trace_waybill", "follow_waybill"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"openid": "o-other"}, 40003),
        ({"waybill_id": ""}, 40097),
        ({"receiver_phone": ""}, 40097),
        ({"goods_info": {"detail_list": []}}, 40097),
        ({"goods_info": {"detail_list": [{"goods_name": "杯"}]}}, 40097),
        ({"trans_id": "4200000000"}, 40097),
        ({"delivery_id": "NONE"}, 9300503),
    ],
)
def test_unclear_parcels_are_not_tracked(driver: Driver, verb: str, change: Any, code: int) -> None:
    assert track(driver, verb, **change)["errcode"] == code


def test_person_is_tracked_a_hundred_times_a_day(driver: Driver) -> None:
    outcomes = [track(driver)["errcode"] for _ in range(101)]

    assert (set(outcomes[:100]), outcomes[100]) == ({0}, 45009)
    assert track(driver, openid=driver.openid("p2"))["errcode"] == 0


@pytest.mark.parametrize("kind", ["", "follow_"])
def test_goods_are_replaced_by_token(driver: Driver, kind: str) -> None:
    token = track(driver, "follow_waybill" if kind else "trace_waybill")["waybill_token"]
    other = {"detail_list": [{"goods_name": "碟", "goods_img_url": "https://shop.test/plate.png"}]}
    path = f"{FOLDER}/update_{kind}waybill_goods"

    changed = driver.api(path, waybill_token=token, goods_info=other)["errcode"]

    assert changed == 0
    assert query(driver, token)["shop_info"]["goods_info"]["detail_list"][0]["goods_name"] == "碟"
    assert driver.api(path, waybill_token="other", goods_info=other)["errcode"] == 9300507
    assert driver.api(path, waybill_token=token)["errcode"] == 40097


@pytest.mark.parametrize("verb", ["query_trace", "query_follow_trace"])
def test_unknown_token_shows_nothing(driver: Driver, verb: str) -> None:
    assert query(driver, "other", verb)["errcode"] == 9300507


def test_trackable_carriers_are_listed(driver: Driver) -> None:
    found = driver.api(f"{FOLDER}/get_delivery_list")

    assert {"delivery_id": "SF", "delivery_name": "顺丰速运"} in found["delivery_list"]
    assert found["count"] == len(found["delivery_list"])


def asked_back(driver: Driver, folder: str, **changes: Any) -> Any:
    body = {
        "shop_order_id": "return-1",
        "biz_addr": ADDRESS,
        "openid": driver.openid(),
        "order_path": "pages/return?id=1",
        "goods_list": [{"name": "手作陶杯", "url": "https://shop.test/cup.png"}],
        "order_price": 12_300,
        **changes,
    }
    return driver.api(f"{folder}/add", **body)


@pytest.mark.parametrize("folder", RETURNS)
def test_customer_is_asked_and_the_parcel_back_is_tracked(driver: Driver, folder: str) -> None:
    return_id = asked_back(driver, folder)["return_id"]
    before = driver.api(f"{folder}/get", return_id=return_id)
    asked = driver.look("messages", person="p1", kind="return")["messages"]
    driver.control("express/return", return_id=return_id, waybill_id="YT9", delivery_id="YTO")
    move(driver, 200001, "YT9")
    after = driver.api(f"{folder}/get", return_id=return_id)

    assert (before["status"], before["waybill_id"]) == (0, "")
    assert asked[0]["content"]["return_id"] == return_id
    assert (after["status"], after["waybill_id"], after["order_status"]) == (2, "YT9", 2)
    assert after["delivery_name"] == "圆通速递"


@pytest.mark.parametrize("folder", RETURNS)
def test_return_is_unbound_only_when_the_customer_sent_it_alone(driver: Driver, folder: str) -> None:
    booked = asked_back(driver, folder)["return_id"]
    alone = asked_back(driver, folder, shop_order_id="return-2")["return_id"]
    early = driver.api(f"{folder}/unbind", return_id=alone)["errcode"]
    driver.control("express/return", return_id=booked, waybill_id="YT1", delivery_id="YTO", is_booked=True)
    driver.control("express/return", return_id=alone, waybill_id="YT2", delivery_id="YTO")

    outcomes = [driver.api(f"{folder}/unbind", return_id=number)["errcode"] for number in (booked, alone, alone, "")]

    assert (early, outcomes) == (40097, [40097, 0, 931023, 40097])
    assert driver.api(f"{folder}/get", return_id=alone)["errcode"] == 931023
    assert driver.api(f"{folder}/get", return_id="")["errcode"] == 40097


@pytest.mark.parametrize("folder", RETURNS)
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shop_order_id": ""}, 40097),
        ({"biz_addr": None}, 40097),
        ({"biz_addr": {"name": "张三"}}, 40097),
        ({"openid": "o-other"}, 40003),
    ],
)
def test_unclear_returns_ask_nobody(driver: Driver, folder: str, change: Any, code: int) -> None:
    assert asked_back(driver, folder, **change)["errcode"] == code
    assert driver.look("messages", person="p1", kind="return")["messages"] == []


@pytest.mark.parametrize("folder", RETURNS)
def test_return_number_is_used_once(driver: Driver, folder: str) -> None:
    return_id = asked_back(driver, folder)["return_id"]

    assert asked_back(driver, folder)["errcode"] == 9300522
    assert driver.refused("express/return", return_id=return_id, waybill_id="1", delivery_id="NO") == "unknown_carrier"
    assert driver.refused("express/return", return_id="x", waybill_id="1", delivery_id="YTO") == "unknown_return"
