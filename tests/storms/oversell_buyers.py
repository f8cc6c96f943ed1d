"""Buyers of the oversell suite; as a process of its own `oversell_buyers.main()` with URL STORY FIRST STEP LAST.

Each story is one way to buy and what the shop had in the beginning. A process prints how many of its buyers got goods.
"""

import secrets
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from builders import BOWL, CUP, MORNING, TRAY
from roulian import stock
from roulian.store import Store, Tx
from roulian.words import Ids, OrderId, SimulatedClock

NORTH, SOUTH = stock.LocationId("north"), stock.LocationId("south")
SET = stock.Ask(TRAY, 1, (stock.Want(CUP, 2), stock.Want(BOWL, 1)))
BUYERS = 240
THREADS = 16


@dataclass(frozen=True)
class Story:
    """What is there, how buyer `number` buys, and how many can be served at most."""

    fill: Callable[[Tx], object]
    buy: Callable[[Tx, int], object]
    most: int
    least_left: int


def order(number: int) -> OrderId:
    return OrderId(f"ord_{number:04d}")


def _shelve(tx: Tx, qty: int, sku: str = CUP, where: str = stock.MAIN) -> None:
    stock.receive(tx, sku=sku, qty=qty, source="opening", location=where)


def _two_places(tx: Tx) -> None:
    for place, region in ((NORTH, "CN-11"), (SOUTH, "CN-44")):
        stock.open_location(tx, stock.Location(place, stock.LocationKind.WAREHOUSE, "仓", "place", region))
        _shelve(tx, 50, where=place)


def _lots(tx: Tx) -> None:
    for ident, days in (("first", 3), ("second", 9)):
        lot = stock.Lot(stock.LotId(ident), tx.now.day().plus(days))
        stock.receive(tx, sku=CUP, qty=50, source=ident, lot=lot)


def _bundle_or_part(tx: Tx, number: int) -> None:
    ask = SET if number % 2 else stock.Ask(CUP, 2)
    stock.hold(tx, order(number), stock.exploded((ask,)))


def _anywhere(tx: Tx, number: int) -> None:
    region = ("CN-11", "CN-44", "CN-31")[number % 3]
    stock.hold_anywhere(tx, order(number), [stock.Ask(CUP, 3)], region=region)


STORIES: Mapping[str, Story] = {
    "one unit each": Story(
        lambda tx: _shelve(tx, 100), lambda tx, n: stock.hold(tx, order(n), [stock.Want(CUP, 1)]), 100, 1
    ),
    "one SKU on two lines": Story(
        lambda tx: _shelve(tx, 100),
        lambda tx, n: stock.hold(tx, order(n), [stock.Want(CUP, 2, "1"), stock.Want(CUP, 1, "2")]),
        33,
        3,
    ),
    "a bundle that shares a part": Story(
        lambda tx: (_shelve(tx, 100), _shelve(tx, 1000, BOWL)), _bundle_or_part, 50, 2
    ),
    "two places": Story(_two_places, _anywhere, 33, 3),
    "two lots": Story(_lots, lambda tx, n: stock.hold(tx, order(n), [stock.Want(CUP, 3)]), 33, 3),
}


def try_to_buy(store: Store, story: Story, number: int) -> bool:
    """Whether the buyer got everything; the shelf says no otherwise."""
    try:
        store.call(lambda tx: story.buy(tx, number))
    except stock.SoldOut:
        return False
    return True


def main() -> None:
    url, name, first, step = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    store = Store.open(url, clock=SimulatedClock(MORNING), ids=Ids(secrets.randbits))
    with ThreadPoolExecutor(THREADS) as pool:
        got = pool.map(lambda number: try_to_buy(store, STORIES[name], number), range(first, BUYERS, step))
        print(sum(got))  # noqa: T201 - the parent reads it
    store.close()
