"""The platform as its shoppers and partners see it: public doors only, and the simulated clock's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from world.agenda.acts import Signal
from world.doors.door import Door, Reply

T = TypeVar("T")
_SERVER_FAILED = 500


class BrokenDoor(Exception):  # noqa: N818 - a finding about the platform, not a condition to handle
    """The platform answered what its contract does not allow: the simulation stops and says where."""

    def __init__(self, method: str, path: str, reply: Reply) -> None:
        """Name the call and what came back."""
        super().__init__(f"{method} {path} answered {reply.status}: {reply.body[:400].decode(errors='replace')}")
        self.reply = reply


class ClockFace(msgspec.Struct, frozen=True):
    """Simulated time: now, and where to go on after a crash."""

    now_ms: int
    next_due_ms: int | None = None
    resume_ms: int | None = None


class Session(msgspec.Struct, frozen=True):
    """A shopper's session and the subscription templates the shop asks for."""

    token: str
    member: str
    templates: tuple[str, ...] = ()


class Placed(msgspec.Struct, frozen=True):
    """A placed order; `pay` are the arguments of wx.requestPayment, None when it cannot be paid (any more)."""

    order: str
    total_fen: int
    promised_day: str
    pay: dict[str, str] | None = None


class OrderPage(msgspec.Struct, frozen=True):
    """What the order page says."""

    order: str
    status: str
    promised_day: str


class OpenCampaign(msgspec.Struct, frozen=True):
    """A presale one can join now."""

    campaign: str
    sku: str


class Purchase(msgspec.Struct, frozen=True):
    """What a supplier still owes; days are `YYYY-MM-DD`."""

    id: str
    supplier: str
    sku: str
    qty: int
    received_qty: int
    placed_day: str
    expected_day: str
    promised_day: str | None = None


class Work(msgspec.Struct, frozen=True):
    """A work order not yet done; days are `YYYY-MM-DD`."""

    id: str
    sku: str
    qty: int
    done_qty: int
    line: str
    start_day: str
    due_day: str


class Parcel(msgspec.Struct, frozen=True):
    """A waybill not yet signed for."""

    id: str
    order: str
    waybill: str
    carrier: str
    status: str


class _Campaigns(msgspec.Struct):
    campaigns: tuple[OpenCampaign, ...]


class _Purchases(msgspec.Struct):
    purchases: tuple[Purchase, ...]


class _Works(msgspec.Struct):
    work: tuple[Work, ...]


class _Parcels(msgspec.Struct):
    shipments: tuple[Parcel, ...]


class _Refusal(msgspec.Struct):
    code: str = ""
    facts: dict[str, object] = {}


class _Refused(msgspec.Struct):
    error: _Refusal


@dataclass(frozen=True, slots=True)
class Refused:
    """The shop said no: `code` is the platform's own."""

    status: int
    code: str
    facts: Mapping[str, object]


class Platform:
    """One platform behind one door. Every method raises `BrokenDoor` for an answer outside the contract."""

    def __init__(self, door: Door, *, partner_key: str = "") -> None:
        """Knock at `door`; `partner_key` opens the suppliers' side."""
        self._door = door
        self._partner = {"x-partner-key": partner_key}
        self.calls = 0

    async def clock(self) -> ClockFace:
        """The platform's simulated time."""
        return await self._get("/sim/clock", ClockFace, {})

    async def advance(self, to_ms: int) -> ClockFace:
        """Simulated time moves to `to_ms`; whatever falls due on the way has happened."""
        return await self._post("/sim/advance", {"to_ms": to_ms}, ClockFace, {})

    async def sign_in(self, code: str, *, region: str) -> Session:
        """A session for the code that wx.login gave; the phone knows the region its owner chose."""
        return await self._post("/api/store/session", {"code": code, "region": region}, Session, {})

    async def send_signals(self, token: str, signals: Sequence[Signal]) -> Refused | None:
        """The phone sends what it collected; None when it was taken."""
        path = "/api/store/signals"
        reply = await self._call("POST", path, _bearer(token), _signals_body(signals))
        return None if reply.is_ok() else _refused(reply, path)

    async def campaigns(self, token: str) -> Mapping[str, str]:
        """The presales one can join now: SKU to campaign."""
        found = await self._get("/api/store/campaigns", _Campaigns, _bearer(token))
        return {campaign.sku: campaign.campaign for campaign in found.campaigns}

    async def look_at(self, token: str, sku: str) -> None:
        """The shopper opens a product page."""
        await self._get(f"/api/store/products/{sku}", dict, _bearer(token))

    async def place(
        self, token: str, *, key: str, region: str, lines: Sequence[tuple[str, int]], campaign: str | None
    ) -> Placed | Refused:
        """An order for `lines` (SKU, units), and at once the way to pay it; the same key is the same order."""
        wanted = [{"sku": sku, "qty": units, "campaign": campaign} for sku, units in lines]
        path = "/api/store/orders"
        body = msgspec.json.encode({"key": key, "region": region, "lines": wanted})
        reply = await self._call("POST", path, _bearer(token), body)
        if not reply.is_ok():
            return _refused(reply, path)
        path = f"{path}/{_read(reply, path, Placed).order}/pay"
        reply = await self._call("POST", path, _bearer(token), b"{}")
        return _read(reply, path, Placed) if reply.is_ok() else _refused(reply, path)

    async def cancel(self, token: str, order: str) -> Refused | None:
        """The shopper cancels an unpaid order; None when it is cancelled."""
        path = f"/api/store/orders/{order}/cancel"
        reply = await self._call("POST", path, _bearer(token), b"{}")
        return None if reply.is_ok() else _refused(reply, path)

    async def order_page(self, token: str, order: str) -> OrderPage | Refused:
        """What the order page says now."""
        path = f"/api/store/orders/{order}"
        reply = await self._call("GET", path, _bearer(token))
        return _read(reply, path, OrderPage) if reply.is_ok() else _refused(reply, path)

    async def purchases(self) -> Sequence[Purchase]:
        """What suppliers still owe."""
        return (await self._get("/api/partners/purchases?status=open", _Purchases, self._partner)).purchases

    async def answer_purchase(self, purchase: str, day: str) -> None:
        """The supplier promises `day`."""
        await self._tell(f"/api/partners/purchases/{purchase}/reply", {"day": day}, self._partner)

    async def bring(self, purchase: str, qty: int, *, key: str) -> None:
        """The supplier's goods arrive; the same key arrives once."""
        await self._tell(f"/api/partners/purchases/{purchase}/arrived", {"qty": qty, "key": key}, self._partner)

    async def work(self) -> Sequence[Work]:
        """What the workshop has still to finish."""
        return (await self._get("/api/partners/work?status=open", _Works, self._partner)).work

    async def report_work(self, work: str, done_qty: int) -> None:
        """The workshop has finished `done_qty` units in total."""
        await self._tell(f"/api/partners/work/{work}/report", {"done_qty": done_qty}, self._partner)

    async def parcels(self) -> Sequence[Parcel]:
        """What the carrier has still to bring."""
        return (await self._get("/api/partners/shipments?status=open", _Parcels, self._partner)).shipments

    async def _call(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        self.calls += 1
        reply = await self._door.call(method, path, body=body, headers=headers)
        if reply.status >= _SERVER_FAILED:
            raise BrokenDoor(method, path, reply)
        return reply

    async def _get(self, path: str, shape: type[T], headers: Mapping[str, str]) -> T:
        reply = await self._call("GET", path, headers)
        if not reply.is_ok():
            raise BrokenDoor("GET", path, reply)
        return _read(reply, path, shape)

    async def _post(self, path: str, body: Mapping[str, object], shape: type[T], headers: Mapping[str, str]) -> T:
        reply = await self._call("POST", path, headers, msgspec.json.encode(body))
        if not reply.is_ok():
            raise BrokenDoor("POST", path, reply)
        return _read(reply, path, shape)

    async def _tell(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> None:
        reply = await self._call("POST", path, headers, msgspec.json.encode(body))
        if not reply.is_ok():
            raise BrokenDoor("POST", path, reply)


def _bearer(token: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {token}"}


def _signals_body(signals: Sequence[Signal]) -> bytes:
    return b'{"events":' + msgspec.json.encode(signals) + b"}"


def _read(reply: Reply, path: str, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BrokenDoor("reading", path, reply) from error


def _refused(reply: Reply, path: str) -> Refused:
    error = _read(reply, path, _Refused).error
    return Refused(reply.status, error.code, error.facts)
