"""The open platform: tickets, a platform's token, an administrator's consent, and calling for the account."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree as ET

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import CALLBACK_URL, HOUR_MS, MINI, MINUTE_MS, SERVICE, Driver
from wechat_sandbox import SandboxSettings
from wechat_sandbox.crypt import decrypted, signature

PLATFORM = "wxplatform000001"
TICKETS, MESSAGES = "https://platform.test/ticket", "https://platform.test/$APPID$/callback"
OFFICIAL_SETS = [1, 2, 3, 4, 6, 7, 11, 15, 24, 89]


class Platform:
    """A third-party platform: receives its tickets, keeps its token, calls."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        made = driver.control("platforms", appid=PLATFORM, name="柔链", ticket_url=TICKETS, message_url=MESSAGES)
        self.secrets = made["platform"]
        driver.pump()

    def received(self, index: int = -1) -> Mapping[str, str]:
        """What the receiver reads in a push, its signature checked."""
        push = self.driver.received[index]
        query = {name: value[0] for name, value in parse_qs(urlsplit(push.url).query).items()}
        sealed = ET.fromstring(push.body).findtext("Encrypt", "")
        proof = signature(self.secrets["token"], query["timestamp"], query["nonce"], sealed)
        assert query["msg_signature"] == proof
        text = decrypted(sealed, aes_key=self.secrets["aes_key"], appid=PLATFORM)
        return {element.tag: element.text or "" for element in ET.fromstring(text)}

    @property
    def ticket(self) -> str:
        return self.received()["ComponentVerifyTicket"]

    def token(self, **changes: Any) -> Any:
        body = {
            "component_appid": PLATFORM,
            "component_appsecret": self.secrets["secret"],
            "component_verify_ticket": self.ticket,
            **changes,
        }
        return post(self.driver, "/cgi-bin/component/api_component_token", body)

    def call(self, name: str, /, **body: Any) -> Any:
        if not hasattr(self, "kept"):
            self.kept = self.token()["component_access_token"]
        path = f"/cgi-bin/component/{name}?component_access_token={self.kept}"
        return post(self.driver, path, {"component_appid": PLATFORM, **body})

    def get(self, path: str, **query: str) -> Any:
        self.call("api_get_authorizer_list", count=1)
        asked = urlencode({**query, "component_access_token": self.kept})
        return self.driver.send("GET", f"{path}?{asked}").json

    def authorized(self, appid: str = SERVICE, **choice: Any) -> Any:
        """The tokens of an account whose administrator has agreed."""
        code = self.driver.control("platforms/authorize", platform=PLATFORM, appid=appid, **choice)["auth_code"]
        return self.call("api_query_auth", authorization_code=code)["authorization_info"]


def post(driver: Driver, target: str, body: Any) -> Any:
    return driver.send("POST", target, json.dumps(body, ensure_ascii=False).encode()).json


@pytest.fixture
def platform(driver: Driver) -> Platform:
    return Platform(driver)


def sets_of(info: Any) -> list[int]:
    return [item["funcscope_category"]["id"] for item in info["func_info"]]


def test_tickets_come_every_ten_minutes_sealed_with_the_platforms_key(platform: Platform, driver: Driver) -> None:
    first = platform.received()
    driver.pump(after_ms=30 * MINUTE_MS)

    tickets = [push["content"]["ComponentVerifyTicket"] for push in driver.look("callbacks")["callbacks"]]
    assert (first["InfoType"], first["AppId"]) == ("component_verify_ticket", PLATFORM)
    assert len(set(tickets)) == 4
    assert driver.received[-1].url.startswith(TICKETS)
    assert ET.fromstring(driver.received[-1].body).findtext("AppId") == PLATFORM


def test_ticket_is_good_for_twelve_hours(platform: Platform, driver: Driver) -> None:
    ticket = platform.ticket
    driver.now_ms += 12 * HOUR_MS - 1
    last = platform.token(component_verify_ticket=ticket)
    driver.now_ms += 1
    late = platform.token(component_verify_ticket=ticket)

    assert last["expires_in"] == 7200
    assert late["errcode"] == 61005


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"component_appid": ""}, 41018),
        ({"component_appid": "wxother"}, 40013),
        ({"component_appsecret": ""}, 41004),
        ({"component_appsecret": "wrong"}, 40125),
        ({"component_verify_ticket": "ticket@@@other"}, 61006),
    ],
)
def test_component_token_wants_its_three_proofs(platform: Platform, change: Any, code: int) -> None:
    assert platform.token(**change)["errcode"] == code


def test_component_token_is_given_to_listed_addresses_only(platform: Platform, driver: Driver) -> None:
    driver.control("platforms", appid=PLATFORM, ticket_url=TICKETS, message_url=MESSAGES, ips=["10.0.0.1"])

    refused = platform.token()

    assert refused["errcode"] == 61004
    assert "access clientip is not registered requestIP: 127.0.0.1" in refused["errmsg"]


def test_stopped_tickets_start_again_when_asked(platform: Platform, driver: Driver) -> None:
    driver.control("platforms/stop_tickets", platform=PLATFORM)
    silent = driver.pump(after_ms=HOUR_MS)
    body = {"component_appid": PLATFORM, "component_secret": platform.secrets["secret"]}
    started = post(driver, "/cgi-bin/component/api_start_push_ticket", body)
    sent = driver.pump()

    assert (silent, started["errcode"], sent) == (0, 0, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"component_appid": ""}, 41018),
        ({"component_appid": "wxother"}, 40013),
        ({"component_secret": ""}, 41004),
        ({"component_secret": "x"}, 40125),
    ],
)
def test_start_push_ticket_wants_the_secret(platform: Platform, driver: Driver, change: Any, code: int) -> None:
    body = {"component_appid": PLATFORM, "component_secret": platform.secrets["secret"], **change}
    assert post(driver, "/cgi-bin/component/api_start_push_ticket", body)["errcode"] == code


def test_administrator_agrees_on_the_page_and_the_platform_gets_the_code_twice(
    platform: Platform, driver: Driver
) -> None:
    preauth = platform.call("api_create_preauthcode")
    asked = {
        "component_appid": PLATFORM,
        "pre_auth_code": preauth["pre_auth_code"],
        "redirect_uri": "https://platform.test/back?x=1",
        "auth_type": "1",
    }
    page = driver.send("GET", f"/cgi-bin/componentloginpage?{urlencode(asked)}").body.decode()
    form = {**asked, "appid": SERVICE, "sets": [1, 7]}
    reply = driver.send("POST", "/cgi-bin/componentloginpage", urlencode(form, doseq=True).encode())
    driver.pump()

    back = parse_qs(urlsplit(reply.headers["location"]).query)
    pushed = platform.received()
    assert preauth["expires_in"] == 600
    assert SERVICE in page
    assert MINI not in page
    assert (reply.status, back["x"], back["expires_in"]) == (302, ["1"], ["3600"])
    assert (pushed["InfoType"], pushed["AuthorizerAppid"]) == ("authorized", SERVICE)
    assert pushed["AuthorizationCode"] == back["auth_code"][0]
    assert pushed["PreAuthCode"] == preauth["pre_auth_code"]
    info = platform.call("api_query_auth", authorization_code=back["auth_code"][0])["authorization_info"]
    assert (info["authorizer_appid"], sets_of(info)) == (SERVICE, [1, 7])


def test_page_says_what_is_wrong_with_an_old_code(platform: Platform, driver: Driver) -> None:
    code = platform.call("api_create_preauthcode")["pre_auth_code"]
    driver.now_ms += 10 * MINUTE_MS
    form = {"component_appid": PLATFORM, "pre_auth_code": code, "redirect_uri": "https://platform.test/", "sets": "1"}

    page = driver.send("GET", f"/cgi-bin/componentloginpage?{urlencode(form)}")
    sent = driver.send("POST", "/cgi-bin/componentloginpage", urlencode({**form, "appid": SERVICE}).encode())

    assert "预授权码无效或已过期" in page.body.decode()
    assert "预授权码无效或已过期" in sent.body.decode()
    assert driver.look("platforms")["platforms"][0]["authorizers"] == []


def test_page_never_redirects_to_a_script(platform: Platform, driver: Driver) -> None:
    code = platform.call("api_create_preauthcode")["pre_auth_code"]
    asked = {"component_appid": PLATFORM, "pre_auth_code": code, "redirect_uri": "javascript:alert(1)"}

    for path in ("/wxaopen/safe/bindcomponent", "/safe/bindcomponent"):
        assert "不是网址" in driver.send("GET", f"{path}?{urlencode(asked)}").body.decode()


@pytest.mark.parametrize(("allowed", "code"), [(True, 0), (False, 61009)])
def test_whether_a_code_is_exchanged_twice_is_a_switch(a_sandbox: MakeDriver, allowed: bool, code: int) -> None:
    driver = a_sandbox(settings=SandboxSettings(auth_code_may_repeat=allowed))
    platform = Platform(driver)
    auth_code = driver.control("platforms/authorize", platform=PLATFORM, appid=SERVICE)["auth_code"]
    first = platform.call("api_query_auth", authorization_code=auth_code)["authorization_info"]

    again = platform.call("api_query_auth", authorization_code=auth_code)

    assert again.get("errcode", 0) == code
    kept = {"authorizer_appid": SERVICE, "authorizer_refresh_token": first["authorizer_refresh_token"]}
    assert "authorizer_access_token" in platform.call("api_authorizer_token", **kept)


def test_code_is_good_for_an_hour(platform: Platform, driver: Driver) -> None:
    codes = [driver.control("platforms/authorize", platform=PLATFORM, appid=SERVICE)["auth_code"] for _ in range(2)]
    first = platform.call("api_query_auth", authorization_code=codes[0])
    driver.now_ms += HOUR_MS
    late = platform.call("api_query_auth", authorization_code=codes[1])

    assert sets_of(first["authorization_info"]) == OFFICIAL_SETS
    assert late["errcode"] == 61010


def test_refresh_token_stays_until_the_next_exchange(platform: Platform) -> None:
    kept = platform.authorized()["authorizer_refresh_token"]
    fresh = platform.call("api_authorizer_token", authorizer_appid=SERVICE, authorizer_refresh_token=kept)
    platform.authorized()
    lost = platform.call("api_authorizer_token", authorizer_appid=SERVICE, authorizer_refresh_token=kept)

    assert (fresh["authorizer_refresh_token"], fresh["expires_in"]) == (kept, 7200)
    assert lost["errcode"] == 61023


def test_platform_calls_for_the_account_within_its_sets(platform: Platform, driver: Driver) -> None:
    token = platform.authorized(sets=[1])["authorizer_access_token"]

    granted = post(driver, f"/cgi-bin/openapi/quota/get?access_token={token}", {"cgi_path": "/cgi-bin/draft/add"})
    refused = post(driver, f"/cgi-bin/draft/add?access_token={token}", {"articles": []})
    calls = driver.look("calls", path="/cgi-bin/openapi/quota/get")["calls"]

    assert granted["errcode"] == 0
    assert refused["errcode"] == 61007
    assert calls[-1]["caller"] == SERVICE


def test_more_sets_are_news_and_count_at_once(platform: Platform, driver: Driver) -> None:
    token = platform.authorized(sets=[1])["authorizer_access_token"]
    platform.authorized(sets=[1, 7])
    driver.pump()

    assert platform.received()["InfoType"] == "updateauthorized"
    assert post(driver, f"/cgi-bin/draft/add?access_token={token}", {"articles": []})["errcode"] == 45166


def test_withdrawn_authorisation_ends_everything(platform: Platform, driver: Driver) -> None:
    info = platform.authorized()
    driver.control("platforms/unauthorize", platform=PLATFORM, appid=SERVICE)
    driver.pump()

    pushed = platform.received()
    token = info["authorizer_access_token"]
    refresh = {"authorizer_appid": SERVICE, "authorizer_refresh_token": info["authorizer_refresh_token"]}
    assert (pushed["InfoType"], pushed["AuthorizerAppid"]) == ("unauthorized", SERVICE)
    assert post(driver, f"/cgi-bin/open/get?access_token={token}", {"appid": SERVICE})["errcode"] == 61003
    assert platform.call("api_authorizer_token", **refresh)["errcode"] == 61003
    assert platform.call("api_get_authorizer_info", authorizer_appid=SERVICE)["errcode"] == 61003
    assert driver.refused("platforms/unauthorize", platform=PLATFORM, appid=SERVICE) == "not_authorized"


def test_each_kind_of_token_opens_its_own_door_only(platform: Platform, driver: Driver) -> None:
    own = driver.stable_token(SERVICE)
    platform.call("api_create_preauthcode")
    at_component = f"/cgi-bin/component/api_create_preauthcode?component_access_token={own}"

    assert post(driver, at_component, {"component_appid": PLATFORM})["errcode"] == 61014
    assert post(driver, f"/cgi-bin/open/get?access_token={platform.kept}", {"appid": SERVICE})["errcode"] == 61015


@pytest.mark.parametrize(
    "name",
    [
        "api_create_preauthcode",
        "api_query_auth",
        "api_authorizer_token",
        "api_get_authorizer_info",
        "api_get_authorizer_list",
        "get_authorizer_option",
        "set_authorizer_option",
        "api_get_authorizer_option",
        "api_set_authorizer_option",
    ],
)
def test_every_call_names_its_own_platform(platform: Platform, name: str) -> None:
    assert platform.call(name, component_appid="")["errcode"] == 41018
    assert platform.call(name, component_appid="wxother")["errcode"] == 40013


def test_codes_of_withdrawn_or_unknown_authorisations_are_refused(platform: Platform, driver: Driver) -> None:
    code = driver.control("platforms/authorize", platform=PLATFORM, appid=SERVICE)["auth_code"]
    driver.control("platforms/unauthorize", platform=PLATFORM, appid=SERVICE)

    assert platform.call("api_query_auth", authorization_code=code)["errcode"] == 61003
    assert platform.call("api_query_auth", authorization_code="queryauthcode@@@x")["errcode"] == 61009


def test_authorizer_info_tells_kind_and_sets(platform: Platform) -> None:
    platform.authorized()
    platform.authorized(MINI, sets=[18])
    service = platform.call("api_get_authorizer_info", authorizer_appid=SERVICE)
    mini = platform.call("api_get_authorizer_info", authorizer_appid=MINI)

    assert service["authorizer_info"]["service_type_info"] == {"id": 2}
    assert service["authorizer_info"]["verify_type_info"] == {"id": 0}
    assert service["authorizer_info"]["user_name"].startswith("gh_")
    assert "MiniProgramInfo" not in service["authorizer_info"]
    assert mini["authorizer_info"]["MiniProgramInfo"]["network"]["RequestDomain"] == []
    assert sets_of(mini["authorization_info"]) == [18]


def test_authorizers_are_listed_by_pages(platform: Platform, driver: Driver) -> None:
    platform.authorized()
    driver.now_ms += 1000
    platform.authorized(MINI)

    second = platform.call("api_get_authorizer_list", offset=1, count=1)

    assert (second["total_count"], [row["authorizer_appid"] for row in second["list"]]) == (2, [MINI])
    assert second["list"][0]["auth_time"] == driver.now_ms // 1000
    assert platform.call("api_get_authorizer_list", offset=0, count=501)["errcode"] == 40097
    assert platform.call("api_get_authorizer_list", offset=-1, count=1)["errcode"] == 40097


@pytest.mark.parametrize("old", ["", "api_"])
def test_options_are_kept_and_checked(platform: Platform, old: str) -> None:
    platform.authorized()
    location = {"authorizer_appid": SERVICE, "option_name": "location_report"}
    get, put = f"{old}get_authorizer_option", f"{old}set_authorizer_option"

    before = platform.call(get, **location)["option_value"]
    outcomes = [
        platform.call(put, **{**location, **change})["errcode"]
        for change in ({"option_value": "2"}, {"option_value": "9"}, {"option_name": "x"}, {"authorizer_appid": MINI})
    ]

    assert (before, platform.call(get, **location)["option_value"]) == ("0", "2")
    assert outcomes == [0, 61013, 61012, 61003]
    assert platform.call(get, **{**location, "option_name": "x"})["errcode"] == 61012
    assert platform.call(get, **{**location, "authorizer_appid": MINI})["errcode"] == 61003


def test_platform_clears_an_accounts_quota_ten_times_a_month(platform: Platform, driver: Driver) -> None:
    platform.authorized()
    driver.control("quotas", path="/cgi-bin/draft/count", per_day=1)
    body = {"component_appid": PLATFORM, "appid": SERVICE, "appsecret": platform.secrets["secret"]}
    target = "/cgi-bin/component/clear_quota/v2"

    cleared = [post(driver, target, body)["errcode"] for _ in range(11)]

    assert cleared == [0] * 10 + [48006]
    for change, code in (
        ({"component_appid": ""}, 41018),
        ({"component_appid": "wxother"}, 40013),
        ({"appsecret": ""}, 41004),
        ({"appsecret": "x"}, 40125),
        ({"appid": MINI}, 61003),
    ):
        assert post(driver, target, {**body, **change})["errcode"] == code


def test_messages_of_an_authorised_account_go_to_its_platform(platform: Platform, driver: Driver) -> None:
    platform.authorized()
    driver.pump()
    seen = len(driver.received)
    driver.control("follow", person="p1", appid=SERVICE)
    driver.pump()

    pushed = platform.received()
    assert len(driver.received) == seen + 1
    assert driver.received[-1].url.startswith(f"https://platform.test/{SERVICE}/callback")
    assert (pushed["Event"], pushed["FromUserName"]) == ("subscribe", driver.openid("p1", SERVICE))


def test_whether_the_accounts_own_server_hears_them_too_is_a_switch(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(platform_receives_alone=False))
    platform = Platform(driver)
    platform.authorized()
    driver.pump()
    seen = len(driver.received)
    driver.control("follow", person="p1", appid=SERVICE)
    driver.pump()

    urls = sorted(push.url.partition("?")[0] for push in driver.received[seen:])
    assert urls == [f"https://platform.test/{SERVICE}/callback", CALLBACK_URL]


def test_mini_program_login_goes_through_the_platform(platform: Platform, driver: Driver) -> None:
    platform.authorized(MINI)
    code = driver.control("wx_login", person="p1", appid=MINI)["code"]
    asked = {"component_appid": PLATFORM, "appid": MINI, "grant_type": "authorization_code", "js_code": code}
    path = "/sns/component/jscode2session"

    session = platform.get(path, **asked)
    refusals = [
        platform.get(path, **{**asked, **change})["errcode"]
        for change in (
            {},
            {"js_code": "other"},
            {"grant_type": "x"},
            {"component_appid": "wxother"},
            {"appid": "wxnone"},
            {"appid": SERVICE},
        )
    ]

    assert session["openid"] == driver.openid()
    assert refusals == [40163, 40029, 40002, 40013, 40013, 61003]


def test_authorizer_of_another_platform_is_not_ours(platform: Platform, driver: Driver) -> None:
    driver.control("platforms", appid="wxplatform000002", pushes_tickets=False)
    code = driver.control("platforms/authorize", platform="wxplatform000002", appid=SERVICE)["auth_code"]

    assert platform.call("api_query_auth", authorization_code=code)["errcode"] == 61009
    assert platform.call("api_get_authorizer_info", authorizer_appid=SERVICE)["errcode"] == 61003


def test_sets_beyond_the_platforms_own_cannot_be_given(platform: Platform, driver: Driver) -> None:
    driver.control("platforms", appid=PLATFORM, sets=[1, 18], ticket_url=TICKETS)

    assert driver.refused("platforms/authorize", platform=PLATFORM, appid=SERVICE, sets=[7]) == "sets_not_offered"
    assert driver.refused("platforms/authorize", platform=PLATFORM, appid=SERVICE, sets=[18]) == "sets_not_offered"
    assert driver.refused("platforms/authorize", platform=PLATFORM, appid="wxnone") == "unknown_account"
    assert driver.refused("platforms/authorize", platform="wxnone", appid=SERVICE) == "unknown_platform"
    assert driver.refused("platforms", appid="wxp", sets=[999]) == "unknown_sets"
    assert driver.refused("platforms", appid="wxp", aes_key="short") == "bad_aes_key"


def test_no_secret_of_a_platform_is_in_the_call_log(platform: Platform, driver: Driver) -> None:
    info = platform.authorized()
    text = json.dumps(driver.look("calls", limit=1000), ensure_ascii=False)

    for secret in (platform.secrets["secret"], platform.kept, *(info[name] for name in info if "token" in name)):
        assert secret not in text


def test_component_token_expires_after_two_hours(platform: Platform, driver: Driver) -> None:
    platform.call("api_create_preauthcode")
    driver.now_ms += 2 * HOUR_MS

    assert platform.call("api_create_preauthcode")["errcode"] == 42001
