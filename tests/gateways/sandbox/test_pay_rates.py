"""Pay's own speed limits: calls and refused calls a second, per merchant; 429 past them."""

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MCHID, Driver
from wechat_sandbox import SandboxSettings


def wrong_refunds(driver: Driver, count: int) -> list[str]:
    return [driver.refund("4200", "refund-1", 1).json["code"] for _ in range(count)]


def test_seventh_refused_refund_in_a_second_is_too_fast(driver: Driver) -> None:
    codes = wrong_refunds(driver, 7)
    driver.now_ms += 1000

    assert codes == ["RESOURCE_NOT_EXISTS"] * 6 + ["FREQUENCY_LIMITED"]
    assert wrong_refunds(driver, 1) == ["RESOURCE_NOT_EXISTS"]


def test_good_refunds_are_limited_by_their_own_rate(driver: Driver) -> None:
    transaction = driver.paid()
    replies = [driver.refund(transaction, "refund-1", 1) for _ in range(151)]

    assert {reply.status for reply in replies[:150]} == {200}
    assert (replies[150].status, replies[150].json["code"]) == (429, "FREQUENCY_LIMITED")


@pytest.mark.parametrize("path", ["/v3/pay/transactions/jsapi", "/v3/refund/domestic/refunds"])
def test_any_path_can_be_given_a_limit(driver: Driver, path: str) -> None:
    driver.control("quotas", path=path, per_minute=0)

    reply = driver.prepay() if "jsapi" in path else driver.refund("4200", "refund-1", 1)

    assert (reply.status, reply.json["code"]) == (429, "FREQUENCY_LIMITED")
    assert driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}").status == 404


def test_limits_can_be_switched_off(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(quotas_enforced=False))

    assert set(wrong_refunds(driver, 20)) == {"RESOURCE_NOT_EXISTS"}
