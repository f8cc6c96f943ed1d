"""A bound cloud environment: functions, documents, files and short messages."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from gateways.sandbox.driving import MINI, SERVICE, Driver
from wechat_sandbox.mini_program.cloud.statements import BadStatementError, Call, Command, read

ENV = "shop-1"
STATED = ("query", "add", "update", "delete", "count", "aggregate")
ENDS = {
    "query": "get()",
    "add": "add({data: {a: 1}})",
    "update": "update({data: {a: 1}})",
    "delete": "remove()",
    "count": "count()",
    "aggregate": "aggregate().end()",
}


@pytest.fixture
def bound(driver: Driver) -> Driver:
    driver.control("cloud/environments", appid=MINI, env=ENV)
    return driver


def stated(driver: Driver, verb: str, chain: str, *, env: str = ENV, collection: str = "cups") -> Any:
    return driver.api(f"/tcb/database{verb}", env=env, query=f'db.collection("{collection}").{chain}')


@pytest.fixture
def cups(bound: Driver) -> Driver:
    bound.api("/tcb/databasecollectionadd", env=ENV, collection_name="cups")
    rows = [{"_id": f"c{n}", "price": n * 10, "glaze": {"name": "青" if n % 2 else "白"}} for n in range(1, 13)]
    stated(bound, "add", f"add({{data: {json.dumps(rows, ensure_ascii=False)}}})")
    return bound


def ids(answer: Any) -> list[str]:
    return [json.loads(text)["_id"] for text in answer["data"]]


def test_a_function_answers_what_it_was_given(bound: Driver) -> None:
    bound.control("cloud/functions", env=ENV, name="price", answer='{"fen": 12300}')
    target = f"/tcb/invokecloudfunction?access_token={bound.stable_token()}&env={ENV}&name="

    answer = bound.send("POST", f"{target}price", b'{"sku": "cup"}').json

    assert (answer["errcode"], json.loads(answer["resp_data"])) == (0, {"fen": 12300})
    assert bound.send("POST", f"{target}none", b"{}").json["errcode"] == -501000
    assert bound.send("POST", f"{target}price", b"{").json["errcode"] == 47001


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/tcb/sendsmsv2", {}),
        ("/tcb/uploadfile", {}),
        ("/tcb/batchdownloadfile", {}),
        ("/tcb/batchdeletefile", {}),
        ("/tcb/databasecollectionadd", {}),
        ("/tcb/databasecollectiondelete", {}),
        ("/tcb/databasecollectionget", {}),
        *((f"/tcb/database{verb}", {}) for verb in STATED),
    ],
)
def test_every_call_needs_an_environment_of_its_own(driver: Driver, path: str, body: dict[str, Any]) -> None:
    unbound = driver.api(path, env=ENV, **body)["errcode"]
    driver.control("cloud/environments", appid=MINI, env=ENV)

    assert (unbound, driver.api(path, env="other", **body)["errcode"]) == (85088, -501005)


def test_a_function_needs_an_environment_too(driver: Driver) -> None:
    target = f"/tcb/invokecloudfunction?access_token={driver.stable_token()}&env={ENV}&name=price"
    unbound = driver.send("POST", target, b"{}").json["errcode"]
    driver.control("cloud/environments", appid=MINI, env="other")

    assert (unbound, driver.send("POST", target, b"{}").json["errcode"]) == (85088, -501005)
    assert driver.refused("cloud/environments", appid="wxnobody", env=ENV) == "unknown_account"


def test_documents_are_found_sorted_and_cut(cups: Driver) -> None:
    first = stated(cups, "query", "get()")
    dear = stated(
        cups, "query", 'where({price: _.gte(60), "glaze.name": "青"}).orderBy("price", "desc").limit(2).get()'
    )
    second = stated(cups, "query", "skip(10).limit(10).field({price: true}).get()")

    assert first["pager"] == {"Offset": 0, "Limit": 10, "Total": 12}
    assert ids(first) == [f"c{n}" for n in range(1, 11)]
    assert ids(dear) == ["c11", "c9"]
    assert [json.loads(text) for text in second["data"]] == [{"_id": "c11", "price": 110}, {"_id": "c12", "price": 120}]
    assert stated(cups, "count", "where({price: _.in([10, 20])}).count()")["count"] == 2
    found = stated(cups, "aggregate", "aggregate().match({price: _.lt(40)}).sort({price: -1}).limit(2).end()")
    assert ids(found) == ["c3", "c2"]


def test_documents_are_changed_and_removed(cups: Driver) -> None:
    updated = stated(cups, "update", "where({price: _.lte(20)}).update({data: {price: _.inc(1), glaze: _.remove()}})")
    same = stated(cups, "update", 'doc("c3").update({data: {price: 30}})')
    removed = stated(cups, "delete", "where({price: _.gt(100)}).remove()")

    assert (updated["matched"], updated["modified"]) == (2, 2)
    assert (same["matched"], same["modified"]) == (1, 0)
    assert removed["deleted"] == 2
    assert json.loads(stated(cups, "query", 'doc("c1").get()')["data"][0]) == {"_id": "c1", "price": 11}
    assert stated(cups, "count", "count()")["count"] == 10


def test_collections_are_listed_and_dropped(cups: Driver) -> None:
    cups.api("/tcb/databasecollectionadd", env=ENV, collection_name="bowls")
    listed = cups.api("/tcb/databasecollectionget", env=ENV)

    assert [(row["name"], row["count"]) for row in listed["collections"]] == [("bowls", 0), ("cups", 12)]
    assert listed["pager"] == {"Offset": 0, "Limit": 10, "Total": 2}
    assert cups.api("/tcb/databasecollectionget", env=ENV, limit=0)["errcode"] == 40097
    assert cups.api("/tcb/databasecollectionadd", env=ENV, collection_name="cups")["errcode"] == -502001
    assert cups.api("/tcb/databasecollectiondelete", env=ENV, collection_name="cups")["errcode"] == 0
    assert cups.api("/tcb/databasecollectiondelete", env=ENV, collection_name="cups")["errcode"] == -502005
    assert stated(cups, "count", "count()")["errcode"] == -502005


@pytest.mark.parametrize("verb", STATED)
def test_a_bad_statement_is_refused_and_changes_nothing(cups: Driver, verb: str) -> None:
    before = stated(cups, "query", "limit(100).get()")["data"]

    assert stated(cups, verb, "drop()")["errcode"] == -502001
    assert stated(cups, verb, "where({price: _.near(1)})." + ENDS[verb])["errcode"] == -502001
    assert stated(cups, verb, ENDS[verb], collection="none")["errcode"] == -502005
    assert cups.api(f"/tcb/database{verb}", env=ENV, query="process.exit()")["errcode"] == -502001
    assert stated(cups, "query", "limit(100).get()")["data"] == before


@pytest.mark.parametrize(
    "data",
    [
        "{_id: 'c1'}",
        "[{_id: 'x'}, {_id: 'x'}]",
        "[]",
        "{a: _.inc(1)}",
        "[1]",
        "{_id: {}}",
        "{_id: ''}",
        "{a: 99999999999999999999}",
    ],
)
def test_adding_what_cannot_be_a_document_adds_nothing(cups: Driver, data: str) -> None:
    assert stated(cups, "add", f"add({{data: {data}}})")["errcode"] == -502001
    assert stated(cups, "count", "count()")["count"] == 12


@pytest.mark.parametrize(
    "data", ["{_id: 'x'}", "{glaze: _.inc(1)}", "{a: {b: _.inc(1)}}", "{a: _.set(_.inc(1))}", "{a: _.push(1)}"]
)
def test_a_change_that_cannot_be_made_changes_nothing(cups: Driver, data: str) -> None:
    before = stated(cups, "query", "limit(100).get()")["data"]

    assert stated(cups, "update", f"where({{price: _.gt(0)}}).update({{data: {data}}})")["errcode"] == -502001
    assert stated(cups, "query", "limit(100).get()")["data"] == before
    assert stated(cups, "count", "where({price: _.in(10)}).count()")["count"] == 0


def test_statements_read_the_literals_of_javascript() -> None:
    calls = read("""db.collection('a').where({'b.c': "d\\"e", f: [1, -2.5, true, null,],}).get();""")

    assert calls[1] == Call("where", ({"b.c": 'd"e', "f": [1, -2.5, True, None]},))
    assert read("db.collection('a').where({b: db.command.gt(1)}).get()")[1].arguments[0]["b"] == Command("gt", (1,))
    for bad in (
        "",
        "db",
        "db.x",
        "db.x(",
        "db.x({a})",
        "db.x(y)",
        "db.x(1) 2",
        "db.x(_.)",
        "db.x(`a`)",
        "db.x({1+1: 2})",
        "db.x(" + "[" * 501,
    ):
        with pytest.raises(BadStatementError):
            read(bad)


def form(fields: dict[str, str], content: bytes) -> bytes:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    return (
        parts.encode()
        + b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + content
        + b"\r\n--b--\r\n"
    )


def put(driver: Driver, path: str = "cups/1.png", content: bytes = b"\x00\x01png", **changes: str) -> tuple[int, str]:
    ticket = driver.api("/tcb/uploadfile", env=ENV, path=path)
    fields = {
        "key": path,
        "Signature": ticket["authorization"],
        "x-cos-security-token": ticket["token"],
        "x-cos-meta-fileid": ticket["cos_file_id"],
        **changes,
    }
    target = ticket["url"].removeprefix("https://cos.ap-shanghai.myqcloud.com")
    reply = driver.send("POST", target, form(fields, content), {"Content-Type": "multipart/form-data; boundary=b"})
    return reply.status, ticket["file_id"]


def test_a_file_goes_up_comes_down_and_goes_away(bound: Driver) -> None:
    status, file_id = put(bound)
    link = bound.api("/tcb/batchdownloadfile", env=ENV, file_list=[{"fileid": file_id, "max_age": 7200}])["file_list"][
        0
    ]
    served = bound.send("GET", link["download_url"].removeprefix("https://cos.ap-shanghai.myqcloud.com"))

    gone = bound.api("/tcb/batchdeletefile", env=ENV, fileid_list=[file_id])["delete_list"][0]

    assert (status, link["status"], served.body, gone["status"]) == (204, 0, b"\x00\x01png", 0)
    again = bound.api("/tcb/batchdownloadfile", env=ENV, file_list=[{"fileid": file_id}])["file_list"][0]
    assert (again["status"], again["errmsg"]) == (-503003, "storage file not exists")
    assert bound.api("/tcb/batchdeletefile", env=ENV, fileid_list=[file_id])["delete_list"][0]["status"] == -503003
    assert bound.send("GET", f"/tcb-files/{ENV}?key={quote('cups/1.png')}").status == 404


def test_an_upload_without_its_ticket_is_refused(bound: Driver) -> None:
    assert put(bound, Signature="forged")[0] == 403
    assert bound.send("GET", f"/tcb-files/{ENV}?key=cups/1.png").status == 404
    assert bound.api("/tcb/uploadfile", env=ENV, path="")["errcode"] == 40097
    assert bound.api("/tcb/batchdownloadfile", env=ENV, file_list=[])["errcode"] == 40097
    assert bound.api("/tcb/batchdeletefile", env=ENV, fileid_list=["x"] * 51)["errcode"] == 40097


def test_a_short_message_reaches_the_phone_with_that_number(bound: Driver) -> None:
    bound.control("persons/phone", person="p1", number="13800138000")
    numbers = ["+8613800138000", "13900139000", "12"]
    body = {"env": ENV, "template_id": "844110", "template_param_list": ["陶杯"], "phone_number_list": numbers}

    statuses = bound.api("/tcb/sendsmsv2", **body)["send_status_list"]

    (sms,) = bound.look("messages", kind="sms")["messages"]
    assert [status["code"] for status in statuses] == ["Ok", "Ok", "InvalidParameterValue.IncorrectPhoneNumber"]
    assert (sms["person"], sms["content"]["params"]) == ("p1", ["陶杯"])
    assert bound.api("/tcb/sendsmsv2", **{**body, "phone_number_list": []})["errcode"] == 40097
    assert bound.api("/tcb/sendsmsv2", SERVICE, **body)["errcode"] == 85088
