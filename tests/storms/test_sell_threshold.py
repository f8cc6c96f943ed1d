"""Many payments at once around a presale's threshold: one lot opens, once, whoever pays and however often."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builders import CUP, a_campaign, all_at_once, open_shop, opened_again, pay, place, said
from roulian import sell
from roulian.store import Store
from roulian.words import MemberId, SimulatedClock

BUYERS = 1000


@pytest.fixture
def two_stores(store: Store, store_url: str, clock: SimulatedClock) -> Iterator[tuple[Store, Store]]:
    with opened_again(store_url, clock) as other:
        yield store, other


def placed(store: Store, *, lot_qty: int, buyers: int = BUYERS) -> tuple[sell.Campaign, list[sell.Order]]:
    def work(tx) -> tuple[sell.Campaign, list[sell.Order]]:
        open_shop(tx)
        campaign = a_campaign(tx, lot_qty=lot_qty, lot_multiple=50)
        cart = sell.Wanted(CUP, 1, campaign.id)
        return campaign, [place(tx, "k", cart, member=MemberId(f"mem_{n}")) for n in range(buyers)]

    return store.call(work)


def test_a_thousand_payments_at_once_open_exactly_one_lot(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    campaign, orders = placed(store, lot_qty=730)

    outcomes = all_at_once(
        lambda order=order, home=home: home.call(lambda tx: pay(tx, order))
        for order, home in zip(orders, (store, other) * (BUYERS // 2), strict=True)
    )

    assert {type(outcome) for outcome in outcomes} == {sell.Paid}
    assert said(store, "sell.CampaignReached") == [f'{{"campaign":"{campaign.id}","lot":1,"qty":750}}']
    after = store.read(lambda tx: sell.campaign(tx, campaign.id))
    assert (after.paid_qty, after.lots_opened, after.opened_qty) == (BUYERS, 1, 750)


def test_payments_told_three_times_in_any_order_count_once(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    campaign, orders = placed(store, lot_qty=90, buyers=100)
    calls = [(order, home) for order in orders for home in (store, other, store)]
    random.Random(11).shuffle(calls)

    outcomes = all_at_once(lambda order=order, home=home: home.call(lambda tx: pay(tx, order)) for order, home in calls)

    kinds = [type(outcome) for outcome in outcomes]
    assert (kinds.count(sell.Paid), kinds.count(sell.Already)) == (100, 200)
    assert len(said(store, "sell.OrderPaid")) == 100
    assert len(said(store, "sell.CampaignReached")) == 1
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 100


def test_closing_in_the_middle_of_payments_keeps_or_returns_every_fen(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    campaign, orders = placed(store, lot_qty=40, buyers=120)
    works: list[Callable[[], Any]] = [
        lambda order=order, home=home: home.call(lambda tx: pay(tx, order))
        for order, home in zip(orders, (store, other) * 60, strict=True)
    ]
    works.insert(60, lambda: other.call(lambda tx: sell.close_campaign(tx, campaign.id)))

    all_at_once(works)

    books = store.read(sell.money)
    counts = store.read(sell.order_counts)
    after = store.read(lambda tx: sell.campaign(tx, campaign.id))
    assert books.received_fen == 120 * 1500
    assert books.received_fen == books.kept_fen + books.late_fen + books.owed_fen
    assert counts[sell.OrderStatus.PLACED] == 0
    if after.status is sell.CampaignStatus.CLOSED:
        assert after.opened_qty >= counts[sell.OrderStatus.PAID] == after.paid_qty
    else:
        assert counts[sell.OrderStatus.PAID] == 0


def test_an_order_paid_and_cancelled_at_once_ends_in_one_of_two_ways(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    _, orders = placed(store, lot_qty=1000, buyers=60)

    all_at_once(
        work
        for order in orders
        for work in (
            lambda order=order: store.call(lambda tx: pay(tx, order)),
            lambda order=order: other.call(lambda tx: sell.expire(tx, order.id)),
        )
    )

    counts = store.read(sell.order_counts)
    paid, late = counts[sell.OrderStatus.PAID], counts[sell.OrderStatus.PAID_AFTER_CANCEL]
    assert paid + late == 60
    assert (len(said(store, "sell.OrderPaid")), len(said(store, "sell.PaidAfterCancel"))) == (paid, late)
