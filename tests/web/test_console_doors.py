"""The console's doors: every number opens its rows, every event its causes and effects, every order is one truth."""

from typing import Any

import pytest

from house import BAG, BUNTING, CAKESTAND, PICKED_UP, Bought, House, Person
from roulian.tell import Scenario

pytestmark = pytest.mark.anyio

ON_SHELF = 6
LATE_DAY = "2026-06-09"


async def see(house: House, path: str, /, **query: Any) -> Any:
    """What the console answers."""
    reply = await house.shop.get(f"/api/console/{path}", params=query)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def numbers(house: House) -> dict[str, Any]:
    ring = await see(house, "ring")
    return {number["key"]: number for stage in ring["stages"] for number in stage["numbers"]}


async def rows_of(house: House, key: str) -> list[dict[str, Any]]:
    table = await see(house, f"numbers/{key}")
    keys = [column["key"] for column in table["columns"]]
    return [dict(zip(keys, row, strict=True)) for row in table["rows"]]


async def a_wait(house: House) -> tuple[Person, Bought]:
    """The shelf of cake stands is sold out to one buyer, and the next one waits for the purchase."""
    await house.buy(await house.person("wholesaler"), CAKESTAND, ON_SHELF)
    chen = await house.person("chen", accepts=[Scenario.DELAY])
    return chen, await house.buy(chen, CAKESTAND, 3)


async def a_delay(house: House) -> Bought:
    """The supplier replies late while somebody waits."""
    _, bought = await a_wait(house)
    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, LATE_DAY)
    return bought


async def test_every_number_opens_exactly_the_rows_it_counts(house: House):
    await a_delay(house)
    counted = {
        "predict.forecasts",
        "decide.open",
        "make.purchases",
        "make.late",
        "make.works",
        "deliver.moving",
        "deliver.delivered",
        "tell.sent",
        "tell.queued",
        "tell.failed",
        "sell.paid",
        "sell.waiting",
        "sell.campaigns",
        "stock.below",
    }

    shown = await numbers(house)

    assert {key: len(await rows_of(house, key)) for key in counted} == {key: shown[key]["value"] for key in counted}
    for key in shown.keys() - counted:
        assert (await see(house, f"numbers/{key}"))["key"] == key


async def test_sums_of_the_ring_are_the_sums_of_their_rows(house: House):
    lin = await house.person("lin")
    await house.buy(lin, BUNTING, 3)
    await house.buy(lin, BUNTING, 2)

    shown = await numbers(house)

    assert shown["sell.revenue"]["value"] == sum(row["total_fen"] for row in await rows_of(house, "sell.revenue"))
    assert shown["stock.free"]["value"] == sum(max(0, row["free"]) for row in await rows_of(house, "stock.free"))
    assert shown["sell.revenue"]["value"] == 5 * 4460
    assert shown["sell.paid"]["value"] == 2


async def test_unpaid_order_is_no_revenue(house: House):
    await house.order(await house.person("lin"), BUNTING)

    assert (await numbers(house))["sell.revenue"]["value"] == 0
    assert await rows_of(house, "sell.revenue") == []


@pytest.mark.parametrize(("lang", "word"), [("zh-CN", "没有找到"), ("en", "Not found")])
async def test_unknown_number_is_refused_in_the_readers_language(house: House, lang: str, word: str):
    reply = await house.shop.get("/api/console/numbers/sense.dreams", headers={"accept-language": lang})

    assert reply.status_code == 404
    assert word in reply.json()["error"]["message"]


async def test_supplier_delay_shows_whom_it_hit_and_who_was_told(house: House):
    await a_delay(house)

    feed = (await see(house, "events"))["rows"]
    [delay] = [event for event in feed if event["kind"] == "make.SupplierDelayed" and event["effects"]["orders"]]

    assert delay["facts"]["now_day"] == LATE_DAY
    assert delay["facts"]["was_day"] < LATE_DAY
    assert delay["names"][delay["facts"]["supplier"]] == {"zh": "一号供应商", "en": "Supplier One"}
    assert delay["names"][CAKESTAND]["zh"].startswith("三层蛋糕架")
    assert (delay["effects"]["orders"], delay["effects"]["members"]) == (1, 1)


async def test_tree_of_a_delay_runs_from_the_suppliers_reply_to_the_buyers_message(house: House):
    bought = await a_delay(house)
    feed = (await see(house, "events"))["rows"]
    [delay] = [event for event in feed if event["kind"] == "make.SupplierDelayed" and event["effects"]["orders"]]

    tree = await see(house, f"events/{delay['id']}")

    assert [node["kind"] for node in tree["chain"]] == ["partner.reply"]
    assert tree["root"]["handlers"] == ["shortage.move_promises", "shortage.move_work"]
    [moved] = [node for node in tree["root"]["children"] if node["kind"] == "sell.PromiseMoved"]
    [sending] = [node for node in moved["children"] if node["what"] == "job"]
    [told] = sending["children"]
    assert moved["facts"]["order"] == bought.id
    assert sending["kind"].startswith("tell.send ")
    assert (told["kind"], told["facts"]["scenario"]) == ("tell.NoticeSent", "delay")


async def test_message_knows_why_it_was_sent_all_the_way_up(house: House):
    await a_delay(house)
    events = (await see(house, "events", news=False))["rows"]
    told = next(e for e in events if e["kind"] == "tell.NoticeSent" and e["facts"]["scenario"] == "delay")

    chain = (await see(house, f"events/{told['id']}"))["chain"]

    assert [node["kind"].split(" ")[0] for node in chain] == [
        "partner.reply",
        "make.SupplierDelayed",
        "sell.PromiseMoved",
        "tell.send",
    ]


async def test_event_nobody_said_is_not_found(house: House):
    assert (await house.shop.get("/api/console/events/evt_none")).status_code == 404


async def test_news_leaves_everyday_events_out_and_all_brings_them_in(house: House):
    await house.buy(await house.person("lin"), BUNTING)

    news = {event["kind"] for event in (await see(house, "events"))["rows"]}
    everything = {event["kind"] for event in (await see(house, "events", news=False))["rows"]}

    assert "sell.OrderPaid" not in news
    assert "sell.OrderPaid" in everything


async def test_order_page_tells_one_truth_gathered_from_six_stages(house: House):
    bought = await a_delay(house)

    detail = await see(house, f"orders/{bought.id}")

    now, first = detail["promises"]
    assert detail["order"]["status"] == "paid"
    assert detail["order"]["promised_day"] == now["day"] == "2026-06-10"
    assert detail["order"]["was_day"] == first["day"]
    assert (now["is_current"], first["is_current"]) == (True, False)
    assert LATE_DAY in now["reason"]["zh"]
    assert LATE_DAY in now["reason"]["en"]
    assert [(claim["qty"], claim["status"]) for claim in detail["claims"]] == [(3, "waiting")]
    assert {notice["scenario"] for notice in detail["notices"]} == {"order_paid", "delay"}
    assert detail["parcels"] == []
    assert detail["names"][CAKESTAND]["en"].startswith("Regency Cakestand")


async def test_shipped_order_shows_its_parcel_and_its_way(house: House):
    lin = await house.person("lin")
    bought = await house.buy(lin, BUNTING)
    await house.after(days=1)
    await house.carry(lin, bought, PICKED_UP)

    detail = await see(house, f"orders/{bought.id}")

    assert detail["order"]["status"] == "shipped"
    assert [step["code"] for step in detail["parcels"][0]["path"]] == [PICKED_UP]
    assert [claim["status"] for claim in detail["claims"]] == ["done"]


async def test_pages_of_orders_show_every_order_once(house: House):
    lin = await house.person("lin")
    placed = [(await house.buy(lin, BUNTING)).id for _ in range(5)]

    seen: list[str] = []
    before: str | None = None
    while True:
        page = await see(house, "orders", limit=2, **({"before": before} if before else {}))
        seen += [order["id"] for order in page["rows"]]
        before = page["next"]
        if before is None:
            break

    assert seen == sorted(placed, reverse=True)


async def test_orders_are_found_by_status_product_member_and_presale(house: House):
    lin, chen = await house.person("lin"), await house.person("chen")
    flag = await house.buy(lin, BUNTING)
    unpaid = await house.order(chen, BUNTING)
    presale = (await house.campaign())["campaign"]
    bag = await house.buy(chen, BAG, 2, campaign=presale)

    async def found(**filters: str) -> set[str]:
        return {order["id"] for order in (await see(house, "orders", **filters))["rows"]}

    assert await found(status="placed") == {unpaid.id}
    assert await found(sku=BAG) == {bag.id}
    assert await found(member=lin.member) == {flag.id}
    assert await found(campaign=presale) == {bag.id}
    assert await found(member=chen.member, status="paid") == {bag.id}


async def test_presale_card_fills_with_paid_units_and_shows_its_work_order_once_the_lot_is_full(house: House):
    lin = await house.person("lin")
    presale = await house.campaign()
    await house.buy(lin, BAG, 2, campaign=presale["campaign"])
    [filling] = [card for card in (await see(house, "campaigns"))["rows"] if card["id"] == presale["campaign"]]

    await house.buy(lin, BAG, filling["missing_qty"], campaign=presale["campaign"])

    [full] = [card for card in (await see(house, "campaigns"))["rows"] if card["id"] == presale["campaign"]]
    [line] = (await see(house, "lines"))["rows"]
    assert (filling["paid_qty"], filling["lots_opened"], filling["works"]) == (2, 0, [])
    assert (full["status"], full["lots_opened"], full["orders"]) == ("reached", 1, 2)
    assert full["works"] == [work["id"] for work in line["works"]]
    assert sum(line["load"]) == line["works"][0]["qty"]


async def test_product_page_draws_what_was_sold_what_is_held_and_what_is_promised(house: House):
    before = (await see(house, f"products/{BUNTING}"))["product"]
    await house.buy(await house.person("lin"), BUNTING, 4)

    detail = await see(house, f"products/{BUNTING}")

    assert detail["demand"][-1] == 4
    assert detail["product"]["free"] == before["free"] - 4
    assert detail["stock"][-1] == detail["product"]["on_hand"]
    assert detail["promise"]["source"] == "stock"
    assert str(detail["product"]["free"]) in detail["promise"]["reason"]["zh"]
    assert sum(row["units"] for row in detail["regions"]) == sum(detail["demand"][-28:])
    assert all(a <= b <= c for a, b, c in zip(*(detail["forecast"][k] for k in ("low", "mid", "high")), strict=True))


async def test_unknown_product_is_not_found(house: House):
    assert (await house.shop.get("/api/console/products/nothing")).status_code == 404


async def test_crossing_of_the_safety_line_opens_the_event_that_said_it(house: House):
    lin = await house.person("lin")
    for _ in range(4):
        await house.buy(lin, BUNTING, 25)

    [crossing] = (await see(house, f"products/{BUNTING}"))["crossings"]
    tree = await see(house, f"events/{crossing['event']}")

    assert crossing["free"] < crossing["safety"]
    assert tree["root"]["handlers"] == ["shortage.replenish"]


async def test_proposals_say_why_and_purchases_how_late(house: House):
    await a_delay(house)

    proposals = (await see(house, "proposals", sku=CAKESTAND))["rows"]
    late = (await see(house, "purchases", status="late"))["rows"]

    assert all(proposal["reason"]["zh"] and proposal["reason"]["en"] for proposal in proposals)
    assert late
    assert {purchase["promised_day"] for purchase in late} == {LATE_DAY}
    assert all(purchase["late_days"] > 0 for purchase in late)
    assert (await see(house, "purchases", status="late", supplier="sup_nobody"))["rows"] == []


async def test_notice_shows_every_door_it_may_use_and_what_each_answered(house: House):
    await a_wait(house)
    await house.person("wholesaler")
    for purchase in await house.purchases(CAKESTAND):
        await house.reply(purchase, LATE_DAY)

    [notice] = (await see(house, "notices", scenario="delay"))["rows"]
    ledger = await see(house, f"members/{notice['member']}/ledger")

    assert notice["chain"] == ["subscribe", "user_notify", "customer_service", "template", "order_page"]
    assert [(answer["door"], answer["status"]) for answer in notice["attempts"]] == [("subscribe", "sent")]
    assert "2026-06-10" in notice["text"]["zh"]
    assert (await see(house, f"notices/{notice['id']}"))["rows"] == [notice]
    assert ledger["member"] == notice["member"]
    assert {quota["left"] for quota in ledger["quotas"]} == {0}


async def test_signals_are_counted_by_day_and_kind(house: House):
    lin = await house.person("lin")
    at_ms = house.clock.now().ms
    taps = [
        {"id": f"tap-{n}", "kind": kind, "sku": BUNTING, "article": None, "at_ms": at_ms}
        for n, kind in enumerate(("view", "view", "cart"))
    ]
    await house.ask("POST", "/api/store/signals", who=lin, json={"events": taps})
    await house.settle()

    days = await see(house, "signals/days")
    shown = await numbers(house)

    assert (days["series"]["view"][-1], days["series"]["cart"][-1]) == (2, 1)
    assert shown["sense.views"]["value"] == len(await rows_of(house, "sense.views")) == 2
    assert [row["kind"] for row in (await see(house, "signals", kind="cart"))["rows"]] == ["cart"]


async def test_sales_by_day_add_up_to_todays_revenue(house: House):
    await house.buy(await house.person("lin"), BUNTING, 2)

    days = await see(house, "sales/days", span_days=7)

    assert days["revenue_fen"] == [0] * 6 + [2 * 4460]
    assert (days["orders"][-1], days["units"][-1]) == (1, 2)


async def test_articles_and_accounts_of_the_brand_are_listed(house: House):
    accounts = await see(house, "accounts")
    articles = (await see(house, "articles"))["rows"]

    assert {account["kind"] for account in accounts} == {"mini_program", "subscription_account"}
    assert all(len(article["readers"]) == len(article["days"]) for article in articles)


async def test_unknown_order_is_refused_and_says_what_to_do(house: House):
    reply = await house.shop.get("/api/console/orders/ord_none")

    assert reply.status_code == 404
    assert reply.json()["error"]["message"]
