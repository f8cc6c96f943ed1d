"""Bundles at the shopper's doors: their components are what is promised, held and sold, whoever sells them."""

import asyncio

import pytest

from house import BUNTING, CAKESTAND, House
from roulian import sell, stock
from roulian.words import SkuId

pytestmark = pytest.mark.anyio

PARTY = SkuId("party")
ON_SHELF = 6


async def a_party_set(house: House) -> None:
    """Two cake stands and a bunting are sold as one."""
    parts = (sell.Component(SkuId(CAKESTAND), 2), sell.Component(SkuId(BUNTING), 1))
    entry = sell.Entry(
        sell.Product(sell.ProductId("party"), "派对套装", "Party set"),
        (sell.Sku(PARTY, sell.ProductId("party"), 9_900, terms=sell.Terms(components=parts)),),
    )
    await house.app.store.run(lambda tx: sell.save_entry(tx, entry), cause="test")


def shelf(house: House, sku: str) -> stock.Level:
    return house.app.store.read(lambda tx: stock.levels(tx, [SkuId(sku)]))[SkuId(sku)]


async def test_a_bundle_holds_its_components_and_leaves_with_them(house: House):
    await a_party_set(house)
    lin = await house.person("lin")
    before = shelf(house, BUNTING).on_hand
    shown = (await house.ask("GET", f"/api/store/products/{PARTY}")).json()

    bought = await house.buy(lin, PARTY, 2)
    held = (shelf(house, CAKESTAND).reserved, shelf(house, BUNTING).reserved)
    await house.after(days=2)

    assert (shown["free"], shown["promise"]["source"]) == (ON_SHELF // 2, "stock")
    page = await house.page(lin, bought)
    assert (page["total_fen"], [line["sku"] for line in page["lines"]]) == (2 * 9_900, [PARTY])
    assert held == (4, 2)
    assert page["status"] == "shipped"
    assert (shelf(house, CAKESTAND).on_hand, shelf(house, BUNTING).on_hand) == (ON_SHELF - 4, before - 2)


async def test_bundles_and_single_buyers_share_one_shelf_and_not_one_unit_more(house: House):
    await a_party_set(house)
    buyers = [await house.person(f"buyer-{n}") for n in range(8)]

    await asyncio.gather(*(house.buy(who, PARTY if n % 2 else CAKESTAND) for n, who in enumerate(buyers)))

    level = shelf(house, CAKESTAND)
    assert level.reserved == level.on_hand == ON_SHELF
    assert level.waiting == 4 * 2 + 4 - ON_SHELF
