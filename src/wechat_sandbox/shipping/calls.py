"""The shipping calls of a mini-program: upload_shipping_info, get_order, the two gates, opspecialorder."""

from datetime import datetime

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.payments import Payment, payment_by_transaction
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import (
    Logistics,
    OrderState,
    Shipment,
    file_special,
    finish_shipping,
    known_order,
    packages_of,
    shipment,
)
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

UNIFIED, SPLIT = 1, 2
MOST_PACKAGES = 15
MOST_ITEM_DESC = 120
MOST_TRACKING = 128
SF_EXPRESS = "SF"
PRESALE, TEST_ORDER = 1, 2
PRESALE_AFTER_DAYS, PRESALE_WITHIN_DAYS = 15, 330


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


class Upload(msgspec.Struct):
    """Body of upload_shipping_info."""

    order_key: OrderKey
    logistics_type: int
    delivery_mode: int
    shipping_list: list[Package]
    upload_time: str
    payer: Payer
    is_all_delivered: bool | None = None


class GetOrder(msgspec.Struct):
    """Body of get_order."""

    transaction_id: str = ""
    merchant_id: str = ""
    sub_merchant_id: str = ""
    merchant_trade_no: str = ""


class Managed(msgspec.Struct):
    """Body of the two gates."""

    appid: str = ""


class Special(msgspec.Struct):
    """Body of opspecialorder; `delay_to` in seconds."""

    order_id: str = ""
    type: int = 0
    delay_to: int | None = None


def upload(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/upload_shipping_info: the order is shipped, wholly or (split, express) in part.

    Once everything is shipped, one re-shipment is allowed; the call after that is refused with 10060003.
    """
    body = parsed(request, Upload)
    logistics = _checked(body)
    key = body.order_key
    payment, found = known_order(
        state, request.caller, transaction_id=key.transaction_id, mchid=key.mchid, out_trade_no=key.out_trade_no
    )
    if payment.openid != body.payer.openid:
        raise ApiError(10060031)
    upload_ms = _moment_ms(body.upload_time)
    _check_shippable(found, body, upload_ms=upload_ms)
    reships = _reships(found, body)
    if reships and found.is_reshipped:
        raise ApiError(10060003)
    packages = _merged(found, body, upload_ms=upload_ms, starts_over=reships)
    state.run(
        "UPDATE shipments SET logistics_type = ?, delivery_mode = ?, packages = ?, upload_ms = ?, is_reshipped = ?"
        " WHERE payment = ?",
        body.logistics_type,
        body.delivery_mode,
        msgspec.json.encode(packages).decode(),
        upload_ms,
        found.is_reshipped or reships,
        payment.id,
    )
    if body.delivery_mode == UNIFIED or body.is_all_delivered:
        finish_shipping(state, payment, found, logistics=logistics)
    return {"errcode": 0, "errmsg": "ok"}


def _checked(body: Upload) -> Logistics:
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
    return logistics


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


def _check_shippable(found: Shipment, body: Upload, *, upload_ms: int) -> None:
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


def _reships(found: Shipment, body: Upload) -> bool:
    """A call after completion, or one that changes the mode of what was uploaded, is the one re-shipment."""
    if found.upload_ms == 0:
        return False
    changes_mode = (found.logistics_type, found.delivery_mode) != (body.logistics_type, body.delivery_mode)
    return found.finished_count > 0 or changes_mode


def _merged(found: Shipment, body: Upload, *, upload_ms: int, starts_over: bool) -> list[dict[str, object]]:
    new = [{**_kept(package), "upload_ms": upload_ms} for package in body.shipping_list]
    if starts_over or body.delivery_mode == UNIFIED:
        return new
    numbers = {package["tracking_no"] for package in new}
    packages = [package for package in packages_of(found) if package["tracking_no"] not in numbers] + new
    if len(packages) > MOST_PACKAGES:
        raise ApiError(10060024)
    return packages


def get_order(state: State, request: Request) -> Body:
    """POST /wxa/sec/order/get_order: the order's shipping as WeChat knows it."""
    body = parsed(request, GetOrder)
    payment, found = known_order(
        state,
        request.caller,
        transaction_id=body.transaction_id,
        mchid=body.merchant_id,
        out_trade_no=body.merchant_trade_no,
    )
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


ROUTES = (
    Route("POST", "/wxa/sec/order/upload_shipping_info", Door.TOKEN, upload),
    Route("POST", "/wxa/sec/order/get_order", Door.TOKEN, get_order),
    Route("POST", "/wxa/sec/order/is_trade_managed", Door.TOKEN, is_trade_managed),
    Route(
        "POST",
        "/wxa/sec/order/is_trade_management_confirmation_completed",
        Door.TOKEN,
        is_confirmation_completed,
    ),
    Route("POST", "/wxa/sec/order/opspecialorder", Door.TOKEN, special_order),
)
