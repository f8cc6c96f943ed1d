"""Hostile requests are refused with a code and a sentence that helps, and nothing in the store has changed.

"Nothing" is a digest over every row of every table, before and after.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import openpyxl
import pytest
import sqlalchemy as sa

from house import BAG, BUNTING, House, Person
from roulian.flows import cataloguing
from roulian.gateways import files
from roulian.store import METADATA, Store
from roulian.web.gate import Gate
from roulian.web.hot import Dispatcher
from web.open_api import engineer, problem

pytestmark = pytest.mark.anyio
ORDERS = "/api/store/orders"
HOUSEKEEPING = frozenset({"store_pulses", "store_limits"})
"""Tables that say when the store last breathed, not what it holds."""


def digest(store: Store) -> str:
    """One number for everything the store holds."""

    def read(tx: Any) -> str:
        told = hashlib.sha256()
        for name in sorted(METADATA.tables.keys() - HOUSEKEEPING):
            rows = tx.rows(sa.text(f"SELECT * FROM {name}"))
            told.update(f"{name}:{sorted(map(repr, rows))}".encode())
        return told.hexdigest()

    return store.read(read)


def a_cart(**line: Any) -> dict[str, Any]:
    return {"key": "cart", "region": "浙江", "lines": [{"sku": BUNTING, "qty": 1, "campaign": None, **line}]}


def refused(reply: httpx.Response) -> tuple[int, str]:
    """The status and code of a no, which has a sentence."""
    told = reply.json()["error"]
    assert told["message"]
    assert "Traceback" not in reply.text
    return reply.status_code, told["code"]


async def holds(house: House, no: tuple[int, str], method: str, path: str, **more: Any) -> None:
    """The request is refused so, in both languages, and nothing has changed."""
    await house.settle()
    was = digest(house.app.store)
    for lang in ("zh-CN", "en"):
        headers = {"accept-language": lang, **more.get("headers", {})}
        reply = await house.ask(method, path, **{**more, "headers": headers})
        assert refused(reply) == no, (more, reply.text)
    assert digest(house.app.store) == was


BROKEN_BODIES = [
    *(b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"{}", b'{"key": 1}', b'{"key":"a","key":"b"}', b"<xml/>"),
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"key":"\\ud800","region":"x","lines":[]}',
    b'{"key":"a","region":"x","lines":[' + b"1," * 1_000 + b"1]}",
    b'{"key":"a","region":"x","lines":[{"sku":"47566","qty":1e400}]}',
    b'{"key":"a","region":"x","lines":[{"sku":"47566","qty":NaN}]}',
]


@pytest.mark.parametrize("path", [ORDERS, "/api/store/signals", "/api/store/members/me/addresses"])
async def test_a_body_that_is_not_what_the_document_says_is_refused(house: House, path: str):
    lin = await house.person("lin")

    for body in BROKEN_BODIES:
        await holds(house, (422, "bad_body"), "POST", path, who=lin, content=body)


@pytest.mark.parametrize("path", [ORDERS, "/api/store/signals", "/api/partners/purchases/x/reply"])
async def test_a_body_beyond_all_measure_is_refused_unread(house: House, path: str):
    lin = await house.person("lin")

    await holds(house, (413, "body_too_large"), "POST", path, who=lin, content=b" " * ((1 << 20) + 1))


async def endless() -> Any:
    """A body that would be 64 MB if anybody listened."""
    for _ in range(1_000):
        yield b" " * 65_536


async def test_an_endless_body_is_refused_as_it_comes(house: House):
    lin = await house.person("lin")

    was = digest(house.app.store)
    headers = {"authorization": f"Bearer {lin.token}"}
    reply = await house.shop.post(ORDERS, content=endless(), headers=headers)

    assert refused(reply) == (413, "body_too_large")
    assert digest(house.app.store) == was


async def test_the_open_api_and_the_console_bound_their_bodies_too(house: House):
    dev = engineer(house)
    was = digest(house.app.store)

    api = await dev.ask("POST", "/webhooks", content=b" " * ((1 << 20) + 1))
    console = await house.shop.put("/api/console/catalogue/x", content=b" " * ((16 << 20) + 1))

    assert problem(api) == (413, "body_too_large")
    assert refused(console) == (413, "body_too_large")
    assert problem(await dev.ask("POST", "/webhooks", content=endless())) == (413, "body_too_large")
    assert digest(house.app.store) == was


@pytest.mark.parametrize("text", ["\0", "a\0b", "柔\0链"])
async def test_a_nul_in_any_text_is_refused_on_every_kind_of_door(house: House, text: str):
    lin, dev = await house.person("lin"), engineer(house)
    body = json.dumps({"key": text, "region": "浙江", "lines": []})
    await holds(house, (422, "unreadable_text"), "POST", ORDERS, who=lin, content=body)
    await holds(house, (422, "unreadable_text"), "POST", "/api/store/members/me", who=lin, json={"region": text})
    was = digest(house.app.store)

    console = await house.shop.put("/api/console/catalogue/x", json={"version": 0, "name_zh": text})
    api = await dev.ask("PUT", "/products/x", json={"name_zh": text}, headers={"if-none-match": "*"})

    assert refused(console) == (422, "unreadable_text")
    assert problem(api) == (422, "unreadable_text")
    assert digest(house.app.store) == was


@pytest.mark.parametrize("path", ["/api/console/catalogue/x", "/v1/products/x"])
async def test_half_a_character_is_no_text(house: House, path: str):
    dev = engineer(house)
    was = digest(house.app.store)
    body = b'{"version": 0, "name_zh": "\\ud800"}' if "console" in path else b'{"name_zh": "\\ud800"}'
    headers = {"content-type": "application/json", "if-none-match": "*", "idempotency-key": "k"}

    reply = await house.shop.put(path, content=body, headers={**headers, "authorization": f"Bearer {dev.token}"})

    assert reply.status_code == 422
    assert digest(house.app.store) == was


TAMPERED: list[tuple[dict[str, Any], int, str]] = [
    ({"qty": 0}, 422, "bad_quantity"),
    ({"qty": -1}, 422, "bad_quantity"),
    ({"qty": 10**30}, 422, "bad_quantity"),
    ({"qty": 2**62}, 422, "bad_quantity"),
    ({"qty": 1_000_001}, 422, "bad_quantity"),
    ({"qty": 1.5}, 422, "bad_body"),
    ({"qty": "1"}, 422, "bad_body"),
    ({"qty": True}, 422, "bad_body"),
    ({"qty": None}, 422, "bad_body"),
    ({"price_fen": 1}, 422, "bad_body"),
    ({"discount_fen": 4_000}, 422, "bad_body"),
    ({"total_fen": 1}, 422, "bad_body"),
    ({"sku": "nothing"}, 404, "unknown_sku"),
    ({"sku": "'; DROP TABLE sell_orders; --"}, 404, "unknown_sku"),
    ({"sku": "<script>alert(1)</script>"}, 404, "unknown_sku"),
    ({"sku": "x" * 100_000}, 404, "unknown_sku"),
    ({"campaign": "cmp_nothing"}, 404, "campaign_not_found"),
]


async def test_a_cart_that_is_tampered_with_is_refused(house: House):
    lin = await house.person("lin")

    for line, status, code in TAMPERED:
        await holds(house, (status, code), "POST", ORDERS, who=lin, json=a_cart(**line))


@pytest.mark.parametrize("extra", [{"total_fen": 1}, {"member": "mem_other"}, {"status": "paid"}, {"pay_by_ms": 0}])
async def test_what_a_cart_may_not_say_is_refused(house: House, extra: dict[str, Any]):
    lin = await house.person("lin")

    await holds(house, (422, "bad_body"), "POST", ORDERS, who=lin, json={**a_cart(), **extra})


async def test_a_campaign_of_another_sku_sells_nothing_at_its_price(house: House):
    lin, campaign = await house.person("lin"), await house.campaign(BAG)

    await holds(house, (404, "campaign_not_found"), "POST", ORDERS, who=lin, json=a_cart(campaign=campaign["campaign"]))


async def test_an_option_nobody_offers_is_refused(house: House):
    lin = await house.person("lin")
    skus = [{"sku": "s-s", "price_fen": 100, "options": {"size": "s"}}]
    groups = [{"id": "size", "name_zh": "尺码", "values": [{"id": "s", "name_zh": "小"}, {"id": "m", "name_zh": "中"}]}]
    form = {"version": 0, "name_zh": "衬衫", "groups": groups, "skus": skus}
    assert (await house.shop.put("/api/console/catalogue/shirt", json=form)).status_code == 200

    for options in ({"size": "m"}, {"size": "xxl"}, {"colour": "red"}, {"size": "s", "colour": "red"}):
        await holds(house, (422, "no_such_combination"), "GET", "/api/store/catalogue/shirt", who=lin, params=options)


TOKENS = ["", "x", "0" * 64, "f" * 64, "Bearer", "null", "eyJhbGciOiJub25lIn0.e30.", "rlk_" + "0" * 64, "-" * 10_000]


async def test_a_forged_token_opens_nothing(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    doors: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", ORDERS, {"json": a_cart()}),
        ("GET", f"{ORDERS}/{bought.id}", {}),
        ("GET", "/api/store/members/me/export", {}),
        ("POST", "/api/store/members/me/erase", {}),
    ]

    for token in TOKENS:
        headers = {"authorization": f"Bearer {token}"}
        for method, path, more in doors:
            await holds(house, (401, "not_signed_in"), method, path, headers=headers, **more)


async def test_another_brands_token_opens_nothing_here(house: House, blueprint: Any, tmp_path: Any):
    other = await blueprint.house(tmp_path / "other")
    stranger = await other.person("stranger")
    await other.close()

    await holds(
        house,
        (401, "not_signed_in"),
        "POST",
        ORDERS,
        headers={"authorization": f"Bearer {stranger.token}"},
        json=a_cart(),
    )


async def test_a_session_that_has_ended_opens_nothing(house: House):
    lin = await house.person("lin")
    await house.after(days=400)

    await holds(house, (401, "not_signed_in"), "POST", ORDERS, who=lin, json=a_cart())


Stolen = Callable[[House, Person], Any]


async def _order(house: House, owner: Person) -> str:
    return (await house.order(owner, BUNTING)).id


async def _address(house: House, owner: Person) -> str:
    form = {"name": "陈晓明", "phone": "+8613800138000", "region_code": "330106", "street": "文三路90号"}
    return str((await house.ask("POST", "/api/store/members/me/addresses", who=owner, json=form)).json()["id"])


async def _nobody(_house: House, _owner: Person) -> str:
    return "none_1"


ANOTHERS: dict[tuple[str, str], tuple[Stolen, Any, str]] = {
    ("GET", f"{ORDERS}/{{order}}"): (_order, None, "order_not_found"),
    ("POST", f"{ORDERS}/{{order}}/cancel"): (_order, None, "order_not_found"),
    ("POST", f"{ORDERS}/{{order}}/pay"): (_order, None, "order_not_found"),
    ("GET", f"{ORDERS}/{{order}}/group"): (_order, None, "order_not_found"),
    ("POST", f"{ORDERS}/{{order}}/choice"): (
        _order,
        {"campaign": "cmp_1", "takes_substitute": True},
        "order_not_found",
    ),
    ("POST", f"{ORDERS}/{{order}}/delivery"): (_order, {"way": "express"}, "order_not_found"),
    ("GET", f"{ORDERS}/{{order}}/aftersales"): (_order, None, "order_not_found"),
    ("POST", f"{ORDERS}/{{order}}/aftersales"): (
        _order,
        {"key": "k", "kind": "refund_only", "reason": "damaged", "items": [{"line": 1, "qty": 1}]},
        "order_not_found",
    ),
    ("POST", "/api/store/aftersales/{case}/withdraw"): (_nobody, None, "case_not_found"),
    ("DELETE", "/api/store/members/me/addresses/{address}"): (_address, None, "unknown_address"),
    ("GET", "/api/store/tailored/requests/{request}"): (_nobody, None, "request_not_found"),
}
"""Doors whose id is somebody's own: how a thing of another's comes to be, what is sent, and the no."""

EVERYBODYS = frozenset(
    {
        ("GET", "/api/store/products/{sku}"),
        ("GET", "/api/store/catalogue/{product}"),
        ("GET", "/api/store/groups/{group}"),
        ("POST", "/api/store/coupons/{coupon}/claim"),
        ("GET", "/api/store/tailored/{product}"),
        ("POST", "/api/store/tailored/{product}/quote"),
        ("POST", "/api/store/tailored/{product}/requests"),
    }
)
"""Doors whose id is nobody's own."""


async def test_every_shop_door_that_takes_an_id_is_either_everybodys_or_tried_with_anothers(house: House):
    assert isinstance(house.app.asgi, Gate)
    doors = house.app.asgi.rest
    assert isinstance(doors, Dispatcher)
    document = house.app.api.openapi()

    taking = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/api/store") and "{" in path
    }

    assert taking == ANOTHERS.keys() | EVERYBODYS


@pytest.mark.parametrize("door", ANOTHERS, ids=" ".join)
async def test_what_is_anothers_is_as_if_it_were_not_there(house: House, door: tuple[str, str]):
    owner, thief = await house.person("chen"), await house.person("wu")
    come_to_be, body, code = ANOTHERS[door]
    ident = await come_to_be(house, owner)
    method, path = door
    address = path.partition("{")[0] + ident + path.partition("}")[2]

    more = {} if body is None else {"json": body}
    await holds(house, (404, code), method, address, who=thief, **more)
    await holds(house, (401, "not_signed_in"), method, address, who=None, **more)


async def test_a_replayed_order_is_the_same_order_and_a_replayed_payment_pays_once(house: House):
    lin = await house.person("lin")
    first = await house.ask("POST", ORDERS, who=lin, json=a_cart())
    was = digest(house.app.store)

    again = await house.ask("POST", ORDERS, who=lin, json=a_cart(qty=9))

    assert again.json()["order"] == first.json()["order"]
    assert digest(house.app.store) == was


HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "<img src=x onerror=alert(1)>", "' OR 1=1 --"]


async def test_hostile_names_are_kept_as_they_are_and_no_exported_cell_is_a_formula(house: House, tmp_path: Path):
    for number, text in enumerate(HOSTILE):
        form = {"version": 0, "name_zh": text, "skus": [{"sku": f"h-{number}", "price_fen": 100}]}
        kept = await house.shop.put(f"/api/console/catalogue/h{number}", json=form)
        shown = await house.shop.get(f"/api/store/catalogue/h{number}")
        assert kept.json()["name_zh"] == shown.json()["product"]["name_zh"] == text
        assert shown.headers["content-type"] == "application/json"

    columns = files.columns(house.app.store.read(cataloguing.rows))
    for name in ("out.xlsx", "out.csv"):
        files.write_table(tmp_path / name, columns)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    told = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig")
    dangerous = [cell for row in csv.reader(io.StringIO(told)) for cell in row if cell[:1] in ("=", "+", "@", "\t")]
    assert dangerous == []


async def test_a_webhook_may_not_lead_behind_our_own_wall(house: House):
    dev = engineer(house)
    was_none = (await dev.got("/webhooks"))["data"]

    for url in ("http://127.0.0.1/", "https://user:pw@erp.example/", "file:///etc/passwd", "gopher://x/", "https://"):
        assert problem(await dev.ask("POST", "/webhooks", json={"url": url})) == (422, "bad_webhook_url")

    assert (await dev.got("/webhooks"))["data"] == was_none == []


async def test_a_refusal_tells_nothing_of_what_is_inside(house: House):
    lin = await house.person("lin")

    reply = await house.ask(
        "POST", ORDERS, who=lin, json=a_cart(sku="' UNION SELECT token_sha256 FROM people_sessions")
    )

    told = msgspec.json.decode(reply.content)["error"]
    assert (reply.status_code, told["code"]) == (404, "unknown_sku")
    assert "sqlite" not in reply.text.lower()
