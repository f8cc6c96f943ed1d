"""The return component (退货组件): a return id asks the customer how the goods come back, and tracks their parcel.

The APIs answer under two names: `return` of the first document and `no_worry_return` of the current one.
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.express.carriers import name_of
from wechat_sandbox.express.parcels import status_of
from wechat_sandbox.express.waybills import Party
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

NOT_CHOSEN, BOOKED, SENT_BY_CUSTOMER = 0, 1, 2


class ReturnedGoods(msgspec.Struct):
    """One product that comes back."""

    name: str = ""
    url: str = ""


class ReturnAdd(msgspec.Struct):
    """Body of return/add."""

    shop_order_id: str = ""
    biz_addr: Party | None = None
    user_addr: Party | None = None
    openid: str = ""
    order_path: str = ""
    goods_list: list[ReturnedGoods] = []
    order_price: Int64 = 0
    wx_pay_id: str = ""


class ReturnId(msgspec.Struct):
    """Body of return/get and return/unbind."""

    return_id: str = ""


def add(state: State, request: Request) -> Body:
    """POST return/add: the return's id; the customer is asked how the goods come back.

    Refuses a missing number or address (40097), a strange openid (40003), a number used before (9300522).
    """
    body = parsed(request, ReturnAdd)
    if not body.shop_order_id or body.biz_addr is None or not body.biz_addr.is_complete():
        raise ApiError(40097)
    person = person_of(state, request.caller, body.openid)
    if person is None:
        raise ApiError(40003)
    if state.value("SELECT 1 FROM returns WHERE appid = ? AND shop_order_id = ?", request.caller, body.shop_order_id):
        raise ApiError(9300522)
    return_id = f"19{state.serial_digits(17)}"
    state.run(
        "INSERT INTO returns VALUES (?, ?, ?, ?, ?, '', '', 0)",
        return_id,
        request.caller,
        body.shop_order_id,
        body.openid,
        NOT_CHOSEN,
    )
    content = {"return_id": return_id, "goods": msgspec.to_builtins(body.goods_list)}
    deliver(
        state,
        appid=request.caller,
        openid=body.openid,
        person=person,
        kind="return",
        page=body.order_path,
        content=content,
    )
    return {"errcode": 0, "errmsg": "ok", "return_id": return_id}


def _return(state: State, request: Request) -> sqlite3.Row:
    return_id = parsed(request, ReturnId).return_id
    if not return_id:
        raise ApiError(40097)
    row = state.one(
        "SELECT * FROM returns WHERE return_id = ? AND appid = ? AND is_unbound = 0", return_id, request.caller
    )
    if row is None:
        raise ApiError(931023)
    return row


def get(state: State, request: Request) -> Body:
    """POST return/get: whether the customer has chosen, and where the parcel is; 40097, 931023 unknown."""
    row = _return(state, request)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "return_id": row["return_id"],
        "status": row["status"],
        "waybill_id": row["waybill_id"],
        "order_status": status_of(state, row["waybill_id"]),
        "delivery_id": row["delivery_id"],
        "delivery_name": name_of(row["delivery_id"]),
    }


def unbind(state: State, request: Request) -> Body:
    """POST return/unbind: nothing comes back after all; only after the customer gave a number (40097), 931023."""
    row = _return(state, request)
    if row["status"] != SENT_BY_CUSTOMER:
        raise ApiError(40097)
    state.run("UPDATE returns SET is_unbound = 1 WHERE return_id = ?", row["return_id"])
    return {"errcode": 0, "errmsg": "ok"}


def choose(state: State, return_id: str, *, is_booked: bool, delivery_id: str, waybill_id: str) -> bool:
    """Whether the customer could still choose: a pick-up at the door, or a parcel sent by themselves."""
    chosen = state.run(
        "UPDATE returns SET status = ?, delivery_id = ?, waybill_id = ?"
        " WHERE return_id = ? AND status = 0 AND is_unbound = 0",
        BOOKED if is_booked else SENT_BY_CUSTOMER,
        delivery_id,
        waybill_id,
        return_id,
    )
    return chosen.rowcount > 0


FOLDERS = ("/cgi-bin/express/delivery/return", "/cgi-bin/express/delivery/no_worry_return")

ROUTES = tuple(
    route
    for folder in FOLDERS
    for route in (
        Route("POST", f"{folder}/add", Door.TOKEN, add, (40003, 40097, 9300522)),
        Route("POST", f"{folder}/get", Door.TOKEN, get, (40097, 931023)),
        Route("POST", f"{folder}/unbind", Door.TOKEN, unbind, (40097, 931023)),
    )
)
