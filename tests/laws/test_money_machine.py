"""Whatever buyers, WeChat Pay and the shop do in any order, our books are WeChat's bill to the fen.

A Hypothesis machine lives in the whole house: orders and payments go through the shop's doors and the sandbox's cashier,
notices come late, twice or in disorder, and every night the real bill is laid beside our books.
"""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from house import BAG, BUNTING, OPENING_HOUR, SMALL_BRAND, Blueprint, Bought, House, Person, entered
from roulian import books, sell
from roulian.app import read
from roulian.app.play import open_stage
from roulian.app.sandboxed import MCHID
from roulian.store import Tx
from roulian.words import Day, OrderId, Refusal

picks = st.integers(0, 99)
FIRST_DAY = Day.parse("2026-06-03")
NAMES = ("lin", "chen", "wu")
CHECK_HOUR = 2
"""By then the night's comparison is done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: `presale` 0 is none, 1 is paid in full, 2 asks a deposit."""

    who: str
    presale: int
    qty: int
    is_paid: bool


wishes = st.builds(Wish, st.sampled_from(NAMES), st.integers(0, 2), st.integers(1, 12), st.booleans())


class Till(RuleBasedStateMachine):
    """A house, its buyers, and what was planted in its books."""

    enter: Callable[[Path], Coroutine[Any, Any, House]]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.house = self.do(type(self).enter(Path(self.folder.name)))
        self.campaigns = self.do(self.presales())
        self.orders: list[tuple[Person, str]] = []
        self.planted: dict[str, int] = {}

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run(work)

    async def presales(self) -> tuple[str | None, str, str]:
        """No presale; one paid in full; one with a deposit, which is kept if the balance is not paid."""
        terms = {"deposit_fen": 300, "balance_days": 2}
        deadline = FIRST_DAY.plus(1).at(20)
        body = {"sku": BAG, "price_fen": 1500, "deadline_ms": deadline.ms, "lot_qty": 6, **terms}
        reply = await self.house.ask("POST", "/api/console/campaigns", json=body)
        assert reply.status_code == 200, reply.text
        await self.house.settle()
        return None, (await self.house.campaign())["campaign"], reply.json()["id"]

    @initialize(wishes=st.lists(wishes, min_size=3, max_size=6))
    def a_morning(self, wishes: list[Wish]) -> None:
        for wish in wishes:
            self.order(wish)

    @rule(wish=wishes)
    def order(self, wish: Wish) -> None:
        campaign = self.campaigns[wish.presale]
        lines = [{"sku": BAG if campaign else BUNTING, "qty": wish.qty, "campaign": campaign}]
        body = {"key": f"k{len(self.orders)}", "region": "浙江", "lines": lines}
        person = self.do(self.house.person(wish.who))
        reply = self.do(self.house.ask("POST", "/api/store/orders", who=person, json=body))
        assert reply.status_code in (201, 409), reply.text
        if reply.is_success:
            self.orders.append((person, reply.json()["order"]))
            if wish.is_paid:
                self.pay(len(self.orders) - 1)

    def one(self, pick: int) -> tuple[Person, str]:
        return self.orders[pick % len(self.orders)]

    @rule(pick=picks)
    def pay(self, pick: int) -> None:
        """Whatever is due: the whole, the deposit or the balance."""
        if self.orders:
            self.do(self.paid(*self.one(pick)))

    async def paid(self, who: Person, order: str) -> None:
        reply = await self.house.ask("POST", f"/api/store/orders/{order}/pay", who=who)
        assert reply.status_code in (200, 409), reply.text
        if reply.is_success and reply.json()["pay"] is not None:
            await self.house.pay(who, Bought(order, reply.json()))

    @rule(kind=st.sampled_from(["duplicate", "reorder", "hold", "slow"]), times=st.integers(1, 3))
    def notices_go_astray(self, kind: str, times: int) -> None:
        self.do(self.house.fault(kind, times=times, owner=MCHID))

    @rule()
    def held_notices_come(self) -> None:
        self.do(self.house.control("callbacks/release"))
        self.do(self.house.settle())

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        if self.orders:
            who, order = self.one(pick)
            reply = self.do(self.house.ask("POST", f"/api/store/orders/{order}/cancel", who=who))
            assert reply.status_code in (200, 409), reply.text
            self.do(self.house.settle())

    @rule(pick=picks)
    def lapse_without_asking(self, pick: int) -> None:
        """As when WeChat Pay refuses to say: a notice still on its way brings late money."""
        self.attempt(pick, sell.expire)
        self.do(self.house.settle())

    @rule(pick=picks, times=st.integers(1, 2))
    def refund(self, pick: int, times: int) -> None:
        for _ in range(times):
            self.attempt(pick, lambda tx, order: sell.start_refund(tx, order, why="buyer"))
        self.do(self.house.settle())

    @rule(pick=picks, fen=st.integers(1, 3000), number=st.integers(1, 2), then_all=st.booleans())
    def refund_a_part(self, pick: int, fen: int, number: int, then_all: bool) -> None:
        self.attempt(
            pick, lambda tx, order: sell.refund_part(tx, order, number=f"p{number}-{order}", fen=fen, why="after_sale")
        )
        if then_all:
            self.attempt(pick, lambda tx, order: sell.start_refund(tx, order, why="buyer"))
        self.do(self.house.settle())

    def attempt(self, pick: int, verb: Callable[[Tx, OrderId], object]) -> None:
        """What the shop decides about one order; a refusal changes nothing."""
        if self.orders:
            before, (_, order) = self.money(), self.one(pick)
            try:
                self.house.app.store.call(lambda tx: verb(tx, OrderId(order)))
            except Refusal:
                assert self.money() == before

    @rule(number=st.integers(1, 3), fen=st.integers(1, 900))
    def hear_of_money_that_nobody_paid(self, number: int, fen: int) -> None:
        """A difference is planted: a payment in our books that WeChat knows nothing of."""
        if f"ord_ghost_{number}" not in self.planted:
            self.planted[f"ord_ghost_{number}"] = fen
            ghost = sell.Payment(f"ord_ghost_{number}", f"42000{number}", fen, self.house.clock.now())
            self.house.app.store.call(lambda tx: sell.pay(tx, ghost))

    @rule(minutes=st.sampled_from([1, 5, 31, 240, 1440]))
    def time_goes_by(self, minutes: int) -> None:
        self.do(self.house.after(minutes=minutes))

    def money(self) -> sell.Money:
        return self.house.app.store.read(sell.money)

    @invariant()
    def every_fen_that_came_is_owed_to_an_order_held_or_on_its_way_back(self) -> None:
        it = self.money()
        standing_fen = it.kept_fen + it.held_fen + it.forfeited_fen
        assert it.received_fen - it.returned_fen == standing_fen + it.late_fen + it.owed_fen
        assert it.refused_fen == sum(self.planted.values())

    def teardown(self) -> None:
        try:
            self.do(self.reconciled())
        finally:
            self.do(self.house.close())
            self.loop.close()
            self.folder.cleanup()

    async def reconciled(self) -> None:
        """Nights later nothing is under way, and every bill is our book but for what was planted."""
        house = self.house
        await house.control("faults/clear")
        await house.control("callbacks/release")
        await house.settle()
        await house.after(minutes=40)
        await house.until(house.clock.now().day().plus(4).at(CHECK_HOUR))

        kept, money = house.app.store.read(books.reports_page), self.money()
        found = {(one.kind, one.number, one.ours_fen, one.theirs_fen) for report in kept for one in report.differences}
        missing = books.DifferenceKind.MISSING_WITH_THEM
        assert found == {(missing, number, fen, None) for number, fen in self.planted.items()}
        assert (money.late_fen, money.owed_fen) == (0, 0)
        bills = await self.bills()
        assert sum(fen for kind, fen in bills if kind == "paid") == money.received_fen
        assert sum(fen for kind, fen in bills if kind == "refunded") == money.returned_fen

    async def bills(self) -> list[tuple[str, int]]:
        """What WeChat itself says of every order."""
        found: list[tuple[str, int]] = []
        for _, order in self.orders:
            for number in (order, f"{order}-2"):
                reply = await self.house.wechat.get("/_sandbox/order", params={"mchid": MCHID, "out_trade_no": number})
                if reply.is_success and reply.json()["payment"]["transaction_id"]:
                    found += [
                        ("paid", reply.json()["payment"]["total_fen"]),
                        ("refunded", reply.json()["refunded_fen"]),
                    ]
        return found


def books_are_the_bill(enter: Callable[[Path], Coroutine[Any, Any, House]], *, examples: int) -> None:
    run_state_machine_as_test(
        type("TillOf", (Till,), {"enter": staticmethod(enter)}),
        settings=settings(max_examples=examples, stateful_step_count=20, suppress_health_check=list(HealthCheck)),
    )


def test_books_are_the_bill_whatever_happens(blueprint: Blueprint) -> None:
    books_are_the_bill(lambda folder: blueprint.house(folder / "house"), examples=12)


def test_books_are_the_bill_on_postgresql(postgres_url: str) -> None:
    numbers = count()

    async def enter(folder: Path) -> House:
        url = f"{postgres_url}&schema=till_of_{next(numbers)}&synchronous=off"
        settings = read({"ROULIAN_CONSOLE": "/nowhere", "ROULIAN_DATABASE_URL": url}, home=folder)
        stage = await open_stage(settings, scenario=SMALL_BRAND, seed=1, in_memory=True)
        house = entered(stage.app, settings)
        await house.until(FIRST_DAY.at(OPENING_HOUR))
        return house

    books_are_the_bill(enter, examples=2)
