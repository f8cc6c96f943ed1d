"""Goods that come, part, leave, arrive, and go back in any order: every unit leaves its shelf once and reaches one fate."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from builders import BOWL, CUP, MORNING, PROMISED, TRAY, open_shop, pay, place, shelve
from roulian import deliver, sell, stock
from roulian.deliver import PathAction, ShipmentStatus
from roulian.flows import fulfil
from roulian.sell import OrderStatus, RefundDue
from roulian.store import Store, Tx
from roulian.words import Ids, OrderId, Refusal, SimulatedClock, SkuId

SKUS = (CUP, BOWL, TRAY)
WAY = (100001, 200001, 300002, 300003)
picks = st.integers(0, 99)
reports = st.lists(st.tuples(st.sampled_from([int(action) for action in PathAction]), st.integers(0, 99)), max_size=12)


class Warehouse(RuleBasedStateMachine):
    """One paid order of three SKUs, partly on the shelf, and everything that can happen to its goods."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.clock = SimulatedClock(MORNING)
        self.store = Store.open(self.url, clock=self.clock, ids=Ids(random.Random(5).getrandbits))
        self.store.create_all()
        self.store.call(open_shop)
        self.furthest: dict[str, int] = {}
        self.arrivals = 0

    def teardown(self) -> None:
        self.store.close()

    @initialize(
        lines=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=3, max_size=3),
    )
    def sell_one(self, lines: list[tuple[int, int]]) -> None:
        self.wanted = {sku: qty for sku, (qty, _) in zip(SKUS, lines, strict=True)}
        here = {sku: min(qty, there) for sku, (qty, there) in zip(SKUS, lines, strict=True)}
        order = self.store.call(lambda tx: place(tx, "k", *(sell.Wanted(sku, n) for sku, n in self.wanted.items())))
        self.order = order.id
        held = [stock.Want(sku, n) for sku, n in here.items() if n]
        missing = [stock.Want(sku, self.wanted[sku] - n) for sku, n in here.items() if self.wanted[sku] > n]
        for want in held:
            self.store.call(lambda tx, want=want: shelve(tx, want.qty, sku=want.sku))
        self.store.call(
            lambda tx: (stock.hold(tx, order.id, held), stock.wait_for(tx, order.id, missing, wanted_day=PROMISED))
        )
        self.store.call(lambda tx: (pay(tx, order), stock.keep(tx, order.id)))

    @rule(pick=picks, qty=st.integers(1, 3))
    def come_in(self, pick: int, qty: int) -> None:
        self.arrivals += 1
        sku = SKUS[pick % 3]
        self.store.call(lambda tx: shelve(tx, qty, sku=sku, source=f"lorry {self.arrivals}"))

    @rule()
    def send_what_is_ready(self) -> None:
        self.tried(lambda tx: fulfil.split(tx, self.order))

    @rule()
    def send_the_rest(self) -> None:
        self.tried(lambda tx: fulfil.ship(tx, self.order))

    @rule()
    def pack_only(self) -> None:
        """As by a carrier account: packed, and left standing for the carrier."""

        def work(tx: Tx) -> None:
            ready = stock.claims_held(stock.claims(tx, [self.order]).get(self.order, ()))
            if not ready or not sell.order(tx, self.order).is_to_ship():
                return
            parcel = deliver.pack(tx, self.order, ready[:1], place="main")
            stock.issue(tx, self.order, only=[ready[0].id], source=parcel.id)

        self.tried(work)

    @rule(pick=picks)
    def hand_over(self, pick: int) -> None:
        for parcel in self.parcels()[pick % 3 :][:1]:
            self.tried(lambda tx, parcel=parcel: fulfil.hand_over(tx, parcel.id))

    @rule(pick=picks, action=st.sampled_from(WAY), hours=st.integers(0, 99))
    def report(self, pick: int, action: int, hours: int) -> None:
        at = self.clock.now().plus(timedelta(hours=hours))
        for parcel in self.parcels()[pick % 3 :][:1]:
            self.tried(lambda tx, parcel=parcel: deliver.path(tx, parcel.id, action=action, at=at))
            self.tried(lambda tx, parcel=parcel: fulfil.close(tx, deliver.Delivered(parcel.id, self.order)))

    @rule()
    def give_back(self) -> None:
        def work(tx: Tx) -> None:
            due = sell.start_refund(tx, self.order, why="buyer")
            fulfil.give_back(tx, RefundDue(self.order, due.total_fen))

        self.tried(work)

    def tried(self, work: Callable[..., object]) -> None:
        try:
            self.store.call(work)
        except Refusal:
            return

    def parcels(self) -> tuple[deliver.Shipment, ...]:
        return self.store.read(lambda tx: deliver.shipments(tx, [self.order])).get(self.order, ())

    @invariant()
    def every_unit_has_one_place(self) -> None:
        if not hasattr(self, "order"):
            return
        claims = self.store.read(lambda tx: stock.claims(tx, [self.order])).get(self.order, ())
        live = Counter[SkuId]()
        for claim in claims:
            if claim.status in (stock.ClaimStatus.HELD, stock.ClaimStatus.WAITING):
                live[claim.sku] += claim.qty
        packed = Counter[SkuId]()
        for parcel in self.parcels():
            packed.update({item.sku: item.qty for item in parcel.items})
        standing = self.store.read(lambda tx: sell.order(tx, self.order)).is_open()
        for sku, qty in self.wanted.items():
            assert live[sku] + packed[sku] <= qty
            assert not standing or live[sku] + packed[sku] == qty

    @invariant()
    def each_parcel_left_its_shelf_once(self) -> None:
        if not hasattr(self, "order"):
            return
        moves = self.store.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ISSUE, limit=500))
        issued = {(move.source, move.sku): -move.qty for move in moves}
        assert len(issued) == len(moves)
        assert issued == {(parcel.id, item.sku): item.qty for parcel in self.parcels() for item in parcel.items}

    @invariant()
    def no_parcel_goes_backwards(self) -> None:
        order = list(ShipmentStatus)
        for parcel in self.parcels() if hasattr(self, "order") else ():
            step = order.index(parcel.status)
            assert step >= self.furthest.get(parcel.id, 0)
            self.furthest[parcel.id] = step

    @invariant()
    def an_order_has_left_with_its_last_parcel_and_not_before(self) -> None:
        if not hasattr(self, "order"):
            return
        status = self.store.read(lambda tx: sell.order(tx, self.order)).status
        units = Counter[SkuId]()
        for parcel in deliver.own(self.parcels()):
            if parcel.has_left():
                units.update({item.sku: item.qty for item in parcel.items})
        has_all_left = all(units[sku] == qty for sku, qty in self.wanted.items())
        if status is OrderStatus.PAID:
            assert not has_all_left
        if status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
            assert has_all_left


def test_goods_leave_once_in_any_order_of_events() -> None:
    run_state_machine_as_test(Warehouse, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))


def test_goods_leave_once_on_postgresql(postgres_url: str) -> None:
    number = iter(range(1000))

    class OnPostgres(Warehouse):
        def __init__(self) -> None:
            self.url = f"{postgres_url}&schema=parcels_{next(number)}"
            super().__init__()

    checks = [HealthCheck.too_slow]
    run_state_machine_as_test(
        OnPostgres,
        settings=settings(max_examples=3, stateful_step_count=15, deadline=None, suppress_health_check=checks),
    )


@given(told=reports, order=st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_reports_in_any_order_and_number_end_alike(store, told, order):
    shuffled = told + order.sample(told, len(told) // 2)
    order.shuffle(shuffled)

    one, other = way_of(store, told), way_of(store, shuffled)

    assert one == other


def way_of(store: Store, told: list[tuple[int, int]]) -> tuple[object, ...]:
    def work(tx: Tx) -> deliver.Shipment:
        parcel = deliver.pack(tx, OrderId(tx.new_id("ord")), [deliver.Item(CUP, 1)], place="main")
        deliver.hand_over(tx, parcel.id)
        for action, hours in told:
            deliver.path(tx, parcel.id, action=action, at=MORNING.plus(timedelta(hours=hours)))
        return deliver.shipment(tx, parcel.id)

    end = store.call(work)
    return end.status, end.path
