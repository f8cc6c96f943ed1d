"""What is for sale changes here."""

from collections.abc import Iterable

from roulian.sell.model import Entry, EntryChanged, Product, Sku, check
from roulian.sell.tables import catalogue, entries
from roulian.store import Tx


def add_products(tx: Tx, products: Iterable[Product], skus: Iterable[Sku]) -> None:
    """These products and SKUs are for sale as told; one already known is corrected, orders keep their prices.

    A price under 1 fen, or a SKU of an unknown product, is a broken constraint.
    """
    tx.many(catalogue.PUT_PRODUCT, [catalogue.product_values(product) for product in products])
    tx.many(catalogue.PUT_SKU, [catalogue.sku_values(sku) for sku in skus])


def save_entry(tx: Tx, entry: Entry) -> int:
    """The product stands in the catalogue as `entry` says, orders keep their prices; its new version.

    `entry.version` is the one it was read at. A SKU is never taken away: its sale ends at `until_at`.
    Raises `BadEntry`; `EntryChanged` where somebody changed it since.
    """
    own = {row[0]: catalogue.sku(row) for row in tx.rows(catalogue.SKUS_OF_PRODUCTS, products=[entry.product.id])}
    named = {sku.id for sku in entry.skus} | {part.sku for sku in entry.skus for part in sku.terms.components}
    check(entry, known=own | catalogue.skus_of(tx, named))
    ident, kept = entry.product.id, entries.body(entry)
    if entry.version and not tx.run(entries.CHANGE, product=ident, body=kept, was=entry.version, now=tx.now.ms):
        raise EntryChanged(ident)
    tx.run(catalogue.PUT_PRODUCT, **catalogue.product_values(entry.product))
    if not entry.version and not tx.run(entries.BEGIN, product=ident, body=kept, now=tx.now.ms):
        raise EntryChanged(ident)
    tx.many(catalogue.PUT_SKU, [catalogue.sku_values(sku) for sku in entry.skus])
    return entry.version + 1
