"""The account matrix in the console: a form and a scan add an account, and it is spoken for at once."""

import logging
import re
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from house import MINI, PLATFORM, House, give_platform
from roulian import tell
from roulian.app import compose
from roulian.app.play import chance_of
from roulian.app.sandboxed import NEIGHBOUR, keep, recall
from roulian.words import MemberId

pytestmark = pytest.mark.anyio
NEW = "wx0a1b2c3d4e5f6071"
FORM_KIND = {"content-type": "application/x-www-form-urlencoded"}
FORM = {"kind": "service_account", "name": "烘焙圈", "role": "vertical", "audience": "烘焙爱好者"}


@dataclass(frozen=True)
class WebForm:
    """A form of a web page, as a browser would send it with every box as it stands."""

    action: str
    fields: tuple[tuple[str, str], ...]


def form_of(page: str, appid: str) -> WebForm:
    """The form in which this account's owner agrees."""
    whole = next(text for text in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{appid}"' in text)
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", whole)]
    fields = tuple((one["name"], unescape(one["value"])) for one in inputs)
    return WebForm(re.findall(r'action="([^"]*)"', whole)[0], fields)


async def enter(house: House, appid: str = NEW, **changes: Any) -> Any:
    return await house.ask("PUT", f"/api/console/accounts/{appid}", json={**FORM, **changes})


async def row(house: House, appid: str = NEW) -> Any:
    rows = (await house.ask("GET", "/api/console/accounts")).json()
    return next((one for one in rows if one["appid"] == appid), None)


async def a_new_account(house: House) -> Any:
    """An account WeChat has and the brand does not know yet."""
    url = f"https://shop.example/wechat/callback/{NEW}"
    return (await house.control("accounts", appid=NEW, kind="service", callback_url=url))["account"]


async def test_an_account_entered_in_the_form_is_spoken_for_and_heard_at_once(house: House):
    made = await a_new_account(house)

    keys = {"secret": made["secret"], "callback_token": made["token"], "callback_aes_key": made["aes_key"]}
    answer = await enter(house, **keys)
    drafts = await house.app.outside.wechat.content.draft_count(NEW)
    await house.control("accounts/check_url", appid=NEW)
    await house.settle()

    assert answer.status_code == 200, answer.text
    assert (await row(house))["audience"] == "烘焙爱好者"
    assert drafts == 0
    assert (await house.look("account", appid=NEW))["account"]["callback_verified"] is True
    for secret in keys.values():
        assert secret not in answer.text


async def test_editing_without_secrets_keeps_those_that_are_known(house: House):
    made = await a_new_account(house)
    await enter(house, secret=made["secret"])

    await enter(house, name="烘焙圈子")

    ring = house.settings.key_ring
    kept = house.app.store.read(lambda tx: tell.account_secrets(tx, NEW, ring=ring))
    assert kept == tell.Secrets(secret=made["secret"])
    assert (await row(house))["name"] == "烘焙圈子"


@pytest.mark.parametrize(
    ("appid", "changes", "status"),
    [
        (NEW, {"secret": ""}, 422),
        (NEW, {"secret": "s", "callback_token": "t"}, 422),
        (NEW, {"secret": "s", "kind": "no_such_kind"}, 422),
        (NEW, {"secret": "s", "name": ""}, 422),
        ("gh_123", {"secret": "s"}, 422),
    ],
)
async def test_a_form_that_cannot_be_right_is_refused_and_adds_nothing(house: House, appid, changes, status):
    before = (await house.ask("GET", "/api/console/accounts")).json()

    answer = await enter(house, appid, **changes)

    assert answer.status_code == status
    assert (await house.ask("GET", "/api/console/accounts")).json() == before


async def test_what_wechat_denied_is_shown_and_asked_again_once_the_account_is_entered_anew(house: House):
    made = await a_new_account(house)
    await enter(house, secret=made["secret"])
    await house.fault("errcode", path="/cgi-bin/draft/count", owner=NEW, errcode=48001)

    for _ in range(2):
        with pytest.raises(Exception, match="48001"):
            await house.app.outside.wechat.content.draft_count(NEW)
    denied = (await row(house))["denials"]
    calls = len(await house.calls("/cgi-bin/draft/count"))
    await enter(house, secret=made["secret"])

    assert [(one["api"], one["code"]) for one in denied] == [("/cgi-bin/draft/count", "48001")]
    assert calls == 1
    assert await house.app.outside.wechat.content.draft_count(NEW) == 0


async def test_a_scan_adds_an_account_without_a_secret(house: House):
    await give_platform(house)
    await a_new_account(house)

    link = (await house.ask("POST", "/api/console/accounts/scan")).json()["url"]
    asked = dict(parse_qsl(urlsplit(link).query))
    about = {"platform": PLATFORM, "appid": NEW, "pre_auth_code": asked["pre_auth_code"]}
    await house.control("platforms/authorize", **about, sets=[1, 7, 11])
    await house.settle()

    found = await row(house)
    assert asked["redirect_uri"] == "https://shop.example/wechat/platform/authorised"
    assert (found["mode"], found["standing"], found["kind"]) == ("authorised", "active", "service_account")
    assert found["permission_sets"] == [1, 7, 11]
    assert await house.app.outside.wechat.content.draft_count(NEW) == 0


async def test_an_owner_who_comes_back_from_the_scan_finds_the_account_in_the_console(house: House):
    await give_platform(house)
    await a_new_account(house)
    await house.fault("hold", owner=PLATFORM, times=9)
    code = (await house.control("platforms/authorize", platform=PLATFORM, appid=NEW))["auth_code"]

    answer = await house.ask("GET", "/wechat/platform/authorised", params={"auth_code": code, "expires_in": "3600"})
    again = await house.ask("GET", "/wechat/platform/authorised", params={"auth_code": code})
    await house.control("callbacks/release")
    await house.settle()

    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    assert again.headers["location"] == "/accounts"
    assert (await row(house))["mode"] == "authorised"
    assert await house.app.outside.wechat.content.draft_count(NEW) == 0


async def test_what_the_operator_said_of_an_account_outlives_a_scan_and_its_end(house: House):
    await give_platform(house)
    made = await a_new_account(house)
    await enter(house, secret=made["secret"])

    await house.control("platforms/authorize", platform=PLATFORM, appid=NEW)
    await house.settle()
    scanned = await row(house)
    await house.control("platforms/unauthorize", platform=PLATFORM, appid=NEW)
    await house.settle()

    assert (scanned["role"], scanned["audience"], scanned["mode"]) == ("vertical", "烘焙爱好者", "authorised")
    assert (await row(house))["standing"] == "unauthorised"
    assert NEW not in house.app.store.read(tell.publishers)


async def test_news_for_the_platform_that_are_not_wechats_change_nothing(house: House):
    await give_platform(house)
    before = await row(house, MINI)
    push = (await house.look("callbacks", owner=PLATFORM))["callbacks"][-1]
    now = str(house.clock.now().ms // 1000)

    answers = [
        await house.ask("POST", "/wechat/platform", content=body, params=query)
        for body, query in (
            (b"<xml><AppId>x</AppId></xml>", {"timestamp": now, "nonce": "1", "msg_signature": "0" * 40}),
            (b"<xml><Encrypt>x</Encrypt></xml>", {"timestamp": now, "nonce": "1", "msg_signature": "0" * 40}),
            (b"<xml><Encrypt>x</Encrypt></xml>", {"timestamp": "1", "nonce": "1", "msg_signature": "0" * 40}),
        )
    ]

    assert push["content"]["InfoType"] == "component_verify_ticket"
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert await row(house, MINI) == before


async def test_a_new_user_of_the_demo_adds_an_account_on_the_page_to_scan(house: House):
    was_known = await row(house, NEIGHBOUR.appid)

    link = (await house.ask("POST", "/api/console/accounts/scan")).json()["url"]
    held = (await house.ask("GET", "/api/console/clock")).json()["paused"]
    page = await house.ask("GET", link)
    form = form_of(page.text, NEIGHBOUR.appid)
    agreed = await house.ask("POST", form.action, content=urlencode(form.fields), headers=FORM_KIND)
    back = await house.ask("GET", agreed.headers["location"])
    await house.settle()

    found = await row(house, NEIGHBOUR.appid)
    assert was_known is None
    assert link.startswith("https://shop.example/cgi-bin/componentloginpage?")
    assert (agreed.status_code, back.status_code, back.headers["location"]) == (302, 303, "/accounts")
    assert (found["name"], found["kind"], found["mode"]) == (NEIGHBOUR.name, "service_account", "authorised")
    assert found["permission_sets"] == sorted(int(value) for name, value in form.fields if name == "sets")
    assert await house.app.outside.wechat.content.draft_count(NEIGHBOUR.appid) == 0
    assert (held, (await house.ask("GET", "/api/console/clock")).json()["paused"]) == (True, False)


async def test_an_account_of_the_brand_that_agrees_is_heard_through_the_platform(house: House):
    link = (await house.ask("POST", "/api/console/accounts/scan")).json()["url"]
    form = form_of((await house.ask("GET", link)).text, MINI)

    agreed = await house.ask("POST", form.action, content=urlencode(form.fields), headers=FORM_KIND)
    await house.ask("GET", agreed.headers["location"])
    lin = await house.person("lin", accepts=[tell.Scenario.DELAY])
    bought = await house.buy(lin, "47566")

    consents = house.app.store.read(lambda tx: tell.consents(tx, [MemberId(lin.member)]))
    assert (await row(house, MINI))["mode"] == "authorised"
    assert sum(consents[MemberId(lin.member)].values()) == 1
    assert (await house.page(lin, bought))["status"] == "paid"


async def test_a_demo_of_before_gets_its_platform_at_the_next_start(house: House):
    kept = house.settings.home / "wechat.json"
    before = recall(kept)
    assert before is not None
    keep(replace(before, platform=None), kept)

    again = await compose(house.settings, brand=house.app.brand, clock=house.clock, chance=chance_of(3))
    await again.close()

    assert again.credentials == recall(kept) == before


async def test_without_a_platform_a_scan_is_refused_with_what_to_do_instead(house: House):
    house.app.outside.wechat.inbox._book._platform = None

    answer = await house.ask("POST", "/api/console/accounts/scan")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "no_open_platform"
    assert "AppSecret" in answer.json()["error"]["message"]


async def test_no_secret_and_no_token_is_written_anywhere_on_a_whole_walk(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    made = await a_new_account(house)
    keys = {"secret": made["secret"], "callback_token": made["token"], "callback_aes_key": made["aes_key"]}
    with caplog.at_level(logging.DEBUG):
        await enter(house, **keys)
        await house.app.outside.wechat.content.draft_count(NEW)
        lin = await house.person("lin", accepts=[tell.Scenario.DELAY])
        bought = await house.buy(lin, "47566")
        await house.after(days=3)
        await house.page(lin, bought)
        await house.fault("token_storm", times=3)
        with pytest.raises(Exception, match="token"):
            await house.app.outside.wechat.shipping.is_trade_managed(MINI)
        await house.shop.post("/wechat/pay/notify", content=b"{}")
        await house.shop.post(f"/wechat/callback/{MINI}", content=b"{}", params={"timestamp": "1"})

    printed = "".join(capfd.readouterr()) + caplog.text
    credentials = house.app.credentials
    tokens = [value.value for value in house.app.outside.wechat._line._tokens._known.values()]
    ring_keys = (house.settings.home / "keyring").read_text().replace(":", " ").split()[1::2]
    secrets = [
        *keys.values(),
        credentials.mini_program.secret,
        credentials.mini_program.callback_token,
        credentials.mini_program.callback_aes_key,
        *(account.secret for account in credentials.official),
        credentials.merchant.api_v3_key,
        credentials.merchant.private_key_pem.splitlines()[3],
        *tokens,
        *ring_keys,
        house.settings.partner_key,
        lin.token,
    ]
    assert len(printed) > 100
    assert len(tokens) >= 2
    assert [secret for secret in secrets if secret in printed] == []
