"""Many orders at once for one hot SKU: never more is held than there is, and nobody waits beside free stock."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builders import BOWL, CUP, PROMISED, all_at_once, opened_again, said, shelve
from roulian import stock
from roulian.store import Store
from roulian.words import OrderId, SimulatedClock


@pytest.fixture
def two_stores(store: Store, store_url: str, clock: SimulatedClock) -> Iterator[tuple[Store, Store]]:
    with opened_again(store_url, clock) as other:
        yield store, other


def agrees(store: Store) -> bool:
    return store.read(
        lambda tx: stock.rebuilt(tx) == tuple(level.counted() for level in stock.all_levels(tx)),
    )


def test_a_hot_sku_is_never_oversold(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    store.call(lambda tx: (shelve(tx, 100), shelve(tx, 1000, sku=BOWL)))

    def try_to_hold(number: int) -> bool:
        lines = [stock.Want(BOWL, 1), stock.Want(CUP, 1)]
        random.Random(number).shuffle(lines)
        home = (store, other)[number % 2]
        try:
            home.call(lambda tx: stock.hold(tx, OrderId(f"ord_{number:03d}"), lines))
        except stock.SoldOut:
            return False
        return True

    got = all_at_once(lambda number=number: try_to_hold(number) for number in range(400))

    assert got.count(True) == 100
    assert store.read(lambda tx: stock.free(tx, [CUP, BOWL])) == {CUP: 0, BOWL: 900}
    assert agrees(store)


def test_an_order_filled_from_two_arrivals_at_once_is_said_once(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    orders = [OrderId(f"ord_{number:02d}") for number in range(40)]
    lines = [stock.Want(BOWL, 1), stock.Want(CUP, 1)]
    store.call(lambda tx: [stock.wait_for(tx, order, lines, wanted_day=PROMISED) for order in orders])

    all_at_once(
        lambda home=home, sku=sku, number=number: home.call(lambda tx: shelve(tx, 1, sku=sku, source=f"po{number}"))
        for number in range(40)
        for home, sku in ((store, CUP), (other, BOWL))
    )

    assert sorted(said(store, "stock.ClaimsFilled")) == [f'{{"order":"{order}"}}' for order in orders]
    assert agrees(store)


def test_receipts_releases_and_issues_at_once_leave_the_books_right(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    held = [OrderId(f"ord_h{number:02d}") for number in range(40)]
    waiting = [OrderId(f"ord_w{number:02d}") for number in range(40)]
    store.call(lambda tx: (shelve(tx, 40), [stock.hold(tx, order, [stock.Want(CUP, 1)]) for order in held]))
    store.call(lambda tx: [stock.wait_for(tx, it, [stock.Want(CUP, 1)], wanted_day=PROMISED) for it in waiting])
    works: list[Callable[[], Any]] = [
        *(lambda order=order: store.call(lambda tx: stock.release(tx, order)) for order in held[:20]),
        *(lambda order=order: other.call(lambda tx: stock.issue(tx, order)) for order in held[20:]),
        *(lambda order=order: other.call(lambda tx: stock.release(tx, order)) for order in waiting[:10]),
        *(lambda n=n: store.call(lambda tx: shelve(tx, 1, source=f"po{n}")) for n in range(10)),
    ]
    random.Random(3).shuffle(works)

    all_at_once(works)

    level = store.read(lambda tx: stock.levels(tx, [CUP]))[CUP]
    assert (level.on_hand, level.reserved, level.waiting) == (30, 30, 0)
    assert agrees(store)
    assert store.read(lambda tx: stock.waiting_claims(tx, [CUP])) == {}
