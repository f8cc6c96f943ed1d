"""The shop's APIs of products and stock, and of the shop itself.

Source: developers.weixin.qq.com/doc/store, channels-shop-product: 10020050–10020065.
"""

import sqlite3

import msgspec

from wechat_sandbox.accounts import account
from wechat_sandbox.moments import local
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shop.goods import Sku, check_shop, find_sku, move_stock, product_row, skus_of
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Int64, Request, parsed

MOST_PRODUCTS = 30
ONLINE, DRAFT, BOTH = 1, 2, 3
MORE, LESS, EXACTLY = 1, 2, 3
MOST_STOCK = 10_000_000


class ListProducts(msgspec.Struct):
    """Body of product/list/get."""

    status: Int64 | None = None
    page_size: Int64 = 10
    next_key: str = ""


class GetProduct(msgspec.Struct):
    """Body of product/get; WeChat's pages give ids as text and as number."""

    product_id: str | int = ""
    data_type: Int64 = ONLINE


class GetStock(msgspec.Struct):
    """Body of product/stock/get."""

    product_id: str | int = ""
    sku_id: str | int = ""


class UpdateStock(msgspec.Struct):
    """Body of product/stock/update."""

    product_id: str | int = ""
    sku_id: str | int = ""
    diff_type: Int64 = 0
    num: Int64 = -1
    out_warehouse_id: str = ""


def list_products(state: State, request: Request) -> Body:
    """POST product/list/get: product ids, oldest first, by pages of at most 30; 10020051 for a bad page."""
    check_shop(state, request.caller)
    body = parsed(request, ListProducts)
    if not 0 < body.page_size <= MOST_PRODUCTS:
        raise ApiError(10020051)
    where, values = "appid = ?", [request.caller]
    if body.status is not None:
        where, values = f"{where} AND status = ?", [*values, str(body.status)]
    rows = state.all(
        f"SELECT product_id FROM shop_products WHERE {where} AND product_id > ? ORDER BY product_id LIMIT ?",
        *values,
        body.next_key,
        body.page_size,
    )
    ids = [row["product_id"] for row in rows]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "product_ids": ids,
        "next_key": ids[-1] if ids else body.next_key,
        "total_num": state.value(f"SELECT COUNT(*) FROM shop_products WHERE {where}", *values),
    }


def get_product(state: State, request: Request) -> Body:
    """POST product/get: the product with its SKUs; data_type 1 online, 2 draft, 3 both; 10020052 for none."""
    check_shop(state, request.caller)
    body = parsed(request, GetProduct)
    if body.data_type not in (ONLINE, DRAFT, BOTH):
        raise ApiError(10020051)
    row = product_row(state, request.caller, str(body.product_id))
    shown = _shown(row, skus_of(state, row["product_id"]))
    reply: dict[str, object] = {"errcode": 0, "errmsg": "ok"}
    if body.data_type != DRAFT:
        reply["product"] = shown
    if body.data_type != ONLINE:
        reply["edit_product"] = shown
    return reply


def _shown(row: sqlite3.Row, skus: tuple[Sku, ...]) -> Body:
    return {
        "product_id": row["product_id"],
        "out_product_id": row["out_product_id"],
        "title": row["title"],
        "sub_title": "",
        "head_imgs": [row["head_img"]],
        "deliver_method": 0,
        "desc_info": {"imgs": [row["head_img"]], "desc": ""},
        "cats": [],
        "cats_v2": [],
        "attrs": [],
        "brand_id": "2100000000",
        "status": row["status"],
        "edit_status": 4,
        "min_price": min((sku.price_fen for sku in skus), default=0),
        "create_time": f"{local(row['created_ms']):%Y-%m-%d %H:%M:%S}",
        "product_type": 1,
        "skus": [_shown_sku(sku) for sku in skus],
    }


def _shown_sku(sku: Sku) -> Body:
    deliver: dict[str, int] = {"stock_type": 0}
    if sku.presale_days:
        deliver = {
            "stock_type": 1,
            "full_payment_presale_delivery_type": 0,
            "full_payment_presale_delivery_time": sku.presale_days,
        }
    return {
        "sku_id": sku.sku_id,
        "out_sku_id": sku.out_sku_id,
        "sku_code": sku.sku_code,
        "sale_price": sku.price_fen,
        "market_price": sku.price_fen,
        "stock_num": sku.stock,
        "sku_attrs": [{"attr_key": key, "attr_value": value} for key, value in sku.attrs],
        "sku_deliver_info": deliver,
    }


def _sku(state: State, appid: str, product_id: str, sku_id: str) -> Sku:
    found = find_sku(state, product_row(state, appid, product_id)["product_id"], sku_id)
    if found is None:
        raise ApiError(10020053)
    return found


def get_stock(state: State, request: Request) -> Body:
    """POST product/stock/get: what is left of a SKU; 10020052 unknown product, 10020053 unknown SKU."""
    check_shop(state, request.caller)
    body = parsed(request, GetStock)
    sku = _sku(state, request.caller, str(body.product_id), str(body.sku_id))
    stock = {
        "normal_stock_num": sku.stock,
        "limited_discount_stock_num": 0,
        "warehouse_stocks": [],
        "total_stock_num": sku.stock,
        "finder_stock_num": 0,
    }
    return {"errcode": 0, "errmsg": "ok", "data": stock}


def update_stock(state: State, request: Request) -> Body:
    """POST product/stock/update: the stock is more (1), less (2) or exactly (3) this.

    Refuses a bad type or number (10020051), also less than is there; 10020052, 10020053.
    """
    check_shop(state, request.caller)
    body = parsed(request, UpdateStock)
    sku = _sku(state, request.caller, str(body.product_id), str(body.sku_id))
    if body.diff_type not in (MORE, LESS, EXACTLY) or not 0 <= body.num <= MOST_STOCK:
        raise ApiError(10020051)
    by = {MORE: body.num, LESS: -body.num, EXACTLY: body.num - sku.stock}[body.diff_type]
    if not move_stock(state, sku.sku_id, by):
        raise ApiError(10020051)
    return {"errcode": 0, "errmsg": "ok"}


def shop_info(state: State, request: Request) -> Body:
    """GET basics/info/get: the shop's name and state."""
    check_shop(state, request.caller)
    app = account(state, request.caller)
    info = {
        "nickname": app.name,
        "headimg_url": f"https://wx.qlogo.cn/mmopen/{app.original_id}/0",
        "subject_type": "企业",
        "status": "open_finished",
        "username": app.original_id,
    }
    return {"errcode": 0, "errmsg": "ok", "info": info}


FOLDER = "/channels/ec"

ROUTES = (
    Route("POST", f"{FOLDER}/product/list/get", Door.TOKEN, list_products, (48001, 10020051)),
    Route("POST", f"{FOLDER}/product/get", Door.TOKEN, get_product, (48001, 10020051, 10020052)),
    Route("POST", f"{FOLDER}/product/stock/get", Door.TOKEN, get_stock, (48001, 10020052, 10020053)),
    Route("POST", f"{FOLDER}/product/stock/update", Door.TOKEN, update_stock, (48001, 10020051, 10020052, 10020053)),
    Route("GET", f"{FOLDER}/basics/info/get", Door.TOKEN, shop_info, (48001,)),
)
