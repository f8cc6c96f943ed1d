"""WeChat's side of people's lives, through the sandbox's control door: log in, tap, pay, read, move parcels."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from world.days import iso
from world.doors.door import Door, Reply

PERSONS_PER_CALL = 2_000


class Step(StrEnum):
    """Steps of a parcel, as `add_express_path` numbers them."""

    PICKED_UP = "100001"
    MOVING = "200001"
    OUT_FOR_DELIVERY = "300002"
    SIGNED = "300003"


class BrokenSandbox(Exception):  # noqa: N818
    """The sandbox's control door refused what it should take."""


class _Code(msgspec.Struct):
    code: str


class _Paid(msgspec.Struct):
    transaction_id: str


class Sandbox:
    """The control door of one sandbox, for one mini-program."""

    def __init__(self, door: Door, *, appid: str) -> None:
        """Act in the mini-program `appid`."""
        self._door, self._appid = door, appid
        self.calls = 0

    async def settle(self, persons: Sequence[str]) -> None:
        """These persons exist; who existed before stays as they were."""
        for first in range(0, len(persons), PERSONS_PER_CALL):
            await self._must("persons", {"names": persons[first : first + PERSONS_PER_CALL]})

    async def login_code(self, person: str) -> str:
        """The code `wx.login` gives."""
        reply = await self._must("wx_login", {"person": person, "appid": self._appid})
        return msgspec.json.decode(reply.body, type=_Code).code

    async def answer_popup(self, person: str, answers: Mapping[str, str]) -> None:
        """The person taps accept or reject for each template of the subscription pop-up."""
        await self._must("consent", {"person": person, "appid": self._appid, "answers": answers})

    async def pay(self, person: str, request_payment: Mapping[str, str]) -> str | None:
        """The transaction that paid, or None when the cashier refused (expired, closed, paid already)."""
        reply = await self._call("pay", {"person": person, "request_payment": request_payment})
        return msgspec.json.decode(reply.body, type=_Paid).transaction_id if reply.is_ok() else None

    async def confirm_receipt(self, person: str, transaction: str) -> bool:
        """Whether the receipt is confirmed now; not when it was before, or nothing was shipped."""
        reply = await self._call("confirm_receipt", {"person": person, "transaction_id": transaction})
        return reply.is_ok()

    async def send_article(self, appid: str, msgid: str, *, title: str) -> None:
        """The editor sends the article from the back office; sending it again changes nothing."""
        await self._must("articles/publish", {"appid": appid, "msgid": msgid, "title": title})

    async def count_readers(self, appid: str, msgid: str, *, day: int, readers: int, sharers: int) -> bool:
        """Whether WeChat knows the article and has counted its readers of the day."""
        row = {"appid": appid, "msgid": msgid, "day": iso(day), "read_user": readers, "share_user": sharers}
        return (await self._call("articles/count", {"counts": [row]})).is_ok()

    async def move_parcel(self, person: str, *, carrier: str, waybill: str, step: Step) -> None:
        """The carrier scans a parcel; WeChat tells the shop."""
        body = {
            "appid": self._appid,
            "person": person,
            "delivery_id": carrier,
            "waybill_id": waybill,
            "action_type": int(step),
        }
        await self._must("express_path", body)

    async def _must(self, act: str, body: Mapping[str, object]) -> Reply:
        reply = await self._call(act, body)
        if not reply.is_ok():
            raise BrokenSandbox(f"{act} answered {reply.status}: {reply.body[:300].decode(errors='replace')}")
        return reply

    async def _call(self, act: str, body: Mapping[str, object]) -> Reply:
        self.calls += 1
        return await self._door.call("POST", f"/_sandbox/{act}", body=msgspec.json.encode(body))
