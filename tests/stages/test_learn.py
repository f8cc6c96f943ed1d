from dataclasses import dataclass
from typing import Any

import pytest

from roulian import learn
from roulian.words import Day, SkuId

FIRST = Day.parse("2026-06-03")


@dataclass(frozen=True)
class Shelf:
    on_hand: int
    reserved: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Offered:
    cost_fen: int


def facts(**known: Any) -> learn.Facts:
    nothing = {
        "orders": {},
        "units": 0,
        "revenue_fen": 0,
        "promises": {},
        "first_promises": {},
        "promise_sources": {},
        "promises_moved": 0,
        "purchases": {},
        "work_orders": {},
        "campaigns": {},
        "lots": 0,
        "notices": {},
        "doors": {},
        "signals": 0,
        "anomalies": 0,
        "accuracy": None,
    }
    return learn.Facts(**nothing | known)


def figure(found: learn.Facts, name: str) -> float | None:
    return next(kpi.value for kpi in learn.kpis(found) if kpi.name == name)


def test_a_promise_is_judged_by_what_was_told_last_and_by_what_was_told_first():
    found = facts(promises={"kept": 9, "broken": 1}, first_promises={"kept": 6, "broken": 4})

    assert figure(found, "promise_kept") == pytest.approx(0.9)
    assert figure(found, "first_promise_kept") == pytest.approx(0.6)


def test_what_cannot_be_measured_is_absent_not_zero():
    found = facts()

    assert figure(found, "promise_kept") is None
    assert figure(found, "shelf_share") is None
    assert figure(found, "orders_placed") == 0


def test_money_given_back_is_no_standing_order():
    found = facts(orders={"paid": 2, "shipped": 3, "delivered": 5, "refunded": 1, "refunding": 1, "cancelled": 4})

    assert [figure(found, f"orders_{name}") for name in ("placed", "paid", "refunded", "cancelled")] == [16, 10, 2, 4]


def test_a_closed_day_counts_the_shelf_at_cost_and_what_had_nothing_free(store):
    mug, bag, ghost = SkuId("mug"), SkuId("bag"), SkuId("ghost")
    closed = learn.stock_day(
        FIRST,
        shelves={mug: Shelf(10, reserved=4), bag: Shelf(3, reserved=1, waiting=2), ghost: Shelf(9)},
        skus={mug: Offered(500), bag: Offered(200)},
    )

    for _ in range(2):
        store.call(lambda tx: learn.close_day(tx, closed))
    store.call(lambda tx: learn.close_day(tx, learn.StockDay(FIRST, 0, 0, 0, 0)))

    assert closed == learn.StockDay(FIRST, units=13, value_fen=5600, skus=2, skus_out=1)
    assert store.read(lambda tx: learn.stock_days(tx, first=FIRST, last=FIRST.plus(5))) == (closed,)


def test_the_share_of_stockouts_is_of_sku_days():
    days = (learn.StockDay(FIRST, 1, 100, 4, 1), learn.StockDay(FIRST.plus(1), 1, 300, 4, 3))

    assert figure(facts(days=days), "stockout_share") == pytest.approx(0.5)
    assert figure(facts(days=days), "stock_value_mean") == pytest.approx(200)
