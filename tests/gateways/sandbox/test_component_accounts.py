"""What hangs on an open account and what a privacy guide declares: both decide what an app may know of a person."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MINI, SERVICE, Driver
from gateways.sandbox.test_component import PLATFORM, Platform, post
from wechat_sandbox import SandboxSettings

OPEN, FOLDER = "/cgi-bin/open", "/cgi-bin/component"
GUIDE = {
    "owner_setting": {"contact_email": "hi@shop.test", "notice_method": "弹窗"},
    "setting_list": [{"privacy_key": "PhoneNumber", "privacy_text": "联系收货"}],
}


def opened(driver: Driver, verb: str, caller: str = MINI, /, **body: Any) -> Any:
    return driver.api(f"{OPEN}/{verb}", caller, **{"appid": caller, **body})


def unionid(driver: Driver, appid: str) -> str | None:
    secret = driver.look("account", appid=appid)["account"]["secret"]
    code = driver.control("wx_login", person="p1", appid=appid)["code"]
    asked = {"appid": appid, "secret": secret, "js_code": code, "grant_type": "authorization_code"}
    found: str | None = driver.send("GET", f"/sns/jscode2session?{urlencode(asked)}").json.get("unionid")
    return found


def test_unionid_exists_only_while_accounts_hang_on_one_open_account(driver: Driver) -> None:
    driver.control("accounts", appid="wxmini0000000002", kind="mini_program")
    before = unionid(driver, MINI)
    open_appid = opened(driver, "create")["open_appid"]
    alone = unionid(driver, "wxmini0000000002")
    bound = opened(driver, "bind", "wxmini0000000002", open_appid=open_appid)["errcode"]
    shared = unionid(driver, MINI), unionid(driver, "wxmini0000000002")
    opened(driver, "unbind", open_appid=open_appid)

    assert (before, alone, bound) == (None, None, 0)
    assert shared[0] is not None
    assert shared[0] == shared[1]
    assert unionid(driver, MINI) is None


def test_open_account_is_told_and_bound_once(driver: Driver) -> None:
    nothing = (
        opened(driver, "get")["errcode"],
        driver.send("GET", f"{OPEN}/have?access_token={driver.stable_token()}").json["have_open"],
    )
    open_appid = opened(driver, "create")["open_appid"]

    assert nothing == (89002, False)
    assert opened(driver, "get")["open_appid"] == open_appid
    assert opened(driver, "create")["errcode"] == 89000
    assert opened(driver, "bind", open_appid=open_appid)["errcode"] == 89000
    assert driver.send("GET", f"{OPEN}/have?access_token={driver.stable_token()}").json["have_open"] is True


def test_bind_refuses_what_does_not_belong_together(driver: Driver) -> None:
    open_appid = opened(driver, "create")["open_appid"]
    driver.control("accounts", appid="wxbyhand00000001", kind="service", open_appid="wxopenbyhand0001")
    by_hand = opened(driver, "bind", SERVICE, open_appid="wxopenbyhand0001")["errcode"]
    nowhere = opened(driver, "bind", SERVICE, open_appid="wxnone")["errcode"]
    driver.control("accounts/principal", appid=SERVICE, principal="别家有限公司")
    stranger = opened(driver, "bind", SERVICE, open_appid=open_appid)["errcode"]

    assert (by_hand, nowhere, stranger) == (89003, 40013, 89001)
    assert opened(driver, "get", SERVICE)["errcode"] == 89002
    assert driver.refused("accounts/principal", appid="wxnone", principal="x") == "unknown_account"


def test_open_account_takes_a_hundred_accounts(driver: Driver) -> None:
    open_appid = opened(driver, "create")["open_appid"]
    for number in range(99):
        driver.control("accounts", appid=f"wxfull{number:010d}", kind="service", open_appid=open_appid)

    assert opened(driver, "bind", SERVICE, open_appid=open_appid)["errcode"] == 89004


def test_unbind_wants_the_open_account_it_hangs_on(driver: Driver) -> None:
    loose = opened(driver, "unbind", SERVICE, open_appid="wxnone")["errcode"]
    driver.control("accounts", appid="wxbyhand00000001", kind="service", open_appid="wxopenbyhand0001")
    opened(driver, "create")

    assert loose == 89002
    assert opened(driver, "unbind", open_appid="wxother")["errcode"] == 89001
    assert opened(driver, "unbind", "wxbyhand00000001", open_appid="wxopenbyhand0001")["errcode"] == 89003


@pytest.mark.parametrize("verb", ["create", "bind", "unbind", "get"])
def test_an_account_speaks_for_itself_only(driver: Driver, verb: str) -> None:
    assert opened(driver, verb, appid=SERVICE)["errcode"] == 40013


@pytest.fixture
def authorized(driver: Driver) -> "Guided":
    return Guided(driver)


class Guided:
    """A mini-program whose privacy guide is a third-party platform's work."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.token = Platform(driver).authorized(MINI)["authorizer_access_token"]

    def post(self, path: str, **body: Any) -> Any:
        return post(self.driver, f"{path}?access_token={self.token}", body)

    def get(self, path: str) -> Any:
        return self.driver.send("GET", f"{path}?access_token={self.token}").json


def test_guide_is_a_draft_until_the_next_release(authorized: Guided, driver: Driver) -> None:
    early = driver.refused("privacy/release", appid=MINI)
    written = authorized.post(f"{FOLDER}/setprivacysetting", **GUIDE)
    draft = authorized.post(f"{FOLDER}/getprivacysetting")
    live = authorized.post(f"{FOLDER}/getprivacysetting", privacy_ver=1)
    keys = driver.control("privacy/release", appid=MINI)["keys"]

    assert (early, written["errcode"], keys) == ("no_draft", 0, ["PhoneNumber"])
    assert draft["setting_list"] == [
        {"privacy_key": "PhoneNumber", "privacy_text": "联系收货", "privacy_label": "手机号码"}
    ]
    assert draft["owner_setting"]["contact_email"] == "hi@shop.test"
    assert (live["setting_list"], live["update_time"]) == ([], 0)
    assert {"privacy_key": "Address", "privacy_desc": "地址"} in draft["privacy_desc"]["privacy_desc_list"]
    assert len(authorized.post(f"{FOLDER}/getprivacysetting", privacy_ver=1)["setting_list"]) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"owner_setting": None}, 86069),
        ({"owner_setting": {"notice_method": "弹窗"}}, 86069),
        ({"owner_setting": {"contact_qq": "1"}}, 86069),
        ({"privacy_ver": 3}, 86071),
        ({"privacy_ver": 1, "setting_list": None}, 86074),
        ({"privacy_ver": 1}, 40097),
        ({"setting_list": []}, 40097),
        ({"setting_list": [{"privacy_key": "PhoneNumber"}]}, 40097),
    ],
)
def test_unclear_guides_are_refused_and_nothing_is_written(authorized: Guided, change: Any, code: int) -> None:
    assert authorized.post(f"{FOLDER}/setprivacysetting", **{**GUIDE, **change})["errcode"] == code
    assert authorized.post(f"{FOLDER}/getprivacysetting")["setting_list"] == []


def test_owner_of_a_live_guide_changes_at_once(authorized: Guided, driver: Driver) -> None:
    authorized.post(f"{FOLDER}/setprivacysetting", **GUIDE)
    driver.control("privacy/release", appid=MINI)
    owner = {"contact_phone": "4006326323", "notice_method": "公告"}
    changed = authorized.post(f"{FOLDER}/setprivacysetting", privacy_ver=1, owner_setting=owner)
    live = authorized.post(f"{FOLDER}/getprivacysetting", privacy_ver=1)

    assert changed["errcode"] == 0
    assert (live["owner_setting"]["contact_phone"], len(live["setting_list"])) == ("4006326323", 1)
    assert authorized.post(f"{FOLDER}/getprivacysetting", privacy_ver=9)["errcode"] == 86071


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{FOLDER}/getprivacysetting"),
        ("POST", f"{FOLDER}/setprivacysetting"),
        ("POST", f"{FOLDER}/uploadprivacyextfile"),
        ("POST", "/wxa/security/apply_privacy_interface"),
        ("GET", "/wxa/security/get_privacy_interface"),
    ],
)
def test_guides_are_written_through_a_platform_only(driver: Driver, method: str, path: str) -> None:
    reply = driver.send(method, f"{path}?access_token={driver.stable_token()}", b"{}")
    assert reply.json["errcode"] == 48001


def test_own_guide_is_uploaded_as_a_text_file(authorized: Guided, driver: Driver) -> None:
    path = f"{FOLDER}/uploadprivacyextfile?access_token={authorized.token}"
    text = (
        '--b\r\nContent-Disposition: form-data; name="file"; filename="guide.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n我们收集手机号\r\n--b--\r\n"
    ).encode()
    headers = {"content-type": "multipart/form-data; boundary=b"}

    sent = driver.send("POST", path, text, headers).json
    empty = driver.send("POST", path, json.dumps({}).encode(), {"content-type": "application/json"}).json

    assert len(sent["ext_file_media_id"]) == 64
    assert empty["errcode"] == 41005


def test_privacy_interface_is_applied_for_judged_and_opened(authorized: Guided, driver: Driver) -> None:
    body = {"api_name": "wx.getLocation", "content": "按距离排门店"}
    apply = "/wxa/security/apply_privacy_interface"

    def status() -> Any:
        listed = authorized.get("/wxa/security/get_privacy_interface")["interface_list"]
        return next(item for item in listed if item["api_name"] == "wx.getLocation")

    before = status()["status"]
    audit = authorized.post(apply, **body)["audit_id"]
    waiting = status()
    twice = authorized.post(apply, **body)["errcode"]
    driver.control("privacy/judge", appid=MINI, api_name="wx.getLocation", reason="类目不符")
    refused = status()
    authorized.post(apply, **body)
    driver.control("privacy/judge", appid=MINI, api_name="wx.getLocation")

    assert (before, waiting["status"], waiting["audit_id"]) == (1, 3, audit)
    assert (twice, refused["status"], refused["fail_reason"]) == (61031, 4, "类目不符")
    assert (status()["status"], authorized.post(apply, **body)["errcode"]) == (5, 61032)
    assert driver.refused("privacy/judge", appid=MINI, api_name="wx.getLocation") == "not_applied"
    assert authorized.post(apply, api_name="wx.none", content="x")["errcode"] == 40097
    assert authorized.post(apply, api_name="wx.choosePoi", content="长" * 301)["errcode"] == 40097


def test_undeclared_data_is_not_given_by_the_phone(driver: Driver) -> None:
    untouched = driver.control("phone_number", person="p1", appid=MINI)["code"]
    driver.control("privacy/declare", appid=MINI, keys=["Address"])

    assert untouched
    assert driver.refused("phone_number", person="p1", appid=MINI) == "privacy_not_declared"
    driver.control("privacy/declare", appid=MINI, keys=["Address", "PhoneNumber"])
    assert driver.control("phone_number", person="p1", appid=MINI)["code"]
    assert driver.refused("privacy/declare", appid="wxnone", keys=[]) == "unknown_account"


def test_checking_declarations_is_a_switch(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(privacy_enforced=False))
    driver.control("privacy/declare", appid=MINI, keys=[])

    assert driver.control("phone_number", person="p1", appid=MINI)["code"]
    assert PLATFORM not in driver.look("account", appid=MINI)["account"].values()
