"""A person works the shelves in a real browser: sends goods to a shop, counts what is there, takes a delivery in."""

import re

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from test_console import GRAVE, open_page

from conftest import TEAPOT, Shop

pytestmark = pytest.mark.xdist_group("e2e")

PLACE = {"kind": "shop", "name_zh": "静安店", "name_en": "Jing'an", "region": "上海"}
UNWRITTEN = re.compile(r"\b(slips|col|supply)\.[a-z]")


def stocked(shop: Shop) -> tuple[str, int]:
    """A SKU of which the main warehouse has free units, and how many stand there."""
    for sku in shop.see("stock/skus")["skus"]:
        for shelf in shop.see(f"shelves/{sku}")["shelves"]:
            if shelf["location"] == "main" and shelf["free"] >= 10:
                return sku, shelf["on_hand"]
    raise AssertionError("nothing is in stock")


def on_hand(shop: Shop, sku: str) -> dict[str, int]:
    return {it["location"]: it["on_hand"] for it in shop.see(f"shelves/{sku}")["shelves"] if it["on_hand"]}


def part(page: Page, name: str) -> Locator:
    return page.locator(f'[data-test="{name}"]')


def fill(form: Locator, **fields: str) -> None:
    for name, value in fields.items():
        field = form.locator(f'[name="{name.replace("_", "-")}"]')
        if field.evaluate("it => it.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


@pytest.fixture
def jingan(shop: Shop) -> str:
    """A shop beside the main warehouse."""
    httpx.put(f"{shop.url}/api/console/stock/places/jingan", json=PLACE, timeout=30).raise_for_status()
    return "jingan"


def test_goods_sent_to_a_shop_are_in_transit_until_somebody_says_they_are_there(page: Page, shop: Shop, jingan: str):
    sku, before = stocked(shop)
    there = on_hand(shop, sku).get(jingan, 0)
    open_page(page, shop, "/supply?tab=shelves")

    part(page, "hand-send").click()
    form = part(page, "slip-form")
    fill(form, destination=jingan, sku_0=sku, qty_0="4")
    form.get_by_role("button", name="登记").click()
    expect(page.get_by_role("status").filter(has_text="已登记。")).to_be_visible()
    on_the_road = on_hand(shop, sku)
    page.locator('[data-test^="arrive-"]').first.click()
    expect(page.locator('[data-test^="arrive-"]')).to_have_count(0)

    assert (on_the_road["main"], on_the_road["transit"]) == (before - 4, 4)
    assert on_hand(shop, sku)[jingan] == there + 4
    assert "transit" not in on_hand(shop, sku)
    assert [row["kind"] for row in shop.see("stock/slips")["rows"][:2]] == ["arrive", "send"]


def test_a_blind_count_shows_the_difference_only_afterwards(page: Page, shop: Shop):
    sku, before = stocked(shop)
    open_page(page, shop, "/supply?tab=shelves")

    part(page, "hand-count").click()
    form = part(page, "slip-form")
    expect(form).not_to_contain_text(str(before))
    fill(form, sku_0=sku, qty_0=str(before - 2), reason="年中盘点")
    form.get_by_role("button", name="登记").click()

    told = part(page, "counted").locator("tbody tr")
    expect(told).to_contain_text("-2")
    assert on_hand(shop, sku)["main"] == before - 2
    [slip] = [slip for slip in shop.see("stock/slips")["rows"] if slip["kind"] == "count"]
    assert [(line["sku"], line["qty"]) for line in slip["lines"]] == [(sku, before - 2)]


def test_a_refusal_is_read_beside_the_form_and_the_form_stays(page: Page, shop: Shop, jingan: str):
    sku, before = stocked(shop)
    answers = []

    def as_a_teapot(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.status)
        route.fulfill(response=answer, status=int(TEAPOT))

    page.route("**/stock/transfers", as_a_teapot)
    open_page(page, shop, "/supply?tab=shelves", lang="en")

    part(page, "hand-send").click()
    form = part(page, "slip-form")
    fill(form, destination=jingan, sku_0=sku, qty_0=str(before + 1))
    form.get_by_role("button", name="Enter").click()

    expect(form.get_by_role("alert")).to_contain_text("are there and not held")
    assert answers == [409]
    assert on_hand(shop, sku)["main"] == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_is_written_in_both_languages_and_can_be_used_by_everyone(page: Page, shop: Shop, lang: str):
    open_page(page, shop, "/supply?tab=shelves", lang=lang)

    for hand in ("send", "count", "quarantine", "clear", "adjust", "receive", "take_back", "place"):
        part(page, f"hand-{hand}").click()
        assert not UNWRITTEN.search(page.locator("main").inner_text())
    faults = [it for it in Axe().run(page).response["violations"] if it["impact"] in GRAVE]

    assert faults == []


def test_a_delivery_is_taken_in_from_the_list_of_purchases(page: Page, shop: Shop):
    purchase = next(row for row in shop.see("purchases")["rows"] if row["status"] != "received" and row["qty"] > 3)
    open_page(page, shop, "/supply?tab=purchases")

    part(page, f"receive-{purchase['id']}").click()
    form = part(page, "receipt-form")
    fill(form, qty="2", rejected="1", lot="L-9", day="2031-01-01", key=f"note-{purchase['id'][-8:]}")
    form.get_by_role("button", name="登记").click()
    expect(form).to_have_count(0)

    now = next(row for row in shop.see("purchases")["rows"] if row["id"] == purchase["id"])
    assert now["received_qty"] == purchase["received_qty"] + 2
