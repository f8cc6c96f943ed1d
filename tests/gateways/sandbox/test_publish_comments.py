"""Comments under an article: opened, written, chosen, answered, removed."""

from typing import Any

import pytest

from gateways.sandbox.driving import SERVICE, Driver
from gateways.sandbox.publishing import a_draft, article, submitted

VERBS = ("open", "close", "list", "markelect", "unmarkelect", "delete", "reply/add", "reply/delete")
ONE = ("markelect", "unmarkelect", "delete", "reply/add", "reply/delete")


@pytest.fixture
def place(driver: Driver) -> dict[str, Any]:
    told = submitted(driver, a_draft(driver, article(driver), article(driver, need_open_comment=1)))
    driver.pump(after_ms=3_000)
    return {"msg_data_id": int(told["msg_data_id"]), "index": 1}


def call(driver: Driver, verb: str, place: dict[str, Any], **body: Any) -> Any:
    more = {"list": {"begin": 0, "count": 50, "type": 0}, "reply/add": {"content": "谢谢"}}.get(verb, {})
    return driver.api(f"/cgi-bin/comment/{verb}", SERVICE, **{**place, **more, **body})


def write(driver: Driver, place: dict[str, Any], content: str = "好看", person: str = "p1") -> int:
    body = {**place, "person": person, "appid": SERVICE, "content": content}
    number: int = driver.control("articles/comment", **body)["user_comment_id"]
    return number


def test_comments_are_listed_newest_first_by_kind(driver: Driver, place: dict[str, Any]) -> None:
    numbers = [write(driver, place, content) for content in ("一", "二", "三")]
    chosen = call(driver, "markelect", place, user_comment_id=numbers[1])["errcode"]

    shown = call(driver, "list", place)

    assert chosen == 0
    assert [comment["content"] for comment in shown["comment"]] == ["三", "二", "一"]
    assert (shown["total"], shown["comment"][0]["openid"]) == (3, driver.openid(appid=SERVICE))
    assert [comment["content"] for comment in call(driver, "list", place, type=2)["comment"]] == ["二"]
    assert call(driver, "unmarkelect", place, user_comment_id=numbers[1])["errcode"] == 0
    assert call(driver, "list", place, type=1)["total"] == 3
    assert [one["content"] for one in call(driver, "list", place, begin=1, count=1)["comment"]] == ["二"]


def test_comments_are_open_where_the_draft_or_the_account_says_so(driver: Driver, place: dict[str, Any]) -> None:
    first = {**place, "index": 0}
    reader = {"person": "p1", "appid": SERVICE, "content": "好看"}
    before = driver.refused("articles/comment", **first, **reader)
    opened, closed = call(driver, "open", first)["errcode"], call(driver, "close", place)["errcode"]

    assert (before, opened, closed) == ("comments_closed", 0, 0)
    assert write(driver, first) == 1
    assert driver.refused("articles/comment", **place, **reader) == "comments_closed"
    assert driver.refused("articles/comment", **{**place, "index": 5}, **reader) == "unknown_article"


def test_one_answer_to_a_comment(driver: Driver, place: dict[str, Any]) -> None:
    number = write(driver, place)
    long = call(driver, "reply/add", place, user_comment_id=number, content="长" * 601)["errcode"]
    empty = call(driver, "reply/add", place, user_comment_id=number, content="")["errcode"]

    outcomes = [call(driver, "reply/add", place, user_comment_id=number)["errcode"] for _ in range(2)]

    assert (long, empty, outcomes) == (88007, 88007, [0, 88005])
    assert call(driver, "list", place)["comment"][0]["reply"]["content"] == "谢谢"
    taken_back = [call(driver, "reply/delete", place, user_comment_id=number)["errcode"] for _ in range(2)]
    assert taken_back == [0, 88008]
    assert "reply" not in call(driver, "list", place)["comment"][0]


@pytest.mark.parametrize("verb", ONE)
def test_what_is_not_there_or_was_deleted_is_named(driver: Driver, place: dict[str, Any], verb: str) -> None:
    number = write(driver, place)
    unknown = call(driver, verb, place, user_comment_id=99)["errcode"]
    deleted = call(driver, "delete", place, user_comment_id=number)["errcode"]

    assert (unknown, deleted) == (88008, 0)
    assert call(driver, verb, place, user_comment_id=number)["errcode"] == 88004
    assert call(driver, "list", place)["total"] == 0


@pytest.mark.parametrize("verb", VERBS)
def test_comments_need_the_right_and_a_living_article(driver: Driver, place: dict[str, Any], verb: str) -> None:
    unknown = call(driver, verb, {**place, "msg_data_id": "1"})["errcode"]
    no_index = call(driver, verb, {**place, "index": 2})["errcode"]
    article_id = driver.look("publications", appid=SERVICE)["publications"][0]["article_id"]
    driver.control("publications/ban", appid=SERVICE, article_id=article_id)
    banned = call(driver, verb, place)["errcode"]
    driver.control("accounts", appid=SERVICE, kind="service", is_verified=False)

    assert (unknown, no_index, banned, call(driver, verb, place)["errcode"]) == (88001, 88001, 88002, 88000)


def test_lists_and_choices_have_limits(driver: Driver, place: dict[str, Any]) -> None:
    numbers = [write(driver, place) for _ in range(101)]
    elected = [call(driver, "markelect", place, user_comment_id=number)["errcode"] for number in numbers]

    assert elected == [0] * 100 + [88003]
    for wrong in ({"count": 51}, {"count": 0}, {"begin": -1}, {"type": 3}):
        assert call(driver, "list", place, **wrong)["errcode"] == 88010
