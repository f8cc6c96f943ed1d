"""Combined orders: several merchants' orders, one payment, one notice; afterwards each goes its own way."""

import json
from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import (
    APIV3_KEY,
    HOUR_MS,
    MCHID,
    MINI,
    MINUTE_MS,
    PAY_URL,
    SERIAL,
    Driver,
    Reply,
)
from gateways.sandbox.test_pay import opened
from wechat_sandbox import SandboxSettings

SUPPLIER = "1900000222"
KINDS = ("jsapi", "app", "h5", "native")
WHOLE = "/v3/combine-transactions/out-trade-no/whole-0001"


def with_supplier(driver: Driver) -> Driver:
    driver.control(
        "merchants",
        mchid=SUPPLIER,
        appids=[MINI],
        public_key_pem=driver.key.public_pem,
        serial=SERIAL,
        apiv3_key=APIV3_KEY,
    )
    return driver


@pytest.fixture
def mall(driver: Driver) -> Driver:
    """A sandbox with a second merchant under the same mini-program."""
    return with_supplier(driver)


def part(mchid: str, number: str, fen: int, **change: Any) -> dict[str, Any]:
    amount = {"total_amount": fen, "currency": "CNY"}
    return {"mchid": mchid, "attach": "门店", "amount": amount, "out_trade_no": number, "description": "陶杯", **change}


def combined(driver: Driver, kind: str = "jsapi", **change: Any) -> Reply:
    body: dict[str, Any] = {
        "combine_appid": MINI,
        "combine_mchid": MCHID,
        "combine_out_trade_no": "whole-0001",
        "sub_orders": [part(MCHID, "part-0001", 7_000), part(SUPPLIER, "part-0002", 5_300)],
        "notify_url": PAY_URL,
    }
    if kind == "jsapi":
        body["combine_payer_info"] = {"openid": driver.openid()}
    if kind == "h5":
        body["scene_info"] = {"payer_client_ip": "14.17.22.32", "device_id": "POS1:1", "h5_info": {"type": "iOS"}}
    return driver.signed("POST", f"/v3/combine-transactions/{kind}", {**body, **change})


def pay_whole(driver: Driver, reply: Reply, **extra: Any) -> Any:
    handed = reply.json
    url = handed.get("code_url") or handed.get("h5_url", "")
    return driver.control("pay", person="p1", prepay_id=handed.get("prepay_id", ""), url=url, **extra)


def closing(driver: Driver, *parts: tuple[str, str], appid: str = MINI) -> Reply:
    named = [{"mchid": mchid, "out_trade_no": number} for mchid, number in parts]
    return driver.signed("POST", f"{WHOLE}/close", {"combine_appid": appid, "sub_orders": named})


BOTH = ((MCHID, "part-0001"), (SUPPLIER, "part-0002"))


@pytest.mark.parametrize("kind", KINDS)
def test_one_payment_pays_every_part_and_one_notice_tells_it(mall: Driver, kind: str) -> None:
    whole = pay_whole(mall, combined(mall, kind))

    assert mall.pump() == 1
    notice = opened(mall.received[0])
    assert notice == mall.signed("GET", WHOLE).json
    assert (notice["combine_out_trade_no"], notice["combine_mchid"]) == ("whole-0001", MCHID)
    assert notice["combine_payer_info"] == {"openid": mall.openid()}
    assert [shown["amount"]["payer_amount"] for shown in notice["sub_orders"]] == [7_000, 5_300]
    assert {shown["trade_state"] for shown in notice["sub_orders"]} == {"SUCCESS"}
    numbers = {shown["transaction_id"] for shown in notice["sub_orders"]}
    assert len(numbers | {whole["transaction_id"]}) == 3
    assert json.loads(mall.received[0].body)["event_type"] == "TRANSACTION.SUCCESS"


def test_part_is_its_own_merchants_order(mall: Driver) -> None:
    pay_whole(mall, combined(mall))
    path = f"/v3/pay/transactions/out-trade-no/part-0002?mchid={SUPPLIER}"
    transaction = mall.signed("GET", path, mchid=SUPPLIER).json["transaction_id"]
    amount = {"refund": 300, "total": 5_300, "currency": "CNY"}
    body = {"transaction_id": transaction, "out_refund_no": "refund-1", "amount": amount}

    foreign = mall.signed("POST", "/v3/refund/domestic/refunds", body)
    own = mall.signed("POST", "/v3/refund/domestic/refunds", body, mchid=SUPPLIER)
    mall.pump(after_ms=MINUTE_MS)

    assert (foreign.json["code"], own.status) == ("RESOURCE_NOT_EXISTS", 200)
    states = {shown["mchid"]: shown["trade_state"] for shown in mall.signed("GET", WHOLE).json["sub_orders"]}
    assert states == {MCHID: "SUCCESS", SUPPLIER: "REFUND"}
    assert mall.look("order", transaction_id=transaction)["frozen_fen"] == 5_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"combine_mchid": SUPPLIER}, 400, "PARAM_ERROR"),
        ({"combine_out_trade_no": "short"}, 400, "PARAM_ERROR"),
        ({"sub_orders": []}, 400, "PARAM_ERROR"),
        ({"sub_orders": [part(MCHID, f"part-{n:04d}", 1) for n in range(51)]}, 400, "PARAM_ERROR"),
        ({"sub_orders": [part(MCHID, "part-0001", 1)] * 2}, 400, "PARAM_ERROR"),
        ({"sub_orders": [part(MCHID, "part-0001", 0)]}, 400, "PARAM_ERROR"),
        ({"sub_orders": [part("1900000999", "part-0001", 1)]}, 400, "MCH_NOT_EXISTS"),
        ({"combine_appid": "wxother"}, 400, "APPID_MCHID_NOT_MATCH"),
    ],
)
def test_bad_wholes_and_parts_create_nothing(mall: Driver, kind: str, change: Any, status: int, code: str) -> None:
    reply = combined(mall, kind, **change)

    assert (reply.status, reply.json["code"]) == (status, code)
    assert mall.signed("GET", WHOLE).json["code"] == "ORDER_NOT_EXIST"
    assert mall.signed("GET", f"/v3/pay/transactions/out-trade-no/part-0001?mchid={MCHID}").status == 404


def test_parts_merchant_must_be_bound_to_the_appid(mall: Driver) -> None:
    mall.control(
        "merchants",
        mchid="1900000333",
        appids=["wxelsewhere"],
        public_key_pem=mall.key.public_pem,
        serial=SERIAL,
        apiv3_key=APIV3_KEY,
    )

    reply = combined(mall, sub_orders=[part("1900000333", "part-0001", 1)])

    assert (reply.status, reply.json["code"]) == (400, "APPID_MCHID_NOT_MATCH")


def test_payer_must_be_a_person_of_the_mini_program(mall: Driver) -> None:
    assert combined(mall, combine_payer_info={"openid": "o-nobody"}).json["code"] == "PARAM_ERROR"
    assert combined(mall, combine_payer_info=None).json["code"] == "PARAM_ERROR"


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_used_once(mall: Driver, kind: str) -> None:
    first, again = combined(mall, kind), combined(mall, kind)
    other = combined(mall, kind, sub_orders=[part(MCHID, "part-0001", 1)])
    stolen = combined(mall, kind, combine_out_trade_no="whole-0002")
    pay_whole(mall, first)
    after_payment = combined(mall, kind)

    assert first.json == again.json
    assert [(reply.status, reply.json["code"]) for reply in (other, stolen)] == [(403, "OUT_TRADE_NO_USED")] * 2
    assert (after_payment.status, after_payment.json["code"]) == (400, "ORDERPAID")


@pytest.mark.parametrize("kind", KINDS)
def test_parts_merchants_rules_hold_for_the_whole(mall: Driver, kind: str) -> None:
    mall.control("merchants/rules", mchid=SUPPLIER, most_fen=5_299)
    too_much = combined(mall, kind)
    mall.control("merchants/rules", mchid=SUPPLIER, closed_products=[kind.upper()])
    closed = combined(mall, kind)

    assert (too_much.status, too_much.json["code"]) == (403, "RULE_LIMIT")
    assert (closed.status, closed.json["code"]) == (403, "NO_AUTH")


@pytest.mark.parametrize("kind", KINDS)
def test_closed_whole_can_be_neither_paid_nor_ordered_again(mall: Driver, kind: str) -> None:
    reply = combined(mall, kind)
    closed = closing(mall, *BOTH)

    assert (closed.status, closed.body) == (204, b"")
    handed = reply.json
    url = handed.get("code_url") or handed.get("h5_url", "")
    assert mall.refused("pay", person="p1", prepay_id=handed.get("prepay_id", ""), url=url) == "not_payable"
    assert combined(mall, kind).json["code"] == "ORDER_CLOSED"


def test_close_names_every_part_of_a_known_unpaid_whole(mall: Driver) -> None:
    unknown = closing(mall, *BOTH)
    reply = combined(mall)
    partly, foreign = closing(mall, BOTH[0]), closing(mall, *BOTH, appid="wxother")
    single = mall.signed("POST", "/v3/pay/transactions/out-trade-no/part-0001/close", {"mchid": MCHID})
    pay_whole(mall, reply)
    paid = closing(mall, *BOTH)

    replies = (unknown, partly, foreign, single, paid)
    assert [(each.status, each.json["code"]) for each in replies] == [
        (404, "ORDER_NOT_EXIST"),
        (400, "PARAM_ERROR"),
        (400, "PARAM_ERROR"),
        (400, "INVALID_REQUEST"),
        (400, "ORDERPAID"),
    ]


@pytest.mark.parametrize(("allowed", "status"), [(True, 204), (False, 400)])
def test_closing_a_whole_twice_is_a_switch(a_sandbox: MakeDriver, allowed: bool, status: int) -> None:
    mall = with_supplier(a_sandbox(settings=SandboxSettings(close_may_repeat=allowed)))
    combined(mall)
    closing(mall, *BOTH)

    again = closing(mall, *BOTH)

    assert again.status == status
    assert allowed or again.json["code"] == "ORDER_CLOSED"


def test_whole_is_paid_by_its_payer_within_two_hours(mall: Driver) -> None:
    prepay_id = combined(mall).json["prepay_id"]
    stranger = mall.refused("pay", person="p2", prepay_id=prepay_id)
    part_alone = mall.refused("pay", person="p1", prepay_id=f"{prepay_id}#1")
    mall.now_ms += 2 * HOUR_MS
    late = mall.refused("pay", person="p1", prepay_id=prepay_id)

    assert (stranger, part_alone, late) == ("other_payer", "prepay_id_unknown", "prepay_id_expired")
    assert combined(mall).json["prepay_id"] != prepay_id


def test_declined_whole_is_paid_at_the_second_try(mall: Driver) -> None:
    reply = combined(mall)
    pay_whole(mall, reply, action="declined")
    states = {shown["trade_state"] for shown in mall.signed("GET", WHOLE).json["sub_orders"]}

    assert states == {"PAYERROR"}
    assert pay_whole(mall, reply)["errMsg"] == "requestPayment:ok"


def test_phone_verifies_the_pay_sign_of_a_whole(mall: Driver) -> None:
    package = f"prepay_id={combined(mall).json['prepay_id']}"
    sign = mall.key.signed(f"{MINI}\n1\nn\n{package}\n")
    arguments = {"timeStamp": "1", "nonceStr": "n", "package": package, "signType": "RSA", "paySign": sign}

    assert mall.control("pay", person="p1", request_payment=arguments)["out_trade_no"] == "whole-0001"
