"""The console's doors to people: closed when login is asked for, each to those who may, and every reading recorded."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import house as houses
from house import MINI, Blueprint, House
from roulian import people
from roulian.people import Purpose, Role
from roulian.web.console.guard import NEEDS, needed
from roulian.words import MemberId

pytestmark = pytest.mark.anyio
PASSWORD, PHONE = "铁马冰河入梦来 2026", "+8613800138000"
HASH = people.password_hash(PASSWORD, salt=b"0123456789abcdef")


@pytest.fixture
async def closed(blueprint: Blueprint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose console asks who is there."""
    monkeypatch.setitem(houses._ENVIRONMENT, "ROULIAN_STAFF_LOGIN", "required")
    house = await blueprint.house(tmp_path / "closed")
    yield house
    await house.close()


async def a_member(house: House) -> str:
    """Somebody with a number, who agrees that it is used for orders."""
    chen = await house.person("chen")
    await house.control("persons/phone", person="chen", number=PHONE[3:])
    code = (await house.control("phone_number", person="chen", appid=MINI))["code"]
    await house.ask("POST", "/api/store/members/me/phone", who=chen, json={"code": code})
    word = {"purpose": Purpose.ORDER, "is_given": True, "text_version": "v1"}
    await house.ask("POST", "/api/store/members/me/consents", who=chen, json=word)
    return chen.member


def hire(house: House, role: Role, login: str) -> str:
    return house.app.store.call(
        lambda tx: people.add_staff(tx, login, name=login, role=role, password_hash=HASH), cause="test"
    )


async def session(house: House, role: Role) -> dict[str, str]:
    """The cookie of somebody of this role."""
    hire(house, role, role.value)
    reply = await house.ask("POST", "/api/console/session", json={"login": role.value, "password": PASSWORD})
    assert reply.status_code == 200, reply.text
    house.shop.cookies.clear()
    return {"cookie": reply.headers["set-cookie"].partition(";")[0]}


async def call(house: House, method: str, path: str, **more: Any) -> httpx.Response:
    return await house.ask(method, f"/api/console{path}", **more)


def code_of(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]


async def test_on_this_machine_the_console_stands_open_and_numbers_are_half_hidden(house: House):
    member = await a_member(house)

    page = (await call(house, "GET", "/members")).json()
    detail = (await call(house, "GET", f"/members/{member}")).json()

    assert [(row["id"], row["phone"]) for row in page["rows"]] == [(member, "+86138****8000")]
    assert {edge["known"] for edge in detail["edges"]} == {"openid", "unionid", "phone"}
    assert (await call(house, "GET", "/readings")).json() == []
    assert code_of(await call(house, "GET", "/members/mem_nobody")) == (404, "unknown_member")


async def test_a_reading_needs_consent_is_recorded_and_the_record_verifies(house: House):
    member = await a_member(house)
    wish = {"fields": ["phone"], "purpose": "order"}

    told = (await call(house, "POST", f"/members/{member}/readings", json=wish)).json()
    refused = await call(house, "POST", f"/members/{member}/readings", json={**wish, "purpose": "marketing"})

    assert (told["phone"], told["addresses"], told["reading"]) == (PHONE, [], 1)
    assert code_of(refused) == (403, "no_consent")
    (line,) = (await call(house, "GET", "/readings")).json()
    assert (line["reader"], line["members"], line["purpose"]) == ("open", [member], "order")
    assert (await call(house, "GET", "/readings/verify")).json() == {"first_broken": None}


async def test_every_door_of_people_is_closed_to_strangers_and_forged_tokens(closed: House):
    member = await a_member(closed)
    asked = [
        ("GET", "/members"),
        ("GET", f"/members/{member}"),
        ("POST", f"/members/{member}/erasure"),
        ("GET", "/staff"),
    ]
    asked += [("GET", "/readings"), ("GET", "/orders"), ("GET", "/merges"), ("POST", f"/members/{member}/export")]

    for method, path in asked:
        for token in ("", "Bearer forged", "Bearer rlk_" + "0" * 64, "Bearer " + "0" * 64):
            reply = await call(closed, method, path, headers={"authorization": token} if token else {})
            assert code_of(reply) == (401, "not_logged_in"), (method, path)

    assert closed.app.store.read(lambda tx: people.members(tx, [MemberId(member)]))
    assert closed.app.store.read(people.readings_page) == ()


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.CARE, "GET", "/members", 200),
        (Role.CARE, "GET", "/readings", 403),
        (Role.CARE, "GET", "/staff", 403),
        (Role.AUDITOR, "GET", "/readings", 200),
        (Role.AUDITOR, "GET", "/members", 403),
        (Role.CONTENT, "GET", "/members", 403),
        (Role.FINANCE, "GET", "/orders", 200),
        (Role.OPERATIONS, "POST", "/members/mem_x/readings", 403),
        (Role.OPERATIONS, "POST", "/members/mem_x/erasure", 403),
        (Role.ADMIN, "GET", "/staff", 200),
    ],
)
async def test_each_role_passes_its_own_doors(closed: House, role: Role, method: str, path: str, status: int):
    cookie = await session(closed, role)

    reply = await call(closed, method, path, headers=cookie)

    assert reply.status_code == status, reply.text
    if status == 403:
        assert code_of(reply) == (403, "may_not")


async def test_a_reading_by_staff_names_them_in_the_record(closed: House):
    member = await a_member(closed)
    cookie = await session(closed, Role.CARE)

    wish = {"fields": ["phone", "address"], "purpose": "order"}
    told = await call(closed, "POST", f"/members/{member}/readings", headers=cookie, json=wish)

    assert told.json()["phone"] == PHONE
    (line,) = closed.app.store.read(people.readings_page)
    assert line.reader.startswith("stf_")


async def test_the_session_cookie_is_for_this_door_alone_and_ends_with_logging_out(closed: House):
    hire(closed, Role.ADMIN, "wang")
    reply = await call(closed, "POST", "/session", json={"login": "wang", "password": PASSWORD})
    header = reply.headers["set-cookie"].lower()

    assert all(part in header for part in ("httponly", "samesite=strict", "path=/api/console"))
    assert (await call(closed, "GET", "/session")).json()["name"] == "wang"
    await call(closed, "DELETE", "/session")
    assert code_of(await call(closed, "GET", "/session")) == (401, "not_logged_in")


async def test_a_wrong_password_is_counted_although_it_is_refused(closed: House):
    hire(closed, Role.ADMIN, "wang")
    wrong = [code_of(await call(closed, "POST", "/session", json={"login": "wang", "password": "x"})) for _ in range(5)]

    assert wrong == [(401, "wrong_login")] * 4 + [(429, "locked_out")]
    right = await call(closed, "POST", "/session", json={"login": "wang", "password": PASSWORD})
    assert code_of(right) == (429, "locked_out")


async def test_a_weak_password_hires_nobody(closed: House):
    cookie = await session(closed, Role.ADMIN)
    form = {"login": "lin", "name": "林", "role": "care", "password": "12345678"}

    reply = await call(closed, "POST", "/staff", headers=cookie, json=form)

    assert code_of(reply) == (422, "weak_password")
    assert "12345678" not in reply.text
    assert [one.login for one in closed.app.store.read(people.staff)] == ["admin"]


async def test_an_api_key_passes_the_doors_of_its_scopes(closed: House):
    cookie = await session(closed, Role.CARE)
    form = {"name": "报表", "scopes": ["look"], "lasts_days": 30}
    token = (await call(closed, "POST", "/keys", headers=cookie, json=form)).json()["token"]
    bearer = {"authorization": f"Bearer {token}"}

    assert (await call(closed, "GET", "/orders", headers=bearer)).status_code == 200
    assert code_of(await call(closed, "GET", "/members", headers=bearer)) == (403, "may_not")
    wide = await call(closed, "POST", "/keys", headers=cookie, json={**form, "scopes": ["staff"]})
    assert code_of(wide) == (403, "scope_too_wide")


async def test_the_export_is_the_same_as_json_and_as_a_table(house: House):
    member = await a_member(house)

    held = (await call(house, "POST", f"/members/{member}/export")).json()
    table = (await call(house, "POST", f"/members/{member}/export.csv")).json()["csv"]

    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["what"] for row in rows} == {one["what"] for one in held} >= {"openid", "unionid", "phone", "consent"}
    assert [row["value"] for row in rows if row["what"] == "phone"] == [PHONE]
    assert [line.purpose for line in house.app.store.read(people.readings_page)] == ["own_request", "own_request"]


async def test_another_members_address_cannot_be_dropped_through_the_shop(house: House):
    chen, lin = await house.person("chen"), await house.person("lin")
    form = {"name": "陈晓明", "phone": PHONE, "region_code": "330106", "street": "文三路90号"}
    kept = (await house.ask("POST", "/api/store/members/me/addresses", who=chen, json=form)).json()["id"]

    theft = await house.ask("DELETE", f"/api/store/members/me/addresses/{kept}", who=lin)

    assert code_of(theft) == (404, "unknown_address")
    assert (await house.ask("GET", "/api/store/members/me/addresses", who=lin)).json() == {"addresses": []}
    mine = (await house.ask("GET", "/api/store/members/me/addresses", who=chen)).json()["addresses"]
    assert [one["id"] for one in mine] == [kept]


async def test_an_order_placed_before_a_merge_opens_to_the_person_and_to_nobody_else(house: House):
    chen, lin, wu = [await house.person(name) for name in ("chen", "lin", "wu")]
    bought = await house.order(chen, "23203")
    kept, gone = MemberId(lin.member), MemberId(chen.member)

    def work(tx: Any) -> str:
        for member in (kept, gone):
            people.link_customer(tx, house.settings.key_ring, member=member, number="C-1", evidence="ERP import")
        (proposal,) = people.merge_proposals(tx)
        return people.accept_merge(tx, proposal.id, by="stf_1")

    house.app.store.call(work, cause="test")

    for who in (chen, lin):
        assert (await house.ask("GET", f"/api/store/orders/{bought.id}", who=who)).status_code == 200
    assert (await house.ask("GET", f"/api/store/orders/{bought.id}", who=wu)).status_code == 404


def test_every_door_of_the_console_has_a_rule_and_writing_is_never_merely_looking():
    assert needed("POST", "/session") is None
    for method, path, may in NEEDS:
        assert needed(method.replace("*", "PATCH"), path.replace("*", "x")) is not None or path == "/session", may
    for path in ("/accounts/wx1", "/clock", "/jobs/retry", "/something/new"):
        assert needed("POST", path) not in (None, people.May.LOOK)
