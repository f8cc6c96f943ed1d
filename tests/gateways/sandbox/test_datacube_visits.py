"""What people look at in a mini-program, told the day after."""

from typing import Any

import pytest

from gateways.sandbox.driving import DAY_MS, HOUR_MS, MINI, MINUTE_MS, Driver
from wechat_sandbox.content.datacube import trends, visitors

PREFIX = "getweanalysisappid"
NAMES = [route.path.removeprefix(f"/datacube/{PREFIX}") for module in (trends, visitors) for route in module.ROUTES]


def at_local(driver: Driver, day: int, hour: int) -> None:
    """An hour of a day of February 2026 in China; day 29 is the first of March."""
    midnight_of_25th = 1_771_948_800_000
    driver.now_ms = midnight_of_25th + (day - 25) * DAY_MS + hour * HOUR_MS


def cube(driver: Driver, name: str, begin: str, end: str = "") -> Any:
    return driver.api(f"/datacube/{PREFIX}{name}", begin_date=begin, end_date=end or begin)


def visit(driver: Driver, person: str, page: str, **more: Any) -> None:
    driver.control("visit", person=person, appid=MINI, page=page, **more)


@pytest.fixture
def visited(driver: Driver) -> Driver:
    """p1 on Tuesday (two sessions) and Wednesday, p2 on Tuesday; it is Thursday morning."""
    at_local(driver, 24, 10)
    visit(driver, "p1", "pages/index/index", scene=1047, stay_s=4)
    driver.now_ms += MINUTE_MS
    visit(driver, "p1", "/pages/item/index?id=7", stay_s=8, shares=2)
    visit(driver, "p2", "pages/item/index", scene=1007, stay_s=60)
    driver.now_ms += 31 * MINUTE_MS
    visit(driver, "p1", "pages/index/index", scene=1089, stay_s=0)
    at_local(driver, 25, 10)
    driver.control("visits", visits=[{"person": "p1", "appid": MINI, "page": "pages/index/index"}])
    at_local(driver, 26, 9)
    return driver


def test_the_days_summary_counts_all_visitors_so_far(visited: Driver) -> None:
    tuesday, wednesday = (cube(visited, "dailysummarytrend", day)["list"] for day in ("20260224", "20260225"))

    assert tuesday == [{"ref_date": "20260224", "visit_total": 2, "share_pv": 2, "share_uv": 1}]
    assert wednesday == [{"ref_date": "20260225", "visit_total": 2, "share_pv": 0, "share_uv": 0}]


def test_the_days_visits_are_told_by_session_page_and_person(visited: Driver) -> None:
    (day,) = cube(visited, "dailyvisittrend", "20260224")["list"]

    assert day == {
        "ref_date": "20260224",
        "session_cnt": 3,
        "visit_pv": 4,
        "visit_uv": 2,
        "visit_uv_new": 2,
        "stay_time_uv": 36.0,
        "stay_time_session": 24.0,
        "visit_depth": 1.3333,
    }
    assert cube(visited, "dailyvisittrend", "20260220")["list"][0]["visit_pv"] == 0


def test_weeks_and_months_are_told_when_they_are_over(visited: Driver) -> None:
    early = cube(visited, "weeklyvisittrend", "20260223", "20260301")["errcode"]
    at_local(visited, 30, 9)

    (week,) = cube(visited, "weeklyvisittrend", "20260223", "20260301")["list"]
    (month,) = cube(visited, "monthlyvisittrend", "20260201", "20260228")["list"]

    assert early == 61501
    assert (week["ref_date"], week["visit_pv"], week["visit_uv"]) == ("20260223-20260301", 5, 2)
    assert (month["ref_date"], month["visit_pv"], month["visit_uv_new"]) == ("202602", 5, 2)


def test_who_comes_back_is_told_as_far_as_it_is_known(visited: Driver) -> None:
    day = cube(visited, "dailyretaininfo", "20260224")
    at_local(visited, 38, 9)
    week = cube(visited, "weeklyretaininfo", "20260223", "20260301")
    month = cube(visited, "monthlyretaininfo", "20260201", "20260228")

    assert day == {
        "ref_date": "20260224",
        "visit_uv_new": [{"key": 0, "value": 2}, {"key": 1, "value": 1}],
        "visit_uv": [{"key": 0, "value": 2}, {"key": 1, "value": 1}],
    }
    assert week["visit_uv"] == [{"key": 0, "value": 2}, {"key": 1, "value": 0}]
    assert month == {
        "ref_date": "202602",
        "visit_uv_new": [{"key": 0, "value": 2}],
        "visit_uv": [{"key": 0, "value": 2}],
    }


def test_pages_are_told_with_their_ways_in_and_out(visited: Driver) -> None:
    pages = cube(visited, "visitpage", "20260224")["list"]

    assert pages == [
        {
            "page_path": "pages/index/index",
            "page_visit_pv": 2,
            "page_visit_uv": 1,
            "page_staytime_pv": 2.0,
            "entrypage_pv": 2,
            "exitpage_pv": 1,
            "page_share_pv": 0,
            "page_share_uv": 0,
        },
        {
            "page_path": "pages/item/index",
            "page_visit_pv": 2,
            "page_visit_uv": 2,
            "page_staytime_pv": 34.0,
            "entrypage_pv": 1,
            "exitpage_pv": 2,
            "page_share_pv": 2,
            "page_share_uv": 1,
        },
    ]


def test_sessions_are_told_by_source_length_and_depth(visited: Driver) -> None:
    groups = {row["index"]: row["item_list"] for row in cube(visited, "visitdistribution", "20260224")["list"]}

    assert groups == {
        "access_source_session_cnt": [{"key": 1, "value": 1}, {"key": 3, "value": 1}, {"key": 4, "value": 1}],
        "access_staytime_info": [{"key": 1, "value": 1}, {"key": 4, "value": 1}, {"key": 7, "value": 1}],
        "access_depth_info": [{"key": 1, "value": 2}, {"key": 2, "value": 1}],
    }


@pytest.mark.parametrize(("begin", "name"), [("20260225", "20260225"), ("20260219", "20260219-20260225")])
def test_the_portrait_counts_each_visitor_once_per_trait(visited: Driver, begin: str, name: str) -> None:
    shown = cube(visited, "userportrait", begin, "20260225")

    people = 1 if begin == "20260225" else 2
    assert shown["ref_date"] == name
    assert {sum(row["value"] for row in rows) for rows in shown["visit_uv"].values()} == {people}
    assert set(shown["visit_uv"]) == {"province", "city", "genders", "platforms", "devices", "ages"}
    fresh = sum(row["value"] for row in shown["visit_uv_new"]["genders"])
    assert fresh == people - 1 if people == 1 else fresh == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_span_is_refused(driver: Driver, name: str) -> None:
    at_local(driver, 26, 9)

    assert cube(driver, name, "2026-02-25")["errcode"] == 61500
    assert cube(driver, name, "20260230")["errcode"] == 61500
    assert cube(driver, name, "20260225", "20260226")["errcode"] == 61501
    assert cube(driver, name, "20260224", "20260225")["errcode"] == 61501
    assert cube(driver, name, "20260226")["errcode"] == 61501
    assert cube(driver, name, "99991201", "99991231")["errcode"] == 61501


@pytest.mark.parametrize("name", NAMES)
def test_before_eight_the_last_period_is_empty(visited: Driver, name: str) -> None:
    begin, end, day = "20260225", "20260225", 26
    if name.startswith("weekly"):
        begin, end, day = "20260223", "20260301", 30
    if name.startswith("monthly"):
        begin, end, day = "20260201", "20260228", 29
    at_local(visited, day, 7)

    shown = cube(visited, name, begin, end)

    shown.pop("ref_date", None)
    empty = [
        rows if isinstance(rows, list) else [row for trait in rows.values() for row in trait] for rows in shown.values()
    ]
    assert not any(empty)
