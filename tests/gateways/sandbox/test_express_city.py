"""Same-city delivery: WeChat's own service with stores and money, and the older one with a signed carrier."""

import json
from typing import Any

import pytest

from gateways.sandbox.driving import MINI, Driver
from wechat_sandbox.express.local import sign

CITY, LOCAL = "/cgi-bin/express/intracity", "/cgi-bin/express/local/business"
HOOK = "https://shop.test/city"
HOME = {
    "province": "广东省",
    "city": "广州市",
    "area": "海珠区",
    "house": "一号",
    "lat": 23.1,
    "lng": 113.3,
    "phone": "13600000000",
}


def city(driver: Driver, verb: str, **body: Any) -> Any:
    return driver.api(f"{CITY}/{verb}", **body)


def store(driver: Driver, **changes: Any) -> Any:
    body = {"out_store_id": "store-1", "store_name": "海珠店", "address_info": HOME, **changes}
    return city(driver, "createstore", **body)


@pytest.fixture
def wx_store_id(driver: Driver) -> str:
    """A store of a mini-program that may use the service."""
    city(driver, "apply")
    made: str = store(driver)["wx_store_id"]
    return made


def order(driver: Driver, wx_store_id: str, verb: str = "addorder", /, **changes: Any) -> Any:
    body = {
        "wx_store_id": wx_store_id,
        "store_order_id": "order-1",
        "user_openid": driver.openid(),
        "user_lng": 113.32,
        "user_lat": 23.12,
        "user_address": "天河路一号",
        "user_name": "张三",
        "user_phone": "13600000000",
        "order_detail_path": "pages/order?id=1",
        "callback_url": HOOK,
        "use_sandbox": 1,
        "cargo": {"cargo_name": "陶杯", "cargo_weight": 500, "cargo_type": 1, "cargo_num": 1, "cargo_price": 12_300},
        **changes,
    }
    return city(driver, verb, **body)


def test_service_is_opened_once_and_before_stores(driver: Driver) -> None:
    early = store(driver)["errcode"]
    opened, again = city(driver, "apply")["errcode"], city(driver, "apply")["errcode"]

    assert (early, opened, again) == (48001, 0, 930569)


def test_stores_are_made_changed_and_found(driver: Driver, wx_store_id: str) -> None:
    store(driver, out_store_id="store-2", order_pattern=2, service_trans_prefer="SFTC")
    keys = {"wx_store_id": wx_store_id}
    changed = city(driver, "updatestore", keys=keys, content={"address_info": {**HOME, "house": "二号"}})["errcode"]

    found = city(driver, "querystore", out_store_id="store-1")

    assert (changed, found["total"]) == (0, 1)
    assert found["store_list"][0]["address_info"]["house"] == "二号"
    assert city(driver, "querystore")["total"] == 2
    assert city(driver, "updatestore", keys={"wx_store_id": "4"}, content={})["errcode"] == 40097
    assert city(driver, "updatestore", keys=keys, content={"address_info": {"house": "三号"}})["errcode"] == 40097


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"out_store_id": ""}, 40097),
        ({"address_info": {"house": "一号"}}, 40097),
        ({"order_pattern": 3}, 40097),
        ({"order_pattern": 2}, 40097),
        ({"out_store_id": "store-1"}, 934000),
    ],
)
def test_bad_stores_are_refused(driver: Driver, wx_store_id: str, change: Any, code: int) -> None:
    assert store(driver, **{"out_store_id": "store-2", **change})["errcode"] == code
    assert [row["wx_store_id"] for row in city(driver, "querystore")["store_list"]] == [wx_store_id]


def test_real_order_costs_what_was_said_and_money_must_be_there(driver: Driver, wx_store_id: str) -> None:
    price = order(driver, wx_store_id, "preaddorder")["est_fee"]
    poor = order(driver, wx_store_id, use_sandbox=0)["errcode"]
    charged = city(driver, "storecharge", wx_store_id=wx_store_id, service_trans_id="DADA", amount=5000)["errcode"]
    ordered = order(driver, wx_store_id, use_sandbox=0)

    assert (poor, charged, ordered["fee"]) == (934000, 0, price)
    assert city(driver, "balancequery", wx_store_id=wx_store_id)["all_balance"] == 5000 - price
    assert order(driver, wx_store_id, use_sandbox=0)["wx_order_id"] == ordered["wx_order_id"]
    assert city(driver, "storecharge", wx_store_id=wx_store_id, service_trans_id="DADA", amount=1)["errcode"] == 40097
    assert city(driver, "storecharge", wx_store_id="4", service_trans_id="DADA", amount=5000)["errcode"] == 40097
    assert city(driver, "balancequery", wx_store_id="4")["errcode"] == 40097


def test_riders_steps_reach_the_orders_callback(driver: Driver, wx_store_id: str) -> None:
    wx_order_id = order(driver, wx_store_id)["wx_order_id"]
    for status in (30000, 40000, 50000, 70000):
        assert city(driver, "mocknotify", wx_order_id=wx_order_id, order_status=status)["errcode"] == 0
    driver.pump()

    heard = [json.loads(push.body) for push in driver.received if push.url == HOOK]
    shown = city(driver, "queryorder", wx_store_id=wx_store_id, store_order_id="order-1")
    assert [item["order_status"] for item in heard] == [30000, 40000, 50000, 70000]
    assert (shown["order_status"], shown["finish_time"]) == (70000, driver.now_ms // 1000)
    assert shown["transporter_info"]["transporter_name"]
    assert city(driver, "cancelorder", wx_order_id=wx_order_id)["errcode"] == 934000


def test_cancelling_costs_once_a_rider_has_come(driver: Driver, wx_store_id: str) -> None:
    city(driver, "storecharge", wx_store_id=wx_store_id, service_trans_id="DADA", amount=10_000)
    free = order(driver, wx_store_id, use_sandbox=0)["wx_order_id"]
    dear = order(driver, wx_store_id, use_sandbox=0, store_order_id="order-2")["wx_order_id"]
    driver.control("express/intracity", wx_order_id=dear, order_status=30000)

    fees = [city(driver, "cancelorder", wx_order_id=number)["deductfee"] for number in (free, dear)]

    assert fees == [0, 200]
    assert city(driver, "balancequery", wx_store_id=wx_store_id)["all_balance"] == 10_000 - 200
    assert driver.refused("express/intracity", wx_order_id=dear, order_status=50000) == "order_ended"
    assert driver.refused("express/intracity", wx_order_id="5", order_status=50000) == "unknown_order"
    assert driver.refused("express/intracity", wx_order_id=dear, order_status=1) == "unknown_status"


@pytest.mark.parametrize(
    ("verb", "change", "code"),
    [
        ("preaddorder", {"wx_store_id": "4"}, 40097),
        ("preaddorder", {"user_phone": ""}, 40097),
        ("addorder", {"wx_store_id": "4"}, 40097),
        ("addorder", {"cargo": {"cargo_name": "陶杯"}}, 40097),
        ("addorder", {"store_order_id": ""}, 40097),
        ("addorder", {"user_openid": "o-other"}, 40003),
    ],
)
def test_unclear_orders_call_no_rider(driver: Driver, wx_store_id: str, verb: str, change: Any, code: int) -> None:
    assert order(driver, wx_store_id, verb, **change)["errcode"] == code


def test_unknown_and_real_orders_cannot_be_mocked(driver: Driver, wx_store_id: str) -> None:
    city(driver, "storecharge", wx_store_id=wx_store_id, service_trans_id="DADA", amount=5000)
    real = order(driver, wx_store_id, use_sandbox=0)["wx_order_id"]

    assert city(driver, "mocknotify", wx_order_id=real, order_status=30000)["errcode"] == 40097
    for verb in ("queryorder", "cancelorder", "mocknotify"):
        assert city(driver, verb, wx_order_id="5", order_status=30000)["errcode"] == 40097


def local(driver: Driver, verb: str, **changes: Any) -> Any:
    shopid, number = changes.get("shopid", "test_shop_id"), changes.get("shop_order_id", "order-1")
    secret = "test_app_secrect" if shopid == "test_shop_id" else "s3cret"
    place = {"name": "张三", "city": "广州市", "address": "一号", "phone": "13600000000", "lng": 113.3, "lat": 23.1}
    body = {
        "shopid": shopid,
        "shop_order_id": number,
        "delivery_sign": sign(shopid, number, secret),
        "delivery_id": "TEST",
        "openid": driver.openid(),
        "sender": place,
        "receiver": place,
        "cargo": {"goods_value": 123, "goods_weight": 1, "cargo_first_class": "电商", "cargo_second_class": "线上商城"},
        "shop": {"goods_name": "陶杯", "goods_count": 1, "img_url": "https://shop.test/c.png", "wxa_path": "pages/o"},
        **changes,
    }
    return driver.api(f"{LOCAL}/{verb}", **body)


def mock(driver: Driver, status: int, **changes: Any) -> int:
    body = {"shopid": "test_shop_id", "shop_order_id": "order-1", "action_time": 1, "order_status": status, **changes}
    code: int = driver.api(f"{LOCAL}/test_update_order", **body)["errcode"]
    return code


def statuses(driver: Driver) -> list[int]:
    pushes = driver.look("callbacks", subject="update_waybill_status")["callbacks"]
    return [push["content"]["order_status"] for push in pushes]


def test_fake_rider_delivers_and_the_customer_hears_three_times(driver: Driver) -> None:
    price = local(driver, "order/pre_add")["fee"]
    ordered = local(driver, "order/add")
    outcomes = [mock(driver, status) for status in (102, 201, 202, 302, 301)]

    assert (ordered["order_status"], ordered["fee"], ordered["resultcode"]) == (101, price, 0)
    assert outcomes == [0, 0, 0, 0, 930565]
    assert statuses(driver) == [102, 201, 202, 302]
    assert local(driver, "order/get")["order_status"] == 302
    heard = driver.look("messages", person="p1", kind="local_delivery")["messages"]
    assert [message["content"]["text"] for message in heard] == ["骑手已接单", "骑手已取货,配送中", "配送已完成"]


def test_order_is_cancelled_and_called_again(driver: Driver) -> None:
    local(driver, "order/add")
    running = local(driver, "order/readd")["errcode"]
    preview = local(driver, "order/precancel")["deduct_fee"]
    cancelled = local(driver, "order/cancel")["errcode"]
    ended = [local(driver, f"order/{verb}")["errcode"] for verb in ("cancel", "precancel", "addtips")]
    again = local(driver, "order/readd")

    assert (running, preview, cancelled) == (930562, 0, 0)
    assert ended == [930565, 930565, 930561]
    assert again["order_status"] == 101
    assert statuses(driver) == [103]


def test_fetched_goods_come_back_and_are_confirmed(driver: Driver) -> None:
    local(driver, "order/add")
    early = local(driver, "order/confirm_return")["errcode"]
    mock(driver, 301)
    fee = local(driver, "order/cancel")["deduct_fee"]
    confirmed = local(driver, "order/confirm_return")["errcode"]

    assert (early, fee, confirmed) == (930565, 5.0, 0)
    assert statuses(driver) == [301, 303, 401]


def test_tips_are_given_while_nobody_has_come(driver: Driver) -> None:
    local(driver, "order/add")
    outcomes = [local(driver, "order/addtips", tips=tips)["errcode"] for tips in (5, 0)]
    mock(driver, 102)

    assert outcomes == [0, 930561]
    assert local(driver, "order/addtips", tips=1)["errcode"] == 930565


@pytest.mark.parametrize("verb", ["pre_add", "add", "readd"])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"shopid": ""}, 930561),
        ({"shopid": "unbound"}, 930560),
        ({"delivery_sign": "wrong"}, 930561),
        ({"sender": {"name": "张三"}}, 930561),
        ({"cargo": None}, 930561),
        ({"cargo": {"goods_value": 1, "goods_weight": 1}}, 930570),
        ({"delivery_id": "SFTC"}, 930561),
        ({"openid": "o-other"}, 930559),
    ],
)
def test_unclear_local_orders_call_no_rider(driver: Driver, verb: str, change: Any, code: int) -> None:
    assert local(driver, f"order/{verb}", **change)["errcode"] == code
    assert local(driver, "order/get")["errcode"] == 930563


@pytest.mark.parametrize("verb", ["get", "precancel", "cancel", "addtips", "confirm_return", "readd"])
def test_unknown_local_orders_and_strangers_are_refused(driver: Driver, verb: str) -> None:
    assert local(driver, f"order/{verb}")["errcode"] == 930563
    assert local(driver, f"order/{verb}", shopid="unbound")["errcode"] == 930560
    assert local(driver, f"order/{verb}", delivery_sign="wrong")["errcode"] == 930561


def test_order_number_is_used_once_and_mocking_is_for_the_fake_carrier(driver: Driver) -> None:
    driver.control("express/local/shop", appid=MINI, shopid="s1", delivery_id="SFTC", app_secret="s3cret")
    real = {"shopid": "s1", "delivery_id": "SFTC", "shop_order_id": "order-2"}
    outcomes = [local(driver, "order/add")["errcode"], local(driver, "order/add")["errcode"]]
    outcomes.append(local(driver, "order/add", **real)["errcode"])
    driver.control("express/local", appid=MINI, shop_order_id="order-2", order_status=102)

    assert outcomes == [0, 930562, 0]
    assert mock(driver, 102, shop_order_id="order-2") == 930561
    assert mock(driver, 102, shop_order_id="order-9") == 930563
    assert mock(driver, 999) == 930561
    assert local(driver, "order/get", **real)["rider_name"]
    assert driver.refused("express/local", appid=MINI, shop_order_id="x", order_status=102) == "unknown_order"
    mock(driver, 302)
    assert driver.refused("express/local", appid=MINI, shop_order_id="order-1", order_status=301) == "order_ended"


def test_local_carriers_and_signed_shops_are_listed(driver: Driver) -> None:
    driver.control("express/local/shop", appid=MINI, shopid="s1", delivery_id="SFTC", app_secret="s3cret")

    assert driver.api(f"{LOCAL}/delivery/getall")["list"][0]["delivery_id"] == "SFTC"
    shops = driver.api(f"{LOCAL}/shop/get")["shop_list"]
    assert shops == [{"delivery_id": "SFTC", "shopid": "s1", "audit_result": 0}]
