"""The platform's door and what lies behind it for people: logins through a third-party platform."""

from typing import Any

import pytest

from gateways.sandbox.driving import HOUR_MS, MINI, SERVICE, Driver
from gateways.sandbox.test_component import PLATFORM, Platform, post
from wechat_sandbox.component.permissions import permissions
from wechat_sandbox.routes import WECHAT
from wechat_sandbox.routing import Door

PREAUTH = "/cgi-bin/component/api_create_preauthcode"
LOGIN, WEB = "/sns/component/jscode2session", "/sns/oauth2/component/access_token"


@pytest.fixture
def platform(driver: Driver) -> Platform:
    made = Platform(driver)
    made.authorized(MINI)
    made.authorized(SERVICE)
    return made


def web_code(driver: Driver) -> str:
    agreed = {"person": "p1", "appid": SERVICE, "redirect_uri": "https://shop.test/page", "scope": "snsapi_userinfo"}
    code: str = driver.control("web_login", **agreed)["code"]
    return code


def test_every_api_of_an_account_belongs_to_a_permission_set_or_to_all() -> None:
    unplaced = {route.path for route in WECHAT if route.door is Door.TOKEN and permissions().needed(route.path) is None}

    assert unplaced == set()


def test_every_needed_set_is_one_that_can_be_granted() -> None:
    table = permissions()
    needed = frozenset().union(*table.exact.values(), *(sets for _, sets in table.prefixes))

    assert needed <= {known.id for known in table.sets}


def test_platforms_door_refuses_as_any_door_does(platform: Platform, driver: Driver) -> None:
    body = {"component_appid": PLATFORM}
    platform.call("api_create_preauthcode")
    path = f"{PREAUTH}?component_access_token={platform.kept}"

    assert post(driver, PREAUTH, body)["errcode"] == 41001
    assert post(driver, f"{PREAUTH}?component_access_token=unknown", body)["errcode"] == 40001
    driver.control("faults", kind="token_storm", times=1)
    assert post(driver, path, body)["errcode"] == 40001
    driver.control("quotas", path=PREAUTH, per_minute=1)
    assert [post(driver, path, body).get("errcode") for _ in range(2)] == [None, 45011]
    driver.control("quotas", path=PREAUTH, per_day=1)
    driver.now_ms += 60_000
    assert [post(driver, path, body).get("errcode") for _ in range(2)] == [None, 45009]
    driver.now_ms += 2 * HOUR_MS
    assert post(driver, path, body)["errcode"] == 42001


def test_platform_without_the_account_cannot_call_unlisted_apis(platform: Platform, driver: Driver) -> None:
    token = platform.authorized(SERVICE, sets=[1])["authorizer_access_token"]

    assert post(driver, f"/channels/ec/order/get?access_token={token}", {"order_id": "1"})["errcode"] == 61007
    assert post(driver, f"/cgi-bin/clear_quota?access_token={token}", {"appid": SERVICE})["errcode"] == 0


def test_risky_and_hasty_logins_are_refused_here_too(platform: Platform, driver: Driver) -> None:
    asked = {"component_appid": PLATFORM, "appid": MINI, "grant_type": "authorization_code"}

    def login() -> int:
        code = driver.control("wx_login", person="p1", appid=MINI)["code"]
        found: int = platform.get(LOGIN, **asked, js_code=code).get("errcode", 0)
        return found

    outcomes = [login() for _ in range(101)]
    driver.control("persons/risk", person="p1", rank=4)

    assert (set(outcomes[:100]), outcomes[100], login()) == ({0}, 45011, 40226)


def test_web_login_goes_through_the_platform(platform: Platform, driver: Driver) -> None:
    asked = {"component_appid": PLATFORM, "appid": SERVICE, "grant_type": "authorization_code"}
    code = web_code(driver)
    given = platform.get(WEB, **asked, code=code)

    refusals = [
        platform.get(WEB, **{**asked, "code": code, **change})["errcode"]
        for change in (
            {},
            {"code": "other"},
            {"code": ""},
            {"grant_type": "x"},
            {"component_appid": "wxother"},
            {"appid": "wxnone"},
        )
    ]
    driver.control("platforms/unauthorize", platform=PLATFORM, appid=SERVICE)

    assert (given["openid"], given["scope"]) == (driver.openid("p1", SERVICE), "snsapi_userinfo")
    assert refusals == [40163, 40029, 41008, 40002, 40013, 40013]
    assert platform.get(WEB, **asked, code=web_code(driver))["errcode"] == 61003


def test_web_login_is_renewed_through_the_platform(platform: Platform, driver: Driver) -> None:
    path = "/sns/oauth2/component/refresh_token"
    asked = {"component_appid": PLATFORM, "appid": SERVICE, "grant_type": "refresh_token"}
    first = platform.get(WEB, **{**asked, "grant_type": "authorization_code"}, code=web_code(driver))
    kept = first["refresh_token"]

    def renewed(**change: str) -> Any:
        return platform.get(path, **{**asked, "refresh_token": kept, **change})

    assert renewed()["access_token"] != first["access_token"]
    assert renewed(refresh_token="")["errcode"] == 41003
    assert renewed(refresh_token="other")["errcode"] == 40030
    assert renewed(grant_type="x")["errcode"] == 40002
    assert renewed(component_appid="wxother")["errcode"] == 40013
    driver.control("platforms/stop_tickets", platform=PLATFORM)
    driver.now_ms += 31 * 24 * HOUR_MS
    platform = Platform(driver)
    assert renewed()["errcode"] == 42002
    driver.control("platforms/unauthorize", platform=PLATFORM, appid=SERVICE)
    assert renewed()["errcode"] == 61003
