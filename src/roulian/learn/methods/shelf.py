"""The shelf at the close of a day, read off other rooms' rows by shape alone."""

from collections.abc import Mapping
from typing import Protocol

from roulian.learn.model import StockDay
from roulian.words import Day, SkuId


class Shelf(Protocol):
    """Units on the shelf, held for orders, still owed to orders."""

    @property
    def on_hand(self) -> int: ...  # noqa: D102
    @property
    def reserved(self) -> int: ...  # noqa: D102
    @property
    def waiting(self) -> int: ...  # noqa: D102


class Offered(Protocol):
    """What one unit of a SKU cost us."""

    @property
    def cost_fen(self) -> int: ...  # noqa: D102


def stock_day(day: Day, *, shelves: Mapping[SkuId, Shelf], skus: Mapping[SkuId, Offered]) -> StockDay:
    """How the shelf closed `day`: units, value at cost, and of the SKUs ever stocked how many had nothing free."""
    kept = {sku: shelf for sku, shelf in shelves.items() if sku in skus}
    return StockDay(
        day=day,
        units=sum(shelf.on_hand for shelf in kept.values()),
        value_fen=sum(shelf.on_hand * skus[sku].cost_fen for sku, shelf in kept.items()),
        skus=len(kept),
        skus_out=sum(shelf.on_hand - shelf.reserved - shelf.waiting <= 0 for shelf in kept.values()),
    )
