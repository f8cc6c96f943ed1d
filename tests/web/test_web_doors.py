"""Partners' and WeChat's other doors, and the one document that describes every door."""

from typing import Any

import pytest

from house import BUNTING, MINI, House
from roulian.web.gate import Gate
from roulian.web.hot import Dispatcher

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("key", [None, "", "wrong", "0" * 64])
async def test_partners_without_our_key_see_and_change_nothing(house: House, key: str | None):
    headers = {} if key is None else {"x-partner-key": key}
    [purchase, *_] = await house.purchases(BUNTING)

    seen = await house.shop.get("/api/partners/purchases", headers=headers)
    changed = await house.shop.post(
        f"/api/partners/purchases/{purchase['id']}/arrived", headers=headers, json={"qty": purchase["qty"]}
    )

    for reply in (seen, changed):
        assert (reply.status_code, reply.json()["error"]["code"]) == (401, "bad_partner_key")
    assert (await house.purchases(BUNTING))[0] == purchase


@pytest.mark.parametrize(
    ("door", "body", "status", "code"),
    [
        ("reply", {"day": "next week"}, 422, "bad_body"),
        ("reply", {"day": "2026-02-30"}, 422, "bad_body"),
        ("reply", {}, 422, "bad_body"),
        ("arrived", {"qty": 0, "key": "n"}, 422, "nothing_delivered"),
        ("arrived", {"qty": -5, "key": "n"}, 422, "bad_body"),
        ("arrived", {"qty": 10_000_000, "key": "n"}, 409, "too_much_delivered"),
        ("arrived", {"qty": 1, "weight": 3}, 422, "bad_body"),
    ],
)
async def test_partner_who_says_nonsense_is_told_so_and_nothing_changes(
    house: House, door: str, body: dict[str, Any], status: int, code: str
):
    [purchase, *_] = await house.purchases(BUNTING)
    headers = {"x-partner-key": house.settings.partner_key}

    reply = await house.shop.post(f"/api/partners/purchases/{purchase['id']}/{door}", headers=headers, json=body)

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert (await house.purchases(BUNTING))[0] == purchase


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/purchases/pur_nobody/reply", {"day": "2026-06-10"}),
        ("/purchases/pur_nobody/arrived", {"qty": 1, "key": "n"}),
        ("/work/wrk_nobody/report", {"done_qty": 1}),
    ],
)
async def test_purchase_or_work_nobody_knows_is_refused(house: House, path: str, body: dict[str, Any]):
    headers = {"x-partner-key": house.settings.partner_key}

    reply = await house.shop.post(f"/api/partners{path}", headers=headers, json=body)

    assert reply.status_code in {404, 409}
    assert reply.json()["error"]["code"].startswith("unknown_")


async def test_wechat_proves_our_address_and_a_stranger_cannot(house: House):
    await house.control("accounts/check_url", appid=MINI)
    await house.settle()

    forged = await house.shop.get(
        f"/wechat/callback/{MINI}", params={"signature": "0" * 40, "timestamp": "1", "nonce": "2", "echostr": "hi"}
    )

    assert (await house.look("account", appid=MINI))["account"]["callback_verified"] is True
    assert (forged.status_code, b"hi" in forged.content) == (403, False)


@pytest.mark.parametrize("appid", [MINI, "wx_nobody"])
@pytest.mark.parametrize(
    "body", [b"", b"<xml></xml>", b"{}", b'{"Encrypt": "AAAA"}', b"<xml><Encrypt>AAAA</Encrypt></xml>"]
)
async def test_message_that_is_not_wechats_is_refused(house: House, appid: str, body: bytes):
    query = {"msg_signature": "0" * 40, "timestamp": "1", "nonce": "2"}

    reply = await house.shop.post(f"/wechat/callback/{appid}", params=query, content=body)

    assert reply.status_code == 403
    assert house.restless() == []


async def test_every_hot_door_is_in_the_one_document_and_answers_the_same_as_the_slow_one(house: House):
    assert isinstance(house.app.asgi, Gate)
    doors = house.app.asgi.rest
    assert isinstance(doors, Dispatcher)
    document = (await house.shop.get("/openapi.json")).json()

    hot = {(method.lower(), path) for method, path in doors._exact}
    patterns = {(method.lower(), pattern.pattern) for method, pattern, _ in doors._patterns}
    documented = {(method, path) for path, about in document["paths"].items() for method in about}
    assert hot <= documented
    for method, pattern in patterns:
        assert any(m == method and pattern == house_pattern(path) for m, path in documented), (
            f"{method} {pattern} is not documented"
        )


def house_pattern(path: str) -> str:
    """The dispatcher's own pattern of a documented path."""
    from roulian.web.hot import _pattern

    return _pattern(path).pattern


async def test_document_names_the_body_of_every_door_that_takes_one(house: House):
    document = (await house.shop.get("/openapi.json")).json()

    order = document["paths"]["/api/store/orders"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(order["properties"]) == {"key", "region", "lines", "voucher", "group"}
    for path in ("/api/store/session", "/api/store/signals", "/api/store/members/me"):
        assert "requestBody" in document["paths"][path]["post"], path
    assert "{sku}" in "".join(document["paths"])


async def test_hot_and_documented_doors_answer_alike(house: House):
    """FastAPI holds the same handlers; a request that passes the dispatcher by is answered the same."""
    import httpx

    lin = await house.person("lin")
    transport = httpx.ASGITransport(house.app.api)
    async with httpx.AsyncClient(transport=transport, base_url="https://shop.example") as slow:
        for path in ("/api/store/products", f"/api/store/products/{BUNTING}", "/api/store/products/none"):
            headers = {"authorization": f"Bearer {lin.token}"}
            fast = await house.shop.get(path, headers=headers)
            other = await slow.get(path, headers=headers)
            assert (other.status_code, other.json()) == (fast.status_code, fast.json())


async def test_clock_moves_forward_alone(house: House):
    before = (await house.shop.get("/sim/clock")).json()["now_ms"]

    await house.shop.post("/sim/advance", json={"to_ms": before - 1000})

    assert (await house.shop.get("/sim/clock")).json()["now_ms"] == before
