"""What is for sale. A product is what people talk about; a SKU is what is counted, priced and shipped.

A SKU is one combination of the values of its product's option groups. Its `Terms` say who may order how many of it,
when and where; a SKU with components is a bundle, which has no stock of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.words.ids import MemberId, SkuId
from roulian.words.time import Instant

ProductId = NewType("ProductId", str)


class Supply(StrEnum):
    """Where a SKU's units come from: a shelf that is kept filled, or a lot that buyers fill first (C2M)."""

    STOCK = "stock"
    PRESALE = "presale"


class MediumKind(StrEnum):
    """What a medium shows."""

    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Product:
    """A thing with a name in both languages; `emoji` and `colour` (`#rrggbb`) are its face on a screen.

    `category` is a path from the root of the category tree, its steps parted by `/`: `家居/餐具`.
    """

    id: ProductId
    name_zh: str
    name_en: str
    category: str = ""
    emoji: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """`qty` units of a SKU inside one bundle, or inside several."""

    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Which combination a SKU is, and who may order how many of it, when and where.

    `combination` is one (group, value) per option group. Per order a buyer takes at least `least_qty` units, at most
    `most_qty` (None: no limit), in whole multiples of `multiple_qty`. It is on sale from `from_at` until before
    `until_at`, where given. `accounts` (appids) and `regions` are where it is shown; empty means everywhere.
    `components` make it a bundle.
    """

    combination: tuple[tuple[str, str], ...] = ()
    least_qty: int = 1
    most_qty: int | None = None
    multiple_qty: int = 1
    from_at: Instant | None = None
    until_at: Instant | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()

    def allows(self, qty: int) -> bool:
        """Whether one order may hold `qty` units."""
        is_within = self.least_qty <= qty and (self.most_qty is None or qty <= self.most_qty)
        return is_within and qty % self.multiple_qty == 0

    def is_open(self, now: Instant) -> bool:
        """Whether its sale has begun and not ended."""
        return (self.from_at is None or self.from_at <= now) and (self.until_at is None or now < self.until_at)

    def sold_in(self, region: str) -> bool:
        """Whether buyers of `region` may have it."""
        return not self.regions or region in self.regions

    def shown_in(self, account: str) -> bool:
        """Whether the account or mini-program of this appid shows it."""
        return not self.accounts or account in self.accounts


ANYONE = Terms()
"""No limit of any kind: the terms of most SKUs."""


@dataclass(frozen=True, slots=True)
class Sku:
    """One option of a product. `price_fen` is what a buyer pays for one unit, `cost_fen` what one unit costs us.

    A SKU with an `owner` is made for one member, who alone may order it; no list shows it.
    """

    id: SkuId
    product: ProductId
    price_fen: int
    cost_fen: int = 0
    option_zh: str = ""
    option_en: str = ""
    mode: Supply = Supply.STOCK
    terms: Terms = ANYONE
    owner: MemberId | None = None

    def is_bundle(self) -> bool:
        """It is made up of other SKUs."""
        return bool(self.terms.components)


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One value of an option group: `red` of `colour`."""

    id: str
    name_zh: str
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """What a buyer chooses one value of: colour, size."""

    id: str
    name_zh: str
    name_en: str = ""
    values: tuple[OptionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or a film at `url`; a product shows its media in order, the first on lists."""

    url: str
    kind: MediumKind = MediumKind.IMAGE


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything the catalogue says of one product; `version` counts its changes, 0 before the first."""

    product: Product
    skus: tuple[Sku, ...] = ()
    groups: tuple[OptionGroup, ...] = ()
    media: tuple[Medium, ...] = ()
    version: int = 0


def explode(sku: Sku, qty: int = 1) -> tuple[Component, ...]:
    """The units of stock that `qty` units of `sku` take: its components times `qty`, or itself; in SKU order."""
    if not sku.is_bundle():
        return (Component(sku.id, qty),)
    by_sku = sorted(sku.terms.components, key=lambda part: part.sku)
    return tuple(Component(part.sku, part.qty * qty) for part in by_sku)


def bundles_free(sku: Sku, free: Mapping[SkuId, int]) -> int:
    """Whole bundles that the free units of its components make up; of a plain SKU its own free units."""
    if not sku.is_bundle():
        return max(0, free.get(sku.id, 0))
    return min(max(0, free.get(part.sku, 0)) // part.qty for part in explode(sku))


def category_tree(paths: Mapping[ProductId, str]) -> tuple[tuple[str, int], ...]:
    """Every node of the category tree with the products under it, parents before children, in path order."""
    counts: dict[str, int] = {}
    for path in paths.values():
        steps = [step for step in path.split("/") if step]
        for depth in range(1, len(steps) + 1):
            node = "/".join(steps[:depth])
            counts[node] = counts.get(node, 0) + 1
    return tuple(sorted(counts.items(), key=lambda node: node[0].split("/")))
