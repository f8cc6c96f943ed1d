"""Followers, their tags, and the black list: whom an account knows."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import DAY_MS, MINI, SERVICE, Driver
from gateways.sandbox.official import a_follower, a_personal_account, code, followers, get, phone, post, pushed
from wechat_sandbox import SandboxSettings
from wechat_sandbox.official import followers as followers_api

NOBODY = "o" + "x" * 27


def a_tag(driver: Driver, name: str = "老客") -> int:
    tag_id: int = post(driver, "/cgi-bin/tags/create", tag={"name": name})["tag"]["id"]
    return tag_id


def put_tag(driver: Driver, tag: int, *openids: str) -> Any:
    return post(driver, "/cgi-bin/tags/members/batchtagging", openid_list=list(openids), tagid=tag)


def info(driver: Driver, openid: str) -> Any:
    return get(driver, "/cgi-bin/user/info", openid=openid, lang="zh_CN")


def test_followers_are_listed_in_the_order_they_came(driver: Driver):
    openids = [a_follower(driver, "p2"), a_follower(driver, "p1")]

    page = get(driver, "/cgi-bin/user/get")

    assert page == {"total": 2, "count": 2, "data": {"openid": openids}, "next_openid": openids[-1]}


def test_a_page_begins_after_the_last_openid_of_the_page_before(driver: Driver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(followers_api, "PAGE", 2)
    openids = followers(driver, 3)

    first = get(driver, "/cgi-bin/user/get")
    second = get(driver, "/cgi-bin/user/get", next_openid=first["next_openid"])
    last = get(driver, "/cgi-bin/user/get", next_openid=second["next_openid"])

    assert [first["data"]["openid"], second["data"]["openid"]] == [openids[:2], openids[2:]]
    assert last == {"total": 3, "count": 0, "next_openid": ""}


def test_the_list_does_not_begin_after_a_stranger(driver: Driver):
    assert code(get(driver, "/cgi-bin/user/get", next_openid=NOBODY)) == 40003


def test_a_follower_is_shown_without_name_and_portrait(driver: Driver):
    openid = a_follower(driver, scene="42")

    shown = info(driver, openid)

    assert shown == {
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": driver.now_ms // 1000,
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 42,
        "qr_scene_str": "",
    }


def test_unionid_is_shown_only_under_an_open_account(driver: Driver):
    openid = a_follower(driver)
    assert "unionid" not in info(driver, openid)

    driver.control("accounts", appid=SERVICE, kind="service", open_appid="wxopen")

    assert info(driver, openid)["unionid"].startswith("o")


def test_who_stopped_following_is_shown_as_a_stranger(driver: Driver):
    openid = a_follower(driver)
    post(driver, "/cgi-bin/user/info/updateremark", openid=openid, remark="王姐")
    driver.control("unfollow", person="p1", appid=SERVICE)

    gone = info(driver, openid)
    a_follower(driver)

    assert gone["subscribe"] == 0
    assert info(driver, openid)["remark"] == ""


def test_nobody_is_refused_by_what_is_wrong_with_the_openid(driver: Driver):
    assert code(info(driver, NOBODY)) == 46004
    assert code(info(driver, "short")) == 40003
    assert code(info(driver, driver.openid("p1", MINI))) == 40003


def test_a_hundred_are_shown_at_once_and_no_more(driver: Driver):
    openid = a_follower(driver)

    asked = post(driver, "/cgi-bin/user/info/batchget", user_list=[{"openid": openid, "lang": "zh_CN"}])

    assert [one["openid"] for one in asked["user_info_list"]] == [openid]
    assert code(post(driver, "/cgi-bin/user/info/batchget", user_list=[{"openid": openid}] * 101)) == 40032
    assert code(post(driver, "/cgi-bin/user/info/batchget", user_list=[{"openid": NOBODY}])) == 46004
    assert code(post(driver, "/cgi-bin/user/info/batchget", user_list=[{"openid": "bad"}])) == 40003


def test_a_remark_has_fewer_than_thirty_characters_and_is_of_a_follower(driver: Driver):
    openid = a_follower(driver)

    assert code(post(driver, "/cgi-bin/user/info/updateremark", openid=openid, remark="王姐")) == 0
    assert code(post(driver, "/cgi-bin/user/info/updateremark", openid=openid, remark="王" * 30)) == 40097
    assert code(post(driver, "/cgi-bin/user/info/updateremark", openid=NOBODY, remark="王")) == 40003
    assert code(post(driver, "/cgi-bin/user/info/updateremark", openid=driver.openid("p2", SERVICE))) == 43004
    assert info(driver, openid)["remark"] == "王姐"


def test_following_twice_is_told_once(driver: Driver):
    a_follower(driver)
    a_follower(driver)

    assert len(pushed(driver, "subscribe")) == 1
    assert get(driver, "/cgi-bin/user/get")["total"] == 1


def test_tags_are_made_renamed_listed_and_deleted(driver: Driver):
    openid = a_follower(driver)
    tag = a_tag(driver)
    put_tag(driver, tag, openid)

    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": tag, "name": "常客"})) == 0
    listed = get(driver, "/cgi-bin/tags/get")["tags"]
    assert {"id": tag, "name": "常客", "count": 1} in listed
    assert code(post(driver, "/cgi-bin/tags/delete", tag={"id": tag})) == 0
    assert info(driver, openid)["tagid_list"] == []
    assert [each["id"] for each in get(driver, "/cgi-bin/tags/get")["tags"]] == [2]


def test_a_tag_has_a_name_of_its_own_and_thirty_bytes(driver: Driver):
    tag, other = a_tag(driver), a_tag(driver, "新客")

    assert code(post(driver, "/cgi-bin/tags/create", tag={"name": "老客"})) == 45157
    assert code(post(driver, "/cgi-bin/tags/create", tag={"name": "长" * 11})) == 45158
    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": other, "name": "老客"})) == 45157
    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": other, "name": "长" * 11})) == 45158
    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": tag, "name": "老客"})) == 0


def test_wechats_own_tags_and_unknown_ones_stay_as_they_are(driver: Driver):
    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": 2, "name": "星"})) == 45058
    assert code(post(driver, "/cgi-bin/tags/delete", tag={"id": 1})) == 45058
    assert code(post(driver, "/cgi-bin/tags/update", tag={"id": 900, "name": "星"})) == 45159
    assert code(post(driver, "/cgi-bin/tags/delete", tag={"id": 900})) == 45159


def test_an_account_has_a_hundred_tags(driver: Driver):
    for number in range(100):
        a_tag(driver, f"第{number}")

    assert code(post(driver, "/cgi-bin/tags/create", tag={"name": "多余"})) == 45056


def test_a_person_carries_twenty_tags(driver: Driver):
    openid = a_follower(driver)
    tags = [a_tag(driver, f"第{number}") for number in range(21)]

    outcomes = [code(put_tag(driver, tag, openid)) for tag in tags]

    assert outcomes == [0] * 20 + [45059]
    assert post(driver, "/cgi-bin/tags/getidlist", openid=openid)["tagid_list"] == tags[:20]


def test_a_tag_that_too_many_carry_is_not_deleted(a_sandbox: MakeDriver):
    driver = a_sandbox(settings=SandboxSettings(tag_delete_most_fans=1))
    openids, tag = followers(driver, 2), a_tag(driver)
    put_tag(driver, tag, *openids)

    assert code(post(driver, "/cgi-bin/tags/delete", tag={"id": tag})) == 45057
    assert get(driver, "/cgi-bin/tags/get")["tags"][-1]["count"] == 2


def test_tagging_asks_for_fifty_of_the_accounts_own_at_most(driver: Driver):
    openid, tag = a_follower(driver), a_tag(driver)

    for verb in ("batchtagging", "batchuntagging"):
        path = f"/cgi-bin/tags/members/{verb}"
        assert code(post(driver, path, openid_list=[openid] * 51, tagid=tag)) == 40032
        assert code(post(driver, path, openid_list=[openid], tagid=900)) == 45159
        assert code(post(driver, path, openid_list=[openid, NOBODY], tagid=tag)) == 49003
    assert post(driver, "/cgi-bin/tags/getidlist", openid=openid)["tagid_list"] == []


def test_untagging_takes_one_tag_off(driver: Driver):
    openid, tag, other = a_follower(driver), a_tag(driver), a_tag(driver, "新客")
    put_tag(driver, tag, openid)
    put_tag(driver, other, openid)

    post(driver, "/cgi-bin/tags/members/batchuntagging", openid_list=[openid], tagid=tag)

    assert post(driver, "/cgi-bin/tags/getidlist", openid=openid)["tagid_list"] == [other]


def test_tags_of_a_stranger_are_refused(driver: Driver):
    assert code(post(driver, "/cgi-bin/tags/getidlist", openid="")) == 40003
    assert code(post(driver, "/cgi-bin/tags/getidlist", openid=NOBODY)) == 49003


def test_the_fans_of_a_tag_come_by_pages(driver: Driver):
    openids, tag = followers(driver, 2), a_tag(driver)
    put_tag(driver, tag, *openids)

    page = post(driver, "/cgi-bin/user/tag/get", tagid=tag, next_openid="")

    assert page == {"count": 2, "data": {"openid": openids}, "next_openid": openids[-1]}
    assert post(driver, "/cgi-bin/user/tag/get", tagid=tag, next_openid=openids[0])["data"]["openid"] == openids[1:]
    assert code(post(driver, "/cgi-bin/user/tag/get", tagid=tag, next_openid=NOBODY)) == 40003
    assert code(post(driver, "/cgi-bin/user/tag/get", tagid=900)) == 45159


def test_the_black_list_shuts_both_ways(driver: Driver):
    openid = a_follower(driver)

    assert code(post(driver, "/cgi-bin/tags/members/batchblacklist", openid_list=[openid])) == 0
    listed = post(driver, "/cgi-bin/tags/members/getblacklist", begin_openid="")
    said = driver.control("say", person="p1", appid=SERVICE, text="在吗")
    sent = post(driver, "/cgi-bin/message/custom/send", touser=openid, msgtype="text", text={"content": "在"})

    assert listed == {"total": 1, "count": 1, "data": {"openid": [openid]}, "next_openid": openid}
    assert said["msg_id"] == 0
    assert pushed(driver, "text") == []
    assert code(sent) == 43019
    assert phone(driver) == []


def test_off_the_black_list_a_person_is_heard_again(driver: Driver):
    openid = a_follower(driver)
    post(driver, "/cgi-bin/tags/members/batchblacklist", openid_list=[openid])

    post(driver, "/cgi-bin/tags/members/batchunblacklist", openid_list=[openid])
    driver.control("say", person="p1", appid=SERVICE, text="在吗")

    assert post(driver, "/cgi-bin/tags/members/getblacklist")["total"] == 0
    assert [push["Content"] for push in pushed(driver, "text")] == ["在吗"]


@pytest.mark.parametrize("verb", ["batchblacklist", "batchunblacklist"])
def test_the_black_list_takes_twenty_of_the_accounts_own(driver: Driver, verb: str):
    openid, path = a_follower(driver), f"/cgi-bin/tags/members/{verb}"

    assert code(post(driver, path, openid_list=[openid] * 21)) == 40032
    assert code(post(driver, path, openid_list=[NOBODY])) == 49003
    assert post(driver, "/cgi-bin/tags/members/getblacklist")["total"] == 0
    assert code(post(driver, "/cgi-bin/tags/members/getblacklist", begin_openid=NOBODY)) == 40003


GETS = ("/cgi-bin/user/get", "/cgi-bin/user/info", "/cgi-bin/tags/get")
POSTS: dict[str, Any] = {
    "/cgi-bin/user/info/batchget": {},
    "/cgi-bin/user/info/updateremark": {},
    "/cgi-bin/tags/create": {"tag": {"name": "老客"}},
    "/cgi-bin/tags/update": {"tag": {"name": "老客"}},
    "/cgi-bin/tags/delete": {"tag": {}},
    "/cgi-bin/tags/members/batchtagging": {},
    "/cgi-bin/tags/members/batchuntagging": {},
    "/cgi-bin/tags/getidlist": {},
    "/cgi-bin/user/tag/get": {},
    "/cgi-bin/tags/members/getblacklist": {},
    "/cgi-bin/tags/members/batchblacklist": {},
    "/cgi-bin/tags/members/batchunblacklist": {},
}


def test_an_account_that_is_not_verified_knows_nobody(driver: Driver):
    personal = a_personal_account(driver)

    outcomes = {path: code(get(driver, path, personal)) for path in GETS}
    outcomes |= {path: code(post(driver, path, personal, **body)) for path, body in POSTS.items()}

    assert outcomes == dict.fromkeys((*GETS, *POSTS), 48001)


def test_the_list_of_followers_is_given_so_often_a_day(driver: Driver):
    driver.control("quotas", path="/cgi-bin/user/get", per_day=2)

    outcomes = [code(get(driver, "/cgi-bin/user/get")) for _ in range(3)]
    driver.now_ms += DAY_MS

    assert outcomes == [0, 0, 45009]
    assert code(get(driver, "/cgi-bin/user/get")) == 0
