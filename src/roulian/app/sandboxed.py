"""WeChat's sandbox beside the platform, with the brand's accounts, merchant and templates in it.

What WeChat's back office would hand to a brand is asked for through the sandbox's control door and kept in
`home/wechat.json` (readable by its owner alone), so that a restart finds the same world.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from roulian import tell
from roulian.app.settings import Credentials, write_secret
from roulian.gateways.pay import MerchantKeys
from roulian.gateways.wechat import AccountKeys
from wechat_sandbox import Answer, Callback, Sandbox

MCHID = "1900009191"
MERCHANT_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
OPEN_APPID = "wxopen0001"
SCAN_PAGE = "/cgi-bin/componentloginpage"
TEMPLATE_ID = "tpl_{}"
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class BrandAccount:
    """One account of the brand's matrix, as its brand file names it."""

    appid: str
    kind: str
    name: str


PLATFORM_APPID = "wx5c1d20260603f001"
NEIGHBOUR = BrandAccount("wx5c1d20260603f002", "service", "拾光烘焙圈")


class Wire:
    """Carries the sandbox's callbacks into our own ASGI app; `asgi` is set once the app exists."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self.asgi: Callable[..., Any] | None = None

    async def send(self, callback: Callback) -> Answer:
        """Deliver one callback; an absent receiver answers 0, and what ours raises passes through: the play stops."""
        if self.asgi is None:
            return Answer(0)
        parts = urlsplit(callback.url)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": callback.method,
            "scheme": parts.scheme,
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in callback.headers.items()],
            "server": (parts.hostname, 443),
            "client": ("127.0.0.1", 0),
        }
        said: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": callback.body, "more_body": False}

        async def reply(message: dict[str, Any]) -> None:
            said.append(message)

        await self.asgi(scope, receive, reply)
        status = next(int(m["status"]) for m in said if m["type"] == "http.response.start")
        return Answer(status, b"".join(m.get("body", b"") for m in said if m["type"] == "http.response.body"))


async def provision(sandbox: Sandbox, *, accounts: Sequence[BrandAccount], public_url: str) -> Credentials:
    """The credentials of the brand's accounts and merchant, made through the sandbox's control door."""
    transport = httpx.ASGITransport(app=sandbox.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as door:
        mini, official = await _accounts(door, accounts, public_url=public_url)
        merchant = await _merchant(door, mini)
        await _templates(door, mini.appid)
    return Credentials(mini, official, merchant)


async def open_platform(sandbox: Sandbox, *, public_url: str) -> AccountKeys:
    """The brand's own third-party platform, and an account outside its matrix whose owner may let it speak for it.

    No ticket is pushed before one is asked for: a demo in which nobody scans does not pay for 144 of them a day.
    """
    transport = httpx.ASGITransport(app=sandbox.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as door:
        await _post(door, "accounts", {"appid": NEIGHBOUR.appid, "kind": NEIGHBOUR.kind, "name": NEIGHBOUR.name})
        body = {
            "appid": PLATFORM_APPID,
            "name": "柔链",
            "ticket_url": f"{public_url}/wechat/platform",
            "message_url": f"{public_url}/wechat/callback/$APPID$",
            "pushes_tickets": False,
        }
        made = (await _post(door, "platforms", body))["platform"]
    return AccountKeys(made["appid"], made["secret"], made["token"], made["aes_key"])


def recall(kept: Path) -> Credentials | None:
    """The credentials kept by an earlier run, if there was one."""
    return msgspec.json.decode(kept.read_bytes(), type=Credentials) if kept.exists() else None


def keep(credentials: Credentials, kept: Path) -> None:
    """Write the credentials down for the next run, readable by their owner alone."""
    write_secret(kept, msgspec.json.encode(credentials))


async def _post(door: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> dict[str, Any]:
    reply = await door.post(f"/_sandbox/{path}", json=body)
    reply.raise_for_status()
    answer: dict[str, Any] = reply.json()
    return answer


async def _accounts(
    door: httpx.AsyncClient, accounts: Sequence[BrandAccount], *, public_url: str
) -> tuple[AccountKeys, tuple[AccountKeys, ...]]:
    made: dict[str, AccountKeys] = {}
    for account in accounts:
        body = {
            "appid": account.appid,
            "kind": account.kind,
            "name": account.name,
            "callback_url": f"{public_url}/wechat/callback/{account.appid}",
            "open_appid": OPEN_APPID,
        }
        known = (await _post(door, "accounts", body))["account"]
        made[account.appid] = AccountKeys(known["appid"], known["secret"], known["token"], known["aes_key"])
    mini = next(account.appid for account in accounts if account.kind == "mini_program")
    return made[mini], tuple(keys for appid, keys in made.items() if appid != mini)


async def _merchant(door: httpx.AsyncClient, mini: AccountKeys) -> MerchantKeys:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    body = {
        "mchid": MCHID,
        "appids": [mini.appid],
        "public_key_pem": public.decode(),
        "apiv3_key": mini.secret,
        "serial": MERCHANT_SERIAL,
    }
    merchant = await _post(door, "merchants", body)
    return MerchantKeys(
        mchid=MCHID,
        serial=merchant["serial"],
        private_key_pem=private.decode(),
        api_v3_key=mini.secret,
        platform_keys={merchant["public_key_id"]: merchant["public_key_pem"]},
    )


async def _templates(door: httpx.AsyncClient, appid: str) -> None:
    for scenario in tell.Scenario:
        body = {
            "appid": appid,
            "template_id": TEMPLATE_ID.format(scenario.value),
            "title": scenario.template.title_zh,
            "fields": [field.name for field in scenario.template.fields],
        }
        await _post(door, "templates", body)


def templates() -> Mapping[tell.Scenario, str]:
    """The ids the templates have in the sandbox."""
    return {scenario: TEMPLATE_ID.format(scenario.value) for scenario in tell.Scenario}
