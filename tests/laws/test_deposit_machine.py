"""Deposits, balances, substitutes and refunds in any order: to the fen, what came less what went back is owed, held or kept.

For every order and each of its trades: never more goes back than came, and an order's claims are done when their last
refund is.
"""

import random
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from builders import BOWL, CUP, MORNING, TRAY, a_campaign, a_payment, open_shop, place, said
from roulian import sell
from roulian.sell import OrderStatus, Part
from roulian.store import Store
from roulian.words import CampaignId, Ids, OrderId, Refusal, SimulatedClock

picks = st.integers(0, 9)
LATER = MORNING.plus(timedelta(days=3))


class Counter(RuleBasedStateMachine):
    """A shop with a presale that asks a deposit and one that does not, and every transaction Pay ever told us of."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(MORNING)
        self.store = Store.open(self.url, clock=self.clock, ids=Ids(random.Random(5).getrandbits))
        self.store.create_all()
        self.store.call(open_shop)
        self.orders: list[OrderId] = []
        self.claims: dict[str, OrderId] = {}
        self.told: dict[str, int] = {}

    def teardown(self) -> None:
        self.store.close()

    @initialize(
        lot_qty=st.sampled_from([1, 4, 30]),
        deposit_fen=st.integers(1, 300),
        unpaid=st.sampled_from(sell.UnpaidRule),
        instead=st.sampled_from([None, BOWL]),
        first=st.lists(st.integers(0, 3), max_size=4),
    )
    def open_presales(
        self, lot_qty: int, deposit_fen: int, unpaid: sell.UnpaidRule, instead: str | None, first: list[int]
    ) -> None:
        answer = {"substitute": instead, "answer_days": 3}

        def opened(tx) -> tuple[CampaignId, CampaignId]:
            terms = {"deposit_fen": deposit_fen, "balance_days": 3, "unpaid": unpaid}
            asked_first = a_campaign(tx, lot_qty=lot_qty, days=1, **terms, **answer)
            in_full = a_campaign(tx, sku=TRAY, lot_qty=lot_qty, days=1, **answer)
            return asked_first.id, in_full.id

        self.with_deposit, self.in_full = self.store.call(opened)
        for steps in first:
            self.order_with_a_deposit(2, steps)
            self.order_in_full(1, steps, steps > 0)

    def now(self, pick: int) -> sell.Order | None:
        if not self.orders:
            return None
        ident = self.orders[pick % len(self.orders)]
        return self.store.read(lambda tx: sell.order(tx, ident))

    @rule(cups=st.integers(1, 4), steps=st.integers(0, 3))
    def order_with_a_deposit(self, cups: int, steps: int) -> None:
        """Placed, then its deposit paid, then its balance asked, then that paid too: so many steps of it."""
        if not self._place(sell.Wanted(CUP, cups, self.with_deposit)):
            return
        last = len(self.orders) - 1
        if steps > 0:
            self.pay(last, Part.FIRST, again=True, off_by=0)
        if steps > 1:
            self.ask_balance(last, by_days=2)
        if steps > 2:
            self.pay(last, Part.BALANCE, again=True, off_by=0)

    @rule(trays=st.integers(1, 3), bowls=st.integers(0, 2), paid=st.booleans())
    def order_in_full(self, trays: int, bowls: int, paid: bool) -> None:
        if self._place(sell.Wanted(TRAY, trays, self.in_full), *[sell.Wanted(BOWL, bowls)] * bool(bowls)) and paid:
            self.pay(len(self.orders) - 1, Part.FIRST, again=True, off_by=0)

    def _place(self, *wanted: sell.Wanted) -> bool:
        try:
            self.orders.append(self.store.call(lambda tx: place(tx, f"k{len(self.orders)}", *wanted)).id)
        except sell.CampaignClosed:
            return False
        self.claims[self.orders[-1]] = self.orders[-1]
        return True

    @rule(pick=picks, part=st.sampled_from(Part), again=st.booleans(), off_by=st.sampled_from([0, 0, 0, 1]))
    def pay(self, pick: int, part: Part, again: bool, off_by: int) -> None:
        order = self.now(pick)
        if order is None:
            return
        suffix = "" if again and not off_by else f"_{len(self.told)}"
        transaction, fen = f"wx_{order.id}_{part}{suffix}", order.trade_fen(part) + off_by
        if fen < 1:
            return
        news = transaction not in self.told
        self.told.setdefault(transaction, fen)
        payment = a_payment(order, transaction=transaction, part=part, amount_fen=self.told[transaction])

        outcome = self.store.call(lambda tx: sell.pay(tx, payment))

        match outcome:
            case sell.Paid():
                assert news
                assert order.awaits(payment.out_trade_no)
            case sell.LatePaid():
                assert news
                self.claims[f"{order.id}-late"] = order.id
            case sell.Already():
                assert not news

    @rule(pick=picks, by_days=st.integers(1, 3))
    def ask_balance(self, pick: int, by_days: int) -> None:
        by = self.clock.now().plus(timedelta(days=by_days))
        self.attempt(pick, lambda tx, ident: sell.ask_balance(tx, ident, by=by))

    @rule(pick=picks, is_late=st.booleans())
    def the_time_to_pay_is_over(self, pick: int, is_late: bool) -> None:
        """Of what is due; and money for it may still come."""
        order = self.now(pick)
        due = order.due() if order else None
        if due is None:
            return
        assert self.store.call(lambda tx: sell.expire(tx, due.number))
        assert not self.store.call(lambda tx: sell.expire(tx, due.number))
        if is_late:
            part = Part.BALANCE if order.balance_by else Part.FIRST
            self.pay(pick, part, again=True, off_by=0)

    @rule(pick=picks, verb=st.sampled_from([sell.ship, sell.deliver, sell.revive]))
    def step(self, pick: int, verb) -> None:
        self.attempt(pick, verb)

    @rule(pick=picks)
    def start_refund(self, pick: int) -> None:
        self.attempt(pick, lambda tx, ident: sell.start_refund(tx, ident, why="buyer"))

    @rule(pick=picks, fen=st.integers(1, 5000), n=st.integers(1, 2))
    def refund_a_part(self, pick: int, fen: int, n: int) -> None:
        if self.attempt(pick, lambda tx, ident: sell.refund_part(tx, ident, number=f"p{n}_{ident}", fen=fen, why="x")):
            ident = self.orders[pick % len(self.orders)]
            self.claims[f"p{n}_{ident}"] = ident

    @rule(pick=picks, part=st.sampled_from(Part))
    def wechat_has_given_back(self, pick: int, part: Part) -> None:
        claims = sorted(self.claims)
        if not claims:
            return
        claim = claims[pick % len(claims)]
        number = claim if part is Part.FIRST else f"{claim}-2"
        order = self.claims[claim]
        before = self.store.read(sell.money)
        try:
            self.store.call(lambda tx: sell.refunded(tx, order, refund_id=f"r_{number}", number=number))
        except Refusal:
            assert self.store.read(sell.money) == before

    @rule(pick=picks, takes=st.booleans(), is_first=st.booleans())
    def choose(self, pick: int, takes: bool, is_first: bool) -> None:
        campaign = self.with_deposit if is_first else self.in_full

        def answer(tx, ident: OrderId) -> sell.Order:
            if takes:
                return sell.accept_substitute(tx, ident, campaign, promised_day=LATER.day())
            return sell.decline_substitute(tx, ident, campaign)

        self.attempt(pick, answer)

    @rule(is_first=st.booleans(), answers=st.lists(st.sampled_from([None, True, False]), max_size=6))
    def close_presale(self, is_first: bool, answers: list[bool | None]) -> None:
        """It closes, and some buyers answer at once, where there is something to answer."""
        if len(self.orders) < 3:
            return
        campaign = self.with_deposit if is_first else self.in_full
        self.store.call(lambda tx: sell.close_campaign(tx, campaign))
        for ident in self.orders:
            self.claims[f"{ident}-{campaign}"] = ident
        for pick, takes in enumerate(answers):
            if takes is not None:
                self.choose(pick, takes, is_first)

    def attempt(self, pick: int, verb) -> bool:
        """Whether the step was taken; a refused one leaves the order and the books as they were."""
        order = self.now(pick)
        if order is None:
            return False
        before = self.store.read(sell.money)
        try:
            self.store.call(lambda tx: verb(tx, order.id))
        except Refusal:
            assert self.now(pick) == order
            assert self.store.read(sell.money) == before
            return False
        return True

    @invariant()
    def no_money_is_lost(self) -> None:
        books = self.store.read(sell.money)
        ours = books.kept_fen + books.held_fen + books.forfeited_fen + books.late_fen
        assert books.received_fen + books.refused_fen == sum(self.told.values())
        assert books.received_fen == ours + books.owed_fen + books.returned_fen
        assert min(books.kept_fen, books.held_fen, books.forfeited_fen, books.late_fen) >= 0

    @invariant()
    def every_order_agrees_with_its_trades_and_its_claims(self) -> None:
        trades = self.store.read(lambda tx: sell.trades(tx, self.orders))
        owed = self.store.read(lambda tx: sell.refunds_of(tx, self.claims))
        for order in self.store.read(lambda tx: sell.orders(tx, self.orders)).values():
            came = {trade.part: trade.amount_fen for trade in trades.get(order.id, ())}
            back = [refund for refunds in owed.values() for refund in refunds if refund.order == order.id]
            assert sum(came.values()) == order.paid_fen
            assert sum(refund.amount_fen for refund in back) == order.returned_fen
            for part in Part:
                assert sum(refund.amount_fen for refund in back if refund.part is part) <= came.get(part, 0)
            if order.status in sell.STANDING:
                assert order.paid_fen == order.total_fen
                assert sum(line.total_fen() for line in order.standing_lines()) >= order.left_fen()
            if order.is_closed_for_good():
                assert order.left_fen() == 0
            if order.status is OrderStatus.REFUNDED:
                assert all(refund.refunded_at for refund in owed.get(order.id, ()))

    @invariant()
    def what_happens_once_is_said_once(self) -> None:
        found = self.store.read(lambda tx: sell.orders(tx, self.orders)).values()
        closed = [order for order in found if order.is_closed_for_good()]
        assert len(said(self.store, "sell.RefundDue")) == len(closed)
        done = [order for order in closed if order.status is OrderStatus.REFUNDED]
        assert len(said(self.store, "sell.OrderRefunded")) == len(done)


def test_no_fen_is_lost_whatever_happens_to_deposits() -> None:
    run_state_machine_as_test(Counter, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


def test_no_fen_is_lost_on_postgresql(postgres_url: str) -> None:
    number = iter(range(1000))

    class OnPostgres(Counter):
        def __init__(self) -> None:
            self.url = f"{postgres_url}&schema=counter_{next(number)}"
            super().__init__()

    checks = [HealthCheck.too_slow]
    run_state_machine_as_test(
        OnPostgres,
        settings=settings(max_examples=4, stateful_step_count=25, deadline=None, suppress_health_check=checks),
    )
