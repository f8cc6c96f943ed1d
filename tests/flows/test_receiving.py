"""A delivery by lot, expiry, place and what was rejected: on the right shelf at once, and first expired first out."""

from typing import Any

import pytest

from house import CAKESTAND, House
from roulian import stock
from roulian.words import Day, SkuId

pytestmark = pytest.mark.anyio

TODAY = Day.parse("2026-06-03")
SKU = SkuId(CAKESTAND)
SOON, LATER = TODAY.plus(30).iso(), TODAY.plus(90).iso()


async def a_purchase(house: House) -> Any:
    """Somebody bought the shelf empty, so the shop has bought more."""
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    return (await house.purchases(CAKESTAND))[0]


async def arrives(house: House, purchase: Any, **delivery: Any) -> Any:
    told = await house.partner("POST", f"/purchases/{purchase['id']}/arrived", json=delivery)
    await house.settle()
    return told


def shelves(house: House) -> dict[str, int]:
    levels = house.app.store.read(stock.all_levels)
    return {level.location: level.on_hand for level in levels if level.sku == SKU and level.on_hand}


def lots(house: House) -> dict[tuple[str, str], int]:
    found = house.app.store.read(lambda tx: stock.lots(tx, [SKU]))
    return {(lot.location, lot.lot): lot.on_hand for lot in found}


async def test_parts_of_a_purchase_come_by_lot_and_what_was_rejected_is_set_apart_and_still_owed(house: House):
    purchase = await a_purchase(house)
    before = shelves(house)

    first = await arrives(house, purchase, qty=5, rejected_qty=2, key="n-1", lot="L-2", expires_day=LATER)
    second = await arrives(house, purchase, qty=3, key="n-2", lot="L-1", expires_day=SOON)

    assert (first["received_qty"], second["received_qty"]) == (5, 8)
    assert second["status"] != "received"
    assert lots(house) == {("main", "L-1"): 3, ("main", "L-2"): 5, ("quarantine", "L-2"): 2}
    assert shelves(house).get("quarantine") == 2
    assert shelves(house)["main"] == before["main"] + 8
    assert house.restless() == []


async def test_an_order_takes_the_lot_that_expires_first_as_soon_as_it_is_in(house: House):
    purchase = await a_purchase(house)
    await house.after(days=3)  # the first buyer's parcel has left
    await arrives(house, purchase, qty=5, key="n-1", lot="L-2", expires_day=LATER)
    await arrives(house, purchase, qty=3, key="n-2", lot="L-1", expires_day=SOON)

    chen = await house.person("chen")
    await house.buy(chen, CAKESTAND, 4)

    found = house.app.store.read(lambda tx: stock.lots(tx, [SKU]))
    assert {lot.lot: lot.reserved for lot in found} == {"L-1": 3, "L-2": 1}


async def test_a_lot_with_another_expiry_day_is_refused_at_the_door_and_nothing_is_entered(house: House):
    purchase = await a_purchase(house)
    await arrives(house, purchase, qty=5, key="n-1", lot="L-1", expires_day=SOON)
    before = shelves(house), await house.purchases(CAKESTAND)

    headers = {"x-partner-key": house.settings.partner_key}
    reply = await house.shop.post(
        f"/api/partners/purchases/{purchase['id']}/arrived",
        headers=headers,
        json={"qty": 3, "key": "n-2", "lot": "L-1", "expires_day": LATER},
    )
    await house.settle()

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "lot_differs")
    assert (shelves(house), await house.purchases(CAKESTAND)) == before
    assert house.restless() == []


async def test_the_console_takes_a_delivery_in_at_a_place_and_names_who_did(house: House):
    purchase = await a_purchase(house)
    shop = {"kind": "shop", "name_zh": "静安店", "name_en": "Jing'an", "region": "CN-31"}
    assert (await house.ask("PUT", "/api/console/stock/places/jingan", json=shop)).status_code == 200
    path = f"/api/console/supply/purchases/{purchase['id']}/receipts"
    form = {"key": "note-0001", "qty": 4, "rejected_qty": 1, "place": "jingan", "lot": "L-1", "expires_day": SOON}

    reply = await house.ask("POST", path, json=form)
    again = await house.ask("POST", path, json=form)
    otherwise = await house.ask("POST", path, json={**form, "qty": 5})
    nowhere = await house.ask("POST", path, json={**form, "key": "note-0002", "place": "nowhere"})
    await house.settle()

    assert (reply.json()["received_qty"], again.json()) == (4, reply.json())
    assert (otherwise.status_code, otherwise.json()["error"]["code"]) == (409, "delivery_differs")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "unknown_location")
    assert lots(house) == {("jingan", "L-1"): 4, ("quarantine", "L-1"): 1}
    assert house.restless() == []


async def test_good_units_past_their_last_day_are_refused_at_the_door_and_rejected_ones_are_set_apart(house: House):
    purchase = await a_purchase(house)
    before = shelves(house)
    past = TODAY.before(2).iso()

    headers = {"x-partner-key": house.settings.partner_key}
    told = [
        await house.shop.post(
            f"/api/partners/purchases/{purchase['id']}/arrived",
            headers=headers,
            json={"qty": qty, "rejected_qty": 2, "key": f"n-{qty}", "lot": "L-9", "expires_day": past},
        )
        for qty in (3, 0)
    ]
    await house.settle()

    assert [reply.status_code for reply in told] == [409, 200]
    assert (told[0].json()["error"]["code"], past in told[0].json()["error"]["message"]) == ("lot_past_day", True)
    assert shelves(house) == {**before, "quarantine": 2}
    assert house.restless() == []
