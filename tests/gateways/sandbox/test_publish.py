"""Publications: how they end, what can be read of them, and how they go."""

import pytest

from gateways.sandbox.driving import SERVICE, Driver
from gateways.sandbox.publishing import a_draft, article, published, submitted


@pytest.mark.parametrize(("check", "code"), [("not_passed", 53503), ("console_only", 53504), ("unsaved", 53505)])
def test_a_draft_that_the_console_holds_back_is_not_published(driver: Driver, check: str, code: int) -> None:
    media_id = a_draft(driver)
    driver.control("drafts/check", appid=SERVICE, media_id=media_id, check=check)
    refused = submitted(driver, media_id)["errcode"]

    driver.control("drafts/check", appid=SERVICE, media_id=media_id, check="fine")

    assert (refused, submitted(driver, media_id)["errcode"]) == (code, 0)
    assert driver.refused("drafts/check", appid=SERVICE, media_id="none", check="fine") == "unknown_draft"


def test_a_draft_that_is_being_published_is_not_published_again_until_that_has_failed(driver: Driver) -> None:
    driver.control("publications/outcome", appid=SERVICE, status=3, fail_idx=[])
    media_id = a_draft(driver)
    submitted(driver, media_id)
    at_once = submitted(driver, media_id)["errcode"]

    driver.pump(after_ms=3_000)

    assert (at_once, submitted(driver, media_id)["errcode"]) == (53501, 0)


@pytest.mark.parametrize(("status", "fail_idx"), [(2, [1]), (3, []), (4, [1, 2])])
def test_a_failed_publication_tells_why_and_leaves_its_draft(driver: Driver, status: int, fail_idx: list[int]) -> None:
    driver.control("publications/outcome", appid=SERVICE, status=status, fail_idx=fail_idx)
    media_id = a_draft(driver, article(driver), article(driver))
    publish_id = submitted(driver, media_id)["publish_id"]

    driver.pump(after_ms=3_000)

    told = {"publish_id": publish_id, "publish_status": status, "fail_idx": fail_idx}
    event = driver.look("callbacks", subject="PUBLISHJOBFINISH")["callbacks"][0]["content"]
    assert driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=publish_id) == told
    assert event["PublishEventInfo"] == told
    assert len(driver.api("/cgi-bin/draft/get", SERVICE, media_id=media_id)["news_item"]) == 2
    assert driver.api("/cgi-bin/freepublish/batchget", SERVICE, offset=0, count=20)["total_count"] == 0
    assert published(driver)["publish_status"] == 0


def test_a_publication_is_read_by_its_article_id_and_listed(driver: Driver) -> None:
    done = published(driver, article(driver), article(driver, title="第二篇"))

    items = driver.api("/cgi-bin/freepublish/getarticle", SERVICE, article_id=done["article_id"])["news_item"]
    listed = driver.api("/cgi-bin/freepublish/batchget", SERVICE, offset=0, count=20, no_content=1)

    assert [(item["title"], item["is_deleted"]) for item in items] == [("一只陶杯的来历", False), ("第二篇", False)]
    assert items[0]["url"] == done["article_detail"]["item"][0]["article_url"]
    assert (listed["total_count"], listed["item"][0]["article_id"]) == (1, done["article_id"])
    assert listed["item"][0]["content"]["news_item"][0]["content"] == ""
    assert driver.api("/cgi-bin/freepublish/batchget", SERVICE, offset=0, count=0)["errcode"] == 40097
    assert driver.api("/cgi-bin/freepublish/getarticle", SERVICE, article_id="none")["errcode"] == 53600


def test_articles_are_deleted_one_by_one_or_all_at_once(driver: Driver) -> None:
    first, second = published(driver, article(driver), article(driver)), published(driver)

    def delete(article_id: str, index: int) -> int:
        body = {"article_id": article_id, "index": index}
        code: int = driver.api("/cgi-bin/freepublish/delete", SERVICE, **body)["errcode"]
        return code

    def status(publication: dict[str, str]) -> int:
        body = {"publish_id": publication["publish_id"]}
        stands: int = driver.api("/cgi-bin/freepublish/get", SERVICE, **body)["publish_status"]
        return stands

    assert (delete("none", 1), delete(first["article_id"], 3), delete(first["article_id"], -1)) == (53600, 40097, 40097)
    assert (delete(first["article_id"], 1), status(first)) == (0, 0)
    items = driver.api("/cgi-bin/freepublish/getarticle", SERVICE, article_id=first["article_id"])["news_item"]
    assert [item["is_deleted"] for item in items] == [True, False]
    assert (delete(first["article_id"], 2), status(first)) == (0, 5)
    assert delete(first["article_id"], 2) == 53600
    assert (delete(second["article_id"], 0), status(second)) == (0, 5)


def test_a_banned_publication_says_so(driver: Driver) -> None:
    done = published(driver)

    driver.control("publications/ban", appid=SERVICE, article_id=done["article_id"])

    stands = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=done["publish_id"])
    assert stands["publish_status"] == 6
    assert driver.refused("publications/ban", appid=SERVICE, article_id=done["article_id"]) == "unknown_article"
    assert driver.refused("accounts/link", appid="wxnobody", mini_programs=[]) == "unknown_account"


def test_another_accounts_publication_is_unknown(driver: Driver) -> None:
    done = published(driver)
    driver.control("accounts", appid="wxother", kind="service")

    assert driver.api("/cgi-bin/freepublish/get", "wxother", publish_id=done["publish_id"])["errcode"] == 40097
    assert driver.api("/cgi-bin/freepublish/getarticle", "wxother", article_id=done["article_id"])["errcode"] == 53600


@pytest.mark.parametrize("form", [int, str])
def test_a_publication_is_a_number_and_asked_for_by_number_or_text(driver: Driver, form: type[int] | type[str]) -> None:
    """As silenceper/wechat reads it; ArtisanCloud/PowerWeChat#460 tells that WeChat sends a number."""
    told = submitted(driver, a_draft(driver))

    asked = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=form(told["publish_id"]))

    assert (type(told["publish_id"]), type(told["msg_data_id"])) == (int, int)
    assert asked["publish_id"] == told["publish_id"]


@pytest.mark.parametrize(("flag", "content"), [(True, ""), (1, ""), (False, "<p>…</p>"), (0, "<p>…</p>")])
def test_lists_leave_the_content_out_for_one_and_for_true(driver: Driver, flag: int, content: str) -> None:
    a_draft(driver)

    listed = driver.api("/cgi-bin/draft/batchget", SERVICE, offset=0, count=20, no_content=flag)

    assert listed["item"][0]["content"]["news_item"][0].get("content", "") == content
