"""What an account may ask about its own calls, and who gets its tokens at all."""

import json
from typing import Any

from gateways.sandbox.driving import DAY_MS, MINI, SERVICE, Driver


def secret_of(driver: Driver, appid: str = MINI) -> str:
    secret: str = driver.look("account", appid=appid)["account"]["secret"]
    return secret


def quota(driver: Driver, path: str, appid: str = MINI) -> Any:
    return driver.api("/cgi-bin/openapi/quota/get", appid, cgi_path=path)


def rid_of(answer: Any) -> str:
    rid: str = answer["errmsg"].rpartition("rid: ")[2]
    return rid


def test_quota_shows_the_day_and_the_minute(driver: Driver) -> None:
    driver.control("quotas", path="/wxa/msg_sec_check", per_day=2_000_000, per_minute=4_000)
    driver.api("/wxa/msg_sec_check", content="好")

    shown = quota(driver, "/wxa/msg_sec_check")

    assert shown["quota"] == {"daily_limit": 2_000_000, "used": 1, "remain": 1_999_999}
    assert shown["rate_limit"] == shown["component_rate_limit"] == {"call_count": 4_000, "refresh_second": 60}


def test_quota_of_an_unknown_path_or_another_kind_of_account_is_refused(driver: Driver) -> None:
    assert quota(driver, "/cgi-bin/nothing")["errcode"] == 76021
    assert quota(driver, "/sns/jscode2session")["errcode"] == 76022
    assert quota(driver, "/cgi-bin/draft/add")["errcode"] == 76022
    assert quota(driver, "/wxa/msg_sec_check", SERVICE)["errcode"] == 76022


def test_counts_are_cleared_by_the_secret_alone(driver: Driver) -> None:
    driver.control("quotas", path="/cgi-bin/freepublish/get", per_day=1)
    for _ in range(2):
        spent = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"]
    target = f"/cgi-bin/clear_quota/v2?appid={SERVICE}&appsecret={secret_of(driver, SERVICE)}"

    cleared = driver.send("POST", target).json

    assert (spent, cleared) == (45009, {"errcode": 0, "errmsg": "ok"})
    assert driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id="1")["errcode"] == 40097


def test_clearing_by_a_wrong_secret_is_refused_and_by_any_way_ten_times_a_month(driver: Driver) -> None:
    def clear(**body: str) -> int:
        code: int = driver.send("POST", "/cgi-bin/clear_quota/v2", json.dumps(body).encode()).json["errcode"]
        return code

    assert clear(appid=MINI, appsecret="wrong") == 40125
    assert clear(appid="wxnobody", appsecret="wrong") == 40013
    assert clear(appid=MINI) == 41004
    assert clear(appsecret="x") == 41002
    assert [clear(appid=MINI, appsecret=secret_of(driver)) for _ in range(11)] == [0] * 10 + [48006]
    assert driver.api("/cgi-bin/clear_quota", appid=MINI)["errcode"] == 48006
    assert driver.api("/cgi-bin/clear_quota", SERVICE, appid=MINI)["errcode"] == 40013


def test_secrets_of_a_clearing_are_not_in_the_log(driver: Driver) -> None:
    body = json.dumps({"appid": MINI, "appsecret": secret_of(driver)}).encode()
    driver.send("POST", "/cgi-bin/clear_quota/v2", body)
    driver.send("POST", f"/cgi-bin/clear_quota/v2?appid={MINI}&appsecret={secret_of(driver)}")

    assert secret_of(driver) not in json.dumps(driver.look("calls"))


def test_a_call_beyond_the_quota_is_its_accounts_own_in_the_log_and_by_its_rid(driver: Driver) -> None:
    path = "/cgi-bin/freepublish/get"
    driver.control("quotas", path=path, per_day=1)
    driver.api(path, SERVICE, publish_id="1")
    beyond = driver.api(path, SERVICE, publish_id="1")

    shown = driver.api("/cgi-bin/openapi/rid/get", SERVICE, rid=rid_of(beyond))
    foreign = driver.api("/cgi-bin/openapi/rid/get", MINI, rid=rid_of(beyond))

    assert (beyond["errcode"], shown["errcode"], foreign["errcode"]) == (45009, 0, 76003)
    assert {call["caller"] for call in driver.look("calls", path=path, code="45009")["calls"]} == {SERVICE}


def test_a_rid_tells_its_own_account_what_was_refused(driver: Driver) -> None:
    refused = driver.api("/cgi-bin/message/subscribe/send", touser="o-nobody", template_id="tpl-none", data={})

    shown = driver.api("/cgi-bin/openapi/rid/get", rid=rid_of(refused))["request"]

    assert shown["invoke_time"] == driver.now_ms // 1000
    assert json.loads(shown["request_body"])["template_id"] == "tpl-none"
    assert json.loads(shown["response_body"]) == refused
    assert "access_token" not in shown["request_url"]


def test_a_rid_is_refused_when_malformed_unknown_foreign_old_or_of_a_login(driver: Driver) -> None:
    refused = rid_of(driver.api("/wxa/set_user_notify", openid="o-nobody"))
    login = rid_of(driver.send("GET", f"/sns/jscode2session?appid={MINI}&secret=wrong").json)

    def ask(rid: str, appid: str = MINI) -> int:
        code: int = driver.api("/cgi-bin/openapi/rid/get", appid, rid=rid)["errcode"]
        return code

    assert ask("not-a-rid") == 76002
    assert ask("0" * 8 + "-" + "0" * 8 + "-" + "0" * 8) == 76001
    assert ask(refused, SERVICE) == 76003
    assert ask(login) == 76022
    driver.now_ms += 7 * DAY_MS
    assert ask(refused) == 0
    driver.now_ms += 1
    assert ask(refused) == 76004


def test_only_listed_addresses_get_tokens(driver: Driver) -> None:
    driver.control("accounts/ip_whitelist", appid=MINI, ips=["203.0.113.7"])
    body = {"grant_type": "client_credential", "appid": MINI, "secret": secret_of(driver)}
    asked = [
        driver.send("POST", "/cgi-bin/stable_token", json.dumps(body).encode()).json,
        driver.send("GET", f"/cgi-bin/token?grant_type=client_credential&appid={MINI}&secret={secret_of(driver)}").json,
    ]
    driver.control("accounts/ip_whitelist", appid=MINI, ips=["203.0.113.7", "127.0.0.1"])

    assert [answer["errcode"] for answer in asked] == [40164, 40164]
    assert asked[0]["errmsg"].startswith("invalid ip 127.0.0.1 ipv6 ::ffff:127.0.0.1, not in whitelist rid: ")
    assert len(driver.stable_token()) > 80
    assert driver.refused("accounts/ip_whitelist", appid="wxnobody", ips=[]) == "unknown_account"


def test_tokens_die_in_four_ways_and_say_which(driver: Driver) -> None:
    def use(token: str) -> int:
        body = json.dumps({"cgi_path": "/cgi-bin/token"}).encode()
        code: int = driver.send("POST", f"/cgi-bin/openapi/quota/get?access_token={token}", body).json["errcode"]
        return code

    first = driver.stable_token()
    driver.control("accounts/change_password", appid=MINI)
    changed = use(first)
    second = driver.stable_token()
    driver.control("tokens/kill", appid=MINI)

    assert (changed, use(second), use("no%20token%20at%20all"), use("x" * 513)) == (42007, 40001, 40014, 40014)
    driver.now_ms += 3 * 3_600_000
    assert use(first) == 42007


def test_open_doors_name_what_is_missing_or_wrong(driver: Driver) -> None:
    def plain(**query: str) -> int:
        target = "&".join(f"{name}={value}" for name, value in query.items())
        code: int = driver.send("GET", f"/cgi-bin/token?{target}").json["errcode"]
        return code

    good = {"grant_type": "client_credential", "appid": MINI, "secret": "wrong"}
    assert plain(**good) == 40125
    assert plain(**{**good, "grant_type": "password"}) == 40002
    assert plain(**{**good, "appid": "wxnobody"}) == 40013
    assert plain(grant_type="client_credential", secret="x") == 41002
    assert plain(grant_type="client_credential", appid=MINI) == 41004
    missing = {"grant_type": "client_credential", "appid": MINI}
    assert driver.send("POST", "/cgi-bin/stable_token", json.dumps(missing).encode()).json["errcode"] == 41004
    driver.control("quotas", path="/cgi-bin/token", per_day=0)
    assert plain(**{**good, "secret": secret_of(driver)}) == 45009
    driver.control("quotas", path="/cgi-bin/stable_token", per_day=0)
    body = json.dumps({**good, "secret": secret_of(driver)}).encode()
    assert driver.send("POST", "/cgi-bin/stable_token", body).json["errcode"] == 45009
