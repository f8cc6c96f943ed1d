"""What shelves do by themselves: a lot leaves the morning after its last day; the books check themselves every night."""

import pytest
import sqlalchemy as sa

from house import BUNTING, House
from roulian import stock
from roulian.words import Day, SkuId

pytestmark = pytest.mark.anyio
FIRST_DAY = Day.parse("2026-06-03")
SKU = SkuId(BUNTING)


def at(house: House, location: str) -> int:
    levels = house.app.store.read(lambda tx: stock.levels(tx, [SKU], location=stock.LocationId(location)))
    return levels[SKU].on_hand if SKU in levels else 0


async def test_a_lot_goes_into_quarantine_the_morning_after_its_last_day(house: House):
    lot = stock.Lot(stock.LotId("L1"), FIRST_DAY.plus(1))
    before = at(house, "main")
    house.app.store.call(lambda tx: stock.receive(tx, sku=SKU, qty=30, source="po:1", lot=lot))

    await house.until(FIRST_DAY.plus(1).at(23, 59))
    on_its_last_day = at(house, "main")
    await house.until(FIRST_DAY.plus(2).at(0, 1))

    assert (before + 30, at(house, "main"), at(house, "quarantine")) == (on_its_last_day, before, 30)


async def test_a_counter_that_drifts_is_found_by_night_and_shown(house: House):
    drift = sa.text("UPDATE stock_levels SET on_hand = on_hand + 1 WHERE sku = :sku")
    house.app.store.call(lambda tx: tx.run(drift, sku=BUNTING))

    await house.until(FIRST_DAY.plus(1).at(3, 1))

    (found,) = house.app.store.read(stock.findings)
    shelves = (await house.ask("GET", "/api/console/shelves")).json()
    assert (found.sku, found.kept.split("/")[0]) == (BUNTING, str(at(house, "main")))
    assert [one["id"] for one in shelves["findings"]] == [found.id]
