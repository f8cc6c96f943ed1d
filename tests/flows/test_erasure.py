"""A person is planted everywhere, asks to be forgotten, and then everything we keep is searched for them."""

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from house import CAKESTAND, MINI, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, House, Person
from roulian import people, sell, tell
from roulian.flows import rights
from roulian.people import Purpose
from roulian.tell import Scenario
from roulian.words import MemberId, OrderId

pytestmark = pytest.mark.anyio

DAILY = "wx5c1d20260603b003"
NUMBER, NAME, STREET = "19912345678", "欧阳晓明", "文三路九十号二幢三〇一"
# The sandbox is WeChat's own server: what it knows of its users is not ours to forget.
NOT_OURS = ("wechat.db", "wechat.json")


async def json_of(house: House, method: str, path: str, who: Person, **more: object) -> dict[str, object]:
    reply = await house.ask(method, f"/api/store/members/me{path}", who=who, **more)
    assert reply.status_code < 300, reply.text
    return reply.json()


async def known_in_accounts(house: House) -> Person:
    """In the shop and following an account, one person by unionid; with number, address and consents."""
    chen = await house.person("chen", accepts=[Scenario.DELAY, Scenario.REFUNDED])
    await house.control("follow", person="chen", appid=DAILY)
    await house.control("say", person="chen", appid=DAILY, text=f"我是{NAME},电话 {NUMBER}")
    await house.control("consent", person="chen", appid=MINI, answers={"tpl_delay": "reject"})
    await house.settle()
    openid = (await house.look("openid", person="chen", appid=DAILY))["openid"]
    unionid = house.app.store.read(lambda tx: people.members(tx, [MemberId(chen.member)]))[
        MemberId(chen.member)
    ].unionid
    house.app.store.call(lambda tx: people.sign_in(tx, appid=DAILY, openid=openid, unionid=unionid))
    await house.settle()
    await house.control("persons/phone", person="chen", number=NUMBER)
    code = (await house.control("phone_number", person="chen", appid=MINI))["code"]
    await json_of(house, "POST", "/phone", chen, json={"code": code})
    address = {"name": NAME, "phone": NUMBER, "region_code": "330106", "street": STREET}
    await json_of(house, "POST", "/addresses", chen, json=address)
    for purpose in Purpose:
        word = {"purpose": purpose, "is_given": True, "text_version": "2026-06"}
        await json_of(house, "POST", "/consents", chen, json=word)
    return chen


async def buys_and_reads(house: House, chen: Person) -> OrderId:
    """An order that was late, paid, shipped and delivered, with messages about it; an article read, things looked at."""
    await house.buy(await house.person("wholesaler"), CAKESTAND, 6)
    bought = await house.buy(chen, CAKESTAND)
    signals = [
        {"id": "sig-1", "kind": "read", "article": "art_1", "at_ms": house.clock.now().ms},
        {"id": "sig-2", "kind": "view", "sku": CAKESTAND, "at_ms": house.clock.now().ms},
    ]
    reply = await house.ask("POST", "/api/store/signals", who=chen, json={"events": signals})
    assert reply.status_code < 300, reply.text
    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, "2026-06-09")
        await house.bring(purchase)
    await house.after(days=9)
    await house.carry(chen, bought, PICKED_UP, OUT_FOR_DELIVERY, SIGNED)
    return OrderId(bought.id)


async def traces_of(house: House, chen: Person) -> dict[str, str]:
    """Everything that would lead to the person."""
    unionid = house.app.store.read(lambda tx: people.members(tx, [MemberId(chen.member)]))[
        MemberId(chen.member)
    ].unionid
    assert unionid
    openids = {appid: (await house.look("openid", person="chen", appid=appid))["openid"] for appid in (MINI, DAILY)}
    return {**openids, "unionid": unionid, "phone": NUMBER, "name": NAME, "street": STREET, "session": chen.token}


def cells(path: Path) -> Iterator[tuple[str, str]]:
    """Every cell of every column of every table, as text, under `table.column`."""
    with sqlite3.connect(path) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            found = connection.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in found.description]
            for row in found:
                for name, cell in zip(names, row, strict=True):
                    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                    yield f"{table}.{name}", text
    connection.close()


def found_in_cells(home: Path, traces: dict[str, str]) -> set[tuple[str, str]]:
    return {
        (trace, place) for place, text in cells(home / "brand.db") for trace, what in traces.items() if what in text
    }


def found_in_files(home: Path, traces: dict[str, str]) -> set[tuple[str, str]]:
    ours = [path for path in home.rglob("*") if path.is_file() and not path.name.startswith(NOT_OURS)]
    assert home / "brand.db" in ours
    return {
        (trace, path.name)
        for path in ours
        for trace, what in traces.items()
        for spelled in (what.encode(), what.encode("utf-16-le"), what.encode("gb18030"))
        if spelled in path.read_bytes()
    }


async def test_who_is_forgotten_is_found_nowhere_and_their_order_stands(house: House, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG, logger="roulian"):
        chen = await known_in_accounts(house)
        order = await buys_and_reads(house, chen)
        traces = await traces_of(house, chen)
        before = found_in_cells(house.settings.home, traces)
        held = await json_of(house, "GET", "/export", chen)

        await json_of(house, "POST", "/erase", chen)
        on_disk = found_in_files(house.settings.home, traces)
        await house.until(house.clock.now().day().plus(1).at(rights.RETAIN_HOUR, 10))

    assert on_disk != set()
    assert {trace for trace, _ in before} == {MINI, DAILY, "unionid"}
    assert {"phone", "address", "order_line", "parcel", "promise", "signal", "notice", "consent"} <= {
        row["what"] for row in held["holdings"]
    }
    assert found_in_cells(house.settings.home, traces) == set()
    assert found_in_files(house.settings.home, traces) == set()
    assert not [record for record in caplog.records for what in traces.values() if what in record.getMessage()]
    stands = house.app.store.read(lambda tx: sell.order(tx, order))
    assert (stands.status, stands.total_fen > 0) == (sell.OrderStatus.DELIVERED, True)
    await house.after(days=2)
    assert house.restless() == []


async def test_after_being_forgotten_the_session_is_over_and_the_person_returns_as_somebody_new(house: House):
    chen = await known_in_accounts(house)

    await json_of(house, "POST", "/erase", chen)

    assert (await house.ask("GET", "/api/store/members/me/export", who=chen)).status_code == 401
    code = (await house.control("wx_login", person="chen", appid=MINI))["code"]
    again = (await house.shop.post("/api/store/session", json={"code": code})).json()
    assert again["member"] != chen.member
    returned = Person("chen", again["token"], again["member"], ())
    assert {row["what"] for row in (await json_of(house, "GET", "/export", returned))["holdings"]} == {
        "openid",
        "unionid",
    }


async def test_who_waits_for_goods_is_told_why_not_and_nothing_is_forgotten(house: House):
    chen = await known_in_accounts(house)
    bought = await house.buy(chen, CAKESTAND)
    held = await json_of(house, "GET", "/export", chen)

    reply = await house.ask("POST", "/api/store/members/me/erase", who=chen)

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "orders_under_way")
    assert bought.id in reply.json()["error"]["message"]
    assert await json_of(house, "GET", "/export", chen) == held


async def test_a_message_that_waited_for_its_time_is_not_sent_to_who_was_forgotten(house: House):
    chen = await known_in_accounts(house)
    member = MemberId(chen.member)
    house.app.store.call(
        lambda tx: tell.queue(
            tx,
            [
                tell.NewNotice(
                    scenario=Scenario.REFUNDED,
                    member=member,
                    key="k",
                    about="ord_x",
                    facts={"order": "ord_x", "item": "糕点架", "amount_fen": 100, "reason": "缺货"},
                )
            ],
        )
    )

    await json_of(house, "POST", "/erase", chen)
    await house.settle()

    assert await house.letters(chen, Scenario.REFUNDED) == []
    assert house.restless() == []


async def test_who_asked_something_back_is_not_forgotten_until_it_is_settled(house: House):
    chen = await known_in_accounts(house)
    order = await buys_and_reads(house, chen)
    asked = {"key": "k", "kind": "refund_only", "reason": "damaged", "items": [{"line": 1, "qty": 1}]}
    case = await house.ask("POST", f"/api/store/orders/{order}/aftersales", who=chen, json=asked)
    assert case.status_code < 300, case.text

    reply = await house.ask("POST", "/api/store/members/me/erase", who=chen)

    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "orders_under_way")
    held = await json_of(house, "GET", "/export", chen)
    assert [(row["order"], row["status"]) for row in held["holdings"] if row["what"] == "after_sales"] == [
        (order, "asked")
    ]


async def test_the_disk_is_cleared_once_in_the_night_after_somebody_was_forgotten_and_in_no_other(house: House):
    chen = await known_in_accounts(house)

    await house.after(days=2)
    before = cleared(house)
    await json_of(house, "POST", "/erase", chen)
    await house.after(days=3)

    assert (before, cleared(house)) == (0, 1)
    assert house.restless() == []


def cleared(house: House) -> int:
    """How often the disk was to be cleared."""
    return list(cells(house.settings.home / "brand.db")).count(("store_jobs.kind", "rights.compact"))
