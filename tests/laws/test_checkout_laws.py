"""Carts placed together have the orders, refusals and rows they have when they are placed one after the other."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import BOWL, CUP, MORNING, TRAY, a_campaign, a_sku, open_shop, shelve
from roulian import sell, stock
from roulian.flows import checkout
from roulian.store import Store, Tx
from roulian.words import Day, Ids, MemberId, Refusal, SimulatedClock, SkuId

PAY_WITHIN = timedelta(minutes=30)
SET = SkuId("sku_set")
GHOST = SkuId("sku_ghost")
SOON = Day.parse("2026-03-09")
ROWS = {
    "sell_orders": "id, member, key, region, total_fen, status, promised_day, pay_expires_at",
    "sell_order_lines": "order_id, line, sku, qty, price_fen, campaign",
    "sell_campaigns": "id, ordered_qty, paid_qty",
    "stock_levels": "sku, location, on_hand, reserved, waiting, is_below",
    "stock_claims": "order_id, sku, location, qty, held_qty, status, wanted_day, expires_at, line",
    "stock_claim_lots": "claim, lot, qty",
    "stock_lot_levels": "sku, location, lot, on_hand, reserved",
    "stock_waits": "order_id, open_claims",
    "decide_promises": "order_id, version, line, sku, qty, day, source, reason_code, reason_facts, pegs",
    "store_events": "kind, body",
    "store_deadlines": "kind, key, due_at, status",
}

wanted = st.builds(
    sell.Wanted,
    st.sampled_from((CUP, CUP, BOWL, TRAY, SET, GHOST)),
    st.integers(0, 4),
    st.sampled_from((None, None, None, "campaign")),
)
carts = st.lists(
    st.builds(
        sell.Cart,
        key=st.sampled_from(("k1", "k2", "k3", "k4", "k5")),
        member=st.sampled_from((MemberId("mem_lin"), MemberId("mem_wang"))),
        region=st.just("浙江"),
        wanted=st.lists(wanted, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=12,
)


def a_shop(tx: Tx) -> str:
    """Cups under a safety line, bowls in lots, trays that nobody has, a set of both, a presale with limits."""
    open_shop(tx)
    parts = sell.Terms(components=(sell.Component(CUP, 1), sell.Component(BOWL, 2)))
    base = a_sku(SET)
    sell.add_products(tx, [], [sell.Sku(SET, base.product, base.price_fen, base.cost_fen, terms=parts)])
    shelve(tx, 9)
    stock.set_safety(tx, {CUP: 4})
    for lot, day in (("early", SOON), ("late", SOON.plus(60))):
        stock.receive(tx, sku=BOWL, qty=4, source=lot, lot=stock.Lot(stock.LotId(lot), day))
    return a_campaign(tx).id


@contextmanager
def opened(url: str) -> Iterator[tuple[Store, str]]:
    store = Store.open(url, clock=SimulatedClock(MORNING), ids=Ids(random.Random(3).getrandbits))
    store.create_all()
    campaign = store.call(a_shop)
    yield store, campaign
    store.close()


def in_campaign(asked: Sequence[sell.Cart], campaign: str) -> list[sell.Cart]:
    """The carts, with the shop's own campaign where one is wanted."""
    return [
        sell.Cart(
            cart.key,
            cart.member,
            cart.region,
            tuple(sell.Wanted(want.sku, want.qty, want.campaign and campaign) for want in cart.wanted),
        )
        for cart in asked
    ]


def place(store: Store, asked: Sequence[sell.Cart]) -> list[sell.Order | Refusal]:
    try:
        return list(store.call(lambda tx: checkout.place(tx, asked, pay_within=PAY_WITHIN)))
    except Refusal as no:
        return [no]


def told(answer: sell.Order | Refusal) -> object:
    """An answer without the names that ids happen to have."""
    if isinstance(answer, Refusal):
        return (answer.code, answer.facts())
    return [getattr(answer, field.name) for field in fields(answer) if field.name != "id"]


def books(store: Store) -> dict[str, list[str]]:
    """Every row, ids named by their rank among the ids of their kind."""

    def read(tx: Tx) -> dict[str, list[str]]:
        known = {table: tx.rows(sa.text(f"SELECT {columns} FROM {table}")) for table, columns in ROWS.items()}
        return {table: [repr(row) for row in rows] for table, rows in known.items()}

    found = store.read(read)
    named = sorted(
        {ident for rows in found.values() for row in rows for ident in re.findall(r"[a-z]{3}_0[0-9A-Z]{25}", row)}
    )
    ranks = {ident: f"{ident[:3]}#{[each for each in named if each[:3] == ident[:3]].index(ident)}" for ident in named}
    return {
        table: sorted(re.sub(r"[a-z]{3}_0[0-9A-Z]{25}", lambda found: ranks[found.group()], row) for row in rows)
        for table, rows in found.items()
    }


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=carts)
def test_carts_placed_together_are_as_if_placed_one_after_the_other(
    fresh_url: Callable[[], str], asked: list[sell.Cart]
) -> None:
    with opened(fresh_url()) as (one, campaign), opened(fresh_url()) as (other, again):
        together = place(one, in_campaign(asked, campaign))
        apart = [answer for cart in in_campaign(asked, again) for answer in place(other, [cart])]

        assert list(map(told, together)) == list(map(told, apart))
        assert books(one) == books(other)
        assert one.read(stock.audit) == ()


def test_a_key_that_is_sent_twice_at_once_is_one_order(fresh_url: Callable[[], str]) -> None:
    cart = sell.Cart("k1", MemberId("mem_lin"), "浙江", (sell.Wanted(CUP, 2),))

    with opened(fresh_url()) as (store, _):
        first, second, third = place(store, [cart, cart, cart])

        assert first == second == third
        assert store.read(lambda tx: stock.levels(tx, [CUP]))[CUP].reserved == 2


def test_the_last_units_go_to_those_who_came_first(fresh_url: Callable[[], str]) -> None:
    queue = [sell.Cart(f"k{n}", MemberId("mem_lin"), "浙江", (sell.Wanted(CUP, 3),)) for n in range(5)]

    with opened(fresh_url()) as (store, _):
        answers = place(store, queue)

    assert [isinstance(answer, sell.Order) for answer in answers] == [True, True, True, False, False]
