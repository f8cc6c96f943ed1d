"""Faults strike exactly as often as ordered, and say so in the log."""

import json

import httpx
import pytest

from gateways.sandbox.driving import MCHID, MINI, MINUTE_MS, SERVICE, Driver
from gateways.sandbox.test_pay import lowered
from roulian.gateways.transport import exchange, opened
from roulian.words import Unreachable

QUOTA = "/cgi-bin/openapi/quota/get"


def quota(driver: Driver, appid: str = MINI) -> int:
    code: int = driver.api(QUOTA, appid, cgi_path="/cgi-bin/token")["errcode"]
    return code


def test_errcode_strikes_the_next_calls_of_its_path(driver: Driver) -> None:
    driver.control("faults", kind="errcode", path=QUOTA, errcode=-1, times=2)

    assert [quota(driver) for _ in range(3)] == [-1, -1, 0]
    assert [call["code"] for call in driver.look("calls", path=QUOTA)["calls"]] == ["-1", "-1", "0"]


@pytest.mark.parametrize("errcode", [-1, 40014, 42007, 45009, 45011, 48004, 50002, 61007, 89501, 89503, 89506, 89507])
def test_what_wechat_may_always_answer_is_said_in_its_words(driver: Driver, errcode: int) -> None:
    driver.control("faults", kind="errcode", path=QUOTA, errcode=errcode)

    said = driver.api(QUOTA, MINI, cgi_path="/cgi-bin/token")

    words, _, rid = said["errmsg"].partition(" rid: ")
    assert said["errcode"] == errcode
    assert words not in ("", "error")
    assert len(rid.split("-")) == 3


def test_fault_of_one_account_spares_the_others(driver: Driver) -> None:
    driver.control("faults", kind="errcode", path=QUOTA, errcode=48001, owner=SERVICE)

    assert (quota(driver, MINI), quota(driver, SERVICE), quota(driver, SERVICE)) == (0, 48001, 0)


def test_token_storm_and_killed_tokens_are_40001(driver: Driver) -> None:
    driver.control("faults", kind="token_storm", times=2)
    storm = [quota(driver) for _ in range(3)]
    token = driver.stable_token()
    driver.control("tokens/kill", appid=MINI)

    body = json.dumps({"cgi_path": "/cgi-bin/token"}).encode()
    killed = driver.send("POST", f"{QUOTA}?access_token={token}", body).json["errcode"]

    assert storm == [40001, 40001, 0]
    assert (killed, quota(driver)) == (40001, 0)


def test_pay_error_has_no_effect_but_lost_answer_has(driver: Driver) -> None:
    path = "/v3/pay/transactions/jsapi"
    driver.control("faults", kind="pay_error", path=path, http_status=500, code="SYSTEM_ERROR")
    driver.control("faults", kind="lost_answer", path=path)
    query = f"/v3/pay/transactions/out-trade-no/order-0001?mchid={MCHID}"

    failed = driver.prepay()
    after_error = driver.signed("GET", query).status
    lost = driver.prepay()

    assert (failed.status, failed.json["code"], after_error) == (500, "SYSTEM_ERROR", 404)
    assert (lost.status, driver.signed("GET", query).json["trade_state"]) == (502, "NOTPAY")


def test_http_fault_answers_as_a_broken_gateway(driver: Driver) -> None:
    token = driver.stable_token()
    driver.control("faults", kind="http", path=QUOTA, http_status=503)

    reply = driver.send("POST", f"{QUOTA}?access_token={token}", b"{}")

    assert (reply.status, reply.headers["content-type"]) == (503, "text/html; charset=utf-8")


def test_slow_answer_outlasts_the_patience_of_our_gateway_and_took_effect(driver: Driver) -> None:
    tag = {"tag": {"name": "VIP"}}
    query = {"access_token": driver.stable_token(SERVICE)}
    driver.control("faults", kind="slow_answer", path="/cgi-bin/tags/create", shift_ms=60_000)

    async def ask() -> None:
        way = httpx.ASGITransport(driver.sandbox.asgi)
        async with opened("https://api.weixin.qq.com", transport=way, within_s=0.3) as host:
            body = json.dumps(tag).encode()
            request = host.build_request("POST", "/cgi-bin/tags/create", params=query, content=body)
            await exchange(host, request, is_repeatable=False)

    with pytest.raises(Unreachable) as silent:
        driver.loop.run_until_complete(ask())

    known = driver.send("GET", f"/cgi-bin/tags/get?access_token={query['access_token']}").json["tags"]
    assert silent.value.lost
    assert "VIP" in [tag["name"] for tag in known]


def test_slow_answer_is_the_answer_itself(driver: Driver) -> None:
    driver.control("faults", kind="slow_answer", shift_ms=1)

    assert quota(driver) == 0
    assert driver.look("faults")["faults"][0]["remaining"] == 0


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ({"kind": "errcode", "errcode": -1, "path": "/cgi-bin/openapi/quota/gett"}, "unknown_path", QUOTA),
        ({"kind": "http", "path": "/v3/pay/transactions/id/4200001"}, "unknown_path", "/v3/pay/transactions/id/{}"),
        ({"kind": "http", "path": "nothing like it"}, "unknown_path", "/_sandbox/openapi.json"),
        ({"kind": "hold", "path": QUOTA}, "path_not_used", "slow_answer"),
        ({"kind": "slow_answer", "path": QUOTA}, "shift_missing", "shift_ms"),
    ],
)
def test_fault_that_could_never_strike_is_refused_with_what_to_order_instead(
    driver: Driver, fault: dict[str, object], code: str, told: str
) -> None:
    reply = driver.send("POST", "/_sandbox/faults", json.dumps(fault).encode())

    assert (reply.status, reply.json["error"]) == (400, code)
    assert told in reply.json["message"]
    assert driver.look("faults")["faults"] == []


def test_duplicate_comes_twice_within_a_second(driver: Driver) -> None:
    driver.control("faults", kind="duplicate")
    driver.paid()

    assert (driver.pump(), driver.pump(after_ms=500), driver.pump(after_ms=MINUTE_MS)) == (1, 1, 0)
    assert len({json.loads(callback.body)["id"] for callback in driver.received}) == 1


def test_reordered_notices_arrive_backwards(driver: Driver) -> None:
    driver.control("faults", kind="reorder", times=3)
    for number in range(3):
        driver.control("follow", person="p1", appid=SERVICE, scene=str(number))
        driver.control("unfollow", person="p1", appid=SERVICE)
        if number == 0:
            break
    driver.paid()
    driver.pump(after_ms=MINUTE_MS)

    tried = sorted(driver.look("callbacks")["callbacks"], key=lambda push: push["due_ms"])
    assert [push["subject"] for push in tried] == ["TRANSACTION.SUCCESS", "unsubscribe", "subscribe"]


def test_held_callbacks_wait_for_their_release(driver: Driver) -> None:
    driver.control("faults", kind="hold")
    driver.paid()
    waiting = driver.pump(after_ms=MINUTE_MS)

    assert (waiting, driver.control("callbacks/release")["released"], driver.pump()) == (0, 1, 1)


def test_slow_receiver_gets_the_notice_again(driver: Driver) -> None:
    driver.control("faults", kind="slow")
    driver.paid()

    assert (driver.pump(), driver.pump(after_ms=15_000), driver.pump(after_ms=MINUTE_MS)) == (1, 1, 0)
    tried = driver.look("callbacks")["callbacks"][0]["tried"]
    assert [(each["http_status"], each["is_counted"]) for each in tried] == [(200, 0), (200, 1)]


def test_skewed_notice_carries_another_time(driver: Driver) -> None:
    driver.control("faults", kind="skew", shift_ms=-600_000)
    driver.paid()
    driver.pump()

    assert int(lowered(driver.received[0])["wechatpay-timestamp"]) == driver.now_ms // 1000 - 600


def test_signature_probe_comes_first_and_is_not_repeated(driver: Driver) -> None:
    driver.control("faults", kind="signtest")
    driver.answers = [401, 200]
    driver.paid()
    driver.pump(after_ms=MINUTE_MS)

    probe, notice = driver.received
    assert lowered(probe)["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not lowered(notice)["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    doors = [(push["door"], push["status"]) for push in driver.look("callbacks")["callbacks"]]
    assert doors == [("probe", "failed"), ("pay", "done")]


def test_cleared_faults_do_not_strike(driver: Driver) -> None:
    driver.control("faults", kind="errcode", errcode=-1, times=9)
    driver.control("faults/clear")

    assert quota(driver) == 0
    assert driver.look("faults")["faults"] == []


def test_log_keeps_no_secret(driver: Driver) -> None:
    secret = driver.look("account", appid=MINI)["account"]["secret"]
    token = driver.stable_token()
    driver.send("GET", f"/cgi-bin/token?grant_type=client_credential&appid={MINI}&secret={secret}")
    quota(driver)

    log = json.dumps(driver.look("calls"))

    assert secret not in log
    assert token not in log
