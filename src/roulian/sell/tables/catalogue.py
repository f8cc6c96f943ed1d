"""Products and SKUs.

A SKU's terms are one JSON text: read with the SKU on every order, never searched, empty where there are none.
"""

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.sell.model import ANYONE, Product, ProductId, Sku, Supply, Terms
from roulian.store import METADATA, Tx, any_of
from roulian.words.ids import SkuId

PRODUCTS = sa.Table(
    "sell_products",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("emoji", sa.Text, nullable=False),
    sa.Column("colour", sa.Text, nullable=False),
)
SKUS = sa.Table(
    "sell_skus",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("product", sa.Text, sa.ForeignKey("sell_products.id"), nullable=False, index=True),
    sa.Column("price_fen", sa.BigInteger, nullable=False),
    sa.Column("cost_fen", sa.BigInteger, nullable=False),
    sa.Column("option_zh", sa.Text, nullable=False),
    sa.Column("option_en", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("terms", sa.Text, nullable=False, server_default=""),
    sa.Column("owner", sa.Text),
    sa.CheckConstraint("price_fen > 0 AND cost_fen >= 0", name="sell_skus_price"),
)

PUT_PRODUCT = sa.text(
    "INSERT INTO sell_products (id, name_zh, name_en, category, emoji, colour)"
    " VALUES (:id, :name_zh, :name_en, :category, :emoji, :colour)"
    " ON CONFLICT (id) DO UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en,"
    " category = excluded.category, emoji = excluded.emoji, colour = excluded.colour",
)
PUT_SKU = sa.text(
    "INSERT INTO sell_skus (id, product, price_fen, cost_fen, option_zh, option_en, mode, terms, owner)"
    " VALUES (:id, :product, :price_fen, :cost_fen, :option_zh, :option_en, :mode, :terms, :owner)"
    " ON CONFLICT (id) DO UPDATE SET product = excluded.product, price_fen = excluded.price_fen,"
    " cost_fen = excluded.cost_fen, option_zh = excluded.option_zh, option_en = excluded.option_en,"
    " mode = excluded.mode, terms = excluded.terms, owner = excluded.owner",
)
ALL_PRODUCTS = sa.select(PRODUCTS).order_by(PRODUCTS.c.id)
PRODUCTS_OF = ALL_PRODUCTS.where(any_of(PRODUCTS.c.id, "ids"))
NAMES_OF = sa.select(SKUS.c.id, PRODUCTS.c.name_zh).join_from(SKUS, PRODUCTS).where(any_of(SKUS.c.id, "ids"))
EVERY_SKU = sa.select(SKUS).order_by(SKUS.c.id)
ALL_SKUS = EVERY_SKU.where(SKUS.c.owner.is_(None))
SKUS_OF = EVERY_SKU.where(any_of(SKUS.c.id, "ids"))
SKUS_OF_PRODUCTS = ALL_SKUS.where(any_of(SKUS.c.product, "products"))


def product_values(product: Product) -> dict[str, Any]:
    """`product` as the parameters of `PUT_PRODUCT`."""
    return {
        "id": product.id,
        "name_zh": product.name_zh,
        "name_en": product.name_en,
        "category": product.category,
        "emoji": product.emoji,
        "colour": product.colour,
    }


def sku_values(sku: Sku) -> dict[str, Any]:
    """`sku` as the parameters of `PUT_SKU`."""
    return {
        "id": sku.id,
        "product": sku.product,
        "price_fen": sku.price_fen,
        "cost_fen": sku.cost_fen,
        "option_zh": sku.option_zh,
        "option_en": sku.option_en,
        "mode": sku.mode.value,
        "terms": "" if sku.terms == ANYONE else msgspec.json.encode(sku.terms).decode(),
        "owner": sku.owner,
    }


def product(row: tuple[Any, ...]) -> Product:
    """A row of `PRODUCTS`."""
    return Product(ProductId(row[0]), *row[1:])


def sku(row: tuple[Any, ...]) -> Sku:
    """A row of `SKUS`."""
    ident, product_id, price, cost, option_zh, option_en, mode, terms, owner = row
    return Sku(
        id=SkuId(ident),
        product=ProductId(product_id),
        price_fen=price,
        cost_fen=cost,
        option_zh=option_zh,
        option_en=option_en,
        mode=Supply(mode),
        terms=msgspec.json.decode(terms, type=Terms) if terms else ANYONE,
        owner=owner,
    )


def skus_of(tx: Tx, ids: Collection[SkuId]) -> dict[SkuId, Sku]:
    """The SKUs of these ids that exist."""
    return {row[0]: sku(row) for row in tx.rows(SKUS_OF, ids=list(ids))}
