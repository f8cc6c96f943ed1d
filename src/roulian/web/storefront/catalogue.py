"""What is sold: each product with live stock, or a live promise and its reason."""

from collections.abc import Collection

from roulian import decide, sell, stock
from roulian.flows import supply
from roulian.store import Tx
from roulian.web.errors import NotFound
from roulian.web.storefront.deps import StoreDeps
from roulian.web.wire import Call, Reply
from roulian.words import SkuId


async def products(deps: StoreDeps, _: Call) -> Reply:
    """Every SKU on sale with its price and what is free on the shelf."""

    def work(tx: Tx) -> list[dict[str, object]]:
        skus = sell.skus(tx)
        named = sell.products(tx)
        free = stock.free(tx, list(skus))
        return [_card(sku, named[sku.product], free=free.get(sku.id, 0)) for sku in skus.values()]

    return Reply.json({"products": await deps.store.ask(work)})


async def product(deps: StoreDeps, call: Call) -> Reply:
    """One SKU with the promise a single piece would get now, and why."""
    ident = SkuId(call.path["sku"])

    def work(tx: Tx) -> dict[str, object]:
        found = sell.skus(tx, [ident]).get(ident)
        if found is None:
            raise NotFound
        named = sell.products(tx)[found.product]
        card = _card(found, named, free=stock.free(tx, [ident]).get(ident, 0))
        return {**card, "promise": _promise(tx, found, lang=call.lang()), "campaigns": _campaigns(tx, [ident])}

    return Reply.json(await deps.store.ask(work))


async def campaigns(deps: StoreDeps, _: Call) -> Reply:
    """Open presales, how many are in and how many make the lot."""
    return Reply.json({"campaigns": await deps.store.ask(lambda tx: _campaigns(tx, None))})


def _card(sku: sell.Sku, named: sell.Product, *, free: int) -> dict[str, object]:
    return {
        "sku": sku.id,
        "product": sku.product,
        "name_zh": named.name_zh,
        "name_en": named.name_en,
        "option_zh": sku.option_zh,
        "option_en": sku.option_en,
        "category": named.category,
        "price_fen": sku.price_fen,
        "mode": sku.mode,
        "free": free,
    }


def _promise(tx: Tx, sku: sell.Sku, *, lang: str) -> dict[str, object] | None:
    if sku.mode is sell.Supply.PRESALE:
        return None
    promise: decide.Promise = supply.promises(tx, [sell.Wanted(sku.id, 1, None)])[0]
    return {"day": promise.day.iso(), "source": promise.source, "reason": promise.reason.text(lang)}


def _campaigns(tx: Tx, skus: Collection[SkuId] | None) -> list[dict[str, object]]:
    return [
        {
            "campaign": c.id,
            "sku": c.sku,
            "price_fen": c.price_fen,
            "deadline_ms": c.deadline_at.ms,
            "lot_qty": c.lot_qty,
            "paid_qty": c.paid_qty,
            "lots_opened": c.lots_opened,
            "promise_day": c.promise_day.iso() if c.promise_day else None,
        }
        for c in sell.open_campaigns(tx, skus).values()
    ]
