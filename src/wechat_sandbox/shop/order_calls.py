"""The shop's APIs of orders: list, look, ship.

Source: developers.weixin.qq.com/doc/store, channels-shop-order. Their pages list no error codes of their own;
100002 (does not exist), 101100 (wrong status) and 48001 (not a shop) are what developers report.
"""

import msgspec

from wechat_sandbox.accounts import account, person_of, unionid_of
from wechat_sandbox.express.carriers import carriers, listed, name_of
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shop.aftersales import aftersales_of, is_open
from wechat_sandbox.shop.goods import check_shop, find_sku, product_row
from wechat_sandbox.shop.orders import MOST_ORDER_ID, Line, Order, OrderStatus, Parcel, order_of, ship
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

MOST_DAYS_S = 7 * DAY_MS // 1000
MOST_ORDERS = 100
BY_EXPRESS = 1
OTHER = "OTHER"
UNBOUNDED = 2


class Between(msgspec.Struct):
    """A range of time, seconds since 1970, both ends included."""

    start_time: Int64 = 0
    end_time: Int64 = 0


class ListOrders(msgspec.Struct):
    """Body of order/list/get."""

    create_time_range: Between | None = None
    update_time_range: Between | None = None
    status: Int64 | None = None
    openid: str = ""
    page_size: Int64 = 0
    next_key: str = ""


class GetOrder(msgspec.Struct):
    """Body of order/get; WeChat's pages give ids as text and as number."""

    order_id: str | int = ""
    encode_sensitive_info: bool = False


class PackedProduct(msgspec.Struct):
    """So many of one SKU in a parcel; ids as text or number."""

    product_id: str | int = ""
    sku_id: str | int = ""
    product_cnt: Int64 = 0


class Delivery(msgspec.Struct):
    """One parcel to send."""

    delivery_id: str = ""
    waybill_id: str = ""
    deliver_type: Int64 = BY_EXPRESS
    product_infos: list[PackedProduct] = []


class SendDelivery(msgspec.Struct):
    """Body of order/delivery/send."""

    order_id: str | int = ""
    delivery_list: list[Delivery] = []


def list_orders(state: State, request: Request) -> Body:
    """POST order/list/get: order ids of at most seven days, oldest first, by pages of at most a hundred.

    Refuses no range, one of more than seven days, and a bad page (10020051).
    """
    check_shop(state, request.caller)
    body = parsed(request, ListOrders)
    if not 0 < body.page_size <= MOST_ORDERS or not _is_key(body.next_key):
        raise ApiError(10020051)
    wanted: dict[str, object] = {"appid = ?": request.caller, "order_id > ?": int(body.next_key or 0)}
    wanted |= _within("created_s", body.create_time_range) | _within("updated_s", body.update_time_range)
    if len(wanted) == UNBOUNDED:
        raise ApiError(10020051)
    if body.status is not None:
        wanted["status = ?"] = body.status
    if body.openid:
        wanted["openid = ?"] = body.openid
    sql = f"SELECT order_id FROM shop_orders WHERE {' AND '.join(wanted)} ORDER BY order_id LIMIT ?"
    ids = [str(row["order_id"]) for row in state.all(sql, *wanted.values(), body.page_size + 1)]
    shown = ids[: body.page_size]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "order_id_list": shown,
        "next_key": shown[-1] if shown else body.next_key,
        "has_more": len(ids) > len(shown),
    }


def _is_key(text: str) -> bool:
    return not text or (text.isdecimal() and int(text) <= MOST_ORDER_ID)


def _within(column: str, between: Between | None) -> dict[str, object]:
    """The conditions of a range; raises `ApiError` 10020051 for one of more than seven days or none at all."""
    if between is None:
        return {}
    if not 0 <= between.end_time - between.start_time <= MOST_DAYS_S:
        raise ApiError(10020051)
    return {f"{column} >= ?": between.start_time, f"{column} <= ?": between.end_time}


def get_order(state: State, request: Request) -> Body:
    """POST order/get: everything about one order; 100002 for none."""
    check_shop(state, request.caller)
    body = parsed(request, GetOrder)
    order = order_of(state, request.caller, str(body.order_id))
    return {"errcode": 0, "errmsg": "ok", "order": _shown(state, order, is_masked=body.encode_sensitive_info)}


def _shown(state: State, order: Order, *, is_masked: bool) -> Body:
    returns = aftersales_of(state, order.order_id)
    shown: dict[str, object] = {
        "order_id": str(order.order_id),
        "openid": order.openid,
        "status": order.status,
        "create_time": order.created_s,
        "update_time": order.updated_s,
        "order_detail": _detail(state, order, is_masked=is_masked),
        "aftersale_detail": {
            "on_aftersale_order_cnt": sum(is_open(row["status"]) for row in returns),
            "aftersale_order_list": [{"aftersale_order_id": row["aftersale_id"]} for row in returns],
        },
    }
    app = account(state, order.appid)
    person = person_of(state, order.appid, order.openid)
    if app.open_appid and person is not None:
        shown["unionid"] = unionid_of(state, app.open_appid, person)
    return shown


def _detail(state: State, order: Order, *, is_masked: bool) -> Body:
    paid = {"pay_time": order.paid_s, "transaction_id": order.transaction_id} if order.paid_s is not None else {}
    settled = {"settle_time": order.settled_s} if order.settled_s is not None else {}
    confirmed = {"confirm_receipt_time": order.confirmed_s} if order.confirmed_s is not None else {}
    delivery: dict[str, object] = {
        "address_info": _masked(order.address) if is_masked else order.address,
        "delivery_product_info": [_shown_parcel(parcel) for parcel in order.deliveries],
        "deliver_method": 0,
    }
    if order.shipped_s is not None:
        delivery["ship_done_time"] = order.shipped_s
    return {
        "product_infos": [_shown_line(state, order, line) for line in order.lines],
        "pay_info": {"prepay_id": f"up_wx{order.order_id}", "prepay_time": order.created_s, **paid},
        "price_info": {
            "product_price": order.total_fen,
            "order_price": order.total_fen,
            "freight": 0,
            "discounted_price": 0,
            "is_discounted": False,
            "original_order_price": order.total_fen,
            "merchant_receieve_price": order.total_fen,
        },
        "delivery_info": delivery,
        "ext_info": {"customer_notes": order.notes, "merchant_notes": "", "order_scene": 1, **confirmed},
        "settle_info": settled,
    }


def _masked(address: dict[str, str]) -> dict[str, str]:
    hidden = ("user_name", "tel_number", "detail_info", "house_number")
    return {key: f"{value[:1]}***" if key in hidden and value else value for key, value in address.items()}


def _shown_line(state: State, order: Order, line: Line) -> Body:
    product = product_row(state, order.appid, line.product_id)
    sku = find_sku(state, line.product_id, line.sku_id)
    deliver: dict[str, object] = {"stock_type": 0}
    if sku is not None and sku.presale_days:
        since_s = order.paid_s if order.paid_s is not None else order.created_s
        deliver = {"stock_type": 1, "predict_delivery_time": str(since_s + sku.presale_days * DAY_MS // 1000)}
    return {
        "product_id": line.product_id,
        "sku_id": line.sku_id,
        "title": product["title"],
        "thumb_img": product["head_img"],
        "sku_cnt": line.quantity,
        "sale_price": line.price_fen,
        "market_price": line.price_fen,
        "real_price": line.price_fen * line.quantity,
        "sku_code": sku.sku_code if sku is not None else "",
        "sku_attrs": [{"attr_key": key, "attr_value": value} for key, value in (sku.attrs if sku else ())],
        "out_product_id": product["out_product_id"],
        "out_sku_id": sku.out_sku_id if sku is not None else "",
        "on_aftersale_sku_cnt": 0,
        "finish_aftersale_sku_cnt": line.refunded,
        "sku_deliver_info": deliver,
    }


def _shown_parcel(parcel: Parcel) -> Body:
    return {**msgspec.to_builtins(parcel), "delivery_name": name_of(parcel.delivery_id)}


def send_delivery(state: State, request: Request) -> Body:
    """POST order/delivery/send: these parcels are on their way; several calls may ship one order.

    Refuses an unknown order (100002), one that is not to ship (101100), and parcels without number, carrier or the
    order's goods (10020051).
    """
    check_shop(state, request.caller)
    body = parsed(request, SendDelivery)
    order = order_of(state, request.caller, str(body.order_id))
    if order.status not in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED):
        raise ApiError(101100)
    if not body.delivery_list or not all(_is_parcel(parcel) for parcel in body.delivery_list):
        raise ApiError(10020051)
    ship(state, order, msgspec.convert(msgspec.to_builtins(body.delivery_list), tuple[Parcel, ...], strict=False))
    return {"errcode": 0, "errmsg": "ok"}


def _is_parcel(delivery: Delivery) -> bool:
    if not delivery.product_infos or delivery.deliver_type != BY_EXPRESS or not delivery.waybill_id:
        return False
    return delivery.delivery_id in carriers() or delivery.delivery_id == OTHER


def company_list(state: State, request: Request) -> Body:
    """GET order/deliverycompanylist/get: the carriers a parcel can go by."""
    check_shop(state, request.caller)
    rows = [{"delivery_id": carrier.id, "delivery_name": carrier.name} for carrier in listed()]
    return {"errcode": 0, "errmsg": "ok", "company_list": rows}


FOLDER = "/channels/ec/order"

ROUTES = (
    Route("POST", f"{FOLDER}/list/get", Door.TOKEN, list_orders, (48001, 10020051)),
    Route("POST", f"{FOLDER}/get", Door.TOKEN, get_order, (48001, 100002)),
    Route("POST", f"{FOLDER}/delivery/send", Door.TOKEN, send_delivery, (48001, 100002, 101100, 10020051)),
    Route("POST", f"{FOLDER}/deliverycompanylist/get", Door.TOKEN, company_list, (48001,)),
)
