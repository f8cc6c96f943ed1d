"""What WeChat pushes to an account's URL: formats, encryption, tries."""

import json
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from wechatpy.crypto import WeChatCrypto

from gateways.sandbox.driving import CALLBACK_URL, MINI, Driver
from wechat_sandbox import Answer, Callback
from wechat_sandbox.crypt import signature


def read_xml(text: str | bytes) -> dict[str, str]:
    """Leaf elements by name."""
    return {leaf.tag: leaf.text or "" for leaf in ET.fromstring(text).iter() if len(leaf) == 0}


def query_of(callback: Callback) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(callback.url).query).items()}


def set_account(driver: Driver, **choices: Any) -> Any:
    return driver.control("accounts", appid=MINI, kind="mini_program", callback_url=CALLBACK_URL, **choices)["account"]


def follow(driver: Driver) -> Callback:
    driver.control("follow", person="p1", appid=MINI)
    driver.pump()
    return driver.received[-1]


def test_wechatpy_opens_an_encrypted_xml_event(driver: Driver) -> None:
    app = set_account(driver)
    callback = follow(driver)
    query = query_of(callback)

    crypto = WeChatCrypto(app["token"], app["aes_key"], MINI)
    text = crypto.decrypt_message(callback.body, query["msg_signature"], query["timestamp"], query["nonce"])

    event = read_xml(text)
    assert (event["Event"], event["FromUserName"]) == ("subscribe", driver.openid())
    assert query["signature"] == signature(app["token"], query["timestamp"], query["nonce"])


def test_json_event_is_encrypted_in_json(driver: Driver) -> None:
    app = set_account(driver, format="json")
    driver.control("consent", person="p1", appid=MINI, answers={"tpl-delay": "accept"})
    driver.pump()
    callback = driver.received[-1]
    query, envelope = query_of(callback), json.loads(callback.body)

    crypto = WeChatCrypto(app["token"], app["aes_key"], MINI)
    text = crypto.decrypt_message(envelope, query["msg_signature"], query["timestamp"], query["nonce"])

    event = json.loads(text)
    assert event["List"] == [{"TemplateId": "tpl-delay", "SubscribeStatusString": "accept", "PopupScene": "0"}]


def test_plain_mode_sends_the_event_itself(driver: Driver) -> None:
    set_account(driver, encryption="plain")
    driver.control(
        "express_path",
        appid=MINI,
        person="p1",
        delivery_id="YTO",
        waybill_id="YT1",
        action_type=300003,
        action_msg="已签收 ]]> &",
    )
    driver.pump()
    callback = driver.received[-1]

    event = read_xml(callback.body)

    assert (event["Event"], event["WayBillId"]) == ("add_express_path", "YT1")
    assert (event["ActionTime"], event["ActionType"]) == (str(driver.now_ms // 1000), "300003")
    assert event["ActionMsg"] == "已签收 ]]> &"
    assert "encrypt_type" not in query_of(callback)


def test_unanswered_message_is_tried_three_times_five_seconds_apart(driver: Driver) -> None:
    driver.answer = 0
    follow(driver)
    sent = [
        driver.pump(after_ms=4_999),
        driver.pump(after_ms=1),
        driver.pump(after_ms=5_000),
        driver.pump(after_ms=10**9),
    ]

    push = driver.look("callbacks")["callbacks"][0]

    assert sent == [0, 1, 1, 0]
    assert (push["status"], [tried["http_status"] for tried in push["tried"]]) == ("failed", [0, 0, 0])


@pytest.mark.parametrize(("honest", "verified"), [(True, True), (False, False)])
def test_url_check_wants_its_echo_back(driver: Driver, honest: bool, verified: bool) -> None:
    driver.control("accounts/check_url", appid=MINI)

    async def receive(callback: Callback) -> Answer:
        assert callback.method == "GET"
        return Answer(200, query_of(callback)["echostr"].encode() if honest else b"hello")

    driver.sandbox._send = receive
    driver.pump()

    assert driver.look("account", appid=MINI)["account"]["callback_verified"] is verified
