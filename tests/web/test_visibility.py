"""What a mini-program does not show it does not sell, on no page and by no cart."""

from dataclasses import replace

import pytest

from house import BAG, BUNTING, MINI, House
from roulian import sell
from roulian.store import Tx
from roulian.words import SkuId

pytestmark = pytest.mark.anyio


def shown_only_in(house: House, sku: str, *accounts: str) -> None:
    """The SKU is visible to these mini-programs."""

    def work(tx: Tx) -> None:
        found = sell.skus(tx, [SkuId(sku)])[SkuId(sku)]
        entry = sell.entries(tx, [found.product])[found.product]
        skus = tuple(
            replace(one, terms=replace(one.terms, accounts=accounts)) if one.id == sku else one for one in entry.skus
        )
        sell.save_entry(tx, replace(entry, skus=skus))

    house.app.store.call(work)


async def test_sku_of_another_account_is_on_no_list_and_in_no_order(house: House):
    lin = await house.person("lin")
    shown_only_in(house, BUNTING, "wx-other")
    cart = {"key": "c-1", "region": "浙江", "lines": [{"sku": BUNTING, "qty": 1}]}

    listed = (await house.ask("GET", "/api/store/products")).json()["products"]
    page = await house.ask("GET", f"/api/store/products/{BUNTING}")
    placed = await house.ask("POST", "/api/store/orders", who=lin, json=cart)

    assert BUNTING not in {card["sku"] for card in listed}
    for reply in (page, placed):
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "not_sold_here")
        assert "小程序" in reply.json()["error"]["message"]
    assert house.said("sell.OrderPlaced") == []


async def test_presale_of_another_account_is_not_offered_here_and_sold_where_it_is_shown(house: House):
    campaign = (await house.campaign())["campaign"]
    lin = await house.person("lin")
    shown_only_in(house, BAG, "wx-other")
    cart = {"key": "c-1", "region": "浙江", "lines": [{"sku": BAG, "qty": 1, "campaign": campaign}]}

    offered = (await house.ask("GET", "/api/store/campaigns")).json()["campaigns"]
    refused = await house.ask("POST", "/api/store/orders", who=lin, json=cart)
    shown_only_in(house, BAG, "wx-other", MINI)
    placed = await house.ask("POST", "/api/store/orders", who=lin, json={**cart, "key": "c-2"})

    assert BAG not in {one["sku"] for one in offered}
    assert refused.json()["error"]["code"] == "not_sold_here"
    assert placed.status_code == 201
