"""Stores of the same-city service: where riders fetch, what they prefer, and the money that pays for them."""

import sqlite3

import msgspec

from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

CHEAPEST, PREFERRED = 1, 2
CARRIERS = ("DADA", "SFTC")
LEAST_CHARGE_FEN = 5000


class Address(msgspec.Struct):
    """Where the store is."""

    province: str = ""
    city: str = ""
    area: str = ""
    street: str = ""
    house: str = ""
    lat: float = 0.0
    lng: float = 0.0
    phone: str = ""

    def is_complete(self) -> bool:
        """Whether a rider could find it."""
        return bool(self.province and self.city and self.area and self.house and self.phone and self.lat and self.lng)


class CreateStore(msgspec.Struct):
    """Body of createstore."""

    out_store_id: str = ""
    store_name: str = ""
    order_pattern: Int64 = CHEAPEST
    service_trans_prefer: str = ""
    address_info: Address = msgspec.field(default_factory=Address)


class Content(msgspec.Struct):
    """What updatestore changes."""

    store_name: str = ""
    order_pattern: Int64 = 0
    service_trans_prefer: str = ""
    address_info: Address | None = None


class Keys(msgspec.Struct):
    """Which store."""

    wx_store_id: str = ""
    out_store_id: str = ""


class UpdateStore(msgspec.Struct):
    """Body of updatestore."""

    keys: Keys = msgspec.field(default_factory=Keys)
    content: Content = msgspec.field(default_factory=Content)


class Charge(msgspec.Struct):
    """Body of storecharge; the amount in fen."""

    wx_store_id: str = ""
    service_trans_id: str = ""
    amount: Int64 = 0


def apply(state: State, request: Request) -> Body:
    """POST intracity/apply: the mini-program may use the service; 930569 when it could already."""
    opened = state.run("INSERT OR IGNORE INTO city_rights VALUES (?)", request.caller)
    if opened.rowcount == 0:
        raise ApiError(930569)
    return {"errcode": 0, "errmsg": "ok"}


def create_store(state: State, request: Request) -> Body:
    """POST intracity/createstore: the store's WeChat id.

    Refuses before `apply` (48001), what is missing (40097), and an out_store_id used before (934000).
    """
    _check_right(state, request.caller)
    body = parsed(request, CreateStore)
    if not body.out_store_id or not body.store_name or not body.address_info.is_complete():
        raise ApiError(40097)
    if body.order_pattern not in (CHEAPEST, PREFERRED):
        raise ApiError(40097)
    if body.order_pattern == PREFERRED and body.service_trans_prefer not in CARRIERS:
        raise ApiError(40097)
    if state.value("SELECT 1 FROM city_stores WHERE appid = ? AND out_store_id = ?", request.caller, body.out_store_id):
        raise ApiError(934000, "store has created, please change another out_store_id")
    wx_store_id = f"4{state.serial_digits(15)}"
    state.run(
        "INSERT INTO city_stores VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        wx_store_id,
        request.caller,
        body.out_store_id,
        body.store_name,
        body.order_pattern,
        body.service_trans_prefer,
        msgspec.json.encode(body.address_info).decode(),
    )
    return {
        "errcode": 0,
        "errmsg": "ok",
        "wx_store_id": wx_store_id,
        "out_store_id": body.out_store_id,
        "appid": request.caller,
    }


def _check_right(state: State, appid: str) -> None:
    if state.value("SELECT 1 FROM city_rights WHERE appid = ?", appid) is None:
        raise ApiError(48001)


def query_store(state: State, request: Request) -> Body:
    """POST intracity/querystore: one store, or all of the mini-program's."""
    body = parsed(request, Keys)
    rows = state.all("SELECT * FROM city_stores WHERE appid = ? ORDER BY wx_store_id", request.caller)
    found = [
        row
        for row in rows
        if body.wx_store_id in ("", row["wx_store_id"]) and body.out_store_id in ("", row["out_store_id"])
    ]
    shown = [
        {
            "wx_store_id": row["wx_store_id"],
            "out_store_id": row["out_store_id"],
            "city_id": "440100",
            "order_pattern": row["order_pattern"],
            "service_trans_prefer": row["service_trans_prefer"],
            "address_info": msgspec.json.decode(row["address"]),
        }
        for row in found
    ]
    return {"errcode": 0, "errmsg": "ok", "total": len(shown), "appid": request.caller, "store_list": shown}


def store_of(state: State, appid: str, keys: Keys) -> sqlite3.Row:
    """The account's store; raises `ApiError` 40097 when there is none."""
    row = state.one(
        "SELECT * FROM city_stores WHERE appid = ? AND (wx_store_id = ? OR out_store_id = ?)",
        appid,
        keys.wx_store_id,
        keys.out_store_id or None,
    )
    if row is None:
        raise ApiError(40097)
    return row


def update_store(state: State, request: Request) -> Body:
    """POST intracity/updatestore: the store's name, preference or address; 40097 for an unknown store or half address."""
    body = parsed(request, UpdateStore)
    store, new = store_of(state, request.caller, body.keys), body.content
    if new.address_info is not None and not new.address_info.is_complete():
        raise ApiError(40097)
    address = store["address"] if new.address_info is None else msgspec.json.encode(new.address_info).decode()
    state.run(
        "UPDATE city_stores SET store_name = ?, order_pattern = ?, service_trans_prefer = ?, address = ?"
        " WHERE wx_store_id = ?",
        new.store_name or store["store_name"],
        new.order_pattern or store["order_pattern"],
        new.service_trans_prefer or store["service_trans_prefer"],
        address,
        store["wx_store_id"],
    )
    return {"errcode": 0, "errmsg": "ok"}


def charge(state: State, request: Request) -> Body:
    """POST intracity/storecharge: money on the store, 50 yuan at least (40097); here it is paid at once."""
    body = parsed(request, Charge)
    store = store_of(state, request.caller, Keys(wx_store_id=body.wx_store_id))
    if body.amount < LEAST_CHARGE_FEN or body.service_trans_id not in CARRIERS:
        raise ApiError(40097)
    state.run(
        "UPDATE city_stores SET balance_fen = balance_fen + ? WHERE wx_store_id = ?",
        body.amount,
        store["wx_store_id"],
    )
    url = f"https://payapp.weixin.qq.com/intracity/{store['wx_store_id']}"
    return {"errcode": 0, "errmsg": "ok", "payurl": url, "appid": request.caller}


def balance(state: State, request: Request) -> Body:
    """POST intracity/balancequery: the money on the store, in fen; 40097 for an unknown one."""
    store = store_of(state, request.caller, parsed(request, Keys))
    detail = [{"balance": store["balance_fen"], "service_trans_id": CARRIERS[0], "service_trans_name": "达达"}]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "wx_store_id": store["wx_store_id"],
        "appid": request.caller,
        "all_balance": store["balance_fen"],
        "balance_detail": detail,
    }


def carrier_of(store: sqlite3.Row) -> str:
    """Who fetches from the store."""
    chosen: str = store["service_trans_prefer"]
    return chosen if store["order_pattern"] == PREFERRED else CARRIERS[0]


FOLDER = "/cgi-bin/express/intracity"

ROUTES = (
    Route("POST", f"{FOLDER}/apply", Door.TOKEN, apply, (930569,)),
    Route("POST", f"{FOLDER}/createstore", Door.TOKEN, create_store, (40097, 48001, 934000)),
    Route("POST", f"{FOLDER}/querystore", Door.TOKEN, query_store),
    Route("POST", f"{FOLDER}/updatestore", Door.TOKEN, update_store, (40097,)),
    Route("POST", f"{FOLDER}/storecharge", Door.TOKEN, charge, (40097,)),
    Route("POST", f"{FOLDER}/balancequery", Door.TOKEN, balance, (40097,)),
)
