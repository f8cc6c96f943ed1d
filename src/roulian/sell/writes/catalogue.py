"""What is for sale changes here."""

from collections.abc import Iterable

from roulian.sell.model import Product, Sku
from roulian.sell.tables import catalogue
from roulian.store import Tx


def add_products(tx: Tx, products: Iterable[Product], skus: Iterable[Sku]) -> None:
    """These products and SKUs are for sale as told; one already known is corrected, orders keep their prices.

    A price under 1 fen, or a SKU of an unknown product, is a broken constraint.
    """
    tx.many(catalogue.PUT_PRODUCT, [catalogue.product_values(product) for product in products])
    tx.many(catalogue.PUT_SKU, [catalogue.sku_values(sku) for sku in skus])
