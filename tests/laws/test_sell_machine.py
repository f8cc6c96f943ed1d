"""Payments, cancellations, deadlines and refunds in any order never lose money, and open each lot once."""

import random
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from builders import BOWL, CUP, MORNING, a_campaign, a_payment, open_shop, pay, place, said
from roulian import sell
from roulian.sell import CampaignStatus, OrderStatus
from roulian.store import Store
from roulian.words import Ids, OrderId, Refusal, SimulatedClock

picks = st.integers(0, 99)


class Till(RuleBasedStateMachine):
    """A shop, and beside it the list of every transaction the payment provider ever told us of."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(MORNING)
        self.store = Store.open(self.url, clock=self.clock, ids=Ids(random.Random(5).getrandbits))
        self.store.create_all()
        self.store.call(open_shop)
        self.orders: list[sell.Order] = []
        self.told: dict[str, int] = {}
        self.ever_paid_qty = 0

    def teardown(self) -> None:
        self.store.close()

    @initialize(
        lot_qty=st.integers(1, 8),
        multiple=st.integers(1, 4),
        rule=st.sampled_from(sell.LotRule),
        first=st.lists(st.integers(1, 4), max_size=6),
    )
    def open_presale(self, lot_qty: int, multiple: int, rule: sell.LotRule, first: list[int]) -> None:
        self.campaign = self.store.call(
            lambda tx: a_campaign(tx, lot_qty=lot_qty, lot_multiple=multiple, rule=rule, days=1)
        ).id
        for cups in first:
            self.place_order(cups, 0, paid=True)

    def now(self, pick: int) -> sell.Order | None:
        if not self.orders:
            return None
        ident = self.orders[pick % len(self.orders)].id
        return self.store.read(lambda tx: sell.order(tx, ident))

    @rule(cups=st.integers(0, 4), bowls=st.integers(0, 2), paid=st.booleans())
    def place_order(self, cups: int, bowls: int, paid: bool) -> None:
        cart = [sell.Wanted(CUP, cups, self.campaign)] * bool(cups) + [sell.Wanted(BOWL, bowls)] * bool(bowls)
        if not cart:
            return
        before = self.campaign_now()
        try:
            self.orders.append(self.store.call(lambda tx: place(tx, f"k{len(self.orders)}", *cart)))
        except sell.CampaignClosed:
            assert not before.accepts(self.clock.now())
        else:
            if paid:
                self.pay_in_full(len(self.orders) - 1, again=True)

    def campaign_now(self) -> sell.Campaign:
        return self.store.read(lambda tx: sell.campaign(tx, self.campaign))

    @rule(pick=picks, again=st.booleans())
    def pay_in_full(self, pick: int, again: bool) -> None:
        order = self.now(pick)
        if order is None:
            return
        transaction = f"wx_{order.id}" if again or order.transaction_id is None else f"wx_{order.id}_{len(self.told)}"
        news = transaction not in self.told
        self.told[transaction] = order.total_fen

        outcome = self.store.call(lambda tx: pay(tx, order, transaction=transaction))

        match outcome:
            case sell.Paid():
                assert news
                assert order.status is OrderStatus.PLACED
                self.ever_paid_qty += sum(qty for _, qty in order.campaign_qtys())
            case sell.LatePaid():
                assert news
                assert order.status is OrderStatus.CANCELLED
            case sell.Already():
                assert not news
            case sell.Refused():
                assert order.transaction_id not in (None, transaction)

    @rule(pick=picks, off_by=st.integers(1, 50))
    def pay_a_wrong_amount(self, pick: int, off_by: int) -> None:
        order = self.now(pick)
        if order is None:
            return
        transaction = f"wx_{order.id}_wrong_{off_by}"
        self.told[transaction] = order.total_fen + off_by
        payment = a_payment(order, transaction=transaction, amount_fen=order.total_fen + off_by)

        assert isinstance(self.store.call(lambda tx: sell.pay(tx, payment)), sell.Refused)

    @rule(pick=picks)
    def pay_for_an_order_nobody_placed(self, pick: int) -> None:
        self.told[f"wx_ghost_{pick}"] = 100 + pick
        payment = sell.Payment(f"ord_ghost_{pick}", f"wx_ghost_{pick}", 100 + pick, MORNING)

        assert isinstance(self.store.call(lambda tx: sell.pay(tx, payment)), sell.Refused)

    @rule(pick=picks, verb=st.sampled_from([sell.ship, sell.deliver, sell.expire]))
    def step(self, pick: int, verb) -> None:
        self.attempt(pick, verb)

    @rule(pick=picks)
    def revive(self, pick: int) -> None:
        if self.attempt(pick, sell.revive):
            self.ever_paid_qty += sum(qty for _, qty in self.orders[pick % len(self.orders)].campaign_qtys())

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        self.attempt(pick, lambda tx, ident: sell.cancel(tx, ident, why="buyer"))

    @rule(pick=picks)
    def start_refund(self, pick: int) -> None:
        self.attempt(pick, lambda tx, ident: sell.start_refund(tx, ident, why="buyer"))

    @rule(pick=picks, fen=st.integers(0, 4000), part=st.integers(1, 3))
    def refund_a_part(self, pick: int, fen: int, part: int) -> None:
        order = self.now(pick)
        self.attempt(
            pick,
            lambda tx, ident: sell.refund_part(tx, ident, number=f"p{part}_{ident}", fen=fen, why="after_sale"),
        )
        if order is not None:
            assert self.now(pick).status is order.status

    @rule(pick=picks, part=st.integers(1, 3))
    def confirm_part(self, pick: int, part: int) -> None:
        self.attempt(
            pick,
            lambda tx, ident: sell.refunded(tx, ident, refund_id=f"r{part}_{ident}", number=f"p{part}_{ident}"),
        )

    @rule(pick=picks)
    def confirm_refund(self, pick: int) -> None:
        self.attempt(pick, lambda tx, ident: sell.refunded(tx, ident, refund_id=f"r_{ident}"))

    def attempt(self, pick: int, verb) -> bool:
        """Whether the step was taken; a refused one leaves the order and the books as they were."""
        order = self.now(pick)
        if order is None:
            return False
        before = self.store.read(sell.money)
        try:
            self.store.call(lambda tx: verb(tx, OrderId(order.id)))
        except Refusal:
            assert self.now(pick) == order
            assert self.store.read(sell.money) == before
            return False
        return True

    @rule(at_deadline=st.booleans())
    def close_presale(self, at_deadline: bool) -> None:
        if len(self.orders) < 4:
            return
        if at_deadline:
            self.clock.move_to(MORNING.plus(timedelta(days=1)))
        self.store.call(lambda tx: sell.close_campaign(tx, self.campaign))

    @invariant()
    def no_money_is_lost(self) -> None:
        books = self.store.read(sell.money)
        assert books.received_fen + books.refused_fen == sum(self.told.values())
        assert books.received_fen == books.kept_fen + books.late_fen + books.owed_fen + books.returned_fen

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        for order in self.read_all():
            numbers = [order.id, *(f"p{part}_{order.id}" for part in (1, 2, 3))]
            refunds = self.store.read(lambda tx, numbers=numbers: sell.refunds(tx, numbers))
            assert sum(refund.amount_fen for refund in refunds.values()) == order.returned_fen <= order.total_fen
            if order.status in (OrderStatus.REFUNDING, OrderStatus.REFUNDED):
                assert order.left_fen() == 0

    @invariant()
    def every_refund_is_said_once(self) -> None:
        owed = [order for order in self.read_all() if order.status in (OrderStatus.REFUNDING, OrderStatus.REFUNDED)]
        assert len(said(self.store, "sell.RefundDue")) == len(owed)

    @invariant()
    def each_lot_is_said_once_and_nobody_is_left_over(self) -> None:
        if not hasattr(self, "campaign"):
            return
        campaign = self.campaign_now()
        lots = self.store.read(lambda tx: sell.lots(tx, self.campaign))
        assert len(said(self.store, "sell.CampaignReached")) == campaign.lots_opened == len(lots)
        assert sum(qty for _, qty in lots) == campaign.opened_qty
        assert all(qty > 0 and qty % campaign.lot_multiple == 0 for _, qty in lots)
        full_lots = len(lots) - (campaign.status is CampaignStatus.CLOSED)
        assert full_lots * campaign.lot_qty <= self.ever_paid_qty
        mine = [order for order in self.read_all() if order.campaign_qtys()]
        standing = [order for order in mine if order.status in sell.STANDING]
        match campaign.status:
            case CampaignStatus.MISSED:
                assert standing == []
            case CampaignStatus.CLOSED:
                assert campaign.opened_qty >= sum(qty for order in standing for _, qty in order.campaign_qtys())
            case _:
                assert campaign.paid_qty == sum(qty for order in standing for _, qty in order.campaign_qtys())
        if not campaign.counts():
            assert all(order.status is not OrderStatus.PLACED for order in mine)

    def read_all(self) -> list[sell.Order]:
        ids = [order.id for order in self.orders]
        return list(self.store.read(lambda tx: sell.orders(tx, ids)).values())


def test_no_money_is_lost_whatever_happens() -> None:
    run_state_machine_as_test(Till, settings=settings(max_examples=50, stateful_step_count=40, deadline=None))


def test_no_money_is_lost_on_postgresql(postgres_url: str) -> None:
    number = iter(range(1000))

    class OnPostgres(Till):
        def __init__(self) -> None:
            self.url = f"{postgres_url}&schema=till_{next(number)}"
            super().__init__()

    checks = [HealthCheck.too_slow]
    run_state_machine_as_test(
        OnPostgres,
        settings=settings(max_examples=4, stateful_step_count=25, deadline=None, suppress_health_check=checks),
    )
