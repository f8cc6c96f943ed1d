"""What a shop sells: products with their SKUs, each with a price and a stock of its own."""

import sqlite3
from dataclasses import dataclass

import msgspec

from wechat_sandbox.accounts import AccountKind, account
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

ON_SALE, DELISTED = 5, 11


@dataclass(frozen=True, slots=True)
class Sku:
    """One variant of a product; `presale_days` after payment it is shipped, 0: it is in stock."""

    sku_id: str
    product_id: str
    out_sku_id: str
    sku_code: str
    price_fen: int
    stock: int
    attrs: tuple[tuple[str, str], ...]
    presale_days: int


def check_shop(state: State, appid: str) -> None:
    """The account is a shop; raises `ApiError` 48001 for any other."""
    if account(state, appid).kind is not AccountKind.SHOP:
        raise ApiError(48001)


def product_row(state: State, appid: str, product_id: str) -> sqlite3.Row:
    """The shop's product; raises `ApiError` 10020052 when there is none."""
    row = state.one("SELECT * FROM shop_products WHERE product_id = ? AND appid = ?", product_id, appid)
    if row is None:
        raise ApiError(10020052)
    return row


def skus_of(state: State, product_id: str) -> tuple[Sku, ...]:
    """The product's SKUs."""
    rows = state.all("SELECT * FROM shop_skus WHERE product_id = ? ORDER BY sku_id", product_id)
    return tuple(_sku(row) for row in rows)


def find_sku(state: State, product_id: str, sku_id: str) -> Sku | None:
    """The SKU of this product, or None."""
    row = state.one("SELECT * FROM shop_skus WHERE sku_id = ? AND product_id = ?", sku_id, product_id)
    return None if row is None else _sku(row)


def _sku(row: sqlite3.Row) -> Sku:
    return Sku(
        sku_id=row["sku_id"],
        product_id=row["product_id"],
        out_sku_id=row["out_sku_id"],
        sku_code=row["sku_code"],
        price_fen=row["price_fen"],
        stock=row["stock"],
        attrs=msgspec.json.decode(row["attrs"], type=tuple[tuple[str, str], ...]),
        presale_days=row["presale_days"],
    )


def add_product(
    state: State,
    appid: str,
    *,
    title: str,
    out_product_id: str,
    head_img: str,
    skus: tuple[Sku, ...],
) -> str:
    """The id of a product that is on sale now; the SKUs' own ids are made here."""
    product_id = f"1{state.serial_digits(13)}"
    state.run(
        "INSERT INTO shop_products VALUES (?, ?, ?, ?, ?, ?, ?)",
        product_id,
        appid,
        out_product_id,
        title,
        head_img,
        ON_SALE,
        state.now_ms,
    )
    for sku in skus:
        state.run(
            "INSERT INTO shop_skus VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            f"2{state.serial_digits(9)}",
            product_id,
            sku.out_sku_id,
            sku.sku_code,
            sku.price_fen,
            sku.stock,
            msgspec.json.encode(sku.attrs).decode(),
            sku.presale_days,
        )
    return product_id


def move_stock(state: State, sku_id: str, by: int) -> bool:
    """Whether the SKU had enough; its stock is more by `by`, which may be negative."""
    moved = state.run("UPDATE shop_skus SET stock = stock + ? WHERE sku_id = ? AND stock + ? >= 0", by, sku_id, by)
    return moved.rowcount > 0
