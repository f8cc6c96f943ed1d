"""发货信息管理: what WeChat must know of an order before it lets its money go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.gateways.wechat.reactions import Reaction, Refused
from roulian.words.time import Instant

_SHANGHAI = timezone(timedelta(hours=8))
_ITEM_DESC_MOST = 120


class OrderState(IntEnum):
    """Where WeChat sees an order."""

    TO_SHIP = 1
    SHIPPED = 2
    RECEIVED = 3
    DONE = 4
    REFUNDED = 5
    FROZEN = 6


@dataclass(frozen=True, slots=True)
class ShippingOrder:
    """An order as WeChat's shipping books hold it."""

    transaction_id: str
    out_trade_no: str
    state: OrderState
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel on its way; `carrier` is WeChat's code of it.

    `receiver_masked` (`189****1234`) is needed for SF alone, which finds no parcel without it.
    """

    waybill: str
    carrier: str
    item_desc: str
    receiver_masked: str = ""


class _OrderKey(msgspec.Struct):
    mchid: str
    out_trade_no: str
    order_number_type: int = 1


class _Contact(msgspec.Struct):
    receiver_contact: str


class _Parcel(msgspec.Struct, omit_defaults=True):
    item_desc: str
    tracking_no: str = ""
    express_company: str = ""
    contact: _Contact | None = None


class _Payer(msgspec.Struct):
    openid: str


class _Shipping(msgspec.Struct, omit_defaults=True):
    order_key: _OrderKey
    logistics_type: int
    delivery_mode: int
    shipping_list: list[_Parcel]
    upload_time: str
    payer: _Payer
    is_all_delivered: bool | None = None


class _Special(msgspec.Struct):
    order_id: str
    delay_to: int
    type: int = 1


class _TradeManaged(Answer):
    is_trade_managed: bool = False


class _Confirmed(Answer):
    completed: bool = False


class _Order(msgspec.Struct):
    transaction_id: str = ""
    merchant_trade_no: str = ""
    order_state: int = 1
    paid_amount: int = 0


class _OrderAnswer(Answer):
    order: _Order = msgspec.field(default_factory=_Order)


class _OrderList(Answer):
    order_list: list[_Order] = msgspec.field(default_factory=list)
    last_index: str = ""
    has_more: bool = False


_EXPRESS, _PICK_UP = 1, 4
_WHOLE, _SPLIT = 1, 2
_SF = "SF"


class ShippingApi:
    """Filing what was shipped, and what ships late by promise. `mchid` owns the payments."""

    def __init__(self, line: Line, *, mchid: str) -> None:
        """File over `line`."""
        self._line, self._mchid = line, mchid

    async def upload(
        self, appid: str, *, out_trade_no: str, openid: str, parcels: Sequence[Parcel], is_all: bool, at: Instant
    ) -> None:
        """What left of the order so far, up to 15 parcels, `is_all` once nothing more follows.

        One parcel that is everything is filed whole, anything else as split: an order that began in parts stays in
        parts, for a change of mode is the one re-shipment WeChat allows. The same again changes nothing.
        Refused 10060001 (not yet known), 10060003 (shipped anew before), 10060024 (too many parcels).
        """
        shown = [_shown(one) for one in parcels]
        is_whole = is_all and len(shown) == 1
        body = self._shipping(out_trade_no, openid, shown, at, mode=_WHOLE if is_whole else _SPLIT)
        body.is_all_delivered = None if is_whole else is_all
        await self._filed(appid, body)

    async def upload_pick_up(self, appid: str, *, out_trade_no: str, openid: str, item_desc: str, at: Instant) -> None:
        """The order stands ready where its buyer collects it (用户自提). Refused 10060001."""
        parcel = _Parcel(item_desc[:_ITEM_DESC_MOST])
        body = self._shipping(out_trade_no, openid, [parcel], at, mode=_WHOLE, logistics=_PICK_UP)
        await self._filed(appid, body)

    def _shipping(
        self,
        out_trade_no: str,
        openid: str,
        parcels: Sequence[_Parcel],
        at: Instant,
        *,
        mode: int,
        logistics: int = _EXPRESS,
    ) -> _Shipping:
        return _Shipping(
            order_key=_OrderKey(mchid=self._mchid, out_trade_no=out_trade_no),
            logistics_type=logistics,
            delivery_mode=mode,
            shipping_list=list(parcels),
            upload_time=_rfc3339(at),
            payer=_Payer(openid),
        )

    async def _filed(self, appid: str, body: _Shipping) -> None:
        """That WeChat finds nothing new (10060023) is what a repeated call hopes for."""
        try:
            await self._line.post(appid, "/wxa/sec/order/upload_shipping_info", body, Answer, is_repeatable=True)
        except Refused as no:
            if no.reaction is not Reaction.DONE_ALREADY:
                raise

    async def special_order(self, appid: str, *, order_id: str, delay_to: Instant) -> None:
        """The order is filed as a presale shipping by `delay_to`, 15 to 330 days after payment. Refused 268546002."""
        body = _Special(order_id=order_id, delay_to=delay_to.ms // 1000)
        await self._line.post(appid, "/wxa/sec/order/opspecialorder", body, Answer, is_repeatable=False)

    async def is_trade_managed(self, appid: str) -> bool:
        """Whether WeChat holds the mini-program's money until shipping is entered."""
        path, body = "/wxa/sec/order/is_trade_managed", {"appid": appid}
        return (await self._line.post(appid, path, body, _TradeManaged, is_repeatable=True)).is_trade_managed

    async def is_confirmation_completed(self, appid: str) -> bool:
        """Whether the mini-program has agreed that money follows the buyer's confirmation."""
        path, body = "/wxa/sec/order/is_trade_management_confirmation_completed", {"appid": appid}
        return (await self._line.post(appid, path, body, _Confirmed, is_repeatable=True)).completed

    async def order(self, appid: str, *, out_trade_no: str) -> ShippingOrder:
        """The order as WeChat's books hold it. Refused 10060001."""
        body = {"merchant_id": self._mchid, "merchant_trade_no": out_trade_no}
        path = "/wxa/sec/order/get_order"
        return _order((await self._line.post(appid, path, body, _OrderAnswer, is_repeatable=True)).order)

    async def orders(
        self, appid: str, *, state: OrderState, after: str = "", limit: int = 100
    ) -> tuple[tuple[ShippingOrder, ...], str]:
        """A page of the orders in `state`, and the `after` of the next page; empty on the last one."""
        body = {"order_state": state.value, "last_index": after, "page_size": limit}
        path = "/wxa/sec/order/get_order_list"
        answer = await self._line.post(appid, path, body, _OrderList, is_repeatable=True)
        return tuple(_order(one) for one in answer.order_list), answer.last_index if answer.has_more else ""

    async def remind_confirm(self, appid: str, *, out_trade_no: str, received_at: Instant) -> None:
        """The buyer is asked to confirm an express parcel that was signed for; once an order. Refused 10060028."""
        key = {"merchant_id": self._mchid, "merchant_trade_no": out_trade_no}
        body = {**key, "received_time": received_at.ms // 1000}
        await self._line.post(appid, "/wxa/sec/order/notify_confirm_receive", body, Answer, is_repeatable=False)

    async def set_order_page(self, appid: str, path: str) -> None:
        """The page WeChat's shipping messages open in the mini-program."""
        await self._line.post(appid, "/wxa/sec/order/set_msg_jump_path", {"path": path}, Answer, is_repeatable=True)


def _shown(parcel: Parcel) -> _Parcel:
    contact = _Contact(parcel.receiver_masked) if parcel.carrier == _SF and parcel.receiver_masked else None
    return _Parcel(parcel.item_desc[:_ITEM_DESC_MOST], parcel.waybill, parcel.carrier, contact)


def _order(said: _Order) -> ShippingOrder:
    return ShippingOrder(said.transaction_id, said.merchant_trade_no, OrderState(said.order_state), said.paid_amount)


def _rfc3339(at: Instant) -> str:
    moment = datetime.fromtimestamp(at.ms / 1000, tz=UTC).astimezone(_SHANGHAI)
    return moment.isoformat(timespec="milliseconds")
