"""Deposits and balances, and what a missed presale gives back: the stage alone, on both engines."""

from typing import Any

import pytest

from builders import BOWL, CUP, a_campaign, a_payment, open_shop, pay, place, said
from roulian import sell
from roulian.sell import OrderStatus, Part
from roulian.store import Store
from roulian.words import Day, OrderId, SimulatedClock

DEPOSIT_FEN, PRICE_FEN = 300, 1500
DAY = Day.parse("2026-03-12")


@pytest.fixture(autouse=True)
def _shop(store: Store) -> None:
    store.call(open_shop)


def asked_first(store: Store, **more: Any) -> sell.Campaign:
    terms = {"deposit_fen": DEPOSIT_FEN, "balance_days": 3, **more}
    return store.call(lambda tx: a_campaign(tx, lot_qty=4, **terms))


def deposited(store: Store, campaign: sell.Campaign, qty: int = 2, *, key: str = "k1") -> sell.Order:
    order = store.call(lambda tx: place(tx, key, sell.Wanted(campaign.sku, qty, campaign.id)))
    store.call(lambda tx: pay(tx, order))
    return now(store, order.id)


def asked(store: Store, campaign: sell.Campaign, qty: int = 2) -> sell.Order:
    order = deposited(store, campaign, qty)
    by = order.placed_at.day().plus(3).at(23, 59)
    return store.call(lambda tx: sell.ask_balance(tx, order.id, by=by))


def now(store: Store, ident: OrderId) -> sell.Order:
    return store.read(lambda tx: sell.order(tx, ident))


def money(store: Store) -> sell.Money:
    return store.read(sell.money)


def test_deposit_counts_towards_the_goal_and_is_held(store: Store):
    campaign = asked_first(store)

    order = deposited(store, campaign, 4)

    assert (order.status, order.deposit_fen, order.paid_fen) == (OrderStatus.DEPOSIT_PAID, 1200, 1200)
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 4
    assert len(said(store, "sell.CampaignReached")) == 1
    assert (money(store).held_fen, money(store).kept_fen) == (1200, 0)
    assert said(store, "sell.OrderPaid") == []


def test_balance_can_be_paid_only_once_it_is_asked(store: Store):
    order = deposited(store, asked_first(store))
    early = a_payment(order, part=Part.BALANCE)

    before = store.call(lambda tx: sell.pay(tx, early))
    store.call(lambda tx: sell.ask_balance(tx, order.id, by=order.pay_expires_at))
    after = store.call(lambda tx: sell.pay(tx, a_payment(order, part=Part.BALANCE, transaction="wx_later")))

    assert isinstance(before, sell.Refused)
    assert isinstance(before.reason, sell.OrderNotPayable)
    assert isinstance(after, sell.Paid)
    assert (now(store, order.id).status, now(store, order.id).paid_fen) == (OrderStatus.PAID, 3000)
    [first, second] = store.read(lambda tx: sell.trades(tx, [order.id]))[order.id]
    assert [(trade.part, trade.number, trade.amount_fen) for trade in (first, second)] == [
        (Part.FIRST, order.id, 600),
        (Part.BALANCE, f"{order.id}-2", 2400),
    ]


@pytest.mark.parametrize("part", Part)
def test_each_trade_told_again_changes_nothing(store: Store, part: Part):
    order = asked(store, asked_first(store))
    store.call(lambda tx: pay(tx, order, part=Part.BALANCE))
    before = (now(store, order.id), money(store))

    outcome = store.call(lambda tx: pay(tx, order, part=part))

    assert isinstance(outcome, sell.Already)
    assert (now(store, order.id), money(store)) == before


def test_unpaid_balance_gives_the_deposit_back_by_default_and_frees_the_count(store: Store):
    campaign = asked_first(store)
    order = asked(store, campaign)

    lapsed = store.call(lambda tx: sell.expire(tx, f"{order.id}-2"))
    again = store.call(lambda tx: sell.expire(tx, f"{order.id}-2"))

    assert (lapsed, again) == (True, False)
    assert (now(store, order.id).status, now(store, order.id).why) == (OrderStatus.REFUNDING, "balance_unpaid")
    assert (money(store).owed_fen, money(store).held_fen) == (600, 0)
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 0


def test_unpaid_balance_forfeits_the_deposit_where_the_campaign_says_so(store: Store):
    campaign = asked_first(store, unpaid=sell.UnpaidRule.FORFEIT)
    order = asked(store, campaign)

    store.call(lambda tx: sell.expire(tx, f"{order.id}-2"))

    assert now(store, order.id).status is OrderStatus.FORFEITED
    assert (money(store).forfeited_fen, money(store).owed_fen) == (600, 0)
    assert said(store, "sell.DepositForfeited") == [f'{{"order":"{order.id}"}}']
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 0


def test_deposits_number_expiring_leaves_a_balance_alone(store: Store):
    order = asked(store, asked_first(store))

    assert not store.call(lambda tx: sell.expire(tx, order.id))
    assert now(store, order.id).status is OrderStatus.BALANCE_DUE


def test_late_balance_revives_a_forfeited_order_while_its_presale_runs(store: Store):
    campaign = asked_first(store, unpaid=sell.UnpaidRule.FORFEIT)
    order = asked(store, campaign)
    store.call(lambda tx: sell.expire(tx, f"{order.id}-2"))

    outcome = store.call(lambda tx: pay(tx, order, part=Part.BALANCE))
    late = money(store).late_fen
    store.call(lambda tx: sell.revive(tx, order.id))

    assert isinstance(outcome, sell.LatePaid)
    assert (late, money(store).kept_fen, money(store).late_fen) == (3000, 3000, 0)
    assert now(store, order.id).status is OrderStatus.PAID
    assert store.read(lambda tx: sell.campaign(tx, campaign.id)).paid_qty == 2


def test_late_deposit_revives_as_a_deposit(store: Store):
    campaign = asked_first(store)
    order = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2, campaign.id)))
    store.call(lambda tx: sell.expire(tx, order.id))
    store.call(lambda tx: pay(tx, order))

    revived = store.call(lambda tx: sell.revive(tx, order.id))

    assert revived.status is OrderStatus.DEPOSIT_PAID
    assert len(said(store, "sell.DepositPaid")) == 1


def test_whole_refund_goes_out_of_both_trades_and_is_done_with_the_last(store: Store):
    order = asked(store, asked_first(store))
    store.call(lambda tx: pay(tx, order, part=Part.BALANCE))

    store.call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
    owed = store.read(lambda tx: sell.refunds_of(tx, [order.id]))[order.id]
    store.call(lambda tx: sell.refunded(tx, order.id, refund_id="r2", number=f"{order.id}-2"))
    half = now(store, order.id).status
    store.call(lambda tx: sell.refunded(tx, order.id, refund_id="r1", number=order.id))
    store.call(lambda tx: sell.refunded(tx, order.id, refund_id="r1", number=order.id))

    assert [(one.number, one.part, one.amount_fen) for one in owed] == [
        (order.id, Part.FIRST, 600),
        (f"{order.id}-2", Part.BALANCE, 2400),
    ]
    assert (half, now(store, order.id).status) == (OrderStatus.REFUNDING, OrderStatus.REFUNDED)
    assert len(said(store, "sell.OrderRefunded")) == 1
    assert (money(store).returned_fen, money(store).owed_fen) == (3000, 0)


def test_parts_come_out_of_the_balance_first_and_never_exceed_a_trade(store: Store):
    order = asked(store, asked_first(store))
    store.call(lambda tx: pay(tx, order, part=Part.BALANCE))

    def back(number: str, fen: int) -> list[tuple[Part, int]]:
        owed = store.call(lambda tx: sell.refund_part(tx, order.id, number=number, fen=fen, why="after_sale"))
        return [(one.part, one.amount_fen) for one in owed]

    assert back("a", 2000) == [(Part.BALANCE, 2000)]
    assert back("b", 500) == [(Part.BALANCE, 400), (Part.FIRST, 100)]
    assert back("b", 500) == [(Part.FIRST, 100), (Part.BALANCE, 400)]  # the first ones, by number
    assert back("c", 500) == [(Part.FIRST, 500)]
    with pytest.raises(sell.TooMuchBack):
        back("d", 1)
    assert now(store, order.id).returned_fen == 3000


def test_missed_presale_gives_back_its_own_lines_alone(store: Store, clock: SimulatedClock):
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=40))
    order = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2, campaign.id), sell.Wanted(BOWL, 1)))
    store.call(lambda tx: pay(tx, order))
    clock.move_to(campaign.deadline_at)

    store.call(lambda tx: sell.close_campaign(tx, campaign.id))

    after = now(store, order.id)
    assert (after.status, after.returned_fen, after.campaigns()) == (OrderStatus.PAID, 3000, ())
    assert [(line.sku, line.is_dropped) for line in after.lines] == [(BOWL, False), (CUP, True)]
    assert after.wanted() == (sell.Wanted(BOWL, 1),)
    assert said(store, "sell.RefundDue") == []
    assert len(said(store, "sell.LinesDropped")) == len(said(store, "sell.PartRefundDue")) == 1


def test_buyers_of_a_missed_presale_choose_the_substitute_once(store: Store, clock: SimulatedClock):
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=40, substitute=BOWL, answer_days=3))
    order = store.call(lambda tx: place(tx, "k1", sell.Wanted(CUP, 2, campaign.id)))
    store.call(lambda tx: pay(tx, order))
    clock.move_to(campaign.deadline_at)
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))
    waiting = now(store, order.id)

    after = store.call(lambda tx: sell.accept_substitute(tx, order.id, campaign.id, promised_day=DAY))

    assert (waiting.status, waiting.is_to_ship(), len(waiting.substitutes(campaign.id))) == (OrderStatus.PAID, False, 1)
    assert (after.is_to_ship(), after.promised_day, after.total_fen, after.returned_fen) == (True, DAY, 3000, 0)
    assert [(line.sku, line.price_fen, line.campaign) for line in after.lines] == [(BOWL, PRICE_FEN, None)]
    for verb in (
        lambda tx: sell.decline_substitute(tx, order.id, campaign.id),
        lambda tx: sell.accept_substitute(tx, order.id, campaign.id, promised_day=DAY),
    ):
        with pytest.raises(sell.NoSubstitute):
            store.call(verb)
    assert now(store, order.id) == after
