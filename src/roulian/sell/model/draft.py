"""The catalogue as a person edits it in a table: one draft per SKU; what a draft leaves out stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from roulian.sell.model.catalogue import (
    Component,
    Entry,
    Medium,
    MediumKind,
    OptionGroup,
    OptionValue,
    Product,
    ProductId,
    Sku,
    Supply,
)
from roulian.sell.model.unsellable import BadEntry
from roulian.words.ids import SkuId


class Change(StrEnum):
    """What a draft does to the catalogue."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is told of one SKU: fields of `Product`, of `Sku`, of `Terms` and of `Entry`, by name, only those told.

    Drafts of one product agree on what they tell of it.
    """

    product: ProductId
    sku: SkuId
    of_product: Mapping[str, Any] = field(default_factory=dict)
    of_sku: Mapping[str, Any] = field(default_factory=dict)
    of_terms: Mapping[str, Any] = field(default_factory=dict)
    of_entry: Mapping[str, Any] = field(default_factory=dict)


def redrawn(known: Entry | None, drafts: Sequence[Draft]) -> Entry:
    """The product's entry once its drafts are in; an option value told for the first time joins its group.

    Raises `BadEntry` where drafts disagree about their product, or a new SKU has no price.
    """
    product = drafts[0].product
    before = known or Entry(Product(product, "", ""))
    skus = {sku.id: sku for sku in before.skus}
    for draft in drafts:
        skus[draft.sku] = _sku(skus.get(draft.sku), draft)
    ordered = tuple(skus[ident] for ident in sorted(skus))
    return replace(
        before,
        product=replace(before.product, **_agreed(product, [draft.of_product for draft in drafts])),
        skus=ordered,
        groups=_groups(before.groups, ordered),
        **_agreed(product, [draft.of_entry for draft in drafts]),
    )


def change(known: Entry | None, after: Entry, sku: SkuId) -> Change:
    """What the new entry does to this SKU, or to its product."""
    before = {one.id: one for one in known.skus} if known else {}
    if known is None or sku not in before:
        return Change.CREATED
    now = {one.id: one for one in after.skus}[sku]
    is_same = before[sku] == now and replace(known, skus=(), groups=()) == replace(after, skus=(), groups=())
    return Change.SAME if is_same else Change.CHANGED


def _sku(known: Sku | None, draft: Draft) -> Sku:
    if known is None and "price_fen" not in draft.of_sku:
        raise BadEntry(draft.product, "price", f"新商品“{draft.sku}”没有价格。", f"New SKU “{draft.sku}” has no price.")
    before = known or Sku(draft.sku, draft.product, price_fen=0)
    return replace(before, **draft.of_sku, terms=replace(before.terms, **draft.of_terms))


def _agreed(product: ProductId, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    agreed: dict[str, Any] = {}
    for one in told:
        for name, value in one.items():
            if agreed.setdefault(name, value) != value:
                raise BadEntry(
                    product,
                    name,
                    f"各行不一致:“{agreed[name]}”和“{value}”。",
                    f"Rows say “{agreed[name]}” and “{value}”.",
                )
    return agreed


def _groups(known: tuple[OptionGroup, ...], skus: Sequence[Sku]) -> tuple[OptionGroup, ...]:
    groups = {group.id: group for group in known}
    for sku in skus:
        for ident, value in sku.terms.combination:
            group = groups.setdefault(ident, OptionGroup(ident, ident))
            if value not in {each.id for each in group.values}:
                groups[ident] = replace(group, values=(*group.values, OptionValue(value, value)))
    return tuple(groups.values())


_TEXTS = ("name_zh", "name_en", "category", "emoji", "colour")
_OPTIONS = ("option_zh", "option_en")
_AMOUNTS = (("price", "price_fen"), ("cost", "cost_fen"))
_TERMS: tuple[tuple[str, str, Any], ...] = (
    ("options", "combination", ()),
    ("min", "least_qty", 1),
    ("max", "most_qty", None),
    ("multiple", "multiple_qty", 1),
    ("from", "from_at", None),
    ("until", "until_at", None),
    ("accounts", "accounts", ()),
    ("regions", "regions", ()),
)
_VIDEO = "video:"


def drafted(product: str, sku: str, told: Mapping[str, Any]) -> Draft:
    """The draft of a table's row: `told` by column, None where the column is emptied."""
    of_sku = {name: told[name] or "" for name in _OPTIONS if name in told}
    of_sku |= {name: told[column] or 0 for column, name in _AMOUNTS if column in told}
    if "mode" in told:
        of_sku["mode"] = Supply(told["mode"] or Supply.STOCK)
    of_terms = {
        name: default if told[column] is None else told[column] for column, name, default in _TERMS if column in told
    }
    if "components" in told:
        of_terms["components"] = tuple(Component(SkuId(part), qty) for part, qty in told["components"] or ())
    return Draft(
        product=ProductId(product),
        sku=SkuId(sku),
        of_product={name: told[name] or "" for name in _TEXTS if name in told},
        of_sku=of_sku,
        of_terms=of_terms,
        of_entry={"media": tuple(map(_medium, told["media"] or ()))} if "media" in told else {},
    )


def told(entry: Entry, sku: Sku) -> Mapping[str, Any]:
    """The row of this SKU, as `drafted` reads it; what is empty is left out."""
    row: dict[str, Any] = {"product": entry.product.id, "sku": sku.id, "mode": sku.mode.value}
    row |= {name: getattr(entry.product, name) for name in _TEXTS}
    row |= {name: getattr(sku, name) for name in _OPTIONS}
    row |= {column: getattr(sku, name) for column, name in _AMOUNTS}
    row |= {column: getattr(sku.terms, name) for column, name, default in _TERMS if getattr(sku.terms, name) != default}
    row["components"] = tuple((part.sku, part.qty) for part in sku.terms.components)
    row["media"] = tuple(_VIDEO + one.url if one.kind is MediumKind.VIDEO else one.url for one in entry.media)
    return {column: value for column, value in row.items() if value not in ("", ())}


def is_news(known: Entry | None, after: Entry) -> bool:
    """Whether the entry differs from what is known in anything but the order of its SKUs."""
    return known is None or replace(known, skus=tuple(sorted(known.skus, key=lambda sku: sku.id))) != after


def _medium(text: str) -> Medium:
    if text.startswith(_VIDEO):
        return Medium(text.removeprefix(_VIDEO), MediumKind.VIDEO)
    return Medium(text)
