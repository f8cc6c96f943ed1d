"""The console in a real browser, against the real server: what a brand's people see, open and steer."""

import re

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from conftest import DAY_MS, Shop

pytestmark = pytest.mark.xdist_group("e2e")

PAGES = ("/", "/products", "/presales", "/supply", "/supply?tab=purchases", "/supply?tab=lines", "/orders", "/notices")
PAGES += ("/signals", "/jobs", "/nowhere")
HEADINGS = {
    "/products": ("商品", "Products"),
    "/presales": ("预售", "Presales"),
    "/supply": ("供应", "Supply"),
    "/orders": ("订单", "Orders"),
    "/notices": ("消息", "Notices"),
    "/signals": ("信号", "Signals"),
    "/jobs": ("任务", "Jobs"),
    "/accounts": ("账号", "Accounts"),
}
KEY = re.compile(
    r"\b(nav|col|number|ring|panel|tree|clock|products|presales|supply|orders|notices|signals|jobs|accounts|lost)\.[a-z]"
)
IDLE_MS = 3_500
GRAVE = ("serious", "critical")


def open_page(page: Page, shop: Shop, path: str, *, lang: str = "zh", theme: str = "light") -> None:
    page.add_init_script(
        f"localStorage.setItem('roulian.lang','{lang}');localStorage.setItem('roulian.theme','{theme}')"
    )
    page.goto(shop.url + path)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=15_000)


def number(page: Page, key: str) -> int:
    text = page.locator(f'[data-number="{key}"] b').inner_text()
    return int(text.replace(",", ""))


def test_ring_shows_its_eight_stations_with_the_numbers_the_server_counts(page: Page, shop: Shop):
    open_page(page, shop, "/")

    for stage in shop.see("ring")["stages"]:
        station = page.locator(f'[data-stage="{stage["stage"]}"]')
        expect(station.get_by_role("button")).to_have_count(len(stage["numbers"]))
    assert number(page, "make.late") == len(shop.see("numbers/make.late")["rows"]) > 0


def test_idle_page_speaks_to_no_other_host_and_logs_nothing(page: Page, shop: Shop):
    open_page(page, shop, "/")

    page.wait_for_timeout(IDLE_MS)

    expect(page.locator("[data-stage]")).to_have_count(8)


def test_ring_moves_when_time_is_stepped(page: Page, shop: Shop):
    open_page(page, shop, "/")
    before = page.locator("[data-test=clock]").inner_text()

    page.locator("[data-test=step-hour]").click()

    expect(page.locator("[data-test=clock]")).not_to_have_text(before, timeout=60_000)
    hour = (int(before[:2]) + 1) % 24
    expect(page.locator("[data-test=clock]")).to_have_text(re.compile(f"^{hour:02d}:"), timeout=60_000)


def test_pause_button_stops_and_starts_the_clock(page: Page, shop: Shop):
    open_page(page, shop, "/")

    page.locator("[data-test=pause]").click()
    expect(page.locator("[data-test=pause]")).to_have_text("暂停")
    running = shop.see("clock")
    page.locator("[data-test=pause]").click()
    expect(page.locator("[data-test=pause]")).to_have_text("继续")

    assert running["paused"] is False
    assert shop.see("clock")["paused"] is True


def test_number_opens_its_rows_and_a_row_opens_its_order(page: Page, shop: Shop):
    open_page(page, shop, "/")

    page.locator('[data-number="deliver.moving"]').click()
    panel = page.locator("[data-test=panel]")
    expect(panel.get_by_role("heading")).to_have_text("在途包裹")
    rows = shop.see("numbers/deliver.moving")["rows"]
    expect(panel.locator("tbody tr")).to_have_count(len(rows))
    panel.locator("tbody a").first.click()

    expect(page).to_have_url(re.compile(r"/orders/ord_"))
    expect(page.get_by_role("heading", name="承诺与它的历史")).to_be_visible()
    expect(panel).to_have_count(0)


def test_supplier_delay_opens_the_tree_of_its_causes_and_effects(page: Page, shop: Shop):
    open_page(page, shop, "/")
    delay = page.locator('li[data-kind="make.SupplierDelayed"]', has_text="德化白瓷玻璃").first
    more = page.get_by_role("button", name="更早的事件")
    while delay.count() == 0 and more.count() > 0:
        more.click()
        page.wait_for_timeout(300)
    expect(delay).to_contain_text("推迟到")

    delay.get_by_role("button").first.click()

    tree = page.locator("[data-test=tree]")
    expect(tree.locator('[data-what="request"]')).to_contain_text("供应商答复")
    expect(tree.locator('[data-kind="make.SupplierDelayed"]')).to_contain_text("德化白瓷玻璃")
    expect(tree).to_contain_text("随即:重新承诺")


def test_message_leads_back_to_what_caused_it(page: Page, shop: Shop):
    open_page(page, shop, "/")
    page.get_by_role("button", name="全部", exact=True).click()
    sent = page.locator('li[data-kind="tell.NoticeSent"]').first
    expect(sent).to_be_visible()

    sent.get_by_role("button").first.click()

    chain = page.locator("[data-test=tree] .chain > li")
    expect(chain.first).to_be_visible()
    assert chain.first.get_attribute("data-what") in {"request", "deadline"}
    assert chain.last.get_attribute("data-kind", timeout=1_000).startswith("tell.send")  # type: ignore[union-attr]


def test_panel_closes_with_escape_and_gives_the_page_back(page: Page, shop: Shop):
    open_page(page, shop, "/")
    page.locator('[data-number="sell.waiting"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=panel]")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("[data-test=panel]")).to_have_count(0)


def test_every_page_is_reached_from_the_rail_in_both_languages(page: Page, shop: Shop):
    open_page(page, shop, "/")
    for place, (zh, en) in enumerate(HEADINGS.values()):
        link = page.locator("nav a.place").nth(place + 1)

        link.click()

        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(zh)
        page.locator("[data-test=language]").click()
        expect(heading).to_have_text(en)
        page.locator("[data-test=language]").click()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_shows_a_key_instead_of_words(page: Page, shop: Shop, lang: str):
    for path in PAGES:
        open_page(page, shop, path, lang=lang)

        expect(page.locator("body")).not_to_contain_text(KEY)


def test_language_and_theme_are_kept_on_the_next_visit(page: Page, shop: Shop):
    page.goto(shop.url + "/products")
    page.locator("[data-test=language]").click()
    was_dark = "dark" in (page.locator("html").get_attribute("class") or "")
    page.locator("[data-test=theme]").click()

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Products")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert ("dark" in (page.locator("html").get_attribute("class") or "")) is not was_dark


def test_products_below_their_line_can_be_picked_out_and_opened(page: Page, shop: Shop):
    below = [row for row in shop.see("products")["rows"] if row["is_below"]]
    open_page(page, shop, "/products")

    page.get_by_label("只看低于安全线").check()

    expect(page.locator("tbody tr")).to_have_count(max(1, len(below)) if below else 0)
    page.get_by_label("只看低于安全线").uncheck()
    page.locator("tbody a").first.click()
    expect(page.get_by_role("img", name=re.compile("每日需求柱"))).to_be_visible()
    expect(page.get_by_text("现在下单,承诺")).to_be_visible()


def test_orders_are_filtered_by_status_and_the_address_keeps_the_filter(page: Page, shop: Shop):
    shipped = shop.see("orders", status="delivered", limit=50)["rows"]
    open_page(page, shop, "/orders")

    page.get_by_label("状态").select_option("delivered")

    expect(page).to_have_url(re.compile("status=delivered"))
    expect(page.locator("tbody tr")).to_have_count(len(shipped))
    page.reload()
    expect(page.locator("tbody tr")).to_have_count(len(shipped))


def test_failing_answer_shows_why_and_a_retry_brings_the_page(page: Page, shop: Shop):
    body = '{"error":{"code":"disk_full","message":"磁盘已满。","facts":{},"trace":"tr-7"}}'
    open_page(page, shop, "/jobs")
    page.route(
        "**/api/console/campaigns", lambda route: route.fulfill(status=418, content_type="application/json", body=body)
    )
    page.locator("nav a.place").nth(2).click()

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("磁盘已满。", timeout=10_000)
    expect(alert).to_contain_text("tr-7")
    page.unroute("**/api/console/campaigns")
    alert.get_by_role("button", name="再试一次").click()

    expect(page.locator("main .cards li").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_serious_fault_of_accessibility(page: Page, shop: Shop, path: str, theme: str):
    open_page(page, shop, path, theme=theme)

    found = Axe().run(page).response["violations"]

    assert [
        (fault["id"], [node["html"][:160] for node in fault["nodes"]][:3])
        for fault in found
        if fault["impact"] in GRAVE
    ] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_detail_pages_and_panels_have_no_serious_fault_of_accessibility(page: Page, shop: Shop, theme: str):
    sku = shop.see("products")["rows"][0]["sku"]
    order = shop.see("orders")["rows"][0]["id"]
    for path in (f"/products/{sku}", f"/orders/{order}"):
        open_page(page, shop, path, lang="en", theme=theme)
        faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in GRAVE]
        assert [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in faults] == []
    open_page(page, shop, "/", theme=theme)
    page.locator('[data-number="make.purchases"]').click()
    expect(page.locator("[data-test=panel] tbody tr").first).to_be_visible()
    page.wait_for_timeout(400)

    faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in GRAVE]

    assert [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in faults] == []


def test_stepping_a_day_from_the_page_moves_the_date_and_brings_news(page: Page, shop: Shop):
    open_page(page, shop, "/")
    before = shop.see("clock")
    newest = shop.see("events", limit=1)["rows"][0]["id"]

    page.locator("[data-test=step-day]").click()

    expect(page.locator("[data-test=step-day]")).to_be_enabled(timeout=120_000)
    after = shop.see("clock")
    assert after["now_ms"] == before["now_ms"] + DAY_MS
    assert shop.see("events", limit=1)["rows"][0]["id"] > newest
    forecast = page.locator('li[data-kind="predict.ForecastMade"]').first
    expect(forecast).to_contain_text("需求预测", timeout=10_000)


def test_the_embedded_wechat_is_one_press_away_and_shows_the_same_time(page: Page, shop: Shop):
    open_page(page, shop, "/")
    link = page.locator("[data-test=sandbox]")
    expect(link).to_be_visible(timeout=10_000)

    page.goto(f"{shop.url}{link.get_attribute('href')}#clock")

    expect(page.locator("main .now")).to_contain_text("仿真时间")
    expect(page.locator("[data-test=to-next-due]")).to_have_count(0)
    told = shop.see("clock")["now_ms"]
    assert httpx.get(f"{shop.url}/_sandbox/clock").json()["now_ms"] == told
    page.locator("[data-test=nav-accounts]").click()
    expect(page.locator("[data-test=accounts] article")).not_to_have_count(0)


def test_account_entered_in_the_form_stands_in_the_matrix_at_once(page: Page, shop: Shop):
    open_page(page, shop, "/accounts")
    page.locator("[data-test=add]").click()
    form = page.locator("[data-test=account-form]")
    form.locator("[name=appid]").fill("wx0a1b2c3d4e5f6071")
    form.locator("[name=name]").fill("烘焙圈")
    form.locator("[name=role]").select_option("vertical")
    form.locator("[type=submit]").click()
    expect(form).to_be_visible()
    form.locator("[name=secret]").fill("a-secret-of-this-test")
    form.locator("[type=submit]").click()

    expect(page.get_by_role("status").first).to_contain_text("烘焙圈 已保存")
    expect(page.get_by_role("row", name="烘焙圈")).to_contain_text("垂直")
    page.get_by_role("button", name="烘焙圈").click()
    expect(form.locator("[name=secret]")).to_have_value("")
    assert "a-secret-of-this-test" not in page.content()


def test_a_new_user_adds_an_account_by_a_scan_without_leaving_the_demo(page: Page, shop: Shop):
    open_page(page, shop, "/accounts")

    page.locator("[data-test=scan]").click()
    page.locator("form", has_text="拾光烘焙圈").get_by_role("button").click()

    added = page.locator("tr", has_text="拾光烘焙圈")
    expect(added).to_contain_text("扫码授权")
    expect(added).to_contain_text("正常")
    assert page.url == f"{shop.url}/accounts"
