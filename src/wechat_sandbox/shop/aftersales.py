"""After-sales of a shop: a buyer asks for money back (with or without the goods), the shop agrees or refuses.

Every change is the event `channels_ec_aftersale_update`; with the last of an order's goods refunded the order is over.
"""

import sqlite3

import msgspec

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shop.goods import check_shop
from wechat_sandbox.shop.orders import Order, OrderStatus, known, refund
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Int64, Request, parsed

REFUND, RETURN = "REFUND", "RETURN"
ASKED, TO_RETURN, TO_RECEIVE = "MERCHANT_PROCESSING", "USER_WAIT_RETURN", "MERCHANT_WAIT_RECEIPT"
REFUNDED = {REFUND: "MERCHANT_REFUND_SUCCESS", RETURN: "MERCHANT_RETURN_SUCCESS"}
REJECTED = {REFUND: "MERCHANT_REJECT_REFUND", RETURN: "MERCHANT_REJECT_RETURN"}
OPEN = (ASKED, TO_RETURN, TO_RECEIVE)
MOST_HOURS_S = DAY_MS // 1000
PAGE = 50


class ListAftersales(msgspec.Struct):
    """Body of getaftersalelist."""

    begin_create_time: Int64 = 0
    end_create_time: Int64 = 0
    next_key: str = ""


class OneAftersale(msgspec.Struct):
    """Body of getaftersaleorder, acceptapply and rejectapply."""

    after_sale_order_id: str | int = ""
    address_id: str = ""
    reject_reason: str = ""
    reject_reason_type: Int64 = 0
    accept_type: Int64 = 0


def is_open(status: str) -> bool:
    """Whether the after-sale is still going on."""
    return status in OPEN


def aftersales_of(state: State, order_id: int) -> list[sqlite3.Row]:
    """The order's after-sales, oldest first."""
    return state.all("SELECT * FROM shop_aftersales WHERE order_id = ? ORDER BY created_s, aftersale_id", order_id)


def ask(state: State, order: Order, *, sku_id: str, quantity: int, with_goods: bool, reason: str) -> str:
    """The id of the buyer's request; raises `ControlError` before payment or for more than was bought."""
    line = next((line for line in order.lines if line.sku_id == sku_id), None)
    asked = sum(
        row["quantity"]
        for row in aftersales_of(state, order.order_id)
        if is_open(row["status"]) and row["sku_id"] == sku_id
    )
    if order.paid_s is None or order.status is OrderStatus.ALL_REFUNDED:
        raise ControlError("not_paid", "only a paid order has after-sales")
    if line is None or not 0 < quantity <= line.quantity - line.refunded - asked:
        raise ControlError("not_bought", f"the order has not so many of SKU {sku_id!r}")
    aftersale_id = f"20{state.serial_digits(14)}"
    state.run(
        "INSERT INTO shop_aftersales VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        aftersale_id,
        order.order_id,
        order.appid,
        order.openid,
        RETURN if with_goods else REFUND,
        ASKED,
        line.product_id,
        sku_id,
        quantity,
        quantity * line.price_fen,
        reason,
        state.now_s,
        state.now_s,
    )
    _push(state, row_of(state, aftersale_id))
    return aftersale_id


def row_of(state: State, aftersale_id: str) -> sqlite3.Row:
    """The after-sale; raises `ApiError` 100002 when there is none."""
    row = state.one("SELECT * FROM shop_aftersales WHERE aftersale_id = ?", aftersale_id)
    if row is None:
        raise ApiError(100002)
    return row


def _push(state: State, row: sqlite3.Row) -> None:
    news = {
        "status": row["status"],
        "after_sale_order_id": row["aftersale_id"],
        "order_id": str(row["order_id"]),
    }
    fields = {"finder_shop_aftersale_status_update": news}
    push_event(state, row["appid"], "channels_ec_aftersale_update", fields, openid=row["openid"])


def _move(state: State, row: sqlite3.Row, status: str) -> None:
    state.run(
        "UPDATE shop_aftersales SET status = ?, updated_s = ? WHERE aftersale_id = ?",
        status,
        state.now_s,
        row["aftersale_id"],
    )
    _push(state, row_of(state, row["aftersale_id"]))


def send_back(state: State, aftersale_id: str) -> None:
    """The buyer has sent the goods back; raises `ControlError` when the shop has not agreed to that."""
    row = row_of(state, aftersale_id)
    if row["status"] != TO_RETURN:
        raise ControlError("not_agreed", "the shop has not agreed to take the goods back")
    _move(state, row, TO_RECEIVE)


def list_aftersales(state: State, request: Request) -> Body:
    """POST getaftersalelist: ids of at most 24 hours, oldest first, fifty a page; 10020051 for a bad range."""
    check_shop(state, request.caller)
    body = parsed(request, ListAftersales)
    if not 0 <= body.end_create_time - body.begin_create_time <= MOST_HOURS_S:
        raise ApiError(10020051)
    rows = state.all(
        "SELECT aftersale_id FROM shop_aftersales WHERE appid = ? AND created_s BETWEEN ? AND ? AND aftersale_id > ?"
        " ORDER BY aftersale_id LIMIT ?",
        request.caller,
        body.begin_create_time,
        body.end_create_time,
        body.next_key,
        PAGE + 1,
    )
    ids = [row["aftersale_id"] for row in rows]
    shown = ids[:PAGE]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "after_sale_order_id_list": shown,
        "has_more": len(ids) > len(shown),
        "next_key": shown[-1] if shown else body.next_key,
    }


def _own(state: State, request: Request) -> sqlite3.Row:
    check_shop(state, request.caller)
    row = row_of(state, str(parsed(request, OneAftersale).after_sale_order_id))
    if row["appid"] != request.caller:
        raise ApiError(100002)
    return row


def get_aftersale(state: State, request: Request) -> Body:
    """POST getaftersaleorder: one request of a buyer; 100002 for none."""
    row = _own(state, request)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "after_sale_order": {
            "after_sale_order_id": row["aftersale_id"],
            "status": row["status"],
            "type": row["kind"],
            "order_id": str(row["order_id"]),
            "openid": row["openid"],
            "product_info": {"product_id": row["product_id"], "sku_id": row["sku_id"], "count": row["quantity"]},
            "details": {"desc": row["reason"], "receive_product": row["kind"] == RETURN},
            "refund_info": {"amount": row["refund_fen"]},
            "reason": "OTHERS",
            "reason_text": row["reason"],
            "create_time": row["created_s"],
            "update_time": row["updated_s"],
        },
    }


def accept(state: State, request: Request) -> Body:
    """POST acceptapply: money back at once, or first the goods, and money back when they are here; 101100, 100002."""
    row = _own(state, request)
    if row["status"] == ASKED and row["kind"] == RETURN:
        _move(state, row, TO_RETURN)
    elif row["status"] in (ASKED, TO_RECEIVE):
        _move(state, row, REFUNDED[row["kind"]])
        refund(state, known(state, row["order_id"]), sku_id=row["sku_id"], quantity=row["quantity"])
    else:
        raise ApiError(101100)
    return {"errcode": 0, "errmsg": "ok"}


def reject(state: State, request: Request) -> Body:
    """POST rejectapply: the request is refused, with a reason (10020051); 101100 once decided, 100002 for none."""
    row = _own(state, request)
    if not parsed(request, OneAftersale).reject_reason:
        raise ApiError(10020051)
    if row["status"] != ASKED:
        raise ApiError(101100)
    _move(state, row, REJECTED[row["kind"]])
    return {"errcode": 0, "errmsg": "ok"}


FOLDER = "/channels/ec/aftersale"

ROUTES = (
    Route("POST", f"{FOLDER}/getaftersalelist", Door.TOKEN, list_aftersales, (48001, 10020051)),
    Route("POST", f"{FOLDER}/getaftersaleorder", Door.TOKEN, get_aftersale, (48001, 100002)),
    Route("POST", f"{FOLDER}/acceptapply", Door.TOKEN, accept, (48001, 100002, 101100)),
    Route("POST", f"{FOLDER}/rejectapply", Door.TOKEN, reject, (48001, 100002, 101100, 10020051)),
)
