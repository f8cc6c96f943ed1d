"""Subscription templates from the public library to the first message, and what each field accepts."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from gateways.sandbox.driving import MINI, Driver
from wechat_sandbox.mini_program.public_templates import library
from wechat_sandbox.values import fits


def add(driver: Driver, **changes: Any) -> Any:
    body = {"tid": 9001, "kidList": [1, 2, 3], "sceneDesc": "预售", **changes}
    return driver.api("/wxaapi/newtmpl/addtemplate", **body)


def get(driver: Driver, name: str, **query: Any) -> Any:
    told = urlencode({"access_token": driver.stable_token(), **query})
    return driver.send("GET", f"/wxaapi/newtmpl/{name}?{told}").json


def send(driver: Driver, template: str, **values: Any) -> Any:
    driver.control("consent", person="p1", appid=MINI, answers={template: "accept"})
    data = {name: {"value": value} for name, value in values.items()}
    return driver.api("/cgi-bin/message/subscribe/send", touser=driver.openid(), template_id=template, data=data)


def test_an_added_template_can_be_sent_with_at_once(driver: Driver) -> None:
    template = add(driver)["priTmplId"]

    sent = send(driver, template, thing1="手作陶杯", date2="2026年3月9日", amount3="¥123.00元")

    assert sent["errcode"] == 0
    assert driver.look("messages", person="p1")["messages"][0]["template_id"] == template


def test_a_form_adds_as_json_does(driver: Driver) -> None:
    form = urlencode([("tid", "9001"), ("kidList[0]", "2"), ("kidList[1]", "1"), ("sceneDesc", "预售")])
    target = f"/wxaapi/newtmpl/addtemplate?access_token={driver.stable_token()}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    added = driver.send("POST", target, form.encode(), headers).json

    shown = {row["priTmplId"]: row for row in get(driver, "gettemplate")["data"]}[added["priTmplId"]]
    assert shown["content"] == "预计发货时间:{{date2.DATA}}\n商品名称:{{thing1.DATA}}\n"
    assert (shown["title"], shown["type"]) == ("预售进度通知", 2)
    target = target.replace("addtemplate", "deltemplate")
    gone = driver.send("POST", target, urlencode({"priTmplId": added["priTmplId"]}).encode(), headers).json
    assert gone["errcode"] == 0


def test_choosing_wrongly_is_refused_and_adds_nothing(driver: Driver) -> None:
    before = get(driver, "gettemplate")

    assert add(driver, tid=404)["errcode"] == 200014
    assert add(driver, tid="x")["errcode"] == 200014
    for kids in ([1], [1, 2, 3, 4, 5, 6], [1, 9], [1, 1], []):
        assert add(driver, kidList=kids)["errcode"] == 200020
    assert add(driver, sceneDesc="长" * 16)["errcode"] == 200021
    driver.control("templates/ban", tid=9001)
    assert add(driver)["errcode"] == 200013
    driver.control("accounts/flags", appid=MINI, flags=["templates_banned"])
    assert add(driver, tid=9002)["errcode"] == 200011
    assert get(driver, "gettemplate") == before


def test_the_twenty_sixth_template_is_refused_until_one_is_deleted(driver: Driver) -> None:
    added = [add(driver)["priTmplId"] for _ in range(24)]
    full = add(driver)["errcode"]

    deleted = driver.api("/wxaapi/newtmpl/deltemplate", priTmplId=added[0])["errcode"]

    assert (full, deleted, add(driver)["errcode"]) == (200012, 0, 0)
    assert send(driver, added[0])["errcode"] == 40037
    assert driver.api("/wxaapi/newtmpl/deltemplate", priTmplId=added[0])["errcode"] == 20001
    assert driver.api("/wxaapi/newtmpl/deltemplate", priTmplId="")["errcode"] == 20002


def test_the_library_is_read_by_category_title_and_keyword(driver: Driver) -> None:
    categories = get(driver, "getcategory")["data"]
    titles = get(driver, "getpubtemplatetitles", ids="307,616", start=0, limit=2)
    words = get(driver, "getpubtemplatekeywords", tid=99)

    assert {"id": 616, "name": "公交"} in categories
    assert titles["count"] == len(library().templates)
    assert titles["data"][0] == {"tid": 99, "title": "付款成功通知", "type": 2, "categoryId": "616"}
    assert words["data"][0] == {"kid": 1, "name": "物品名称", "example": "名称", "rule": "thing"}
    assert words["count"] == len(words["data"])
    assert get(driver, "getpubtemplatekeywords", tid=404)["errcode"] == 200014


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"ids": "307", "start": "x", "limit": 1}, 200016),
        ({"ids": "307", "start": 0, "limit": 31}, 200017),
        ({"start": 0, "limit": 1}, 200018),
        ({"ids": "307,1", "start": 0, "limit": 1}, 200019),
    ],
)
def test_a_wrong_question_to_the_library_is_named(driver: Driver, query: dict[str, Any], code: int) -> None:
    assert get(driver, "getpubtemplatetitles", **query)["errcode"] == code


def test_enumerated_values_are_of_their_list(driver: Driver) -> None:
    template = add(driver, tid=9005, kidList=[1, 2])["priTmplId"]
    listed = next(row for row in get(driver, "gettemplate")["data"] if row["priTmplId"] == template)

    wrong = send(driver, template, enum1="钻石", date2="2026年3月9日")

    assert listed["keywordEnumValueList"][0]["keywordCode"] == "enum1.DATA"
    assert set(listed["keywordEnumValueList"][0]["enumValueList"]) == {"银卡", "金卡", "黑卡"}
    assert wrong["errmsg"].startswith("argument invalid! data.enum1.value invalid")
    assert send(driver, template, enum1="金卡", date2="2026年3月9日")["errcode"] == 0


def test_a_forbidden_word_is_not_sent_and_costs_no_consent(driver: Driver) -> None:
    refused = send(driver, "tpl-delay", thing1="赌博", date2="2026年3月9日", amount3="1")

    assert refused["errcode"] == 45168
    assert driver.look("consents", appid=MINI, person="p1")["remaining"] == {"tpl-delay": 1}
    assert driver.look("messages", person="p1")["messages"] == []


def test_every_example_of_the_library_fits_its_own_rule() -> None:
    words = [word for template in library().templates.values() for word in template.keywords]

    assert [word for word in words if not fits(word.field, word.example)] == []
    assert json.dumps([word.field for word in words]).count("thing1") >= 4


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("thing1", ["字", "字" * 20, "A" * 20, "¥ 1,00"]),
        ("number1", ["0", "9" * 32, "1.5", "9" * 30 + ".9"]),
        ("letter1", ["a", "Z" * 32]),
        ("symbol1", ["!", "*****", "_", "¥"]),
        ("character_string1", ["a", "~" * 32, "SF-1000_x"]),
        (
            "time1",
            ["15:01", "00:00", "23:59:59", "2019年10月1日 15:01", "15:01~16:02", "2019-10-01 15:01~2019-10-02 1:00"],
        ),
        ("date1", ["2019年10月1日", "2019年10月1日 15:01", "2019-10-01~2019-10-02", "2019/1/31", "2019.12.31"]),
        ("amount1", ["1", "¥1234567890", "¥1234567890.55元", "100元", "$0.1"]),
        ("phone_number1", ["1", "+86-0766-66888866", "0" * 17]),
        ("car_number1", ["粤A8Z888挂", "A8Z888", "粤AF12345"]),
        ("name1", ["王", "王小明王小明王小明王", "A" * 20, "O'Neil", "王A"]),
        ("phrase1", ["已", "配送中配送"]),
        ("const1", ["字" * 20]),
        ("enum1", ["金卡"]),
    ],
)
def test_values_at_the_boundary_fit(field: str, values: list[str]) -> None:
    assert [value for value in values if not fits(field, value)] == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("thing1", ["", "字" * 21, "字" * 20 + "\n"]),
        ("number1", ["", "9" * 33, "1.", ".5", "-1", "1e5", "一"]),
        ("letter1", ["", "a" * 33, "a1", "a b", "字"]),
        ("symbol1", ["", "!!!!!!", "a", "1", " "]),
        ("character_string1", ["", "x" * 33, "顺丰", "a b"]),
        ("time1", ["", "24:00", "15:60", "15点", "2019年13月1日 15:01", "15:01~", "15:01~25:00"]),
        ("date1", ["", "15:01", "2019年10月32日", "2019年0月1日", "19-10-01", "2019-10-01~"]),
        ("amount1", ["", "12345678901", "¥¥1", "1.", "一元", "1元元", "-元"]),
        ("phone_number1", ["", "0" * 18, "电话", "1a"]),
        ("car_number1", ["", "粤A8Z88888挂", "A粤8Z888", "粤A-8888"]),
        ("name1", ["", "王小明王小明王小明王小", "A" * 21, "王1", "A1", "王小明王小明王小明AB"]),
        ("phrase1", ["", "正在配送途中", "a", "已 到"]),
        ("const1", ["", "字" * 21]),
        ("enum1", ["", "字" * 21]),
        ("poem1", ["x"]),
    ],
)
def test_values_past_the_boundary_do_not_fit(field: str, values: list[str]) -> None:
    assert [value for value in values if fits(field, value)] == []
