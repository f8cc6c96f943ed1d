"""A brand with both gateways, connected in process to a sandbox whose callbacks are kept for the test to open."""

import random
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from roulian.gateways.pay import MerchantKeys
from roulian.gateways.pay.live import LivePay
from roulian.gateways.wechat import AccountKeys, NoRightsKnown, Rights, TokenShelf, TokensInProcess, WeChat
from roulian.gateways.wechat.live import LiveLine
from roulian.words import Instant, SimulatedClock
from wechat_sandbox import Callback, Sandbox, SandboxSettings

MINI, NEWS, MCHID, SERIAL = "wx_mini", "wx_news", "1900000001", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
API_V3_KEY = "0123456789abcdef0123456789abcdef"
NOTIFY_URL = "https://shop.example/wechat/pay/notify"
TEMPLATE = "tmpl_delay"
ORDER = "ord_01J0000000000000000000TEST"
HOST = "https://wechat.example"


def a_private_key() -> tuple[str, str]:
    """A merchant's key pair in PEM."""
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Counting(httpx.AsyncBaseTransport):
    """The sandbox's app, and how often each path was asked; `cut` raises instead, before or after the
    effect; `change` replaces words of an answer."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app)
        self.asked: list[str] = []
        self.cut: dict[str, tuple[type[httpx.TransportError], bool]] = {}
        self.change: dict[str, tuple[bytes, bytes]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        error, after = self.cut.get(path, (None, False))
        if error is not None and not after:
            raise error("cut")
        response = await self._inner.handle_async_request(request)
        if error is not None:
            await response.aread()
            raise error("cut")
        if path in self.change:
            old, new = self.change[path]
            return httpx.Response(response.status_code, content=(await response.aread()).replace(old, new))
        return response


class Book:
    """The accounts of one test, changed by hand."""

    def __init__(self, keys: dict[str, AccountKeys], platform: AccountKeys | None = None) -> None:
        self.accounts, self.own_platform = keys, platform

    async def keys(self, appid: str) -> AccountKeys | None:
        return self.accounts.get(appid)

    async def platform(self) -> AccountKeys | None:
        return self.own_platform

    async def renewed(self, appid: str, refresh_token: str) -> None:
        self.accounts[appid] = replace(self.accounts[appid], refresh_token=refresh_token)


class Home:
    """The brand, the sandbox, a clock, and the callbacks that arrived."""

    def __init__(self, *, clock: SimulatedClock, merchant: tuple[str, str], settings: SandboxSettings) -> None:
        self.clock = clock
        self.arrived: list[Callback] = []
        self.merchant = merchant
        self.sandbox = Sandbox(":memory:", now_ms=lambda: clock.now().ms, seed=7, send=self._take, settings=settings)
        self.wire = Counting(self.sandbox.asgi)
        self._driver = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.sandbox.asgi, client=("127.0.0.1", 1)), base_url=HOST
        )
        self.shelf: TokenShelf = TokensInProcess()
        self.rights: Rights = NoRightsKnown()
        self.platform_keys: dict[str, str] = {}

    async def _take(self, callback: Callback) -> int:
        self.arrived.append(callback)
        return 200

    async def control(self, action: str, /, **body: Any) -> Any:
        """What the sandbox answers to a control action."""
        response = await self._driver.post(f"/_sandbox/{action}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def look(self, what: str, /, **query: Any) -> Any:
        """What the sandbox remembers."""
        return (await self._driver.get(f"/_sandbox/{what}", params=query)).json()

    async def open(self, *, key_mode: str = "public_key", form: str = "xml") -> "Home":
        """Accounts, merchant, template and two persons exist; both gateways are connected."""
        accounts = {}
        for appid, kind in ((MINI, "mini_program"), (NEWS, "service")):
            url = f"https://shop.example/wechat/callback/{appid}"
            made = await self.control(
                "accounts", appid=appid, kind=kind, format=form, callback_url=url, open_appid="wx_open"
            )
            accounts[appid] = made["account"]
        pay = await self.control(
            "merchants",
            mchid=MCHID,
            appids=[MINI],
            public_key_pem=self.merchant[1],
            serial=SERIAL,
            apiv3_key=API_V3_KEY,
            key_mode=key_mode,
        )
        await self.control("templates", appid=MINI, template_id=TEMPLATE, fields=["thing1", "date2"])
        await self.control("persons", names=["ann", "bob"])
        for serial, pem in (("public_key_id", "public_key_pem"), ("platform_serial", "platform_certificate_pem")):
            if serial in pay:
                self.platform_keys[pay[serial]] = pay[pem]
        self.keys = {appid: _keys(account) for appid, account in accounts.items()}
        self.book = Book(dict(self.keys))
        self.wechat = self.another_process()
        self.pay = self.a_pay(self.platform_keys)
        return self

    def another_process(self) -> WeChat:
        """A second client that shares only the token shelf, the accounts and what is known of their rights."""
        line = LiveLine(
            self.book, shelf=self.shelf, rights=self.rights, clock=self.clock, api_url=HOST, transport=self.wire
        )
        return WeChat(line, book=self.book, clock=self.clock, mchid=MCHID)

    def a_pay(self, platform_keys: dict[str, str]) -> LivePay:
        """A Pay client that knows these platform keys."""
        keys = MerchantKeys(MCHID, SERIAL, self.merchant[0], API_V3_KEY, platform_keys)
        return LivePay(
            keys,
            appid=MINI,
            clock=self.clock,
            chance=random.Random(3).getrandbits,
            mch_url=HOST,
            transport=self.wire,
        )

    async def follows(self, person: str = "ann") -> str:
        """The openid of someone who now follows the service account."""
        followed: str = (await self.control("follow", person=person, appid=NEWS))["openid"]
        return followed

    async def openid(self, person: str = "ann", appid: str = MINI) -> str:
        """The person's openid."""
        found: str = (await self.look("openid", appid=appid, person=person))["openid"]
        return found

    async def prepaid(self, *, order: str = ORDER, fen: int = 4990) -> str:
        """The prepay_id of an order of ann's."""
        return await self.pay.prepay(
            out_trade_no=order,
            description="心形吊灯",
            total_fen=fen,
            openid=await self.openid(),
            expire_at=Instant(self.clock.now().ms + 1_800_000),
            notify_url=NOTIFY_URL,
        )

    async def paid(self, *, order: str = ORDER, fen: int = 4990) -> str:
        """The transaction id of an order that ann has paid."""
        arguments = dict(self.pay.sign_prepay(await self.prepaid(order=order, fen=fen)))
        done = await self.control("pay", person="ann", request_payment=arguments)
        transaction: str = done["transaction_id"]
        return transaction

    async def pushed(self) -> list[Callback]:
        """The callbacks that arrive when the sandbox sends what is due."""
        self.arrived.clear()
        await self.sandbox.pump()
        return list(self.arrived)

    async def close(self) -> None:
        await self.wechat.aclose()
        await self.pay.aclose()
        await self._driver.aclose()
        self.sandbox.close()


def _keys(account: dict[str, Any]) -> AccountKeys:
    return AccountKeys(account["appid"], account["secret"], account["token"], account["aes_key"])


def query_of(callback: Callback) -> dict[str, str]:
    """The query of a callback's URL."""
    return dict(parse_qsl(urlsplit(callback.url).query))
