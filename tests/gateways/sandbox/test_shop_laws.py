"""Whatever happens in a shop, its goods are in stock or in an order that holds, and nothing is shipped twice."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MINUTE_MS, Driver
from gateways.sandbox.test_shop import Shop

STOCK, CANCELLED = 10, 250
STEPS = ("buy", "order", "pay", "cancel", "ship", "confirm", "claim", "wait")
MANY = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(1, 4)), max_size=20)


def tried(driver: Driver, verb: str, **body: Any) -> Any:
    """A control act that may be refused."""
    return driver.send("POST", f"/_sandbox/{verb}", json.dumps(body).encode()).json


def step(shop: Shop, orders: list[int], act: str, which: int, quantity: int) -> None:
    driver = shop.driver
    line = {"product_id": shop.product_id, "sku_id": shop.sku_ids[0], "quantity": quantity}
    if act in ("buy", "order"):
        made = tried(driver, "shop/buy", appid="wxshop0000000001", person="p1", lines=[line], pays=act == "buy")
        orders += [made["order_id"]] if "order_id" in made else []
        return
    if act == "wait":
        driver.pump(after_ms=quantity * 10 * MINUTE_MS)
        return
    if not orders:
        return
    order_id = orders[which % len(orders)]
    if act == "ship":
        shop.ship(order_id, quantity)
    elif act == "claim":
        wish = tried(driver, "shop/aftersale", order_id=order_id, sku_id=shop.sku_ids[0], quantity=quantity)
        shop.api("aftersale/acceptapply", after_sale_order_id=wish.get("after_sale_order_id", ""))
    else:
        tried(driver, f"shop/{act}", order_id=order_id)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=MANY)
def test_goods_are_in_stock_or_in_an_order_and_shipped_once(a_sandbox: MakeDriver, steps: list[Any]) -> None:
    shop = Shop(a_sandbox())
    orders: list[int] = []
    for act, which, quantity in steps:
        step(shop, orders, act, which, quantity)

    shown = [shop.order(number) for number in orders]
    held = sum(one["order_detail"]["product_infos"][0]["sku_cnt"] for one in shown if one["status"] != CANCELLED)
    assert shop.stock() + held == STOCK
    for one in shown:
        line, parcels = one["order_detail"]["product_infos"][0], one["order_detail"]["delivery_info"]
        packed = [item for parcel in parcels["delivery_product_info"] for item in parcel["product_infos"]]
        assert sum(item["product_cnt"] for item in packed) <= line["sku_cnt"]
        assert line["finish_aftersale_sku_cnt"] <= line["sku_cnt"]
        assert (one["status"] == 200) == (line["finish_aftersale_sku_cnt"] == line["sku_cnt"])
