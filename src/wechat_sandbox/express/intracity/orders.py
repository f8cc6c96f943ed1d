"""Orders of WeChat's own same-city service (同城配送), and their riders' steps.

| order_status | means |
|---|---|
| 10000 | created |
| 20000, 20001, 60000 | cancelled by the shop, by the carrier, by the rider |
| 30000, 40000, 50000 | accepted, rider at the store, on the way |
| 70000 | delivered |
| 90000 | something is wrong |

A sandbox order (`use_sandbox` 1) costs nothing and moves by `mocknotify`; the others move by the control API.
Every change is posted to the order's `callback_url`. Source: developers.weixin.qq.com, same_city_distribution; the
error codes of this service are not all documented: 934000 stands for what its pages call a logic error.
"""

import math
import sqlite3
from typing import Any

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.intracity.stores import CARRIERS, Address, Keys, carrier_of, store_of
from wechat_sandbox.pushes import push_plain
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

CREATED, CANCELLED_BY_SHOP, DELIVERED = 10000, 20000, 70000
ENDED = (CANCELLED_BY_SHOP, 20001, 60000, DELIVERED)
STATUSES = (CREATED, CANCELLED_BY_SHOP, 20001, 30000, 40000, 50000, 60000, DELIVERED, 90000)
TIME_OF = {30000: "accept_time", 40000: "fetch_time", 70000: "finish_time", 20000: "cancel_time", 20001: "cancel_time"}
BASE_FEE_FEN, FEE_FEN_PER_KM, DEDUCT_FEN = 600, 200, 200
EARTH_KM = 6371.0


class Item(msgspec.Struct):
    """One kind of goods."""

    item_name: str = ""
    item_pic_url: str = ""
    count: Int64 = 0


class Cargo(msgspec.Struct):
    """The parcel; weight in g, price in fen."""

    cargo_name: str = ""
    cargo_weight: Int64 = 0
    cargo_type: Int64 = 0
    cargo_num: Int64 = 0
    cargo_price: Int64 = 0
    item_list: list[Item] = []


class AddOrder(msgspec.Struct):
    """Body of preaddorder and addorder."""

    wx_store_id: str = ""
    store_order_id: str = ""
    user_openid: str = ""
    user_lng: float = 0.0
    user_lat: float = 0.0
    user_address: str = ""
    user_name: str = ""
    user_phone: str = ""
    order_seq: str = ""
    verify_code_type: Int64 = 0
    order_detail_path: str = ""
    callback_url: str = ""
    use_sandbox: Int64 = 0
    cargo: Cargo = msgspec.field(default_factory=Cargo)


class OneOrder(msgspec.Struct):
    """Body of queryorder, cancelorder and mocknotify."""

    wx_order_id: str = ""
    wx_store_id: str = ""
    store_order_id: str = ""
    cancel_reason_id: Int64 = 0
    order_status: Int64 = 0


def _distance_m(store: sqlite3.Row, body: AddOrder) -> int:
    """The way as the crow flies, metres."""
    home = msgspec.json.decode(store["address"], type=Address)
    mean = math.radians((home.lat + body.user_lat) / 2)
    north = math.radians(body.user_lat - home.lat)
    east = math.radians(body.user_lng - home.lng) * math.cos(mean)
    return round(EARTH_KM * 1000 * math.hypot(north, east))


def _fee_fen(distance_m: int) -> int:
    return BASE_FEE_FEN + FEE_FEN_PER_KM * math.ceil(distance_m / 1000)


def _checked_order(state: State, request: Request) -> tuple[AddOrder, sqlite3.Row]:
    body = parsed(request, AddOrder)
    store = store_of(state, request.caller, Keys(wx_store_id=body.wx_store_id))
    place = body.user_name and body.user_phone and body.user_address and body.user_lng and body.user_lat
    if not place or not body.cargo.cargo_name or body.cargo.cargo_num <= 0 or body.cargo.cargo_weight <= 0:
        raise ApiError(40097)
    return body, store


def pre_add_order(state: State, request: Request) -> Body:
    """POST intracity/preaddorder: what an order would cost, in fen, and how long it would take; 40097."""
    body, store = _checked_order(state, request)
    distance_m = _distance_m(store, body)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "service_trans_id": carrier_of(store),
        "distance": distance_m,
        "est_fee": _fee_fen(distance_m),
        "expected_finished_time": state.now_s + 3600,
        "promise_delivery_time": 60,
    }


def add_order(state: State, request: Request) -> Body:
    """POST intracity/addorder: a rider is called; the same store_order_id gives the same order again.

    Refuses what is missing (40097), a strange openid (40003), and a store without the money (934000).
    """
    body, store = _checked_order(state, request)
    if not body.store_order_id or not body.order_detail_path:
        raise ApiError(40097)
    if person_of(state, request.caller, body.user_openid) is None:
        raise ApiError(40003)
    known = state.one(
        "SELECT * FROM city_orders WHERE wx_store_id = ? AND store_order_id = ?",
        store["wx_store_id"],
        body.store_order_id,
    )
    if known is None:
        known = _new_order(state, request.caller, body, store)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "wx_order_id": known["wx_order_id"],
        "store_order_id": known["store_order_id"],
        "wx_store_id": known["wx_store_id"],
        "service_trans_id": carrier_of(store),
        "distance": known["distance_m"],
        "trans_order_id": f"T{known['wx_order_id']}",
        "waybill_id": f"W{known['wx_order_id']}",
        "fee": known["fee_fen"],
        "fetch_code": known["wx_order_id"][-4:],
        "order_seq": body.order_seq,
    }


def _new_order(state: State, appid: str, body: AddOrder, store: sqlite3.Row) -> sqlite3.Row:
    distance_m = _distance_m(store, body)
    fee_fen = 0 if body.use_sandbox else _fee_fen(distance_m)
    if fee_fen > store["balance_fen"]:
        raise ApiError(934000, "balance is not enough, please charge the store")
    wx_order_id = f"5{state.serial_digits(17)}"
    state.run(
        "UPDATE city_stores SET balance_fen = balance_fen - ? WHERE wx_store_id = ?", fee_fen, store["wx_store_id"]
    )
    state.run(
        "INSERT INTO city_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        wx_order_id,
        appid,
        store["wx_store_id"],
        body.store_order_id,
        body.user_openid,
        bool(body.use_sandbox),
        msgspec.json.encode(body).decode(),
        body.callback_url,
        CREATED,
        fee_fen,
        distance_m,
        msgspec.json.encode({"create_time": state.now_s}).decode(),
    )
    return order_row(state, wx_order_id)


def order_row(state: State, wx_order_id: str) -> sqlite3.Row:
    """The order; raises `ApiError` 40097 when there is none."""
    row = state.one("SELECT * FROM city_orders WHERE wx_order_id = ?", wx_order_id)
    if row is None:
        raise ApiError(40097)
    return row


def _order(state: State, appid: str, asked: OneOrder) -> sqlite3.Row:
    row = state.one(
        "SELECT * FROM city_orders WHERE appid = ? AND (wx_order_id = ? OR (wx_store_id = ? AND store_order_id = ?))",
        appid,
        asked.wx_order_id,
        asked.wx_store_id,
        asked.store_order_id,
    )
    if row is None:
        raise ApiError(40097)
    return row


def query_order(state: State, request: Request) -> Body:
    """POST intracity/queryorder: the order, its rider and its times; 40097 for an unknown one."""
    row = _order(state, request.caller, parsed(request, OneOrder))
    asked = msgspec.json.decode(row["asked"], type=AddOrder)
    times = msgspec.json.decode(row["times"])
    rider = {"transporter_name": "沙盒骑手", "transporter_phone": "13800000000"} if "accept_time" in times else {}
    shown: dict[str, Any] = {
        "wx_order_id": row["wx_order_id"],
        "store_order_id": row["store_order_id"],
        "wx_store_id": row["wx_store_id"],
        "order_status": row["order_status"],
        "appid": row["appid"],
        "user_openid": row["openid"],
        "service_trans_id": CARRIERS[0],
        "delivery_no": f"W{row['wx_order_id']}",
        "distance": row["distance_m"],
        "actualfee": row["fee_fen"],
        "deductfee": row["deduct_fen"],
        "expected_finish_time": times["create_time"] + 3600,
        "order_seq": asked.order_seq,
        "transporter_info": rider,
        "receiver_info": {
            "receiver_name": asked.user_name,
            "address": asked.user_address,
            "phone_num": asked.user_phone,
            "lng": asked.user_lng,
            "lat": asked.user_lat,
        },
        "cargo_info": msgspec.to_builtins(asked.cargo),
    }
    return {"errcode": 0, "errmsg": "ok", **shown, **times}


def cancel_order(state: State, request: Request) -> Body:
    """POST intracity/cancelorder: no rider comes; 934000 once it has ended, a fee (fen) once a rider had accepted."""
    body = parsed(request, OneOrder)
    row = _order(state, request.caller, body)
    if row["order_status"] in ENDED:
        raise ApiError(934000, "order has finished")
    deduct_fen = 0 if row["is_sandbox"] or row["order_status"] == CREATED else min(DEDUCT_FEN, row["fee_fen"])
    state.run("UPDATE city_orders SET deduct_fen = ? WHERE wx_order_id = ?", deduct_fen, row["wx_order_id"])
    state.run(
        "UPDATE city_stores SET balance_fen = balance_fen + ? WHERE wx_store_id = ?",
        row["fee_fen"] - deduct_fen,
        row["wx_store_id"],
    )
    move(state, row["wx_order_id"], CANCELLED_BY_SHOP)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "wx_order_id": row["wx_order_id"],
        "store_order_id": row["store_order_id"],
        "wx_store_id": row["wx_store_id"],
        "order_status": CANCELLED_BY_SHOP,
        "appid": row["appid"],
        "deductfee": deduct_fen,
    }


def mock_notify(state: State, request: Request) -> Body:
    """POST intracity/mocknotify: a sandbox order is at this status now; 40097 for another order or status."""
    body = parsed(request, OneOrder)
    row = _order(state, request.caller, body)
    if not row["is_sandbox"] or body.order_status not in STATUSES:
        raise ApiError(40097)
    move(state, row["wx_order_id"], body.order_status)
    return {"errcode": 0, "errmsg": "ok"}


def move(state: State, wx_order_id: str, order_status: int) -> None:
    """The order is at this status now, and its callback URL hears it."""
    row = order_row(state, wx_order_id)
    times = msgspec.json.decode(row["times"])
    if order_status in TIME_OF:
        times[TIME_OF[order_status]] = state.now_s
    state.run(
        "UPDATE city_orders SET order_status = ?, times = ? WHERE wx_order_id = ?",
        order_status,
        msgspec.json.encode(times).decode(),
        wx_order_id,
    )
    content = {
        "appid": row["appid"],
        "wx_store_id": row["wx_store_id"],
        "wx_order_id": wx_order_id,
        "store_order_id": row["store_order_id"],
        "order_status": order_status,
        "status_change_time": state.now_s,
    }
    push_plain(state, row["appid"], "intracity_order", url=row["callback_url"], content=content)


FOLDER = "/cgi-bin/express/intracity"

ROUTES = (
    Route("POST", f"{FOLDER}/preaddorder", Door.TOKEN, pre_add_order, (40097,)),
    Route("POST", f"{FOLDER}/addorder", Door.TOKEN, add_order, (40003, 40097, 934000)),
    Route("POST", f"{FOLDER}/queryorder", Door.TOKEN, query_order, (40097,)),
    Route("POST", f"{FOLDER}/cancelorder", Door.TOKEN, cancel_order, (40097, 934000)),
    Route("POST", f"{FOLDER}/mocknotify", Door.TOKEN, mock_notify, (40097,)),
)
