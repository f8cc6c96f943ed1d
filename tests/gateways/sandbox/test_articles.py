"""An article from draft to statistics."""

from typing import Any

from gateways.sandbox.driving import DAY_MS, HOUR_MS, SERVICE, Driver
from gateways.sandbox.publishing import a_draft

DAY = "2026-02-25"


def published(driver: Driver) -> str:
    submitted = driver.api("/cgi-bin/freepublish/submit", SERVICE, media_id=a_draft(driver))
    driver.pump(after_ms=3_000)
    return f"{submitted['msg_data_id']}_1"


def cube(driver: Driver, name: str, begin: str, end: str = "") -> Any:
    return driver.api(f"/datacube/{name}", SERVICE, begin_date=begin, end_date=end or begin)


def at_local(driver: Driver, day: str, hour: int) -> None:
    """Moves the clock to an hour of a day in China (days of February 2026)."""
    midnight_of_25th = 1_771_948_800_000
    driver.now_ms = midnight_of_25th + (int(day[-2:]) - 25) * DAY_MS + hour * HOUR_MS


def test_publication_takes_its_time_and_says_so_by_event(driver: Driver) -> None:
    media_id = a_draft(driver)
    publish_id = driver.api("/cgi-bin/freepublish/submit", SERVICE, media_id=media_id)["publish_id"]
    under_way = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=publish_id)["publish_status"]

    driver.pump(after_ms=3_000)

    done = driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=publish_id)
    event = driver.look("callbacks", owner=SERVICE)["callbacks"][0]
    assert (under_way, done["publish_status"]) == (1, 0)
    assert event["subject"] == "PUBLISHJOBFINISH"
    assert event["content"]["PublishEventInfo"]["article_id"] == done["article_id"]
    assert driver.api("/cgi-bin/freepublish/submit", SERVICE, media_id=media_id)["errcode"] == 40007


def test_unverified_account_may_neither_draft_nor_publish(driver: Driver) -> None:
    driver.control("accounts", appid="wxsmall", kind="subscription", is_verified=False)

    assert driver.api("/cgi-bin/draft/add", "wxsmall", articles=[])["errcode"] == 48001
    assert driver.api("/cgi-bin/freepublish/submit", "wxsmall", media_id="m")["errcode"] == 48001


def test_yesterday_is_ready_at_eight(driver: Driver) -> None:
    at_local(driver, DAY, 10)
    msgid = published(driver)
    driver.control("articles/read", appid=SERVICE, person="p1", msgid=msgid)
    at_local(driver, "2026-02-26", 7)
    early = cube(driver, "getarticleread", DAY)
    at_local(driver, "2026-02-26", 8)
    ready = cube(driver, "getarticleread", DAY)

    assert early == {"list": [], "is_delay": True}
    assert ready["is_delay"] is False
    row = ready["list"][0]
    assert (row["ref_date"], row["msgid"], row["publish_type"], row["detail"]["read_user"]) == (DAY, msgid, 1, 1)
    assert row["detail"]["read_user_source"][0] == {"user_count": 1, "scene_desc": "全部"}


def test_a_person_counts_once_a_day_and_bulk_counts_add(driver: Driver) -> None:
    at_local(driver, DAY, 10)
    msgid = published(driver)
    counted = [driver.control("articles/read", appid=SERVICE, person="p1", msgid=msgid)["counted"] for _ in range(2)]
    driver.control("articles/share", appid=SERVICE, person="p1", msgid=msgid)
    row = {"appid": SERVICE, "msgid": msgid, "day": DAY, "read_user": 40, "share_user": 3}
    driver.control("articles/count", counts=[row])
    at_local(driver, "2026-02-26", 9)

    detail = cube(driver, "getbizsummary", "2026-01-28", DAY)["list"][0]["detail"]

    assert counted == [True, False]
    assert (detail["read_user"], detail["share_user"]) == (41, 4)
    assert cube(driver, "getarticleshare", DAY)["list"][0]["detail"] == {"share_user": 4}


def test_an_article_sent_by_hand_has_statistics_under_its_own_msgid(driver: Driver) -> None:
    at_local(driver, DAY, 10)
    for _ in range(2):
        driver.control("articles/publish", appid=SERVICE, msgid="2247490098_1", title="一只陶杯的来历")
    driver.control("articles/count", counts=[{"appid": SERVICE, "msgid": "2247490098_1", "day": DAY, "read_user": 9}])
    at_local(driver, "2026-02-26", 9)

    row = cube(driver, "getarticleread", DAY)["list"][0]

    assert (row["msgid"], row["publish_type"], row["detail"]["read_user"]) == ("2247490098_1", 0, 9)
    assert driver.look("callbacks", owner=SERVICE)["callbacks"] == []
    assert driver.refused("articles/publish", appid="wxnobody", msgid="2247490098_1", title="x") == "unknown_account"
    assert driver.refused("articles/publish", appid=SERVICE, msgid="2247490098", title="x") == "bad_msgid"


def test_total_detail_runs_up_from_the_day_of_publication(driver: Driver) -> None:
    at_local(driver, DAY, 10)
    msgid = published(driver)
    rows = [
        {"appid": SERVICE, "msgid": msgid, "day": day, "read_user": readers}
        for day, readers in ((DAY, 10), ("2026-02-26", 5))
    ]
    driver.control("articles/count", counts=rows)
    at_local(driver, "2026-02-27", 9)

    item = cube(driver, "getarticletotaldetail", DAY)["list"][0]

    assert (item["title"], item["msgid"]) == ("一只陶杯的来历", msgid)
    assert [(day["stat_date"], day["read_user"]) for day in item["detail_list"]] == [(DAY, 10), ("2026-02-26", 15)]


def test_dates_out_of_range_are_refused(driver: Driver) -> None:
    at_local(driver, DAY, 10)

    assert cube(driver, "getarticleread", DAY)["errcode"] == 61501
    assert cube(driver, "getarticleread", "2026-02-23", "2026-02-24")["errcode"] == 61501
    assert cube(driver, "getbizsummary", "2026-01-24", "2026-02-24")["errcode"] == 61501
    assert cube(driver, "getbizsummary", "2026-01-26", "2026-02-24")["list"] == []
    assert cube(driver, "getarticleread", "24.02.2026")["errcode"] == 61500
