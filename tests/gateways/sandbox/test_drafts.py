"""Drafts: what WeChat takes of an article, and what can be done with a draft before it is published."""

from typing import Any

import pytest

from gateways.sandbox.conftest import MakeDriver
from gateways.sandbox.driving import MINI, SERVICE, Driver
from gateways.sandbox.publishing import a_draft, article, cover, get, post, upload
from wechat_sandbox import SandboxSettings

OURS = "http://mmbiz.qpic.cn/mmbiz_png/abc/0"


def add(driver: Driver, **changes: Any) -> Any:
    return driver.api("/cgi-bin/draft/add", SERVICE, articles=[article(driver, **changes)])


def drafts(driver: Driver) -> int:
    count: int = get(driver, "/cgi-bin/draft/count").json["total_count"]
    return count


def card(appid: str = MINI, image: str = OURS) -> str:
    return (
        f'<p><mp-miniprogram data-miniprogram-appid="{appid}" data-miniprogram-path="pages/a"'
        f' data-miniprogram-title="陶杯" data-miniprogram-imageurl="{image}"></mp-miniprogram></p>'
    )


def test_a_draft_is_read_changed_and_deleted(driver: Driver) -> None:
    media_id = a_draft(driver, article(driver), article(driver, title="第二篇"))
    driver.now_ms += 60_000

    changed = driver.api(
        "/cgi-bin/draft/update", SERVICE, media_id=media_id, index=1, articles=article(driver, title="改过")
    )

    shown = driver.api("/cgi-bin/draft/get", SERVICE, media_id=media_id)
    assert changed["errcode"] == 0
    assert [item["title"] for item in shown["news_item"]] == ["一只陶杯的来历", "改过"]
    assert shown["news_item"][0]["thumb_url"].startswith("http://mmbiz.qpic.cn/")
    assert shown["update_time"] - shown["create_time"] == 60
    assert driver.api("/cgi-bin/draft/delete", SERVICE, media_id=media_id)["errcode"] == 0
    assert drafts(driver) == 0
    for verb in ("get", "delete"):
        assert driver.api(f"/cgi-bin/draft/{verb}", SERVICE, media_id=media_id)["errcode"] == 40007


def test_drafts_are_listed_newest_first_with_or_without_content(driver: Driver) -> None:
    first = a_draft(driver)
    driver.now_ms += 1_000
    second = a_draft(driver)

    page = driver.api("/cgi-bin/draft/batchget", SERVICE, offset=0, count=1)
    rest = driver.api("/cgi-bin/draft/batchget", SERVICE, offset=1, count=20, no_content=1)

    assert (page["total_count"], page["item_count"], page["item"][0]["media_id"]) == (2, 1, second)
    assert rest["item"][0]["media_id"] == first
    assert page["item"][0]["content"]["news_item"][0]["content"] == "<p>…</p>"
    assert rest["item"][0]["content"]["news_item"][0]["content"] == ""
    assert driver.api("/cgi-bin/draft/batchget", SERVICE, offset=0, count=21)["errcode"] == 40097
    assert driver.api("/cgi-bin/draft/batchget", SERVICE, offset=-1, count=1)["errcode"] == 40097


def test_the_draft_box_is_open(driver: Driver) -> None:
    assert post(driver, "/cgi-bin/draft/switch").json["is_open"] == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, 45166),
        ({"content": ""}, 45166),
        ({"article_type": "poem"}, 45166),
        ({"content": "<script>alert(1)</script>"}, 45166),
        ({"content": "<p onclick='x()'>a</p>"}, 45166),
        ({"content": '<img src="https://shop.test/1.png">'}, 45166),
        ({"content": f'<img data-src="{OURS}" src="https://shop.test/1.png">'}, 45166),
        ({"content": card("wxstranger000001")}, 45166),
        ({"content": card(image="https://shop.test/1.png")}, 45166),
        ({"content": '<a data-miniprogram-appid="wxstranger000001" href="">x</a>'}, 45166),
        ({"title": "题" * 65}, 45003),
        ({"author": "作" * 17}, 45110),
        ({"digest": "摘" * 129}, 45004),
        ({"content": "字" * 20_001}, 45002),
        ({"thumb_media_id": ""}, 40007),
        ({"thumb_media_id": "none"}, 40007),
        ({"article_type": "newspic"}, 45166),
        ({"article_type": "newspic", "image_info": {"image_list": [{"image_media_id": "none"}]}}, 40007),
    ],
)
def test_an_article_that_may_not_be_is_no_draft(driver: Driver, changes: dict[str, Any], code: int) -> None:
    driver.control("accounts/link", appid=SERVICE, mini_programs=[MINI])
    media_id = a_draft(driver)

    changed = driver.api(
        "/cgi-bin/draft/update", SERVICE, media_id=media_id, index=0, articles=article(driver, **changes)
    )

    assert add(driver, **changes)["errcode"] == code
    assert changed["errcode"] == code
    assert drafts(driver) == 1
    assert driver.api("/cgi-bin/draft/get", SERVICE, media_id=media_id)["news_item"][0]["title"] == "一只陶杯的来历"


def test_an_article_at_its_limits_is_a_draft(driver: Driver) -> None:
    driver.control("accounts/link", appid=SERVICE, mini_programs=[MINI])
    url = upload(driver, "/cgi-bin/media/uploadimg")["url"]

    assert "media_id" in add(driver, title="题" * 64, author="作" * 16, digest="摘" * 128, content="字" * 20_000)
    assert "media_id" in add(driver, content=f'<p><img src="{url}"/></p>{card(image=url)}')
    pictures = {"image_list": [{"image_media_id": cover(driver)}]}
    assert "media_id" in add(driver, article_type="newspic", content="", thumb_media_id="", image_info=pictures)


def test_a_draft_has_one_to_eight_articles_and_no_other_index(driver: Driver) -> None:
    one = article(driver)

    assert driver.api("/cgi-bin/draft/add", SERVICE, articles=[])["errcode"] == 45166
    assert driver.api("/cgi-bin/draft/add", SERVICE, articles=[one] * 9)["errcode"] == 45166
    media_id = driver.api("/cgi-bin/draft/add", SERVICE, articles=[one] * 8)["media_id"]
    for index in (-1, 8):
        update = {"media_id": media_id, "index": index, "articles": one}
        assert driver.api("/cgi-bin/draft/update", SERVICE, **update)["errcode"] == 40114


def test_temporary_media_and_foreign_materials_are_no_cover(driver: Driver) -> None:
    temporary = upload(driver, "/cgi-bin/media/upload", "image")["media_id"]
    voice = upload(driver, "/cgi-bin/material/add_material", "voice")["media_id"]
    driver.control("accounts", appid="wxother", kind="service")
    foreign = cover(driver, "wxother")

    for media_id in (temporary, voice, foreign):
        assert add(driver, thumb_media_id=media_id)["errcode"] == 40007


def test_filtering_bad_content_is_a_switch(a_sandbox: MakeDriver) -> None:
    driver = a_sandbox(settings=SandboxSettings(article_content_filtered=True))
    bad = f'<p>a</p><script>x</script><img src="https://shop.test/1.png"><img src="{OURS}">'

    media_id = add(driver, content=bad)["media_id"]

    kept = driver.api("/cgi-bin/draft/get", SERVICE, media_id=media_id)["news_item"][0]["content"]
    assert kept == f'<p>a</p><img src="{OURS}">'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "draft/add"),
        ("POST", "draft/get"),
        ("POST", "draft/update"),
        ("POST", "draft/delete"),
        ("GET", "draft/count"),
        ("POST", "draft/batchget"),
        ("POST", "draft/switch"),
        ("POST", "freepublish/submit"),
        ("POST", "freepublish/get"),
        ("POST", "freepublish/delete"),
        ("POST", "freepublish/getarticle"),
        ("POST", "freepublish/batchget"),
    ],
)
def test_an_unverified_account_may_neither_draft_nor_publish(driver: Driver, method: str, path: str) -> None:
    driver.control("accounts", appid="wxsmall", kind="subscription", is_verified=False)
    target = f"/cgi-bin/{path}?access_token={driver.stable_token('wxsmall')}"

    assert driver.send(method, target, b"{}").json["errcode"] == 48001
