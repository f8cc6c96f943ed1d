"""Two independent clients, unmodified but for their base address, against the sandbox over loopback."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
import uvicorn
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from gateways.sandbox.driving import APIV3_KEY, MCHID, MINI, PAY_URL, SERIAL, SERVICE, Key
from wechat_sandbox import Callback, Sandbox


@dataclass
class Served:
    """A sandbox behind a real socket on wall time; what it pushes is kept."""

    url: str
    received: list[Callback]

    def control(self, verb: str, **body: Any) -> Any:
        reply = httpx.post(f"{self.url}/_sandbox/{verb}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture
def served() -> Iterator[Served]:
    received: list[Callback] = []

    async def send(callback: Callback) -> int:
        received.append(callback)
        return 200

    sandbox = Sandbox(":memory:", now_ms=lambda: time.time_ns() // 1_000_000, seed=7, send=send)
    config = uvicorn.Config(sandbox.asgi, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield Served(f"http://127.0.0.1:{port}", received)
        server.should_exit = True
        thread.join()
    sandbox.close()


class ToSandbox(HTTPAdapter):
    """Sends every absolute https address of WeChat to the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._target = urlsplit(url)

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        parts = urlsplit(request.url or "")
        request.url = urlunsplit((self._target.scheme, self._target.netloc, parts.path, parts.query, ""))
        return super().send(request, *arguments, **options)


def test_wechatpy_gets_a_token_sends_and_reads_a_refusal(served: Served) -> None:
    app = served.control("accounts", appid=MINI, kind="mini_program")["account"]
    served.control("templates", appid=MINI, template_id="tpl", fields=["thing1"])
    openid = served.control("persons", count=1, appids=[MINI])["openids"][MINI]["p1"]
    served.control("consent", person="p1", appid=MINI, answers={"tpl": "accept"})
    client = WeChatClient(MINI, app["secret"])
    client._http.mount("https://", ToSandbox(served.url))
    message = {"touser": openid, "template_id": "tpl", "data": {"thing1": {"value": "陶杯已发货"}}}

    sent = client.post("message/subscribe/send", data=message)
    with pytest.raises(WeChatClientException) as refusal:
        client.post("message/subscribe/send", data=message)

    assert sent["errcode"] == 0
    assert refusal.value.errcode == 43101
    session = client.wxa.code_to_session(served.control("wx_login", person="p1", appid=MINI)["code"])
    assert session["openid"] == openid


def test_wechatpy_takes_a_fresh_token_when_its_own_is_dead(served: Served) -> None:
    app = served.control("accounts", appid=SERVICE, kind="service")["account"]
    client = WeChatClient(SERVICE, app["secret"])
    client._http.mount("https://", ToSandbox(served.url))
    client.post("clear_quota", data={"appid": SERVICE})
    served.control("tokens/kill", appid=SERVICE)

    assert client.post("clear_quota", data={"appid": SERVICE})["errcode"] == 0


def a_client(served: Served, key: Key, key_mode: str) -> WeChatPay:
    merchant = served.control(
        "merchants",
        mchid=MCHID,
        appids=[MINI],
        public_key_pem=key.public_pem,
        serial=SERIAL,
        apiv3_key=APIV3_KEY,
        key_mode=key_mode,
    )
    client = WeChatPay(
        wechatpay_type=WeChatPayType.JSAPI,
        mchid=MCHID,
        private_key=key.private_pem,
        cert_serial_no=SERIAL,
        apiv3_key=APIV3_KEY,
        appid=MINI,
        notify_url=PAY_URL,
        public_key=merchant.get("public_key_pem"),
        public_key_id=merchant.get("public_key_id"),
    )
    client._core._gate_way = served.url
    return client


@pytest.mark.parametrize("key_mode", ["public_key", "certificate"])
def test_wechatpayv3_prepays_reads_the_notice_and_refunds(
    served: Served, merchant_key: Key, key_mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.control("accounts", appid=MINI, kind="mini_program")
    openid = served.control("persons", count=1, appids=[MINI])["openids"][MINI]["p1"]
    monkeypatch.setattr("wechatpayv3.core.Core._init_certificates", lambda core: None)
    client = a_client(served, merchant_key, key_mode)

    code, text = client.pay(
        description="手作陶杯", out_trade_no="order-0001", amount={"total": 12_300}, payer={"openid": openid}
    )
    paid = served.control("pay", person="p1", prepay_id=json.loads(text)["prepay_id"])
    served.control("pump")
    notice = client.callback(served.received[0].headers, served.received[0].body)
    refunded, _ = client.refund(
        out_refund_no="refund-1",
        transaction_id=paid["transaction_id"],
        amount={"refund": 1, "total": 12_300, "currency": "CNY"},
    )

    assert (code, refunded) == (200, 200)
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert notice["resource"]["transaction_id"] == paid["transaction_id"]
    assert json.loads(client.query(out_trade_no="order-0001")[1])["trade_state"] == "REFUND"
