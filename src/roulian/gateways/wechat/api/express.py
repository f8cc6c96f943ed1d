"""Parcels followed in WeChat, whoever carries them (物流查询组件)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import msgspec

from roulian.gateways.wechat.line import Answer, Line

_FOLDER = "/cgi-bin/express/delivery/open_msg"


class ParcelState(IntEnum):
    """Where a parcel is (`waybill_info.status`)."""

    UNKNOWN = 0
    PICKED_UP = 1
    UNDER_WAY = 2
    OUT_FOR_DELIVERY = 3
    DELIVERED = 4
    TROUBLE = 5
    SIGNED_BY_PROXY = 6
    RETURNED_OR_OTHER = 7


@dataclass(frozen=True, slots=True)
class Shown:
    """A product on the tracking page."""

    name: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A parcel to be followed; `carrier` may be empty where WeChat knows it from the order's shipping entry.

    The receiver's phone is personal data: never shown, never logged.
    """

    openid: str
    waybill: str
    carrier: str
    receiver_phone: str = field(repr=False)
    transaction_id: str
    goods: Sequence[Shown]


class _Traced(Answer):
    waybill_token: str = ""


class _Info(msgspec.Struct):
    status: int = 0


class _Trace(Answer):
    waybill_info: _Info = msgspec.field(default_factory=_Info)


class ExpressApi:
    """Tracking, as the mini-program's plugin shows it."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def trace(self, appid: str, parcel: Tracked) -> str:
        """The token with which the plugin opens the tracking page; the same for the same parcel. Refused 40003, 40097."""
        goods = [{"goods_name": one.name, "goods_img_url": one.image_url} for one in parcel.goods]
        body = {
            "openid": parcel.openid,
            "waybill_id": parcel.waybill,
            "delivery_id": parcel.carrier,
            "receiver_phone": parcel.receiver_phone,
            "trans_id": parcel.transaction_id,
            "goods_info": {"detail_list": goods},
        }
        path = f"{_FOLDER}/trace_waybill"
        return (await self._line.post(appid, path, body, _Traced, is_repeatable=True)).waybill_token

    async def state(self, appid: str, *, openid: str, token: str) -> ParcelState:
        """Where the parcel is. Refused 9300507 (no such token)."""
        body = {"openid": openid, "waybill_token": token}
        answer = await self._line.post(appid, f"{_FOLDER}/query_trace", body, _Trace, is_repeatable=True)
        return ParcelState(answer.waybill_info.status)
