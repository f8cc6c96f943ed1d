"""QR codes with a scene, web login, page tickets, and where WeChat calls from."""

import hashlib
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MINI, MINUTE_MS, SERVICE, Driver
from gateways.sandbox.official import a_follower, a_personal_account, code, get, post, pushed
from gateways.sandbox.pictures import size_of
from wechat_sandbox import SandboxSettings

CREATE = "/cgi-bin/qrcode/create"
SITE = "https://shop.test/in?from=wx"


def a_code(driver: Driver, action: str = "QR_STR_SCENE", scene: Any = None, **extra: Any) -> Any:
    chosen = {"scene": {"scene_str": "store-7"} if scene is None else scene}
    return post(driver, CREATE, action_name=action, action_info=chosen, **extra)


def test_a_stranger_who_scans_follows_with_the_scene(driver: Driver):
    made = a_code(driver, expire_seconds=600)

    driver.control("scan", person="p1", ticket=made["ticket"])

    event = pushed(driver, "subscribe")[0]
    assert (event["EventKey"], event["Ticket"]) == ("qrscene_store-7", made["ticket"])
    shown = get(driver, "/cgi-bin/user/info", openid=driver.openid("p1", SERVICE))
    assert (shown["qr_scene_str"], shown["subscribe_scene"]) == ("store-7", "ADD_SCENE_QR_CODE")


def test_a_follower_who_scans_is_told_as_a_scan(driver: Driver):
    a_follower(driver)
    made = a_code(driver, "QR_LIMIT_SCENE", {"scene_id": 7})

    driver.control("scan", person="p1", ticket=made["ticket"])

    assert pushed(driver, "SCAN")[0].items() >= {"EventKey": "7", "Ticket": made["ticket"]}.items()
    assert len(pushed(driver, "subscribe")) == 1


def test_a_temporary_code_dies_and_a_permanent_one_does_not(driver: Driver):
    temporary = a_code(driver, expire_seconds=60)
    permanent = a_code(driver, "QR_LIMIT_STR_SCENE")
    assert temporary["expire_seconds"] == 60
    assert "expire_seconds" not in permanent

    driver.now_ms += MINUTE_MS

    assert driver.refused("scan", person="p1", ticket=temporary["ticket"]) == "code_expired"
    assert driver.send("GET", f"/cgi-bin/showqrcode?ticket={quote(temporary['ticket'])}").status == 404
    driver.now_ms += 40 * DAY_MS
    driver.control("scan", person="p1", ticket=permanent["ticket"])
    assert a_code(driver, "QR_LIMIT_STR_SCENE")["ticket"] == permanent["ticket"]


def test_the_image_is_a_picture_of_the_address(driver: Driver):
    made = a_code(driver)

    image = driver.send("GET", f"/cgi-bin/showqrcode?ticket={quote(made['ticket'])}")

    assert image.headers["content-type"] == "image/jpg"
    assert size_of(image.body) == (430, 430)
    assert made["url"].startswith("http://weixin.qq.com/q/")


def test_codes_with_wrong_words_are_refused(driver: Driver):
    assert code(a_code(driver, "QR_OTHER")) == 40052
    assert code(a_code(driver, expire_seconds=2_592_001)) == 40097
    assert code(a_code(driver, expire_seconds=0)) == 40097
    assert code(a_code(driver, "QR_SCENE", {"scene_id": 0})) == 40053
    assert code(a_code(driver, "QR_LIMIT_SCENE", {"scene_id": 100_001})) == 40053
    assert code(a_code(driver, "QR_STR_SCENE", {"scene_str": "x" * 65})) == 40053


def test_permanent_codes_are_limited(a_sandbox: MakeDriver):
    driver = a_sandbox(settings=SandboxSettings(permanent_qrcodes=1))

    first = a_code(driver, "QR_LIMIT_SCENE", {"scene_id": 1})

    assert code(a_code(driver, "QR_LIMIT_SCENE", {"scene_id": 2})) == 45029
    assert a_code(driver, "QR_LIMIT_SCENE", {"scene_id": 1}) == first


def a_login(driver: Driver, scope: str = "snsapi_userinfo", **extra: Any) -> Any:
    asked = {"redirect_uri": SITE, "scope": scope, "state": "s1", **extra}
    return driver.control("web_login", person="p1", appid=SERVICE, **asked)


def secret(driver: Driver) -> str:
    text: str = driver.look("account", appid=SERVICE)["account"]["secret"]
    return text


def exchange(driver: Driver, given: str, **changed: str) -> Any:
    query = {"appid": SERVICE, "secret": secret(driver), "code": given, "grant_type": "authorization_code", **changed}
    text = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    return driver.send("GET", f"/sns/oauth2/access_token?{text}").json


def sns(driver: Driver, path: str, **query: str) -> Any:
    return driver.send("GET", f"/sns/{path}?" + "&".join(f"{k}={quote(v)}" for k, v in query.items())).json


def test_the_page_asks_who_holds_the_phone_and_goes_on_with_a_code(driver: Driver):
    target = f"/connect/oauth2/authorize?appid={SERVICE}&redirect_uri={quote(SITE, safe='')}&response_type=code"
    asked = driver.send("GET", f"{target}&scope=snsapi_base&state=s1")
    assert 'href="/connect/oauth2/authorize?' in asked.body.decode()
    assert "p1" in asked.body.decode()

    chosen = driver.send("GET", f"{target}&scope=snsapi_base&state=s1&person=p1")

    assert chosen.status == 302
    query = parse_qs(urlsplit(chosen.headers["location"]).query)
    assert (query["from"], query["state"]) == (["wx"], ["s1"])
    assert exchange(driver, query["code"][0])["openid"] == driver.openid("p1", SERVICE)


def test_the_page_says_why_it_does_not_ask(driver: Driver):
    def said(appid: str = SERVICE, scope: str = "snsapi_base", uri: str = SITE) -> str:
        target = f"/connect/oauth2/authorize?appid={appid}&redirect_uri={quote(uri, safe='')}&scope={scope}"
        return driver.send("GET", target).body.decode()

    driver.control("web_login/domain", appid=SERVICE, domain="shop.test")
    assert "10013" in said(appid="wxnobody")
    assert "10005" in said(scope="snsapi_all")
    assert "10005" in said(appid=a_personal_account(driver))
    assert "10003" in said(uri="https://thief.test/")
    assert "10003" in said(uri="javascript:alert(1)")
    assert driver.refused("web_login", person="p1", appid=MINI) == "page_refused"


def test_a_code_is_good_once_and_for_five_minutes(driver: Driver):
    used, late = a_login(driver)["code"], a_login(driver)["code"]
    exchange(driver, used)

    assert code(exchange(driver, used)) == 40163
    assert code(exchange(driver, "0unknown")) == 40029
    driver.now_ms += 5 * MINUTE_MS
    assert code(exchange(driver, late)) == 40029


def test_a_code_is_exchanged_by_its_account_alone(driver: Driver):
    given = a_login(driver)["code"]

    assert code(exchange(driver, given, appid="wxnobody")) == 40013
    assert code(exchange(driver, given, secret="wrong")) == 40125
    assert code(exchange(driver, given, grant_type="client_credential")) == 40002
    assert code(exchange(driver, "")) == 41008
    assert "access_token" in exchange(driver, given)


def test_a_tap_tells_the_name_and_silence_does_not(driver: Driver):
    driver.control("accounts", appid=SERVICE, kind="service", open_appid="wxopen")
    told, silent = exchange(driver, a_login(driver)["code"]), exchange(driver, a_login(driver, "snsapi_base")["code"])

    person = sns(driver, "userinfo", access_token=told["access_token"], openid=told["openid"], lang="zh_CN")

    assert (person["nickname"], person["unionid"]) == ("p1", told["unionid"])
    assert "unionid" not in silent
    assert code(sns(driver, "userinfo", access_token=silent["access_token"], openid=silent["openid"])) == 48001
    assert sns(driver, "auth", access_token=silent["access_token"], openid=silent["openid"])["errcode"] == 0


def test_a_web_token_is_for_its_openid_and_two_hours(driver: Driver):
    told = exchange(driver, a_login(driver)["code"])

    for path in ("userinfo", "auth"):
        assert code(sns(driver, path, openid=told["openid"])) == 41001
        assert code(sns(driver, path, access_token="x", openid=told["openid"])) == 40001
        assert code(sns(driver, path, access_token=told["access_token"], openid="o-other")) == 40003
    driver.now_ms += 120 * MINUTE_MS
    for path in ("userinfo", "auth"):
        assert code(sns(driver, path, access_token=told["access_token"], openid=told["openid"])) == 42001


def test_a_web_token_and_an_api_token_are_of_no_use_to_each_other(driver: Driver):
    told = exchange(driver, a_login(driver)["code"])
    api_token = driver.stable_token(SERVICE)

    assert code(sns(driver, "userinfo", access_token=api_token, openid=told["openid"])) == 40001
    refused = driver.send("GET", f"/cgi-bin/user/get?access_token={told['access_token']}").json
    assert code(refused) == 40001


def test_a_refresh_token_gives_new_web_tokens_for_thirty_days(driver: Driver):
    told = exchange(driver, a_login(driver)["code"])

    def renewed(**changed: str) -> Any:
        query = {"appid": SERVICE, "grant_type": "refresh_token", "refresh_token": told["refresh_token"], **changed}
        return sns(driver, "oauth2/refresh_token", **query)

    driver.now_ms += 29 * DAY_MS
    new = renewed()
    assert sns(driver, "auth", access_token=new["access_token"], openid=new["openid"])["errcode"] == 0
    assert code(renewed(refresh_token="unknown")) == 40030
    assert code(renewed(refresh_token="")) == 41003
    assert code(renewed(grant_type="other")) == 40002
    assert code(renewed(appid="wxnobody")) == 40013
    driver.now_ms += DAY_MS
    assert code(renewed()) == 42002


def test_a_page_ticket_stays_for_two_hours_and_signs_pages(driver: Driver):
    path = "/cgi-bin/ticket/getticket"
    given = get(driver, path, type="jsapi")
    driver.now_ms += MINUTE_MS
    again = get(driver, path, type="jsapi")
    url = "https://shop.test/page?a=1"
    text = f"jsapi_ticket={given['ticket']}&noncestr=n1&timestamp=1772000000&url={url}"
    signed = hashlib.sha1(text.encode()).hexdigest()
    config = {"appid": SERVICE, "url": f"{url}#part", "timestamp": 1772000000, "nonce_str": "n1"}

    assert (given["expires_in"], again["expires_in"], again["ticket"]) == (7200, 7140, given["ticket"])
    assert driver.control("js_config", **config, signature=signed) == {"errMsg": "config:ok"}
    assert driver.control("js_config", **config, signature="0" * 40) == {"errMsg": "config:invalid signature"}
    driver.now_ms += 120 * MINUTE_MS
    assert driver.control("js_config", **config, signature=signed) == {"errMsg": "config:invalid signature"}
    assert get(driver, path, type="jsapi")["ticket"] != given["ticket"]


def test_tickets_of_other_kinds_and_accounts_are_refused(driver: Driver):
    path = "/cgi-bin/ticket/getticket"

    assert get(driver, path, type="wx_card")["ticket"] != get(driver, path, type="jsapi")["ticket"]
    assert code(get(driver, path, type="other")) == 40097
    assert code(get(driver, path, MINI, type="jsapi")) == 48001


def test_wechat_calls_from_this_machine(driver: Driver):
    assert get(driver, "/cgi-bin/getcallbackip") == {"ip_list": ["127.0.0.1"]}
    assert get(driver, "/cgi-bin/get_api_domain_ip", MINI) == {"ip_list": ["127.0.0.1"]}


def test_only_a_verified_service_account_makes_codes(driver: Driver):
    personal = a_personal_account(driver)

    assert code(post(driver, CREATE, personal)) == 48001
    driver.control("accounts", appid=personal, kind="subscription", is_verified=True)
    assert code(post(driver, CREATE, personal)) == 48001


def test_the_call_log_keeps_no_web_token_and_no_ticket(driver: Driver):
    given = a_login(driver)["code"]
    told = exchange(driver, given)
    refresh = {"appid": SERVICE, "grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    sns(driver, "oauth2/refresh_token", **refresh)
    ticket = get(driver, "/cgi-bin/ticket/getticket", type="jsapi")["ticket"]

    logged = str(driver.look("calls", limit=1000))

    assert "/sns/oauth2/access_token" in logged
    assert not [secret for secret in (given, told["access_token"], told["refresh_token"], ticket) if secret in logged]
