"""Codes and links that lead into the mini-program, and the people who open them."""

import base64
import json
from typing import Any

import pytest

from gateways.sandbox.driving import DAY_MS, MINI, MINUTE_MS, Driver
from gateways.sandbox.pictures import size_of
from wechat_sandbox.limits import Limit

PATHS = ("/wxa/getwxacode", "/cgi-bin/wxaapp/createwxaqrcode")
LINKS = (("/wxa/generatescheme", "openlink"), ("/wxa/generate_urllink", "url_link"))


def drawn(driver: Driver, path: str, /, **body: Any) -> Any:
    target = f"{path}?access_token={driver.stable_token()}"
    return driver.send("POST", target, json.dumps(body).encode())


def made(
    driver: Driver, path: str = "/wxa/generatescheme", *, target: dict[str, Any] | None = None, **body: Any
) -> Any:
    if path == "/wxa/generatescheme":
        return driver.api(path, jump_wxa=target or {}, **body)
    return driver.api(path, **(target or {}), **body)


def test_a_scanned_code_opens_its_page_with_its_scene(driver: Driver) -> None:
    reply = drawn(driver, "/wxa/getwxacodeunlimit", scene="a=1&b=2", page="pages/item/index", width=430)

    found = driver.control("open_link", person="p1", image=base64.b64encode(reply.body).decode())

    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert size_of(reply.body) == (430, 430)
    assert (found["path"], found["query"]) == ("pages/item/index", "scene=a%3D1%26b%3D2")
    assert (found["appid"], found["scene"], found["openid"]) == (MINI, 1047, driver.openid())


@pytest.mark.parametrize("path", PATHS)
def test_a_code_of_a_path_carries_its_query(driver: Driver, path: str) -> None:
    reply = drawn(driver, path, path="pages/item/index?id=7", line_color={"r": "0", "g": 80, "b": 0}, is_hyaline=True)
    text = driver.look("links", appid=MINI)["links"][0]["link"]

    found = driver.control("open_link", person="p1", link=text)

    assert reply.headers["content-type"] == "image/png"
    assert (found["path"], found["query"]) == ("pages/item/index", "id=7")


@pytest.mark.parametrize("path", PATHS)
def test_a_code_of_a_bad_path_is_refused(driver: Driver, path: str) -> None:
    most = 1024 if path == "/wxa/getwxacode" else 128

    assert drawn(driver, path, path="").json["errcode"] == 40159
    assert drawn(driver, path, path="p" * (most + 1)).json["errcode"] == 40159
    assert drawn(driver, path, path="pages/a?scancode_time=1").json["errcode"] == 85096
    assert drawn(driver, path, path="pages/a", env_version="beta").json["errcode"] == 40097
    assert drawn(driver, path, path="pages/a", line_color={"r": "red", "g": 0, "b": 0}).json["errcode"] == 40097
    assert drawn(driver, path, path="pages/a", line_color={"r": 256, "g": 0, "b": 0}).json["errcode"] == 40097
    assert driver.look("links", appid=MINI)["links"] == []


def test_codes_of_paths_are_counted_together_for_life(driver: Driver) -> None:
    driver.sandbox._state.limits["/wxa/getwxacode#total"] = Limit(in_total=2)

    kinds = [drawn(driver, path, path="pages/a").headers["content-type"] for path in PATHS]
    driver.now_ms += 400 * DAY_MS

    assert kinds == ["image/jpeg", "image/jpeg"]
    assert [drawn(driver, path, path="pages/a").json["errcode"] for path in PATHS] == [45029, 45029]


def test_a_scene_or_page_that_is_not_allowed_is_refused(driver: Driver) -> None:
    driver.control("accounts/pages", appid=MINI, pages=["pages/index/index"])

    def code(**body: Any) -> int:
        answer: int = drawn(driver, "/wxa/getwxacodeunlimit", **{"scene": "a", **body}).json["errcode"]
        return answer

    assert code(scene="x" * 33) == 40169
    assert code(scene="") == 40169
    assert code(scene="中文") == 40129
    assert code(scene="a b") == 40129
    assert code(scene="scancode_time=1") == 85096
    assert code(page="pages/gone") == 41030
    assert code(page="/pages/index/index") == 41030
    assert code(env_version="beta") == 40097
    assert drawn(driver, "/wxa/getwxacodeunlimit", scene="x" * 32, page="pages/gone", check_path=False).status == 200
    driver.control("accounts/flags", appid=MINI, flags=["unpublished"])
    assert code(page="pages/index/index") == 41030
    assert len(driver.look("links", appid=MINI)["links"]) == 1


def test_more_scene_codes_than_a_minute_allows_are_refused(driver: Driver) -> None:
    driver.control("quotas", path="/wxa/getwxacodeunlimit#minute", per_minute=1)
    drawn(driver, "/wxa/getwxacodeunlimit", scene="a")

    assert drawn(driver, "/wxa/getwxacodeunlimit", scene="a").json["errcode"] == 45009


@pytest.mark.parametrize(("path", "name"), LINKS)
def test_a_link_leads_to_its_page_until_it_expires(driver: Driver, path: str, name: str) -> None:
    link = made(
        driver,
        path,
        target={"path": "pages/item/index", "query": "id=7"},
        is_expire=True,
        expire_type=1,
        expire_interval=2,
    )[name]
    found = driver.control("open_link", person="p1", link=f"{link}{'&' if '?' in link else '?'}cq=from%3Dsms")

    driver.now_ms += 2 * DAY_MS

    assert (found["path"], found["query"], found["appid"]) == ("pages/item/index", "id=7&from=sms", MINI)
    assert driver.refused("open_link", person="p1", link=link) == "link_expired"
    assert driver.refused("open_link", person="p1", link=link + "x") == "unknown_link"
    assert driver.refused("open_link", person="p1", image="?") == "bad_image"


@pytest.mark.parametrize(("path", "name"), LINKS)
def test_a_link_is_queried_by_its_own_account(driver: Driver, path: str, name: str) -> None:
    asked, field, info = {
        "openlink": ("/wxa/queryscheme", "scheme", "scheme_info"),
        "url_link": ("/wxa/query_urllink", "url_link", "url_link_info"),
    }[name]
    link = made(driver, path, target={"path": "pages/a", "query": "id=7"})[name]
    driver.control("accounts", appid="wxother", kind="mini_program")
    before = driver.api(asked, query_type=1)["quota_info"]["remain_visit_quota"]
    driver.control("open_link", person="p1", link=link)

    shown = driver.api(asked, **{field: link})[info]

    assert (shown["appid"], shown["path"], shown["query"], shown["env_version"]) == (MINI, "pages/a", "id=7", "release")
    assert shown["expire_time"] - shown["create_time"] == 30 * 86_400
    assert driver.api(asked, "wxother", **{field: link})["errcode"] == 40097
    assert driver.api(asked, **{field: "weixin://dl/business/?t=none"})["errcode"] == 40097
    assert before - driver.api(asked, query_type=1)["quota_info"]["remain_visit_quota"] == 1


@pytest.mark.parametrize(("path", "name"), LINKS)
def test_a_link_that_may_not_be_made_is_refused(driver: Driver, path: str, name: str) -> None:
    driver.control("accounts/pages", appid=MINI, pages=["pages/a"])
    now_s = driver.now_ms // 1000

    def code(target: dict[str, Any] | None = None, **expiry: Any) -> int:
        answer: int = made(driver, path, target=target, **expiry)["errcode"]
        return answer

    assert code({"path": "pages/b"}) == 40165
    assert code({"path": "pages/a?x=1"}) == 40165
    assert code({"query": "x" * 1025}) == 40212
    assert code({"query": "名=1"}) == 40212
    assert code({"env_version": "beta"}) == 85402
    assert code(is_expire=True, expire_type=1, expire_interval=31) == 85401
    assert code(is_expire=True, expire_type=1, expire_interval=0) == 85401
    assert code(is_expire=True, expire_time=now_s + 59) == 85401
    assert code(is_expire=True, expire_time=now_s + 30 * 86_400 + 1) == 85401
    assert code(is_expire=True, expire_time=now_s + 30 * 86_400) == 0
    for flag, refusal in (("no_links", 40002), ("links_banned", 40013), ("unpublished", 85079)):
        driver.control("accounts/flags", appid=MINI, flags=[flag])
        assert code() == refusal
    assert len(driver.look("links", appid=MINI)["links"]) == 1


def test_schemes_and_url_links_share_the_second_and_the_day(driver: Driver) -> None:
    outcomes = [made(driver, path)["errcode"] for path, _ in LINKS for _ in range(50)]
    too_fast = [made(driver, path)["errcode"] for path, _ in LINKS]
    driver.now_ms += MINUTE_MS
    driver.control("quotas", path="/wxa/generatescheme#links", per_day=0)

    assert (set(outcomes), too_fast) == ({0}, [44990, 44990])
    assert [made(driver, path)["errcode"] for path, _ in LINKS] == [45009, 45009]


def test_opening_past_the_days_quota_is_refused(driver: Driver) -> None:
    link = made(driver)["openlink"]
    driver.control("quotas", path="/wxa/queryscheme#opened", per_day=1)
    driver.control("open_link", person="p1", link=link)

    assert driver.refused("open_link", person="p2", link=link) == "opened_too_often"


def test_a_short_link_is_pasted_in_a_chat(driver: Driver) -> None:
    made_one = driver.api("/wxa/genwxashortlink", page_url="pages/a?id=7", page_title="陶杯")
    for_ever = driver.api("/wxa/genwxashortlink", page_url="pages/a", is_permanent=True)["link"]

    found = driver.control("open_link", person="p1", link=made_one["link"])
    driver.now_ms += 30 * DAY_MS

    assert made_one["link"].startswith("#小程序://")
    assert (found["path"], found["query"]) == ("pages/a", "id=7")
    assert driver.refused("open_link", person="p1", link=made_one["link"]) == "link_expired"
    assert driver.control("open_link", person="p1", link=for_ever)["path"] == "pages/a"


def test_a_short_link_that_may_not_be_made_is_refused(driver: Driver) -> None:
    def code(**body: Any) -> int:
        answer: int = driver.api("/wxa/genwxashortlink", **{"page_url": "pages/a", **body})["errcode"]
        return answer

    assert code(page_url="") == 40066
    assert code(page_title="长" * 21) == 40225
    driver.sandbox._state.limits["/wxa/genwxashortlink#permanent"] = Limit(in_total=0)
    assert code(is_permanent=True) == 85400
    for flag, refusal in (("no_short_links", 43104), ("unpublished", 85079)):
        driver.control("accounts/flags", appid=MINI, flags=[flag])
        assert code() == refusal
