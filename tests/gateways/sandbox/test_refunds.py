"""Refunds: one number one refund, parts, and whose money it is."""

import json

from gateways.sandbox.driving import DAY_MS, MCHID, MINUTE_MS, PAY_URL, Driver
from gateways.sandbox.test_pay import opened


def test_same_number_again_is_the_same_refund(driver: Driver) -> None:
    transaction = driver.paid()
    first = driver.refund(transaction, "refund-1", 300).json
    again = driver.refund(transaction, "refund-1", 300).json
    other = driver.refund(transaction, "refund-1", 301)

    assert first == again
    assert (first["status"], first["amount"]["refund"]) == ("PROCESSING", 300)
    assert (other.status, other.json["code"]) == (400, "INVALID_REQUEST")
    assert driver.look("order", transaction_id=transaction)["refunded_fen"] == 300


def test_refund_arrives_later_and_the_merchant_is_told(driver: Driver) -> None:
    transaction = driver.paid()
    driver.pump()
    driver.refund(transaction, "refund-1", 300, notify_url=PAY_URL)

    driver.pump(after_ms=3_000)

    notice = json.loads(driver.received[-1].body)
    query = driver.signed("GET", "/v3/refund/domestic/refunds/refund-1").json
    assert notice["event_type"] == "REFUND.SUCCESS"
    assert opened(driver.received[-1])["refund_id"] == query["refund_id"]
    assert query["status"] == "SUCCESS"
    order = driver.signed("GET", f"/v3/pay/transactions/id/{transaction}?mchid={MCHID}").json
    assert order["trade_state"] == "REFUND"


def test_parts_need_a_minute_between_them_and_never_exceed_the_payment(driver: Driver) -> None:
    transaction = driver.paid()
    driver.refund(transaction, "refund-1", 12_000)
    soon = driver.refund(transaction, "refund-2", 300)
    driver.now_ms += MINUTE_MS
    too_much = driver.refund(transaction, "refund-2", 301)
    rest = driver.refund(transaction, "refund-2", 300)

    assert (soon.status, soon.json["code"]) == (429, "FREQUENCY_LIMITED")
    assert (too_much.status, too_much.json["code"]) == (400, "INVALID_REQUEST")
    assert rest.status == 200
    assert driver.look("order", transaction_id=transaction)["frozen_fen"] == 0


def test_unknown_or_unpaid_orders_are_not_refunded(driver: Driver) -> None:
    driver.prepay()

    unknown = driver.refund("4200000000000000000000000000", "refund-1", 1)
    body = {"out_trade_no": "order-0001", "out_refund_no": "refund-1", "amount": {"refund": 1, "total": 12_300}}
    unpaid = driver.signed("POST", "/v3/refund/domestic/refunds", body)

    assert [(reply.status, reply.json["code"]) for reply in (unknown, unpaid)] == [(404, "RESOURCE_NOT_EXISTS")] * 2
    assert driver.signed("GET", "/v3/refund/domestic/refunds/refund-1").status == 404


def test_settled_order_is_refunded_from_the_balance_or_not_at_all(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += MINUTE_MS
    driver.ship(transaction)
    driver.control("confirm_receipt", transaction_id=transaction, person="p1")
    driver.control("withdraw", mchid=MCHID, fen=12_000)

    short = driver.refund(transaction, "refund-1", 301)
    enough = driver.refund(transaction, "refund-2", 300)

    assert (short.status, short.json["code"]) == (403, "NOT_ENOUGH")
    assert enough.json["funds_account"] == "AVAILABLE"
    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 0


def test_year_old_payment_is_not_refunded(driver: Driver) -> None:
    transaction = driver.paid()
    driver.now_ms += 366 * DAY_MS

    assert driver.refund(transaction, "refund-1", 1).json["code"] == "INVALID_REQUEST"


def test_money_is_conserved_through_part_refund_and_settlement(driver: Driver) -> None:
    transaction = driver.paid()
    driver.refund(transaction, "refund-1", 300)
    driver.pump(after_ms=MINUTE_MS)
    driver.ship(transaction)
    driver.pump(after_ms=10 * DAY_MS)

    order = driver.look("order", transaction_id=transaction)

    balance_fen = driver.look("merchant", mchid=MCHID)["balance_fen"]
    assert order["frozen_fen"] + order["refunded_fen"] + balance_fen == 12_300
    assert balance_fen == 12_000


def test_fully_refunded_order_is_neither_shipped_nor_settled(driver: Driver) -> None:
    transaction = driver.paid()
    driver.refund(transaction, "refund-1", 12_300)
    driver.pump(after_ms=MINUTE_MS)

    assert driver.ship(transaction)["errcode"] == 10060004
    driver.pump(after_ms=30 * DAY_MS)
    assert driver.look("order", transaction_id=transaction)["order"]["order_state"] == 5
    assert driver.look("merchant", mchid=MCHID)["balance_fen"] == 0
