"""Any run of receipts, holds, waits, releases, issues, counts and lapses leaves shelves a simple model agrees with."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from builders import MORNING, said
from roulian import stock
from roulian.store import Store
from roulian.words import Day, Ids, OrderId, SimulatedClock, SkuId

SKUS = tuple(SkuId(f"sku_{letter}") for letter in "abc")
TODAY = MORNING.day()
LIVE = (stock.ClaimStatus.HELD, stock.ClaimStatus.WAITING)
skus = st.sampled_from(SKUS)
few = st.integers(1, 6)
carts = st.lists(st.builds(stock.Want, skus, few), min_size=1, max_size=4)


@dataclass
class Wish:
    """The model of a claim."""

    order: str
    sku: str
    qty: int
    held: int
    day: Day | None
    place: int
    status: stock.ClaimStatus
    lapses: bool


@dataclass
class Model:
    """Shelves as plain numbers; everything else is summed from the wishes."""

    on_hand: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, 0))
    wishes: list[Wish] = field(default_factory=list)
    safety: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, 0))
    is_below: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(SKUS, False))
    crossings: int = 0
    filled: int = 0

    def reserved(self, sku: str) -> int:
        return sum(wish.held for wish in self.wishes if wish.sku == sku and wish.status in LIVE)

    def waiting(self, sku: str) -> int:
        return sum(wish.qty - wish.held for wish in self.wishes if wish.sku == sku and wish.status in LIVE)

    def free(self, sku: str) -> int:
        return self.on_hand[sku] - self.reserved(sku)

    def of(self, order: str) -> list[Wish]:
        return [wish for wish in self.wishes if wish.order == order and wish.status in LIVE]

    def watch(self) -> None:
        for sku in SKUS:
            under = self.safety[sku] > 0 and self.free(sku) - self.waiting(sku) < self.safety[sku]
            self.crossings += under and not self.is_below[sku]
            self.is_below[sku] = under

    def hand_out(self, sku: str) -> None:
        self.watch()
        queue = [wish for wish in self.wishes if wish.sku == sku and wish.status is stock.ClaimStatus.WAITING]
        for wish in sorted(queue, key=lambda wish: (wish.day, wish.place)):
            given = min(self.free(sku), wish.qty - wish.held)
            wish.held += given
            if wish.held == wish.qty:
                wish.status = stock.ClaimStatus.HELD
                self.filled += all(other.status is stock.ClaimStatus.HELD for other in self.of(wish.order))


class Shelves(RuleBasedStateMachine):
    """The real thing beside the model, step by step."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(MORNING)
        self.store = Store.open(self.url, clock=self.clock, ids=Ids(random.Random(3).getrandbits))
        self.store.create_all()
        self.model = Model()
        self.steps = 0

    def teardown(self) -> None:
        self.store.close()

    def fresh(self, kind: str) -> str:
        self.steps += 1
        return f"{kind}{self.steps:04d}"

    def known(self, pick: int) -> OrderId | None:
        orders = sorted({wish.order for wish in self.model.wishes})
        return OrderId(orders[pick % len(orders)]) if orders else None

    def wish(self, order: str, cart: list[stock.Want], *, held: bool, day: Day | None, lapses: bool) -> None:
        sums: dict[str, int] = {}
        for want in cart:
            sums[want.sku] = sums.get(want.sku, 0) + want.qty
        status = stock.ClaimStatus.HELD if held else stock.ClaimStatus.WAITING
        self.model.wishes += [
            Wish(order, sku, qty, qty if held else 0, day, len(self.model.wishes) + place, status, lapses)
            for place, (sku, qty) in enumerate(sorted(sums.items()))
        ]
        self.model.watch()

    @rule(sku=skus, qty=few, returned=st.booleans())
    def receive(self, sku: SkuId, qty: int, returned: bool) -> None:
        verb, source = (stock.take_back if returned else stock.receive), self.fresh("in")
        news = [self.store.call(lambda tx: verb(tx, sku=sku, qty=qty, source=source)) for _ in range(2)]

        assert news == [True, False]
        self.model.on_hand[sku] += qty
        self.model.hand_out(sku)

    @rule(cart=carts, lapses=st.booleans())
    def hold(self, cart: list[stock.Want], lapses: bool) -> None:
        order, until = OrderId(self.fresh("ord")), self.clock.now().plus(timedelta(minutes=30))
        fits = all(sum(w.qty for w in cart if w.sku == sku) <= self.model.free(sku) for sku in {w.sku for w in cart})
        try:
            self.store.call(lambda tx: stock.hold(tx, order, cart, expires_at=until if lapses else None))
        except stock.SoldOut:
            assert not fits
        else:
            assert fits
            self.wish(order, cart, held=True, day=None, lapses=lapses)

    @rule(cart=carts, days=st.integers(0, 3), pick=st.integers(0, 99), joins=st.booleans())
    def wait_for(self, cart: list[stock.Want], days: int, pick: int, joins: bool) -> None:
        idle = sorted({w.order for w in self.model.wishes if not any(it.day for it in self.model.of(w.order))})
        order = OrderId(idle[pick % len(idle)] if joins and idle else self.fresh("ord"))
        day = TODAY.plus(days)

        self.store.call(lambda tx: stock.wait_for(tx, order, cart, wanted_day=day))

        self.wish(order, cart, held=False, day=day, lapses=False)

    @rule(pick=st.integers(0, 99))
    def release(self, pick: int) -> None:
        order = self.known(pick)
        if order is None:
            return
        mine = self.model.of(order)

        assert self.store.call(lambda tx: stock.release(tx, order)) == bool(mine)

        self.give_up(mine)

    def give_up(self, mine: list[Wish]) -> None:
        for wish in mine:
            wish.status = stock.ClaimStatus.RELEASED
        for sku in sorted({wish.sku for wish in mine}):
            self.model.hand_out(sku)

    @rule(pick=st.integers(0, 99))
    def keep(self, pick: int) -> None:
        order = self.known(pick)
        if order is None:
            return
        self.store.call(lambda tx: stock.keep(tx, order))
        for wish in self.model.of(order):
            wish.lapses = False

    @rule(pick=st.integers(0, 99))
    def lapse(self, pick: int) -> None:
        order = self.known(pick)
        if order is None:
            return
        self.clock.move_to(self.clock.now().plus(timedelta(hours=1)))
        mine = self.model.of(order)
        late = any(wish.lapses for wish in mine)

        assert self.store.call(lambda tx: stock.expire(tx, order)) == late

        if late:
            self.give_up(mine)

    @rule(pick=st.integers(0, 99))
    def issue(self, pick: int) -> None:
        order = self.known(pick)
        if order is None:
            return
        mine = self.model.of(order)
        ready = bool(mine) and all(wish.status is stock.ClaimStatus.HELD for wish in mine)
        try:
            left = self.store.call(lambda tx: stock.issue(tx, order))
        except stock.NotHeld:
            assert not ready
            return
        assert left == ready
        for wish in mine:
            wish.status = stock.ClaimStatus.DONE
            self.model.on_hand[wish.sku] -= wish.qty

    @rule(sku=skus, qty=few, used=st.booleans())
    def take_away(self, sku: SkuId, qty: int, used: bool) -> None:
        source = self.fresh("out")
        try:
            if used:
                self.store.call(lambda tx: stock.consume(tx, {sku: qty}, source=source))
            else:
                self.store.call(lambda tx: stock.adjust(tx, sku=sku, qty=-qty, source=source))
        except stock.StockHeld:
            assert qty > self.model.free(sku)
        else:
            self.model.on_hand[sku] -= qty
            self.model.watch()

    @precondition(lambda self: self.steps % 3 == 0)
    @rule(sku=skus, line=st.integers(0, 8))
    def draw_line(self, sku: SkuId, line: int) -> None:
        self.store.call(lambda tx: stock.set_safety(tx, {sku: line}))
        self.model.safety[sku] = line
        self.model.watch()

    @invariant()
    def shelves_are_as_the_model_says(self) -> None:
        levels = self.store.read(lambda tx: stock.levels(tx, SKUS))
        for sku in SKUS:
            level = levels.get(sku, stock.Level(sku, stock.MAIN, 0, 0, 0))
            assert (level.on_hand, level.reserved, level.waiting) == (
                self.model.on_hand[sku],
                self.model.reserved(sku),
                self.model.waiting(sku),
            )
            assert level.is_below == self.model.is_below[sku]

    @invariant()
    def claims_are_as_the_model_says(self) -> None:
        orders = {OrderId(wish.order) for wish in self.model.wishes}
        found = self.store.read(lambda tx: stock.claims(tx, orders))
        assert sorted((c.order, c.sku, c.qty, c.held, c.status) for them in found.values() for c in them) == sorted(
            (wish.order, wish.sku, wish.qty, wish.held, wish.status) for wish in self.model.wishes
        )

    @invariant()
    def counters_equal_what_moves_and_claims_add_up_to(self) -> None:
        rebuilt, kept = self.store.read(
            lambda tx: (stock.rebuilt(tx), tuple(level.counted() for level in stock.all_levels(tx)))
        )
        assert rebuilt == kept

    @invariant()
    def each_crossing_and_each_filled_order_is_said_once(self) -> None:
        assert len(said(self.store, "stock.FellBelowSafety")) == self.model.crossings
        assert len(said(self.store, "stock.ClaimsFilled")) == self.model.filled


def test_shelves_agree_with_the_model_whatever_happens() -> None:
    run_state_machine_as_test(Shelves, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


def test_shelves_agree_with_the_model_on_postgresql(postgres_url: str) -> None:
    number = iter(range(1000))

    class OnPostgres(Shelves):
        def __init__(self) -> None:
            self.url = f"{postgres_url}&schema=shelves_{next(number)}"
            super().__init__()

    checks = [HealthCheck.too_slow]
    run_state_machine_as_test(
        OnPostgres,
        settings=settings(max_examples=4, stateful_step_count=25, deadline=None, suppress_health_check=checks),
    )
