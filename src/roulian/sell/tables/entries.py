"""What a product's entry holds beside its SKUs: option groups and media, as one text read and written whole."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from roulian.sell.model import Entry, Medium, OptionGroup, ProductId, Sku
from roulian.sell.tables import catalogue
from roulian.store import METADATA, Tx, any_of

ENTRIES = sa.Table(
    "sell_entries",
    METADATA,
    sa.Column("product", sa.Text, sa.ForeignKey("sell_products.id"), primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
)

BEGIN = sa.text(
    "INSERT INTO sell_entries (product, version, body, changed_at) VALUES (:product, 1, :body, :now)"
    " ON CONFLICT (product) DO NOTHING"
)
CHANGE = sa.text(
    "UPDATE sell_entries SET version = version + 1, body = :body, changed_at = :now"
    " WHERE product = :product AND version = :was"
)
_ALL = sa.select(ENTRIES.c.product, ENTRIES.c.version, ENTRIES.c.body)
_OF = _ALL.where(any_of(ENTRIES.c.product, "products"))


@dataclass(frozen=True, slots=True)
class _Body:
    groups: tuple[OptionGroup, ...] = ()
    media: tuple[Medium, ...] = ()


def body(entry: Entry) -> str:
    """The text in which the entry's groups and media are kept."""
    return msgspec.json.encode(_Body(entry.groups, entry.media)).decode()


def entries_of(tx: Tx, ids: Collection[ProductId] | None) -> dict[ProductId, Entry]:
    """The entries of these products that exist, or of all, in id order."""
    if ids is None:
        products, kept, skus = tx.rows(catalogue.ALL_PRODUCTS), tx.rows(_ALL), tx.rows(catalogue.ALL_SKUS)
    else:
        wanted = list(ids)
        products, kept = tx.rows(catalogue.PRODUCTS_OF, ids=wanted), tx.rows(_OF, products=wanted)
        skus = tx.rows(catalogue.SKUS_OF_PRODUCTS, products=wanted)
    bodies = {row[0]: (row[1], msgspec.json.decode(row[2], type=_Body)) for row in kept}
    own: dict[ProductId, list[Sku]] = {}
    for sku in map(catalogue.sku, skus):
        own.setdefault(sku.product, []).append(sku)
    return {row[0]: _entry(row, bodies.get(row[0], (0, _Body())), own.get(row[0], [])) for row in products}


def _entry(row: tuple[Any, ...], kept: tuple[int, _Body], skus: list[Sku]) -> Entry:
    version, held = kept
    return Entry(catalogue.product(row), tuple(skus), held.groups, held.media, version)
