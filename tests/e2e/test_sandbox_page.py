"""The lone sandbox's own page and phones in a real browser: a person plays WeChat, a program calls it beside."""

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import BrowserContext, Page, expect

from conftest import ROOT, watch
from gateways.sandbox.driving import APIV3_KEY, MCHID, MINI, SERIAL, SERVICE, Key

pytestmark = pytest.mark.xdist_group("e2e")

GRAVE = ("serious", "critical")
SECTIONS = ("accounts", "people", "clock", "calls", "callbacks", "faults", "quotas", "everything")
SCREENS = ("chats", "chat/notices", f"chat/{SERVICE}", "contacts", f"mini/{MINI}", "wallet", "me")
IDLE_MS = 3_500
MANY_CALLS = 10_000
FIRST_PAINT_MS = 2_000
PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55") + bytes(24)
NONCE = "593BEC0C930BF1AFEB40B4A08C8FB242"


@dataclass(frozen=True)
class Local:
    """A sandbox that serves alone, and a program that calls it."""

    url: str
    file: Path
    key: Key

    def control(self, verb: str, **body: Any) -> Any:
        reply = httpx.post(f"{self.url}/_sandbox/{verb}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, noun: str, **query: Any) -> Any:
        return httpx.get(f"{self.url}/_sandbox/{noun}", params=query).json()

    def token(self, appid: str) -> str:
        secret = self.look("account", appid=appid)["account"]["secret"]
        asked = {"grant_type": "client_credential", "appid": appid, "secret": secret}
        token: str = httpx.post(f"{self.url}/cgi-bin/stable_token", json=asked).json()["access_token"]
        return token

    def api(self, path: str, appid: str = MINI, **body: Any) -> Any:
        return httpx.post(f"{self.url}{path}", params={"access_token": self.token(appid)}, json=body).json()

    def cover(self, appid: str) -> str:
        """The media_id of an uploaded picture."""
        query = {"access_token": self.token(appid), "type": "image"}
        picture = {"media": ("cover.png", PICTURE, "image/png")}
        kept = httpx.post(f"{self.url}/cgi-bin/material/add_material", params=query, files=picture).json()
        media_id: str = kept["media_id"]
        return media_id

    def openid(self, person: str) -> str:
        openid: str = self.look("openid", appid=MINI, person=person)["openid"]
        return openid

    def prepay(self, number: str, person: str, *, fen: int) -> None:
        target, now_s = "/v3/pay/transactions/jsapi", self.look("clock")["now_ms"] // 1000
        body = {
            "appid": MINI,
            "mchid": MCHID,
            "description": "手作陶杯",
            "out_trade_no": number,
            "notify_url": "https://shop.test/pay/notify",
            "amount": {"total": fen, "currency": "CNY"},
            "payer": {"openid": self.openid(person)},
        }
        text = json.dumps(body, ensure_ascii=False)
        proof = self.key.signed(f"POST\n{target}\n{now_s}\n{NONCE}\n{text}\n")
        signed = f'mchid="{MCHID}",nonce_str="{NONCE}",signature="{proof}",timestamp="{now_s}",serial_no="{SERIAL}"'
        headers = {"authorization": f"WECHATPAY2-SHA256-RSA2048 {signed}", "content-type": "application/json"}
        reply = httpx.post(self.url + target, content=text.encode(), headers=headers)
        assert reply.status_code == 200, reply.text


class Unwilling(BaseHTTPRequestHandler):
    """A receiver that is there and takes nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Unwilling) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/callback"
        server.shutdown()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    home = tmp_path_factory.mktemp("sandbox")
    ports = ["--port", "0", "--tls-port", "0", "--proxy-port", "0"]
    files = ["--file", str(home / "sandbox.db"), "--keys", str(home / "keys")]
    command = [sys.executable, "-m", "wechat_sandbox", "serve", *ports, *files, "--json"]
    with subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": "src"}, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["http"]
            local = Local(url, home / "sandbox.db", Key(rsa.generate_private_key(65537, 2048)))
            furnish(local)
            yield local
        finally:
            server.terminate()


def furnish(local: Local) -> None:
    local.control("accounts", appid=MINI, kind="mini_program", name="柔链手作")
    local.control("accounts", appid=SERVICE, kind="service", name="柔链服务号")
    pem = local.key.public_pem
    local.control("merchants", mchid=MCHID, appids=[MINI], public_key_pem=pem, serial=SERIAL, apiv3_key=APIV3_KEY)
    fields = ["thing1", "date2", "amount3"]
    local.control("templates", appid=MINI, template_id="tpl-delay", title="预售进度通知", fields=fields)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(autouse=True)
def faults(page: Page, local: Local) -> Iterator[list[str]]:
    """Every error of the page, and every request beyond the sandbox, is a failure of the test."""
    faults = watch(page, local.url)
    yield faults
    assert faults == []


def open_section(page: Page, local: Local, name: str) -> None:
    page.goto(f"{local.url}/_sandbox/#{name}")
    expect(page.locator("main h2").first).to_be_visible()


def open_phone(page: Page, local: Local, person: str, screen: str = "chats") -> None:
    page.goto(f"{local.url}/_sandbox/phone?person={person}#{screen}")
    expect(page.locator("header h1")).to_be_visible()


def make_person(local: Local, name: str) -> str:
    local.control("persons", names=[name])
    return name


def notice(local: Local, person: str) -> dict[str, Any]:
    data = {"thing1": {"value": "青釉陶杯"}, "date2": {"value": "2026年12月3日"}, "amount3": {"value": "¥123.00"}}
    body = {"touser": local.openid(person), "template_id": "tpl-delay", "page": "pages/order?id=42", "data": data}
    answer: dict[str, Any] = local.api("/cgi-bin/message/subscribe/send", **body)
    return answer


def test_a_fan_is_made_and_follows_on_the_page(page: Page, local: Local):
    open_section(page, local, "people")
    page.locator("[data-test=make-people] input").fill("lin")
    page.locator("[data-test=make-people] button").click()
    row = page.locator('tr[data-person="lin"]')
    row.locator(f'[data-follow="{SERVICE}"]').click()

    expect(row.locator(f'[data-follow="{SERVICE}"]')).to_have_attribute("aria-pressed", "true")
    openids = next(each for each in local.look("persons")["persons"] if each["person"] == "lin")["openids"]
    assert [(known["appid"], known["is_follower"]) for known in openids] == [(SERVICE, True)]


def test_a_tap_of_consent_lets_one_message_of_a_program_reach_the_phone(page: Page, local: Local):
    person = make_person(local, "chen")
    open_phone(page, local, person, f"mini/{MINI}")
    page.locator("[data-test=ask-consent]").click()
    page.locator("[data-test=consent] [data-test=allow]").click()
    expect(page.locator("[data-test=consent]")).to_have_count(0)

    assert notice(local, person)["errcode"] == 0
    assert notice(local, person)["errcode"] == 43101

    page.locator("[data-test=back]").click()
    page.locator("[data-test=tab-chats]").click()
    chat = page.locator("[data-test=chat-notices]")
    expect(chat).to_contain_text("预售进度通知")
    expect(chat.locator(".badge")).to_contain_text("1")
    chat.click()
    card = page.locator('li[data-kind="subscribe"]')
    expect(card).to_have_count(1)
    expect(card.locator("h2")).to_have_text("预售进度通知")
    expect(card).to_contain_text("青釉陶杯")
    expect(card).to_contain_text("pages/order?id=42")


def test_a_refused_consent_grants_nothing(page: Page, local: Local):
    person = make_person(local, "zhao")
    open_phone(page, local, person, f"mini/{MINI}")
    page.locator("[data-test=ask-consent]").click()
    page.locator("[data-test=consent] [data-test=refuse]").click()
    expect(page.locator("[data-test=consent]")).to_have_count(0)

    assert notice(local, person)["errcode"] == 43101


def test_a_kept_choice_answers_the_next_time_without_a_pop_up(page: Page, local: Local):
    person = make_person(local, "qian")
    open_phone(page, local, person, f"mini/{MINI}")
    page.locator("[data-test=ask-consent]").click()
    page.locator("[data-test=keep]").check()
    page.locator("[data-test=consent] [data-test=allow]").click()
    expect(page.locator("[data-test=consent]")).to_have_count(0)

    page.locator("[data-test=ask-consent]").click()

    expect(page.locator("[data-test=toast]").last).to_contain_text("总是保持")
    assert local.look("consents", appid=MINI, person=person)["remaining"] == {"tpl-delay": 2}


def test_the_cashier_takes_money_and_the_receipt_is_on_the_phone(page: Page, local: Local):
    person = make_person(local, "wang")
    open_phone(page, local, person)
    local.prepay("order-wang-1", person, fen=12_300)

    expect(page.locator("[data-test=tab-wallet] .badge")).to_contain_text("1")
    page.locator("[data-test=tab-wallet]").click()
    page.locator("[data-test=pay-order-wang-1]").click()
    cashier = page.locator("[data-test=cashier]")
    expect(cashier).to_contain_text("¥123.00")
    page.locator("[data-test=pay-now]").click()
    page.locator("[data-test=paid-done]").click()
    expect(page.locator('[data-order="order-wang-1"]')).to_be_visible()
    page.locator("[data-test=tab-chats]").click()
    page.locator("[data-test=chat-pay]").click()
    expect(page.locator('li[data-kind="receipt"]')).to_contain_text("¥123.00")
    assert local.look("order", mchid=MCHID, out_trade_no="order-wang-1")["payment"]["trade_state"] == "SUCCESS"


def test_a_cancelled_payment_stays_to_be_paid(page: Page, local: Local):
    person = make_person(local, "sun")
    local.prepay("order-sun-1", person, fen=100)
    open_phone(page, local, person, "wallet")
    page.locator("[data-test=pay-order-sun-1]").click()
    page.locator("[data-test=pay-cancel]").click()

    expect(page.locator("[data-test=cashier]")).to_have_count(0)
    expect(page.locator("[data-test=pay-order-sun-1]")).to_be_visible()
    assert local.look("order", mchid=MCHID, out_trade_no="order-sun-1")["payment"]["trade_state"] == "NOTPAY"


def test_what_a_follower_says_and_what_is_answered_stand_in_one_chat(page: Page, local: Local):
    person = make_person(local, "zhou")
    openid = local.control("follow", person=person, appid=SERVICE)["openid"]
    open_phone(page, local, person, f"chat/{SERVICE}")
    page.locator("[data-test=composer] input").fill("什么时候发货?")
    page.locator("[data-test=composer] button").click()
    expect(page.locator(".said.mine")).to_contain_text("什么时候发货?")

    answer = {"touser": openid, "msgtype": "text", "text": {"content": "十二月三日。"}}
    assert local.api("/cgi-bin/message/custom/send", SERVICE, **answer)["errcode"] == 0

    expect(page.locator(".said:not(.mine)")).to_contain_text("十二月三日。")


def test_a_mass_article_opened_on_the_phone_has_one_reader_more(page: Page, local: Local):
    person = make_person(local, "feng")
    openid = local.control("follow", person=person, appid=SERVICE)["openid"]
    article = {"title": "一只陶杯的三十天", "content": "<p>从泥到釉</p>", "thumb_media_id": local.cover(SERVICE)}
    draft = local.api("/cgi-bin/draft/add", SERVICE, articles=[article])["media_id"]
    sent = {"touser": [openid, openid], "msgtype": "mpnews", "mpnews": {"media_id": draft}}
    assert local.api("/cgi-bin/message/mass/send", SERVICE, **sent)["errcode"] == 0
    local.control("clock/advance", ms=60_000)

    open_phone(page, local, person, f"chat/{SERVICE}")
    page.locator("[data-test=article]", has_text="一只陶杯的三十天").click()
    expect(page.locator("[data-test=read]")).to_contain_text("从泥到釉")

    published = local.look("publications", appid=SERVICE)["publications"][-1]
    msgid = f"{published['msg_data_id']}_1"
    again = local.control("articles/read", person=person, appid=SERVICE, msgid=msgid)
    assert again == {"counted": False}


def test_advancing_the_clock_lets_a_callback_be_retried(page: Page, local: Local, receiver: str):
    local.control("clock/pause")
    local.control("accounts", appid="wxretry0000000001", kind="service", name="重试号", callback_url=receiver)
    local.control("follow", person=make_person(local, "wu"), appid="wxretry0000000001")
    open_section(page, local, "callbacks")
    row = page.locator("[data-test=callbacks] tr", has_text="wxretry0000000001")
    expect(row.locator(".dots i")).to_have_count(1)
    before = local.look("clock")["now_ms"]

    page.locator("[data-test=plusMinute]").first.click()

    expect(row.locator(".dots i.bad")).to_have_count(3)
    expect(row).to_contain_text("已放弃")
    row.locator("button.plain").click()
    expect(page.locator(".tried li")).to_have_count(3)
    tried = local.look("callbacks", owner="wxretry0000000001")["callbacks"][0]["tried"]
    assert [each["at_ms"] - before for each in tried] == [0, 5_000, 10_000]
    assert local.look("clock")["now_ms"] == before + 60_000
    page.locator("[data-test=pause]").click()
    expect(page.locator("[data-test=pause]")).to_have_attribute("aria-label", "暂停")


def test_an_ordered_45009_is_met_by_the_next_call_and_found_by_its_rid(page: Page, local: Local):
    open_section(page, local, "faults")
    page.locator("[data-test=recipe-dayQuota]").click()
    expect(page.locator("[data-test=faults] tr")).to_contain_text("45009")

    httpx.get(f"{local.url}/cgi-bin/token", params={"grant_type": "client_credential"})
    refusals = local.look("calls", code="45009")["calls"]

    assert len(refusals) == 1
    expect(page.locator("[data-test=faults] tr")).to_have_count(0)
    page.locator("[data-test=nav-calls]").click()
    page.locator("input[name=rid]").fill(refusals[0]["rid"])
    row = page.locator(f'tr[data-rid="{refusals[0]["rid"]}"]')
    expect(row).to_contain_text("当日配额用完")
    expect(page.locator("[data-test=calls] tr")).to_have_count(1)
    row.locator("button.plain").click()
    expect(page.locator("tr.detail")).to_contain_text(refusals[0]["rid"])


def test_a_refused_act_is_told_in_words_and_changes_nothing(page: Page, local: Local, faults: list[str]):
    open_section(page, local, "accounts")
    page.locator("[data-test=new-template]").click()
    form = page.locator("[data-test=template-form]")
    form.locator("[name=title]").fill("坏模板")
    form.locator("[name=template_id]").fill("tpl-bad")
    form.locator("[name=fields]").fill("nonsense1")
    with page.expect_response("**/_sandbox/templates") as answer:
        form.locator("button[type=submit]").click()

    assert answer.value.status == 400
    expect(page.locator("[data-test=refusal]")).to_contain_text("模板字段类型不认识")
    assert ["400" in fault for fault in faults] == [True]
    faults.clear()
    assert "tpl-bad" not in [each["template_id"] for each in local.look("templates")["templates"]]


def test_a_merchant_made_on_the_page_comes_with_keys_that_sign(page: Page, local: Local):
    open_section(page, local, "accounts")
    page.locator("[data-test=new-merchant]").click()
    form = page.locator("[data-test=merchant-form]")
    mchid = form.locator("[name=mchid]").input_value()
    form.locator("button[type=submit]").click()

    expect(page.locator("dialog pre").last).to_contain_text("BEGIN PRIVATE KEY")
    assert mchid in [each["mchid"] for each in local.look("merchants")["merchants"]]


def test_secrets_are_hidden_until_asked_for(page: Page, local: Local):
    open_section(page, local, "accounts")
    secret = local.look("account", appid=MINI)["account"]["secret"]
    shown = page.locator(f'[data-appid="{MINI}"] [data-secret="AppSecret"]')
    expect(shown).not_to_contain_text(secret)

    shown.locator("button").first.click()

    expect(shown).to_contain_text(secret)


def test_ten_thousand_calls_open_at_once_and_turn_by_the_page(page: Page, local: Local):
    httpx.get(f"{local.url}/cgi-bin/token")
    with sqlite3.connect(local.file) as file:
        columns = "at_ms, rid, method, path, caller, http_status, code, request, reply"
        file.execute(
            f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {MANY_CALLS})"
            f" INSERT INTO calls ({columns}) SELECT at_ms, rid || '-' || k, method, path, caller, http_status, code,"
            " request, reply FROM n, (SELECT * FROM calls ORDER BY id DESC LIMIT 1)"
        )
    file.close()
    page.goto(f"{local.url}/_sandbox/#calls")

    expect(page.locator("[data-test=calls] tr")).to_have_count(100, timeout=FIRST_PAINT_MS)
    newest = page.locator("[data-test=calls] tr").first.get_attribute("data-rid")
    page.get_by_role("button", name="更早").click()
    expect(page.locator("[data-test=calls] tr").first).not_to_have_attribute("data-rid", newest or "")
    expect(page.locator("[data-test=calls] tr")).to_have_count(100)


def test_english_is_whole(page: Page, local: Local):
    open_section(page, local, "accounts")
    page.locator("[data-test=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    for name in SECTIONS:
        page.locator(f"[data-test=nav-{name}]").click()
        expect(page.locator("main h2").first).not_to_be_empty()
        heading = page.locator("main h2").first.inner_text()
        assert heading.isascii(), heading


def test_the_page_at_rest_asks_nobody_else(page: Page, local: Local):
    open_section(page, local, "clock")
    page.wait_for_timeout(IDLE_MS)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_section_has_a_grave_fault_for_a_screen_reader(page: Page, local: Local, theme: str):
    page.add_init_script(f"localStorage.setItem('sandbox.theme', '{theme}')")
    for name in SECTIONS:
        open_section(page, local, name)
        page.wait_for_timeout(250)
        assert grave_faults(page) == [], name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_screen_of_the_phone_has_a_grave_fault_for_a_screen_reader(page: Page, local: Local, theme: str):
    person = make_person(local, "zheng")
    local.control("follow", person=person, appid=SERVICE)
    local.control("say", person=person, appid=SERVICE, text="在吗?")
    local.control("consent", person=person, appid=MINI, answers={"tpl-delay": "accept"})
    notice(local, person)
    local.prepay(f"order-zheng-{theme}", person, fen=4_600)
    page.add_init_script(f"localStorage.setItem('sandbox.theme', '{theme}')")
    for screen in SCREENS:
        open_phone(page, local, person, screen)
        page.wait_for_timeout(250)
        assert grave_faults(page) == [], screen
    open_phone(page, local, person, "wallet")
    page.locator(f"[data-test=pay-order-zheng-{theme}]").click()
    assert grave_faults(page) == []


def grave_faults(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:160]) for fault in found if fault["impact"] in GRAVE]
