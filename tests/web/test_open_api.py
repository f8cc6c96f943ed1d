"""The open API as its users meet it: scopes, pages, versions, changes made once, and problems that say what to do."""

import asyncio
import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from house import BAG, BUNTING, CAKESTAND, House
from roulian import connect, people, sell, stock
from roulian.flows import announce
from roulian.people import May
from roulian.web.v1.guard import SCOPES
from roulian.words import OrderId, SkuId
from web.open_api import engineer, key_of, problem

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
API = ROOT / "frontend" / "api"
GENERATOR = ROOT / "frontend" / "node_modules" / ".bin" / "openapi-typescript"
ROUTES = sorted(SCOPES)


def path_to(path: str) -> str:
    """The route with names nobody has."""
    return path.removeprefix("/v1").replace("{", "no_").replace("}", "")


@pytest.fixture(scope="module")
def exporter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tools_openapi_v1", ROOT / "tools" / "openapi.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_document_is_current(exporter: ModuleType):
    assert (API / "v1.json").read_text(encoding="utf-8") == exporter.text(exporter.open_api())


@pytest.mark.skipif(not GENERATOR.exists(), reason="npm ci has not run in frontend/")
def test_types_are_current(tmp_path: Path):
    fresh = tmp_path / "v1.d.ts"

    subprocess.run([GENERATOR, API / "v1.json", "-o", fresh], check=True, capture_output=True)

    assert fresh.read_text(encoding="utf-8") == (API / "v1.d.ts").read_text(encoding="utf-8")


def test_document_is_openapi_3_1_and_no_answer_is_untyped(exporter: ModuleType):
    document = exporter.open_api()

    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            (done, *_) = [code for code in operation["responses"] if code.startswith("2")]
            schema = operation["responses"][done]["content"]["application/json"]["schema"]
            assert "$ref" in str(schema), f"{method} {path}"
            if method != "get" and not path.endswith("/readings"):
                names = {parameter["name"] for parameter in operation["parameters"]}
                assert "Idempotency-Key" in names, f"{method} {path}"


async def test_every_route_is_closed_without_a_key_and_with_a_forged_one(house: House):
    for method, path in ROUTES:
        for headers in ({}, {"authorization": "Bearer rlk_" + "0" * 64}, {"authorization": "Basic eDp5"}):
            reply = await house.shop.request(method, f"/v1{path_to(path)}", headers=headers)

            assert problem(reply) == (401, "no_api_key"), (method, path)
            assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scope", list(May))
async def test_every_route_opens_to_its_own_scope_and_to_no_other(house: House, scope: May):
    dev = engineer(house, scope)

    for method, path in ROUTES:
        reply = await dev.ask(method, path_to(path), json={})
        if SCOPES[method, path] is scope:
            assert reply.status_code not in {401, 403}, (method, path)
        else:
            assert problem(reply) == (403, "scope_needed"), (method, path)


async def test_a_staff_session_and_a_shoppers_token_open_nothing_here(house: House):
    lin = await house.person("lin")

    reply = await house.shop.get("/v1/orders", headers={"authorization": f"Bearer {lin.token}"})

    assert problem(reply) == (401, "no_api_key")


async def test_a_revoked_key_opens_nothing(house: House):
    token = key_of(house, May.LOOK)
    caller = house.app.store.read(lambda tx: people.caller_of_key(tx, token))
    assert caller is not None
    (maker,) = [one.id for one in house.app.store.read(people.staff)]
    by = people.Caller(maker, "", frozenset())
    house.app.store.call(lambda tx: people.revoke_api_key(tx, by, key=caller.id))

    reply = await house.shop.get("/v1/orders", headers={"authorization": f"Bearer {token}"})

    assert problem(reply) == (401, "no_api_key")


@pytest.mark.parametrize(("lang", "word"), [("zh-CN,zh;q=0.9", "没有找到"), ("en-GB", "There is no"), ("", "没有")])
async def test_a_problem_speaks_the_callers_language_under_a_stable_code(house: House, lang: str, word: str):
    dev = engineer(house, May.LOOK)

    reply = await dev.ask("GET", "/orders/ord_nobody", headers={"accept-language": lang})

    assert problem(reply) == (404, "order_not_found")
    assert reply.headers["content-language"] == ("en" if lang.startswith("en") else "zh")
    assert word in reply.json()["detail"] or "ord_nobody" in reply.json()["detail"]


async def test_a_trace_of_the_callers_own_is_kept(house: House):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}

    reply = await engineer(house).ask("GET", "/orders/ord_nobody", headers=headers)

    assert reply.json()["trace"] == trace


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nothing", 404, "not_found"), ("DELETE", "/orders", 405, "method_not_allowed")],
)
async def test_an_address_that_is_not_there_is_a_problem_too(
    house: House, method: str, path: str, status: int, code: str
):
    assert problem(await engineer(house).ask(method, path)) == (status, code)


async def test_pages_hold_each_row_once_although_rows_come_in_between(house: House):
    lin = await house.person("lin")
    first = [(await house.order(lin, BUNTING)).id for _ in range(5)]
    dev = engineer(house, May.LOOK)

    seen, cursor = [], None
    while True:
        page = await dev.got("/orders", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in page["data"]]
        await house.order(lin, BUNTING)
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == sorted(first, reverse=True)


@pytest.mark.parametrize("list_", ["/products", "/stock", "/stock/moves", "/forecasts", "/members", "/shipments"])
async def test_small_pages_together_are_the_large_page(house: House, list_: str):
    await house.buy(await house.person("lin"), BUNTING)
    dev = engineer(house)
    whole = (await dev.got(list_, limit=200))["data"]

    pieces, cursor = [], None
    while True:
        page = await dev.got(list_, limit=3, **({"cursor": cursor} if cursor else {}))
        pieces += page["data"]
        cursor = page["next"]
        if cursor is None:
            break

    assert pieces == whole


@pytest.mark.parametrize("cursor", ["x", "====", "%00", "WyJvcmRlcnMiLCJcdTAwMDAiXQ", "WyJtb3ZlcyIsImEiXQ", "bnVsbA"])
async def test_a_cursor_of_anothers_making_is_refused(house: House, cursor: str):
    reply = await engineer(house).ask("GET", "/orders", params={"cursor": cursor})

    assert problem(reply) == (422, "bad_cursor")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e9"])
async def test_a_page_has_its_bounds(house: House, limit: str):
    assert problem(await engineer(house).ask("GET", "/orders", params={"limit": limit})) == (422, "bad_request")


async def test_a_product_is_written_over_the_version_that_was_read_and_no_other(house: House):
    dev = engineer(house)
    read = await dev.ask("GET", "/products/" + await a_product(house))
    product, tag = read.json()["product"], read.headers["etag"]
    form = {key: value for key, value in read.json().items() if key not in {"product", "version", "is_tailored"}}

    blind = await dev.ask("PUT", f"/products/{product}", json=form)
    done = await dev.ask("PUT", f"/products/{product}", json={**form, "name_zh": "新名"}, headers={"if-match": tag})
    late = await dev.ask("PUT", f"/products/{product}", json={**form, "name_zh": "旧名"}, headers={"if-match": tag})

    assert problem(blind) == (428, "version_needed")
    assert (done.status_code, done.json()["name_zh"]) == (200, "新名")
    assert done.headers["etag"] != tag
    assert problem(late) == (412, "entry_changed")
    assert (await dev.got(f"/products/{product}"))["name_zh"] == "新名"


async def a_product(house: House) -> str:
    def save(tx: Any) -> str:
        known = sell.skus(tx, [SkuId(BUNTING)])[SkuId(BUNTING)]
        entry = sell.entries(tx, [known.product])[known.product]
        if not entry.version:
            sell.save_entry(tx, entry)
        return known.product

    return house.app.store.call(save)


async def test_a_new_product_is_made_once(house: House):
    dev = engineer(house)
    form = {"name_zh": "帆布袋", "skus": [{"sku": "NEW-1", "price_fen": 9900}]}
    new = {"if-none-match": "*"}

    made = await dev.ask("PUT", "/products/NEW", json=form, headers=new)
    again = await dev.ask("PUT", "/products/NEW", json=form, headers=new)

    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert problem(again) == (412, "entry_changed")


async def test_a_change_needs_an_idempotency_key(house: House):
    token = key_of(house, May.SUPPLY)
    body = {"sku": BUNTING, "qty": 1}

    for headers in ({}, {"idempotency-key": ""}, {"idempotency-key": "k" * 256}):
        told = {"authorization": f"Bearer {token}", **headers}
        reply = await house.shop.post("/v1/stock/adjustments", json=body, headers=told)
        assert problem(reply) == (400, "idempotency_key_needed")


async def test_the_same_change_sent_twice_is_made_once_and_answered_the_same(house: House):
    dev = engineer(house)
    body = {"sku": BUNTING, "qty": 5, "reason": "盘点"}
    was = shelf(house)

    first = await dev.ask("POST", "/stock/adjustments", key="a", json=body)
    again = await dev.ask("POST", "/stock/adjustments", key="a", json=body)
    other = await dev.ask("POST", "/stock/adjustments", key="a", json={**body, "qty": 6})

    assert (first.status_code, first.json()["on_hand"]) == (201, was + 5)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert problem(other) == (422, "idempotency_key_reused")
    assert shelf(house) == was + 5


def shelf(house: House, sku: str = BUNTING) -> int:
    return house.app.store.read(lambda tx: stock.levels(tx, [SkuId(sku)])[SkuId(sku)].on_hand)


async def test_fifty_of_the_same_change_at_once_are_one(house: House):
    dev = engineer(house)
    was = shelf(house)

    replies = await asyncio.gather(
        *(dev.ask("POST", "/stock/adjustments", key="a", json={"sku": BUNTING, "qty": 1}) for _ in range(50))
    )

    assert {(reply.status_code, reply.content) for reply in replies} == {(201, replies[0].content)}
    assert shelf(house) == was + 1


async def test_two_keys_of_two_callers_do_not_meet(house: House):
    was = shelf(house)

    for _ in range(2):
        assert (
            await engineer(house).ask("POST", "/stock/adjustments", key="a", json={"sku": BUNTING, "qty": 1})
        ).status_code == 201

    assert shelf(house) == was + 2


async def test_a_refused_change_leaves_its_key_free_and_the_store_as_it_was(house: House):
    dev = engineer(house)
    was = shelf(house)

    refused = await dev.ask("POST", "/stock/adjustments", key="a", json={"sku": BUNTING, "qty": -was - 1})
    done = await dev.ask("POST", "/stock/adjustments", key="a", json={"sku": BUNTING, "qty": -1})

    assert problem(refused)[0] == 409
    assert (done.status_code, shelf(house)) == (201, was - 1)


async def test_an_unpaid_order_is_given_up_and_a_paid_one_is_not(house: House):
    lin = await house.person("lin")
    unpaid, paid = await house.order(lin, BUNTING), await house.buy(lin, BUNTING)
    dev = engineer(house)

    given_up = await dev.ask("POST", f"/orders/{unpaid.id}/cancel")
    refused = await dev.ask("POST", f"/orders/{paid.id}/cancel")

    assert given_up.json()["status"] == "cancelled"
    assert problem(refused) == (409, "not_cancellable")


async def test_part_of_an_orders_money_goes_back_and_never_more_than_came(house: House):
    bought = await house.buy(await house.person("lin"), BUNTING)
    dev = engineer(house)
    total = (await dev.got(f"/orders/{bought.id}"))["total_fen"]

    part = await dev.ask("POST", f"/orders/{bought.id}/refunds", key="r", json={"amount_fen": 100})
    again = await dev.ask("POST", f"/orders/{bought.id}/refunds", key="r", json={"amount_fen": 100})
    much = await dev.ask("POST", f"/orders/{bought.id}/refunds", json={"amount_fen": total})
    await house.settle()

    assert (part.status_code, again.json()) == (201, part.json())
    assert problem(much)[0] == 409
    assert (await dev.got(f"/orders/{bought.id}"))["returned_fen"] == 100
    money = house.app.store.read(sell.money)
    assert money is not None


async def test_goods_are_handed_over_before_the_next_round_once(house: House):
    bought = await house.buy(await house.person("lin"), BUNTING)
    waiting = await house.order(await house.person("lin"), BUNTING)
    dev = engineer(house)

    sent = await dev.ask("POST", f"/orders/{bought.id}/shipments")
    again = await dev.ask("POST", f"/orders/{bought.id}/shipments")
    unpaid = await dev.ask("POST", f"/orders/{waiting.id}/shipments")

    assert [parcel["order"] for parcel in sent.json()["data"]] == [bought.id]
    assert problem(again) == problem(unpaid) == (409, "not_ready_to_ship")
    assert (await dev.got("/shipments"))["data"] == sent.json()["data"]


async def test_a_presale_is_opened_and_seen(house: House):
    dev = engineer(house)
    form = {"sku": BAG, "price_fen": 100, "deadline_ms": house.clock.now().ms + 5 * 86_400_000, "lot_qty": 20}

    opened = await dev.ask("POST", "/campaigns", json=form)
    refused = await dev.ask("POST", "/campaigns", json={**form, "deadline_ms": 1})

    assert (opened.status_code, opened.json()["status"]) == (201, "open")
    assert problem(refused)[0] == 409
    assert (await dev.got(f"/campaigns/{opened.json()['id']}"))["sku"] == BAG


async def test_members_are_half_hidden_and_a_whole_number_is_a_recorded_reading(house: House):
    chen = await house.person("chen")
    await house.control("persons/phone", person="chen", number="13800138000")
    code = (await house.control("phone_number", person="chen", appid="wx5c1d20260603b001"))["code"]
    await house.ask("POST", "/api/store/members/me/phone", who=chen, json={"code": code})
    word = {"purpose": "order", "is_given": True, "text_version": "v1"}
    await house.ask("POST", "/api/store/members/me/consents", who=chen, json=word)
    dev = engineer(house)

    listed = (await dev.got("/members"))["data"]
    told = await dev.ask("POST", f"/members/{chen.member}/readings", json={"fields": ["phone"], "purpose": "order"})
    no = await dev.ask("POST", f"/members/{chen.member}/readings", json={"fields": ["phone"], "purpose": "marketing"})

    assert [(row["id"], row["phone"]) for row in listed] == [(chen.member, "+86138****8000")]
    assert told.json()["phone"] == "+8613800138000"
    assert problem(no) == (403, "no_consent")
    [line] = house.app.store.read(people.readings_page)
    assert line.reader.startswith("key_")
    assert line.members == (chen.member,)


async def test_the_feed_tells_every_fact_once_in_order_and_goes_on_where_one_stopped(house: House):
    dev = engineer(house)
    lin = await house.person("lin")
    bought = [(await house.buy(lin, BUNTING)).id for _ in range(3)]
    await house.after(seconds=11)

    seen, cursor = [], None
    for _ in range(4):
        page = await dev.got("/events", kind="sell.OrderPaid", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [fact["data"]["order"] for fact in page["data"]]
        cursor = page["next"]
    late = (await house.buy(lin, BUNTING)).id
    now = await dev.got("/events", kind="sell.OrderPaid", cursor=cursor)
    await house.after(seconds=11)
    then = await dev.got("/events", kind="sell.OrderPaid", cursor=cursor)

    assert seen == bought
    assert now["data"] == []
    assert [fact["data"]["order"] for fact in then["data"]] == [late]


async def test_a_webhooks_secret_is_shown_once_and_stands_nowhere_readable(house: House):
    dev = engineer(house)

    made = await dev.ask("POST", "/webhooks", json={"url": "https://erp.example/hook", "kinds": ["sell.OrderPaid"]})
    secret, ident = made.json()["secret"], made.json()["id"]
    shown = await dev.got(f"/webhooks/{ident}")
    rotated = await dev.ask("POST", f"/webhooks/{ident}/secret")

    assert "secret" not in shown
    assert rotated.json()["secret"] != secret
    kept = house.app.store.read(lambda tx: connect.secrets(tx, house.settings.key_ring, subscription=ident))
    assert kept == (rotated.json()["secret"], secret)
    folder = house.settings.home
    for file in folder.glob("brand.db*"):
        assert secret.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"url": "http://erp.example/"}, "bad_webhook_url"),
        ({"url": "https://erp.example/", "kinds": ["sell.Nothing"]}, "unknown_event_kind"),
    ],
)
async def test_a_webhook_that_cannot_be_meant_is_refused(house: House, form: dict[str, Any], code: str):
    dev = engineer(house)

    assert problem(await dev.ask("POST", "/webhooks", json=form)) == (422, code)
    assert (await dev.got("/webhooks"))["data"] == []


async def test_a_webhook_is_changed_switched_off_and_dropped(house: House):
    dev = engineer(house)
    ident = (await dev.ask("POST", "/webhooks", json={"url": "https://erp.example/"})).json()["id"]
    form = {"url": "https://erp.example/two", "kinds": ["deliver.Shipped"], "note": "ERP", "is_active": False}

    changed = await dev.ask("PUT", f"/webhooks/{ident}", json=form)
    gone = await dev.ask("DELETE", f"/webhooks/{ident}")

    assert {name: changed.json()[name] for name in form} == form
    assert gone.status_code == 200
    assert problem(await dev.ask("GET", f"/webhooks/{ident}")) == (404, "webhook_not_found")


async def test_dead_deliveries_are_seen_and_replayed(house: House):
    dev = engineer(house)
    ident = (await dev.ask("POST", "/webhooks", json={"url": "https://name.invalid/"})).json()["id"]
    since = house.clock.now().ms
    delivery = house.app.store.call(lambda tx: connect.queue(tx, event="evt_x", kind="sell.OrderPaid"))[0]
    for tries in range(8):
        house.app.store.call(lambda tx, tries=tries: connect.tried(tx, delivery, tries=tries, answer=500, error=""))

    [dead] = (await dev.got(f"/webhooks/{ident}/deliveries", status="dead"))["data"]
    again = await dev.ask("POST", f"/webhooks/{ident}/replays", json={"since_ms": since})
    twice = await dev.ask("POST", f"/webhooks/{ident}/deliveries/{delivery}/replay")

    assert (dead["id"], dead["tries"], dead["answer"]) == (delivery, 8, 500)
    assert again.json() == {"deliveries": [delivery]}
    assert problem(twice) == (404, "delivery_not_found")


async def test_kinds_are_those_that_are_told(house: House):
    assert (await engineer(house).got("/event-kinds"))["data"] == list(announce.KINDS)


async def test_what_is_planned_is_listed(house: House):
    dev = engineer(house)

    forecasts = (await dev.got("/forecasts"))["data"]
    proposals = (await dev.got("/proposals"))["data"]

    assert {row["sku"] for row in forecasts} >= {BUNTING, CAKESTAND}
    assert all(len(day) == len(row["quantiles"]) for row in forecasts for day in row["daily"])
    assert all(row["reason"]["zh"] and row["reason"]["en"] for row in proposals)


async def test_the_document_is_served_beside_the_api(house: House):
    document = (await house.shop.get("/v1/openapi.json")).json()

    assert {(method.upper(), path) for path, methods in document["paths"].items() for method in methods} == set(SCOPES)


async def test_an_order_holds_nothing_personal(house: House):
    bought = await house.buy(await house.person("lin"), BUNTING)

    told = await engineer(house).got(f"/orders/{bought.id}")

    order = house.app.store.read(lambda tx: sell.order(tx, OrderId(bought.id)))
    assert told["member"] == order.member
    assert "phone" not in msgspec.json.encode(told).decode()


async def test_the_console_keeps_the_same_webhooks(house: House):
    made = await house.shop.post("/api/console/webhooks", json={"url": "https://erp.example/", "kinds": []})
    ident = made.json()["id"]
    form = {"url": "https://erp.example/", "kinds": ["sell.OrderPaid"], "note": "", "is_active": False}

    changed = await house.shop.put(f"/api/console/webhooks/{ident}", json=form)
    rotated = await house.shop.post(f"/api/console/webhooks/{ident}/secret")
    empty = await house.shop.get(f"/api/console/webhooks/{ident}/deliveries")
    dropped = await house.shop.delete(f"/api/console/webhooks/{ident}")

    assert (changed.json()["is_active"], rotated.json()["secret"] != made.json()["secret"]) == (False, True)
    assert empty.json() == {"rows": [], "next": None}
    assert dropped.json() == {"id": ident}
    assert (await house.shop.get("/api/console/webhooks")).json()["kinds"] == list(announce.KINDS)
    assert (await engineer(house).got("/webhooks"))["data"] == []


async def test_a_day_the_calendar_does_not_have_is_no_day(house: House):
    form = {"sku": BAG, "price_fen": 1, "deadline_ms": 1, "lot_qty": 1, "promised_day": "2026-02-30"}

    assert problem(await engineer(house).ask("POST", "/campaigns", json=form)) == (422, "bad_request")
    assert (await house.shop.post("/api/console/campaigns", json=form)).status_code == 422
