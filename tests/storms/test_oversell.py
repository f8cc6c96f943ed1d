"""The oversell suite: many buyers, few units, and every way a shop is known to sell what it has not got.

`python -m pytest tests/storms/test_oversell.py`. Every story runs on SQLite with several threads and on PostgreSQL
with several processes; each ends with 0 oversold, nothing left unsold beside a buyer it would have served, and
counters that are what moves and claims add up to.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from oversell_buyers import BUYERS, STORIES, Story, try_to_buy

from builders import BUYER, CUP, all_at_once, open_shop, opened_again, said, shelve
from roulian import sell, stock
from roulian.flows import checkout, fulfil, refunds
from roulian.gateways.pay import PaidNotice
from roulian.store import Motion, Pump, Store, Tx
from roulian.words import Clock, Ids, OrderId, Refusal, SimulatedClock

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PROCESSES = 3


def lapse(tx: Tx, order: str) -> None:
    """The time to pay is over, and WeChat Pay, when asked, knew of no payment."""
    sell.expire(tx, OrderId(order))


MOTION = Motion(
    ring={
        sell.OrderCancelled: [fulfil.give_back],
        sell.PaidAfterCancel: [refunds.late_payment],
        sell.RefundDue: [fulfil.give_back],
    },
    deadlines={"checkout.expire": lapse},
)


def assert_nothing_oversold(store: Store) -> None:
    levels = store.read(stock.all_levels)
    assert all(0 <= level.reserved <= level.on_hand for level in levels)
    assert all(0 <= lot.reserved <= lot.on_hand for lot in store.read(stock.lots_page))
    assert store.read(stock.audit) == ()


def bought_by_threads(store_url: str, clock: Clock, store: Store, story: Story) -> int:
    with opened_again(store_url, clock) as other:
        homes = (store, other)
        got = all_at_once(
            lambda number=number: try_to_buy(homes[number % 2], story, number) for number in range(BUYERS)
        )
    return got.count(True)


def bought_by_processes(store_url: str, name: str) -> int:
    program = "import oversell_buyers; oversell_buyers.main()"
    path = f"{ROOT / 'src'}:{ROOT / 'tests'}:{ROOT / 'tests' / 'storms'}"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, store_url, name, str(first), str(PROCESSES)],
            env={"PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(PROCESSES)
    ]
    answers = [process.communicate(timeout=120)[0] for process in started]
    assert [process.returncode for process in started] == [0] * PROCESSES
    return sum(map(int, answers))


@pytest.mark.parametrize("name", STORIES)
def test_no_unit_is_promised_twice(store: Store, store_url: str, clock: SimulatedClock, name: str) -> None:
    story = STORIES[name]
    store.call(story.fill)

    if store_url.startswith("sqlite"):
        got = bought_by_threads(store_url, clock, store, story)
    else:
        got = bought_by_processes(store_url, name)

    assert got == story.most
    left = sum(level.free for level in store.read(stock.shelves) if level.sku == CUP)
    assert left < max(story.least_left, 1) or left == 0
    assert_nothing_oversold(store)


class Shop:
    """A shop with its ring but no outside: checkout, payment, expiry and refund are the real flows."""

    def __init__(self, first: Store, second: Store, clock: SimulatedClock) -> None:
        self.stores, self.clock = (first, second), clock
        first.call(lambda tx: (open_shop(tx), shelve(tx, 20)))

    def place(self, number: int) -> sell.Order | None:
        cart = sell.Cart(f"key{number}", BUYER, "CN-31", (sell.Wanted(CUP, 1),))
        try:
            (answer,) = self.home(number).call(lambda tx: checkout.place(tx, [cart], pay_within=timedelta(minutes=30)))
        except Refusal:
            return None
        return answer if isinstance(answer, sell.Order) else None

    def home(self, number: int) -> Store:
        return self.stores[number % 2]

    def pay(self, order: sell.Order, *, home: int = 0, transaction: str = "") -> None:
        at = order.placed_at.plus(timedelta(minutes=29))
        number = sell.out_trade_no(order.id)
        notice = PaidNotice(number, transaction or f"wx_{order.id}", order.total_fen, "openid", at)
        self.home(home).call(lambda tx: checkout.paid(tx, notice))

    def expire(self, order: sell.Order, *, home: int = 1) -> None:
        self.home(home).call(lambda tx: lapse(tx, order.id))

    async def settle(self) -> None:
        for store in self.stores:
            await Pump(store).settle()

    def standing(self) -> list[OrderId]:
        """Orders that hold goods or had them."""
        orders = self.stores[0].read(lambda tx: sell.orders_page(tx, limit=500))
        claims = self.stores[0].read(lambda tx: stock.claims(tx, [order.id for order in orders]))
        live = (stock.ClaimStatus.HELD, stock.ClaimStatus.DONE)
        return [ident for ident, them in claims.items() if any(claim.status in live for claim in them)]

    def statuses(self) -> dict[OrderId, sell.OrderStatus]:
        orders = self.stores[0].read(lambda tx: sell.orders_page(tx, limit=500))
        return {order.id: order.status for order in orders}


@pytest.fixture
def shop(store_url: str, clock: SimulatedClock) -> Iterator[Shop]:
    stores = [Store.open(store_url, clock=clock, ids=Ids(random.Random(n).getrandbits), motion=MOTION) for n in (1, 2)]
    stores[0].create_all()
    yield Shop(stores[0], stores[1], clock)
    assert_nothing_oversold(stores[0])
    for store in stores:
        store.close()


async def test_buyers_at_the_checkout_get_only_what_is_there(shop: Shop) -> None:
    got = all_at_once(lambda number=number: shop.place(number) for number in range(80))

    held = [order for order in got if order and order.id in shop.standing()]
    assert len(held) == 20


async def test_a_reservation_that_lapses_while_it_is_paid_ends_in_one_of_two_ways(shop: Shop) -> None:
    orders = [order for number in range(20) if (order := shop.place(number))]
    shop.clock.move_to(orders[0].pay_expires_at)

    all_at_once(
        work
        for order in orders
        for work in (lambda order=order: shop.pay(order), lambda order=order: shop.expire(order))
    )
    later = all_at_once(lambda number=number: shop.place(number) for number in range(100, 140))
    await shop.settle()

    paid = {ident for ident, status in shop.statuses().items() if status is sell.OrderStatus.PAID}
    back = {ident for ident, status in shop.statuses().items() if status is sell.OrderStatus.REFUNDING}
    assert len(paid) + len(back) == len(orders) == 20
    standing = set(shop.standing())
    assert paid <= standing
    assert not back & standing
    assert len(standing) <= 20
    assert len(later) == 40


@pytest.mark.parametrize("sold_meanwhile", [20, 12])
async def test_late_payers_get_what_is_left_and_the_others_their_money(shop: Shop, sold_meanwhile: int) -> None:
    orders = [order for number in range(20) if (order := shop.place(number))]
    shop.clock.move_to(orders[0].pay_expires_at.plus(timedelta(minutes=1)))
    await shop.settle()
    second = [order for number in range(100, 100 + sold_meanwhile) if (order := shop.place(number))]

    all_at_once(lambda order=order: shop.pay(order) for order in orders)
    await shop.settle()

    statuses, standing = shop.statuses(), set(shop.standing())
    served = {order.id for order in orders if statuses[order.id] is sell.OrderStatus.PAID}
    assert len(served) == 20 - sold_meanwhile
    assert {statuses[order.id] for order in orders if order.id not in served} == {sell.OrderStatus.REFUNDING}
    assert standing == served | {order.id for order in second}
    assert len(said(shop.stores[0], "sell.RefundDue")) == sold_meanwhile


async def test_a_callback_told_often_and_at_once_counts_once(shop: Shop) -> None:
    orders = [order for number in range(20) if (order := shop.place(number))]

    all_at_once(lambda order=order, n=n: shop.pay(order, home=n) for order in orders for n in range(6))
    await shop.settle()

    assert len(said(shop.stores[0], "sell.OrderPaid")) == 20
    assert shop.stores[0].read(sell.money).received_fen == sum(order.total_fen for order in orders)
    assert len(shop.standing()) == 20


async def test_a_refund_in_a_race_with_shipping_leaves_no_goods_held_and_none_gone_unpaid(shop: Shop) -> None:
    orders = [order for number in range(20) if (order := shop.place(number))]
    all_at_once(lambda order=order: shop.pay(order) for order in orders)

    def refund(order: sell.Order) -> None:
        try:
            shop.home(0).call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
        except sell.NotRefundable:
            return

    def ship(order: sell.Order) -> None:
        try:
            shop.home(1).call(lambda tx: (stock.issue(tx, order.id), sell.ship(tx, order.id)))
        except (stock.NotHeld, sell.NotShippable):
            return

    all_at_once(
        work for order in orders for work in (lambda order=order: refund(order), lambda order=order: ship(order))
    )
    await shop.settle()

    statuses = shop.statuses()
    moves = shop.stores[0].read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ISSUE))
    claims = shop.stores[0].read(lambda tx: stock.claims(tx, list(statuses)))
    level = shop.stores[0].read(lambda tx: stock.levels(tx, [CUP]))[CUP]
    gone = {OrderId(move.source) for move in moves}
    ended = {ident: them[0].status for ident, them in claims.items()}
    assert all(ended[ident] is stock.ClaimStatus.DONE for ident in gone)
    for ident in set(statuses) - gone:
        assert (statuses[ident], ended[ident]) == (sell.OrderStatus.REFUNDING, stock.ClaimStatus.RELEASED)
    assert (level.on_hand, level.reserved) == (20 - len(gone), 0)
