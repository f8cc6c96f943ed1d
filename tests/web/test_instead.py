"""At the moment of shortage the shopper sees what is like it and in stock, or the presale with its date."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from house import BAG, BUNTING, CAKESTAND, House
from roulian import sell, stock
from roulian.store import Tx
from roulian.words import SkuId

pytestmark = pytest.mark.anyio
DROP = {
    "make_sourcing": sa.text("DELETE FROM make_sourcing WHERE sku = :sku"),
    "make_purchases": sa.text("DELETE FROM make_purchases WHERE sku = :sku"),
}


def alike(house: House, *skus: str) -> None:
    """These are things of one kind."""

    def work(tx: Tx) -> None:
        for sku in sell.skus(tx, [SkuId(one) for one in skus]).values():
            entry = sell.entries(tx, [sku.product])[sku.product]
            sell.save_entry(tx, replace(entry, product=replace(entry.product, category="派对")))

    house.app.store.call(work)


async def sell_out(house: House, sku: str) -> None:
    """Nothing of it is on the shelf any more, and nobody supplies it."""
    free = house.app.store.read(lambda tx: stock.free(tx, [SkuId(sku)]))[SkuId(sku)]
    house.app.store.call(lambda tx: stock.adjust(tx, sku=SkuId(sku), qty=-free, source="fire", reason="火灾"))


def stop_supply(house: House, sku: str) -> None:
    """Nobody supplies it any more, and nothing is on the way."""
    for table in ("make_sourcing", "make_purchases"):
        house.app.store.call(lambda tx, it=table: tx.run(DROP[it], sku=sku))


async def page(house: House, sku: str) -> Any:
    reply = await house.ask("GET", f"/api/store/products/{sku}")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_page_of_what_is_short_shows_what_is_like_it_and_in_stock(house: House):
    alike(house, CAKESTAND, BUNTING)
    assert (await page(house, CAKESTAND))["instead"] is None

    await sell_out(house, CAKESTAND)

    shown = await page(house, CAKESTAND)
    [card] = shown["instead"]["substitutes"]
    assert (shown["free"], card["sku"], card["free"]) == (0, BUNTING, 700)


async def test_page_of_a_presale_shows_its_date_and_needs_nothing_instead(house: House):
    shown = await page(house, BAG)

    assert shown["instead"] is None
    [campaign] = [one for one in shown["campaigns"] if one["sku"] == BAG]
    assert campaign["promise_day"]


async def test_refused_cart_is_told_what_to_take_instead_and_nothing_is_held(house: House):
    alike(house, CAKESTAND, BUNTING)
    lin = await house.person("lin")
    await sell_out(house, CAKESTAND)
    stop_supply(house, CAKESTAND)
    cart = {"key": "c-1", "region": "浙江", "lines": [{"sku": CAKESTAND, "qty": 2}]}

    reply = await house.ask("POST", "/api/store/orders", who=lin, json=cart)

    told = reply.json()["error"]
    assert (reply.status_code, told["code"]) == (409, "nothing_to_promise")
    assert [card["sku"] for card in told["instead"]["substitutes"]] == [BUNTING]
    assert told["instead"]["campaigns"] == []
    assert (await page(house, CAKESTAND))["promise"] is None
    assert house.said("sell.OrderPlaced") == []


async def test_cart_larger_than_the_substitute_is_not_sent_to_it(house: House):
    alike(house, CAKESTAND, BUNTING)
    lin = await house.person("lin")
    await sell_out(house, CAKESTAND)
    stop_supply(house, CAKESTAND)
    cart = {"key": "c-1", "region": "浙江", "lines": [{"sku": CAKESTAND, "qty": 701}]}

    reply = await house.ask("POST", "/api/store/orders", who=lin, json=cart)

    assert reply.json()["error"]["instead"]["substitutes"] == []


async def test_a_bundle_whose_component_is_short_is_refused_by_its_own_name(house: House):
    party = SkuId("party")
    parts = (sell.Component(SkuId(CAKESTAND), 2), sell.Component(SkuId(BUNTING), 1))
    entry = sell.Entry(
        sell.Product(sell.ProductId("party"), "派对套装", "Party set"),
        (sell.Sku(party, sell.ProductId("party"), 9_900, terms=sell.Terms(components=parts)),),
    )
    await house.app.store.run(lambda tx: sell.save_entry(tx, entry), cause="test")
    stop_supply(house, CAKESTAND)
    lin = await house.person("lin")
    cart = {"key": "c-1", "region": "浙江", "lines": [{"sku": party, "qty": 4}]}

    reply = await house.ask("POST", "/api/store/orders", who=lin, json=cart)

    told = reply.json()["error"]
    assert (reply.status_code, told["code"]) == (409, "nothing_to_promise")
    assert "party" in told["message"]
    assert CAKESTAND not in told["message"]
    assert (told["facts"]["sku"], told["facts"]["qty"]) == (party, 4)
    assert house.said("sell.OrderPlaced") == []
