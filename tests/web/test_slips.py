"""What people do to shelves by hand, through the console's doors: once, by name, and never more than is there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import house as houses
from house import BUNTING, CAKESTAND, Blueprint, House
from roulian import people, stock
from roulian.people import Role
from roulian.words import SkuId

pytestmark = pytest.mark.anyio
PASSWORD = "铁马冰河入梦来 2026"
SHOP = {"kind": "shop", "name_zh": "静安店", "name_en": "Jing'an", "region": "CN-31"}
STOCKED = 700


@pytest.fixture
async def shops(house: House) -> House:
    """A brand with a shop beside its main warehouse."""
    reply = await house.ask("PUT", "/api/console/stock/places/jingan", json=SHOP)
    assert reply.status_code == 200, reply.text
    return house


@pytest.fixture
async def closed(blueprint: Blueprint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house whose console asks who is there."""
    monkeypatch.setitem(houses._ENVIRONMENT, "ROULIAN_STAFF_LOGIN", "required")
    house = await blueprint.house(tmp_path / "closed")
    yield house
    await house.close()


async def slip(house: House, door: str, /, **form: Any) -> httpx.Response:
    reply = await house.ask("POST", f"/api/console/stock/{door}", json={"key": "slip-0001", **form})
    await house.settle()
    return reply


async def arrives(house: House, transfer: str = "slip-0001", /, **form: Any) -> httpx.Response:
    reply = await house.ask("POST", f"/api/console/stock/transfers/{transfer}/arrive", json=form or None)
    await house.settle()
    return reply


def code(reply: httpx.Response) -> tuple[int, str]:
    assert reply.status_code >= 400, reply.text
    return reply.status_code, reply.json()["error"]["code"]


def on_hand(house: House, sku: str = BUNTING) -> dict[str, int]:
    assert house.app.store.read(stock.audit) == ()
    levels = house.app.store.read(stock.all_levels)
    return {level.location: level.on_hand for level in levels if level.sku == sku and level.on_hand}


def entered(house: House) -> list[tuple[str, str]]:
    return [(one.kind.value, one.by) for one in house.app.store.read(stock.slips_page)]


async def test_a_transfer_is_on_the_road_until_it_is_told_there_and_each_step_counts_once(shops: House):
    sent = {"origin": "main", "destination": "jingan", "lines": [{"sku": BUNTING, "qty": 40}]}

    replies = [await slip(shops, "transfers", **sent) for _ in range(2)]
    on_the_road = on_hand(shops)
    arrived = [await arrives(shops) for _ in range(2)]

    assert [reply.status_code for reply in (*replies, *arrived)] == [200] * 4
    assert on_the_road == {"main": STOCKED - 40, "transit": 40}
    assert on_hand(shops) == {"main": STOCKED - 40, "jingan": 40}
    assert sorted(entered(shops)) == [("arrive", "open"), ("send", "open")]
    assert len(shops.said("stock.SlipEntered")) == 2


async def test_what_is_missing_of_a_transfer_is_on_a_slip_of_its_own_with_the_reason(shops: House):
    await slip(shops, "transfers", origin="main", destination="jingan", lines=[{"sku": BUNTING, "qty": 30}])
    form = {"lines": [{"sku": BUNTING, "qty": 28}], "reason": "箱子摔坏"}

    more = await arrives(shops, lines=[{"sku": BUNTING, "qty": 31}])
    typo = await arrives(shops, line=[{"sku": BUNTING, "qty": 28}])
    replies = [await arrives(shops, **form) for _ in range(2)]
    other = await arrives(shops)

    assert [code(one)[1] for one in (more, typo, other)] == ["more_than_sent", "bad_body", "slip_differs"]
    assert [[line["qty"] for line in one.json()["lines"]] for one in replies] == [[28], [28]]
    assert on_hand(shops) == {"main": STOCKED - 30, "jingan": 28}
    slips = shops.app.store.read(stock.slips_page)
    assert [(one.lines[0].qty, one.reason, one.destination) for one in slips if one.kind is stock.SlipKind.ADJUST] == [
        (-2, "箱子摔坏", "transit")
    ]
    lost = shops.app.store.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ADJUST))
    assert [(move.qty, move.location, move.reason) for move in lost] == [(-2, "transit", "箱子摔坏")]


async def test_goods_past_their_last_day_go_to_quarantine_and_the_refusal_names_the_day(house: House):
    form = {"sku": BUNTING, "qty": 5, "lot": "L-DEAD", "expires_day": "2020-01-01", "reason": "找到的"}

    refused = await slip(house, "receipts", place="main", **form)
    taken = await slip(house, "receipts", place="quarantine", **form)

    assert code(refused) == (409, "lot_past_day")
    assert "2020-01-01" in refused.json()["error"]["message"]
    assert taken.status_code == 200, taken.text
    assert on_hand(house) == {"main": STOCKED, "quarantine": 5}


async def test_a_transfer_of_more_than_is_free_or_to_nowhere_changes_nothing(shops: House):
    lines = [{"sku": BUNTING, "qty": STOCKED + 1}]

    too_many = await slip(shops, "transfers", origin="main", destination="jingan", lines=lines)
    nowhere = await slip(shops, "transfers", origin="main", destination="moon", lines=[{"sku": BUNTING, "qty": 1}])
    here = await slip(shops, "transfers", origin="main", destination="main", lines=[{"sku": BUNTING, "qty": 1}])
    unsent = await arrives(shops, "slip-0009")

    assert [code(one) for one in (too_many, nowhere, here, unsent)] == [
        (409, "stock_held"),
        (404, "unknown_location"),
        (409, "bad_transfer"),
        (409, "bad_transfer"),
    ]
    assert on_hand(shops) == {"main": STOCKED}
    assert entered(shops) == []


async def test_what_is_set_apart_cannot_be_bought_until_it_is_cleared(house: House):
    form = {"place": "main", "lines": [{"sku": CAKESTAND, "qty": 6}], "reason": "外箱破损"}

    await slip(house, "quarantine", **form)
    apart = (await house.ask("GET", f"/api/store/products/{CAKESTAND}")).json()["free"]
    await slip(house, "clear", **{**form, "key": "slip-0002", "reason": "复检合格"})
    cleared = (await house.ask("GET", f"/api/store/products/{CAKESTAND}")).json()["free"]

    assert (apart, cleared) == (0, 6)
    assert on_hand(house, CAKESTAND) == {"main": 6}


async def test_a_blind_count_is_told_the_difference_afterwards_and_the_books_say_what_was_found(house: House):
    form = {
        "place": "main",
        "reason": "年中盘点",
        "lines": [{"sku": BUNTING, "qty": 400}, {"sku": BUNTING, "qty": 295}],
    }

    first = await slip(house, "counts", **form)
    again = await slip(house, "counts", **form)

    [line] = first.json()["lines"]
    assert (line["booked"], line["found"], line["difference"]) == (STOCKED, 695, -5)
    assert again.json() == first.json()
    assert on_hand(house) == {"main": 695}
    stocked = (await house.ask("GET", "/api/console/stock/skus")).json()
    assert BUNTING in stocked["skus"]
    assert set(stocked) == {"skus", "names"}


async def test_fewer_than_are_held_for_orders_cannot_be_found(house: House):
    await house.buy(await house.person("lin"), CAKESTAND, 5)
    form = {"place": "main", "reason": "盘点", "lines": [{"sku": CAKESTAND, "qty": 4}]}

    reply = await slip(house, "counts", **form)

    assert code(reply) == (409, "stock_held")
    assert on_hand(house, CAKESTAND) == {"main": 6}
    assert entered(house) == []


async def test_adjust_receive_and_take_back_each_change_the_shelf_by_so_many_and_say_why(house: House):
    await slip(house, "adjustments", place="main", sku=BUNTING, qty=-3, reason="破损")
    receipt = {"place": "main", "sku": BUNTING, "qty": 7, "lot": "L-1", "expires_day": "2026-09-01"}
    await slip(house, "receipts", **{**receipt, "key": "slip-0002", "reason": "样品入库"})
    await slip(house, "returns", key="slip-0003", place="main", sku=BUNTING, qty=2, reason="无理由退货")

    moves = house.app.store.read(lambda tx: stock.moves_page(tx, sku=SkuId(BUNTING), limit=3))
    assert on_hand(house) == {"main": STOCKED - 3 + 7 + 2}
    assert [(move.kind.value, move.qty, move.lot) for move in moves] == [
        ("return", 2, ""),
        ("receipt", 7, "L-1"),
        ("adjust", -3, ""),
    ]
    rows = (await house.ask("GET", "/api/console/stock/slips")).json()
    assert [row["kind"] for row in rows["rows"]] == ["take_back", "receive", "adjust"]
    assert [row["reason"] for row in rows["rows"]] == ["无理由退货", "样品入库", "破损"]
    assert rows["names"]["open"] == {"zh": "本机", "en": "This machine"}


@pytest.mark.parametrize(
    ("door", "form", "why"),
    [
        ("adjustments", {"place": "main", "sku": BUNTING, "qty": -3, "reason": " "}, (422, "no_reason")),
        ("adjustments", {"place": "main", "sku": BUNTING, "qty": 0, "reason": "x"}, (422, "bad_quantity")),
        ("adjustments", {"place": "main", "sku": BUNTING, "qty": -701, "reason": "x"}, (409, "stock_held")),
        ("adjustments", {"place": "transit", "sku": BUNTING, "qty": 1, "reason": "x"}, (409, "on_the_road")),
        ("receipts", {"place": "main", "sku": "nothing", "qty": 1, "reason": "x"}, (404, "unknown_sku")),
        ("receipts", {"place": "main", "sku": BUNTING, "qty": 10**12, "reason": "x"}, (422, "bad_body")),
        ("receipts", {"place": "main", "sku": BUNTING, "qty": 1, "reason": "a\x00b"}, (422, "unreadable_text")),
        (
            "receipts",
            {"place": "main", "sku": BUNTING, "qty": 1, "reason": "x", "expires_day": "2026-13-45"},
            (422, "bad_body"),
        ),
        ("counts", {"place": "moon", "lines": [{"sku": BUNTING, "qty": 1}], "reason": "x"}, (404, "unknown_location")),
        ("counts", {"place": "main", "lines": [], "reason": "x"}, (422, "bad_body")),
        ("quarantine", {"place": "main", "lines": [{"sku": BUNTING, "qty": 1}], "reason": ""}, (422, "no_reason")),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_changes(
    house: House, door: str, form: dict[str, Any], why: tuple[int, str]
):
    reply = await slip(house, door, **form)

    assert code(reply) == why
    assert reply.json()["error"]["message"]
    assert on_hand(house) == {"main": STOCKED}
    assert entered(house) == []


async def test_one_number_for_two_different_slips_is_refused(house: House):
    await slip(house, "adjustments", place="main", sku=BUNTING, qty=-3, reason="破损")

    reply = await slip(house, "adjustments", place="main", sku=BUNTING, qty=-4, reason="破损")

    assert code(reply) == (409, "slip_differs")
    assert on_hand(house) == {"main": STOCKED - 3}


async def test_only_who_runs_supply_works_the_shelves_and_the_slip_bears_their_name(closed: House):
    hashed = people.password_hash(PASSWORD, salt=b"0123456789abcdef")
    cookies = {}
    for role in (Role.SUPPLY, Role.CONTENT):
        closed.app.store.call(
            lambda tx, it=role: people.add_staff(tx, it.value, name=it.value, role=it, password_hash=hashed)
        )
        reply = await closed.ask("POST", "/api/console/session", json={"login": role.value, "password": PASSWORD})
        cookies[role] = {"cookie": reply.headers["set-cookie"].partition(";")[0]}
        closed.shop.cookies.clear()
    form = {"key": "slip-0001", "place": "main", "sku": BUNTING, "qty": -3, "reason": "破损"}
    path = "/api/console/stock/adjustments"

    nobody = await closed.ask("POST", path, json=form)
    other = await closed.ask("POST", path, json=form, headers=cookies[Role.CONTENT])
    mine = await closed.ask("POST", path, json=form, headers=cookies[Role.SUPPLY])

    assert (code(nobody), code(other)) == ((401, "not_logged_in"), (403, "may_not"))
    assert mine.status_code == 200
    staff = {one.id: one.name for one in closed.app.store.read(people.staff)}
    assert [(kind, staff[by]) for kind, by in entered(closed)] == [("adjust", "supply")]
    assert on_hand(closed) == {"main": STOCKED - 3}
