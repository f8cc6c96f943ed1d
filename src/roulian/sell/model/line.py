"""What a buyer asks for, and what an order holds: lines of one SKU each."""

from collections.abc import Sequence
from dataclasses import dataclass

from roulian.sell.model.refusals import BadQuantity, CartEmpty
from roulian.words.ids import CampaignId, SkuId
from roulian.words.time import Instant

MOST_PER_LINE = 1_000_000
"""The largest quantity of one line: above it a typing mistake is likelier than an order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer asks for: so many units of a SKU, in a campaign or from stock."""

    sku: SkuId
    qty: int
    campaign: CampaignId | None = None


@dataclass(frozen=True, slots=True)
class Substitute:
    """What a buyer may have instead of a presale that missed its lot: a SKU at a unit price, to be answered `by` then."""

    sku: SkuId
    price_fen: int
    by: Instant


@dataclass(frozen=True, slots=True)
class Line:
    """What an order holds: `price_fen` is the price of one unit when it was placed, `discount_fen` comes off the whole line.

    `is_dropped` once its presale missed and its money went back; `substitute` while the buyer may choose one instead.
    """

    sku: SkuId
    qty: int
    price_fen: int
    campaign: CampaignId | None = None
    discount_fen: int = 0
    is_dropped: bool = False
    substitute: Substitute | None = None

    def total_fen(self) -> int:
        """What the buyer pays for it: price times quantity, less the discount."""
        return self.price_fen * self.qty - self.discount_fen

    def swapped(self) -> "Line":
        """The line with its substitute, never dearer than it was; a line without one is a `ValueError`."""
        if self.substitute is None:
            raise ValueError(f"{self.sku} has no substitute")
        price_fen = min(self.price_fen, self.substitute.price_fen)
        return Line(self.substitute.sku, self.qty, price_fen, None, min(self.discount_fen, price_fen * self.qty))


def merged(wanted: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """The cart with one entry per SKU and campaign, in key order.

    Raises `CartEmpty`; `BadQuantity` for a line, or a sum of lines, outside 1..`MOST_PER_LINE`.
    """
    if not wanted:
        raise CartEmpty
    sums: dict[tuple[SkuId, CampaignId | None], int] = {}
    for want in wanted:
        if want.qty < 1:
            raise BadQuantity(want.sku, want.qty, MOST_PER_LINE)
        sums[want.sku, want.campaign] = sums.get((want.sku, want.campaign), 0) + want.qty
    cart = tuple(Wanted(sku, sums[sku, campaign], campaign) for sku, campaign in sorted(sums, key=_by_key))
    for want in cart:
        if want.qty > MOST_PER_LINE:
            raise BadQuantity(want.sku, want.qty, MOST_PER_LINE)
    return cart


def _by_key(key: tuple[SkuId, CampaignId | None]) -> tuple[str, str]:
    return key[0], key[1] or ""
