"""The words behind ids, gathered once per answer."""

from collections.abc import Iterable, Mapping

from roulian import make, sell
from roulian.store import Tx
from roulian.web.console.shapes import Words
from roulian.words import SkuId


def sku_words(tx: Tx, skus: Iterable[str]) -> Mapping[str, Words]:
    """The name of each SKU with its option: `帆布袋 · 米白`. Unknown ids are absent."""
    known = sell.skus(tx, sorted({SkuId(sku) for sku in skus}))
    products = sell.products(tx, sorted({sku.product for sku in known.values()}))
    found: dict[str, Words] = {}
    for ident, sku in known.items():
        product = products[sku.product]
        zh, en = (
            f"{name} · {option}" if option else name
            for name, option in ((product.name_zh, sku.option_zh), (product.name_en, sku.option_en))
        )
        found[ident] = Words(zh=zh, en=en)
    return found


def supplier_words(tx: Tx) -> Mapping[str, Words]:
    """The name of every supplier."""
    return {ident: Words(zh=one.name_zh, en=one.name_en) for ident, one in make.suppliers(tx).items()}


def line_words(tx: Tx) -> Mapping[str, Words]:
    """The name of every production line."""
    return {ident: Words(zh=line.name_zh, en=line.name_en) for ident, line in make.lines(tx).items()}
