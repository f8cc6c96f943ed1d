"""One tap, one send; fields checked by type; service cards that only move forward."""

import json
from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MINI, SERVICE, Driver
from wechat_sandbox import SandboxSettings
from wechat_sandbox.values import fits

GOOD = {"thing1": "您的陶杯推迟", "date2": "2026年3月9日", "amount3": "¥123.00元"}


def send(driver: Driver, template: str = "tpl-delay", *, touser: str = "", **values: Any) -> Any:
    data = {name: {"value": value} for name, value in {**GOOD, **values}.items() if value is not None}
    openid = touser or driver.openid()
    return driver.api("/cgi-bin/message/subscribe/send", touser=openid, template_id=template, data=data)


def consent(driver: Driver, choice: str = "accept") -> Any:
    return driver.control("consent", person="p1", appid=MINI, answers={"tpl-delay": choice})


def test_each_tap_is_one_send_and_taps_add_up(driver: Driver) -> None:
    consent(driver)
    consent(driver)
    consent(driver, "reject")

    outcomes = [send(driver)["errcode"] for _ in range(3)]

    assert outcomes == [0, 0, 43101]
    assert len(driver.look("messages", person="p1", kind="subscribe")["messages"]) == 2


def test_popup_and_sent_events_tell_the_account(driver: Driver) -> None:
    consent(driver)
    send(driver)

    subjects = [push["subject"] for push in driver.look("callbacks", owner=MINI)["callbacks"]]

    assert subjects == ["subscribe_msg_popup_event", "subscribe_msg_sent_event"]


def test_refusing_in_the_settings_leaves_no_consent(driver: Driver) -> None:
    consent(driver)
    driver.control("consent/change", person="p1", appid=MINI, answers={"tpl-delay": "reject"})

    assert send(driver)["errcode"] == 43101


def test_long_term_template_needs_one_consent_only(driver: Driver) -> None:
    driver.control("templates", appid=MINI, template_id="tpl-long", fields=["thing1"], kind="long")
    driver.control("consent", person="p1", appid=MINI, answers={"tpl-long": "accept"})

    outcomes = [send(driver, "tpl-long", date2=None, amount3=None)["errcode"] for _ in range(3)]

    assert outcomes == [0, 0, 0]


def test_refused_sends_spend_no_consent(driver: Driver) -> None:
    consent(driver)

    assert send(driver, "tpl-nobody")["errcode"] == 40037
    assert send(driver, touser="o-nobody")["errcode"] == 40003
    long = send(driver, thing1="长" * 21)
    assert (long["errcode"], long["errmsg"].split(" rid")[0]) == (47003, "argument invalid! data.thing1.value invalid")
    assert send(driver, thing1=None)["errcode"] == 47003
    assert send(driver, phrase9="多余")["errcode"] == 47003
    assert driver.look("consents", appid=MINI, person="p1")["remaining"] == {"tpl-delay": 1}
    assert driver.look("messages", person="p1")["messages"] == []


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("thing1", "字" * 20, "字" * 21),
        ("number2", "1" * 32, "1" * 33),
        ("letter3", "a" * 32, "a1"),
        ("symbol4", "!!!!!", "!!!!!!"),
        ("character_string5", "SF-1000_x", "顺丰"),
        ("time6", "2026年3月9日 15:01", "2026年3月9日 25:01"),
        ("date7", "2026-03-09", "九号"),
        ("amount8", "¥1234567890.50元", "12345678901"),
        ("phone_number9", "+86-0766-66888866", "0" * 18),
        ("car_number10", "粤A8Z888挂", "粤A8Z88888挂"),
        ("name11", "王小明", "王小明王小明王小明王小"),
        ("phrase12", "配送中", "正在配送途中"),
        ("unknown13", "", "x"),
    ],
)
def test_value_rules_of_each_type(field: str, good: str, bad: str) -> None:
    assert fits(field, good) is (field != "unknown13")
    assert not fits(field, bad)


def card(driver: Driver, code: str, status: int, *, fen: int = 12_300, openid: str = "", **extra: Any) -> Any:
    body = {
        "openid": openid or driver.openid(),
        "notify_type": 2001,
        "notify_code": code,
        "content_json": json.dumps({"cur_status": status, "send_time": 1}),
        "check_json": json.dumps({"pay_amount": fen, "pay_time": driver.now_ms // 1000}),
        **extra,
    }
    return driver.api("/wxa/set_user_notify", **body)["errcode"]


def test_card_follows_a_paid_order_without_any_consent(driver: Driver) -> None:
    transaction = driver.paid()

    outcomes = [card(driver, transaction, 1), card(driver, transaction, 2), card(driver, transaction, 1)]

    assert outcomes == [0, 0, 85439]
    query = {"openid": driver.openid(), "notify_type": 2001, "notify_code": transaction}
    shown = driver.api("/wxa/get_user_notify", **query)["notify_info"]
    assert json.loads(shown["content_json"])["cur_status"] == 2
    assert len(driver.look("messages", person="p1", kind="card")["messages"]) == 2


def test_card_needs_the_true_payment_of_that_person(driver: Driver) -> None:
    transaction = driver.paid()

    assert card(driver, transaction, 1, fen=12_301) == 85433
    assert card(driver, transaction, 1, check_json="") == 85433
    assert card(driver, "4200000000000000000000000000", 1) == 85437
    assert card(driver, transaction, 1, openid=driver.openid("p2")) == 85437
    assert card(driver, transaction, 1, openid="o-nobody") == 40003
    assert card(driver, transaction, 1, notify_type=1) == 85434
    assert card(driver, transaction, 1, content_json="{") == 85435
    assert card(driver, transaction, 1, content_json="{}") == 85440
    assert driver.look("messages", person="p1")["messages"] == []


@pytest.mark.parametrize(("allowed", "outcome"), [(False, 85448), (True, 0)])
def test_same_card_status_again_is_a_switch(a_sandbox: MakeDriver, allowed: bool, outcome: int) -> None:
    driver = a_sandbox(settings=SandboxSettings(card_status_may_repeat=allowed))
    transaction = driver.paid()
    card(driver, transaction, 2)

    assert card(driver, transaction, 2) == outcome


def test_following_is_told_once(driver: Driver) -> None:
    for _ in range(2):
        driver.control("follow", person="p1", appid=SERVICE, scene="article7")
    driver.control("unfollow", person="p1", appid=SERVICE)

    pushes = driver.look("callbacks", owner=SERVICE)["callbacks"]

    assert [push["subject"] for push in pushes] == ["subscribe", "unsubscribe"]
    assert pushes[0]["content"]["EventKey"] == "qrscene_article7"
