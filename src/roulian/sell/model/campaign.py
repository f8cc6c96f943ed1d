"""A presale: buyers fill an economic lot before anything is made, and a full lot opens production once."""

from dataclasses import dataclass, replace
from enum import StrEnum

from roulian.sell.events import CampaignMissed, CampaignReached
from roulian.words.ids import CampaignId, SkuId
from roulian.words.time import Day, Instant


class CampaignStatus(StrEnum):
    """OPEN until the first lot is paid, then REACHED; CLOSED or MISSED for good once it is closed."""

    OPEN = "open"
    REACHED = "reached"
    MISSED = "missed"
    CLOSED = "closed"


class LotRule(StrEnum):
    """After the first full lot: keep selling towards the next one, or take no more orders."""

    OPEN_NEXT = "open_next"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A presale of one SKU. Quantities are units of the SKU.

    `lot_qty` is the economic lot, `lot_multiple` what a lot is rounded up to. `ordered_qty` counts
    units ever ordered, `paid_qty` units paid and not refunded, `opened_qty` units in the `lots_opened`
    lots said so far; it may exceed `paid_qty` by the rounding, and later payments use that up first.
    """

    id: CampaignId
    sku: SkuId
    price_fen: int
    deadline_at: Instant
    lot_qty: int
    lot_multiple: int
    rule: LotRule
    ordered_qty: int
    paid_qty: int
    opened_qty: int
    lots_opened: int
    status: CampaignStatus
    promise_day: Day | None
    opened_at: Instant

    def counts(self) -> bool:
        """Payments still count into it: it has not been closed."""
        return self.status in (CampaignStatus.OPEN, CampaignStatus.REACHED)

    def accepts(self, now: Instant) -> bool:
        """An order may join now."""
        goes_on = self.status is CampaignStatus.REACHED and self.rule is LotRule.OPEN_NEXT
        return now < self.deadline_at and (self.status is CampaignStatus.OPEN or goes_on)

    def is_over(self, now: Instant) -> bool:
        """Its deadline has come and it is still to be closed."""
        return now >= self.deadline_at and self.counts()

    def missing_qty(self) -> int:
        """Units still to be paid until the next lot opens; 0 when no further lot will."""
        if self.rule is LotRule.CLOSE and self.lots_opened:
            return 0
        return max(0, self.opened_qty + self.lot_qty - self.paid_qty)

    def next_lot(self) -> CampaignReached | None:
        """The lot that the paid units fill now, if they do: all paid units beyond the lots before, rounded up."""
        if self.paid_qty - self.opened_qty < self.lot_qty or (self.rule is LotRule.CLOSE and self.lots_opened):
            return None
        return self._lot()

    def last_lot(self) -> CampaignReached | None:
        """The lot a reached campaign opens when it closes, for units paid beyond its full lots: nobody is left over."""
        if not self.lots_opened or self.paid_qty <= self.opened_qty:
            return None
        return self._lot()

    def open_lot(self, lot: CampaignReached) -> "Campaign":
        """The campaign with `lot` open."""
        return replace(
            self,
            lots_opened=lot.lot,
            opened_qty=self.opened_qty + lot.qty,
            status=CampaignStatus.REACHED,
        )

    def close(self) -> tuple["Campaign", CampaignMissed | None]:
        """CLOSED if a lot was reached, else MISSED, which is a fact to say."""
        if self.lots_opened:
            return replace(self, status=CampaignStatus.CLOSED), None
        return replace(self, status=CampaignStatus.MISSED), CampaignMissed(self.id)

    def _lot(self) -> CampaignReached:
        beyond = self.paid_qty - self.opened_qty
        multiples = -(-beyond // self.lot_multiple)
        return CampaignReached(self.id, self.lots_opened + 1, multiples * self.lot_multiple)
