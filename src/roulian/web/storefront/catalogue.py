"""What is sold: each product with live stock, or a live promise and its reason."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from roulian import decide, sell, stock, tailor
from roulian.flows import supply
from roulian.store import Tx
from roulian.web.errors import NotFound
from roulian.web.storefront.deps import StoreDeps
from roulian.web.wire import Call, Page, Reply
from roulian.words import Instant, Refusal, SkuId


async def products(deps: StoreDeps, call: Call) -> Reply:
    """Every SKU on sale here, now and in the `region` asked for, with its price and what is free on the shelf."""
    region = call.asked().get("region", "")

    def work(tx: Tx) -> list[dict[str, object]]:
        skus = sell.skus(tx)
        named = sell.products(tx)
        shown = [sku for sku in skus.values() if _is_shown(sku, account=deps.appid, region=region, now=tx.now)]
        free = free_of(tx, shown)
        return [_card(sku, named[sku.product], free=free[sku.id]) for sku in shown]

    return Reply.json({"products": await deps.store.ask(work)})


Asked = tuple[SkuId, str]
Showing = Callable[[Tx, Sequence[Asked]], Sequence[Page | Refusal]]


async def product(showing: Showing, deps: StoreDeps, call: Call) -> Reply:
    """One SKU with the promise a single piece would get now, and why; 304 while it is the page the caller has.

    Where none is free and no presale of it is open, `instead` says what else there is.
    """
    page = await deps.store.ask_together(showing, (SkuId(call.path["sku"]), call.lang()))
    return page.reply(call)


def pages(tx: Tx, asked: Sequence[Asked], *, account: str) -> Sequence[Page | Refusal]:
    """The page of each SKU in each language, read and written out once however many ask for it."""
    shown = {each: _page(tx, *each, account=account) for each in dict.fromkeys(asked)}
    return [shown[each] for each in asked]


def _page(tx: Tx, ident: SkuId, lang: str, *, account: str) -> Page | Refusal:
    try:
        return Page.json(_shown(tx, ident, lang=lang, account=account))
    except Refusal as no:
        return no


def _shown(tx: Tx, ident: SkuId, *, lang: str, account: str) -> dict[str, object]:
    found = sell.skus(tx, [ident]).get(ident)
    if found is None or found.owner is not None:
        raise NotFound
    if not found.terms.shown_in(account):
        raise sell.NotShownHere(ident, "")
    named = sell.products(tx, [found.product])[found.product]
    free, presales = free_of(tx, [found])[ident], _campaigns(tx, [ident], account=account)
    return {
        **_card(found, named, free=free),
        "promise": _promise_if_any(tx, found, lang=lang),
        "campaigns": presales,
        "instead": None if free or presales else instead_of(tx, found, qty=1, account=account, region=""),
    }


async def entry(deps: StoreDeps, call: Call) -> Reply:
    """One product with its options, media and every combination; named options (`?size=m`) choose one, with its promise.

    Refused: `product_not_found`, `no_such_combination`.
    """
    ident = sell.ProductId(call.path["product"])
    options = dict(call.asked())
    region = options.pop("region", "")

    def work(tx: Tx) -> dict[str, object]:
        found = sell.entries(tx, [ident]).get(ident)
        if found is None:
            raise sell.ProductNotFound(ident)
        shown = [sku for sku in found.skus if _is_shown(sku, account=deps.appid, region=region, now=tx.now)]
        free = free_of(tx, shown)
        chosen = sell.chosen(replace(found, skus=tuple(shown)), options) if options else None
        return {
            "product": found.product,
            "groups": found.groups,
            "media": found.media,
            "is_tailored": bool(tailor.designs(tx, [ident])),
            "skus": [_offer(sku, free=free[sku.id]) for sku in shown],
            "chosen": None
            if chosen is None
            else {"sku": chosen.id, "promise": _promise_if_any(tx, chosen, lang=call.lang())},
        }

    return Reply.json(await deps.store.ask(work))


async def campaigns(deps: StoreDeps, _: Call) -> Reply:
    """Open presales of what this mini-program shows, how many are in and how many make the lot."""
    return Reply.json({"campaigns": await deps.store.ask(lambda tx: _campaigns(tx, None, account=deps.appid))})


def free_of(tx: Tx, skus: Collection[sell.Sku]) -> Mapping[SkuId, int]:
    """Units of each SKU that can be bought now; of a bundle, those that one place can pack whole."""
    plain = stock.free(tx, [sku.id for sku in skus if not sku.is_bundle()])
    kits = {sku.id: [stock.Want(part.sku, part.qty) for part in sell.explode(sku)] for sku in skus if sku.is_bundle()}
    return {**plain, **(stock.free_kits(tx, kits) if kits else {})}


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


def instead_of(tx: Tx, sku: sell.Sku, *, qty: int, account: str, region: str) -> dict[str, object]:
    """What a buyer who finds the SKU short can have: what is like it and in stock, and open presales of its product."""
    skus, named = sell.skus(tx), sell.products(tx)
    shown = [one for one in skus.values() if one.owner is None]
    shown = [one for one in shown if _is_shown(one, account=account, region=region, now=tx.now)]
    categories: dict[str, str] = {ident: product.category for ident, product in named.items()}
    free = free_of(tx, shown)
    found = decide.substitutes(sku, shown, categories=categories, free=free, qty=qty)
    of_product = [one.id for one in shown if one.product == sku.product]
    return {
        "substitutes": [_card(skus[one], named[skus[one].product], free=free[one]) for one in found],
        "campaigns": _campaigns(tx, of_product, account=account),
    }


def _is_shown(sku: sell.Sku, *, account: str, region: str, now: Instant) -> bool:
    terms = sku.terms
    return terms.is_open(now) and terms.shown_in(account) and (not region or terms.sold_in(region))


def _offer(sku: sell.Sku, *, free: int) -> dict[str, object]:
    terms = sku.terms
    return {
        "sku": sku.id,
        "options": dict(terms.combination),
        "option_zh": sku.option_zh,
        "option_en": sku.option_en,
        "price_fen": sku.price_fen,
        "mode": sku.mode,
        "free": free,
        "least_qty": terms.least_qty,
        "most_qty": terms.most_qty,
        "multiple_qty": terms.multiple_qty,
        "until_ms": terms.until_at.ms if terms.until_at else None,
        "components": terms.components,
    }


def _promise(tx: Tx, sku: sell.Sku, *, lang: str) -> dict[str, object] | None:
    if sku.mode is sell.Supply.PRESALE:
        return None
    promises = supply.promises(tx, [sell.Wanted(part.sku, part.qty, None) for part in sell.explode(sku)])
    last: decide.Promise = max(promises, key=lambda promise: promise.day)
    return {"day": last.day.iso(), "source": last.source, "reason": last.reason.text(lang)}


def _promise_if_any(tx: Tx, sku: sell.Sku, *, lang: str) -> dict[str, object] | None:
    """As `_promise`; None where nobody can say when, so that the page still shows what else there is."""
    try:
        return _promise(tx, sku, lang=lang)
    except Refusal:
        return None


def _campaigns(tx: Tx, skus: Collection[SkuId] | None, *, account: str) -> list[dict[str, object]]:
    found = sell.open_campaigns(tx, skus)
    sold = sell.skus(tx, {campaign.sku for campaign in found.values()})
    return [
        {
            **_deposit(c),
            "campaign": c.id,
            "sku": c.sku,
            "price_fen": c.price_fen,
            "deadline_ms": c.deadline_at.ms,
            "lot_qty": c.lot_qty,
            "paid_qty": c.paid_qty,
            "missing_qty": c.missing_qty(),
            "lots_opened": c.lots_opened,
            "member_limit": c.member_limit,
            "cap_qty": c.cap_qty,
            "extend_days": c.extend_days,
            "substitute": c.substitute,
            "answer_days": c.answer_days,
            "promise_day": c.promise_day.iso() if c.promise_day else None,
        }
        for c in found.values()
        if sold[c.sku].terms.shown_in(account)
    ]


def _deposit(c: sell.Campaign) -> dict[str, object]:
    """What is asked first, when the rest may be paid and for how long, and what becomes of the deposit if it is not."""
    if not c.deposit_fen:
        return {"deposit_fen": 0, "balance_days": 0, "balance_from_ms": None, "unpaid": None}
    opens = c.balance_at(c.promise_day).ms if c.promise_day else None
    return {
        "deposit_fen": c.deposit_fen,
        "balance_days": c.balance_days,
        "balance_from_ms": opens,
        "unpaid": c.unpaid,
    }
