"""How a product is made to one buyer's measure: what they may choose, what each choice costs and takes.

Lengths are whole millimetres, money whole fen. A design is the brand's; what a buyer makes of it is a `Configuration`.
"""

from dataclasses import dataclass
from enum import StrEnum

from roulian.words.ids import SkuId


class Bond(StrEnum):
    """What one choice means for another."""

    EXCLUDES = "excludes"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True)
class Material:
    """A line of the BOM: `qty` units of a material per piece."""

    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the routing: `minutes` of work on a production line per piece."""

    line: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a group, what it adds to the price and what it takes."""

    id: str
    name_zh: str
    name_en: str = ""
    surcharge_fen: int = 0
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What a buyer chooses one value of: fabric, cut, size, pattern. One that `is_required` must be chosen."""

    id: str
    name_zh: str
    name_en: str = ""
    values: tuple[Value, ...] = ()
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """From `from_mm` on, until the next band, a measure adds this to the price and the BOM."""

    from_mm: int
    surcharge_fen: int = 0
    materials: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A length of the buyer, from `least_mm` to `most_mm`; always asked for."""

    id: str
    name_zh: str
    name_en: str
    least_mm: int
    most_mm: int
    bands: tuple[Band, ...] = ()

    def band(self, length_mm: int) -> Band | None:
        """The last band that begins at or below the length."""
        return max((band for band in self.bands if band.from_mm <= length_mm), key=lambda b: b.from_mm, default=None)


@dataclass(frozen=True, slots=True)
class Lettering:
    """A text of up to `most_letters` letters, embroidered or engraved; may be left out. Spaces cost nothing."""

    id: str
    name_zh: str
    name_en: str
    most_letters: int
    fen_per_letter: int = 0
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """A value of a group."""

    group: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Who picks `pick` may not (EXCLUDES) or must (NEEDS) pick `other`, and why, as the buyer reads it."""

    pick: Pick
    bond: Bond
    other: Pick
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Design:
    """All a buyer may choose of one product. `line` is the production line that sets the date.

    `materials` and `steps` go into every piece. `version` counts its changes, 0 before the first.
    """

    product: str
    line: str
    base_price_fen: int
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()
    groups: tuple[Group, ...] = ()
    measures: tuple[Measure, ...] = ()
    letterings: tuple[Lettering, ...] = ()
    rules: tuple[Rule, ...] = ()
    version: int = 0
