"""JSAPI, APP, H5 and NATIVE orders: the same rules, other ways to the cashier."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, HOUR_MS, MCHID, MINI, MINUTE_MS, PAY_URL, Driver, Reply, rfc3339
from wechat_sandbox import SandboxSettings

KINDS = ("jsapi", "app", "h5", "native")
SHOWN = {"jsapi": "JSAPI", "app": "APP", "h5": "MWEB", "native": "NATIVE"}
QUERY = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}"


def ordered(driver: Driver, kind: str, **change: Any) -> Reply:
    body: dict[str, Any] = {
        "appid": MINI,
        "mchid": MCHID,
        "description": "手作陶杯",
        "out_trade_no": "order-0001",
        "notify_url": PAY_URL,
        "amount": {"total": 12_300},
    }
    if kind == "jsapi":
        body["payer"] = {"openid": driver.openid()}
    if kind == "h5":
        body["scene_info"] = {"payer_client_ip": "14.17.22.32", "h5_info": {"type": "Wap"}}
    return driver.signed("POST", f"/v3/pay/transactions/{kind}", {**body, **change})


def paid_for(driver: Driver, reply: Reply, person: str = "p1", **extra: Any) -> Any:
    """Whatever the merchant was handed, the person pays it."""
    handed = reply.json
    if "prepay_id" in handed:
        return driver.control("pay", person=person, prepay_id=handed["prepay_id"], **extra)
    return driver.control("pay", person=person, url=handed.get("code_url") or handed["h5_url"], **extra)


@pytest.mark.parametrize("kind", KINDS)
def test_order_of_each_kind_is_paid_and_says_how(driver: Driver, kind: str) -> None:
    unpaid = ordered(driver, kind)
    before = driver.signed("GET", QUERY).json

    paid = paid_for(driver, unpaid)

    after = driver.signed("GET", QUERY).json
    assert before["trade_state"] == "NOTPAY"
    assert ("payer" in before) == (kind == "jsapi")
    assert (after["trade_state"], after["trade_type"]) == ("SUCCESS", SHOWN[kind])
    assert after["payer"]["openid"] == driver.openid()
    assert after["transaction_id"] == paid["transaction_id"]
    assert driver.pump() == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": {"total": 0}}, 400, "PARAM_ERROR"),
        ({"mchid": "1900000999"}, 400, "PARAM_ERROR"),
        ({"appid": "wxother"}, 400, "APPID_MCHID_NOT_MATCH"),
    ],
)
def test_order_of_each_kind_refuses_bad_fields(driver: Driver, kind: str, change: Any, status: int, code: str) -> None:
    reply = ordered(driver, kind, **change)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert driver.signed("GET", QUERY).json["code"] == "ORDER_NOT_EXIST"


@pytest.mark.parametrize("kind", KINDS)
def test_order_number_is_for_one_order_until_it_is_paid_or_closed(driver: Driver, kind: str) -> None:
    first = ordered(driver, kind)
    again = ordered(driver, kind)
    other = ordered(driver, kind, amount={"total": 1})
    paid_for(driver, first)
    after_payment = ordered(driver, kind)
    ordered(driver, kind, out_trade_no="order-0002")
    driver.signed("POST", "/v3/pay/transactions/out-trade-no/order-0002/close", {"mchid": MCHID})
    after_closing = ordered(driver, kind, out_trade_no="order-0002")

    assert first.json == again.json
    assert (other.status, other.json["code"]) == (403, "OUT_TRADE_NO_USED")
    assert (after_payment.status, after_payment.json["code"]) == (400, "ORDERPAID")
    assert (after_closing.status, after_closing.json["code"]) == (400, "ORDER_CLOSED")


@pytest.mark.parametrize("kind", KINDS)
def test_merchants_rules_refuse_products_and_amounts(driver: Driver, kind: str) -> None:
    driver.control("merchants/rules", mchid=MCHID, most_fen=12_299)
    too_much = ordered(driver, kind)
    driver.control("merchants/rules", mchid=MCHID, closed_products=[kind.upper()])
    closed = ordered(driver, kind)
    driver.control("merchants/rules", mchid=MCHID)

    assert (too_much.status, too_much.json["code"]) == (403, "RULE_LIMIT")
    assert (closed.status, closed.json["code"]) == (403, "NO_AUTH")
    assert ordered(driver, kind).status == 200


def test_rules_name_known_products_of_known_merchants(driver: Driver) -> None:
    assert driver.refused("merchants/rules", mchid="1", closed_products=[]) == "unknown_merchant"
    assert driver.refused("merchants/rules", mchid=MCHID, closed_products=["FACEPAY"]) == "bad_rules"


@pytest.mark.parametrize("scene", [None, {}, {"payer_client_ip": "1.1.1.1"}])
def test_h5_order_says_where_its_payer_is(driver: Driver, scene: Any) -> None:
    assert ordered(driver, "h5", scene_info=scene).json["code"] == "PARAM_ERROR"


@pytest.mark.parametrize(("kind", "life_ms"), [("h5", 5 * MINUTE_MS), ("native", 2 * HOUR_MS)])
def test_way_to_the_cashier_has_its_own_life(driver: Driver, kind: str, life_ms: int) -> None:
    first = ordered(driver, kind).json
    url = first.get("code_url") or first["h5_url"]
    driver.now_ms += life_ms

    assert driver.refused("pay", person="p1", url=url) == "prepay_id_expired"
    renewed = ordered(driver, kind)
    assert renewed.json != first
    assert paid_for(driver, renewed)["errMsg"] == "requestPayment:ok"


def test_code_is_paid_by_whoever_scans_it_first(driver: Driver) -> None:
    code_url = ordered(driver, "native").json["code_url"]

    driver.control("pay", person="p2", url=code_url)

    assert driver.signed("GET", QUERY).json["payer"]["openid"] == driver.openid("p2")
    assert driver.refused("pay", person="p1", url=code_url) == "other_payer"


def test_money_paid_outside_the_mini_program_is_not_frozen(driver: Driver) -> None:
    paid_for(driver, ordered(driver, "native"))

    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 12_300


@pytest.mark.parametrize(("shown", "state"), [(True, "PAYERROR"), (False, "NOTPAY")])
def test_declined_payment_can_be_tried_again(a_sandbox: MakeDriver, shown: bool, state: str) -> None:
    driver = a_sandbox(settings=SandboxSettings(declined_shows_pay_error=shown))
    reply = ordered(driver, "jsapi")

    declined = paid_for(driver, reply, action="declined")

    assert declined["errMsg"].startswith("requestPayment:fail")
    assert driver.signed("GET", QUERY).json["trade_state"] == state
    assert driver.pump() == 0
    assert paid_for(driver, reply)["errMsg"] == "requestPayment:ok"
    assert driver.signed("GET", QUERY).json["trade_state"] == "SUCCESS"


def test_order_whose_payment_was_declined_still_lapses(driver: Driver) -> None:
    reply = ordered(driver, "jsapi", time_expire=rfc3339(driver.now_ms + 10 * MINUTE_MS))
    paid_for(driver, reply, action="declined")
    driver.now_ms += 10 * MINUTE_MS

    assert driver.signed("GET", QUERY).json["trade_state"] == "CLOSED"


@pytest.mark.parametrize(
    ("ahead_ms", "status"), [(59_000, 400), (61_000, 200), (90 * DAY_MS - 1000, 200), (90 * DAY_MS + 1000, 400)]
)
def test_expiry_is_a_minute_to_ninety_days_ahead(driver: Driver, ahead_ms: int, status: int) -> None:
    assert ordered(driver, "app", time_expire=rfc3339(driver.now_ms + ahead_ms)).status == status


@pytest.mark.parametrize(("allowed", "status", "code"), [(True, 204, ""), (False, 400, "ORDER_CLOSED")])
def test_closing_twice_is_a_switch(a_sandbox: MakeDriver, allowed: bool, status: int, code: str) -> None:
    driver = a_sandbox(settings=SandboxSettings(close_may_repeat=allowed))
    ordered(driver, "jsapi")
    path = "/v3/pay/transactions/out-trade-no/order-0001/close"
    driver.signed("POST", path, {"mchid": MCHID})

    again = driver.signed("POST", path, {"mchid": MCHID})

    assert again.status == status
    assert not code or again.json["code"] == code


def test_close_and_query_name_their_own_merchant_and_a_known_order(driver: Driver) -> None:
    ordered(driver, "jsapi")
    path = "/v3/pay/transactions/out-trade-no/{}/close"
    foreign = driver.signed("POST", path.format("order-0001"), {"mchid": "1900000999"})
    unknown = driver.signed("POST", path.format("order-0009"), {"mchid": MCHID})
    queried = driver.signed("GET", "/v3/pay/transactions/out-trade-no/order-0001?mchid=1900000999")
    by_id = driver.signed("GET", "/v3/pay/transactions/id/4200?mchid=1900000999")
    unknown_id = driver.signed("GET", f"/v3/pay/transactions/id/4200?mchid={MCHID}")

    assert [(reply.status, reply.json["code"]) for reply in (foreign, unknown, queried, by_id, unknown_id)] == [
        (400, "PARAM_ERROR"),
        (404, "ORDER_NOT_EXIST"),
        (400, "PARAM_ERROR"),
        (400, "PARAM_ERROR"),
        (404, "ORDER_NOT_EXIST"),
    ]
    assert driver.signed("GET", QUERY).json["trade_state"] == "NOTPAY"
