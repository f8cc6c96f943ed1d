"""物流助手: waybills that WeChat asks a carrier for, their labels, and their way so far.

Source: developers.weixin.qq.com, express-by-business: addOrder, getOrder, cancelOrder, getPath. The assistant knows
our `key` (`order_id`) and takes each once, so a waybill whose answer was lost is found under it, not made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from roulian.gateways.wechat.api.express import Shown
from roulian.gateways.wechat.line import Answer, Line
from roulian.gateways.wechat.pushes import PathReport
from roulian.gateways.wechat.reactions import Reaction, Refused
from roulian.words.time import Instant

_FOLDER = "/cgi-bin/express/business"
_FROM_MINI_PROGRAM = 0
_UNKNOWN_WAYBILL = 40199
_REPEATED_KEY = 9300522
_VOID = 1


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or receives. A receiver's name, number and street are personal data: never shown, never logged."""

    name: str = field(repr=False)
    mobile: str = field(repr=False)
    province: str
    city: str
    district: str
    street: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consignment:
    """A parcel to be given a waybill under our `key`, on a customer code with a carrier; `weight_g` of all of it.

    `page` is where the buyer's notice leads. `goods` names what is inside, with how many of each.
    """

    key: str
    openid: str
    delivery_id: str
    biz_id: str
    service_type: int
    service_name: str
    sender: Party
    receiver: Party
    weight_g: int
    goods: Sequence[tuple[Shown, int]]
    page: str


@dataclass(frozen=True, slots=True)
class Waybill:
    """A waybill as the assistant holds it. `label_html` is what is printed, in base64: it bears the receiver's address."""

    number: str
    delivery_id: str
    label_html: str = field(default="", repr=False)
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """A customer code as WeChat shows it; `waybills_left` is 0 where its carrier does not count."""

    delivery_id: str
    biz_id: str
    is_bound: bool
    waybills_left: int


class _Made(Answer):
    waybill_id: str = ""


class _Got(Answer):
    waybill_id: str = ""
    delivery_id: str = ""
    print_html: str = ""
    order_status: int = 0


class _Step(msgspec.Struct):
    action_time: int = 0
    action_type: int = 0


class _Path(Answer):
    path_item_list: list[_Step] = msgspec.field(default_factory=list)


class _Account(msgspec.Struct):
    biz_id: str = ""
    delivery_id: str = ""
    status_code: int = 0
    quota_num: int = 0


class _Accounts(Answer):
    codes: list[_Account] = msgspec.field(default_factory=list, name="list")


class WaybillsApi:
    """Waybills of the logistics assistant."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def accounts(self, appid: str) -> tuple[AccountSeen, ...]:
        """The customer codes that the account has bound, or tried to."""
        said = await self._line.get(appid, f"{_FOLDER}/account/getall", {}, _Accounts)
        return tuple(
            AccountSeen(one.delivery_id, one.biz_id, one.status_code == 0, one.quota_num) for one in said.codes
        )

    async def make(self, appid: str, parcel: Consignment) -> str:
        """The number of the parcel's waybill; one made before under its key is that one.

        Refused 930561 (a field is missing), 9300501 (the carrier's own no), 9300525 (customer code not bound),
        9300523 (no waybills left). `Unreachable` with `lost`: look it up with `find`.
        """
        try:
            made = await self._line.post(appid, f"{_FOLDER}/order/add", _order(parcel), _Made, is_repeatable=False)
        except Refused as no:
            if no.errcode != _REPEATED_KEY:
                raise
            known = await self.find(appid, key=parcel.key, delivery_id=parcel.delivery_id)
            if known is None:
                raise
            return known.number
        return made.waybill_id

    async def find(self, appid: str, *, key: str, delivery_id: str) -> Waybill | None:
        """The waybill made under our `key`, with its label; None when there is none."""
        body = {"order_id": key, "delivery_id": delivery_id}
        try:
            got = await self._line.post(appid, f"{_FOLDER}/order/get", body, _Got, is_repeatable=True)
        except Refused as no:
            if no.errcode != _UNKNOWN_WAYBILL:
                raise
            return None
        return Waybill(got.waybill_id, delivery_id, got.print_html, is_void=got.order_status == _VOID)

    async def cancel(self, appid: str, *, key: str, delivery_id: str, number: str, openid: str) -> None:
        """The waybill is void; cancelled before it stays so. Refused 9300506 once the carrier has the parcel."""
        body = {"order_id": key, "delivery_id": delivery_id, "waybill_id": number, "openid": openid}
        try:
            await self._line.post(appid, f"{_FOLDER}/order/cancel", body, Answer, is_repeatable=True)
        except Refused as no:
            if no.reaction is not Reaction.DONE_ALREADY:
                raise

    async def path(self, appid: str, *, key: str, delivery_id: str, number: str, openid: str) -> tuple[PathReport, ...]:
        """Every step of the parcel so far, as the carrier told it. Refused 40199."""
        body = {"order_id": key, "delivery_id": delivery_id, "waybill_id": number, "openid": openid}
        said = await self._line.post(appid, f"{_FOLDER}/path/get", body, _Path, is_repeatable=True)
        return tuple(
            PathReport(number, step.action_type, Instant(step.action_time * 1000), key) for step in said.path_item_list
        )


def _order(parcel: Consignment) -> dict[str, object]:
    shown = [{"goods_name": one.name, "goods_img_url": one.image_url} for one, _ in parcel.goods]
    return {
        "add_source": _FROM_MINI_PROGRAM,
        "order_id": parcel.key,
        "openid": parcel.openid,
        "delivery_id": parcel.delivery_id,
        "biz_id": parcel.biz_id,
        "sender": _party(parcel.sender),
        "receiver": _party(parcel.receiver),
        "cargo": {
            "count": 1,
            "weight": parcel.weight_g / 1000,
            "space_x": 0,
            "space_y": 0,
            "space_z": 0,
            "detail_list": [{"name": one.name, "count": qty} for one, qty in parcel.goods],
        },
        "shop": {"wxa_path": parcel.page, "detail_list": shown},
        "insured": {"use_insured": 0, "insured_value": 0},
        "service": {"service_type": parcel.service_type, "service_name": parcel.service_name},
    }


def _party(who: Party) -> dict[str, str]:
    return {
        "name": who.name,
        "mobile": who.mobile,
        "province": who.province,
        "city": who.city,
        "area": who.district,
        "address": who.street,
    }
