"""What a presale should gather before anything is made, and the most it may take."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.decide.model.reason import Reason
from roulian.words.errors import Refusal
from roulian.words.ids import SkuId


@dataclass(frozen=True, slots=True)
class Goal:
    """A presale of `lot_qty` units and more, at most `cap_qty`, both whole multiples; each number with its reason.

    `worth_qty` units earn their set-up and are the least to gather; more is gathered where more is expected to sell, up
    to `economic_qty`, the lot that costs least in set-ups and holding.
    """

    sku: SkuId
    lot_qty: int
    cap_qty: int
    worth_qty: int
    economic_qty: int
    reasons: tuple[Reason, ...]


@dataclass(eq=False)
class NoMargin(Refusal):
    """The price does not cover what a unit costs: no lot is large enough."""

    sku: SkuId
    price_fen: int
    cost_fen: int
    code: ClassVar[str] = "no_margin"
    zh: ClassVar[str] = "{sku} 售价 {price_fen} 分不高于成本 {cost_fen} 分,多少件都不划算,请提高价格或核对成本。"
    en: ClassVar[str] = (
        "{sku} sells at {price_fen} fen and costs {cost_fen}: no lot pays. Raise the price or check the cost."
    )


@dataclass(eq=False)
class NotWorthMaking(Refusal):
    """Capacity and material allow fewer units than earn the set-up."""

    sku: SkuId
    cap_qty: int
    worth_qty: int
    code: ClassVar[str] = "not_worth_making"
    zh: ClassVar[str] = (
        "{sku} 在期限内最多能做 {cap_qty} 件,至少 {worth_qty} 件才抵得过准备费。请放宽完工期限、补充物料或提高价格。"
    )
    en: ClassVar[str] = (
        "{cap_qty} of {sku} can be made in time, and {worth_qty} are needed to earn the set-up. Allow more days, bring "
        "in material or raise the price."
    )
