"""The whole house, composed in process: the real platform beside the real sandbox, driven through HTTP doors alone.

`Blueprint` builds a platform once per session, on its first instant; every test moves into a copy of it (a copied
folder), which takes a tenth of a second and shares no state with any other.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec

from builders import said
from roulian.app import App, Settings, compose, read
from roulian.app.brand import Brand, load, read_brand
from roulian.app.memory import StoredAccounts
from roulian.app.play import chance_of, disposable, load_history
from roulian.app.sandboxed import MCHID, TEMPLATE_ID
from roulian.gateways.wechat import AccountKeys
from roulian.tell import Scenario
from roulian.words import Instant, SimulatedClock
from world import history, load_brand

SMALL_BRAND = Path(__file__).parent / "small_brand"
BUNTING, CAKESTAND, HOOK, BAG = "47566", "22423", "84879", "23203"
MINI = "wx5c1d20260603b001"
PLATFORM = "wxplatform000001"
SUBSCRIBE_SEND, CARD_SEND = "/cgi-bin/message/subscribe/send", "/wxa/set_user_notify"
OPENING_HOUR = 8
PAY_NOTIFY = "/wechat/pay/notify"
PICKED_UP, MOVING, OUT_FOR_DELIVERY, SIGNED = 100001, 200001, 300002, 300003
_ENVIRONMENT = {"ROULIAN_BRAND": str(SMALL_BRAND), "ROULIAN_CONSOLE": "/nowhere"}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with a phone: their name in the sandbox and their session in the shop."""

    name: str
    token: str
    member: str
    templates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as its buyer holds it: the shop's answer, and WeChat's transaction once it is paid."""

    id: str
    placed: Mapping[str, Any]
    transaction: str = ""


@dataclass(slots=True)
class House:
    """One running platform, its sandbox, and hands to knock with."""

    app: App
    settings: Settings
    clock: SimulatedClock
    shop: httpx.AsyncClient
    wechat: httpx.AsyncClient
    _orders: int = 0
    _people: dict[str, Person] = field(default_factory=dict)

    async def close(self) -> None:
        """Everything shut."""
        await self.shop.aclose()
        await self.wechat.aclose()
        await self.app.close()

    async def control(self, act: str, /, **body: Any) -> Any:
        """What the sandbox answers to a control action that it must take."""
        reply = await self.wechat.post(f"/_sandbox/{act}", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def look(self, what: str, /, **query: Any) -> Any:
        """What the sandbox remembers."""
        reply = await self.wechat.get(f"/_sandbox/{what}", params={"limit": 1000, **query})
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def fault(self, kind: str, /, **about: Any) -> None:
        """The sandbox will misbehave this way."""
        await self.control("faults", kind=kind, **about)

    async def ask(self, method: str, path: str, /, *, who: Person | None = None, **more: Any) -> httpx.Response:
        """One request to the shop, signed in as `who`."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["authorization"] = f"Bearer {who.token}"
        return await self.shop.request(method, path, headers=headers, **more)

    async def partner(self, method: str, path: str, /, **more: Any) -> Any:
        """What the partners' door answers to a supplier who may knock."""
        headers = {"x-partner-key": self.settings.partner_key}
        reply = await self.shop.request(method, f"/api/partners{path}", headers=headers, **more)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def person(self, name: str, *, accepts: Sequence[Scenario] = ()) -> Person:
        """Someone who opened the shop, and tapped accept once for each of `accepts`."""
        if name not in self._people:
            await self.control("persons", names=[name])
            code = (await self.control("wx_login", person=name, appid=MINI))["code"]
            reply = await self.shop.post("/api/store/session", json={"code": code})
            assert reply.status_code == 200, reply.text
            body = reply.json()
            self._people[name] = Person(name, body["token"], body["member"], tuple(body["templates"]))
        person = self._people[name]
        await self.ask("POST", "/api/store/members/me", who=person, json={"region": "浙江"})
        if accepts:
            answers = {TEMPLATE_ID.format(scenario.value): "accept" for scenario in accepts}
            await self.control("consent", person=name, appid=MINI, answers=answers)
            await self.settle()
        return person

    async def order(self, who: Person, sku: str, qty: int = 1, *, campaign: str | None = None) -> Bought:
        """A placed, unpaid order."""
        self._orders += 1
        lines = [{"sku": sku, "qty": qty, "campaign": campaign}]
        body = {"key": f"cart-{self._orders}", "region": "浙江", "lines": lines}
        reply = await self.ask("POST", "/api/store/orders", who=who, json=body)
        assert reply.status_code == 201, reply.text
        return await self.till(who, reply.json()["order"])

    async def till(self, who: Person, order: str) -> Bought:
        """The order with the way to pay it."""
        reply = await self.ask("POST", f"/api/store/orders/{order}/pay", who=who)
        assert reply.status_code == 200, reply.text
        return Bought(order, reply.json())

    async def pay(self, who: Person, bought: Bought) -> Bought:
        """The order paid in WeChat's cashier, and everything said that follows at once."""
        reply = await self.control("pay", person=who.name, request_payment=bought.placed["pay"])
        await self.settle()
        return Bought(bought.id, bought.placed, reply["transaction_id"])

    async def buy(self, who: Person, sku: str, qty: int = 1, *, campaign: str | None = None) -> Bought:
        """A placed and paid order."""
        return await self.pay(who, await self.order(who, sku, qty, campaign=campaign))

    async def page(self, who: Person, bought: Bought) -> Any:
        """The order page."""
        reply = await self.ask("GET", f"/api/store/orders/{bought.id}", who=who)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def campaign(self, sku: str = BAG) -> Any:
        """The open presale of `sku`."""
        found = (await self.shop.get("/api/store/campaigns")).json()["campaigns"]
        return next(campaign for campaign in found if campaign["sku"] == sku)

    async def until(self, instant: Instant) -> None:
        """Time moves to `instant`; what falls due on the way happens."""
        reply = await self.shop.post("/sim/advance", json={"to_ms": instant.ms})
        assert reply.status_code == 200, reply.text

    async def after(self, **span: float) -> None:
        """Time moves on by so many `days`, `hours`, `minutes`, `seconds`."""
        await self.until(self.clock.now().plus(timedelta(**span)))

    async def settle(self) -> None:
        """Everything due now happens."""
        await self.until(self.clock.now())

    async def messages(self, who: Person, kind: str | None = None) -> list[Any]:
        """What arrived on the person's phone, oldest first."""
        query = {"person": who.name} | ({"kind": kind} if kind else {})
        return list((await self.look("messages", **query))["messages"])

    async def cards(self, who: Person) -> list[Mapping[str, Any]]:
        """What the service card of the person's orders showed, oldest first; `cur_status` is WeChat's step."""
        found = await self.messages(who, "card")
        return [msgspec.json.decode(message["content"]["content_json"]) for message in found]

    async def letters(self, who: Person, scenario: Scenario) -> list[Mapping[str, str]]:
        """The fields of the subscription messages of one scenario that arrived on the person's phone."""
        found = await self.messages(who, "subscribe")
        template = TEMPLATE_ID.format(scenario.value)
        return [message["content"] for message in found if message["template_id"] == template]

    async def purchases(self, sku: str) -> list[Any]:
        """What suppliers still owe of `sku`, oldest first."""
        found = (await self.partner("GET", "/purchases"))["purchases"]
        return [purchase for purchase in found if purchase["sku"] == sku]

    async def bring(self, purchase: Mapping[str, Any]) -> None:
        """The supplier's lorry brings the whole purchase."""
        body = {"qty": purchase["qty"], "key": f"note-{purchase['id']}"}
        await self.partner("POST", f"/purchases/{purchase['id']}/arrived", json=body)
        await self.settle()

    async def reply(self, purchase: Mapping[str, Any], day: str) -> None:
        """The supplier promises `day`."""
        await self.partner("POST", f"/purchases/{purchase['id']}/reply", json={"day": day})
        await self.settle()

    async def parcel(self, bought: Bought) -> Any:
        """The parcel of an order that is on its way."""
        found = (await self.partner("GET", "/shipments"))["shipments"]
        return next(parcel for parcel in found if parcel["order"] == bought.id)

    async def carry(self, who: Person, bought: Bought, *steps: int) -> None:
        """The carrier scans the parcel, an hour between scans."""
        parcel = await self.parcel(bought)
        for step in steps:
            await self.after(hours=1)
            about = {"delivery_id": parcel["carrier"], "waybill_id": parcel["waybill"], "action_type": step}
            await self.control("express_path", appid=MINI, person=who.name, **about)
            await self.settle()

    async def calls(self, path: str) -> list[Any]:
        """Every call of `path` that the sandbox saw."""
        return list((await self.look("calls", path=path))["calls"])

    async def in_wechat(self, bought: Bought) -> Any:
        """The order as WeChat knows it."""
        return await self.look("order", mchid=MCHID, out_trade_no=bought.id)

    def said(self, kind: str) -> list[Any]:
        """The facts of one kind, oldest first, as the platform said them."""
        return [msgspec.json.decode(body) for body in said(self.app.store, kind)]

    def restless(self) -> list[tuple[str, str, str]]:
        """What failed at least once and is not done: deliveries, deadlines and jobs, with their errors."""
        stuck = [(step.name, step.status.value, step.error) for step in self.app.store.stuck()]
        return sorted(stuck)


def entered(app: App, settings: Settings) -> House:
    """Hands to knock with at a platform that is open and lives on simulated time."""
    assert app.sandbox is not None
    assert isinstance(app.clock, SimulatedClock)
    shop = httpx.AsyncClient(transport=httpx.ASGITransport(app.asgi), base_url="https://shop.example")
    wechat = httpx.AsyncClient(transport=httpx.ASGITransport(app.sandbox.asgi), base_url="https://wechat.example")
    return House(app, settings, app.clock, shop, wechat)


async def give_platform(house: House) -> None:
    """The brand has an open platform of its own, and its first ticket has come."""
    made = (
        await house.control(
            "platforms",
            appid=PLATFORM,
            name="柔链",
            ticket_url="https://shop.example/wechat/platform",
            message_url="https://shop.example/wechat/callback/$APPID$",
        )
    )["platform"]
    book = house.app.outside.wechat.inbox._book
    assert isinstance(book, StoredAccounts)
    book._platform = AccountKeys(PLATFORM, made["secret"], made["token"], made["aes_key"])
    await house.settle()


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A platform on its first instant, kept as a folder to be copied."""

    folder: Path
    brand: Brand

    @classmethod
    async def drawn(cls, folder: Path) -> "Blueprint":
        """The small brand with its history, at eight o'clock on its first day: the first night is over."""
        brand = read_brand(SMALL_BRAND)
        clock = SimulatedClock(brand.first_day.at(0))
        app = await compose(_settings(folder), brand=brand, clock=clock, chance=chance_of(1))
        load_history(app.store, history(load_brand(SMALL_BRAND), brand.first_day.number))
        app.store.call(lambda tx: load(tx, brand), cause="brand.load")
        assert app.time is not None
        await app.time.advance(brand.first_day.at(OPENING_HOUR))
        await app.close()
        return cls(folder, brand)

    async def house(self, folder: Path) -> House:
        """A fresh platform in `folder`, at eight o'clock on its first day."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        settings, clock = _settings(folder), SimulatedClock(self.brand.first_day.at(OPENING_HOUR))
        app = await compose(settings, brand=self.brand, clock=clock, chance=chance_of(2))
        return entered(app, settings)


def _settings(folder: Path) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    return disposable(read(_ENVIRONMENT, home=folder), home=folder)
