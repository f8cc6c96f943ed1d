"""微信小店: stock, orders from the tap to the money, parcels, and after-sales."""

import json
from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import CALLBACK_URL, DAY_MS, MINI, MINUTE_MS, Driver
from wechat_sandbox import SandboxSettings
from wechat_sandbox.callbacks import SHOP_RETRIES_S

SHOP, FOLDER = "wxshop0000000001", "/channels/ec"
CUP = {"price_fen": 12_300, "stock": 10, "sku_code": "CUP-1", "attrs": {"颜色": "青"}}


@pytest.fixture
def shop(driver: Driver) -> "Shop":
    return Shop(driver)


class Shop:
    """A shop that sells one cup in two colours, the second made to order in twenty days."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.control("accounts", appid=SHOP, kind="shop", callback_url=CALLBACK_URL, format="json")
        made = driver.control(
            "shop/products", appid=SHOP, title="手作陶杯", skus=[CUP, {**CUP, "price_fen": 15_000, "presale_days": 20}]
        )
        self.product_id, self.sku_ids = made["product_id"], made["sku_ids"]

    def api(self, path: str, **body: Any) -> Any:
        return self.driver.api(f"{FOLDER}/{path}", SHOP, **body)

    def buy(self, *quantities: int, **choice: Any) -> int:
        lines = [
            {"product_id": self.product_id, "sku_id": sku_id, "quantity": quantity}
            for sku_id, quantity in zip(self.sku_ids, quantities or (1,), strict=False)
        ]
        order_id: int = self.driver.control("shop/buy", appid=SHOP, person="p1", lines=lines, **choice)["order_id"]
        return order_id

    def order(self, order_id: int) -> Any:
        return self.api("order/get", order_id=str(order_id))["order"]

    def ship(self, order_id: int, *quantities: int, **changes: Any) -> Any:
        packed = [
            {"product_id": self.product_id, "sku_id": sku_id, "product_cnt": quantity}
            for sku_id, quantity in zip(self.sku_ids, quantities or (1,), strict=False)
            if quantity
        ]
        parcel = {"delivery_id": "YTO", "waybill_id": "YT1", "deliver_type": 1, "product_infos": packed, **changes}
        return self.api("order/delivery/send", order_id=str(order_id), delivery_list=[parcel])

    def stock(self, sku: int = 0) -> int:
        data = self.api("product/stock/get", product_id=self.product_id, sku_id=self.sku_ids[sku])["data"]
        left: int = data["total_stock_num"]
        return left

    def news(self, order_id: int) -> list[Any]:
        pushes = self.driver.look("callbacks", owner=SHOP, limit=1000)["callbacks"]
        told = [(push["subject"].removeprefix("channels_ec_order_"), push["content"]) for push in pushes]
        return [
            (subject, {key: value for key, value in content["order_info"].items() if key != "order_id"})
            for subject, content in told
            if content.get("order_info", {}).get("order_id") == order_id
        ]

    def claim(self, order_id: int, **choice: Any) -> str:
        wish = {"order_id": order_id, "sku_id": self.sku_ids[0], **choice}
        number: str = self.driver.control("shop/aftersale", **wish)["after_sale_order_id"]
        return number


def test_order_runs_from_the_tap_to_the_money(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy(2)
    paid_s = driver.now_ms // 1000
    paid = shop.order(order_id)
    driver.now_ms += MINUTE_MS
    shipped = shop.ship(order_id, 2)
    sent = shop.order(order_id)
    driver.control("shop/confirm", order_id=order_id)
    done = shop.order(order_id)
    driver.pump(after_ms=7 * DAY_MS)

    assert (paid["status"], sent["status"], done["status"]) == (20, 30, 100)
    assert (shipped["errcode"], shop.stock()) == (0, 8)
    assert paid["order_detail"]["price_info"]["order_price"] == 24_600
    assert paid["order_detail"]["product_infos"][0]["sku_cnt"] == 2
    assert sent["order_detail"]["delivery_info"]["delivery_product_info"][0]["delivery_name"] == "圆通速递"
    assert shop.news(order_id) == [
        ("new", {}),
        ("pay", {"pay_time": paid_s}),
        ("wait_shipping", {}),
        ("deliver", {"finish_delivery": 1}),
        ("confirm", {"confirm_type": 1}),
        ("settle", {"settle_time": driver.now_ms // 1000}),
    ]
    assert shop.order(order_id)["order_detail"]["settle_info"]["settle_time"] == driver.now_ms // 1000


def test_news_is_json_with_the_buyers_openid_and_a_number(shop: Shop, driver: Driver) -> None:
    driver.control("accounts", appid=SHOP, kind="shop", callback_url=CALLBACK_URL, format="json", encryption="plain")
    order_id = shop.buy()
    driver.pump()

    told = json.loads(driver.received[0].body)
    assert (told["Event"], told["FromUserName"]) == ("channels_ec_order_new", driver.openid("p1", SHOP))
    assert told["order_info"] == {"order_id": order_id}


def test_unheard_news_comes_ten_times_within_four_hours(shop: Shop, driver: Driver) -> None:
    driver.answer = 500
    shop.buy(pays=False)
    for _ in range(40):
        due = driver.look("clock")["next_due_ms"]
        if due is not None and due < driver.now_ms + DAY_MS:
            driver.pump(after_ms=max(0, due - driver.now_ms))

    pushed = driver.look("callbacks", subject="channels_ec_order_new")["callbacks"][0]
    gaps_s = [
        (late["at_ms"] - early["at_ms"]) // 1000
        for early, late in zip(pushed["tried"], pushed["tried"][1:], strict=False)
    ]
    assert (len(pushed["tried"]), pushed["status"]) == (10, "failed")
    assert gaps_s == list(SHOP_RETRIES_S)


def test_parts_are_shipped_one_by_one(shop: Shop) -> None:
    order_id = shop.buy(2, 1)
    first = shop.ship(order_id, 1, 1)["errcode"]
    partly = shop.order(order_id)["status"]
    too_many = shop.ship(order_id, 2)["errcode"]
    rest = shop.ship(order_id, 1)["errcode"]
    again = shop.ship(order_id, 1)["errcode"]

    assert (first, partly, too_many, rest, again) == (0, 21, 10020051, 0, 101100)
    assert shop.order(order_id)["status"] == 30
    assert [news for news in shop.news(order_id) if news[0] == "deliver"] == [
        ("deliver", {"finish_delivery": 0}),
        ("deliver", {"finish_delivery": 1}),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"delivery_id": "NONE"},
        {"waybill_id": ""},
        {"deliver_type": 3},
        {"product_infos": []},
        {"product_infos": [{"product_id": "1", "sku_id": "other", "product_cnt": 1}]},
    ],
)
def test_unclear_parcels_ship_nothing(shop: Shop, change: Any) -> None:
    order_id = shop.buy()

    assert shop.ship(order_id, **change)["errcode"] == 10020051
    assert shop.order(order_id)["status"] == 20
    assert shop.api("order/delivery/send", order_id=str(order_id))["errcode"] == 10020051


def test_only_paid_orders_of_the_shop_are_shipped(shop: Shop) -> None:
    order_id = shop.buy(pays=False)

    assert shop.ship(order_id)["errcode"] == 101100
    assert shop.ship(42)["errcode"] == 100002
    assert shop.api("order/get", order_id="x")["errcode"] == 100002
    assert shop.api("order/get", order_id="9" * 30)["errcode"] == 100002
    assert shop.ship(order_id, delivery_id="OTHER")["errcode"] == 101100


def test_unpaid_order_lapses_and_its_goods_are_back(shop: Shop, driver: Driver) -> None:
    late, left, paid = shop.buy(3, pays=False), shop.buy(2, pays=False), shop.buy(1, pays=False)
    driver.control("shop/pay", order_id=paid)
    driver.control("shop/cancel", order_id=left)
    before = shop.stock()
    driver.pump(after_ms=30 * MINUTE_MS)

    assert (before, shop.stock()) == (6, 9)
    assert [shop.order(number)["status"] for number in (late, left, paid)] == [250, 250, 20]
    assert shop.news(late)[-1] == ("cancel", {"cancel_type": 2})
    assert shop.news(left)[-1] == ("cancel", {"cancel_type": 1})
    assert driver.refused("shop/cancel", order_id=paid) == "not_to_pay"
    assert driver.refused("shop/pay", order_id=late) == "not_to_pay"


def test_receipt_confirms_itself_after_ten_days(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy()
    early = driver.refused("shop/confirm", order_id=order_id)
    shop.ship(order_id)
    driver.pump(after_ms=10 * DAY_MS)

    assert early == "not_shipped"
    assert shop.news(order_id)[-1] == ("confirm", {"confirm_type": 2})


def test_stock_is_what_is_sold_out_of(shop: Shop, driver: Driver) -> None:
    lines = [{"product_id": shop.product_id, "sku_id": shop.sku_ids[0], "quantity": 11}]
    sold_out = driver.refused("shop/buy", appid=SHOP, person="p1", lines=lines)
    unknown = driver.refused("shop/buy", appid=SHOP, person="p1", lines=[{**lines[0], "sku_id": "x"}])
    nothing = driver.refused("shop/buy", appid=SHOP, person="p1", lines=[])
    elsewhere = driver.refused("shop/buy", appid=MINI, person="p1", lines=lines)

    assert (sold_out, unknown, nothing, elsewhere) == ("sold_out", "unknown_sku", "no_goods", "not_a_shop")
    assert shop.stock() == 10
    assert driver.refused("shop/products", appid=SHOP, title="空", skus=[]) == "bad_skus"


@pytest.mark.parametrize(
    ("kind", "number", "code", "left"),
    [(1, 5, 0, 15), (2, 4, 0, 6), (3, 7, 0, 7), (2, 11, 10020051, 10), (4, 1, 10020051, 10), (1, -1, 10020051, 10)],
)
def test_stock_is_changed_by_more_less_or_to(shop: Shop, kind: int, number: int, code: int, left: int) -> None:
    body = {"product_id": shop.product_id, "sku_id": shop.sku_ids[0], "diff_type": kind, "num": number}

    assert shop.api("product/stock/update", **body)["errcode"] == code
    assert shop.stock() == left


@pytest.mark.parametrize("verb", ["get", "update"])
def test_stock_belongs_to_a_known_sku(shop: Shop, verb: str) -> None:
    path, known = f"product/stock/{verb}", {"product_id": shop.product_id, "diff_type": 1, "num": 1}

    assert shop.api(path, **{**known, "product_id": "1"}, sku_id=shop.sku_ids[0])["errcode"] == 10020052
    assert shop.api(path, **known, sku_id="1")["errcode"] == 10020053


def test_products_are_listed_by_pages_and_shown_whole(shop: Shop, driver: Driver) -> None:
    second = driver.control("shop/products", appid=SHOP, title="碟", skus=[CUP])["product_id"]
    first_page = shop.api("product/list/get", page_size=1)
    rest = shop.api("product/list/get", page_size=30, next_key=first_page["next_key"], status=5)
    both = shop.api("product/get", product_id=shop.product_id, data_type=3)

    assert (first_page["product_ids"], first_page["total_num"]) == ([shop.product_id], 2)
    assert rest["product_ids"] == [second]
    assert shop.api("product/list/get", status=11)["product_ids"] == []
    assert both["product"] == both["edit_product"]
    assert both["product"]["min_price"] == 12_300
    assert both["product"]["skus"][1]["sku_deliver_info"]["full_payment_presale_delivery_time"] == 20
    assert "edit_product" not in shop.api("product/get", product_id=int(shop.product_id))
    assert "product" not in shop.api("product/get", product_id=shop.product_id, data_type=2)
    assert shop.api("product/get", product_id=shop.product_id, data_type=4)["errcode"] == 10020051
    assert shop.api("product/get", product_id="1")["errcode"] == 10020052
    assert shop.api("product/list/get", page_size=31)["errcode"] == 10020051


def test_orders_are_listed_within_seven_days_by_pages(shop: Shop, driver: Driver) -> None:
    start_s = driver.now_ms // 1000
    numbers = []
    for _ in range(3):
        numbers.append(str(shop.buy()))
        driver.now_ms += DAY_MS
    whole = {"start_time": start_s, "end_time": start_s + 7 * 86_400}

    first = shop.api("order/list/get", create_time_range=whole, page_size=2)
    rest = shop.api("order/list/get", create_time_range=whole, page_size=2, next_key=first["next_key"])
    day = {"start_time": start_s + 86_400, "end_time": start_s + 86_400}

    assert (first["order_id_list"], first["has_more"]) == (numbers[:2], True)
    assert (rest["order_id_list"], rest["has_more"]) == (numbers[2:], False)
    assert shop.api("order/list/get", update_time_range=day, page_size=10)["order_id_list"] == numbers[1:2]
    assert shop.api("order/list/get", create_time_range=whole, status=10, page_size=10)["order_id_list"] == []
    mine = shop.api("order/list/get", create_time_range=whole, openid=driver.openid("p1", SHOP), page_size=100)
    assert mine["order_id_list"] == numbers


@pytest.mark.parametrize(
    "change",
    [
        {"create_time_range": None},
        {"create_time_range": {"start_time": 0, "end_time": 7 * 86_400 + 1}},
        {"create_time_range": {"start_time": 2, "end_time": 1}},
        {"page_size": 0},
        {"page_size": 101},
        {"next_key": "x"},
    ],
)
def test_unbounded_lists_of_orders_are_refused(shop: Shop, change: Any) -> None:
    body = {"create_time_range": {"start_time": 0, "end_time": 7 * 86_400}, "page_size": 10}

    assert shop.api("order/list/get", **body)["errcode"] == 0
    assert shop.api("order/list/get", **{**body, **change})["errcode"] == 10020051


def test_presale_line_says_when_it_will_be_shipped(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy(0 + 1, 1)

    lines = shop.order(order_id)["order_detail"]["product_infos"]
    due = str(driver.now_ms // 1000 + 20 * 86_400)
    assert lines[0]["sku_deliver_info"] == {"stock_type": 0}
    assert lines[1]["sku_deliver_info"] == {"stock_type": 1, "predict_delivery_time": due}


def test_address_is_masked_when_asked(shop: Shop) -> None:
    order_id = shop.buy(address={"user_name": "李四"})
    shown = shop.order(order_id)["order_detail"]["delivery_info"]["address_info"]
    masked = shop.api("order/get", order_id=order_id, encode_sensitive_info=True)["order"]["order_detail"]

    assert shown["user_name"] == "李四"
    assert masked["delivery_info"]["address_info"]["user_name"] == "李***"
    assert masked["delivery_info"]["address_info"]["city_name"] == "广州市"


def test_buyer_has_a_unionid_only_under_an_open_account(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy()
    before = shop.order(order_id)
    driver.control("accounts", appid=SHOP, kind="shop", open_appid="wxopen0000000001")

    assert "unionid" not in before
    assert shop.order(order_id)["unionid"].startswith("o")


def test_money_back_without_goods_ends_the_order(shop: Shop) -> None:
    order_id = shop.buy(2)
    number = shop.claim(order_id, quantity=2)
    open_count = shop.order(order_id)["aftersale_detail"]["on_aftersale_order_cnt"]
    accepted = shop.api("aftersale/acceptapply", after_sale_order_id=number)["errcode"]

    shown = shop.api("aftersale/getaftersaleorder", after_sale_order_id=number)["after_sale_order"]
    assert (open_count, accepted, shown["status"]) == (1, 0, "MERCHANT_REFUND_SUCCESS")
    assert shown["refund_info"]["amount"] == 24_600
    assert shop.order(order_id)["status"] == 200
    assert shop.news(order_id)[-1] == ("cancel", {"cancel_type": 3})


def test_goods_come_back_before_the_money_goes(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy(2)
    shop.ship(order_id, 2)
    driver.control("shop/confirm", order_id=order_id)
    number = shop.claim(order_id, with_goods=True)
    early = driver.refused("shop/send_back", after_sale_order_id=number)
    steps = [shop.api("aftersale/acceptapply", after_sale_order_id=number)["errcode"]]
    waiting = shop.api("aftersale/acceptapply", after_sale_order_id=number)["errcode"]
    driver.control("shop/send_back", after_sale_order_id=number)
    steps.append(shop.api("aftersale/acceptapply", after_sale_order_id=number)["errcode"])

    told = [
        push["content"]["finder_shop_aftersale_status_update"]["status"]
        for push in driver.look("callbacks", subject="channels_ec_aftersale_update")["callbacks"]
    ]
    assert (early, steps, waiting) == ("not_agreed", [0, 0], 101100)
    assert told == [
        "MERCHANT_PROCESSING",
        "USER_WAIT_RETURN",
        "MERCHANT_WAIT_RECEIPT",
        "MERCHANT_RETURN_SUCCESS",
    ]
    assert shop.order(order_id)["order_detail"]["product_infos"][0]["finish_aftersale_sku_cnt"] == 1
    assert driver.refused("shop/send_back", after_sale_order_id="x") == "unknown_aftersale"


def test_refund_of_the_rest_completes_a_part_shipment(shop: Shop) -> None:
    order_id = shop.buy(2)
    shop.ship(order_id, 1)
    shop.api("aftersale/acceptapply", after_sale_order_id=shop.claim(order_id))

    assert shop.order(order_id)["status"] == 30


def test_request_is_refused_with_a_reason_once(shop: Shop) -> None:
    order_id = shop.buy()
    number = shop.claim(order_id)
    path = "aftersale/rejectapply"

    silent = shop.api(path, after_sale_order_id=number)["errcode"]
    refused = shop.api(path, after_sale_order_id=number, reject_reason="已定制")["errcode"]

    assert (silent, refused) == (10020051, 0)
    assert shop.api(path, after_sale_order_id=number, reject_reason="已定制")["errcode"] == 101100
    for verb in ("rejectapply", "acceptapply", "getaftersaleorder"):
        assert shop.api(f"aftersale/{verb}", after_sale_order_id="1", reject_reason="x")["errcode"] == 100002


def test_after_sales_are_bounded_by_what_was_bought(shop: Shop, driver: Driver) -> None:
    unpaid, paid = shop.buy(pays=False), shop.buy()
    shop.claim(paid)
    wish = {"sku_id": shop.sku_ids[0]}

    assert driver.refused("shop/aftersale", order_id=unpaid, **wish) == "not_paid"
    assert driver.refused("shop/aftersale", order_id=paid, **wish) == "not_bought"
    assert driver.refused("shop/aftersale", order_id=paid, sku_id="x") == "not_bought"
    assert driver.refused("shop/aftersale", order_id=42, **wish) == "unknown_order"


def test_after_sales_are_listed_within_a_day(shop: Shop, driver: Driver) -> None:
    order_id = shop.buy(2)
    numbers = sorted(shop.claim(order_id) for _ in range(2))
    now_s = driver.now_ms // 1000

    listed = shop.api("aftersale/getaftersalelist", begin_create_time=now_s - 10, end_create_time=now_s)
    after = shop.api("aftersale/getaftersalelist", begin_create_time=now_s, end_create_time=now_s, next_key=numbers[0])

    assert (listed["after_sale_order_id_list"], listed["has_more"]) == (numbers, False)
    assert after["after_sale_order_id_list"] == numbers[1:]
    assert shop.api("aftersale/getaftersalelist", end_create_time=now_s)["errcode"] == 10020051


def test_shop_says_who_it_is_and_which_carriers_it_has(shop: Shop, driver: Driver) -> None:
    token = driver.stable_token(SHOP)
    info = driver.send("GET", f"{FOLDER}/basics/info/get?access_token={token}").json["info"]

    assert (info["status"], info["nickname"]) == ("open_finished", SHOP)
    assert {"delivery_id": "SF", "delivery_name": "顺丰速运"} in shop.api("order/deliverycompanylist/get")[
        "company_list"
    ]


@pytest.mark.parametrize(
    "path",
    [
        "product/list/get",
        "product/get",
        "product/stock/get",
        "product/stock/update",
        "order/list/get",
        "order/get",
        "order/delivery/send",
        "order/deliverycompanylist/get",
        "aftersale/getaftersalelist",
        "aftersale/getaftersaleorder",
        "aftersale/acceptapply",
        "aftersale/rejectapply",
    ],
)
def test_mini_program_is_no_shop(driver: Driver, path: str) -> None:
    assert driver.api(f"{FOLDER}/{path}")["errcode"] == 48001


def test_mini_program_has_no_shop_to_show(driver: Driver) -> None:
    reply = driver.send("GET", f"{FOLDER}/basics/info/get?access_token={driver.stable_token()}")
    assert reply.json["errcode"] == 48001


def test_time_to_pay_and_to_settle_are_switches(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(shop_pay_within_ms=MINUTE_MS, shop_settle_days=0))
    shop = Shop(driver)
    late, done = shop.buy(pays=False), shop.buy()
    shop.ship(done)
    driver.control("shop/confirm", order_id=done)
    driver.pump(after_ms=MINUTE_MS)

    assert shop.order(late)["status"] == 250
    assert shop.news(done)[-1][0] == "settle"
