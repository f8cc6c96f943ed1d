"""What is for sale. A product is what people talk about; a SKU is what is counted, priced and shipped."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.words.ids import SkuId

ProductId = NewType("ProductId", str)


class Supply(StrEnum):
    """Where a SKU's units come from: a shelf that is kept filled, or a lot that buyers fill first (C2M)."""

    STOCK = "stock"
    PRESALE = "presale"


@dataclass(frozen=True, slots=True)
class Product:
    """A thing with a name in both languages; `emoji` and `colour` (`#rrggbb`) are its face on a screen."""

    id: ProductId
    name_zh: str
    name_en: str
    category: str = ""
    emoji: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Sku:
    """One option of a product. `price_fen` is what a buyer pays for one unit, `cost_fen` what one unit costs us."""

    id: SkuId
    product: ProductId
    price_fen: int
    cost_fen: int = 0
    option_zh: str = ""
    option_en: str = ""
    mode: Supply = Supply.STOCK
