"""Whatever is sent to it, the sandbox answers as WeChat does: HTTP 200 or Pay's own 4xx, JSON, never a crash.

Schemathesis makes the requests from the OpenAPI document: half of them fit it, half break it. Names that it cannot
know (an appid, an openid, an order) are put in where the field is called so, or nothing would get past the first guard.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from gateways.sandbox.conftest import furnished
from gateways.sandbox.driving import MCHID, MINI, SERVICE, Driver, Key
from wechat_sandbox.catalogue import openapi
from wechat_sandbox.routes import WECHAT

EXAMPLES = 8
PLATFORM = "wxplatform000001"
FORM = "/cgi-bin/componentloginpage"
"""An open page whose only input is a form: the document says nothing of it that could be broken, so we break it here."""
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
DOCUMENT = json.loads(json.dumps(openapi(WECHAT)))
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok()
    for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
}


@pytest.fixture(scope="module")
def paid(merchant_key: Key, platform_pem: str) -> Iterator[Driver]:
    """A sandbox in which something is there to be found: a follower, a template, a paid order."""
    loop = asyncio.new_event_loop()
    driver = furnished(Driver(key=merchant_key, loop=loop, platform_pem=platform_pem))
    driver.control("follow", person="p1", appid=SERVICE)
    driver.paid("order-0001")
    driver.pump(after_ms=120_000)
    yield driver
    driver.sandbox.close()
    loop.close()


@pytest.fixture(scope="module")
def names(paid: Driver) -> Mapping[str, Any]:
    """What the fields are called that only this sandbox can fill."""
    transaction_id = paid.look("order", mchid=MCHID, out_trade_no="order-0001")["payment"]["transaction_id"]
    return {
        "appid": MINI,
        "component_appid": PLATFORM,
        "authorizer_appid": MINI,
        "mchid": MCHID,
        "openid": paid.openid(),
        "touser": paid.openid(),
        "template_id": "tpl-delay",
        "out_trade_no": "order-0001",
        "transaction_id": transaction_id,
        "order_id": transaction_id,
        "notify_code": transaction_id,
        "secret": paid.look("account", appid=MINI)["account"]["secret"],
    }


@pytest.fixture(scope="module")
def platform_token(paid: Driver) -> str:
    """The token of a third-party platform, bought with its ticket."""
    made = paid.control("platforms", appid=PLATFORM, ticket_url="https://platform.test/ticket")["platform"]
    paid.pump()
    ticket = paid.look("callbacks", owner=PLATFORM)["callbacks"][-1]["content"]["ComponentVerifyTicket"]
    body = {"component_appid": PLATFORM, "component_appsecret": made["secret"], "component_verify_ticket": ticket}
    reply = paid.send("POST", "/cgi-bin/component/api_component_token", json.dumps(body).encode())
    token: str = reply.json["component_access_token"]
    return token


MODES = {"fitting": GenerationMode.POSITIVE, "broken": GenerationMode.NEGATIVE}
CASES = [(name, mode) for name in OPERATIONS for mode in MODES if (name, mode) != (f"POST {FORM}", "broken")]


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_no_request_crashes_it(paid: Driver, names: Mapping[str, Any], platform_token: str, name: str, mode: str):
    tokens = {"access_token": paid.stable_token(), "component_access_token": platform_token}

    @given(case=OPERATIONS[name].as_strategy(generation_mode=MODES[mode]))
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    def check(case: Case) -> None:
        reply = _sent(paid, case, names, tokens=tokens)

        assert reply.status < 500, reply.body
        if reply.headers.get("content-type", "").startswith("application/json") and reply.body:
            assert isinstance(reply.json, dict)

    check()


FIELDS = ("component_appid", "pre_auth_code", "redirect_uri", "appid", "sets")
FORMS = st.lists(st.tuples(st.sampled_from(FIELDS), st.text(max_size=12)), max_size=8)


@given(body=st.binary(max_size=200) | FORMS.map(lambda fields: urlencode(fields, errors="surrogatepass").encode()))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
def test_no_form_crashes_the_page_to_scan_or_is_taken_for_an_agreement(paid: Driver, body: bytes):
    granted = paid.look("platforms")["platforms"]

    reply = paid.send("POST", FORM, body, {"content-type": "application/x-www-form-urlencoded"})

    assert reply.status == 200
    assert "无法授权" in reply.body.decode()
    assert paid.look("platforms")["platforms"] == granted


def _sent(driver: Driver, case: Case, names: Mapping[str, Any], *, tokens: Mapping[str, str]) -> Any:
    query = urlencode({**dict(_flat(case.query)), **tokens})
    parts = {name: quote(str(value), safe="") for name, value in (case.path_parameters or {}).items()}
    target = f"{case.path.format_map(parts)}?{query}"
    text = "" if case.method == "GET" else _text(_grounded(case.body, names))
    if target.startswith("/v3/"):
        return driver.signed(case.method, target, text)
    return driver.send(case.method, target, text.encode("utf-8", "surrogatepass"))


def _flat(query: Any) -> Iterator[tuple[str, str]]:
    for name, value in (query or {}).items():
        yield name.encode("utf-8", "replace").decode(), str(value).encode("utf-8", "replace").decode()


def _grounded(body: Any, names: Mapping[str, Any]) -> Any:
    """The body with the names that exist here where its fields are called so."""
    if isinstance(body, Mapping):
        return {key: names.get(key, _grounded(value, names)) for key, value in body.items()}
    if isinstance(body, list):
        return [_grounded(item, names) for item in body]
    return body


def _text(body: Any) -> str:
    if isinstance(body, bytes):
        return body.decode("latin-1")
    try:
        return json.dumps(body)
    except (TypeError, ValueError):
        return repr(body)
