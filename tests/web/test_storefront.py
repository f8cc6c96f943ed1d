"""The shopper's doors: one key is one order, nothing is oversold, and every no says what to do next, in two languages."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from house import BAG, BUNTING, CAKESTAND, House, Person

pytestmark = pytest.mark.anyio

ORDERS = "/api/store/orders"
CHINESE = re.compile("[\u4e00-\u9fff]")


def a_cart(sku: str = BUNTING, qty: int = 1, *, key: str = "cart") -> dict[str, Any]:
    return {"key": key, "region": "浙江", "lines": [{"sku": sku, "qty": qty, "campaign": None}]}


async def refusal(house: House, who: Person | None, status: int, code: str, **request: Any) -> httpx.Response:
    """The same no in Chinese and in English, in the house's body; nothing was ordered."""
    orders = len(house.said("sell.OrderPlaced"))
    request = {"method": "POST", "path": ORDERS} | request
    method, path = request.pop("method"), request.pop("path")
    zh = await house.ask(method, path, who=who, **request)
    en = await house.ask(method, path, who=who, headers={"accept-language": "en-GB,en"}, **request)
    for reply in (zh, en):
        assert reply.status_code == status, reply.text
        assert reply.headers["content-type"] == "application/json"
        assert set(reply.json()["error"]) == {"code", "message", "facts", "trace"}
        assert reply.json()["error"]["code"] == code
    assert CHINESE.search(zh.json()["error"]["message"])
    assert not CHINESE.search(en.json()["error"]["message"])
    assert en.json()["error"]["message"]
    assert len(house.said("sell.OrderPlaced")) == orders
    return zh


async def test_same_key_is_the_same_order(house: House):
    lin = await house.person("lin")

    first = await house.ask("POST", ORDERS, who=lin, json=a_cart())
    again = await house.ask("POST", ORDERS, who=lin, json=a_cart(qty=7))

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert len(house.said("sell.OrderPlaced")) == 1


async def test_way_to_pay_may_be_asked_for_again_and_is_the_same_prepayment(house: House):
    lin = await house.person("lin")
    order = (await house.ask("POST", ORDERS, who=lin, json=a_cart())).json()["order"]

    first = await house.ask("POST", f"{ORDERS}/{order}/pay", who=lin)
    again = await house.ask("POST", f"{ORDERS}/{order}/pay", who=lin)

    assert first.status_code == again.status_code == 200
    assert first.json()["pay"]["package"] == again.json()["pay"]["package"]


async def test_order_stands_while_wechat_is_silent_and_is_paid_when_it_speaks_again(house: House):
    lin = await house.person("lin")
    await house.fault("http", times=1, path="/v3/pay/transactions/jsapi")

    placed = await house.ask("POST", ORDERS, who=lin, json=a_cart())
    silent = await house.ask("POST", f"{ORDERS}/{placed.json()['order']}/pay", who=lin)
    bought = await house.pay(lin, await house.till(lin, placed.json()["order"]))

    assert (placed.status_code, silent.status_code) == (201, 502)
    assert (await house.page(lin, bought))["status"] == "paid"


async def test_order_that_is_over_has_no_way_to_pay(house: House):
    lin = await house.person("lin")
    bought = await house.order(lin, BUNTING)
    await house.ask("POST", f"{ORDERS}/{bought.id}/cancel", who=lin)

    reply = await house.ask("POST", f"{ORDERS}/{bought.id}/pay", who=lin)

    assert (reply.status_code, reply.json()["status"], reply.json()["pay"]) == (200, "cancelled", None)


async def test_same_key_at_the_same_moment_is_one_order(house: House):
    lin = await house.person("lin")

    replies = await asyncio.gather(*(house.ask("POST", ORDERS, who=lin, json=a_cart()) for _ in range(8)))

    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["order"] for reply in replies}) == 1
    assert len(house.said("sell.OrderPlaced")) == 1


async def test_same_key_of_another_buyer_is_another_order(house: House):
    lin, chen = await house.person("lin"), await house.person("chen")

    ours = await house.ask("POST", ORDERS, who=lin, json=a_cart())
    theirs = await house.ask("POST", ORDERS, who=chen, json=a_cart())

    assert ours.json()["order"] != theirs.json()["order"]


async def test_racing_buyers_take_the_shelf_and_not_one_unit_more(house: House):
    """Six cake stands, nine buyers at once: six leave today's shelf, three are told a later day."""
    buyers = [await house.person(f"buyer-{n}") for n in range(9)]

    replies = await asyncio.gather(*(house.ask("POST", ORDERS, who=buyer, json=a_cart(CAKESTAND)) for buyer in buyers))

    days = sorted(reply.json()["promised_day"] for reply in replies)
    product = (await house.shop.get(f"/api/store/products/{CAKESTAND}")).json()
    assert {reply.status_code for reply in replies} == {201}
    assert days[:6] == ["2026-06-04"] * 6
    assert days[6] > "2026-06-04"
    assert product["free"] <= 0


async def test_body_that_is_not_json_is_named_as_such(house: House):
    await refusal(house, await house.person("lin"), 422, "bad_body", content=b'{"key": "cart", ')


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"discount": 50}, "discount"),
        ({"key": ""}, "key"),
        ({"key": "k" * 65}, "key"),
        ({"lines": [{"sku": BUNTING, "qty": 1}] * 61}, "lines"),
        ({"lines": [{"sku": BUNTING, "qty": "two"}]}, "qty"),
        ({"lines": [{"sku": BUNTING, "qty": 1.5}]}, "qty"),
        ({"region": None}, "region"),
    ],
)
async def test_body_that_breaks_the_contract_names_the_field(house: House, change: dict[str, Any], named: str):
    reply = await refusal(house, await house.person("lin"), 422, "bad_body", json=a_cart() | change)

    assert named in reply.json()["error"]["message"]


@pytest.mark.parametrize("qty", [0, -3, 1_000_001, 10**18, 10**30])
async def test_impossible_quantity_is_refused(house: House, qty: int):
    reply = await house.ask("POST", ORDERS, who=await house.person("lin"), json=a_cart(qty=qty))

    assert reply.status_code == 422
    assert reply.json()["error"]["code"] in {"bad_quantity", "bad_body"}
    assert house.said("sell.OrderPlaced") == []


async def test_quantity_below_one_says_what_can_be_ordered(house: House):
    reply = await refusal(house, await house.person("lin"), 422, "bad_quantity", json=a_cart(qty=-3))

    assert reply.json()["error"]["facts"]["sku"] == BUNTING


async def test_empty_cart_is_refused(house: House):
    await refusal(house, await house.person("lin"), 422, "cart_empty", json=a_cart() | {"lines": []})


async def test_unknown_sku_is_not_found(house: House):
    reply = await refusal(house, await house.person("lin"), 404, "unknown_sku", json=a_cart("no-such-sku"))

    assert reply.json()["error"]["facts"] == {"sku": "no-such-sku"}


async def test_unknown_presale_is_refused(house: House):
    cart = a_cart() | {"lines": [{"sku": BAG, "qty": 1, "campaign": "cmp_nobody"}]}

    await refusal(house, await house.person("lin"), 404, "campaign_not_found", json=cart)


async def test_nobody_orders_without_a_session(house: House):
    await refusal(house, None, 401, "not_signed_in", json=a_cart())


async def test_forged_session_is_nobodys(house: House):
    forger = Person("forger", "0" * 64, "mem_lin", ())

    await refusal(house, forger, 401, "not_signed_in", json=a_cart())


async def test_session_of_a_bad_login_code_is_refused_in_words(house: House):
    path = "/api/store/session"

    reply = await refusal(house, None, 401, "not_signed_in", path=path, json={"code": "no-such-code"})

    assert "no-such-code" not in reply.text


async def test_login_code_is_good_once(house: House):
    await house.control("persons", names=["lin"])
    code = (await house.control("wx_login", person="lin", appid="wx5c1d20260603b001"))["code"]

    first = await house.ask("POST", "/api/store/session", json={"code": code})
    again = await house.ask("POST", "/api/store/session", json={"code": code})

    assert (first.status_code, again.status_code) == (200, 401)


async def test_order_of_another_buyer_does_not_exist_for_me(house: House):
    bought = await house.order(await house.person("lin"), BUNTING)
    chen = await house.person("chen")

    await refusal(house, chen, 404, "order_not_found", method="GET", path=f"{ORDERS}/{bought.id}")
    await refusal(house, chen, 404, "order_not_found", path=f"{ORDERS}/{bought.id}/cancel")
    await refusal(house, chen, 404, "order_not_found", path=f"{ORDERS}/{bought.id}/pay")
    assert (await house.page(await house.person("lin"), bought))["status"] == "placed"


async def test_paid_order_cannot_be_cancelled_and_stays_paid(house: House):
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)

    await refusal(house, lin, 409, "not_cancellable", path=f"{ORDERS}/{bought.id}/cancel")

    assert (await house.page(lin, bought))["status"] == "paid"


async def test_body_above_one_mebibyte_is_refused_and_one_just_below_is_read(house: House):
    lin = await house.person("lin")
    padding = b" " * (1 << 20)

    too_large = await house.ask("POST", ORDERS, who=lin, content=b"{}" + padding)
    large = await house.ask("POST", ORDERS, who=lin, content=b"{}" + padding[2:])

    assert (too_large.status_code, too_large.json()["error"]["code"]) == (413, "body_too_large")
    assert (large.status_code, large.json()["error"]["code"]) == (422, "bad_body")


async def test_large_body_in_many_pieces_is_refused_too(house: House):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 65_536

    reply = await house.ask("POST", ORDERS, who=await house.person("lin"), content=pieces())

    assert reply.status_code == 413


async def test_signals_sent_twice_count_once(house: House):
    lin = await house.person("lin")
    batch = {"events": [{"id": f"s-{n}", "kind": "view", "at_ms": 1, "sku": BUNTING} for n in range(3)]}

    first = await house.ask("POST", "/api/store/signals", who=lin, json=batch)
    again = await house.ask("POST", "/api/store/signals", who=lin, json=batch)

    assert (first.json(), again.json()) == ({"accepted": 3}, {"accepted": 0})


async def test_signal_from_a_clock_that_runs_ahead_is_dated_now(house: House):
    lin = await house.person("lin")
    tomorrow_ms = house.clock.now().ms + 86_400_000
    events = [{"id": "s-1", "kind": "view", "at_ms": tomorrow_ms, "sku": BUNTING}]

    await house.ask("POST", "/api/store/signals", who=lin, json={"events": events})

    [seen] = (await house.shop.get("/api/console/signals")).json()["rows"]
    assert house.clock.now().iso()[:19] in str(seen) or str(house.clock.now().ms) in str(seen)


@pytest.mark.parametrize("at_ms", [-(10**17), 10**17, -1])
async def test_signal_from_a_broken_clock_breaks_nothing(house: House, at_ms: int):
    events = [{"id": "s-1", "kind": "view", "at_ms": at_ms, "sku": BUNTING}]

    reply = await house.ask("POST", "/api/store/signals", who=await house.person("lin"), json={"events": events})

    assert reply.status_code in {202, 422}


async def test_unknown_kind_of_signal_and_too_many_are_refused(house: House):
    lin = await house.person("lin")
    seen = {"id": "s-1", "kind": "view", "at_ms": 1, "sku": BUNTING}
    path = "/api/store/signals"

    await refusal(house, lin, 422, "bad_body", path=path, json={"events": [seen | {"kind": "sneeze"}]})
    await refusal(house, lin, 422, "bad_body", path=path, json={"events": [seen] * 201})


async def test_product_page_is_sent_once_per_version_and_is_never_behind_the_shelf(house: House):
    path, lin = f"/api/store/products/{CAKESTAND}", await house.person("lin")

    first = await house.shop.get(path)
    same = await house.shop.get(path, headers={"if-none-match": first.headers["etag"]})
    await house.order(lin, CAKESTAND)
    changed = await house.shop.get(path, headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, same.status_code, same.content, changed.status_code) == (200, 304, b"", 200)
    assert changed.json()["free"] == first.json()["free"] - 1


async def test_those_who_look_at_once_each_see_the_page_they_asked_for(house: House):
    skus = [CAKESTAND, BUNTING, "nothing"] * 20

    pages = await asyncio.gather(*(house.shop.get(f"/api/store/products/{sku}") for sku in skus))

    assert [page.json().get("sku") for page in pages[:2]] == [CAKESTAND, BUNTING]
    assert [page.status_code for page in pages] == [200, 200, 404] * 20
    assert len({page.content for page in pages}) == 3
