"""Payments arrive in any order and number; the books end the same. On both engines."""

import pytest

from builders import CUP, PRICE_FEN, a_campaign, a_payment, open_shop, pay, place, said
from roulian import sell
from roulian.sell import OrderStatus
from roulian.store import Store
from roulian.words import OrderId, SimulatedClock


@pytest.fixture
def order(store: Store) -> sell.Order:
    store.call(open_shop)
    return store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2)))


def status(store: Store, order: sell.Order) -> OrderStatus:
    return store.read(lambda tx: sell.order(tx, order.id)).status


def test_a_payment_makes_the_order_paid(store: Store, order: sell.Order) -> None:
    payment = a_payment(order)

    outcome = store.call(lambda tx: sell.pay(tx, payment))

    assert isinstance(outcome, sell.Paid)
    paid = store.read(lambda tx: sell.order(tx, order.id))
    assert outcome.order == paid
    assert (paid.status, paid.paid_at, paid.transaction_id) == (
        OrderStatus.PAID,
        payment.paid_at,
        payment.transaction_id,
    )
    assert said(store, "sell.OrderPaid") == [f'{{"order":"{order.id}"}}']


def test_second_pay_callback_changes_nothing(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: pay(tx, order))
    before = (store.read(lambda tx: sell.order(tx, order.id)), store.read(sell.money))

    outcome = store.call(lambda tx: pay(tx, order))

    assert isinstance(outcome, sell.Already)
    assert (store.read(lambda tx: sell.order(tx, order.id)), store.read(sell.money)) == before
    assert len(said(store, "sell.OrderPaid")) == 1


def test_a_repeated_callback_after_shipping_changes_nothing(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: (pay(tx, order), sell.ship(tx, order.id)))

    assert isinstance(store.call(lambda tx: pay(tx, order)), sell.Already)

    assert status(store, order) is OrderStatus.SHIPPED


@pytest.mark.parametrize("amount_fen", [0, 1, 2 * PRICE_FEN - 1, 2 * PRICE_FEN + 1])
def test_a_wrong_amount_is_refused_and_recorded(
    store: Store, order: sell.Order, clock: SimulatedClock, amount_fen: int
) -> None:
    payment = a_payment(order, transaction="wx1", amount_fen=amount_fen)

    outcome = store.call(lambda tx: sell.pay(tx, payment))
    assert isinstance(store.call(lambda tx: sell.pay(tx, payment)), sell.Refused)

    assert isinstance(outcome, sell.Refused)
    assert isinstance(outcome.reason, sell.WrongAmount)
    assert outcome.reason.facts() == {"order": order.id, "due_fen": 2 * PRICE_FEN, "paid_fen": amount_fen}
    assert status(store, order) is OrderStatus.PLACED
    assert said(store, "sell.OrderPaid") == []
    kept = store.read(sell.refused_payments_page)
    assert [(it.transaction_id, it.out_trade_no, it.amount_fen, it.reason) for it in kept] == [
        ("wx1", order.id, amount_fen, "wrong_amount")
    ]


def test_the_right_payment_still_counts_after_a_wrong_one(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: sell.pay(tx, a_payment(order, transaction="wx1", amount_fen=1)))

    outcome = store.call(lambda tx: sell.pay(tx, a_payment(order, transaction="wx2")))

    assert isinstance(outcome, sell.Paid)
    books = store.read(sell.money)
    assert (books.kept_fen, books.refused_fen) == (order.total_fen, 1)


def test_money_for_an_order_nobody_placed_is_recorded(store: Store, order: sell.Order) -> None:
    ghost = sell.Payment("ord_ghost", "wx9", 500, order.placed_at)

    outcome = store.call(lambda tx: sell.pay(tx, ghost))

    assert isinstance(outcome, sell.Refused)
    assert isinstance(outcome.reason, sell.OrderNotFound)
    assert store.read(sell.money).refused_fen == 500


def test_an_order_paid_twice_keeps_one_payment_and_records_the_other(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: pay(tx, order, transaction="wx1"))

    outcome = store.call(lambda tx: pay(tx, order, transaction="wx2"))

    assert isinstance(outcome, sell.Refused)
    assert isinstance(outcome.reason, sell.OrderNotPayable)
    assert store.read(lambda tx: sell.order(tx, order.id)).transaction_id == "wx1"
    books = store.read(sell.money)
    assert (books.received_fen, books.kept_fen, books.refused_fen) == (order.total_fen,) * 3


def test_one_transaction_cannot_pay_two_orders(store: Store, order: sell.Order) -> None:
    other = store.call(lambda tx: place(tx, "k2", sell.Wanted(CUP, 2)))
    store.call(lambda tx: pay(tx, order, transaction="wx1"))

    outcome = store.call(lambda tx: pay(tx, other, transaction="wx1"))

    assert isinstance(outcome, sell.Refused)
    assert status(store, other) is OrderStatus.PLACED
    assert store.read(sell.money).received_fen == order.total_fen


def test_late_payment_after_cancel_is_kept_apart(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: sell.expire(tx, order.id))

    outcome = store.call(lambda tx: pay(tx, order))
    again = store.call(lambda tx: pay(tx, order))

    assert (type(outcome), type(again)) == (sell.LatePaid, sell.Already)
    assert status(store, order) is OrderStatus.PAID_AFTER_CANCEL
    assert said(store, "sell.PaidAfterCancel") == [f'{{"order":"{order.id}"}}']
    assert said(store, "sell.OrderPaid") == []
    assert store.read(sell.money).late_fen == order.total_fen


def test_a_late_payment_can_revive_the_order(store: Store, order: sell.Order) -> None:
    store.call(lambda tx: (sell.expire(tx, order.id), pay(tx, order)))

    revived = store.call(lambda tx: sell.revive(tx, order.id))

    assert (revived.status, revived.why) == (OrderStatus.PAID, "")
    assert len(said(store, "sell.OrderPaid")) == 1
    with pytest.raises(sell.NotRevivable):
        store.call(lambda tx: sell.revive(tx, order.id))


def test_a_late_payment_of_a_closed_presale_is_not_revived(store: Store, order: sell.Order) -> None:
    campaign = store.call(a_campaign)
    late = store.call(lambda tx: place(tx, "k2", sell.Wanted(CUP, 3, campaign.id)))
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))
    store.call(lambda tx: pay(tx, late))

    with pytest.raises(sell.CampaignClosed):
        store.call(lambda tx: sell.revive(tx, late.id))

    assert status(store, late) is OrderStatus.PAID_AFTER_CANCEL


def test_a_revived_order_counts_into_its_presale(store: Store, order: sell.Order) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=3))
    late = store.call(lambda tx: place(tx, "k2", sell.Wanted(CUP, 3, campaign.id)))
    store.call(lambda tx: (sell.expire(tx, late.id), pay(tx, late)))
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 0

    store.call(lambda tx: sell.revive(tx, late.id))

    assert len(said(store, "sell.CampaignReached")) == 1


@pytest.mark.parametrize("steps", [(), (sell.ship,), (sell.ship, sell.deliver)])
def test_a_paid_order_is_refunded_whole_and_once(store: Store, order: sell.Order, steps) -> None:
    store.call(lambda tx: (pay(tx, order), [step(tx, order.id) for step in steps]))

    for _ in range(2):
        store.call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
    assert store.read(sell.money).owed_fen == order.total_fen
    for _ in range(2):
        store.call(lambda tx: sell.refunded(tx, order.id, refund_id="r1"))

    assert status(store, order) is OrderStatus.REFUNDED
    assert said(store, "sell.RefundDue") == [f'{{"order":"{order.id}","fen":{order.total_fen}}}']
    assert len(said(store, "sell.OrderRefunded")) == 1
    books = store.read(sell.money)
    assert (books.received_fen, books.kept_fen, books.owed_fen, books.returned_fen) == (
        order.total_fen,
        0,
        0,
        order.total_fen,
    )


def test_money_that_never_came_does_not_go_back(store: Store, order: sell.Order) -> None:
    with pytest.raises(sell.NotRefundable):
        store.call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
    store.call(lambda tx: pay(tx, order))
    with pytest.raises(sell.NotRefundable):
        store.call(lambda tx: sell.refunded(tx, order.id, refund_id="r1"))

    assert status(store, order) is OrderStatus.PAID
    assert said(store, "sell.RefundDue") == []


@pytest.mark.parametrize("verb", [sell.ship, sell.deliver, sell.revive, sell.expire])
def test_no_verb_knows_an_order_nobody_placed(store: Store, order: sell.Order, verb) -> None:
    with pytest.raises(sell.OrderNotFound):
        store.call(lambda tx: verb(tx, OrderId("ord_ghost")))


def test_a_refund_says_why_in_the_providers_80_bytes(store: Store, order: sell.Order) -> None:
    for why in ("buyer", "campaign_missed", "paid_after_cancel", "anything"):
        paid = store.call(lambda tx, why=why: place(tx, why))
        store.call(lambda tx, paid=paid: pay(tx, paid))

        due = store.call(lambda tx, paid=paid, why=why: sell.start_refund(tx, paid.id, why=why))

        assert 0 < len(sell.refund_reason(due).encode()) <= 80
