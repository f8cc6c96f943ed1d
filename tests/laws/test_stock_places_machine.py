"""Any run of lots, transfers, quarantine, counts, days and orders over three places makes and loses no unit."""

import random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from builders import MORNING
from roulian import stock
from roulian.store import Store, Tx
from roulian.words import Ids, OrderId, SimulatedClock, SkuId

SKUS = tuple(SkuId(f"sku_{letter}") for letter in "ab")
NORTH = stock.LocationId("north")
PLACES = (stock.MAIN, NORTH)
KIT = (stock.Want(SKUS[0], 2), stock.Want(SKUS[1], 1))
SET = SkuId("sku_set")
skus, places, few = st.sampled_from(SKUS), st.sampled_from(PLACES), st.integers(1, 6)
lots = st.none() | st.integers(0, 3)
asks = st.lists(
    st.builds(stock.Ask, skus, few, line=st.sampled_from("12")) | st.builds(stock.Ask, st.just(SET), few, st.just(KIT)),
    min_size=1,
    max_size=3,
    unique_by=lambda ask: (ask.sku, ask.line),
)
REFUSALS = (stock.SoldOut, stock.StockHeld, stock.NotHeld, stock.LotPastDay)


class Places(RuleBasedStateMachine):
    """The real stage; the model is one number per SKU: what came in less what went out."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(MORNING)
        self.store = Store.open(self.url, clock=self.clock, ids=Ids(random.Random(3).getrandbits))
        self.store.create_all()
        self.units = dict.fromkeys(SKUS, 0)
        self.orders: list[OrderId] = []
        self.on_road: list[stock.TransferId] = []
        self.steps = 0

    def teardown(self) -> None:
        self.store.close()

    @initialize()
    def open_places(self) -> None:
        north = stock.Location(NORTH, stock.LocationKind.WAREHOUSE, "北仓", "North", "CN-11")
        self.store.call(lambda tx: stock.open_location(tx, north))

    def fresh(self, kind: str) -> str:
        self.steps += 1
        return f"{kind}{self.steps:04d}"

    def tried(self, work) -> bool:
        """Whether it was done; a refusal changes nothing."""
        before = self.store.read(stock.all_levels)
        try:
            self.store.call(work)
        except REFUSALS:
            assert self.store.read(stock.all_levels) == before
            return False
        return True

    @rule(sku=skus, qty=few, where=places, age=lots)
    def receive(self, sku: SkuId, qty: int, where: stock.LocationId, age: int | None) -> None:
        lot = None if age is None else stock.Lot(stock.LotId(f"lot{age}"), MORNING.day().plus(age * 2))
        source = self.fresh("in")

        def work(tx: Tx) -> bool:
            return stock.receive(tx, sku=sku, qty=qty, source=source, location=where, lot=lot)

        if self.tried(work):
            assert not self.store.call(work)
            self.units[sku] += qty

    @rule(
        wanted=asks,
        rule_=st.sampled_from(stock.AllocationRule),
        region=st.sampled_from(["CN-11", "CN-44", ""]),
        whole=st.booleans(),
        days=st.integers(0, 3),
    )
    def hold_over_places(self, wanted, rule_, region: str, whole: bool, days: int) -> None:
        order = OrderId(self.fresh("ord"))
        verb = stock.hold_anywhere if whole else stock.hold_some
        how = {"region": region, "rule": rule_, "min_days_left": days}
        expected = self.store.read(lambda tx: stock.allocation(tx, wanted, **how))

        done = self.tried(lambda tx: verb(tx, order, wanted, **how))

        assert done == (expected.is_whole or not whole)
        held = self.store.read(lambda tx: stock.claims(tx, [order])).get(order, ())
        sums: dict[tuple[str, str, str], int] = {}
        for portion in expected.portions if done else ():
            key = (portion.line, portion.sku, portion.location)
            sums[key] = sums.get(key, 0) + portion.qty
        assert {(it.line, it.sku, it.location): it.qty for it in held} == sums
        self.orders.append(order)

    @rule(sku=skus, qty=few, where=places, days=st.integers(0, 3))
    def hold_at_one(self, sku: SkuId, qty: int, where: stock.LocationId, days: int) -> None:
        order = OrderId(self.fresh("ord"))
        self.tried(lambda tx: stock.hold(tx, order, [stock.Want(sku, qty)], location=where, min_days_left=days))
        self.orders.append(order)

    @rule(sku=skus, qty=few, where=places, days=st.integers(0, 3))
    def wait(self, sku: SkuId, qty: int, where: stock.LocationId, days: int) -> None:
        order, day = OrderId(self.fresh("ord")), self.clock.now().day().plus(5)
        want = [stock.Want(sku, qty, "1")]
        self.store.call(lambda tx: stock.wait_for(tx, order, want, wanted_day=day, location=where, min_days_left=days))
        self.orders.append(order)

    @rule(pick=st.integers(0, 99), line=st.none() | st.sampled_from("12"))
    def give_up(self, pick: int, line: str | None) -> None:
        if self.orders:
            order = self.orders[pick % len(self.orders)]
            if line is None:
                self.store.call(lambda tx: stock.release(tx, order))
            else:
                self.store.call(lambda tx: stock.release(tx, order, line=line))

    @rule(pick=st.integers(0, 99))
    def issue(self, pick: int) -> None:
        if self.orders:
            order = self.orders[pick % len(self.orders)]
            ready = self.store.read(lambda tx: stock.is_filled(tx, order))
            mine = self.store.read(lambda tx: stock.claims(tx, [order])).get(order, ())
            if self.tried(lambda tx: stock.issue(tx, order)) and ready:
                for claim in mine:
                    self.units[claim.sku] -= claim.qty if claim.status is stock.ClaimStatus.HELD else 0

    @rule(sku=skus, qty=few, where=places)
    def send(self, sku: SkuId, qty: int, where: stock.LocationId) -> None:
        box = stock.TransferId(self.fresh("tr"))
        there = NORTH if where == stock.MAIN else stock.MAIN

        def work(tx: Tx) -> bool:
            return stock.send(tx, [stock.Sent(sku, qty)], transfer=box, origin=where, destination=there)

        if self.tried(work):
            assert not self.store.call(work)
            self.on_road.append(box)

    @rule(pick=st.integers(0, 99))
    def arrive(self, pick: int) -> None:
        if self.on_road:
            box = self.on_road.pop(pick % len(self.on_road))
            assert self.store.call(lambda tx: stock.arrive(tx, box))
            assert not self.store.call(lambda tx: stock.arrive(tx, box))

    @rule(sku=skus, qty=few, where=places, out=st.booleans())
    def isolate(self, sku: SkuId, qty: int, where: stock.LocationId, out: bool) -> None:
        verb, source = (stock.clear if out else stock.quarantine), self.fresh("q")
        self.tried(lambda tx: verb(tx, [stock.Sent(sku, qty)], source=source, reason="seen", location=where))

    @rule(sku=skus, found=st.integers(0, 9), where=places, age=lots)
    def count(self, sku: SkuId, found: int, where: stock.LocationId, age: int | None) -> None:
        sheet, lot = self.fresh("cnt"), None if age is None else stock.LotId(f"lot{age}")
        known = {one.lot for one in self.store.read(lambda tx: stock.lots(tx, [sku]))}
        seen = [stock.Found(sku, found, lot if lot in known else None)]
        if self.tried(lambda tx: stock.count(tx, seen, sheet=sheet, reason="count", location=where)):
            (line,) = self.store.read(lambda tx: stock.count_lines(tx, sheet))
            self.units[sku] += line.difference

    @rule()
    def a_day_goes_by(self) -> None:
        self.clock.move_to(self.clock.now().day().plus(1).at(0, 5))
        for sku in SKUS:
            for lot in {one.lot for one in self.store.read(lambda tx, sku=sku: stock.lots(tx, [sku]))}:
                self.store.call(lambda tx, sku=sku, lot=lot: stock.expire_lot(tx, sku, lot))

    @invariant()
    def no_unit_is_made_or_lost(self) -> None:
        levels = self.store.read(stock.all_levels)
        assert {sku: sum(one.on_hand for one in levels if one.sku == sku) for sku in SKUS} == self.units

    @invariant()
    def nothing_is_oversold_and_the_books_agree(self) -> None:
        levels, lots = self.store.read(lambda tx: (stock.all_levels(tx), stock.lots(tx, SKUS)))
        assert all(0 <= one.reserved <= one.on_hand for one in (*levels, *lots))
        for level in levels:
            mine = [lot for lot in lots if (lot.sku, lot.location) == (level.sku, level.location)]
            assert sum(lot.on_hand for lot in mine) <= level.on_hand
            assert sum(lot.reserved for lot in mine) <= level.reserved
            assert sum(lot.free for lot in mine) <= level.free
        assert self.store.read(stock.audit) == ()

    @invariant()
    def an_expired_lot_serves_nobody(self) -> None:
        today = self.clock.now().day()
        for lot in self.store.read(lambda tx: stock.lots(tx, SKUS)):
            if lot.location in PLACES and lot.expires_day and lot.expires_day < today:
                assert lot.reserved == 0


def test_no_run_over_places_makes_or_loses_a_unit() -> None:
    run_state_machine_as_test(Places, settings=settings(max_examples=60, stateful_step_count=40, deadline=None))


def test_no_run_over_places_makes_or_loses_a_unit_on_postgresql(postgres_url: str) -> None:
    number = iter(range(1000))

    class OnPostgres(Places):
        def __init__(self) -> None:
            self.url = f"{postgres_url}&schema=places_{next(number)}"
            super().__init__()

    run_state_machine_as_test(
        OnPostgres,
        settings=settings(
            max_examples=4, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
