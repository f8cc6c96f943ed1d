"""A voucher lowers an order to the fen, is one order's at a time, and comes back when the order comes to nothing."""

from datetime import timedelta
from typing import Any

import pytest

from house import BAG, BUNTING, HOOK, MOVING, OUT_FOR_DELIVERY, PICKED_UP, SIGNED, Bought, House, Person
from roulian import offers, sell
from roulian.flows import checkout, offering
from roulian.store import Tx
from roulian.words import Day, MemberId, SkuId

pytestmark = pytest.mark.anyio

FIRST_DAY = Day.parse("2026-06-03")
LAST_DAY = Day.parse("2026-06-20")


async def a_coupon(house: House, **differs: Any) -> str:
    """¥5 off from ¥10 on, one a member, unless told otherwise."""
    body = {
        "name": {"zh": "满减券", "en": "Five off"},
        "off_fen": 500,
        "least_fen": 1_000,
        "from_ms": FIRST_DAY.at(0).ms,
        "until_ms": LAST_DAY.at(0).ms,
        "total_qty": 100,
        **differs,
    }
    reply = await house.ask("POST", "/api/console/coupons", json=body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["id"])


async def claimed(house: House, who: Person, coupon: str) -> str:
    reply = await house.ask("POST", f"/api/store/coupons/{coupon}/claim", who=who)
    assert reply.status_code == 201, reply.text
    return str(reply.json()["voucher"])


async def order(house: House, who: Person, voucher: str, *lines: tuple[str, int], key: str = "v-1") -> Any:
    body = {
        "key": key,
        "region": "浙江",
        "voucher": voucher,
        "lines": [{"sku": sku, "qty": qty, "campaign": None} for sku, qty in lines],
    }
    return await house.ask("POST", "/api/store/orders", who=who, json=body)


async def bought(house: House, who: Person, voucher: str, *lines: tuple[str, int], key: str = "v-1") -> Bought:
    reply = await order(house, who, voucher, *lines, key=key)
    assert reply.status_code == 201, reply.text
    return await house.pay(who, await house.till(who, reply.json()["order"]))


async def mine(house: House, who: Person) -> list[Any]:
    return list((await house.ask("GET", "/api/store/coupons/mine", who=who)).json()["vouchers"])


async def test_voucher_lowers_the_order_and_wechat_is_paid_the_lower_sum(house: House):
    lin = await house.person("lin")
    voucher = await claimed(house, lin, await a_coupon(house))

    paid = await bought(house, lin, voucher, (BUNTING, 3), (HOOK, 2))

    lines = paid.placed["lines"]
    assert sum(line["discount_fen"] for line in lines) == 500
    assert all(0 < line["discount_fen"] < line["price_fen"] * line["qty"] for line in lines)
    assert paid.placed["total_fen"] == sum(line["price_fen"] * line["qty"] for line in lines) - 500
    assert (await house.in_wechat(paid))["payment"]["total_fen"] == paid.placed["total_fen"]
    assert (await house.page(lin, paid))["status"] == "paid"
    assert [(one["order"], one["is_usable"]) for one in await mine(house, lin)] == [(paid.id, False)]
    money = house.app.store.read(sell.money)
    assert money.received_fen == money.kept_fen == paid.placed["total_fen"]
    assert house.restless() == []


async def test_price_shows_the_best_voucher_and_why_another_does_not_fit(house: House):
    lin = await house.person("lin")
    small = await claimed(house, lin, await a_coupon(house))
    large = await claimed(house, lin, await a_coupon(house, off_fen=None, off_bp=9_000))
    other = await claimed(house, lin, await a_coupon(house, scope={"skus": [HOOK]}))
    far = await claimed(house, lin, await a_coupon(house, least_fen=100_000))
    cart = {"region": "浙江", "lines": [{"sku": BUNTING, "qty": 3}]}

    best = (await house.ask("POST", "/api/store/cart/price", who=lin, json=cart)).json()
    named = (await house.ask("POST", "/api/store/cart/price", who=lin, json={**cart, "voucher": small})).json()

    whole = best["lines"][0]["price_fen"] * 3
    assert (best["voucher"], best["best"], best["to_pay_fen"]) == (large, large, whole - whole * 9_000 // 10_000)
    assert (named["voucher"], named["to_pay_fen"], named["best"]) == (small, whole - 500, large)
    obstacles = {choice["voucher"]: choice["obstacle"] for choice in best["choices"]}
    assert (obstacles[small], obstacles[large]) == (None, None)
    assert obstacles[other]["why"] == "other_goods"
    assert obstacles[far] == {"why": "below_least", "text": f"适用商品还差 ¥{(100_000 - whole) / 100:.2f} 才能使用"}


async def test_order_with_a_voucher_that_does_not_fit_is_refused_and_nothing_is_placed(house: House):
    lin, wu = await house.person("lin"), await house.person("wu")
    far = await claimed(house, lin, await a_coupon(house, least_fen=100_000))
    hers = await claimed(house, wu, await a_coupon(house))

    unfit = await order(house, lin, far, (BUNTING, 1))
    foreign = await order(house, lin, hers, (BUNTING, 3), key="v-2")
    presale = await house.campaign(BAG)
    body = {"key": "v-3", "region": "浙江", "voucher": far}
    line = {"sku": BAG, "qty": 200, "campaign": presale["campaign"]}
    in_presale = await house.ask("POST", "/api/store/orders", who=lin, json={**body, "lines": [line]})

    told = [(reply.status_code, reply.json()["error"]["code"]) for reply in (unfit, foreign, in_presale)]
    assert told == [(422, "voucher_unfit"), (404, "voucher_not_found"), (422, "voucher_unfit")]
    assert house.app.store.read(sell.orders_page) == ()
    assert all(one["is_usable"] for one in [*await mine(house, lin), *await mine(house, wu)])


async def test_order_placed_between_billing_and_entering_is_not_entered_over(house: House):
    lin = await house.person("lin")
    cart = sell.Cart(key="k", member=MemberId(lin.member), region="浙江", wanted=(sell.Wanted(SkuId(BUNTING), 3),))

    def work(tx: Tx) -> None:
        billed = offering.bill(tx, cart)
        assert isinstance(billed, sell.Bill)
        checkout.place(tx, [cart], pay_within=timedelta(minutes=30))
        offering.enter(tx, billed, offering.promises(tx, billed), pay_by=tx.now.plus(timedelta(minutes=30)))

    with pytest.raises(offers.AlreadyPlaced):
        await house.app.store.run(work, cause="test")

    assert house.app.store.read(sell.orders_page) == ()


async def test_same_key_is_the_same_order_and_a_second_order_needs_another_voucher(house: House):
    lin = await house.person("lin")
    voucher = await claimed(house, lin, await a_coupon(house))

    first = await order(house, lin, voucher, (BUNTING, 3))
    again = await order(house, lin, voucher, (BUNTING, 3))
    second = await order(house, lin, voucher, (BUNTING, 3), key="v-2")

    assert again.json() == first.json()
    assert (second.status_code, second.json()["error"]["code"]) == (422, "voucher_unfit")
    assert len(house.app.store.read(sell.orders_page)) == 1


@pytest.mark.parametrize("how", ["cancelled", "lapsed"])
async def test_voucher_of_an_order_that_came_to_nothing_is_used_again(house: House, how: str):
    lin = await house.person("lin")
    voucher = await claimed(house, lin, await a_coupon(house))
    first = (await order(house, lin, voucher, (BUNTING, 3))).json()["order"]

    if how == "cancelled":
        await house.ask("POST", f"/api/store/orders/{first}/cancel", who=lin)
    await house.after(minutes=31)
    second = await order(house, lin, voucher, (BUNTING, 3), key="v-2")

    assert second.status_code == 201
    assert [one["order"] for one in await mine(house, lin)] == [second.json()["order"]]
    assert house.restless() == []


@pytest.mark.parametrize("comes_back", [True, False])
async def test_full_refund_gives_the_voucher_back_by_rule(house: House, *, comes_back: bool):
    lin = await house.person("lin")
    voucher = await claimed(house, lin, await a_coupon(house, returns_on_refund=comes_back))
    paid = await bought(house, lin, voucher, (BUNTING, 3))

    await house.app.store.run(lambda tx: sell.start_refund(tx, sell.order_of_trade(paid.id), why="buyer"), cause="test")
    await house.after(minutes=2)

    assert (await house.in_wechat(paid))["refunded_fen"] == paid.placed["total_fen"]
    assert [one["is_usable"] for one in await mine(house, lin)] == [comes_back]
    assert house.restless() == []


async def test_units_asked_back_one_by_one_return_what_was_paid_and_at_last_the_voucher(house: House):
    lin = await house.person("lin")
    voucher = await claimed(house, lin, await a_coupon(house, off_fen=500))
    paid = await bought(house, lin, voucher, (BUNTING, 3))
    await house.until(FIRST_DAY.at(12))
    await house.carry(lin, paid, PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED)

    given, usable = [], []
    for key in ("a", "b", "c"):
        body = {"key": key, "kind": "refund_only", "reason": "damaged", "items": [{"line": 1, "qty": 1}]}
        case = (await house.ask("POST", f"/api/store/orders/{paid.id}/aftersales", who=lin, json=body)).json()
        await house.ask("POST", f"/api/console/aftersales/{case['case']}/approve", json={"answer": ""})
        await house.after(minutes=2)
        given.append(case["amount_fen"])
        usable += [one["is_usable"] for one in await mine(house, lin)]

    total_fen = paid.placed["total_fen"]
    assert sum(given) == total_fen
    assert max(given) - min(given) <= 1
    assert (await house.in_wechat(paid))["refunded_fen"] == total_fen
    assert usable == [False, False, True]
    assert house.restless() == []


@pytest.mark.parametrize(
    ("code", "differs"),
    [
        ("unknown_scope", {"scope": {"skus": ["none"]}}),
        ("unknown_scope", {"scope": {"categories": ["不存在"]}}),
        ("unknown_scope", {"scope": {"campaigns": ["cmp_none"]}}),
        ("one_discount_only", {"off_bp": 100}),
        ("one_discount_only", {"off_fen": None}),
        ("bad_coupon", {"until_ms": 0}),
        ("bad_body", {"off_fen": -1}),
    ],
)
async def test_coupon_that_cannot_be_is_not_offered(house: House, code: str, differs: dict[str, Any]):
    body = {"name": {"zh": "券", "en": "Coupon"}, "off_fen": 500, "from_ms": 0, "total_qty": 1}

    reply = await house.ask("POST", "/api/console/coupons", json={**body, "until_ms": LAST_DAY.at(0).ms, **differs})

    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)
    assert (await house.ask("GET", "/api/console/coupons")).json()["rows"] == []


async def test_console_shows_how_a_coupon_does_and_stops_it(house: House):
    lin, wu = await house.person("lin"), await house.person("wu")
    coupon = await a_coupon(house, is_claimable=False)

    refused = await house.ask("POST", f"/api/store/coupons/{coupon}/claim", who=lin)
    issued = await house.ask(
        "POST", f"/api/console/coupons/{coupon}/issue", json={"members": [lin.member, wu.member, "mem_none"]}
    )
    again = await house.ask("POST", f"/api/console/coupons/{coupon}/issue", json={"members": [lin.member]})
    [hers] = await mine(house, lin)
    await bought(house, lin, hers["voucher"], (BUNTING, 3))
    await house.ask("POST", f"/api/console/coupons/{coupon}/stop")

    [row] = (await house.ask("GET", "/api/console/coupons")).json()["rows"]
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "coupon_not_given")
    assert (sorted(issued.json()["members"]), again.json()["members"]) == (sorted([lin.member, wu.member]), [])
    assert (row["status"], row["given_qty"], row["used_qty"], row["discount_fen"]) == ("stopped", 2, 1, 500)
    assert (await house.ask("GET", "/api/store/coupons")).json()["coupons"] == []
