"""What was read, who follows, what people wrote and how the callback URL did: counted the day after."""

from typing import Any

import pytest

from gateways.sandbox.driving import DAY_MS, HOUR_MS, SERVICE, Driver
from wechat_sandbox.content.datacube import articles, followers, legacy, traffic

TUESDAY, WEDNESDAY = "2026-02-24", "2026-02-25"
MSGID = "2247490098_1"
SPANS = {
    "getarticleread": 1,
    "getarticleshare": 1,
    "getbizsummary": 30,
    "getarticletotaldetail": 1,
    "getarticlesummary": 1,
    "getarticletotal": 1,
    "getuserread": 3,
    "getuserreadhour": 1,
    "getusershare": 7,
    "getusersharehour": 1,
    "getusersummary": 7,
    "getusercumulate": 7,
    "getupstreammsg": 7,
    "getupstreammsghour": 1,
    "getupstreammsgweek": 30,
    "getupstreammsgmonth": 30,
    "getupstreammsgdist": 15,
    "getupstreammsgdistweek": 30,
    "getupstreammsgdistmonth": 30,
    "getinterfacesummary": 30,
    "getinterfacesummaryhour": 1,
}


def at_local(driver: Driver, day: str, hour: int) -> None:
    midnight_of_25th = 1_771_948_800_000
    driver.now_ms = midnight_of_25th + (int(day[-2:]) - 25) * DAY_MS + hour * HOUR_MS


def cube(driver: Driver, name: str, begin: str, end: str = "") -> Any:
    return driver.api(f"/datacube/{name}", SERVICE, begin_date=begin, end_date=end or begin)


def spanning(days: int) -> tuple[str, str]:
    """So many days that end on Wednesday the 25th."""
    from datetime import date, timedelta

    return (date(2026, 2, 25) - timedelta(days=days - 1)).isoformat(), WEDNESDAY


@pytest.fixture
def read(driver: Driver) -> Driver:
    """Sent on Tuesday, read on Tuesday and Wednesday; it is Thursday morning."""
    at_local(driver, TUESDAY, 10)
    driver.control("articles/publish", appid=SERVICE, msgid=MSGID, title="一只陶杯的来历")
    driver.control("articles/read", appid=SERVICE, person="p1", msgid=MSGID, scene="公众号消息")
    counts = [{"appid": SERVICE, "msgid": MSGID, "day": TUESDAY, "read_user": 9, "share_user": 2, "scene": "朋友圈"}]
    driver.control("articles/count", counts=counts)
    at_local(driver, WEDNESDAY, 20)
    driver.control("articles/share", appid=SERVICE, person="p1", msgid=MSGID, scene="聊天会话")
    driver.control("articles/read", appid=SERVICE, person="p2", msgid=MSGID, scene="搜一搜")
    at_local(driver, "2026-02-26", 9)
    return driver


def test_every_span_has_its_longest_and_no_longer(driver: Driver) -> None:
    at_local(driver, "2026-02-26", 9)

    outcomes = {}
    for name, days in SPANS.items():
        longest = cube(driver, name, *spanning(days))
        outcomes[name] = ("list" in longest, cube(driver, name, *spanning(days + 1))["errcode"])

    assert outcomes == dict.fromkeys(SPANS, (True, 61501))
    served = {route.path for module in (articles, legacy, followers, traffic) for route in module.ROUTES}
    assert served == {f"/datacube/{name}" for name in SPANS}


@pytest.mark.parametrize("name", SPANS)
def test_no_day_and_no_past_day_are_refused(driver: Driver, name: str) -> None:
    at_local(driver, WEDNESDAY, 9)

    for no_day in ("2026.2.24", "20260224", "2026-W09-2", "2026-02-30", ""):
        assert cube(driver, name, no_day, TUESDAY)["errcode"] == 61500
    assert cube(driver, name, WEDNESDAY)["errcode"] == 61501
    assert cube(driver, name, TUESDAY, "2026-02-23")["errcode"] == 61501


def test_the_old_summary_and_total_are_of_what_was_sent(read: Driver) -> None:
    summary = cube(read, "getarticlesummary", TUESDAY)["list"]
    total = cube(read, "getarticletotal", TUESDAY)["list"][0]

    assert [(row["msgid"], row["title"], row["int_page_read_user"], row["share_user"]) for row in summary] == [
        (MSGID, "一只陶杯的来历", 10, 2)
    ]
    assert [(day["stat_date"], day["int_page_read_user"], day["share_count"]) for day in total["details"]] == [
        (TUESDAY, 10, 2),
        (WEDNESDAY, 11, 3),
    ]
    assert total["details"][0]["int_page_from_session_read_user"] == 1
    assert total["details"][0]["int_page_from_feed_read_count"] == 9
    assert total["details"][0]["feed_share_from_feed_user"] == 2
    assert cube(read, "getarticletotal", WEDNESDAY)["list"] == []


def test_readers_and_sharers_are_told_per_day_hour_and_way(read: Driver) -> None:
    days = cube(read, "getuserread", TUESDAY, WEDNESDAY)["list"]
    hours = cube(read, "getuserreadhour", TUESDAY)["list"]
    shared = cube(read, "getusershare", TUESDAY, WEDNESDAY)["list"]
    shared_hours = cube(read, "getusersharehour", WEDNESDAY)["list"]

    assert [
        (row["ref_date"], row["user_source"], row["int_page_read_count"]) for row in days if row["int_page_read_user"]
    ] == [
        (TUESDAY, 0, 1),
        (TUESDAY, 2, 9),
        (WEDNESDAY, 7, 1),
    ]
    assert [(row["ref_hour"], row["user_source"], row["int_page_read_user"]) for row in hours] == [
        (1000, 0, 1),
        (1200, 2, 9),
    ]
    assert shared == [
        {"ref_date": TUESDAY, "share_scene": 2, "share_count": 2, "share_user": 2},
        {"ref_date": WEDNESDAY, "share_scene": 1, "share_count": 1, "share_user": 1},
    ]
    assert shared_hours == [
        {"ref_date": WEDNESDAY, "ref_hour": 2000, "share_scene": 1, "share_count": 1, "share_user": 1}
    ]


def test_before_eight_yesterday_is_missing(read: Driver) -> None:
    read.control("follow", person="p1", appid=SERVICE)
    at_local(read, "2026-02-26", 7)

    for name in ("getarticlesummary", "getuserread", "getuserreadhour", "getusershare", "getusercumulate"):
        assert cube(read, name, WEDNESDAY)["list"] == [], name


def test_followers_are_counted_by_the_way_they_came(driver: Driver) -> None:
    at_local(driver, TUESDAY, 10)
    driver.control("follow", person="p1", appid=SERVICE)
    driver.control("follow", person="p2", appid=SERVICE, scene="shop")
    at_local(driver, WEDNESDAY, 10)
    driver.control("unfollow", person="p1", appid=SERVICE)
    at_local(driver, "2026-02-26", 9)

    summary = cube(driver, "getusersummary", TUESDAY, WEDNESDAY)["list"]

    assert [tuple(row.values()) for row in summary] == [(TUESDAY, 1, 1, 0), (TUESDAY, 30, 1, 0), (WEDNESDAY, 0, 0, 1)]
    cumulate = cube(driver, "getusercumulate", "2026-02-23", WEDNESDAY)["list"]
    assert [(row["ref_date"], row["cumulate_user"]) for row in cumulate] == [
        ("2026-02-23", 0),
        (TUESDAY, 2),
        (WEDNESDAY, 1),
    ]


@pytest.fixture
def written(driver: Driver) -> Driver:
    """Two followers, seven messages on Tuesday, one on Wednesday; the receiver fails once."""
    at_local(driver, TUESDAY, 10)
    for person in ("p1", "p2"):
        driver.control("follow", person=person, appid=SERVICE)
    for _ in range(6):
        driver.control("say", person="p1", appid=SERVICE, text="有货吗")
    driver.control("say", person="p2", appid=SERVICE, text="你好")
    driver.pump()
    at_local(driver, WEDNESDAY, 11)
    driver.control("say", person="p2", appid=SERVICE, text="谢谢")
    driver.answers = [500]
    driver.pump()
    driver.pump(after_ms=5_000)
    at_local(driver, "2026-02-26", 9)
    return driver


def test_what_people_wrote_is_counted_per_day_hour_week_and_month(written: Driver) -> None:
    days = cube(written, "getupstreammsg", TUESDAY, WEDNESDAY)["list"]
    hours = cube(written, "getupstreammsghour", WEDNESDAY)["list"]
    week = cube(written, "getupstreammsgweek", "2026-02-01", WEDNESDAY)["list"]
    month = cube(written, "getupstreammsgmonth", "2026-02-01", WEDNESDAY)["list"]

    text = {"user_source": 0, "msg_type": 1}
    assert days == [
        {"ref_date": TUESDAY, **text, "msg_user": 2, "msg_count": 7},
        {"ref_date": WEDNESDAY, **text, "msg_user": 1, "msg_count": 1},
    ]
    assert hours == [{"ref_date": WEDNESDAY, "ref_hour": 1100, **text, "msg_user": 1, "msg_count": 1}]
    assert week == [{"ref_date": "2026-02-23", **text, "msg_user": 2, "msg_count": 8}]
    assert month == [{"ref_date": "2026-02-01", **text, "msg_user": 2, "msg_count": 8}]


@pytest.mark.parametrize(("name", "first"), [("", TUESDAY), ("week", "2026-02-23"), ("month", "2026-02-01")])
def test_how_often_people_wrote_is_told_in_intervals(written: Driver, name: str, first: str) -> None:
    begin, end = (TUESDAY, TUESDAY) if not name else ("2026-02-01", WEDNESDAY)

    rows = cube(written, f"getupstreammsgdist{name}", begin, end)["list"]

    assert [(row["ref_date"], row["count_interval"], row["msg_user"]) for row in rows] == [(first, 1, 1), (first, 2, 1)]


def test_calls_of_the_callback_url_and_their_failures_are_counted(written: Driver) -> None:
    days = cube(written, "getinterfacesummary", TUESDAY, WEDNESDAY)["list"]
    hours = cube(written, "getinterfacesummaryhour", WEDNESDAY)["list"]

    assert [(row["ref_date"], row["callback_count"], row["fail_count"]) for row in days] == [
        (TUESDAY, 9, 0),
        (WEDNESDAY, 2, 1),
    ]
    assert [(row["ref_hour"], row["callback_count"]) for row in hours] == [(1100, 2)]
