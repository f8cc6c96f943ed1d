"""wx.login codes, and who gets a unionid."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MINI, MINUTE_MS, Driver

API = "application/json; encoding=utf-8"


def session(driver: Driver, code: str, appid: str = MINI) -> Any:
    secret = driver.look("account", appid=appid)["account"]["secret"]
    query = f"appid={appid}&secret={secret}&js_code={code}&grant_type=authorization_code"
    return driver.send("GET", f"/sns/jscode2session?{query}").json


def code_of(driver: Driver, person: str = "p1", appid: str = MINI) -> str:
    code: str = driver.control("wx_login", person=person, appid=appid)["code"]
    return code


def test_code_is_good_once(driver: Driver) -> None:
    code = code_of(driver)

    first, second = session(driver, code), session(driver, code)

    assert first["openid"] == driver.openid()
    assert "unionid" not in first
    assert second["errcode"] == 40163


def test_code_is_refused_after_five_minutes_and_in_another_account(driver: Driver) -> None:
    driver.control("accounts", appid="wxother", kind="mini_program")
    stale, foreign = code_of(driver), code_of(driver, appid="wxother")
    driver.now_ms += 5 * MINUTE_MS

    assert session(driver, stale)["errcode"] == 40029
    assert session(driver, foreign)["errcode"] == 40029
    assert session(driver, "0" * 32)["errcode"] == 40029


def test_unionid_joins_accounts_of_one_open_account_only(driver: Driver) -> None:
    for appid, owner in (("wxa", "open1"), ("wxb", "open1"), ("wxc", "open2")):
        driver.control("accounts", appid=appid, kind="mini_program", open_appid=owner)

    seen = {appid: session(driver, code_of(driver, appid=appid), appid) for appid in ("wxa", "wxb", "wxc")}

    assert seen["wxa"]["unionid"] == seen["wxb"]["unionid"] != seen["wxc"]["unionid"]
    assert len({reply["openid"] for reply in seen.values()}) == 3


def test_hundred_and_first_login_of_a_minute_is_refused(driver: Driver) -> None:
    for _ in range(100):
        session(driver, code_of(driver))

    assert session(driver, code_of(driver))["errcode"] == 45011
    assert "openid" in session(driver, code_of(driver, "p2"))


def test_openids_are_fixed_by_the_seed_whatever_came_before(a_sandbox: MakeDriver) -> None:
    first, second, other = a_sandbox(seed=1), a_sandbox(seed=1), a_sandbox(seed=2)
    second.openid("p2")

    assert first.openid() == second.openid() != other.openid()
    assert len(first.openid()) == 28


@pytest.mark.parametrize(("path", "kind"), [("/sns/jscode2session", "text/plain"), ("/cgi-bin/token", API)])
def test_logins_call_their_json_plain_text_and_other_apis_call_it_json(driver: Driver, path: str, kind: str) -> None:
    reply = driver.send("GET", f"{path}?appid={MINI}")

    assert (reply.json["errcode"] != 0, reply.headers["content-type"]) == (True, kind)
