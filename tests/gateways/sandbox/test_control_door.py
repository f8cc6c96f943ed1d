"""The control door gives secrets and needs no password: programs and its own page pass, foreign pages do not."""

import json
from collections.abc import Mapping

import pytest

from gateways.sandbox.driving import MCHID, MINI, SERVICE, Driver


def asked(driver: Driver, method: str, path: str, headers: Mapping[str, str], *, served_at: str) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": (served_at, 18080),
    }
    reply = driver.loop.run_until_complete(driver.sandbox.reply(scope, b'{"names": ["eve"]}'))
    return reply.status, reply.body


OURS = {"host": "127.0.0.1:18080", "origin": "http://127.0.0.1:18080", "content-type": "application/json"}
ADDRESS = "127.0.0.1"


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        {**OURS, "host": "localhost:18080", "origin": "http://localhost:18080"},
        {**OURS, "host": "[::1]:18080", "origin": "http://[::1]:18080"},
        {"host": "127.0.0.1:18080"},
        {"host": "127.0.0.1:18080", "content-type": "application/x-www-form-urlencoded"},
    ],
)
def test_its_own_page_and_programs_may_act(driver: Driver, headers: dict[str, str]):
    status, _ = asked(driver, "POST", "/_sandbox/persons", headers, served_at=ADDRESS)

    assert status == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"origin": "http://evil.test"}, "foreign_page"),
        ({"origin": "null"}, "foreign_page"),
        ({"origin": "http://127.0.0.1:9999"}, "foreign_page"),
        ({"content-type": "text/plain"}, "not_json"),
        ({"content-type": ""}, "not_json"),
        ({"host": "evil.test:18080", "origin": "http://evil.test:18080"}, "foreign_host"),
        ({"host": ""}, "foreign_host"),
        ({"host": "[bad"}, "foreign_host"),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, "foreign_page"),
    ],
)
def test_a_foreign_page_is_refused_and_nobody_is_made(driver: Driver, change: dict[str, str], error: str):
    status, body = asked(driver, "POST", "/_sandbox/persons", {**OURS, **change}, served_at=ADDRESS)

    assert (status, json.loads(body)["error"]) == (403, error)
    assert "eve" not in [person["person"] for person in driver.look("persons")["persons"]]


def test_a_rebound_name_may_not_even_look(driver: Driver):
    status, body = asked(driver, "GET", "/_sandbox/accounts", {"host": "evil.test:18080"}, served_at=ADDRESS)

    assert status == 403
    assert b"secret" not in body


def test_a_rebound_name_still_reaches_wechats_own_paths(driver: Driver):
    status, body = asked(driver, "GET", "/cgi-bin/token", {"host": "api.weixin.qq.com"}, served_at=ADDRESS)

    assert status == 200
    assert json.loads(body)["errcode"] != 0


def test_the_page_is_plain_files_with_a_policy_of_its_own(driver: Driver):
    reply = driver.send("GET", "/_sandbox/")

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    again = driver.send("GET", "/_sandbox/", headers={"if-none-match": reply.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["page/__init__.py", "page/../app.py", "page/%2e%2e/app.py", "page/nothing.js", "page//x.js"]
)
def test_nothing_but_the_pages_files_is_served(driver: Driver, path: str):
    reply = driver.send("GET", f"/_sandbox/{path}")

    assert b"import" not in reply.body
    assert reply.json["errcode"] == 40066


def test_the_bare_door_leads_to_the_page(driver: Driver):
    reply = driver.send("GET", "/_sandbox")

    assert (reply.status, reply.headers["location"]) == (308, "_sandbox/")


def test_lists_show_all_there_is(driver: Driver):
    driver.control("follow", person="p1", appid=SERVICE)
    driver.prepay()

    accounts = {account["appid"]: account for account in driver.look("accounts")["accounts"]}
    assert accounts[SERVICE]["followers"] == 1
    assert accounts[MINI]["secret"]
    assert [(found["mchid"], found["appids"]) for found in driver.look("merchants")["merchants"]] == [(MCHID, [MINI])]
    assert driver.look("templates", appid=MINI)["templates"][0]["fields"] == ["thing1", "date2", "amount3"]
    people = driver.look("persons")
    assert people["total"] == 2
    assert people["persons"][0]["openids"][1] == {
        "appid": SERVICE,
        "openid": driver.openid("p1", SERVICE),
        "is_follower": True,
    }
    orders = driver.look("payments", person="p1", trade_state="NOTPAY")["payments"]
    assert [(order["out_trade_no"], order["person"]) for order in orders] == [("order-0001", "p1")]
    assert driver.look("payments", person="p2")["payments"] == []


def test_limits_are_shown_with_their_source_and_todays_use(driver: Driver):
    driver.stable_token()
    driver.control("quotas", path="/cgi-bin/stable_token", per_day=5)

    rows = {row["path"]: row for row in driver.look("quotas")["quotas"]}

    changed = rows["/cgi-bin/stable_token"]
    assert (changed["per_day"], changed["is_changed"], changed["used_today"]) == (5, True, {MINI: 1})
    assert changed["source"].startswith("developers.weixin.qq.com")
    assert changed["date"]


def test_long_tables_are_read_from_either_end_and_searched(driver: Driver):
    for _ in range(3):
        driver.stable_token()
    driver.api("/wxa/get_user_notify", openid="nobody")

    newest = driver.look("calls", newest=1, limit=2)["calls"]
    assert [call["path"] for call in newest] == ["/wxa/get_user_notify", "/cgi-bin/stable_token"]
    older = driver.look("calls", newest=1, before=newest[-1]["id"])["calls"]
    assert [call["id"] for call in older] == [newest[-1]["id"] - step for step in (1, 2, 3)]
    found = driver.look("calls", search="nobody")["calls"]
    assert [call["code"] for call in found] == ["40003"]


def test_a_page_number_that_is_none_is_refused_in_words(driver: Driver):
    reply = driver.send("GET", "/_sandbox/calls?limit=many")

    assert (reply.status, reply.json["error"]) == (400, "bad_request")


def test_those_to_whom_something_came_last_are_found_first(driver: Driver):
    assert driver.look("persons", lively=1)["persons"] == []
    data = {"thing1": {"value": "陶杯"}, "date2": {"value": "2026年3月1日"}, "amount3": {"value": "1元"}}
    for person in ("p2", "p1"):
        driver.control("consent", person=person, appid=MINI, answers={"tpl-delay": "accept"})
        driver.api("/cgi-bin/message/subscribe/send", touser=driver.openid(person), template_id="tpl-delay", data=data)

    assert [each["person"] for each in driver.look("persons", lively=1)["persons"]] == ["p1", "p2"]


def test_a_callback_that_was_given_up_can_be_tried_once_more(driver: Driver):
    driver.answer = 500
    driver.control("follow", person="p1", appid=SERVICE)
    driver.pump()
    driver.pump(after_ms=5_000)
    driver.pump(after_ms=5_000)
    given_up = driver.look("callbacks", owner=SERVICE)["callbacks"][0]
    assert (given_up["status"], given_up["tries"]) == ("failed", 3)

    driver.answer = 200
    driver.control("callbacks/retry", callback=given_up["id"])
    driver.pump()

    assert driver.look("callbacks", owner=SERVICE)["callbacks"][0]["status"] == "done"
    assert driver.refused("callbacks/retry", callback=given_up["id"]) == "nothing_to_retry"
    assert driver.refused("callbacks/retry", callback=99) == "nothing_to_retry"


def test_what_a_person_says_stays_in_the_chat(driver: Driver):
    driver.control("follow", person="p1", appid=SERVICE)
    driver.control("say", person="p1", appid=SERVICE, text="在吗?")

    said = driver.look("sayings", person="p1")["sayings"]
    assert [(each["appid"], each["content"]) for each in said] == [(SERVICE, {"msgtype": "text", "Content": "在吗?"})]


def test_a_person_sees_the_accounts_menu(driver: Driver):
    assert driver.look("menu", appid=SERVICE, person="p1")["buttons"] == []
    button = {"type": "click", "name": "上新", "key": "NEW"}
    assert driver.api("/cgi-bin/menu/create", SERVICE, button=[button])["errcode"] == 0

    assert driver.look("menu", appid=SERVICE, person="p1")["buttons"] == [button]


def test_every_act_of_the_control_api_is_described(driver: Driver):
    acts = {(act["method"], act["path"]): act for act in driver.look("acts")["acts"]}

    assert acts["POST", "/_sandbox/follow"]["says"].startswith("the person follows")
    assert acts["POST", "/_sandbox/follow"]["body"]
    assert all(act["says"] for act in acts.values())
