"""Texts, pictures and people are judged; only of people who were just here."""

import json
from typing import Any

import pytest

from gateways.sandbox.driving import HOUR_MS, MINI, SERVICE, Driver


@pytest.fixture
def seen(driver: Driver) -> Driver:
    driver.control("visit", person="p1", appid=MINI, page="pages/item/index")
    return driver


def checked(driver: Driver, **changes: Any) -> Any:
    body = {"content": "一只好杯子", "version": 2, "scene": 2, "openid": driver.openid(), **changes}
    return driver.api("/wxa/msg_sec_check", **body)


def media(driver: Driver, **changes: Any) -> Any:
    body = {"media_url": "https://shop.test/1.png", "media_type": 2, "version": 2, "scene": 1, **changes}
    return driver.api("/wxa/media_check_async", **{"openid": driver.openid(), **body})


def rank(driver: Driver, **changes: Any) -> Any:
    return driver.api("/wxa/getuserriskrank", **{"appid": MINI, "openid": driver.openid(), "scene": 0, **changes})


def uploaded(driver: Driver, *, name: str = "media", filename: str = "cup.png", content: bytes = b"png") -> Any:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--b--\r\n"
    target = f"/wxa/img_sec_check?access_token={driver.stable_token()}"
    return driver.send("POST", target, body, {"Content-Type": "multipart/form-data; boundary=b"}).json


def test_a_text_is_judged_by_its_gravest_word(seen: Driver) -> None:
    seen.control("judged_words", word="秘方", label=10001, suggest="review")

    good, review = checked(seen), checked(seen, content="祖传秘方")
    risky = checked(seen, title="赌博", content="秘方")

    assert good["result"] == {"suggest": "pass", "label": 100}
    assert review["result"] == {"suggest": "review", "label": 10001}
    assert risky["result"] == {"suggest": "risky", "label": 20006}
    assert risky["detail"][1]["keyword"] == "赌博"
    assert len(risky["trace_id"]) == 26


def test_a_text_of_version_one_is_taken_or_refused(driver: Driver) -> None:
    assert driver.api("/wxa/msg_sec_check", content="好") == {"errcode": 0, "errmsg": "ok"}
    assert driver.api("/wxa/msg_sec_check", content="赌博")["errcode"] == 87014
    assert driver.api("/wxa/msg_sec_check", content="x" * 512_001)["errcode"] == 45002


def test_a_text_check_refuses_what_it_cannot_judge(seen: Driver) -> None:
    assert checked(seen, content="")["errcode"] == 44004
    assert checked(seen, content="字" * 2501)["errcode"] == 45002
    assert checked(seen, content="字" * 2500)["errcode"] == 0
    assert checked(seen, scene=5)["errcode"] == 40129
    assert checked(seen, openid="o-nobody")["errcode"] == 40003
    seen.control("accounts/flags", appid=MINI, flags=["no_content_checks"])
    assert checked(seen)["errcode"] == 43104


def test_only_who_was_here_within_two_hours_is_judged(seen: Driver) -> None:
    seen.now_ms += 2 * HOUR_MS
    last = [checked(seen)["errcode"], media(seen)["errcode"], rank(seen)["errcode"]]
    seen.now_ms += 1
    late = [checked(seen)["errcode"], media(seen)["errcode"], rank(seen)["errcode"]]
    seen.control("wx_login", person="p1", appid=MINI)

    assert (last, late, checked(seen)["errcode"]) == ([0, 0, 0], [61010, 61010, 61010], 0)
    assert checked(seen, openid=seen.openid("p2"))["errcode"] == 61010


@pytest.mark.parametrize(("url", "suggest"), [("https://shop.test/1.png", "pass"), ("https://shop.test/赌博", "risky")])
def test_media_are_judged_later_by_event(seen: Driver, url: str, suggest: str) -> None:
    trace_id = media(seen, media_url=url)["trace_id"]
    before = seen.look("callbacks", subject="wxa_media_check")["callbacks"]

    seen.pump(after_ms=3_000)

    (event,) = seen.look("callbacks", subject="wxa_media_check")["callbacks"]
    assert before == []
    assert event["content"]["trace_id"] == trace_id
    assert event["content"]["result"]["suggest"] == suggest
    assert (event["content"]["version"], event["content"]["appid"]) == (2, MINI)


def test_media_of_version_one_have_the_old_event(driver: Driver) -> None:
    driver.api("/wxa/media_check_async", media_url="https://shop.test/赌博", media_type=2)

    driver.pump(after_ms=3_000)

    (event,) = driver.look("callbacks", subject="wxa_media_check")["callbacks"]
    assert (event["content"]["isrisky"], event["content"]["status_code"]) == (1, 0)


def test_a_media_check_refuses_what_it_cannot_judge(seen: Driver) -> None:
    assert media(seen, media_type=3)["errcode"] == 40004
    assert media(seen, media_url="1.png")["errcode"] == 40066
    assert media(seen, scene=0)["errcode"] == 40129
    assert media(seen, openid="o-nobody")["errcode"] == 40003
    seen.control("accounts/flags", appid=MINI, flags=["no_content_checks"])
    assert media(seen)["errcode"] == 43104
    assert seen.pump(after_ms=3_000) == 0


def test_a_picture_is_taken_or_refused(driver: Driver) -> None:
    assert uploaded(driver)["errcode"] == 0
    assert uploaded(driver, filename="赌博.png")["errcode"] == 87014
    assert uploaded(driver, name="other")["errcode"] == 41005
    assert uploaded(driver, content=b"")["errcode"] == 40006
    assert uploaded(driver, content=b"x" * 1_048_577)["errcode"] == 40006
    driver.control("accounts/flags", appid=MINI, flags=["no_content_checks"])
    assert uploaded(driver)["errcode"] == 43104


def test_the_risk_rank_is_the_persons_own(seen: Driver) -> None:
    before = rank(seen)["risk_rank"]
    seen.control("persons/risk", person="p1", rank=3)

    assert (before, rank(seen)["risk_rank"]) == (0, 3)
    assert isinstance(rank(seen)["unoin_id"], int)
    assert rank(seen, appid=SERVICE)["errcode"] == 40013
    assert rank(seen, openid="o-nobody")["errcode"] == 40003
    assert rank(seen, scene=2)["errcode"] == 40129
    seen.control("accounts/flags", appid=MINI, flags=["no_content_checks"])
    assert rank(seen)["errcode"] == 43104


def test_a_card_is_refused_when_its_code_is_too_old(driver: Driver) -> None:
    transaction = driver.paid()
    body = {"openid": driver.openid(), "notify_type": 2002, "notify_code": transaction}
    check = json.dumps({"pay_amount": 12_300, "pay_time": driver.now_ms // 1000})
    first = driver.api("/wxa/set_user_notify", **body, content_json='{"cur_status": 1}', check_json=check)["errcode"]
    driver.now_ms += 30 * 24 * HOUR_MS

    late = driver.api("/wxa/set_user_notify", **body, content_json='{"cur_status": 2}')["errcode"]

    assert (first, late) == (0, 85438)
    assert driver.api("/wxa/get_user_notify", **body)["errcode"] == 0
    assert driver.api("/wxa/get_user_notify", **{**body, "openid": "o-nobody"})["errcode"] == 40003
    assert driver.api("/wxa/get_user_notify", **{**body, "notify_type": 7})["errcode"] == 85434
    assert driver.api("/wxa/get_user_notify", **{**body, "notify_code": "42"})["errcode"] == 85437
