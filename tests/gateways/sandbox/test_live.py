"""Live rooms: planned, opened and ended at their times, with goods that passed their audit."""

from typing import Any

import pytest

from gateways.sandbox.driving import DAY_MS, HOUR_MS, MINUTE_MS, SERVICE, Driver

FOLDER = "/wxaapi/broadcast"
PLATE = {"coverImgUrl": "mmbiz-1", "name": "手作陶碟", "priceType": 1, "price": 99.5, "url": "pages/plate"}


def create(driver: Driver, **changes: Any) -> Any:
    start_s = driver.now_ms // 1000 + 3600
    body = {
        "name": "窑边夜话",
        "coverImg": "media-1",
        "startTime": start_s,
        "endTime": start_s + 7200,
        "anchorName": "陶老师",
        "anchorWechat": "potter_1",
        "shareImg": "media-2",
        "type": 0,
        "closeReplay": 0,
        **changes,
    }
    return driver.api(f"{FOLDER}/room/create", **body)


def listed(driver: Driver, start: int = 0, limit: int = 10, **more: Any) -> Any:
    return driver.api("/wxa/business/getliveinfo", start=start, limit=limit, **more)


def goods(driver: Driver, *, is_passed: bool | None = True, **changes: Any) -> int:
    goods_id: int = driver.api(f"{FOLDER}/goods/add", goodsInfo={**PLATE, **changes})["goodsId"]
    if is_passed is not None:
        driver.control("live/audit", goods_id=goods_id, is_passed=is_passed)
    return goods_id


def test_room_opens_and_ends_at_its_times_and_leaves_a_replay(driver: Driver) -> None:
    room = create(driver)["roomId"]
    seen = []
    for wait_ms in (0, HOUR_MS, 2 * HOUR_MS):
        driver.pump(after_ms=wait_ms)
        seen.append(listed(driver)["room_info"][0]["live_status"])
    replay = listed(driver, action="get_replay", room_id=room)

    assert seen == [102, 101, 103]
    assert (replay["total"], replay["live_replay"][0]["media_url"][:8]) == (1, "https://")


def test_room_without_replays_leaves_none(driver: Driver) -> None:
    room = create(driver, closeReplay=1)["roomId"]
    driver.pump(after_ms=DAY_MS)

    assert listed(driver, action="get_replay", room_id=room)["live_replay"] == []


def test_rooms_are_listed_latest_first_by_pages(driver: Driver) -> None:
    rooms = [create(driver)["roomId"] for _ in range(3)]

    page = listed(driver, start=1, limit=1)

    assert page["total"] == 3
    assert [room["roomid"] for room in page["room_info"]] == [rooms[1]]
    assert driver.api("/wxa/business/getliveinfo", SERVICE, start=0, limit=10)["errcode"] == 9410000
    assert listed(driver, limit=0)["errcode"] == 200002
    assert listed(driver, action="get_replay", room_id=1)["errcode"] == 300022


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "夜话"}, 300002),
        ({"name": "长" * 18}, 300002),
        ({"anchorName": "陶"}, 300034),
        ({"anchorWechat": ""}, 300030),
        ({"coverImg": ""}, 300031),
        ({"shareImg": ""}, 300032),
        ({"startTime": 0}, 200002),
        ({"endTime": 0}, 200002),
    ],
)
def test_rooms_that_break_a_rule_are_not_planned(driver: Driver, change: Any, code: int) -> None:
    assert create(driver, **change)["errcode"] == code
    assert listed(driver)["errcode"] == 9410000


@pytest.mark.parametrize(
    ("ahead_ms", "long_ms", "code"),
    [
        (10 * MINUTE_MS, 30 * MINUTE_MS, 0),
        (10 * MINUTE_MS - 1000, HOUR_MS, 200002),
        (180 * DAY_MS, DAY_MS, 0),
        (180 * DAY_MS + 1000, HOUR_MS, 200002),
        (HOUR_MS, 30 * MINUTE_MS - 1000, 200002),
        (HOUR_MS, DAY_MS + 1000, 200002),
    ],
)
def test_room_is_planned_between_ten_minutes_and_six_months_ahead(
    driver: Driver, ahead_ms: int, long_ms: int, code: int
) -> None:
    start_s = (driver.now_ms + ahead_ms) // 1000

    assert create(driver, startTime=start_s, endTime=start_s + long_ms // 1000)["errcode"] == code


def test_anchor_without_a_name_gets_the_code_to_scan(driver: Driver) -> None:
    refused = create(driver, anchorWechat="unverified_1")

    assert refused["errcode"] == 300036
    assert refused["qrcode_url"].startswith("https://")


def test_room_shows_goods_that_passed(driver: Driver) -> None:
    room = create(driver)["roomId"]
    passed, refused, waiting = goods(driver), goods(driver, is_passed=False), goods(driver, is_passed=None)
    path = f"{FOLDER}/room/addgoods"

    outcomes = [
        driver.api(path, ids=ids, roomId=number)["errcode"]
        for ids, number in (
            ([passed, refused], room),
            ([waiting], room),
            ([1], room),
            ([], room),
            ([passed], 1),
            ([passed], room),
            ([passed], room),
        )
    ]

    shown = listed(driver)["room_info"][0]["goods"]
    assert outcomes == [300025, 300025, 300024, 300024, 300022, 0, 0]
    assert [(item["goods_id"], item["price"]) for item in shown] == [(passed, 9950)]
    driver.pump(after_ms=DAY_MS)
    assert driver.api(path, ids=[passed], roomId=room)["errcode"] == 300023
    assert driver.refused("live/audit", goods_id=passed) == "not_in_review"


def test_room_holds_two_hundred_goods(driver: Driver) -> None:
    room = create(driver)["roomId"]
    ids = [goods(driver) for _ in range(201)]
    path = f"{FOLDER}/room/addgoods"

    assert driver.api(path, ids=ids, roomId=room)["errcode"] == 300033
    assert listed(driver)["room_info"][0]["goods"] == []
    assert driver.api(path, ids=ids[:200], roomId=room)["errcode"] == 0
    assert driver.api(path, ids=ids[200:], roomId=room)["errcode"] == 300033


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "碟"}, 300002),
        ({"price": 0}, 300003),
        ({"priceType": 9}, 300003),
        ({"priceType": 2, "price2": 50}, 300003),
        ({"priceType": 3, "price2": 120}, 300003),
        ({"coverImgUrl": ""}, 300006),
        ({"url": ""}, 300007),
        ({"priceType": 2, "price2": 120}, 0),
        ({"priceType": 3, "price2": 50}, 0),
    ],
)
def test_goods_have_a_name_a_price_that_makes_sense_and_a_page(driver: Driver, change: Any, code: int) -> None:
    assert driver.api(f"{FOLDER}/goods/add", goodsInfo={**PLATE, **change})["errcode"] == code
