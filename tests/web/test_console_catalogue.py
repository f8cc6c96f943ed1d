"""The catalogue in the console: read whole, changed by who read it last, brought in as a table after a rehearsal."""

import csv
import io
import tempfile
from typing import Any

import openpyxl
import pytest
from test_tailored import BAG_PRODUCT, a_bag, submit

from house import BUNTING, CAKESTAND, House
from roulian import sell, tailor
from roulian.flows import tailoring

pytestmark = pytest.mark.anyio

DOOR = "/api/console/catalogue"
TABLE = "product,name,sku,price\ncup,杯,cup,18.70\nbunting,,47566,-1\n".encode()


def a_form(version: int = 0, **more: Any) -> dict[str, Any]:
    sizes = [{"id": "s", "name_zh": "小"}, {"id": "l", "name_zh": "大"}]
    skus = [
        {"sku": f"shirt_{size}", "price_fen": 9_900, "options": {"size": size}, "least_qty": 2, "regions": ["浙江"]}
        for size in ("l", "s")
    ]
    groups = [{"id": "size", "name_zh": "尺码", "values": sizes}]
    return {"version": version, "name_zh": "衬衫", "category": "服装/上衣", "groups": groups, "skus": skus} | more


async def test_a_product_is_entered_read_and_shown_to_shoppers(house: House):
    entered = await house.ask("PUT", f"{DOOR}/shirt", json=a_form())
    read = await house.ask("GET", f"{DOOR}/shirt")
    listed = (await house.ask("GET", DOOR)).json()
    shown = (await house.ask("GET", "/api/store/catalogue/shirt", params={"size": "l"})).json()
    elsewhere = (await house.ask("GET", "/api/store/products", params={"region": "上海"})).json()

    assert entered.status_code == 200, entered.text
    assert entered.json() == read.json()
    assert (read.json()["version"], read.json()["skus"][0]["options"]) == (1, {"size": "l"})
    assert {"path": "服装/上衣", "products": 1} in listed["categories"]
    assert next(row for row in listed["rows"] if row["product"] == "shirt")["least_price_fen"] == 9_900
    assert [offer["options"] for offer in shown["skus"]] == [{"size": "l"}, {"size": "s"}]
    assert shown["chosen"] == {"sku": "shirt_l", "promise": None}
    assert "cost_fen" not in str(shown)
    assert "shirt_l" not in {card["sku"] for card in elsewhere["products"]}


async def test_a_combination_that_does_not_exist_is_refused_and_those_there_are_told(house: House):
    await house.ask("PUT", f"{DOOR}/shirt", json=a_form())

    no = await house.ask("GET", "/api/store/catalogue/shirt", params={"size": "xxl"})

    assert (no.status_code, no.json()["error"]["code"]) == (422, "no_such_combination")
    assert "size=l" in no.json()["error"]["message"]


async def test_a_change_of_an_older_version_is_refused(house: House):
    await house.ask("PUT", f"{DOOR}/shirt", json=a_form())
    await house.ask("PUT", f"{DOOR}/shirt", json=a_form(1, name_zh="长袖衬衫"))

    late = await house.ask("PUT", f"{DOOR}/shirt", json=a_form(1, name_zh="短袖衬衫"))

    assert (late.status_code, late.json()["error"]["code"]) == (409, "entry_changed")
    assert (await house.ask("GET", f"{DOOR}/shirt")).json()["name_zh"] == "长袖衬衫"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (a_form(name_zh=""), "bad_entry"),
        (a_form(skus=[{"sku": "a", "price_fen": -1, "options": {"size": "s"}}]), "bad_entry"),
        (a_form(skus=[{"sku": "a", "price_fen": 1, "options": {"size": "xxl"}}]), "bad_entry"),
        (a_form(skus=[{"sku": BUNTING, "price_fen": 1, "options": {"size": "s"}}]), "bad_entry"),
        (a_form(skus=[{"sku": "a", "price_fen": 1.5}]), "bad_body"),
        (a_form(skus=[{"sku": "a", "price_fen": 1, "least_qty": 0}]), "bad_body"),
        (a_form(skus=[{"sku": "a", "price_fen": 10**40, "options": {"size": "s"}}]), "bad_entry"),
        (a_form(surprise=1), "bad_body"),
    ],
)
async def test_what_cannot_be_sold_is_refused_and_changes_nothing(house: House, form: Any, code: str):
    no = await house.ask("PUT", f"{DOOR}/shirt", json=form)

    assert (no.status_code, no.json()["error"]["code"]) == (422, code)
    assert (await house.ask("GET", f"{DOOR}/shirt")).status_code == 404


async def test_a_table_is_rehearsed_and_then_brought_in(house: House):
    price = house.app.store.read(sell.skus)[sell.Sku(BUNTING, sell.ProductId("bunting"), 1).id].price_fen

    rehearsed = await house.ask("POST", "/api/console/catalogue-imports/rehearsal", content=TABLE)
    before = await house.ask("GET", f"{DOOR}/cup")
    done = await house.ask("POST", "/api/console/catalogue-imports", content=TABLE)

    assert rehearsed.status_code == 200, rehearsed.text
    assert rehearsed.json() == done.json()
    assert [(row["row"], row["change"], row["code"]) for row in done.json()["rows"]] == [
        (2, "created", None),
        (3, None, "not_sellable"),
    ]
    assert (before.status_code, (await house.ask("GET", f"{DOOR}/cup")).json()["skus"][0]["price_fen"]) == (404, 1_870)
    assert (await house.ask("GET", f"{DOOR}/bunting")).json()["skus"][0]["price_fen"] == price


async def test_a_workbook_is_brought_in_as_a_csv_is(house: House):
    rows = list(csv.reader(io.StringIO(TABLE.decode())))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    from_csv = await house.ask("POST", "/api/console/catalogue-imports/rehearsal", content=TABLE)
    from_excel = await house.ask("POST", "/api/console/catalogue-imports/rehearsal", content=file.getvalue())

    assert (from_excel.status_code, from_excel.json()) == (200, from_csv.json())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_catalogue_goes_out_as_a_table_and_comes_back_unchanged(house: House, kind: str):
    table = await house.ask("GET", f"/api/console/catalogue-export?file={kind}")
    back = await house.ask("POST", "/api/console/catalogue-imports/rehearsal", content=table.content)

    assert table.headers["content-disposition"] == f'attachment; filename="catalogue.{kind}"'
    listed = (await house.ask("GET", DOOR)).json()["rows"]
    assert {row["product"] for row in back.json()["rows"]} == {row["product"] for row in listed}
    assert {row["change"] for row in back.json()["rows"]} == {"same"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "not_a_table"),
        (b"a,b\n1,2\n", 422, "missing_offer_columns"),
        (b"PK\x03\x04 no workbook", 422, "unknown_format"),
        (b"product,sku\n\xff\xff\xff,1\n", 422, "unknown_encoding"),
        (b"x" * (10 << 20) + b"x", 413, "file_too_large"),
    ],
)
async def test_what_is_no_table_is_refused(house: House, body: bytes, status: int, code: str):
    no = await house.ask("POST", "/api/console/catalogue-imports", content=body)

    assert (no.status_code, no.json()["error"]["code"]) == (status, code)
    assert tempfile.gettempdir() not in no.text


async def test_an_edited_product_outlives_a_restart(house: House):
    shown = (await house.ask("GET", f"{DOOR}/cakestand")).json()
    form = {key: value for key, value in shown.items() if key not in {"product", "is_tailored"}}
    form["skus"][0]["price_fen"] = 1
    assert (await house.ask("PUT", f"{DOOR}/cakestand", json=form)).status_code == 200

    await house.app.store.run(lambda tx: _load_again(tx, house), cause="test")

    assert house.app.store.read(sell.skus)[sell.Sku(CAKESTAND, sell.ProductId("cakestand"), 1).id].price_fen == 1


def _load_again(tx: Any, house: House) -> None:
    from roulian.app.brand import load, read_brand

    load(tx, read_brand(house.settings.brand))


async def test_a_person_judges_what_wechat_is_unsure_of(house: House):
    await house.app.store.run(lambda tx: tailoring.draw(tx, a_bag()), cause="test")
    lin = await house.person("lin")
    await submit(house, lin, "加微信领红包")
    await submit(house, lin, "加微信领红包", key="2")
    [second, first] = (await house.ask("GET", "/api/console/tailored/requests?standing=held")).json()["rows"]

    door = "/api/console/tailored/requests/{}/judgement"
    passed = await house.ask("POST", door.format(first["request"]), json={"passes": True})
    refused = await house.ask("POST", door.format(second["request"]), json={"passes": False})
    again = await house.ask("POST", door.format(second["request"]), json={"passes": True})

    assert (passed.json()["standing"], refused.json()["standing"]) == ("cleared", "refused")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_held")
    assert first["product"] == BAG_PRODUCT
    assert house.app.store.read(lambda tx: tailor.requests_page(tx, standing=tailor.Standing.HELD)) == ()
    assert (await house.order(lin, first["request"])).id
