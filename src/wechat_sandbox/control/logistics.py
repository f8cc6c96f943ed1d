"""Acting as carriers, riders, and customers who send goods back."""

import msgspec

from wechat_sandbox.express import carrier_accounts, local, returns
from wechat_sandbox.express.carriers import carriers
from wechat_sandbox.express.intracity import orders as intracity
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed


class CarrierAccount(msgspec.Struct):
    """A customer code: reviewed (a reason refuses it), or with so many waybills left."""

    appid: str
    delivery_id: str
    biz_id: str
    reason: str = ""
    quota_num: int | None = None


class WayBack(msgspec.Struct):
    """How the customer sends goods back: a pick-up at the door, or by themselves."""

    return_id: str
    waybill_id: str
    delivery_id: str
    is_booked: bool = False


class CityStep(msgspec.Struct):
    """A rider of the same-city service."""

    wx_order_id: str
    order_status: int


class LocalShop(msgspec.Struct):
    """A shop signed with a same-city carrier."""

    appid: str
    shopid: str
    delivery_id: str
    app_secret: str


class LocalStep(msgspec.Struct):
    """A rider of a carrier of one's own choice."""

    appid: str
    shop_order_id: str
    order_status: int
    action_msg: str = ""


def carrier_account(state: State, request: Request) -> Body:
    """POST /_sandbox/express/account: the carrier has judged the code, or sold more waybills."""
    body = control_parsed(request, CarrierAccount)
    key = (state, body.appid, body.delivery_id, body.biz_id)
    if body.quota_num is None:
        done = carrier_accounts.judge(*key, reason=body.reason)
    else:
        done = carrier_accounts.set_quota(*key, left=body.quota_num)
    if not done:
        raise ControlError("unknown_code", f"{body.biz_id!r} is not bound to {body.delivery_id!r}, or not in review")
    return {"ok": True}


def send_back(state: State, request: Request) -> Body:
    """POST /_sandbox/express/return: the customer has chosen how the goods come back."""
    body = control_parsed(request, WayBack)
    if body.delivery_id not in carriers():
        raise ControlError("unknown_carrier", f"there is no carrier {body.delivery_id!r}")
    if not returns.choose(
        state,
        body.return_id,
        is_booked=body.is_booked,
        delivery_id=body.delivery_id,
        waybill_id=body.waybill_id,
    ):
        raise ControlError("unknown_return", "there is no such return, or its customer has chosen")
    return {"ok": True}


def city_step(state: State, request: Request) -> Body:
    """POST /_sandbox/express/intracity: the rider has come one step further; the callback URL hears it."""
    body = control_parsed(request, CityStep)
    if body.order_status not in intracity.STATUSES:
        raise ControlError("unknown_status", f"statuses are {list(intracity.STATUSES)}")
    try:
        row = intracity.order_row(state, body.wx_order_id)
    except ApiError as error:
        raise ControlError("unknown_order", f"there is no order {body.wx_order_id!r}") from error
    if row["order_status"] in intracity.ENDED:
        raise ControlError("order_ended", "the order has ended")
    intracity.move(state, body.wx_order_id, body.order_status)
    return {"ok": True}


def local_shop(state: State, request: Request) -> Body:
    """POST /_sandbox/express/local/shop: the account has signed with the carrier; its calls are signed with this."""
    body = control_parsed(request, LocalShop)
    state.run(
        "INSERT OR REPLACE INTO local_shops VALUES (?, ?, ?, ?)",
        body.appid,
        body.shopid,
        body.delivery_id,
        body.app_secret,
    )
    return {"ok": True}


def local_step(state: State, request: Request) -> Body:
    """POST /_sandbox/express/local: the rider has come one step further; event `update_waybill_status`."""
    body = control_parsed(request, LocalStep)
    row = state.one("SELECT * FROM local_orders WHERE appid = ? AND shop_order_id = ?", body.appid, body.shop_order_id)
    if row is None or body.order_status not in local.STATUSES:
        raise ControlError("unknown_order", "there is no such order, or no such status")
    if row["order_status"] in local.ENDED:
        raise ControlError("order_ended", "the order has ended")
    local.move(state, row, order_status=body.order_status, action_msg=body.action_msg, at_s=state.now_s)
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/express/account", Door.CONTROL, carrier_account),
    Route("POST", "/_sandbox/express/return", Door.CONTROL, send_back),
    Route("POST", "/_sandbox/express/intracity", Door.CONTROL, city_step),
    Route("POST", "/_sandbox/express/local/shop", Door.CONTROL, local_shop),
    Route("POST", "/_sandbox/express/local", Door.CONTROL, local_step),
)
