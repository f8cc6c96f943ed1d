"""JSAPI payments: real signatures both ways, order states, notices for a day."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import (
    APIV3_KEY,
    DAY_MS,
    HOUR_MS,
    MCHID,
    MINI,
    MINUTE_MS,
    PAY_URL,
    SERIAL,
    Driver,
    rfc3339,
)
from wechat_sandbox import Callback
from wechat_sandbox.callbacks import PAY_RETRIES_S
from wechat_sandbox.doors.headers import NAMES


def platform_key(driver: Driver) -> tuple[str, rsa.RSAPublicKey]:
    reply = driver.control(
        "merchants",
        mchid=MCHID,
        appids=[MINI],
        public_key_pem=driver.key.public_pem,
        serial=SERIAL,
        apiv3_key=APIV3_KEY,
    )
    key = load_pem_public_key(reply["public_key_pem"].encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return reply["public_key_id"], key


def verify(key: rsa.RSAPublicKey, headers: Any, body: bytes) -> None:
    message = f"{headers['wechatpay-timestamp']}\n{headers['wechatpay-nonce']}\n".encode() + body + b"\n"
    key.verify(base64.b64decode(headers["wechatpay-signature"]), message, padding.PKCS1v15(), hashes.SHA256())


def opened(callback: Callback) -> Any:
    resource = json.loads(callback.body)["resource"]
    plain = AESGCM(APIV3_KEY.encode()).decrypt(
        resource["nonce"].encode(), base64.b64decode(resource["ciphertext"]), resource["associated_data"].encode()
    )
    return json.loads(plain)


def lowered(callback: Callback) -> dict[str, str]:
    return {name.lower(): value for name, value in callback.headers.items()}


def test_reply_and_notice_are_signed_by_the_public_key(driver: Driver) -> None:
    key_id, key = platform_key(driver)
    reply = driver.prepay()
    transaction = driver.control("pay", person="p1", prepay_id=reply.json["prepay_id"])["transaction_id"]
    driver.pump()

    callback = driver.received[0]
    verify(key, reply.headers, reply.body)
    verify(key, lowered(callback), callback.body)
    assert reply.headers["wechatpay-serial"] == lowered(callback)["wechatpay-serial"] == key_id
    assert callback.url == PAY_URL
    notice = opened(callback)
    assert (notice["transaction_id"], notice["trade_state"]) == (transaction, "SUCCESS")
    assert notice["amount"]["total"] == 12_300
    assert notice["payer"]["openid"] == driver.openid()
    assert len(transaction) == 28


def test_tampered_body_is_refused_and_nothing_is_created(driver: Driver) -> None:
    timestamp, nonce = str(driver.now_ms // 1000), "n"
    signature = driver.key.signed(f"POST\n/v3/pay/transactions/jsapi\n{timestamp}\n{nonce}\n{{}}\n")
    proof = (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{MCHID}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{SERIAL}"'
    )

    reply = driver.send("POST", "/v3/pay/transactions/jsapi", b'{"a":1}', {"Authorization": proof})
    unsigned = driver.send("POST", "/v3/pay/transactions/jsapi", b"{}")

    assert (reply.status, reply.json["code"]) == (401, "SIGN_ERROR")
    assert (unsigned.status, unsigned.json["code"]) == (401, "SIGN_ERROR")
    assert driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}").status == 404


def test_request_older_than_five_minutes_is_refused(driver: Driver) -> None:
    driver.prepay()
    timestamp = str(driver.now_ms // 1000 - 302)
    target = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}"
    signature = driver.key.signed(f"GET\n{target}\n{timestamp}\nn\n\n")
    proof = (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{MCHID}",nonce_str="n",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{SERIAL}"'
    )

    assert driver.send("GET", target, b"", {"Authorization": proof}).json["code"] == "SIGN_ERROR"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"appid": "wxother"}, 400, "APPID_MCHID_NOT_MATCH"),
        ({"out_trade_no": "short"}, 400, "PARAM_ERROR"),
        ({"amount": {"total": 0}}, 400, "PARAM_ERROR"),
        ({"notify_url": "http://shop.test/pay"}, 400, "PARAM_ERROR"),
        ({"notify_url": "https://shop.test/pay?a=1"}, 400, "PARAM_ERROR"),
        ({"payer": {"openid": "o-nobody"}}, 400, "PARAM_ERROR"),
        ({"time_expire": "2026-02-25T14:13:21+08:00"}, 400, "PARAM_ERROR"),
        ({"description": "长" * 128}, 400, "PARAM_ERROR"),
    ],
)
def test_prepay_refuses_bad_fields(driver: Driver, change: Any, status: int, code: str) -> None:
    reply = driver.prepay(**change)

    assert (reply.status, reply.json["code"]) == (status, code)


def test_same_prepay_again_is_the_same_and_another_is_refused(driver: Driver) -> None:
    first, again, other = driver.prepay(), driver.prepay(), driver.prepay(total_fen=1)
    driver.now_ms += 2 * HOUR_MS
    renewed = driver.prepay()

    assert first.json == again.json != renewed.json
    assert (other.status, other.json["code"]) == (403, "OUT_TRADE_NO_USED")
    assert driver.refused("pay", person="p1", prepay_id=first.json["prepay_id"]) == "prepay_id_unknown"
    assert driver.control("pay", person="p1", prepay_id=renewed.json["prepay_id"])["errMsg"] == "requestPayment:ok"


def test_paying_twice_or_for_another_is_refused_and_tells_nobody_again(driver: Driver) -> None:
    prepay_id = driver.prepay().json["prepay_id"]
    stranger = driver.refused("pay", person="p2", prepay_id=prepay_id)
    driver.control("pay", person="p1", prepay_id=prepay_id)
    twice = driver.refused("pay", person="p1", prepay_id=prepay_id)

    assert (stranger, twice) == ("other_payer", "not_payable")
    assert driver.pump() == 1
    assert driver.prepay().json["code"] == "ORDERPAID"


def test_cancelling_at_the_cashier_changes_nothing(driver: Driver) -> None:
    prepay_id = driver.prepay().json["prepay_id"]

    assert driver.control("pay", person="p1", prepay_id=prepay_id, action="cancel")["errMsg"].endswith("cancel")
    query = driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}")
    assert query.json["trade_state"] == "NOTPAY"


def test_phone_verifies_the_pay_sign(driver: Driver) -> None:
    package = f"prepay_id={driver.prepay().json['prepay_id']}"
    sign = driver.key.signed(f"{MINI}\n1\nn\n{package}\n")
    arguments = {"timeStamp": "1", "nonceStr": "n", "package": package, "signType": "RSA", "paySign": sign}

    refused = driver.refused("pay", person="p1", request_payment={**arguments, "timeStamp": "2"})
    paid = driver.control("pay", person="p1", request_payment=arguments)

    assert (refused, paid["errMsg"]) == ("pay_sign_wrong", "requestPayment:ok")


def test_query_by_both_numbers_shows_the_paid_order(driver: Driver) -> None:
    transaction = driver.paid()

    by_no = driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}").json
    by_id = driver.signed("GET", f"/v3/pay/transactions/id/{transaction}?mchid={MCHID}").json

    assert by_no == by_id
    assert (by_no["trade_state"], by_no["success_time"]) == ("SUCCESS", rfc3339(driver.now_ms).replace(".000", ""))


def test_closed_order_cannot_be_paid_and_paid_order_cannot_be_closed(driver: Driver) -> None:
    closing = "/v3/pay/transactions/out-trade-no/{}/close"
    prepay_id = driver.prepay().json["prepay_id"]
    closed = driver.signed("POST", closing.format("order-0001"), {"mchid": MCHID})
    driver.paid("order-0002")
    paid = driver.signed("POST", closing.format("order-0002"), {"mchid": MCHID})

    assert (closed.status, closed.body) == (204, b"")
    assert driver.refused("pay", person="p1", prepay_id=prepay_id) == "not_payable"
    assert (paid.status, paid.json["code"]) == (400, "ORDERPAID")
    assert driver.prepay().json["code"] == "ORDER_CLOSED"


def test_order_closes_by_itself_at_its_expiry(driver: Driver) -> None:
    prepay_id = driver.prepay(time_expire=rfc3339(driver.now_ms + 10 * MINUTE_MS)).json["prepay_id"]
    driver.now_ms += 10 * MINUTE_MS

    query = driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}")

    assert query.json["trade_state"] == "CLOSED"
    assert driver.refused("pay", person="p1", prepay_id=prepay_id) == "not_payable"


def test_notice_is_repeated_on_the_documented_schedule_with_one_id(driver: Driver) -> None:
    driver.answer = 500
    driver.paid()
    driver.pump()
    sent = []
    for wait_s in PAY_RETRIES_S:
        sent += [driver.pump(after_ms=wait_s * 1000 - 1), driver.pump(after_ms=1)]

    assert sum(PAY_RETRIES_S) == 24 * 3600 + 4 * 60
    assert sent == [0, 1] * 15
    assert driver.pump(after_ms=DAY_MS) == 0
    assert len({json.loads(callback.body)["id"] for callback in driver.received}) == 1
    assert len({lowered(callback)["wechatpay-nonce"] for callback in driver.received}) == 16


def test_notice_stops_at_204(driver: Driver) -> None:
    driver.answers = [502, 204]
    driver.paid()

    assert (driver.pump(), driver.pump(after_ms=15_000), driver.pump(after_ms=DAY_MS)) == (1, 1, 0)


def test_certificates_are_for_certificate_merchants_only(a_sandbox: MakeDriver) -> None:
    modern, old = a_sandbox(), a_sandbox(key_mode="certificate")

    refused, listed = modern.signed("GET", "/v3/certificates"), old.signed("GET", "/v3/certificates")

    assert (refused.status, refused.json["code"]) == (404, "RESOURCE_NOT_EXISTS")
    item = listed.json["data"][0]
    assert item["serial_no"] == listed.headers["wechatpay-serial"]


def test_switching_merchant_gets_notices_of_either_key(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(key_mode="switching")
    for number in range(12):
        driver.paid(f"order-{number:04d}")
    driver.pump()

    by_key = [lowered(callback)["wechatpay-serial"].startswith("PUB_KEY_ID_") for callback in driver.received]

    assert {True, False} == set(by_key)


def test_a_path_is_signed_as_it_was_sent_with_its_percent_signs(driver: Driver) -> None:
    """As wechatpay-go and wechatpay-java write and sign numbers with `*`, `|` or `@`."""
    transaction_id = driver.paid("order*0001")
    driver.refund(transaction_id, "refund|1@*", 100)

    order = driver.signed("GET", f"/v3/pay/transactions/out-trade-no/order%2A0001?mchid={MCHID}")
    refund = driver.signed("GET", "/v3/refund/domestic/refunds/refund%7C1@%2a")

    assert (order.status, order.json["transaction_id"]) == (200, transaction_id)
    assert (refund.status, refund.json["out_refund_no"]) == (200, "refund|1@*")


def test_every_header_of_a_signed_reply_has_its_spelling_at_the_doors(driver: Driver) -> None:
    reply = driver.prepay()

    assert {name.encode() for name in reply.headers} - {b"content-length"} <= NAMES.keys()
    assert b"wechatpay-signature-type" in NAMES
