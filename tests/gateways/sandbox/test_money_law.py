"""Whatever happens to an order, its money is in exactly one place."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MCHID, MINUTE_MS, Driver

TOTAL_FEN = 1_000
Step = Callable[[Driver, str, int], object]

STEPS: Sequence[Step] = (
    lambda driver, order, n: driver.ship(order, f"YT{n}"),
    lambda driver, order, n: driver.refund(order, f"refund-{n}", 1 + n * 37 % 700, total_fen=TOTAL_FEN),
    lambda driver, order, _: driver.send(
        "POST", "/_sandbox/confirm_receipt", b'{"transaction_id":"%b"}' % order.encode()
    ),
    lambda driver, _, n: driver.send("POST", "/_sandbox/withdraw", b'{"mchid":"%b","fen":%d}' % (MCHID.encode(), n)),
    lambda driver, _, n: driver.pump(after_ms=(n % 3 + 1) * DAY_MS),
    lambda driver, _order, _n: driver.pump(after_ms=MINUTE_MS),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.integers(0, len(STEPS) - 1), max_size=14))
def test_paid_money_is_frozen_refunded_on_the_balance_or_withdrawn(a_sandbox: MakeDriver, steps: list[int]) -> None:
    driver = a_sandbox()
    order = driver.paid(total_fen=TOTAL_FEN)
    withdrawn_fen = 0

    for number, step in enumerate(steps):
        outcome = STEPS[step](driver, order, number)
        if step == 3 and getattr(outcome, "status", 0) == 200:
            withdrawn_fen += number

        seen = driver.look("order", transaction_id=order)
        balance_fen = driver.look("merchant", mchid=MCHID)["balance_fen"]
        assert min(balance_fen, seen["frozen_fen"]) >= 0
        assert seen["frozen_fen"] + seen["refunded_fen"] + balance_fen + withdrawn_fen == TOTAL_FEN
