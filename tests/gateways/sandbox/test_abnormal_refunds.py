"""Refunds that do not arrive: a dead card, a closed refund, and the way out of each."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from gateways.sandbox.driving import DAY_MS, MCHID, MINUTE_MS, PAY_URL, Driver, Reply
from gateways.sandbox.test_pay import opened, platform_key


def refunded(driver: Driver, transaction: str, fen: int = 300) -> str:
    """The refund_id of one that is PROCESSING and has its notice_url."""
    refund_id: str = driver.refund(transaction, "refund-1", fen, notify_url=PAY_URL).json["refund_id"]
    return refund_id


def status_of(driver: Driver) -> str:
    status: str = driver.signed("GET", "/v3/refund/domestic/refunds/refund-1").json["status"]
    return status


def sealed(driver: Driver, text: str) -> str:
    _, key = platform_key(driver)
    return base64.b64encode(
        key.encrypt(text.encode(), padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    ).decode()


def redirected(driver: Driver, refund_id: str, **change: Any) -> Reply:
    path = f"/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund"
    serial = change.pop("serial", None) or driver.look("merchant", mchid=MCHID)["public_key_id"]
    body = {"out_refund_no": "refund-1", "type": "MERCHANT_BANK_CARD", **change}
    return driver.signed("POST", path, body, headers={"Wechatpay-Serial": serial})


def to_card(driver: Driver) -> dict[str, str]:
    return {
        "type": "USER_BANK_CARD",
        "bank_type": "ICBC_DEBIT",
        "bank_account": sealed(driver, "6222021234560403"),
        "real_name": sealed(driver, "张三"),
    }


def test_refund_to_a_dead_card_is_abnormal_and_the_merchant_is_told(driver: Driver) -> None:
    transaction = driver.paid()
    driver.pump()
    driver.control("cards", person="p1")
    refunded(driver, transaction)

    driver.pump(after_ms=3_000)

    notice = opened(driver.received[-1])
    assert json.loads(driver.received[-1].body)["event_type"] == "REFUND.ABNORMAL"
    assert (notice["refund_status"], "success_time" in notice) == ("ABNORMAL", False)
    assert status_of(driver) == "ABNORMAL"
    assert driver.look("order", transaction_id=transaction)["refunded_fen"] == 300


def test_card_that_lives_again_gets_its_refunds(driver: Driver) -> None:
    transaction = driver.paid()
    driver.control("cards", person="p1")
    driver.control("cards", person="p1", is_dead=False)
    refunded(driver, transaction)
    driver.pump(after_ms=3_000)

    assert status_of(driver) == "SUCCESS"
    assert driver.refused("cards", person="p9") == "unknown_person"


@pytest.mark.parametrize("is_settled", [False, True])
def test_closed_refund_gives_the_money_back_to_where_it_was(driver: Driver, is_settled: bool) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    refunded(driver, transaction)
    if is_settled:
        driver.ship(transaction)
        driver.control("confirm_receipt", transaction_id=transaction)

    driver.control("refunds/end", mchid=MCHID, out_refund_no="refund-1", status="CLOSED")
    driver.pump()

    order = driver.look("order", transaction_id=transaction)
    balance_fen = driver.look("merchant", mchid=MCHID)["balance_fen"]
    assert json.loads(driver.received[-1].body)["event_type"] == "REFUND.CLOSED"
    assert (order["refunded_fen"], order["frozen_fen"], balance_fen) == (
        0,
        *((0, 12_300) if is_settled else (12_300, 0)),
    )
    driver.now_ms += MINUTE_MS
    assert driver.refund(transaction, "refund-2", 12_300).status == 200


def test_refund_ends_once(driver: Driver) -> None:
    refunded(driver, driver.paid())
    end = {"mchid": MCHID, "out_refund_no": "refund-1"}
    driver.control("refunds/end", **end, status="SUCCESS")
    driver.pump(after_ms=MINUTE_MS)

    assert driver.refused("refunds/end", **end, status="ABNORMAL") == "refund_ended"
    assert driver.refused("refunds/end", mchid=MCHID, out_refund_no="refund-9", status="CLOSED") == "unknown_refund"
    events = [push["subject"] for push in driver.look("callbacks")["callbacks"]]
    assert events.count("REFUND.SUCCESS") == 1


@pytest.mark.parametrize("way", ["card", "merchant"])
def test_abnormal_refund_goes_on_to_another_place(driver: Driver, way: str) -> None:
    transaction = driver.paid()
    refund_id = refunded(driver, transaction, 12_300)
    driver.control("refunds/end", mchid=MCHID, out_refund_no="refund-1", status="ABNORMAL")

    again = redirected(driver, refund_id, **(to_card(driver) if way == "card" else {}))
    driver.pump(after_ms=3_000)

    query = driver.signed("GET", "/v3/refund/domestic/refunds/refund-1").json
    assert again.json["status"] == "PROCESSING"
    assert query["status"] == "SUCCESS"
    assert query["user_received_account"] == ("银行卡0403" if way == "card" else "商户结算银行账户")
    assert driver.look("order", transaction_id=transaction)["order"]["order_state"] == 5


def test_abnormal_refund_refuses_what_it_cannot_use(driver: Driver) -> None:
    refund_id = refunded(driver, driver.paid())
    card = to_card(driver)
    early = redirected(driver, refund_id)
    driver.control("refunds/end", mchid=MCHID, out_refund_no="refund-1", status="ABNORMAL")
    refused = [
        redirected(driver, "5030"),
        redirected(driver, refund_id, type="CASH"),
        redirected(driver, refund_id, out_refund_no="refund-2"),
        redirected(driver, refund_id, type="USER_BANK_CARD"),
        redirected(driver, refund_id, **{**card, "bank_account": "6222021234560403"}),
        redirected(driver, refund_id, **card, serial="ABCD"),
    ]

    assert (early.status, early.json["code"]) == (400, "INVALID_REQUEST")
    assert [(reply.status, reply.json["code"]) for reply in refused] == [
        (404, "RESOURCE_NOT_EXISTS"),
        *[(400, "PARAM_ERROR")] * 5,
    ]
    assert status_of(driver) == "ABNORMAL"


def test_fiftieth_part_is_the_last(driver: Driver) -> None:
    transaction = driver.paid()
    for number in range(50):
        driver.now_ms += MINUTE_MS
        assert driver.refund(transaction, f"refund-{number}", 1).status == 200
    driver.now_ms += MINUTE_MS

    last = driver.refund(transaction, "refund-50", 1)

    assert (last.status, last.json["code"]) == (400, "INVALID_REQUEST")
    assert driver.look("order", transaction_id=transaction)["refunded_fen"] == 50


def test_refund_is_possible_for_365_days(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += 365 * DAY_MS

    assert driver.refund(transaction, "refund-1", 1).status == 200


def test_bad_refund_fields_are_refused(driver: Driver) -> None:
    transaction = driver.paid()

    assert driver.refund(transaction, "refund 1", 1).json["code"] == "PARAM_ERROR"
    assert driver.refund(transaction, "refund-1", 0).json["code"] == "PARAM_ERROR"
    assert driver.refund(transaction, "refund-1", 1, notify_url="http://shop.test").json["code"] == "PARAM_ERROR"
    assert driver.look("order", transaction_id=transaction)["refunded_fen"] == 0


def test_refund_that_went_on_and_was_closed_stays_closed(driver: Driver) -> None:
    transaction = driver.paid()
    refund_id = refunded(driver, transaction)
    end = {"mchid": MCHID, "out_refund_no": "refund-1"}
    driver.control("refunds/end", **end, status="ABNORMAL")
    redirected(driver, refund_id)
    driver.control("refunds/end", **end, status="CLOSED")
    driver.pump(after_ms=MINUTE_MS)

    assert status_of(driver) == "CLOSED"
    assert driver.look("order", transaction_id=transaction)["frozen_fen"] == 12_300
