"""A week of business against WeChat Pay's bill: not one difference, and each planted one is found and named."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from house import BAG, BUNTING, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House
from roulian import books, sell
from roulian.app.sandboxed import MCHID
from roulian.store import Tx
from roulian.words import Day

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")


def reports(house: House) -> dict[str, books.Report]:
    return {report.day.iso(): report for report in house.app.store.read(books.reports_page)}


def differences(house: House, day: Day) -> list[tuple[str, str, str, int | None, int | None]]:
    found = house.app.store.read(lambda tx: books.report(tx, day)).differences
    return [(one.kind.value, one.entry.value, one.number, one.ours_fen, one.theirs_fen) for one in found]


async def test_a_week_of_payments_refunds_and_after_sales_reconciles_to_zero(house: House):
    lin, wu = await house.person("lin"), await house.person("wu")
    campaign = (await house.campaign())["campaign"]
    await house.buy(lin, BAG, 10, campaign=campaign)  # misses its lot on the sixth: refunded in full
    bought = await house.buy(lin, BUNTING, 5)
    late = await house.order(wu, BUNTING, 2)
    await house.fault("hold", times=1, owner=MCHID)
    await house.pay(wu, late)  # its notice comes a day later; the payment counts when its time is over
    await house.until(FIRST_DAY.at(12))
    await house.carry(lin, bought, PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED)
    body = {"key": "c", "kind": "refund_only", "reason": "damaged", "items": [{"line": 1, "qty": 2}]}
    case = (await house.ask("POST", f"/api/store/orders/{bought.id}/aftersales", who=lin, json=body)).json()["case"]
    await house.until(FIRST_DAY.plus(1).at(0).plus(timedelta(milliseconds=-400)))
    await house.ask("POST", f"/api/console/aftersales/{case}/approve", json={})
    await house.settle()
    await house.control("callbacks/release")
    for day in range(1, 5):
        await house.until(FIRST_DAY.plus(day).at(15))
        await house.buy(wu, BUNTING, day)

    await house.until(FIRST_DAY.plus(8).at(2))

    kept = reports(house)
    money = house.app.store.read(sell.money)
    assert all(report.differences == () for report in kept.values())
    assert set(kept) >= {FIRST_DAY.plus(day).iso() for day in range(7)}
    assert sum(report.paid_fen for report in kept.values()) == money.received_fen
    assert sum(report.refunded_fen for report in kept.values()) == money.returned_fen > 0
    assert house.said("books.BooksDiffered") == []
    assert house.restless() == []
    shown = (await house.ask("GET", f"/api/console/books/{FIRST_DAY.iso()}")).json()
    assert (shown["payments"], shown["differences"]) == (3, [])


def plant(house: House, *statements: str) -> None:
    """Our books are falsified by hand."""

    def work(tx: Tx) -> None:
        for statement in statements:
            assert tx.run(sa.text(statement)) == 1

    house.app.store.call(work)


async def three_paid(house: House) -> Sequence[Bought]:
    lin = await house.person("lin")
    return [await house.buy(lin, BUNTING, qty) for qty in (1, 2, 3)]


async def test_each_planted_difference_is_found_and_nothing_is_mended(house: House):
    lost, wrong, extra = await three_paid(house)
    stranger = sell.Payment("ord_nobody", "4200009999", 700, house.clock.now())
    house.app.store.call(lambda tx: sell.pay(tx, stranger))
    plant(
        house,
        f"DELETE FROM sell_payments WHERE order_id = '{lost.id}'",
        f"UPDATE sell_payments SET amount_fen = amount_fen + 1 WHERE order_id = '{wrong.id}'",
        f"UPDATE sell_payments SET transaction_id = '4200000000' WHERE order_id = '{extra.id}'",
    )
    before = house.app.store.read(sell.money)

    await house.until(FIRST_DAY.plus(2).at(2))

    fen = {bought.id: bought.placed["total_fen"] for bought in (lost, wrong, extra)}
    assert sorted(differences(house, FIRST_DAY)) == sorted(
        [
            ("missing_with_us", "payment", lost.id, None, fen[lost.id]),
            ("amount_differs", "payment", wrong.id, fen[wrong.id] + 1, fen[wrong.id]),
            ("missing_with_us", "payment", extra.id, None, fen[extra.id]),
            ("missing_with_them", "payment", extra.id, fen[extra.id], None),
            ("missing_with_them", "payment", "ord_nobody", 700, None),
        ]
    )
    assert house.said("books.BooksDiffered") == [{"day": {"number": FIRST_DAY.number}, "differences": 5}]
    assert house.app.store.read(sell.money) == before


async def test_planted_refunds_are_found_on_both_sides(house: House):
    lin = await house.person("lin")
    bought, other = await house.buy(lin, BUNTING, 5), await house.buy(lin, BUNTING, 4)
    total_fen = other.placed["total_fen"]

    def both(tx: Tx) -> None:
        sell.start_refund(tx, sell.order_of_trade(bought.id), why="buyer")
        sell.start_refund(tx, sell.order_of_trade(other.id), why="buyer")

    house.app.store.call(both)
    await house.after(minutes=1)
    plant(
        house,
        f"UPDATE sell_refunds SET number = 'never-asked' WHERE number = '{bought.id}'",
        f"UPDATE sell_refunds SET amount_fen = amount_fen - 5 WHERE number = '{other.id}'",
    )

    await house.until(FIRST_DAY.plus(3).at(2))

    asked_fen = bought.placed["total_fen"]
    assert sorted(differences(house, FIRST_DAY)) == sorted(
        [
            ("missing_with_us", "refund", bought.id, None, asked_fen),
            ("amount_differs", "refund", other.id, total_fen - 5, total_fen),
        ]
    )
    assert differences(house, FIRST_DAY.plus(1)) == [("missing_with_them", "refund", "never-asked", asked_fen, None)]


async def test_day_without_a_report_is_said_so(house: House):
    missing = await house.ask("GET", "/api/console/books/2026-06-03")
    nonsense = await house.ask("GET", "/api/console/books/yesterday")

    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_compared")
    assert nonsense.status_code == 404


async def test_day_is_compared_again_when_asked_and_not_before_it_is_over(house: House):
    lin = await house.person("lin")
    await house.buy(lin, BUNTING, 1)
    today = house.clock.now().day()
    await house.until(today.plus(3).at(9))

    early = await house.ask("POST", f"/api/console/books/{house.clock.now().day().iso()}/run")
    before = (await house.ask("GET", f"/api/console/books/{today.iso()}")).json()
    asked = [await house.ask("POST", f"/api/console/books/{today.iso()}/run") for _ in range(2)]
    await house.after(minutes=1)
    after = (await house.ask("GET", f"/api/console/books/{today.iso()}")).json()

    assert (early.status_code, early.json()["error"]["code"]) == (409, "no_bill_yet")
    assert [reply.status_code for reply in asked] == [200, 200]
    assert after["compared_ms"] > before["compared_ms"]
    assert (after["payments"], after["differences"]) == (1, [])
    assert house.restless() == []
