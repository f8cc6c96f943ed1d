"""Who is in the mini-program: sessions, sealed data, phone numbers, and the unionid of who has paid."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from gateways.sandbox.driving import CALLBACK_URL, MCHID, MINI, MINUTE_MS, Driver


def get(driver: Driver, path: str, **query: str) -> Any:
    told = "&".join(f"{name}={value}" for name, value in query.items())
    return driver.send("GET", f"{path}?access_token={driver.stable_token()}&{told}").json


def logged_in(driver: Driver, person: str = "p1") -> Any:
    code = driver.control("wx_login", person=person, appid=MINI)["code"]
    secret = driver.look("account", appid=MINI)["account"]["secret"]
    query = f"appid={MINI}&secret={secret}&js_code={code}&grant_type=authorization_code"
    return driver.send("GET", f"/sns/jscode2session?{query}").json


def proof(session_key: str) -> str:
    return hmac.new(session_key.encode(), b"", hashlib.sha256).hexdigest()


def opened(session_key: str, sealed: Any) -> Any:
    key, iv = base64.b64decode(session_key), base64.b64decode(sealed["iv"])
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    plain = decryptor.update(base64.b64decode(sealed["encryptedData"])) + decryptor.finalize()
    return json.loads(plain[: -plain[-1]])


def check(driver: Driver, session_key: str, **changes: str) -> int:
    query = {"openid": driver.openid(), "signature": proof(session_key), "sig_method": "hmac_sha256", **changes}
    code: int = get(driver, "/wxa/checksession", **query)["errcode"]
    return code


def test_the_present_session_key_proves_itself_until_the_next_login(driver: Driver) -> None:
    first = logged_in(driver)["session_key"]
    before = check(driver, first)
    second = logged_in(driver)["session_key"]

    assert (before, check(driver, first), check(driver, second)) == (0, 87009, 0)


def test_session_checks_refuse_a_wrong_person_method_or_proof(driver: Driver) -> None:
    key = logged_in(driver)["session_key"]

    assert check(driver, key, openid="o-nobody") == 40003
    assert check(driver, key, sig_method="md5") == 40097
    assert check(driver, key, signature="0" * 64) == 87009
    for changes, code in (({"openid": "o-nobody"}, 40003), ({"sig_method": ""}, 40097), ({"signature": ""}, 87009)):
        query = {"openid": driver.openid(), "signature": proof(key), "sig_method": "hmac_sha256", **changes}
        assert get(driver, "/wxa/resetusersessionkey", **query)["errcode"] == code
    assert check(driver, key) == 0


def test_resetting_gives_a_new_key_that_the_log_does_not_show(driver: Driver) -> None:
    key = logged_in(driver)["session_key"]
    query = {"openid": driver.openid(), "signature": proof(key), "sig_method": "hmac_sha256"}

    reset = get(driver, "/wxa/resetusersessionkey", **query)

    assert (reset["errcode"], reset["openid"]) == (0, driver.openid())
    assert (check(driver, key), check(driver, reset["session_key"])) == (87009, 0)
    assert reset["session_key"] not in json.dumps(driver.look("calls"))


def test_sealed_profile_opens_with_the_session_key_and_bears_the_watermark(driver: Driver) -> None:
    before = driver.refused("user_profile", person="p1", appid=MINI)
    key = logged_in(driver)["session_key"]

    given = driver.control("user_profile", person="p1", appid=MINI)

    plain = opened(key, given)
    assert before == "no_session"
    assert plain["openId"] == driver.openid()
    assert plain["watermark"] == {"timestamp": driver.now_ms // 1000, "appid": MINI}
    assert given["signature"] == hashlib.sha1(f"{given['rawData']}{key}".encode()).hexdigest()


def test_a_tap_gives_a_code_and_the_same_number_sealed(driver: Driver) -> None:
    key = logged_in(driver)["session_key"]
    driver.control("persons/phone", person="p1", number="13800138000")

    tap = driver.control("phone_number", person="p1", appid=MINI)
    shown = driver.api("/wxa/business/getuserphonenumber", code=tap["code"])["phone_info"]

    assert (shown["phoneNumber"], shown["purePhoneNumber"], shown["countryCode"]) == ("13800138000",) * 2 + ("86",)
    assert shown["watermark"] == {"timestamp": driver.now_ms // 1000, "appid": MINI}
    assert opened(key, tap)["phoneNumber"] == "13800138000"


def test_a_phone_code_is_good_once_for_five_minutes_and_for_its_person(driver: Driver) -> None:
    def asked(code: str, **extra: str) -> int:
        answer: int = driver.api("/wxa/business/getuserphonenumber", code=code, **extra)["errcode"]
        return answer

    codes = [driver.control("phone_number", person="p1", appid=MINI)["code"] for _ in range(2)]
    foreign = asked(codes[0], openid=driver.openid("p2"))

    assert (foreign, asked(codes[0]), asked(codes[0]), asked("made-up")) == (40003, 0, 40029, 40029)
    driver.now_ms += 5 * MINUTE_MS
    assert asked(codes[1]) == 40029
    assert driver.look("phone_number_calls", appid=MINI) == {"free_left": 999, "paid": 0}


def test_the_thousand_and_first_number_is_to_be_paid(driver: Driver) -> None:
    driver.sandbox._state.run("INSERT INTO phone_checks VALUES (?, 1000)", MINI)
    code = driver.control("phone_number", person="p1", appid=MINI)["code"]

    driver.api("/wxa/business/getuserphonenumber", code=code)

    assert driver.look("phone_number_calls", appid=MINI) == {"free_left": 0, "paid": 1}


def test_a_person_of_the_highest_risk_cannot_log_in(driver: Driver) -> None:
    driver.control("persons/risk", person="p1", rank=4)

    assert logged_in(driver)["errcode"] == 40226
    assert "openid" in logged_in(driver, "p2")


def test_wrong_login_parameters_are_named(driver: Driver) -> None:
    secret = driver.look("account", appid=MINI)["account"]["secret"]

    def ask(query: str) -> int:
        code: int = driver.send("GET", f"/sns/jscode2session?{query}").json["errcode"]
        return code

    assert ask(f"appid=wxnobody&secret={secret}&js_code=x&grant_type=authorization_code") == 40013
    assert ask(f"appid={MINI}&secret=wrong&js_code=x&grant_type=authorization_code") == 40125
    assert ask(f"appid={MINI}&secret={secret}&js_code=x&grant_type=password") == 40002


def test_the_payer_has_a_unionid_for_five_minutes(driver: Driver) -> None:
    transaction = driver.paid()
    unbound = get(driver, "/wxa/getpaidunionid", openid=driver.openid(), transaction_id=transaction)["errcode"]
    driver.control("accounts", appid=MINI, kind="mini_program", callback_url=CALLBACK_URL, open_appid="open1")

    by_transaction = get(driver, "/wxa/getpaidunionid", openid=driver.openid(), transaction_id=transaction)
    order = {"mch_id": MCHID, "out_trade_no": "order-0001"}
    by_order = get(driver, "/wxa/getpaidunionid", openid=driver.openid(), **order)

    assert unbound == 89002
    assert by_transaction["unionid"] == by_order["unionid"] == logged_in(driver)["unionid"]
    assert get(driver, "/wxa/getpaidunionid", openid="o-nobody", **order)["errcode"] == 40003
    assert get(driver, "/wxa/getpaidunionid", openid=driver.openid("p2"), **order)["errcode"] == 89300
    assert get(driver, "/wxa/getpaidunionid", openid=driver.openid(), transaction_id="42")["errcode"] == 89300
    driver.now_ms += 5 * MINUTE_MS
    assert get(driver, "/wxa/getpaidunionid", openid=driver.openid(), **order)["errcode"] == 89300
