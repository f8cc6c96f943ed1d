"""An order file becomes demand: read, admitted by the catalogue, sensed; batch by batch, each whole or not at all.

Lines are known by their natural key, so a file that was interrupted is finished by importing it again.
"""

from collections.abc import Callable
from functools import partial

from roulian import sell, sense
from roulian.gateways import files
from roulian.store import Store, Tx
from roulian.words import SkuId

Take = Callable[..., files.Taken]


def bring_in(
    store: Store,
    orders: files.OrderLines,
    *,
    refused: files.Refused,
    take: Take,
    told: Callable[[files.Tally], None],
) -> files.Tally:
    """Every line of `orders` is demand, or among `refused`; `told` hears how far it got after each batch."""
    tally = files.Tally()
    for batch in orders.batches():
        taken = store.call(partial(take, batch=batch), cause="import.orders")
        refused.keep(taken.batch.refused)
        tally = tally.after(taken)
        told(tally)
    return tally


def fitting(store: Store) -> Take:
    """`take_all` while the catalogue holds nothing but what files brought, else `take_known`."""
    return take_all if store.read(_lets_strangers_in) else take_known


def take_all(tx: Tx, *, batch: files.Batch) -> files.Taken:
    """Every line counts; a SKU nobody knew becomes a product at the price of its last line."""
    known = sell.skus(tx, _skus(batch))
    newcomers = files.newcomers(batch, known)
    sell.add_products(tx, map(_product, newcomers), map(_sku, newcomers))
    added = sense.sold(tx, map(_sale, batch.lines))
    return files.Taken(batch=batch, added=added, created=len(newcomers))


def take_known(tx: Tx, *, batch: files.Batch) -> files.Taken:
    """The lines of SKUs in the catalogue count, the others are refused."""
    admitted = files.known_only(batch, sell.skus(tx, _skus(batch)))
    return files.Taken(batch=admitted, added=sense.sold(tx, map(_sale, admitted.lines)), created=0)


def _lets_strangers_in(tx: Tx) -> bool:
    return files.lets_strangers_in(product.category for product in sell.products(tx).values())


def _skus(batch: files.Batch) -> tuple[SkuId, ...]:
    return tuple(map(SkuId, files.skus(batch)))


def _product(line: files.Line) -> sell.Product:
    name = line.name or line.sku
    return sell.Product(id=sell.ProductId(line.sku), name_zh=name, name_en=name, category=files.IMPORTED)


def _sku(line: files.Line) -> sell.Sku:
    return sell.Sku(id=SkuId(line.sku), product=sell.ProductId(line.sku), price_fen=line.price_fen)


def _sale(line: files.Line) -> sense.Sale:
    return sense.Sale(
        source=line.source,
        sku=SkuId(line.sku),
        region=line.region,
        day=line.when.day,
        units=line.qty,
        price_fen=line.price_fen,
    )
