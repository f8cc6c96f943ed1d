"""Tracking any carrier's parcel in WeChat: a token for the tracking page, and a card for who follows the parcel.

`trace_waybill` gives the query plugin's token, `follow_waybill` also sends the customer a notice at the steps that
matter. The carrier of a parcel shipped with upload_shipping_info is known from there.
Source: developers.weixin.qq.com, 物流查询组件 and 物流消息组件: 100 000 calls a day, 100 per person.
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.carriers import carriers, listed, name_of
from wechat_sandbox.express.parcels import status_of
from wechat_sandbox.pay.payments import Payment, payment_by_transaction
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import packages_of, shipment
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed


class Goods(msgspec.Struct):
    """One product as the tracking page shows it."""

    goods_name: str = ""
    goods_img_url: str = ""
    goods_desc: str = ""


class GoodsInfo(msgspec.Struct):
    """The products in the parcel."""

    detail_list: list[Goods] = []


class Waybill(msgspec.Struct):
    """Body of trace_waybill and follow_waybill."""

    openid: str = ""
    sender_phone: str = ""
    receiver_phone: str = ""
    delivery_id: str = ""
    waybill_id: str = ""
    trans_id: str = ""
    order_detail_path: str = ""
    goods_info: GoodsInfo = msgspec.field(default_factory=GoodsInfo)


class ByToken(msgspec.Struct):
    """Body of the queries and updates."""

    waybill_token: str = ""
    openid: str = ""
    goods_info: GoodsInfo = msgspec.field(default_factory=GoodsInfo)


def trace_waybill(state: State, request: Request) -> Body:
    """POST open_msg/trace_waybill: the token of the parcel's tracking page; the same for the same parcel.

    Refuses a strange openid (40003), a missing number, phone or product, or a payment of somebody else (40097), and
    an unknown carrier (9300503).
    """
    return _token(state, request, is_followed=False)


def follow_waybill(state: State, request: Request) -> Body:
    """POST open_msg/follow_waybill: like trace_waybill, and the customer hears of the parcel's steps."""
    return _token(state, request, is_followed=True)


def _token(state: State, request: Request, *, is_followed: bool) -> Body:
    body = parsed(request, Waybill)
    if person_of(state, request.caller, body.openid) is None:
        raise ApiError(40003)
    if not body.waybill_id or not body.receiver_phone or not _is_shown(body.goods_info):
        raise ApiError(40097)
    if body.delivery_id and body.delivery_id not in carriers():
        raise ApiError(9300503)
    payment = _payment(state, request.caller, body)
    spend(state, f"{request.caller}/{body.openid}", request.path + "#user")
    known: str | None = state.value(
        "SELECT token FROM tracked_waybills WHERE appid = ? AND openid = ? AND waybill_id = ? AND is_followed = ?",
        request.caller,
        body.openid,
        body.waybill_id,
        is_followed,
    )
    token = known or state.draw_text(60)
    if known is None:
        state.run(
            "INSERT INTO tracked_waybills VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            token,
            request.caller,
            body.openid,
            body.waybill_id,
            body.delivery_id or _carrier_of(state, body.waybill_id, payment),
            is_followed,
            msgspec.json.encode(body.goods_info).decode(),
            body.order_detail_path,
        )
    return {"errcode": 0, "errmsg": "ok", "waybill_token": token}


def _is_shown(goods: GoodsInfo) -> bool:
    return bool(goods.detail_list) and all(one.goods_name and one.goods_img_url for one in goods.detail_list)


def _payment(state: State, appid: str, body: Waybill) -> Payment | None:
    """The order that was paid; `trans_id` may be empty, but not another person's."""
    if not body.trans_id:
        return None
    payment = payment_by_transaction(state, body.trans_id)
    if payment is None or (payment.appid, payment.openid) != (appid, body.openid):
        raise ApiError(40097)
    return payment


def _carrier_of(state: State, waybill_id: str, payment: Payment | None) -> str:
    """Who carries the parcel: as the order was shipped, or as its waybill or its first step says."""
    found = shipment(state, payment) if payment is not None else None
    for package in packages_of(found) if found is not None else ():
        if package.get("tracking_no") == waybill_id:
            return str(package.get("express_company", ""))
    delivery_id: str | None = state.value("SELECT delivery_id FROM waybills WHERE waybill_id = ?", waybill_id)
    if delivery_id is None:
        delivery_id = state.value("SELECT delivery_id FROM parcel_steps WHERE waybill_id = ? AND n = 1", waybill_id)
    return delivery_id or ""


def _tracked(state: State, appid: str, token: str) -> sqlite3.Row:
    row = state.one("SELECT * FROM tracked_waybills WHERE token = ? AND appid = ?", token, appid)
    if row is None:
        raise ApiError(9300507)
    return row


def query_trace(state: State, request: Request) -> Body:
    """POST open_msg/query_trace and query_follow_trace: where the parcel is, and what is in it; 9300507."""
    row = _tracked(state, request.caller, parsed(request, ByToken).waybill_token)
    delivery_id = row["delivery_id"] or _carrier_of(state, row["waybill_id"], None)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "waybill_info": {"status": status_of(state, row["waybill_id"]), "waybill_id": row["waybill_id"]},
        "shop_info": {"goods_info": msgspec.json.decode(row["goods"])},
        "delivery_info": {"delivery_id": delivery_id, "delivery_name": name_of(delivery_id)},
    }


def update_goods(state: State, request: Request) -> Body:
    """POST open_msg/update_waybill_goods and update_follow_waybill_goods: other products; 9300507, 40097."""
    body = parsed(request, ByToken)
    row = _tracked(state, request.caller, body.waybill_token)
    if not _is_shown(body.goods_info):
        raise ApiError(40097)
    text = msgspec.json.encode(body.goods_info).decode()
    state.run("UPDATE tracked_waybills SET goods = ? WHERE token = ?", text, row["token"])
    return {"errcode": 0, "errmsg": "ok"}


def delivery_list(_state: State, _request: Request) -> Body:
    """POST open_msg/get_delivery_list: the carriers whose parcels can be tracked."""
    rows = [{"delivery_id": carrier.id, "delivery_name": carrier.name} for carrier in listed()]
    return {"errcode": 0, "errmsg": "ok", "count": len(rows), "delivery_list": rows}


FOLDER = "/cgi-bin/express/delivery/open_msg"
STARTED = (40003, 40097, 9300503)

ROUTES = (
    Route("POST", f"{FOLDER}/trace_waybill", Door.TOKEN, trace_waybill, STARTED),
    Route("POST", f"{FOLDER}/follow_waybill", Door.TOKEN, follow_waybill, STARTED),
    Route("POST", f"{FOLDER}/query_trace", Door.TOKEN, query_trace, (9300507,)),
    Route("POST", f"{FOLDER}/query_follow_trace", Door.TOKEN, query_trace, (9300507,)),
    Route("POST", f"{FOLDER}/update_waybill_goods", Door.TOKEN, update_goods, (40097, 9300507)),
    Route("POST", f"{FOLDER}/update_follow_waybill_goods", Door.TOKEN, update_goods, (40097, 9300507)),
    Route("POST", f"{FOLDER}/get_delivery_list", Door.TOKEN, delivery_list),
)
