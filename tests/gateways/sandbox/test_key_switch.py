"""Pay's keys change under a running merchant: certificate to public key in seven days, or a certificate's successor."""

import base64
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import APIV3_KEY, DAY_MS, MCHID, MINI, SERIAL, Driver
from gateways.sandbox.test_pay import lowered, platform_key, verify
from wechat_sandbox.pay.merchants import CERTIFICATE_DAYS

QUERY = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}"


@pytest.fixture
def old(a_sandbox: MakeDriver) -> Driver:
    """A sandbox whose merchant lives by certificates."""
    return a_sandbox(key_mode="certificate")


def switch(driver: Driver, step: str) -> Any:
    return driver.control("merchants/switch", mchid=MCHID, step=step)


def in_mode(driver: Driver, key_mode: str) -> None:
    """The merchant is registered again, in this mode (switching: by halves)."""
    body = {"mchid": MCHID, "appids": [MINI], "public_key_pem": driver.key.public_pem, "serial": SERIAL}
    driver.control("merchants", **body, apiv3_key=APIV3_KEY, key_mode=key_mode, switched_ratio=0.5)


def notice_serials(driver: Driver, count: int) -> list[str]:
    """The serials of the next `count` notices."""
    before = len(driver.received)
    for number in range(count):
        driver.paid(f"order-{before + number:04d}")
    driver.pump()
    return [lowered(callback)["wechatpay-serial"] for callback in driver.received[before:]]


def by_public_key(serials: list[str]) -> int:
    return sum(serial.startswith("PUB_KEY_ID_") for serial in serials)


def listed(driver: Driver) -> dict[str, x509.Certificate]:
    """The certificates that can be downloaded, by serial."""
    items = driver.signed("GET", "/v3/certificates").json["data"]
    found = {}
    for item in items:
        envelope = item["encrypt_certificate"]
        pem = AESGCM(APIV3_KEY.encode()).decrypt(
            envelope["nonce"].encode(), base64.b64decode(envelope["ciphertext"]), envelope["associated_data"].encode()
        )
        found[item["serial_no"]] = x509.load_pem_x509_certificate(pem)
    return found


def test_share_of_the_public_key_grows_in_seven_days(old: Driver) -> None:
    begun = switch(old, "begin")
    shares, counts = [begun["share"]], []
    for _ in range(8):
        counts.append(by_public_key(notice_serials(old, 40)))
        old.now_ms += DAY_MS
        shares.append(old.look("merchant", mchid=MCHID)["switched_share"])

    assert (begun["key_mode"], round(begun["share"], 6)) == ("switching", 0.001)
    assert shares == sorted(shares)
    assert shares[7] == shares[8] == 1.0
    assert counts[0] <= 2
    assert 0 < sum(counts[4:7]) < 120
    assert counts[7] == 40


def test_notice_signed_by_the_public_key_stays_so_at_its_retries(old: Driver) -> None:
    switch(old, "begin")
    old.now_ms += 5 * DAY_MS
    old.answer = 500
    first = notice_serials(old, 20)
    old.pump(after_ms=15_000)

    again = [lowered(callback)["wechatpay-serial"] for callback in old.received[20:]]

    assert 0 < by_public_key(first) < 20
    assert again == first


def test_replies_follow_the_requests_serial_while_switching(old: Driver) -> None:
    key_id, key = platform_key(old)
    in_mode(old, "certificate")
    switch(old, "begin")
    old.prepay()

    by_certificate = old.signed("GET", QUERY)
    by_key = old.signed("GET", QUERY, headers={"Wechatpay-Serial": key_id})

    assert by_certificate.headers["wechatpay-serial"] in listed(old)
    assert by_key.headers["wechatpay-serial"] == key_id
    verify(key, by_key.headers, by_key.body)


def test_cancelled_switch_brings_everything_back_to_the_certificate(old: Driver) -> None:
    switch(old, "begin")
    old.now_ms += 6 * DAY_MS
    switch(old, "cancel")
    key_id = old.look("merchant", mchid=MCHID)["public_key_id"]

    serials = notice_serials(old, 10)

    reply = old.signed("GET", QUERY, headers={"Wechatpay-Serial": key_id})
    assert set(serials) == {reply.headers["wechatpay-serial"]} == set(listed(old))
    assert switch(old, "begin")["share"] == pytest.approx(0.001)


def test_switch_is_finished_after_seven_days_and_then_there_is_no_certificate(old: Driver) -> None:
    switch(old, "begin")
    old.now_ms += 7 * DAY_MS - 1
    early = old.refused("merchants/switch", mchid=MCHID, step="finish")
    old.now_ms += 1
    done = switch(old, "finish")

    refused = old.signed("GET", "/v3/certificates")
    assert (early, done) == ("switch_not_over", {"key_mode": "public_key", "share": 1.0})
    assert (refused.status, refused.json["code"]) == (404, "RESOURCE_NOT_EXISTS")
    assert by_public_key(notice_serials(old, 5)) == 5


def test_switch_steps_come_in_their_order(old: Driver, driver: Driver) -> None:
    assert driver.refused("merchants/switch", mchid=MCHID, step="begin") == "not_by_certificate"
    assert old.refused("merchants/switch", mchid=MCHID, step="cancel") == "not_switching"
    assert old.refused("merchants/switch", mchid="1", step="begin") == "unknown_merchant"


def test_fixed_share_needs_no_switch_and_ends_one(old: Driver) -> None:
    switch(old, "begin")
    in_mode(old, "switching")

    assert old.look("merchant", mchid=MCHID)["switched_share"] == 0.5
    assert 0 < by_public_key(notice_serials(old, 20)) < 20


def test_successor_is_listed_beside_the_old_certificate_then_takes_over(old: Driver) -> None:
    first = set(listed(old))
    renewed = old.control("certificates/renew")
    both = listed(old)
    waiting = set(notice_serials(old, 10))
    old.now_ms += 7 * DAY_MS + DAY_MS // 2
    growing = set(notice_serials(old, 30))
    old.now_ms += 2 * DAY_MS + DAY_MS // 2
    alone = set(notice_serials(old, 5))

    new = set(both) - first
    assert renewed["serials"] == [*first, *new]
    assert (waiting, growing, alone) == (first, set(both), new)
    assert set(listed(old)) == new


def test_every_reply_is_signed_by_the_certificate_it_names(old: Driver) -> None:
    old.prepay()
    old.control("certificates/renew")
    old.now_ms += 7 * DAY_MS
    certificates = listed(old)

    replies = [old.signed("GET", QUERY) for _ in range(20)]

    for reply in replies:
        key = certificates[reply.headers["wechatpay-serial"]].public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        verify(key, reply.headers, reply.body)
    assert {reply.headers["wechatpay-serial"] for reply in replies} == set(certificates)


def test_certificate_gets_its_successor_ten_days_before_its_end(old: Driver) -> None:
    (serial,) = listed(old)
    old.now_ms += (CERTIFICATE_DAYS - 12) * DAY_MS
    before = listed(old)
    old.now_ms += 2 * DAY_MS
    near = listed(old)
    old.now_ms += 10 * DAY_MS

    assert set(before) == {serial}
    assert len(near) == 2
    assert set(listed(old)) == set(near) - {serial}


def test_switch_and_renewal_never_run_at_once(old: Driver) -> None:
    old.control("certificates/renew")
    during_renewal = old.refused("merchants/switch", mchid=MCHID, step="begin")
    twice = old.refused("certificates/renew")
    old.now_ms += 10 * DAY_MS
    switch(old, "begin")

    assert during_renewal == twice == "certificate_renewal_running"
    assert old.refused("certificates/renew") == "key_switch_running"


def test_certificates_outlive_a_restart(a_sandbox: MakeDriver, tmp_path: Any) -> None:
    driver = a_sandbox(key_mode="certificate", path=str(tmp_path / "wechat.db"))
    driver.control("certificates/renew")
    before = listed(driver)
    driver.sandbox.close()

    driver.open()

    assert set(listed(driver)) == set(before)


def test_probed_reply_took_effect_but_its_signature_is_no_signature(driver: Driver) -> None:
    driver.control("faults", kind="signtest_reply")

    probed, again = driver.prepay(), driver.prepay()

    assert probed.status == 200
    assert probed.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not again.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    assert json.loads(probed.body) == again.json
