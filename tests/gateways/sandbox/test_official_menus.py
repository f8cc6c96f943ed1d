"""The menu under the conversation: what may stand in it, who sees which, and what a tap tells the account."""

from typing import Any

import pytest

from gateways.sandbox.driving import MINI, SERVICE, Driver
from gateways.sandbox.official import (
    a_follower,
    a_media,
    a_personal_account,
    code,
    get,
    phone,
    post,
    pushed,
)

CREATE, CONDITIONAL = "/cgi-bin/menu/create", "/cgi-bin/menu/addconditional"
CLICK = {"type": "click", "name": "今日新品", "key": "NEW"}
VIEW = {"type": "view", "name": "门店", "url": "https://shop.test/stores"}
PROGRAM = {"type": "miniprogram", "name": "商城", "url": "https://shop.test", "appid": MINI, "pagepath": "pages/index"}
SCAN = {"type": "scancode_push", "name": "扫码", "key": "SCAN"}


def create(driver: Driver, *buttons: Any) -> int:
    return code(post(driver, CREATE, button=list(buttons)))


def under(*buttons: Any, name: str = "更多") -> Any:
    return {"name": name, "sub_button": list(buttons)}


def a_rule(driver: Driver, button: Any, **rule: Any) -> Any:
    return post(driver, CONDITIONAL, button=[button], matchrule=rule)


def test_a_menu_is_made_shown_and_deleted(driver: Driver):
    assert create(driver, CLICK, VIEW, under(PROGRAM, SCAN)) == 0

    menu = get(driver, "/cgi-bin/menu/get")["menu"]
    current = get(driver, "/cgi-bin/get_current_selfmenu_info")
    assert menu["button"][0] == {**CLICK, "sub_button": []}
    assert [each["name"] for each in menu["button"][2]["sub_button"]] == ["商城", "扫码"]
    assert current["is_menu_open"] == 1
    assert current["selfmenu_info"]["button"][2]["sub_button"]["list"][1] == SCAN
    assert code(get(driver, "/cgi-bin/menu/delete")) == 0
    assert code(get(driver, "/cgi-bin/menu/get")) == 46003
    assert get(driver, "/cgi-bin/get_current_selfmenu_info")["is_menu_open"] == 0


WRONG_BUTTONS: dict[str, tuple[list[Any], int]] = {
    "no button": ([], 40016),
    "four buttons": ([CLICK] * 4, 40016),
    "an unknown type": ([{**CLICK, "type": "jump"}], 40017),
    "no type": ([{"name": "空"}], 40017),
    "a long name": ([{**CLICK, "name": "长" * 6}], 40018),
    "no key": ([{**CLICK, "key": ""}], 40019),
    "a long url": ([{**VIEW, "url": "https://shop.test/" + "x" * 1024}], 40020),
    "another protocol": ([{**VIEW, "url": "ftp://shop.test"}], 40055),
    "three levels": ([under(under(CLICK))], 40022),
    "six under one": ([under(*[CLICK] * 6)], 40023),
    "a long name below": ([under({**CLICK, "name": "长" * 21})], 40025),
    "no key below": ([under({**CLICK, "key": ""})], 40026),
    "no url below": ([under({**VIEW, "url": ""})], 40027),
    "another protocol below": ([under({**VIEW, "url": "ftp://shop.test"})], 40054),
    "no page": ([{**PROGRAM, "pagepath": ""}], 45064),
    "a stranger's mini-program": ([{**PROGRAM, "appid": "wxnobody"}], 40013),
    "a picture that is not there": ([{"type": "media_id", "name": "海报", "media_id": "none"}], 40007),
}


@pytest.mark.parametrize("what", WRONG_BUTTONS)
def test_a_wrong_button_changes_no_menu(driver: Driver, what: str):
    buttons, errcode = WRONG_BUTTONS[what]
    create(driver, CLICK)

    assert code(post(driver, CREATE, button=buttons)) == errcode
    if buttons:
        assert code(post(driver, CONDITIONAL, button=buttons, matchrule={"client_platform_type": "2"})) == errcode
    menu = get(driver, "/cgi-bin/menu/get")
    assert [each["name"] for each in menu["menu"]["button"]] == ["今日新品"]
    assert "conditionalmenu" not in menu


def test_a_menu_with_a_rule_needs_one_for_everybody(driver: Driver):
    assert code(a_rule(driver, VIEW, client_platform_type="2")) == 65303


def test_a_rule_names_a_tag_or_a_system_there_is(driver: Driver):
    create(driver, CLICK)

    assert code(a_rule(driver, VIEW)) == 65304
    assert code(post(driver, CONDITIONAL, button=[VIEW])) == 65304
    assert code(a_rule(driver, VIEW, tag_id="900")) == 45159
    assert code(a_rule(driver, VIEW, client_platform_type="7")) == 40097
    assert code(post(driver, CONDITIONAL, button=[], matchrule={"client_platform_type": "2"})) == 65307
    assert code(post(driver, CONDITIONAL, button=[VIEW] * 4, matchrule={"client_platform_type": "2"})) == 40016


def test_the_latest_menu_whose_rule_matches_is_seen(driver: Driver):
    openid, stranger = a_follower(driver), a_follower(driver, "p2")
    tag = post(driver, "/cgi-bin/tags/create", tag={"name": "老客"})["tag"]["id"]
    post(driver, "/cgi-bin/tags/members/batchtagging", openid_list=[openid], tagid=tag)
    create(driver, CLICK)
    a_rule(driver, VIEW, tag_id=str(tag))
    latest = a_rule(driver, PROGRAM, tag_id=str(tag), client_platform_type="2")["menuid"]
    a_rule(driver, SCAN, client_platform_type="1")

    def seen(who: str) -> str:
        name: str = post(driver, "/cgi-bin/menu/trymatch", user_id=who)["button"][0]["name"]
        return name

    assert (seen(openid), seen(stranger)) == ("商城", "今日新品")
    assert len(get(driver, "/cgi-bin/menu/get")["conditionalmenu"]) == 3
    assert code(post(driver, "/cgi-bin/menu/delconditional", menuid=latest)) == 0
    assert seen(openid) == "门店"
    assert code(post(driver, "/cgi-bin/menu/delconditional", menuid=latest)) == 65301


def test_a_menu_is_tried_on_persons_only_and_when_there_is_one(driver: Driver):
    openid = a_follower(driver)

    assert code(post(driver, "/cgi-bin/menu/trymatch", user_id=openid)) == 46003
    assert code(post(driver, "/cgi-bin/menu/trymatch", user_id="o-nobody")) == 65302


def test_taps_tell_the_account_what_was_tapped(driver: Driver):
    openid = a_follower(driver)
    create(driver, CLICK, VIEW, under(PROGRAM, SCAN))

    driver.control("menu/tap", person="p1", appid=SERVICE, name="今日新品")
    driver.control("menu/tap", person="p1", appid=SERVICE, name="门店")
    driver.control("menu/tap", person="p1", appid=SERVICE, name="商城")
    found = {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "1"}}
    driver.control("menu/tap", person="p1", appid=SERVICE, name="扫码", fields=found)

    menuid = get(driver, "/cgi-bin/menu/get")["menu"]["menuid"]
    click = pushed(driver, "CLICK")[0]
    assert (click["EventKey"], click["FromUserName"]) == ("NEW", openid)
    assert pushed(driver, "VIEW")[0].items() >= {"EventKey": "https://shop.test/stores", "MenuId": menuid}.items()
    assert pushed(driver, "view_miniprogram")[0]["EventKey"] == "pages/index"
    assert pushed(driver, "scancode_push")[0]["ScanCodeInfo"]["ScanResult"] == "1"


def test_a_media_button_shows_the_picture_and_tells_nobody(driver: Driver):
    a_follower(driver)
    picture = a_media(driver)
    assert create(driver, {"type": "media_id", "name": "海报", "media_id": picture}) == 0
    before = len(driver.look("callbacks", owner=SERVICE)["callbacks"])

    driver.control("menu/tap", person="p1", appid=SERVICE, name="海报")

    assert phone(driver)[-1]["content"]["media_id"] == picture
    assert len(driver.look("callbacks", owner=SERVICE)["callbacks"]) == before


def test_only_a_follower_taps_and_only_what_is_there(driver: Driver):
    create(driver, CLICK)

    assert driver.refused("menu/tap", person="p1", appid=SERVICE, name="今日新品") == "not_a_follower"
    a_follower(driver)
    assert driver.refused("menu/tap", person="p1", appid=SERVICE, name="别的") == "no_such_button"
    assert pushed(driver, "CLICK") == []


def test_an_unverified_subscription_account_has_no_menu_of_its_own(driver: Driver):
    personal = a_personal_account(driver)

    gets = ("/cgi-bin/menu/get", "/cgi-bin/menu/delete", "/cgi-bin/get_current_selfmenu_info")
    posts = (CREATE, CONDITIONAL, "/cgi-bin/menu/delconditional", "/cgi-bin/menu/trymatch")
    assert {code(get(driver, path, personal)) for path in gets} == {48001}
    assert {code(post(driver, path, personal)) for path in posts} == {48001}


def test_an_unverified_service_account_may_make_a_menu(driver: Driver):
    driver.control("accounts", appid=SERVICE, kind="service", is_verified=False)

    assert create(driver, CLICK) == 0
