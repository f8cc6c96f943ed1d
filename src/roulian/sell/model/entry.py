"""The rules of the catalogue: what an entry must be before it is kept, and what a buyer may take of a SKU."""

import re
from collections.abc import Iterable, Iterator, Mapping

from roulian.sell.model.catalogue import Entry, OptionGroup, Product, Sku, Terms, explode
from roulian.sell.model.line import MOST_PER_LINE, Wanted
from roulian.sell.model.refusals import UnknownSku
from roulian.sell.model.unsellable import (
    BadEntry,
    NoSuchCombination,
    NotOnSale,
    NotShownHere,
    NotSoldHere,
    QuantityRule,
)
from roulian.words.errors import Refusal
from roulian.words.ids import MemberId, SkuId
from roulian.words.time import Instant

MOST_PRICE_FEN = 1_000_000_000
"""Ten million yuan for one unit: above it a typing mistake is likelier than a price."""
MOST_LETTERS = 128
_MARKS = re.compile(r"[;=*\r\n]")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_URL = re.compile(r"(https://|/)[^\s;;]+")

Fault = tuple[str, str, str]


def objection(sku: Sku, *, qty: int, now: Instant) -> Refusal | None:
    """Why nobody may order `qty` units now; None where one may."""
    terms = sku.terms
    if not terms.is_open(now):
        return NotOnSale(sku.id, _day(terms.from_at), _day(terms.until_at))
    if not terms.allows(qty):
        return QuantityRule(sku.id, qty, terms.least_qty, terms.most_qty or MOST_PER_LINE, terms.multiple_qty)
    return None


def elsewhere(sku: Sku, *, region: str, account: str) -> NotSoldHere | None:
    """Why a buyer of `region` who came through `account` (empty: through none) may not have it; None where they may."""
    if not sku.terms.sold_in(region):
        return NotSoldHere(sku.id, region)
    if account and not sku.terms.shown_in(account):
        return NotShownHere(sku.id, region)
    return None


def off_terms(
    cart: Iterable[Wanted],
    known: Mapping[SkuId, Sku],
    *,
    member: MemberId,
    region: str,
    now: Instant,
    account: str = "",
) -> Refusal | None:
    """The first reason why the member may not have a line of the cart.

    Where a SKU is sold holds for every line; how many and when, a presale's line has of the presale.
    """
    for want in cart:
        sku = known.get(want.sku)
        if sku is None or sku.owner not in (None, member):
            return UnknownSku(want.sku)
        no: Refusal | None = elsewhere(sku, region=region, account=account)
        if no is None and want.campaign is None:
            no = objection(sku, qty=want.qty, now=now)
        if no is not None:
            return no
    return None


def taken_apart(want: Wanted, sku: Sku) -> tuple[Wanted, ...]:
    """What the line takes from stock: a bundle's components; a presale's line is made whole and stays as it is."""
    if want.campaign is not None or not sku.is_bundle():
        return (want,)
    return tuple(Wanted(part.sku, part.qty) for part in explode(sku, want.qty))


def chosen(entry: Entry, options: Mapping[str, str]) -> Sku:
    """The SKU that is this combination of (group, value). Raises `NoSuchCombination`, which lists those there are."""
    for sku in entry.skus:
        if dict(sku.terms.combination) == dict(options):
            return sku
    known = " | ".join(_said(dict(sku.terms.combination)) for sku in entry.skus if sku.terms.combination)
    raise NoSuchCombination(entry.product.id, _said(options), known)


def check(entry: Entry, *, known: Mapping[SkuId, Sku]) -> None:
    """Nothing; or the first `BadEntry`. `known` are the SKUs kept already: components, and the product's own."""
    fault = next(_faults(entry, known), None)
    if fault is not None:
        raise BadEntry(entry.product.id, *fault)


def _faults(entry: Entry, known: Mapping[SkuId, Sku]) -> Iterator[Fault]:
    yield from _product_faults(entry.product)
    yield from _group_faults(entry.groups)
    for medium in entry.media:
        if not _URL.fullmatch(medium.url):
            yield "media", f"“{medium.url}”不是 https 地址。", f"“{medium.url}” is no https address."
    yield from _whole_faults(entry, known)
    for sku in entry.skus:
        yield from _sku_faults(sku)
        yield from _terms_faults(sku.terms)
        yield from _bundle_faults(sku, {**known, **{one.id: one for one in entry.skus}})


def _product_faults(product: Product) -> Iterator[Fault]:
    if not _is_name(product.id):
        yield "product", f"编号须为 1 到 {MOST_LETTERS} 个字。", f"An id has 1 to {MOST_LETTERS} letters."
    if not _is_name(product.name_zh):
        yield "name_zh", f"请填写 1 到 {MOST_LETTERS} 个字的名称。", f"Give a name of 1 to {MOST_LETTERS} letters."
    for field, text in (("name_en", product.name_en), ("category", product.category), ("emoji", product.emoji)):
        if not _is_text(text):
            yield (
                field,
                f"须为一行文字,最多 {MOST_LETTERS} 个字。",
                f"Write one line of at most {MOST_LETTERS} letters.",
            )
    if product.colour and not _COLOUR.fullmatch(product.colour):
        yield "colour", f"“{product.colour}”不是 #rrggbb。", f"“{product.colour}” is not #rrggbb."


def _group_faults(groups: tuple[OptionGroup, ...]) -> Iterator[Fault]:
    ids = [group.id for group in groups]
    for group in groups:
        values = [value.id for value in group.values]
        for ident in (group.id, *values):
            if not _is_name(ident) or _MARKS.search(ident):
                yield "options", f"“{ident}”不能作编号(不得含 ; = *)。", f"“{ident}” is no id: none of ; = * in it."
        if len(set(values)) < len(values):
            yield "options", f"“{group.id}”有重复的值。", f"“{group.id}” names a value twice."
    if len(set(ids)) < len(ids):
        yield "options", "选项组重复。", "An option group stands twice."


def _whole_faults(entry: Entry, known: Mapping[SkuId, Sku]) -> Iterator[Fault]:
    ids = [sku.id for sku in entry.skus]
    for ident in ids:
        other = known.get(ident)
        if ids.count(ident) > 1:
            yield "sku", f"“{ident}”重复。", f"“{ident}” stands twice."
        if other is not None and (other.product != entry.product.id or other.owner is not None):
            yield "sku", f"“{ident}”属于商品 {other.product}。", f"“{ident}” belongs to product {other.product}."
    for sku in known.values():
        if sku.product == entry.product.id and sku.owner is None and sku.id not in ids:
            yield (
                "sku",
                f"缺少“{sku.id}”;要停售请填写结束时间。",
                f"“{sku.id}” is missing; end its sale by `until` instead.",
            )
    allowed = {group.id: {value.id for value in group.values} for group in entry.groups}
    seen: set[frozenset[tuple[str, str]]] = set()
    for sku in entry.skus:
        own = dict(sku.terms.combination)
        if own.keys() != allowed.keys() or any(value not in allowed[group] for group, value in own.items()):
            groups = ", ".join(allowed)
            yield (
                "options",
                f"“{sku.id}”须在每组({groups})各选一个值。",
                f"“{sku.id}” needs one value of each of {groups}.",
            )
        if own and frozenset(own.items()) in seen:
            yield "options", f"组合“{_said(own)}”重复。", f"Two SKUs are “{_said(own)}”."
        seen.add(frozenset(own.items()))


def _sku_faults(sku: Sku) -> Iterator[Fault]:
    if not _is_name(sku.id):
        yield "sku", f"编号须为 1 到 {MOST_LETTERS} 个字。", f"An id has 1 to {MOST_LETTERS} letters."
    if not (_is_text(sku.option_zh) and _is_text(sku.option_en)):
        yield (
            "option_zh",
            f"须为一行文字,最多 {MOST_LETTERS} 个字。",
            f"Write one line of at most {MOST_LETTERS} letters.",
        )
    if not 1 <= sku.price_fen <= MOST_PRICE_FEN:
        yield "price", "价格须大于 0 且不超过一千万元。", "A price is over 0 and at most ten million yuan."
    if not 0 <= sku.cost_fen <= MOST_PRICE_FEN:
        yield "cost", "成本不能为负,且不超过一千万元。", "A cost is not negative and at most ten million yuan."


def _terms_faults(terms: Terms) -> Iterator[Fault]:
    least, most, multiple = terms.least_qty, terms.most_qty, terms.multiple_qty
    if not (1 <= least <= MOST_PER_LINE and 1 <= multiple <= MOST_PER_LINE):
        yield "min", "起订量和倍数须为正整数。", "Minimum and multiple are whole numbers from 1."
    elif most is not None and (most > MOST_PER_LINE or most // multiple * multiple < least):
        yield "max", "起订量与限购量之间没有可下单的数量。", "No quantity fits between minimum and maximum."
    if terms.from_at and terms.until_at and terms.from_at >= terms.until_at:
        yield "until", "结束时间须晚于开始时间。", "The end of sale comes after its beginning."
    for name in (*terms.accounts, *terms.regions):
        if not _is_name(name) or _MARKS.search(name):
            yield "regions", f"“{name}”不是渠道或地区。", f"“{name}” is no account or region."


def _bundle_faults(sku: Sku, known: Mapping[SkuId, Sku]) -> Iterator[Fault]:
    parts = [part.sku for part in sku.terms.components]
    for part in sku.terms.components:
        inner = known.get(part.sku)
        if _MARKS.search(part.sku) or inner is None or inner.owner is not None:
            yield "components", f"没有商品“{part.sku}”。", f"There is no SKU “{part.sku}”."
        elif inner.is_bundle() or part.sku == sku.id:
            yield "components", f"“{part.sku}”本身是套装,不能再套。", f"“{part.sku}” is a bundle itself."
        if not 1 <= part.qty <= MOST_PER_LINE or parts.count(part.sku) > 1:
            yield (
                "components",
                f"“{part.sku}”的数量须为正整数,且只写一次。",
                f"“{part.sku}” needs one whole quantity from 1.",
            )


def _is_name(text: str) -> bool:
    return text == text.strip() and 1 <= len(text) <= MOST_LETTERS and text.isprintable()


def _is_text(text: str) -> bool:
    return not text or _is_name(text)


def _said(options: Mapping[str, str]) -> str:
    return "; ".join(f"{group}={value}" for group, value in options.items())


def _day(at: Instant | None) -> str:
    return at.day().iso() if at else ""
