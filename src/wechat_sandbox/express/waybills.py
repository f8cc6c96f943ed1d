"""The logistics assistant's waybills (物流助手): made, shown, cancelled, and moved when the carrier is the fake one.

Source: developers.weixin.qq.com, express-by-business. The carrier's own refusals are 9300501 with
`delivery_resultcode` and `delivery_resultmsg` beside it.
"""

import base64
import sqlite3
from html import escape

import msgspec

from wechat_sandbox.accounts import Account, account, find_account, person_of
from wechat_sandbox.express.carriers import TEST, TEST_BIZ_ID, Carrier, carriers
from wechat_sandbox.express.parcels import Step, start_moving, step_of_assistant, steps_of
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

FROM_MINI_PROGRAM, FROM_APP = 0, 2
MOST_ORDERS = 100
MOST_BYTES = {"order_id": 512, "custom_remark": 1024}
NORMAL, CANCELLED = 0, 1


class Party(msgspec.Struct):
    """Sender or receiver."""

    name: str = ""
    tel: str = ""
    mobile: str = ""
    company: str = ""
    post_code: str = ""
    country: str = ""
    province: str = ""
    city: str = ""
    area: str = ""
    address: str = ""

    def is_complete(self) -> bool:
        """Whether a carrier could find this person."""
        return bool(self.name and (self.tel or self.mobile) and self.province and self.city and self.address)


class CargoDetail(msgspec.Struct):
    """One kind of goods in the parcel."""

    name: str = ""
    count: Int64 = 0


class Cargo(msgspec.Struct):
    """The parcel; weight in kg, lengths in cm."""

    count: Int64 = 0
    weight: float = 0.0
    space_x: float = 0.0
    space_y: float = 0.0
    space_z: float = 0.0
    detail_list: list[CargoDetail] = []


class ShopDetail(msgspec.Struct):
    """One product as the customer's notice shows it."""

    goods_name: str = ""
    goods_img_url: str = ""
    goods_desc: str = ""


class Shop(msgspec.Struct):
    """What the customer's notice shows."""

    wxa_path: str = ""
    img_url: str = ""
    goods_name: str = ""
    goods_count: Int64 = 0
    detail_list: list[ShopDetail] = []

    def is_complete(self) -> bool:
        """Whether the notice has something to show."""
        if self.detail_list:
            return all(detail.goods_name and detail.goods_img_url for detail in self.detail_list)
        return bool(self.img_url and self.goods_name and self.goods_count > 0)


class Insured(msgspec.Struct):
    """Insurance; the value in fen."""

    use_insured: Int64 = 0
    insured_value: Int64 = 0


class ServiceType(msgspec.Struct):
    """Which of the carrier's services."""

    service_type: Int64 = 0
    service_name: str = ""


class AddOrder(msgspec.Struct):
    """Body of order/add."""

    order_id: str = ""
    openid: str = ""
    delivery_id: str = ""
    biz_id: str = ""
    custom_remark: str = ""
    tagid: Int64 | None = None
    add_source: Int64 | None = None
    wx_appid: str = ""
    expect_time: Int64 | None = None
    sender: Party | None = None
    receiver: Party | None = None
    cargo: Cargo | None = None
    shop: Shop | None = None
    insured: Insured | None = None
    service: ServiceType | None = None


class OneOrder(msgspec.Struct):
    """Body of order/get, order/cancel and path/get, and one row of order/batchget."""

    order_id: str = ""
    openid: str = ""
    delivery_id: str = ""
    waybill_id: str = ""


class ManyOrders(msgspec.Struct):
    """Body of order/batchget."""

    order_list: list[OneOrder] = []


class TestUpdate(msgspec.Struct):
    """Body of test_update_order."""

    biz_id: str = ""
    order_id: str = ""
    delivery_id: str = ""
    waybill_id: str = ""
    action_time: Int64 = 0
    action_type: Int64 = 0
    action_msg: str = ""


def add_order(state: State, request: Request) -> Body:
    """POST order/add: the waybill of a parcel; nothing is kept when anything is refused.

    Refuses what is missing (930561), too long (9300526), a strange openid (40003), carrier (9300503), account
    (9300525), service (9300510), shop (9300535), another principal's App (9300534, 9300536), a known order (9300522),
    an account without waybills left (9300523), and what the carrier itself refuses (9300501).
    """
    body = parsed(request, AddOrder)
    app = account(state, request.caller)
    _check_form(body)
    _check_source(state, app, body)
    carrier = known_carrier(body.delivery_id)
    paid_by = bound_account(state, app.appid, carrier, body.biz_id)
    assert body.service is not None
    if (body.service.service_type, body.service.service_name) not in [(one.type, one.name) for one in carrier.services]:
        raise ApiError(9300510)
    if state.value(
        "SELECT 1 FROM waybills WHERE appid = ? AND order_id = ? AND is_cancelled = 0", app.appid, body.order_id
    ):
        raise ApiError(9300522)
    if paid_by is not None and carrier.can_get_quota and paid_by["quota_num"] <= 0:
        raise ApiError(9300523)
    _ask_carrier(state, carrier, body)
    return _made(state, app, carrier, body)


def _check_form(body: AddOrder) -> None:
    for field, most in MOST_BYTES.items():
        if len(getattr(body, field).encode()) > most:
            raise ApiError(9300526)
    wanted = (body.order_id, body.delivery_id, body.biz_id, body.insured, body.service, body.cargo)
    if not all(wanted) or body.add_source not in (FROM_MINI_PROGRAM, FROM_APP):
        raise ApiError(930561)
    assert body.cargo is not None
    if body.cargo.count <= 0 or body.cargo.weight <= 0:
        raise ApiError(930561)
    if body.sender is None or not body.sender.is_complete():
        raise ApiError(930561)
    if body.receiver is None or not body.receiver.is_complete():
        raise ApiError(930561)
    if body.shop is None or not body.shop.is_complete():
        raise ApiError(9300535)


def _check_source(state: State, app: Account, body: AddOrder) -> None:
    if body.add_source == FROM_MINI_PROGRAM:
        if person_of(state, app.appid, body.openid) is None:
            raise ApiError(40003)
        return
    other = find_account(state, body.wx_appid)
    if other is None:
        raise ApiError(9300536)
    if not app.open_appid or other.open_appid != app.open_appid:
        raise ApiError(9300534)


def known_carrier(delivery_id: str) -> Carrier:
    """The carrier; raises `ApiError` 9300503 for an unknown one."""
    carrier = carriers().get(delivery_id)
    if carrier is None:
        raise ApiError(9300503)
    return carrier


def bound_account(state: State, appid: str, carrier: Carrier, biz_id: str) -> sqlite3.Row | None:
    """The account with the carrier, None for one paid in cash; raises `ApiError` 9300525 when it is not bound."""
    if carrier.can_use_cash and biz_id == carrier.cash_biz_id:
        return None
    row = state.one(
        "SELECT * FROM express_accounts WHERE appid = ? AND delivery_id = ? AND biz_id = ? AND status_code = 0",
        appid,
        carrier.id,
        biz_id,
    )
    if row is None:
        raise ApiError(9300525)
    return row


def _ask_carrier(state: State, carrier: Carrier, body: AddOrder) -> None:
    assert body.cargo is not None
    if not body.cargo.detail_list:
        raise refused_by_carrier(30001, "cargo.detailList is empty")
    if carrier.id == "SF" and body.expect_time is None:
        raise refused_by_carrier(30002, "expect_time is required")
    if body.expect_time and body.expect_time < state.now_s:
        raise refused_by_carrier(30003, "expect_time is in the past")


def refused_by_carrier(code: int, text: str) -> ApiError:
    """The carrier's own refusal."""
    beside = {"delivery_resultcode": code, "delivery_resultmsg": text, "waybill_data": []}
    return ApiError(9300501, "delivery logic fail", beside=beside)


def _made(state: State, app: Account, carrier: Carrier, body: AddOrder) -> Body:
    waybill_id = f"{carrier.id}{state.serial_digits(13)}"
    state.run(
        "INSERT INTO waybills VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        carrier.id,
        waybill_id,
        app.appid,
        body.order_id,
        body.openid if body.add_source == FROM_MINI_PROGRAM else "",
        body.add_source,
        body.biz_id,
        msgspec.json.encode(body.shop).decode(),
    )
    if carrier.can_get_quota:
        state.run(
            "UPDATE express_accounts SET quota_num = quota_num - 1 WHERE appid = ? AND delivery_id = ? AND biz_id = ?",
            app.appid,
            carrier.id,
            body.biz_id,
        )
    if carrier.id != TEST:
        start_moving(state, waybill_id)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "order_id": body.order_id,
        "waybill_id": waybill_id,
        "waybill_data": _waybill_data(carrier.id, waybill_id),
    }


def _waybill_data(delivery_id: str, waybill_id: str) -> list[Body]:
    return [
        {"key": f"{delivery_id}_bagAddr", "value": "广州"},
        {"key": f"{delivery_id}_mark", "value": waybill_id[-6:]},
    ]


def _waybill(state: State, appid: str, asked: OneOrder) -> sqlite3.Row:
    if not asked.waybill_id:
        raise ApiError(930561)
    return _found(state, appid, asked)


def _found(state: State, appid: str, asked: OneOrder) -> sqlite3.Row:
    """The waybill; without its number (which getOrder may leave out) the last made for the order, a live one first."""
    if not asked.order_id or not asked.delivery_id:
        raise ApiError(930561)
    known_carrier(asked.delivery_id)
    row = state.one(
        "SELECT * FROM waybills WHERE delivery_id = ? AND ? IN ('', waybill_id) AND appid = ? AND order_id = ?"
        " ORDER BY is_cancelled, waybill_id DESC LIMIT 1",
        asked.delivery_id,
        asked.waybill_id,
        appid,
        asked.order_id,
    )
    if row is None:
        raise ApiError(40199)
    if asked.openid and row["openid"] != asked.openid:
        raise ApiError(40003)
    return row


def _shown(row: sqlite3.Row) -> dict[str, object]:
    label = f"<html><body><h1>{escape(row['delivery_id'])}</h1><p>{escape(row['waybill_id'])}</p></body></html>"
    return {
        "print_html": base64.b64encode(label.encode()).decode(),
        "waybill_data": _waybill_data(row["delivery_id"], row["waybill_id"]),
        "order_id": row["order_id"],
        "delivery_id": row["delivery_id"],
        "waybill_id": row["waybill_id"],
        "order_status": CANCELLED if row["is_cancelled"] else NORMAL,
    }


def get_order(state: State, request: Request) -> Body:
    """POST order/get: the waybill with its label; 40199 for an unknown one."""
    row = _found(state, request.caller, parsed(request, OneOrder))
    return {"errcode": 0, "errmsg": "ok", **_shown(row)}


def batch_get(state: State, request: Request) -> Body:
    """POST order/batchget: up to a hundred waybills, each with its own errcode; 930561 for none or more."""
    asked = parsed(request, ManyOrders).order_list
    if not 0 < len(asked) <= MOST_ORDERS:
        raise ApiError(930561)
    return {"errcode": 0, "errmsg": "ok", "order_list": [_one_of_many(state, request.caller, one) for one in asked]}


def _one_of_many(state: State, appid: str, asked: OneOrder) -> Body:
    try:
        return {"errcode": 0, "errmsg": "ok", **_shown(_found(state, appid, asked))}
    except ApiError as error:
        named = {"order_id": asked.order_id, "delivery_id": asked.delivery_id, "waybill_id": asked.waybill_id}
        return {"errcode": error.errcode, "errmsg": "not found", **named}


def cancel_order(state: State, request: Request) -> Body:
    """POST order/cancel: the waybill is void; 9300506 when the parcel has moved, 9300524 when it was void."""
    row = _waybill(state, request.caller, parsed(request, OneOrder))
    if row["is_cancelled"]:
        raise ApiError(9300524)
    if steps_of(state, row["waybill_id"]):
        raise ApiError(9300506)
    state.run(
        "UPDATE waybills SET is_cancelled = 1 WHERE delivery_id = ? AND waybill_id = ?",
        row["delivery_id"],
        row["waybill_id"],
    )
    return {"errcode": 0, "errmsg": "ok", "delivery_resultcode": 0, "delivery_resultmsg": ""}


def get_path(state: State, request: Request) -> Body:
    """POST path/get: every step of the parcel so far."""
    row = _waybill(state, request.caller, parsed(request, OneOrder))
    steps = steps_of(state, row["waybill_id"])
    return {
        "openid": row["openid"],
        "delivery_id": row["delivery_id"],
        "waybill_id": row["waybill_id"],
        "path_item_num": len(steps),
        "path_item_list": [
            {"action_time": one["at_s"], "action_type": one["action_type"], "action_msg": one["action_msg"]}
            for one in steps
        ],
    }


def test_update_order(state: State, request: Request) -> Body:
    """POST test_update_order: the fake carrier has moved its parcel; 930561 for any other, 40199 for an unknown one."""
    body = parsed(request, TestUpdate)
    if body.biz_id != TEST_BIZ_ID or body.delivery_id != TEST or not body.action_time or not body.action_type:
        raise ApiError(930561)
    asked = OneOrder(order_id=body.order_id, delivery_id=TEST, waybill_id=body.waybill_id)
    row = _waybill(state, request.caller, asked)
    step_of_assistant(state, row, Step(body.action_type, body.action_msg, body.action_time))
    return {"errcode": 0, "errmsg": "ok"}


FOLDER = "/cgi-bin/express/business"
FOUND = (930561, 9300503, 40199, 40003)
MADE = (930561, 9300526, 40003, 9300503, 9300525, 9300510, 9300535, 9300534, 9300536, 9300522, 9300523, 9300501)

ROUTES = (
    Route("POST", f"{FOLDER}/order/add", Door.TOKEN, add_order, MADE),
    Route("POST", f"{FOLDER}/order/get", Door.TOKEN, get_order, FOUND),
    Route("POST", f"{FOLDER}/order/batchget", Door.TOKEN, batch_get, (930561,)),
    Route("POST", f"{FOLDER}/order/cancel", Door.TOKEN, cancel_order, (*FOUND, 9300506, 9300524)),
    Route("POST", f"{FOLDER}/path/get", Door.TOKEN, get_path, FOUND),
    Route("POST", f"{FOLDER}/test_update_order", Door.TOKEN, test_update_order, (930561, 40199)),
)
