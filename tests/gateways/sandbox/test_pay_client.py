"""wechatpayv3, written by others, against the sandbox over loopback: combined orders, bills, other kinds, dead cards."""

import asyncio
import gzip
import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from wechatpayv3 import WeChatPay, WeChatPayType

from gateways.sandbox.driving import APIV3_KEY, DAY_MS, MCHID, MINI, PAY_URL, SERIAL, Key
from gateways.sandbox.test_real_clients import Served, a_client
from wechat_sandbox import Callback, Sandbox, SandboxSettings
from wechat_sandbox.moments import day_of


@dataclass
class Clock:
    """Wall time, and how far the sandbox is ahead of it."""

    ahead_ms: int = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served(clock: Clock) -> Iterator[Served]:
    """A sandbox behind a real socket that takes the client's wall time though its own clock is days ahead."""
    received: list[Callback] = []

    async def send(callback: Callback) -> int:
        received.append(callback)
        return 200

    settings = SandboxSettings(request_skew_ms=3 * DAY_MS)
    sandbox = Sandbox(":memory:", now_ms=clock.now_ms, seed=7, send=send, settings=settings)
    server = uvicorn.Server(uvicorn.Config(sandbox.asgi, log_level="error", lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", received)
        server.should_exit = True
        thread.join()
    sandbox.close()


@pytest.fixture
def openid(served: Served) -> str:
    served.control("accounts", appid=MINI, kind="mini_program")
    known: str = served.control("persons", count=1, appids=[MINI])["openids"][MINI]["p1"]
    return known


@pytest.fixture
def client(served: Served, merchant_key: Key) -> WeChatPay:
    client = a_client(served, merchant_key, "public_key")
    second = {"mchid": "1900000222", "appids": [MINI], "public_key_pem": merchant_key.public_pem, "serial": SERIAL}
    served.control("merchants", **second, apiv3_key=APIV3_KEY)
    return client


def answered(reply: tuple[int, Any]) -> Any:
    code, text = reply
    assert code == 200, text
    return json.loads(text)


def test_combined_order_is_ordered_paid_told_and_queried(served: Served, client: WeChatPay, openid: str) -> None:
    amount = {"total_amount": 100, "currency": "CNY"}
    parts = [
        {"mchid": mchid, "attach": "店", "amount": amount, "out_trade_no": f"part-{mchid}", "description": "陶杯"}
        for mchid in (MCHID, "1900000222")
    ]
    ordered = answered(
        client.combine_pay("whole-0001", sub_orders=parts, combine_payer_info={"openid": openid}, combine_mchid=MCHID)
    )

    served.control("pay", person="p1", prepay_id=ordered["prepay_id"])
    served.control("pump")

    notice = client.callback(served.received[0].headers, served.received[0].body)
    queried = answered(client.combine_query("whole-0001"))
    assert notice["resource"] == queried
    assert [part["trade_state"] for part in queried["sub_orders"]] == ["SUCCESS", "SUCCESS"]
    closed, text = client.combine_close("whole-0001", sub_orders=[{"mchid": MCHID, "out_trade_no": f"part-{MCHID}"}])
    assert (closed, json.loads(text)["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize(
    ("kind", "handed"),
    [(WeChatPayType.APP, "prepay_id"), (WeChatPayType.H5, "h5_url"), (WeChatPayType.NATIVE, "code_url")],
)
def test_other_kinds_are_ordered(client: WeChatPay, openid: str, kind: Any, handed: str) -> None:
    scene = {"payer_client_ip": "14.17.22.32", "h5_info": {"type": "Wap"}}
    order = {"description": "陶杯", "out_trade_no": "order-0001", "amount": {"total": 100}, "scene_info": scene}

    assert handed in answered(client.pay(**order, pay_type=kind))
    assert openid
    assert client.close("order-0001")[0] == 204


def test_refusals_of_bills_are_understood(client: WeChatPay, openid: str) -> None:
    assert openid
    code, text = client.trade_bill(day_of(0))

    assert (code, json.loads(text)["code"]) == (400, "INVALID_REQUEST")


def test_abnormal_refund_is_sent_on_with_the_card_the_client_encrypted(
    served: Served, client: WeChatPay, openid: str
) -> None:
    order = {"description": "陶杯", "out_trade_no": "order-0001", "amount": {"total": 100}, "payer": {"openid": openid}}
    paid = served.control("pay", person="p1", prepay_id=answered(client.pay(**order))["prepay_id"])
    amount = {"refund": 100, "total": 100, "currency": "CNY"}
    refund = answered(
        client.refund(
            out_refund_no="refund-1", transaction_id=paid["transaction_id"], amount=amount, notify_url=PAY_URL
        )
    )
    served.control("refunds/end", mchid=MCHID, out_refund_no="refund-1", status="ABNORMAL")

    sent_on = client.abnormal_refund(
        refund["refund_id"], "refund-1", "USER_BANK_CARD", "ICBC_DEBIT", "6222021234560403", "张三"
    )

    assert answered(sent_on)["user_received_account"] == "银行卡0403"
    served.control("pump")
    events = [client.callback(each.headers, each.body)["event_type"] for each in served.received]
    assert "REFUND.ABNORMAL" in events


def test_bill_is_fetched_and_its_hash_is_right(served: Served, client: WeChatPay, openid: str, clock: Clock) -> None:
    order = {"description": "陶杯", "out_trade_no": "order-0001", "amount": {"total": 100}, "payer": {"openid": openid}}
    served.control("pay", person="p1", prepay_id=answered(client.pay(**order))["prepay_id"])
    clock.ahead_ms = 2 * DAY_MS
    day = day_of(clock.now_ms() - 2 * DAY_MS)

    asked = answered(client.trade_bill(day))
    code, packed = client.download_bill(asked["download_url"])

    text = gzip.decompress(packed)
    assert (code, urlsplit(asked["download_url"]).netloc) == (200, urlsplit(served.url).netloc)
    assert hashlib.sha1(text).hexdigest() == asked["hash_value"]
    assert "order-0001" in text.decode()


def test_settled_order_is_shared_with_a_receiver_whose_name_the_client_encrypted(
    served: Served, client: WeChatPay, openid: str
) -> None:
    served.control("accounts", appid=MINI, kind="mini_program", is_trade_managed=False)
    order = {"description": "陶杯", "out_trade_no": "order-0001", "amount": {"total": 100}, "payer": {"openid": openid}}
    prepaid = answered(client.pay(**order, settle_info={"profit_sharing": True}))
    number = served.control("pay", person="p1", prepay_id=prepaid["prepay_id"])["transaction_id"]
    supplier = {"type": "MERCHANT_ID", "account": "1900000222", "amount": 20, "description": "分给供应商"}

    answered(client.profitsharing_add_receiver("MERCHANT_ID", "1900000222", "SUPPLIER", name="景德镇陶坊"))
    shared = answered(client.profitsharing_order(number, "share-1", [supplier], unfreeze_unsplit=False))
    rest = answered(client.profitsharing_unfreeze(number, "share-2", "解冻全部剩余资金"))

    assert shared == answered(client.profitsharing_order_query(number, "share-1"))
    assert [receiver["amount"] for receiver in (*shared["receivers"], *rest["receivers"])] == [20, 80]
