"""What a mini-program files about its orders: presales and test orders, a reminder to confirm, where messages lead."""

import msgspec

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.payments import Payment, payment_by_transaction
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.deadlines import file_special
from wechat_sandbox.shipping.orders import Logistics, OrderRef, OrderState, named_order, shipment, tell_buyer
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

PRESALE, TEST_ORDER = 1, 2
PRESALE_AFTER_DAYS, PRESALE_WITHIN_DAYS = 15, 330
ORDER_NUMBER = "${商品订单号}"


class Special(msgspec.Struct):
    """Body of opspecialorder; `delay_to` in seconds."""

    order_id: str = ""
    type: int = 0
    delay_to: int | None = None


class Received(OrderRef, kw_only=True):
    """Body of notify_confirm_receive; `received_time` in seconds."""

    received_time: int


class Path(msgspec.Struct):
    """A page of the mini-program."""

    path: str = ""


def special_order(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/opspecialorder: an unshipped order is filed as presale (1) or test order (2).

    Refuses another type (268546000), a day not within (15, 330] days after payment (268546001), an order that does
    not wait for shipping, is not known yet, or (unless the switch allows it) is already filed (268546002).
    """
    body = parsed(request, Special)
    if body.type not in (PRESALE, TEST_ORDER):
        raise ApiError(268546000)
    payment = _waiting(state, request.caller, body.order_id)
    if body.type == TEST_ORDER:
        file_special(state, payment, special_type=TEST_ORDER, delay_to_s=None)
        return {"errcode": 0, "errmsg": "ok"}
    after_ms = (body.delay_to or 0) * 1000 - payment.known_ms
    if not PRESALE_AFTER_DAYS * DAY_MS < after_ms <= PRESALE_WITHIN_DAYS * DAY_MS:
        raise ApiError(268546001)
    file_special(state, payment, special_type=PRESALE, delay_to_s=body.delay_to)
    return {"errcode": 0, "errmsg": "ok"}


def _waiting(state: State, appid: str, order_id: str) -> Payment:
    payment = payment_by_transaction(state, order_id) or _by_trade_no(state, appid, order_id)
    found = shipment(state, payment) if payment is not None else None
    if payment is None or found is None or payment.appid != appid or found.order_state is not OrderState.TO_SHIP:
        raise ApiError(268546002)
    if state.now_ms < payment.known_ms + state.settings.shipping_visible_after_ms:
        raise ApiError(268546002)
    if found.special_type and not state.settings.special_order_may_repeat:
        raise ApiError(268546002)
    return payment


def _by_trade_no(state: State, appid: str, out_trade_no: str) -> Payment | None:
    transaction_id = state.value(
        "SELECT transaction_id FROM payments WHERE appid = ? AND out_trade_no = ? AND transaction_id IS NOT NULL",
        appid,
        out_trade_no,
    )
    return payment_by_transaction(state, transaction_id) if transaction_id is not None else None


def remind_receipt(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/notify_confirm_receive: the buyer is reminded to confirm a parcel that has arrived, once.

    Refuses an order that is not shipped (10060028), not by express (10060032), received before it was shipped
    (10060029) or reminded of already (10060030).
    """
    body = parsed(request, Received)
    payment, found = named_order(state, request.caller, body)
    if found.order_state is not OrderState.SHIPPED or found.shipped_ms is None:
        raise ApiError(10060028)
    if found.logistics_type != Logistics.EXPRESS:
        raise ApiError(10060032)
    if body.received_time < found.shipped_ms // 1000:
        raise ApiError(10060029)
    if found.reminded_ms is not None:
        raise ApiError(10060030)
    state.run("UPDATE shipments SET reminded_ms = ? WHERE payment = ?", state.now_ms, payment.id)
    content = {"transaction_id": payment.transaction_id, "received_time": body.received_time}
    tell_buyer(state, payment, kind="confirm_reminder", content=content)
    return {"errcode": 0, "errmsg": "ok"}


def set_jump_path(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/set_msg_jump_path: shipping messages lead to this page; an empty path to WeChat's own."""
    path = parsed(request, Path).path
    state.run(
        "INSERT INTO trade_paths (appid, message_path) VALUES (?, ?)"
        " ON CONFLICT (appid) DO UPDATE SET message_path = excluded.message_path",
        request.caller,
        path,
    )
    return {"errcode": 0, "errmsg": "ok"}


def set_order_path(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/update_order_detail_path: WeChat's list of orders leads here; 10060035 without the number."""
    path = parsed(request, Path).path
    if ORDER_NUMBER not in path:
        raise ApiError(10060035)
    state.run(
        "INSERT INTO trade_paths (appid, order_path) VALUES (?, ?)"
        " ON CONFLICT (appid) DO UPDATE SET order_path = excluded.order_path",
        request.caller,
        path,
    )
    return {"errcode": 0, "errmsg": "ok"}


def get_order_path(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/get_order_detail_path: the path that was set, or an empty one."""
    path = state.value("SELECT order_path FROM trade_paths WHERE appid = ?", request.caller)
    return {"errcode": 0, "errmsg": "ok", "path": path or ""}


ROUTES = (
    Route(
        "POST",
        "/wxa/sec/order/opspecialorder",
        Door.TOKEN,
        special_order,
        refuses=(268546000, 268546001, 268546002),
    ),
    Route(
        "POST",
        "/wxa/sec/order/notify_confirm_receive",
        Door.TOKEN,
        remind_receipt,
        refuses=(10060001, 10060014, 10060028, 10060029, 10060030, 10060032),
    ),
    Route("POST", "/wxa/sec/order/set_msg_jump_path", Door.TOKEN, set_jump_path),
    Route(
        "POST",
        "/wxa/sec/order/update_order_detail_path",
        Door.TOKEN,
        set_order_path,
        refuses=(10060035,),
    ),
    Route("POST", "/wxa/sec/order/get_order_detail_path", Door.TOKEN, get_order_path),
)
