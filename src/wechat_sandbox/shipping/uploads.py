"""Uploading what was shipped: one order, or all orders of a combined one in one call.

Once an order is wholly shipped, or its mode changes, one re-shipment is allowed and no more.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from wechat_sandbox.pay.combined import CombinedOrder, combined_by_trade_no, combined_by_transaction
from wechat_sandbox.pay.payments import Payment
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import (
    Logistics,
    OrderState,
    Shipment,
    finish_shipping,
    known_order,
    packages_of,
)
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

BY_NUMBER, BY_TRANSACTION = 1, 2
UNIFIED, SPLIT = 1, 2
MOST_PACKAGES = 15
MOST_ITEM_DESC = 120
MOST_TRACKING = 128
SF_EXPRESS = "SF"


class OrderKey(msgspec.Struct):
    """Which order: 1 mchid + out_trade_no, 2 transaction_id."""

    order_number_type: int = 0
    transaction_id: str = ""
    mchid: str = ""
    out_trade_no: str = ""


class Contact(msgspec.Struct):
    """Masked telephone numbers; one is needed for SF."""

    consignor_contact: str = ""
    receiver_contact: str = ""


class Package(msgspec.Struct):
    """One parcel."""

    tracking_no: str = ""
    express_company: str = ""
    item_desc: str = ""
    contact: Contact | None = None


class Payer(msgspec.Struct):
    """The buyer."""

    openid: str = ""


class Shipped(msgspec.Struct):
    """What was shipped of one order, and how."""

    order_key: OrderKey
    logistics_type: int
    delivery_mode: int
    shipping_list: list[Package]
    is_all_delivered: bool | None = None


class Upload(Shipped, kw_only=True):
    """Body of upload_shipping_info."""

    upload_time: str
    payer: Payer


class CombinedUpload(msgspec.Struct):
    """Body of upload_combined_shipping_info."""

    order_key: OrderKey
    upload_time: str
    payer: Payer
    sub_orders: list[Shipped] = []


@dataclass(frozen=True, slots=True)
class Planned:
    """One order's upload, checked and not yet written."""

    payment: Payment
    found: Shipment
    shipped: Shipped
    reships: bool
    packages: list[dict[str, object]]
    upload_ms: int


def upload(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/upload_shipping_info: the order is shipped, wholly or (split, express) in part.

    Once everything is shipped, one re-shipment is allowed; the call after that is refused with 10060003.
    """
    body = parsed(request, Upload)
    _check_shipped(body)
    _write(state, _planned(state, request.caller, body, payer=body.payer, upload_time=body.upload_time))
    return {"errcode": 0, "errmsg": "ok"}


def upload_combined(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/upload_combined_shipping_info: parts of a combined order are shipped, all or none of them.

    Refuses, beside what `upload` refuses, no parts (10060014), a part twice (10060013), one named by another kind of
    number than the whole (268485253) and one that is no part of it (10060001).
    """
    body = parsed(request, CombinedUpload)
    _check_key(body.order_key)
    _check_parts(body)
    for shipped in body.sub_orders:
        _check_shipped(shipped)
    combined = _known_whole(state, request.caller, body.order_key)
    plans = [
        _planned(state, request.caller, shipped, payer=body.payer, upload_time=body.upload_time)
        for shipped in body.sub_orders
    ]
    if any(plan.payment.combined != combined.id for plan in plans):
        raise ApiError(10060001)
    for plan in plans:
        _write(state, plan)
    return {"errcode": 0, "errmsg": "ok"}


def _check_parts(body: CombinedUpload) -> None:
    if not body.sub_orders:
        raise ApiError(10060014, "参数错误:sub_orders 不能为空")
    keys = [shipped.order_key for shipped in body.sub_orders]
    if any(key.order_number_type != body.order_key.order_number_type for key in keys):
        raise ApiError(268485253)
    if len({(key.transaction_id, key.mchid, key.out_trade_no) for key in keys}) < len(keys):
        raise ApiError(10060013)


def _known_whole(state: State, appid: str, key: OrderKey) -> CombinedOrder:
    if key.order_number_type == BY_TRANSACTION:
        combined = combined_by_transaction(state, key.transaction_id)
    else:
        combined = combined_by_trade_no(state, key.mchid, key.out_trade_no)
    if combined is None or combined.appid != appid or combined.transaction_id is None:
        raise ApiError(10060001)
    return combined


def _planned(state: State, appid: str, shipped: Shipped, *, payer: Payer, upload_time: str) -> Planned:
    key = shipped.order_key
    by_transaction = key.order_number_type == BY_TRANSACTION
    payment, found = known_order(
        state,
        appid,
        transaction_id=key.transaction_id if by_transaction else "",
        mchid=key.mchid,
        out_trade_no=key.out_trade_no,
    )
    if payment.openid != payer.openid:
        raise ApiError(10060031)
    upload_ms = _moment_ms(upload_time)
    _check_shippable(found, shipped, upload_ms=upload_ms)
    reships = _reships(found, shipped)
    if reships and found.is_reshipped:
        raise ApiError(10060003)
    packages = _merged(found, shipped, upload_ms=upload_ms, starts_over=reships)
    return Planned(payment, found, shipped, reships, packages, upload_ms)


def _write(state: State, plan: Planned) -> None:
    shipped = plan.shipped
    state.run(
        "UPDATE shipments SET logistics_type = ?, delivery_mode = ?, packages = ?, upload_ms = ?, is_reshipped = ?"
        " WHERE payment = ?",
        shipped.logistics_type,
        shipped.delivery_mode,
        msgspec.json.encode(plan.packages).decode(),
        plan.upload_ms,
        plan.found.is_reshipped or plan.reships,
        plan.payment.id,
    )
    if shipped.delivery_mode == UNIFIED or shipped.is_all_delivered:
        finish_shipping(state, plan.payment, plan.found, logistics=Logistics(shipped.logistics_type))


def _check_shipped(body: Shipped) -> None:
    if body.logistics_type == 0:
        raise ApiError(47001)
    if body.logistics_type not in list(Logistics):
        raise ApiError(10060005)
    if body.delivery_mode not in (UNIFIED, SPLIT):
        raise ApiError(268485224)
    logistics = Logistics(body.logistics_type)
    if body.delivery_mode == SPLIT and logistics is not Logistics.EXPRESS:
        raise ApiError(10060006)
    if body.delivery_mode == SPLIT and body.is_all_delivered is None:
        raise ApiError(10060007)
    if body.delivery_mode == UNIFIED and len(body.shipping_list) != 1:
        raise ApiError(268485228)
    if len(body.shipping_list) > MOST_PACKAGES:
        raise ApiError(10060024)
    _check_key(body.order_key)
    for package in body.shipping_list:
        _check_package(package, logistics)


def _check_key(key: OrderKey) -> None:
    match key.order_number_type:
        case 1 if not key.mchid:
            raise ApiError(268485196)
        case 1 if not key.out_trade_no:
            raise ApiError(268485197)
        case 2 if not key.transaction_id:
            raise ApiError(268485195)
        case 1 | 2:
            return
        case _:
            raise ApiError(268485194)


def _check_package(package: Package, logistics: Logistics) -> None:
    if not package.item_desc:
        raise ApiError(10060008)
    if len(package.item_desc) > MOST_ITEM_DESC:
        raise ApiError(10060009)
    if logistics is not Logistics.EXPRESS:
        return
    if not package.tracking_no:
        raise ApiError(268485226)
    if not package.express_company:
        raise ApiError(268485227)
    if len(package.express_company.encode()) > MOST_TRACKING:
        raise ApiError(10060025)
    if len(package.tracking_no.encode()) > MOST_TRACKING:
        raise ApiError(10060026)
    contact = package.contact or Contact()
    if package.express_company == SF_EXPRESS and not (contact.consignor_contact or contact.receiver_contact):
        raise ApiError(10060014, "参数错误:顺丰快递必须填写联系方式")


def _moment_ms(upload_time: str) -> int:
    try:
        moment = datetime.fromisoformat(upload_time)
    except ValueError as error:
        raise ApiError(268485216) from error
    if moment.tzinfo is None:
        raise ApiError(268485216)
    return int(moment.timestamp() * 1000)


def _check_shippable(found: Shipment, body: Shipped, *, upload_ms: int) -> None:
    if found.order_state is OrderState.REFUNDED:
        raise ApiError(10060004)
    if found.order_state in (OrderState.CONFIRMED, OrderState.DONE):
        raise ApiError(10060002)
    if upload_ms <= found.upload_ms:
        raise ApiError(10060023)
    same_mode = (found.logistics_type, found.delivery_mode) == (body.logistics_type, body.delivery_mode)
    packages = [_kept(package) for package in body.shipping_list]
    known = [{key: value for key, value in package.items() if key != "upload_ms"} for package in packages_of(found)]
    if found.finished_count and same_mode and packages == known:
        raise ApiError(10060023)


def _kept(package: Package) -> dict[str, object]:
    contact = package.contact or Contact()
    return {
        "tracking_no": package.tracking_no,
        "express_company": package.express_company,
        "goods_desc": package.item_desc,
        "contact": {
            "consignor_contact": contact.consignor_contact,
            "receiver_contact": contact.receiver_contact,
        },
    }


def _reships(found: Shipment, body: Shipped) -> bool:
    """A call after completion, or one that changes the mode of what was uploaded, is the one re-shipment."""
    if found.upload_ms == 0:
        return False
    changes_mode = (found.logistics_type, found.delivery_mode) != (body.logistics_type, body.delivery_mode)
    return found.finished_count > 0 or changes_mode


def _merged(found: Shipment, body: Shipped, *, upload_ms: int, starts_over: bool) -> list[dict[str, object]]:
    new = [{**_kept(package), "upload_ms": upload_ms} for package in body.shipping_list]
    if starts_over or body.delivery_mode == UNIFIED:
        return new
    numbers = {package["tracking_no"] for package in new}
    packages = [package for package in packages_of(found) if package["tracking_no"] not in numbers] + new
    if len(packages) > MOST_PACKAGES:
        raise ApiError(10060024)
    return packages


KEY_REFUSES = (268485194, 268485195, 268485196, 268485197)
UPLOAD_REFUSES = (
    47001,
    10060001,
    10060002,
    10060003,
    10060004,
    10060005,
    10060006,
    10060007,
    10060008,
    10060009,
    10060014,
    10060023,
    10060024,
    10060025,
    10060026,
    10060031,
    *KEY_REFUSES,
    268485216,
    268485224,
    268485226,
    268485227,
    268485228,
)

ROUTES = (
    Route("POST", "/wxa/sec/order/upload_shipping_info", Door.TOKEN, upload, refuses=UPLOAD_REFUSES),
    Route(
        "POST",
        "/wxa/sec/order/upload_combined_shipping_info",
        Door.TOKEN,
        upload_combined,
        refuses=(*UPLOAD_REFUSES, 10060013, 268485253),
    ),
)
