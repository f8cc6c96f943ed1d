"""Asking how orders stand: one, or a list by time, state and buyer; and whether shipping is managed at all."""

import re

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.pay.payments import Payment, payment_by_id
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import OrderRef, OrderState, Shipment, named_order, packages_of, shipment
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_ITEM_DESC = 120
MOST_LISTED = 100
LAST_SECOND = 2**32 - 1
INDEX = re.compile(r"^[0-9a-f]{13,28}$")
STATES = (*OrderState, 6)
"""6 is 资金待结算, which no order of the sandbox is ever in."""


class PayTimes(msgspec.Struct):
    """Seconds since 1970, both included."""

    begin_time: int = 0
    end_time: int = LAST_SECOND


class GetOrderList(msgspec.Struct):
    """Body of get_order_list; every filter may be left out."""

    pay_time_range: PayTimes | None = None
    order_state: int | None = None
    openid: str = ""
    last_index: str = ""
    page_size: int = MOST_LISTED


class Managed(msgspec.Struct):
    """Body of the two gates."""

    appid: str = ""


def get_order(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/get_order: the order's shipping as WeChat knows it; 10060014 unless the order is named."""
    payment, found = named_order(state, request.caller, parsed(request, OrderRef))
    return {"errcode": 0, "errmsg": "ok", "order": shown_order(payment, found)}


def shown_order(payment: Payment, found: Shipment) -> dict[str, object]:
    """The order as get_order shows it; times in seconds."""
    packages: list[dict[str, object]] = []
    for package in packages_of(found):
        upload_ms = package.pop("upload_ms")
        packages.append({**package, "upload_time": int(str(upload_ms)) // 1000})
    goods = ";".join(str(package["goods_desc"]) for package in packages)
    return {
        "transaction_id": payment.transaction_id,
        "merchant_id": payment.mchid,
        "sub_merchant_id": "",
        "merchant_trade_no": payment.out_trade_no,
        "description": goods if len(goods) <= MOST_ITEM_DESC else goods[: MOST_ITEM_DESC - 3] + "...",
        "paid_amount": payment.total_fen,
        "openid": payment.openid,
        "trade_create_time": payment.created_ms // 1000,
        "pay_time": payment.known_ms // 1000,
        "order_state": int(found.order_state),
        "in_complaint": False,
        "shipping": {
            "delivery_mode": found.delivery_mode,
            "logistics_type": found.logistics_type,
            "finish_shipping": found.finished_count > 0,
            "goods_desc": goods,
            "finish_shipping_count": found.finished_count,
            "shipping_list": packages,
        },
    }


def get_order_list(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/get_order_list: orders by pay time, state and buyer, at most 100 a page, the oldest first.

    Refuses another page size or state (10060014) and a last_index this API did not give (10060011).
    """
    body = parsed(request, GetOrderList)
    if not 1 <= body.page_size <= MOST_LISTED or (body.order_state is not None and body.order_state not in STATES):
        raise ApiError(10060014, "参数错误:page_size 须为1至100,order_state 须为1至6")
    after_ms, after_id = _place(body.last_index)
    times = body.pay_time_range or PayTimes()
    wheres = ["appid = ?", "paid_ms >= ?", "paid_ms < ?", "paid_ms <= ?", "(paid_ms, id) > (?, ?)"]
    values: list[object] = [
        *(request.caller, times.begin_time * 1000, (times.end_time + 1) * 1000),
        *(state.now_ms - state.settings.shipping_visible_after_ms, after_ms, after_id),
    ]
    if body.openid:
        wheres.append("openid = ?")
        values.append(body.openid)
    if body.order_state is not None:
        wheres.append("order_state = ?")
        values.append(body.order_state)
    rows = state.all(
        f"SELECT id, paid_ms FROM payments JOIN shipments ON payment = id WHERE {' AND '.join(wheres)}"
        " ORDER BY paid_ms, id LIMIT ?",
        *values,
        body.page_size + 1,
    )
    page = rows[: body.page_size]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "last_index": f"{page[-1]['paid_ms']:012x}{page[-1]['id']:x}" if page else body.last_index,
        "has_more": len(rows) > body.page_size,
        "order_list": [_listed(state, row["id"]) for row in page],
    }


def _place(last_index: str) -> tuple[int, int]:
    if not last_index:
        return (-1, 0)
    if not INDEX.match(last_index):
        raise ApiError(10060011)
    return int(last_index[:12], 16), int(last_index[12:], 16)


def _listed(state: State, payment_id: int) -> dict[str, object]:
    payment = payment_by_id(state, payment_id)
    found = shipment(state, payment) if payment is not None else None
    if payment is None or found is None:
        raise LookupError(payment_id)
    shown = shown_order(payment, found)
    return shown if found.upload_ms else {**shown, "shipping": {}}


def is_trade_managed(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/is_trade_managed: whether shipping management is on for this mini-program."""
    return {"errcode": 0, "errmsg": "ok", "is_trade_managed": _managed(state, request)}


def is_confirmation_completed(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/is_trade_management_confirmation_completed."""
    return {"errcode": 0, "errmsg": "ok", "completed": _managed(state, request)}


def _managed(state: State, request: Request) -> bool:
    appid = parsed(request, Managed).appid
    if not appid:
        raise ApiError(40097)
    if appid != request.caller:
        raise ApiError(40013)
    return account(state, appid).is_trade_managed


GATE_REFUSES = (40013, 40097)

ROUTES = (
    Route("POST", "/wxa/sec/order/get_order", Door.TOKEN, get_order, refuses=(10060001, 10060014)),
    Route(
        "POST",
        "/wxa/sec/order/get_order_list",
        Door.TOKEN,
        get_order_list,
        refuses=(10060011, 10060014),
    ),
    Route("POST", "/wxa/sec/order/is_trade_managed", Door.TOKEN, is_trade_managed, refuses=GATE_REFUSES),
    Route(
        "POST",
        "/wxa/sec/order/is_trade_management_confirmation_completed",
        Door.TOKEN,
        is_confirmation_completed,
        refuses=GATE_REFUSES,
    ),
)
