"""Same-city delivery by a carrier of one's own choice (即时配送): the older interface, signed with the shop's secret.

Every body carries `delivery_sign`, the SHA-1 of shopid + shop_order_id + AppSecret. The fake carrier is
`TEST` with the shop `test_shop_id` and the secret `test_app_secrect`, as the document spells it; other shops are
bound by the control API. Statuses are WeChat's: 101 waiting, 102 accepted, 201 at the store, 202 fetched, 301 on the
way, 302 delivered; 103, 203, 204, 205, 401, 501, 502 ended without; 303, 304, 305 going back.
Source: developers.weixin.qq.com, immediate-delivery.
"""

import hashlib
import sqlite3
from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.carriers import TEST
from wechat_sandbox.phone import deliver
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

TEST_SHOP, TEST_SECRET = "test_shop_id", "test_app_secrect"
WAITING, ACCEPTED, CANCELLED, DELIVERED, GOING_BACK, BACK = 101, 102, 103, 302, (303, 304, 305), 401
ENDED = (103, 203, 204, 205, 302, 401, 501, 502)
STATUSES = (101, 102, 103, 201, 202, 203, 204, 205, 301, 302, 303, 304, 305, 401, 501, 502)
TOLD: Mapping[int, str] = {
    102: "骑手已接单",
    202: "骑手已取货,配送中",
    302: "配送已完成",
    203: "配送异常",
    204: "配送异常",
    205: "配送异常",
    303: "配送异常",
    304: "配送异常",
    305: "配送异常",
    501: "配送异常",
    502: "配送异常",
}
FEE_FEN, DEDUCT_FEN = 1100, 500


class Place(msgspec.Struct):
    """Sender or receiver."""

    name: str = ""
    city: str = ""
    address: str = ""
    address_detail: str = ""
    phone: str = ""
    lng: float = 0.0
    lat: float = 0.0
    coordinate_type: Int64 = 0


class Cargo(msgspec.Struct):
    """The parcel; value in yuan, weight in kg."""

    goods_value: float = 0.0
    goods_weight: float = 0.0
    cargo_first_class: str = ""
    cargo_second_class: str = ""


class Shop(msgspec.Struct):
    """What the customer's notice shows."""

    wxa_path: str = ""
    img_url: str = ""
    goods_name: str = ""
    goods_count: Int64 = 0


class LocalOrder(msgspec.Struct):
    """Every body of this interface."""

    shopid: str = ""
    shop_order_id: str = ""
    shop_no: str = ""
    delivery_sign: str = ""
    delivery_id: str = ""
    openid: str = ""
    sub_biz_id: str = ""
    sender: Place | None = None
    receiver: Place | None = None
    cargo: Cargo | None = None
    shop: Shop | None = None
    waybill_id: str = ""
    cancel_reason_id: Int64 = 0
    cancel_reason: str = ""
    tips: Int64 = 0
    remark: str = ""


class TestUpdate(msgspec.Struct):
    """Body of test_update_order."""

    shopid: str = ""
    shop_order_id: str = ""
    action_time: Int64 = 0
    order_status: Int64 = 0
    action_msg: str = ""


def sign(shopid: str, shop_order_id: str, secret: str) -> str:
    """The `delivery_sign` of a call."""
    return hashlib.sha1(f"{shopid}{shop_order_id}{secret}".encode(), usedforsecurity=False).hexdigest()


def _signed(state: State, request: Request) -> LocalOrder:
    """The body of a call that is signed by a bound shop; raises 930561 or 930560."""
    body = parsed(request, LocalOrder)
    if not body.shopid or not body.shop_order_id:
        raise ApiError(930561)
    secret = TEST_SECRET
    if body.shopid != TEST_SHOP:
        secret = state.value(
            "SELECT app_secret FROM local_shops WHERE appid = ? AND shopid = ?", request.caller, body.shopid
        )
        if secret is None:
            raise ApiError(930560)
    if body.delivery_sign != sign(body.shopid, body.shop_order_id, secret):
        raise ApiError(930561)
    return body


def _order(state: State, request: Request) -> sqlite3.Row:
    return _known(state, request.caller, _signed(state, request).shop_order_id)


def _known(state: State, appid: str, shop_order_id: str) -> sqlite3.Row:
    row = state.one("SELECT * FROM local_orders WHERE appid = ? AND shop_order_id = ?", appid, shop_order_id)
    if row is None:
        raise ApiError(930563)
    return row


def _check_order(state: State, request: Request) -> LocalOrder:
    body = _signed(state, request)
    places = (body.sender, body.receiver)
    if not all(place and place.name and place.city and place.address and place.phone for place in places):
        raise ApiError(930561)
    if body.cargo is None or body.shop is None or body.cargo.goods_value <= 0 or body.cargo.goods_weight <= 0:
        raise ApiError(930561)
    if not body.cargo.cargo_first_class or not body.cargo.cargo_second_class:
        raise ApiError(930570)
    if not body.delivery_id or (body.delivery_id == TEST) != (body.shopid == TEST_SHOP):
        raise ApiError(930561)
    if person_of(state, request.caller, body.openid) is None:
        raise ApiError(930559 if body.shopid == TEST_SHOP else 930561)
    return body


def _price() -> dict[str, object]:
    fee = FEE_FEN / 100
    return {
        "resultcode": 0,
        "resultmsg": "ok",
        "fee": fee,
        "deliverfee": fee,
        "couponfee": 0.0,
        "tips": 0,
        "insurancfee": 0.0,
        "distance": 3000,
        "dispatch_duration": 300,
    }


def pre_add(state: State, request: Request) -> Body:
    """POST order/pre_add: what the order would cost (yuan); nothing is ordered."""
    body = _check_order(state, request)
    return {**_price(), "delivery_token": sign(body.shopid, body.shop_order_id, "price")}


def add(state: State, request: Request) -> Body:
    """POST order/add: a rider is called; 930561 what is missing, 930562 a number used before.

    Also 930560 for a shop not bound, 930570 for goods without class, 930559 a strange openid in the fake carrier's.
    """
    body = _check_order(state, request)
    if state.value(
        "SELECT 1 FROM local_orders WHERE appid = ? AND shop_order_id = ?", request.caller, body.shop_order_id
    ):
        raise ApiError(930562)
    return _called(state, request.caller, body)


def readd(state: State, request: Request) -> Body:
    """POST order/readd: a rider is called again for an order that ended undelivered; 930563 none, 930562 not ended."""
    body = _check_order(state, request)
    row = _known(state, request.caller, body.shop_order_id)
    if row["order_status"] not in ENDED or row["order_status"] == DELIVERED:
        raise ApiError(930562)
    return _called(state, request.caller, body)


def _called(state: State, appid: str, body: LocalOrder) -> Body:
    waybill_id = "test_waybill_id" if body.delivery_id == TEST else f"{body.delivery_id}{state.serial_digits(12)}"
    state.run(
        "INSERT OR REPLACE INTO local_orders VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)",
        appid,
        body.shopid,
        body.shop_order_id,
        body.delivery_id,
        body.openid,
        waybill_id,
        WAITING,
        FEE_FEN,
    )
    return {
        "errcode": 0,
        "errmsg": "ok",
        **_price(),
        "waybill_id": waybill_id,
        "order_status": WAITING,
        "finish_code": 1024,
        "pickup_code": 2048,
    }


def get(state: State, request: Request) -> Body:
    """POST order/get: the order's status and its rider; 930563 for none."""
    row = _order(state, request)
    has_rider = row["order_status"] not in (WAITING, CANCELLED)
    rider = {"rider_name": "沙盒骑手", "rider_phone": "13800000000", "rider_lng": 113.32, "rider_lat": 23.09}
    return {
        "errcode": 0,
        "errmsg": "ok",
        "resultcode": 0,
        "resultmsg": "ok",
        "order_status": row["order_status"],
        "waybill_id": row["waybill_id"],
        **(rider if has_rider else {}),
        "reach_time": 0,
    }


def pre_cancel(state: State, request: Request) -> Body:
    """POST order/precancel: what cancelling would cost (yuan); 930563 none, 930565 ended."""
    return _cancelling(_order(state, request))


def _cancelling(row: sqlite3.Row) -> Body:
    if row["order_status"] in ENDED:
        raise ApiError(930565)
    deduct = 0.0 if row["order_status"] == WAITING else DEDUCT_FEN / 100
    return {"errcode": 0, "errmsg": "ok", "resultcode": 0, "resultmsg": "ok", "deduct_fee": deduct, "desc": "违约金"}


def cancel(state: State, request: Request) -> Body:
    """POST order/cancel: no rider comes, or the one who has it brings it back; 930563 none, 930565 ended."""
    row = _order(state, request)
    reply = _cancelling(row)
    fetched = row["order_status"] in (202, 301, *GOING_BACK)
    move(state, row, order_status=GOING_BACK[0] if fetched else CANCELLED, action_msg="商家取消", at_s=state.now_s)
    return reply


def add_tips(state: State, request: Request) -> Body:
    """POST order/addtips: more for the rider, in whole yuan, while none has accepted; 930561, 930563, 930565."""
    body = _signed(state, request)
    row = _known(state, request.caller, body.shop_order_id)
    if body.tips <= 0:
        raise ApiError(930561)
    if row["order_status"] != WAITING:
        raise ApiError(930565)
    state.run(
        "UPDATE local_orders SET tips_yuan = tips_yuan + ? WHERE appid = ? AND shop_order_id = ?",
        body.tips,
        request.caller,
        body.shop_order_id,
    )
    return {"errcode": 0, "errmsg": "ok", "resultcode": 0, "resultmsg": "ok"}


def confirm_return(state: State, request: Request) -> Body:
    """POST order/confirm_return: the goods are back at the shop; 930565 unless they were on their way back."""
    row = _order(state, request)
    if row["order_status"] not in GOING_BACK:
        raise ApiError(930565)
    move(state, row, order_status=BACK, action_msg="商家已收到退回", at_s=state.now_s)
    return {"errcode": 0, "errmsg": "ok", "resultcode": 0, "resultmsg": "ok"}


def test_update_order(state: State, request: Request) -> Body:
    """POST test_update_order: the fake carrier's order is at this status now; 930561 any other, 930563, 930565."""
    body = parsed(request, TestUpdate)
    if body.shopid != TEST_SHOP or not body.action_time or body.order_status not in STATUSES:
        raise ApiError(930561)
    row = _known(state, request.caller, body.shop_order_id)
    if row["delivery_id"] != TEST:
        raise ApiError(930561)
    if row["order_status"] in ENDED:
        raise ApiError(930565)
    move(state, row, order_status=body.order_status, action_msg=body.action_msg, at_s=body.action_time)
    return {"errcode": 0, "errmsg": "ok"}


def move(state: State, row: sqlite3.Row, *, order_status: int, action_msg: str, at_s: int) -> None:
    """The order is at this status now: event `update_waybill_status`, and a notice to the customer where it matters."""
    state.run(
        "UPDATE local_orders SET order_status = ? WHERE appid = ? AND shop_order_id = ?",
        order_status,
        row["appid"],
        row["shop_order_id"],
    )
    fields = {
        "shopid": row["shopid"],
        "shop_order_id": row["shop_order_id"],
        "waybill_id": row["waybill_id"],
        "action_time": at_s,
        "order_status": order_status,
        "action_msg": action_msg,
        "shop_no": "",
    }
    push_event(state, row["appid"], "update_waybill_status", fields)
    person = person_of(state, row["appid"], row["openid"])
    if order_status in TOLD and person is not None:
        content = {"shop_order_id": row["shop_order_id"], "text": TOLD[order_status]}
        deliver(state, appid=row["appid"], openid=row["openid"], person=person, kind="local_delivery", content=content)


def all_carriers(state: State, request: Request) -> Body:
    """POST delivery/getall: the carriers one can sign with."""
    del state, request
    names = (("SFTC", "顺丰同城急送"), ("SS", "闪送"), ("MTPS", "美团配送"), ("DADA", "达达"))
    return {
        "resultcode": 0,
        "resultmsg": "ok",
        "list": [{"delivery_id": delivery_id, "delivery_name": name} for delivery_id, name in names],
    }


def all_shops(state: State, request: Request) -> Body:
    """POST shop/get: the shops the account has signed with carriers."""
    rows = state.all("SELECT * FROM local_shops WHERE appid = ? ORDER BY shopid", request.caller)
    shops = [{"delivery_id": row["delivery_id"], "shopid": row["shopid"], "audit_result": 0} for row in rows]
    return {"resultcode": 0, "resultmsg": "ok", "shop_list": shops}


FOLDER = "/cgi-bin/express/local/business"
ASKED = (930560, 930561)
MADE = (*ASKED, 930559, 930570)

ROUTES = (
    Route("POST", f"{FOLDER}/order/pre_add", Door.TOKEN, pre_add, MADE),
    Route("POST", f"{FOLDER}/order/add", Door.TOKEN, add, (*MADE, 930562)),
    Route("POST", f"{FOLDER}/order/readd", Door.TOKEN, readd, (*MADE, 930562, 930563)),
    Route("POST", f"{FOLDER}/order/get", Door.TOKEN, get, (*ASKED, 930563)),
    Route("POST", f"{FOLDER}/order/precancel", Door.TOKEN, pre_cancel, (*ASKED, 930563, 930565)),
    Route("POST", f"{FOLDER}/order/cancel", Door.TOKEN, cancel, (*ASKED, 930563, 930565)),
    Route("POST", f"{FOLDER}/order/addtips", Door.TOKEN, add_tips, (*ASKED, 930563, 930565)),
    Route("POST", f"{FOLDER}/order/confirm_return", Door.TOKEN, confirm_return, (*ASKED, 930563, 930565)),
    Route("POST", f"{FOLDER}/test_update_order", Door.TOKEN, test_update_order, (930561, 930563, 930565)),
    Route("POST", f"{FOLDER}/delivery/getall", Door.TOKEN, all_carriers),
    Route("POST", f"{FOLDER}/shop/get", Door.TOKEN, all_shops),
)
