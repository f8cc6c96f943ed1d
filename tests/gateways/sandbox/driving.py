"""Drives a sandbox in process: raw ASGI calls, a clock the test moves, a receiver that keeps what arrives."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import surface_count
from wechat_sandbox import Answer, Callback, Sandbox, SandboxSettings

START_MS = 1_772_000_000_000
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
MINI, SERVICE, MCHID = "wxmini0000000001", "wxservice0000001", "1900000109"
SERIAL, APIV3_KEY = "3775B6A45ACD588826D15E583A95F5DD12345678", "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"
CALLBACK_URL, PAY_URL = "https://shop.test/wechat/callback", "https://shop.test/pay/notify"


@dataclass(frozen=True)
class Key:
    """The merchant's RSA key."""

    private: rsa.RSAPrivateKey

    @property
    def public_pem(self) -> str:
        public = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return public.decode()

    @property
    def private_pem(self) -> str:
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def signed(self, text: str) -> str:
        return base64.b64encode(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


@dataclass
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Driver:
    """The sandbox, its clock, and a receiver whose answers the test chooses."""

    key: Key
    loop: asyncio.AbstractEventLoop
    path: str = ":memory:"
    seed: int = 7
    settings: SandboxSettings | None = None
    now_ms: int = START_MS
    received: list[Callback] = field(default_factory=list)
    answers: list[int | Answer] = field(default_factory=list)
    answer: int | Answer = 200
    platform_pem: str = ""

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.sandbox = Sandbox(
            self.path,
            now_ms=lambda: self.now_ms,
            seed=self.seed,
            send=self._receive,
            settings=replace(self.settings or SandboxSettings(), platform_key_pem=self.platform_pem),
        )

    async def _receive(self, callback: Callback) -> int | Answer:
        self.received.append(callback)
        return self.answers.pop(0) if self.answers else self.answer

    def send(self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        out: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            out.append(message)

        self.loop.run_until_complete(self.sandbox.asgi(scope, receive, send))
        surface_count.note(method, path, status=out[0]["status"], body=out[1]["body"])
        sent = {name.decode().lower(): value.decode() for name, value in out[0]["headers"]}
        return Reply(out[0]["status"], sent, out[1]["body"])

    def control(self, verb: str, **body: Any) -> Any:
        reply = self.send("POST", f"/_sandbox/{verb}", json.dumps(body).encode())
        assert reply.status == 200, reply.json
        return reply.json

    def refused(self, verb: str, **body: Any) -> str:
        reply = self.send("POST", f"/_sandbox/{verb}", json.dumps(body).encode())
        assert reply.status == 400, reply.json
        error: str = reply.json["error"]
        return error

    def look(self, noun: str, **query: Any) -> Any:
        return self.send("GET", f"/_sandbox/{noun}?{urlencode(query)}").json

    def api(self, path: str, appid: str = MINI, /, **body: Any) -> Any:
        token = self.stable_token(appid)
        text = json.dumps(body, ensure_ascii=False).encode()
        return self.send("POST", f"{path}?access_token={token}", text).json

    def stable_token(self, appid: str = MINI, **extra: Any) -> str:
        secret = self.look("account", appid=appid)["account"]["secret"]
        body = {"grant_type": "client_credential", "appid": appid, "secret": secret, **extra}
        reply = self.send("POST", "/cgi-bin/stable_token", json.dumps(body).encode()).json
        token: str = reply["access_token"]
        return token

    def signed(
        self,
        method: str,
        target: str,
        body: Any = None,
        *,
        mchid: str = MCHID,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        written = isinstance(body, str)
        text = "" if body is None else body if written else json.dumps(body, ensure_ascii=False)
        timestamp, nonce = str(self.now_ms // 1000), "593BEC0C930BF1AFEB40B4A08C8FB242"
        signature = self.key.signed(f"{method}\n{target}\n{timestamp}\n{nonce}\n{text}\n")
        proof = (
            f'WECHATPAY2-SHA256-RSA2048 mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{timestamp}",serial_no="{SERIAL}"'
        )
        return self.send(method, target, text.encode(), {"Authorization": proof, **(headers or {})})

    def pump(self, *, after_ms: int = 0) -> int:
        self.now_ms += after_ms
        return self.loop.run_until_complete(self.sandbox.pump())

    def openid(self, person: str = "p1", appid: str = MINI) -> str:
        openid: str = self.look("openid", appid=appid, person=person)["openid"]
        return openid

    def prepay(self, number: str = "order-0001", *, total_fen: int = 12_300, **extra: Any) -> Reply:
        body = {
            "appid": MINI,
            "mchid": MCHID,
            "description": "手作陶杯",
            "out_trade_no": number,
            "notify_url": PAY_URL,
            "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": self.openid()},
            **extra,
        }
        return self.signed("POST", "/v3/pay/transactions/jsapi", body)

    def paid(self, number: str = "order-0001", *, total_fen: int = 12_300) -> str:
        prepay_id = self.prepay(number, total_fen=total_fen).json["prepay_id"]
        transaction_id: str = self.control("pay", person="p1", prepay_id=prepay_id)["transaction_id"]
        return transaction_id

    def refund(self, transaction_id: str, number: str, fen: int, *, total_fen: int = 12_300, **extra: Any) -> Reply:
        amount = {"refund": fen, "total": total_fen, "currency": "CNY"}
        body = {"transaction_id": transaction_id, "out_refund_no": number, "amount": amount, **extra}
        return self.signed("POST", "/v3/refund/domestic/refunds", body)

    def ship(self, transaction_id: str, tracking: str = "SF1000000001", **extra: Any) -> Any:
        parcel = {"tracking_no": tracking, "express_company": "YTO", "item_desc": "手作陶杯*1"}
        body = {
            "order_key": {"order_number_type": 2, "transaction_id": transaction_id},
            "logistics_type": 1,
            "delivery_mode": 1,
            "shipping_list": [parcel],
            "upload_time": rfc3339(self.now_ms),
            "payer": {"openid": self.openid()},
            **extra,
        }
        return self.api("/wxa/sec/order/upload_shipping_info", **body)


def rfc3339(at_ms: int) -> str:
    from wechat_sandbox.moments import local

    return local(at_ms).isoformat(timespec="milliseconds")
