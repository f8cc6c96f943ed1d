"""A presale written into the calendar before it opens."""

from dataclasses import dataclass

from roulian.words.ids import SkuId
from roulian.words.time import Instant


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What will open at `opens_at`; `key` names the plan. Quantities are units, the price is for one unit."""

    key: str
    sku: SkuId
    price_fen: int
    opens_at: Instant
    deadline_at: Instant
    lot_qty: int
    lot_multiple: int
