"""Tokens: two kinds that do not touch each other, and how each dies."""

import json
from urllib.parse import urlencode

import pytest

from gateways.sandbox.driving import HOUR_MS, MINI, MINUTE_MS, SERVICE, Driver


def plain(driver: Driver) -> str:
    secret = driver.look("account", appid=MINI)["account"]["secret"]
    reply = driver.send("GET", f"/cgi-bin/token?grant_type=client_credential&appid={MINI}&secret={secret}").json
    token: str = reply["access_token"]
    return token


def use(driver: Driver, token: str) -> int:
    body = json.dumps({"cgi_path": "/cgi-bin/token"}).encode()
    code: int = driver.send("POST", f"/cgi-bin/openapi/quota/get?access_token={token}", body).json["errcode"]
    return code


def test_second_plain_token_kills_the_first_after_five_minutes(driver: Driver) -> None:
    first, second = plain(driver), plain(driver)

    driver.now_ms += 5 * MINUTE_MS - 1
    before = use(driver, first)
    driver.now_ms += 1

    assert (before, use(driver, first), use(driver, second)) == (0, 40001, 0)


def test_stable_token_is_the_same_until_its_last_five_minutes(driver: Driver) -> None:
    first = driver.stable_token()
    driver.now_ms += 2 * HOUR_MS - 5 * MINUTE_MS - 1
    again = driver.stable_token()
    driver.now_ms += 1
    renewed = driver.stable_token()

    assert again == first != renewed
    assert (use(driver, first), use(driver, renewed)) == (0, 0)
    driver.now_ms += 5 * MINUTE_MS
    assert (use(driver, first), use(driver, renewed)) == (42001, 0)


def test_forced_stable_token_kills_the_old_one_at_once_but_no_plain_one(driver: Driver) -> None:
    ordinary, first = plain(driver), driver.stable_token()
    driver.now_ms += 30_000

    forced = driver.stable_token(force_refresh=True)

    assert (use(driver, first), use(driver, forced), use(driver, ordinary)) == (40001, 0, 0)


def test_forcing_twice_within_thirty_seconds_is_refused_and_changes_nothing(driver: Driver) -> None:
    driver.now_ms += 30_000
    token = driver.stable_token(force_refresh=True)
    secret = driver.look("account", appid=MINI)["account"]["secret"]
    body = {"grant_type": "client_credential", "appid": MINI, "secret": secret, "force_refresh": True}
    driver.now_ms += 29_999

    refusal = driver.send("POST", "/cgi-bin/stable_token", json.dumps(body).encode()).json

    assert refusal["errcode"] == 45011
    assert use(driver, token) == 0


def test_wrong_credentials_have_their_own_codes(driver: Driver) -> None:
    def ask(**body: str) -> int:
        reply = driver.send("POST", "/cgi-bin/stable_token", json.dumps(body).encode()).json
        code: int = reply["errcode"]
        return code

    good = {"grant_type": "client_credential", "appid": MINI, "secret": "wrong"}
    assert ask(**good) == 40125
    assert ask(**{**good, "appid": "wx-nobody"}) == 40013
    assert ask(**{**good, "grant_type": "password"}) == 40002
    assert ask(grant_type="client_credential", secret="x") == 41002


def test_call_without_or_with_a_false_token_is_refused(driver: Driver) -> None:
    missing = driver.send("POST", "/cgi-bin/clear_quota", b"{}").json

    assert (missing["errcode"], use(driver, "made-up")) == (41001, 40001)
    assert missing["errmsg"].startswith("access_token missing rid: ")
    assert len(missing["errmsg"].rpartition(" ")[2]) == len("xxxxxxxx-xxxxxxxx-xxxxxxxx")


def test_quota_is_counted_shown_refused_and_cleared(driver: Driver) -> None:
    driver.control("quotas", path="/cgi-bin/freepublish/get", per_day=2)

    def get() -> int:
        code: int = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"]
        return code

    outcomes = [get(), get(), get()]
    quota = driver.api("/cgi-bin/openapi/quota/get", SERVICE, cgi_path="/cgi-bin/freepublish/get")["quota"]
    driver.api("/cgi-bin/clear_quota", SERVICE, appid=SERVICE)

    assert outcomes == [40097, 40097, 45009]
    assert quota == {"daily_limit": 2, "used": 2, "remain": 0}
    assert get() == 40097


def test_quota_of_a_day_ends_at_midnight_in_china(driver: Driver) -> None:
    driver.control("quotas", path="/cgi-bin/freepublish/get", per_day=1)
    driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")
    spent = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"]

    driver.now_ms += 24 * HOUR_MS - (driver.now_ms + 8 * HOUR_MS) % (24 * HOUR_MS)

    assert (spent, driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"]) == (45009, 40097)


def test_minute_limit_is_another_code(driver: Driver) -> None:
    driver.control("quotas", path="/cgi-bin/freepublish/get", per_minute=1)
    driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")

    assert driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"] == 45011


def test_wrong_method_wrong_path_and_wrong_json_are_named(driver: Driver) -> None:
    token = driver.stable_token()

    assert driver.send("GET", f"/cgi-bin/clear_quota?access_token={token}").json["errcode"] == 43002
    assert driver.send("POST", "/cgi-bin/token", b"{}").json["errcode"] == 43001
    assert driver.send("POST", "/cgi-bin/nothing", b"{}").json["errcode"] == 40066
    assert driver.send("POST", f"/cgi-bin/clear_quota?access_token={token}", b"{").json["errcode"] == 47001
    assert driver.send("POST", f"/cgi-bin/clear_quota?access_token={token}").json["errcode"] == 44002


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_secret_of_another_account_is_told_apart_from_one_nobody_has(driver: Driver, method: str) -> None:
    others = driver.look("account", appid=SERVICE)["account"]["secret"]

    def asked(secret: str) -> int:
        fields = {"grant_type": "client_credential", "appid": MINI, "secret": secret}
        path = "/cgi-bin/token" if method == "GET" else "/cgi-bin/stable_token"
        code: int = driver.send(method, f"{path}?{urlencode(fields)}", json.dumps(fields).encode()).json["errcode"]
        return code

    assert (asked(others), asked("nobody's")) == (40001, 40125)
