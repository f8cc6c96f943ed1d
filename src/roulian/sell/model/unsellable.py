"""What the catalogue says no to: an entry that cannot be sold, a choice that does not exist, a rule of a SKU."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import SkuId


@dataclass(eq=False)
class BadEntry(Refusal):
    """Something in a product's entry cannot be; `field` names it, `why_zh` and `why_en` say what to write instead."""

    product: str
    field: str
    why_zh: str
    why_en: str
    code: ClassVar[str] = "bad_entry"
    zh: ClassVar[str] = "商品 {product} 的 {field} 不对:{why_zh}"
    en: ClassVar[str] = "Product {product}: {field} is wrong. {why_en}"


@dataclass(eq=False)
class EntryChanged(Refusal):
    """Somebody else changed the product since it was read."""

    product: str
    code: ClassVar[str] = "entry_changed"
    zh: ClassVar[str] = "商品 {product} 刚被别人修改过。请刷新后再改。"
    en: ClassVar[str] = "Somebody changed product {product} meanwhile. Reload it and change it again."


@dataclass(eq=False)
class ProductNotFound(Refusal):
    """No product has this id."""

    product: str
    code: ClassVar[str] = "product_not_found"
    zh: ClassVar[str] = "没有商品 {product},请从商品列表重新打开。"
    en: ClassVar[str] = "There is no product {product}. Open it again from the list."


@dataclass(eq=False)
class NoSuchCombination(Refusal):
    """No SKU of the product is this combination of options."""

    product: str
    options: str
    known: str
    code: ClassVar[str] = "no_such_combination"
    zh: ClassVar[str] = "商品 {product} 没有组合“{options}”,可选:{known}。"
    en: ClassVar[str] = "Product {product} has no combination “{options}”. It has: {known}."


@dataclass(eq=False)
class NotOnSale(Refusal):
    """The SKU's sale has not begun or has ended."""

    sku: SkuId
    first_day: str
    end_day: str
    code: ClassVar[str] = "not_on_sale"
    zh: ClassVar[str] = "商品 {sku} 现在不在销售期(从“{first_day}”到“{end_day}”),请选择其他商品。"
    en: ClassVar[str] = "{sku} is not on sale now (from “{first_day}” to “{end_day}”). Choose something else."


@dataclass(eq=False)
class NotSoldHere(Refusal):
    """The SKU is not sold in the buyer's region."""

    sku: SkuId
    region: str
    code: ClassVar[str] = "not_sold_here"
    zh: ClassVar[str] = "商品 {sku} 不在“{region}”销售,请更换收货地区或选择其他商品。"
    en: ClassVar[str] = "{sku} is not sold in “{region}”. Choose another region or another product."


@dataclass(eq=False)
class NotShownHere(NotSoldHere):
    """The SKU is not sold through this account: to machines the same answer as for a region, to people its own."""

    zh: ClassVar[str] = "商品 {sku} 不在当前小程序销售,请到品牌的其他小程序购买,或选择其他商品。"
    en: ClassVar[str] = (
        "{sku} is not sold in this mini-program. Buy it in the brand's other one, or choose another product."
    )


@dataclass(eq=False)
class QuantityRule(Refusal):
    """One order holds `least` to `most` units of the SKU, in whole multiples."""

    sku: SkuId
    qty: int
    least: int
    most: int
    multiple: int
    code: ClassVar[str] = "quantity_rule"
    zh: ClassVar[str] = "商品 {sku} 每单 {least} 至 {most} 件,且须为 {multiple} 的倍数;{qty} 件不行,请修改数量。"
    en: ClassVar[str] = (
        "One order holds {least} to {most} of {sku}, in multiples of {multiple}. {qty} does not fit; change it."
    )
