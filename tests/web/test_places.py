"""A cart is held over the brand's places: where it goes, by the brand's rule, bundles whole."""

from typing import Any

import pytest

from house import CAKESTAND, House
from roulian import stock
from roulian.words import OrderId, SkuId

pytestmark = pytest.mark.anyio
ON_SHELF = 6


@pytest.fixture
async def two(house: House) -> House:
    """Three cake stands more stand in a warehouse in Guangdong."""
    place = {"kind": "warehouse", "name_zh": "广州仓", "name_en": "Guangzhou", "region": "广东"}
    assert (await house.ask("PUT", "/api/console/stock/places/canton", json=place)).status_code == 200
    receipt = {"key": "slip-0001", "place": "canton", "sku": CAKESTAND, "qty": 3, "reason": "开仓"}
    assert (await house.ask("POST", "/api/console/stock/receipts", json=receipt)).status_code == 200
    return house


async def place(house: House, qty: int, *, key: str = "c-1") -> Any:
    lin = await house.person("lin")
    cart = {"key": key, "region": "广东", "lines": [{"sku": CAKESTAND, "qty": qty}]}
    return await house.ask("POST", "/api/store/orders", who=lin, json=cart)


def held(house: House, reply: Any) -> dict[str, int]:
    order = OrderId(reply.json()["order"])
    assert house.app.store.read(stock.audit) == ()
    claims = house.app.store.read(lambda tx: stock.claims(tx, [order]))[order]
    return {claim.location: claim.held for claim in claims}


async def test_page_counts_all_places_and_the_order_takes_the_nearest_first(two: House):
    page = (await two.ask("GET", f"/api/store/products/{CAKESTAND}")).json()

    placed = await place(two, 5)

    assert page["free"] == ON_SHELF + 3
    assert placed.status_code == 201
    assert held(two, placed) == {"canton": 3, "main": 2}
    assert (await two.ask("GET", f"/api/store/products/{CAKESTAND}")).json()["free"] == 4


async def test_rule_of_the_brand_may_ask_for_few_parcels(two: House):
    told = await two.ask("PUT", "/api/console/stock/rule", json={"rule": "fewest_parcels"})

    placed = await place(two, 5)

    assert told.json() == (await two.ask("GET", "/api/console/stock/rule")).json() == {"rule": "fewest_parcels"}
    assert held(two, placed) == {"main": 5}


async def test_more_than_all_places_have_waits_for_the_purchase_and_holds_what_there_is(two: House):
    placed = await place(two, ON_SHELF + 3 + 2)

    assert placed.status_code == 201
    levels = two.app.store.read(lambda tx: stock.serving(tx, [SkuId(CAKESTAND)]))[SkuId(CAKESTAND)]
    assert (levels.free, levels.waiting) == (0, 2)


async def test_every_place_gives_up_what_it_held_when_the_order_is_cancelled(two: House):
    placed = await place(two, 5)
    lin = await two.person("lin")

    await two.ask("POST", f"/api/store/orders/{placed.json()['order']}/cancel", who=lin)
    await two.settle()

    assert (await two.ask("GET", f"/api/store/products/{CAKESTAND}")).json()["free"] == ON_SHELF + 3
    assert two.app.store.read(stock.audit) == ()
