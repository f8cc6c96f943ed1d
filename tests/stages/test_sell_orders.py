"""Orders from cart to delivery, on both engines."""

from datetime import timedelta

import pytest

from builders import BOWL, BUYER, CUP, PRICE_FEN, PROMISED, TRAY, a_campaign, open_shop, pay, place, said
from roulian import sell
from roulian.sell import OrderStatus
from roulian.store import Store
from roulian.words import Day, MemberId, OrderId, SimulatedClock, SkuId, event

STRANGER = MemberId("mem_wang")


@pytest.fixture(autouse=True)
def _shop(store: Store) -> None:
    store.call(open_shop)


def status(store: Store, order: sell.Order) -> OrderStatus:
    return store.read(lambda tx: sell.order(tx, order.id)).status


def test_an_order_is_placed_at_our_prices(store: Store, clock: SimulatedClock) -> None:
    order = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2), sell.Wanted(BOWL, 1)))

    assert order.total_fen == 3 * PRICE_FEN
    assert [(line.sku, line.qty, line.price_fen) for line in order.lines] == [(BOWL, 1, PRICE_FEN), (CUP, 2, PRICE_FEN)]
    assert (order.status, order.promised_day, order.placed_at) == (OrderStatus.PLACED, PROMISED, clock.now())
    assert order.pay_expires_at == clock.now().plus(timedelta(minutes=30))
    assert store.read(lambda tx: sell.order(tx, order.id)) == order
    assert said(store, "sell.OrderPlaced") == [f'{{"order":"{order.id}"}}']


def test_a_later_price_does_not_change_an_order(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    store.call(lambda tx: sell.add_products(tx, [], [sell.Sku(CUP, sell.ProductId("prd_cup"), 9999)]))

    assert store.read(lambda tx: sell.order(tx, order.id)).total_fen == PRICE_FEN
    assert store.read(lambda tx: sell.skus(tx, [CUP]))[CUP].price_fen == 9999


def test_lines_of_one_sku_become_one(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2), sell.Wanted(CUP, 3)))

    assert [(line.sku, line.qty) for line in order.lines] == [(CUP, 5)]


def test_the_same_key_is_the_same_order(store: Store) -> None:
    first = store.call(lambda tx: place(tx, "k1"))

    again = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 7)))

    assert again == first
    assert store.read(lambda tx: sell.bills(tx, [sell.Cart("k1", BUYER, "", ())])) == (first,)
    assert len(said(store, "sell.OrderPlaced")) == 1


def test_the_same_key_is_the_same_order_even_after_its_presale_closed(store: Store) -> None:
    campaign = store.call(a_campaign)
    cart = sell.Wanted(CUP, 2, campaign.id)
    first = store.call(lambda tx: place(tx, "k1", cart))
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))

    again = store.call(lambda tx: place(tx, "k1", cart))

    assert (again.id, again.status) == (first.id, OrderStatus.CANCELLED)
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).ordered_qty == 2


def test_two_buyers_may_use_the_same_key(store: Store) -> None:
    mine = store.call(lambda tx: place(tx, "k1"))

    theirs = store.call(lambda tx: place(tx, "k1", member=STRANGER))

    assert mine.id != theirs.id
    assert store.read(lambda tx: sell.bills(tx, [sell.Cart("k1", STRANGER, "", ())])) == (theirs,)


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ((sell.Wanted(SkuId("sku_ghost"), 1),), sell.UnknownSku),
        ((sell.Wanted(CUP, 0),), sell.BadQuantity),
        ((sell.Wanted(CUP, -1),), sell.BadQuantity),
        ((sell.Wanted(CUP, 600_000), sell.Wanted(CUP, 600_000)), sell.BadQuantity),
        ((sell.Wanted(CUP, 1), sell.Wanted(BOWL, 1, "cmp_ghost")), sell.CampaignNotFound),
    ],
)
def test_a_cart_that_cannot_be_sold_leaves_no_order(store: Store, wanted, refusal) -> None:
    with pytest.raises(refusal) as told:
        store.call(lambda tx: place(tx, "k1", *wanted))

    assert told.value.text("zh") != told.value.text("en")
    assert store.read(sell.orders_page) == ()
    assert said(store, "sell.OrderPlaced") == []


def test_an_empty_cart_is_refused(store: Store) -> None:
    (answer,) = store.read(lambda tx: sell.bills(tx, [sell.Cart("k", BUYER, "", ())]))

    assert isinstance(answer, sell.CartEmpty)


def test_an_unpaid_order_can_be_cancelled_once(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    store.call(lambda tx: sell.cancel(tx, order.id, member=BUYER, why="buyer"))
    after = store.call(lambda tx: sell.cancel(tx, order.id, member=BUYER, why="again"))

    assert (after.status, after.why) == (OrderStatus.CANCELLED, "buyer")
    assert said(store, "sell.OrderCancelled") == [f'{{"order":"{order.id}","why":"buyer"}}']


def test_nobody_cancels_anothers_order(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    with pytest.raises(sell.OrderNotFound):
        store.call(lambda tx: sell.cancel(tx, order.id, member=STRANGER, why="buyer"))
    with pytest.raises(sell.OrderNotFound):
        store.read(lambda tx: sell.order(tx, order.id, member=STRANGER))

    assert status(store, order) is OrderStatus.PLACED


def test_a_paid_order_is_not_cancelled(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))
    store.call(lambda tx: pay(tx, order))

    with pytest.raises(sell.NotCancellable):
        store.call(lambda tx: sell.cancel(tx, order.id, why="buyer"))
    assert not store.call(lambda tx: sell.expire(tx, order.id))

    assert status(store, order) is OrderStatus.PAID


def test_an_unpaid_order_expires_once(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    assert store.call(lambda tx: sell.expire(tx, order.id))
    assert not store.call(lambda tx: sell.expire(tx, order.id))

    assert status(store, order) is OrderStatus.CANCELLED
    assert said(store, "sell.OrderCancelled") == [f'{{"order":"{order.id}","why":"expired"}}']


def test_a_paid_order_ships_and_arrives_once(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))
    store.call(lambda tx: pay(tx, order))
    assert store.read(lambda tx: sell.order(tx, order.id)).is_to_ship()

    for _ in range(2):
        store.call(lambda tx: sell.ship(tx, order.id))
    assert not store.read(lambda tx: sell.order(tx, order.id)).is_to_ship()
    for _ in range(2):
        store.call(lambda tx: sell.deliver(tx, order.id))

    assert status(store, order) is OrderStatus.DELIVERED
    assert (len(said(store, "sell.OrderShipped")), len(said(store, "sell.OrderDelivered"))) == (1, 1)


def test_goods_do_not_leave_unpaid_nor_arrive_unshipped(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    with pytest.raises(sell.NotShippable):
        store.call(lambda tx: sell.ship(tx, order.id))
    with pytest.raises(sell.NotShippable):
        store.call(lambda tx: sell.deliver(tx, order.id))

    assert status(store, order) is OrderStatus.PLACED


def test_a_promise_that_moves_is_said_with_both_days(store: Store) -> None:
    later = Day.parse("2026-03-25")
    order = store.call(lambda tx: place(tx, "k1"))

    assert store.call(lambda tx: sell.move_promises(tx, {order.id: later}, reason="supplier_delayed"))
    assert not store.call(lambda tx: sell.move_promises(tx, {order.id: later}, reason="supplier_delayed"))

    assert store.read(lambda tx: sell.order(tx, order.id)).promised_day == later
    (fact,) = said(store, "sell.PromiseMoved")
    assert event.read(sell.PromiseMoved, fact) == sell.PromiseMoved(order.id, PROMISED, later, "supplier_delayed")


def test_the_promise_of_what_has_left_or_is_unknown_does_not_move(store: Store) -> None:
    def left(tx) -> sell.Order:
        order = place(tx, "k1")
        pay(tx, order)
        return sell.ship(tx, order.id)

    shipped = store.call(left)
    later = PROMISED.plus(3)

    moved = store.call(lambda tx: sell.move_promises(tx, {shipped.id: later, OrderId("ord_x"): later}, reason="r"))

    assert (moved, said(store, "sell.PromiseMoved")) == ((), [])


def test_orders_are_found_by_every_filter_newest_first(store: Store, clock: SimulatedClock) -> None:
    campaign = store.call(a_campaign)
    first = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 1, campaign.id)))
    clock.move_to(clock.now().plus(timedelta(seconds=1)))
    second = store.call(lambda tx: place(tx, "k2", sell.Wanted(BOWL, 1), member=STRANGER))
    third = store.call(lambda tx: place(tx, "k3", sell.Wanted(BOWL, 1), sell.Wanted(TRAY, 1)))
    store.call(lambda tx: pay(tx, third))

    def found(**filters: object) -> list[OrderId]:
        return [order.id for order in store.read(lambda tx: sell.orders_page(tx, **filters))]

    assert found() == [third.id, second.id, first.id]
    assert found(limit=1) == [third.id]
    assert found(before=third.id) == [second.id, first.id]
    assert found(status=OrderStatus.PLACED) == [second.id, first.id]
    assert found(sku=BOWL) == [third.id, second.id]
    assert found(sku=BOWL, member=STRANGER) == [second.id]
    assert found(campaign=campaign.id) == [first.id]
    assert found(campaign=campaign.id, member=STRANGER) == []


def test_days_are_counted_by_status_in_shanghai(store: Store, clock: SimulatedClock) -> None:
    today = clock.now().day()
    paid = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 3)))
    store.call(lambda tx: (pay(tx, paid), place(tx, "k2")))
    clock.move_to(today.plus(1).at(0))
    store.call(lambda tx: place(tx, "k3", sell.Wanted(CUP, 2)))

    days = store.read(lambda tx: sell.daily_totals(tx, first=today, last=today.plus(1)))
    counts = store.read(sell.order_counts)

    assert [(row.day, row.status, row.orders, row.units, row.amount_fen) for row in days] == [
        (today, OrderStatus.PAID, 1, 3, 3 * PRICE_FEN),
        (today, OrderStatus.PLACED, 1, 1, PRICE_FEN),
        (today.plus(1), OrderStatus.PLACED, 1, 2, 2 * PRICE_FEN),
    ]
    assert (counts[OrderStatus.PLACED], counts[OrderStatus.PAID], counts[OrderStatus.REFUNDED]) == (2, 1, 0)


def test_an_order_is_named_by_its_first_product(store: Store) -> None:
    one = store.call(lambda tx: place(tx, "k1"))
    more = store.call(lambda tx: place(tx, "k2", sell.Wanted(CUP, 1), sell.Wanted(BOWL, 1)))

    names = store.read(lambda tx: sell.item_names(tx, [one, more]))

    assert names == {one.id: "白瓷杯", more.id: "白瓷杯等"}


def test_the_providers_release_of_the_money_is_entered_once(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    assert store.call(lambda tx: sell.settled(tx, sell.out_trade_no(order.id), at=tx.now))
    assert not store.call(lambda tx: sell.settled(tx, sell.out_trade_no(order.id), at=tx.now))


def test_what_the_outside_refused_is_kept_for_a_person(store: Store, clock: SimulatedClock) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    store.call(lambda tx: sell.filing_refused(tx, order.id, what="wechat.shipping", code="10060004"))
    store.call(lambda tx: sell.filing_refused(tx, order.id, what="wechat.shipping", code="10060001"))

    found = store.read(lambda tx: sell.filings_refused(tx, [order.id]))
    assert found == (sell.FilingRefused(order.id, "wechat.shipping", "10060001", clock.now()),)


def test_the_merchants_number_fits_the_provider(store: Store) -> None:
    order = store.call(lambda tx: place(tx, "k1"))

    number = sell.out_trade_no(order.id)

    assert len(number) == 30
    assert set(number) <= set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-|*")
    assert sell.order_of_trade(number) == order.id
