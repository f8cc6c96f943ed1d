"""Acting around a shop: putting goods on sale, buying them, paying, confirming, asking for money back."""

import msgspec

from wechat_sandbox.accounts import openid_of
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shop import aftersales, orders
from wechat_sandbox.shop.goods import Sku, add_product, check_shop, skus_of
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed


class NewSku(msgspec.Struct):
    """One variant; the price in fen; `presale_days` to ship it after payment."""

    price_fen: int
    stock: int
    out_sku_id: str = ""
    sku_code: str = ""
    attrs: dict[str, str] = {}
    presale_days: int = 0


class NewProduct(msgspec.Struct):
    """Body of shop/products."""

    appid: str
    title: str
    skus: list[NewSku]
    out_product_id: str = ""
    head_img: str = "https://store.mp.video.tencent-cloud.com/sandbox.png"


class Bought(msgspec.Struct):
    """So many of one SKU."""

    product_id: str
    sku_id: str
    quantity: int = 1


class Purchase(msgspec.Struct):
    """Body of shop/buy; `pays` at once unless told otherwise."""

    appid: str
    person: str
    lines: list[Bought]
    notes: str = ""
    pays: bool = True
    address: dict[str, str] = {}


class OneOrder(msgspec.Struct):
    """One order of a shop."""

    order_id: int


class Claim(msgspec.Struct):
    """A buyer's wish for money back, with the goods or without."""

    order_id: int
    sku_id: str
    quantity: int = 1
    with_goods: bool = False
    reason: str = "不想要了"


class SentBack(msgspec.Struct):
    """Goods on their way back to the shop."""

    after_sale_order_id: str


ADDRESS = {
    "user_name": "张三",
    "tel_number": "13600000000",
    "postal_code": "510000",
    "province_name": "广东省",
    "city_name": "广州市",
    "county_name": "海珠区",
    "detail_info": "新港中路397号",
    "national_code": "440105",
    "house_number": "",
}


def _check_shop(state: State, appid: str) -> None:
    try:
        check_shop(state, appid)
    except ApiError as error:
        raise ControlError("not_a_shop", f"{appid!r} is no account of kind shop") from error


def add(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/products: the product is on sale, with the ids of its SKUs."""
    body = control_parsed(request, NewProduct)
    _check_shop(state, body.appid)
    if not body.skus or any(sku.price_fen <= 0 or sku.stock < 0 for sku in body.skus):
        raise ControlError("bad_skus", "a product has SKUs, each with a price and a stock")
    skus = tuple(
        Sku("", "", sku.out_sku_id, sku.sku_code, sku.price_fen, sku.stock, tuple(sku.attrs.items()), sku.presale_days)
        for sku in body.skus
    )
    product_id = add_product(
        state,
        body.appid,
        title=body.title,
        out_product_id=body.out_product_id,
        head_img=body.head_img,
        skus=skus,
    )
    return {"product_id": product_id, "sku_ids": [sku.sku_id for sku in skus_of(state, product_id)]}


def buy(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/buy: the person orders, and pays; events `new`, `pay`, `wait_shipping`."""
    body = control_parsed(request, Purchase)
    _check_shop(state, body.appid)
    order = orders.place(
        state,
        body.appid,
        openid_of(state, body.appid, body.person),
        lines=tuple(orders.Line(line.product_id, line.sku_id, line.quantity) for line in body.lines),
        address={**ADDRESS, **body.address},
        notes=body.notes,
    )
    if body.pays:
        orders.pay(state, order)
    return {"order_id": order.order_id, "total_fen": order.total_fen}


def pay(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/pay: the buyer pays an order that waits for it."""
    orders.pay(state, orders.known(state, control_parsed(request, OneOrder).order_id))
    return {"ok": True}


def cancel(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/cancel: the buyer cancels an unpaid order."""
    order = orders.known(state, control_parsed(request, OneOrder).order_id)
    orders.cancel(state, order, why=orders.CancelType.BY_BUYER)
    return {"ok": True}


def confirm(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/confirm: the buyer has the goods."""
    order = orders.known(state, control_parsed(request, OneOrder).order_id)
    orders.confirm(state, order, confirm_type=orders.BY_BUYER)
    return {"ok": True}


def claim(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/aftersale: the buyer wants money back."""
    body = control_parsed(request, Claim)
    aftersale_id = aftersales.ask(
        state,
        orders.known(state, body.order_id),
        sku_id=body.sku_id,
        quantity=body.quantity,
        with_goods=body.with_goods,
        reason=body.reason,
    )
    return {"after_sale_order_id": aftersale_id}


def send_back(state: State, request: Request) -> Body:
    """POST /_sandbox/shop/send_back: the buyer has sent the goods back."""
    aftersale_id = control_parsed(request, SentBack).after_sale_order_id
    try:
        aftersales.send_back(state, aftersale_id)
    except ApiError as error:
        raise ControlError("unknown_aftersale", f"there is no after-sale {aftersale_id!r}") from error
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/shop/products", Door.CONTROL, add),
    Route("POST", "/_sandbox/shop/buy", Door.CONTROL, buy),
    Route("POST", "/_sandbox/shop/pay", Door.CONTROL, pay),
    Route("POST", "/_sandbox/shop/cancel", Door.CONTROL, cancel),
    Route("POST", "/_sandbox/shop/confirm", Door.CONTROL, confirm),
    Route("POST", "/_sandbox/shop/aftersale", Door.CONTROL, claim),
    Route("POST", "/_sandbox/shop/send_back", Door.CONTROL, send_back),
)
