"""Made to measure at the shopper's doors: quoted, submitted, judged by content security, ordered, made."""

from dataclasses import replace
from typing import Any

import pytest

from house import House, Person
from roulian import make, sell, tailor
from roulian.flows import tailoring
from roulian.words import SkuId
from tailor_builders import a_design

pytestmark = pytest.mark.anyio

BAG_PRODUCT = "jumbo-bag"
CLOTH = SkuId("mat_cloth")
WISH = {"options": {"fabric": "cotton", "cut": "regular"}, "measures_cm": {"chest": 100}}
DOOR = f"/api/store/tailored/{BAG_PRODUCT}"


def a_bag() -> tailor.Design:
    """The tests' design, of the one material and the one line the small brand has."""
    plain = a_design(BAG_PRODUCT, line="line_sewing")
    cloth = (tailor.Material(CLOTH, 3),)
    return replace(
        plain,
        materials=cloth,
        groups=tuple(
            replace(group, values=tuple(replace(value, materials=()) for value in group.values))
            for group in plain.groups
        ),
        measures=(replace(plain.measures[0], bands=(tailor.Band(1_150, 3_000),)),),
        letterings=(replace(plain.letterings[0], materials=(), steps=()),),
    )


async def a_tailor(house: House) -> Person:
    """The shop makes bags to measure, and Lin looks in."""
    await house.app.store.run(lambda tx: tailoring.draw(tx, a_bag()), cause="test")
    return await house.person("lin")


async def submit(house: House, who: Person, text: str = "", *, key: str = "1") -> Any:
    wish = {**WISH, "texts": {"monogram": text} if text else {}}
    return await house.ask("POST", f"{DOOR}/requests", who=who, json={"key": key, "wish": wish})


def requests(house: House) -> tuple[tailor.Request, ...]:
    return house.app.store.read(tailor.requests_page)


async def test_a_quote_names_price_date_and_what_binds(house: House):
    await a_tailor(house)

    told = (await house.ask("POST", f"{DOOR}/quote", json={**WISH, "texts": {"monogram": "LX"}})).json()
    shown = (await house.ask("GET", DOOR)).json()

    assert told["price_fen"] == 39_900 + 2 * 500
    assert (told["binding"]["limit"], told["binding"]["what"]) == ("material", CLOTH)
    assert CLOTH in told["binding"]["reason"]
    assert told["promise"]["day"] > "2026-06-03"
    assert shown["measures"][0]["least_cm"] == 80
    assert [group["id"] for group in shown["groups"]] == ["fabric", "cut", "pocket"]
    assert requests(house) == ()


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({**WISH, "options": {"fabric": "silk", "cut": "slim"}}, 422, "unknown_choice"),
        ({**WISH, "options": {"fabric": "linen", "cut": "slim"}}, 422, "choices_conflict"),
        ({**WISH, "options": {}}, 422, "choice_missing"),
        ({**WISH, "measures_cm": {"chest": 20}}, 422, "measure_out_of_range"),
        ({**WISH, "measures_cm": {"chest": -20}}, 422, "bad_body"),
        ({**WISH, "measures_cm": {"chest": 1e308}}, 422, "bad_body"),
        ({**WISH, "texts": {"monogram": "x" * 300}}, 422, "bad_body"),
        ({**WISH, "texts": {"monogram": "\u0000"}}, 422, "unreadable_text"),
        ({**WISH, "price_fen": 1}, 422, "bad_body"),
    ],
)
async def test_what_cannot_be_made_is_refused_at_the_door(house: House, wish: Any, status: int, code: str):
    lin = await a_tailor(house)

    quoted = await house.ask("POST", f"{DOOR}/quote", json=wish)
    sent = await house.ask("POST", f"{DOOR}/requests", who=lin, json={"key": "1", "wish": wish})

    for reply in (quoted, sent):
        assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert requests(house) == ()


async def test_a_product_without_a_design_is_not_made_to_measure(house: House):
    reply = await house.ask("POST", "/api/store/tailored/bunting/quote", json=WISH)

    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_tailored")


async def test_a_piece_is_ordered_paid_made_and_shipped_for_its_owner_alone(house: House):
    lin = await a_tailor(house)
    wang = await house.person("wang")
    quoted = (await house.ask("POST", f"{DOOR}/quote", json=WISH)).json()

    piece = await submit(house, lin)
    sku = piece.json()["sku"]
    bought = await house.order(lin, sku)
    theirs = await house.ask(
        "POST", "/api/store/orders", who=wang, json={"key": "1", "region": "浙江", "lines": [{"sku": sku, "qty": 1}]}
    )
    await house.pay(lin, bought)
    await house.settle()

    assert (piece.status_code, piece.json()["price_fen"]) == (201, quoted["price_fen"])
    page = await house.page(lin, bought)
    assert (page["total_fen"], page["promised_day"]) == (quoted["price_fen"], quoted["promise"]["day"])
    assert (theirs.status_code, theirs.json()["error"]["code"]) == (404, "unknown_sku")
    [work] = [one for one in house.app.store.read(make.open_work_orders) if one.sku == sku]
    assert (work.qty, work.line) == (1, "line_sewing")
    listed = (await house.ask("GET", "/api/store/products")).json()["products"]
    assert sku not in {card["sku"] for card in listed}


async def test_a_text_that_passes_is_orderable_at_once(house: House):
    lin = await a_tailor(house)

    piece = await submit(house, lin, "林家")

    assert (piece.status_code, piece.json()["standing"]) == (201, "cleared")
    assert (await house.order(lin, piece.json()["sku"])).id


async def test_refused_words_are_a_refusal_and_make_nothing(house: House):
    lin = await a_tailor(house)

    piece = await submit(house, lin, "赌博")

    assert (piece.status_code, piece.json()["error"]["code"]) == (422, "text_refused")
    [request] = requests(house)
    assert (request.standing, request.why) == (tailor.Standing.REFUSED, "20006")
    assert request.sku() not in house.app.store.read(lambda tx: sell.skus(tx, [request.sku()]))


async def test_words_wechat_is_unsure_of_wait_for_a_person(house: House):
    lin, wang = await a_tailor(house), await house.person("wang")

    held = await submit(house, lin, "加微信领红包")
    await house.after(minutes=5)

    assert (held.status_code, held.json()["standing"], held.json()["sku"]) == (202, "held", None)
    [request] = requests(house)
    assert request.standing is tailor.Standing.HELD
    mine = await house.ask("GET", f"/api/store/tailored/requests/{request.id}", who=lin)
    theirs = await house.ask("GET", f"/api/store/tailored/requests/{request.id}", who=wang)
    assert (mine.json()["standing"], theirs.json()["error"]["code"]) == ("held", "request_not_found")


async def test_a_person_sees_their_own_piece_in_what_is_held_of_them_while_its_text_waits(house: House):
    lin, wang = await a_tailor(house), await house.person("wang")
    await submit(house, lin, "加微信领红包")

    mine = (await house.ask("POST", f"/api/console/members/{lin.member}/export")).json()
    theirs = (await house.ask("POST", f"/api/console/members/{wang.member}/export")).json()

    [piece] = [one["fields"] for one in mine if one["what"] == "made_to_measure"]
    assert (piece["standing"], piece["texts"]) == ("held", "加微信领红包")
    assert piece["measures"]
    assert "made_to_measure" not in {one["what"] for one in theirs}


async def test_a_silent_wechat_loses_no_request(house: House):
    lin = await a_tailor(house)
    await house.fault("errcode", path="/wxa/msg_sec_check", errcode=-1, times=1)

    held = await submit(house, lin, "林家")
    again = await submit(house, lin, "林家", key="2")
    await house.after(minutes=5)

    assert (held.status_code, held.json()["standing"]) == (202, "held")
    assert again.status_code == 201
    assert {request.standing for request in requests(house)} == {tailor.Standing.CLEARED}
    assert len(await house.calls("/wxa/msg_sec_check")) == 3


async def test_the_same_key_is_the_same_piece(house: House):
    lin = await a_tailor(house)

    first, again = await submit(house, lin, "林家"), await submit(house, lin, "林家")

    assert first.json() == again.json()
    assert len(requests(house)) == 1
