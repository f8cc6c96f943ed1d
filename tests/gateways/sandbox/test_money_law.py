"""Whatever happens to an order, its money is in exactly one place."""

import json
from collections.abc import Callable, Sequence
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MCHID, MINUTE_MS, Driver
from gateways.sandbox.test_combined import SUPPLIER, combined, part, pay_whole, with_supplier

TOTAL_FEN = 1_000
Step = Callable[[Driver, str, int], object]


def ended(driver: Driver, mchid: str, number: int, status: str) -> object:
    """The refund that was asked for last, if it is on its way, ends so."""
    body = {"mchid": mchid, "out_refund_no": f"refund-{number}", "status": status}
    return driver.send("POST", "/_sandbox/refunds/end", json.dumps(body).encode())


def refunded_then(driver: Driver, order: str, number: int, status: str) -> None:
    """A refund is asked for and its bank answers at once."""
    driver.refund(order, f"refund-{number}", 1 + number * 37 % 700, total_fen=TOTAL_FEN)
    ended(driver, MCHID, number, status)


def redirected(driver: Driver, order: str, number: int) -> None:
    """A refund is abnormal and goes on to the merchant's bank."""
    refunded_then(driver, order, number, "ABNORMAL")
    refund = driver.signed("GET", f"/v3/refund/domestic/refunds/refund-{number}").json
    body = {"out_refund_no": f"refund-{number}", "type": "MERCHANT_BANK_CARD"}
    driver.signed("POST", f"/v3/refund/domestic/refunds/{refund.get('refund_id', 0)}/apply-abnormal-refund", body)


STEPS: Sequence[Step] = (
    lambda driver, order, n: driver.ship(order, f"YT{n}"),
    lambda driver, order, n: driver.refund(order, f"refund-{n}", 1 + n * 37 % 700, total_fen=TOTAL_FEN),
    lambda driver, order, _: driver.send(
        "POST", "/_sandbox/confirm_receipt", b'{"transaction_id":"%b"}' % order.encode()
    ),
    lambda driver, _, n: driver.send("POST", "/_sandbox/withdraw", b'{"mchid":"%b","fen":%d}' % (MCHID.encode(), n)),
    lambda driver, _, n: driver.pump(after_ms=(n % 3 + 1) * DAY_MS),
    lambda driver, _order, _n: driver.pump(after_ms=MINUTE_MS),
    lambda driver, order, n: refunded_then(driver, order, n, "ABNORMAL"),
    lambda driver, order, n: refunded_then(driver, order, n, "CLOSED"),
    redirected,
    lambda driver, _order, n: ended(driver, MCHID, n - 1, "CLOSED"),
)
WITHDRAW = 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, len(STEPS) - 1), max_size=14))
def test_paid_money_is_frozen_refunded_on_the_balance_or_withdrawn(a_sandbox: MakeDriver, steps: list[int]) -> None:
    driver = a_sandbox()
    order = driver.paid(total_fen=TOTAL_FEN)
    withdrawn_fen = 0

    for number, step in enumerate(steps):
        outcome = STEPS[step](driver, order, number)
        if step == WITHDRAW and getattr(outcome, "status", 0) == 200:
            withdrawn_fen += number

        seen = driver.look("order", transaction_id=order)
        balance_fen = driver.look("merchant", mchid=MCHID)["balance_fen"]
        assert min(balance_fen, seen["frozen_fen"]) >= 0
        assert seen["frozen_fen"] + seen["refunded_fen"] + balance_fen + withdrawn_fen == TOTAL_FEN


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.tuples(st.sampled_from([MCHID, SUPPLIER]), st.integers(1, 900)), min_size=1, max_size=6),
    refunds=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 900)), max_size=6),
)
def test_combined_money_is_each_merchants_own(
    a_sandbox: MakeDriver, parts: list[tuple[str, int]], refunds: list[tuple[int, int]]
) -> None:
    driver = with_supplier(a_sandbox())
    numbers = count(1)
    orders = [part(mchid, f"part-{next(numbers):04d}", fen) for mchid, fen in parts]

    pay_whole(driver, combined(driver, sub_orders=orders))
    for number, (which, fen) in enumerate(refunds):
        mchid, total_fen = parts[which % len(parts)]
        driver.pump(after_ms=MINUTE_MS)
        body = {
            "out_trade_no": orders[which % len(parts)]["out_trade_no"],
            "out_refund_no": f"refund-{number}",
            "amount": {"refund": fen, "total": total_fen, "currency": "CNY"},
        }
        driver.signed("POST", "/v3/refund/domestic/refunds", body, mchid=mchid)

    for (_, fen), order in zip(parts, orders, strict=True):
        seen = driver.look("order", mchid=order["mchid"], out_trade_no=order["out_trade_no"])
        assert seen["payment"]["total_fen"] == fen == seen["frozen_fen"] + seen["refunded_fen"]
        assert seen["frozen_fen"] >= 0
