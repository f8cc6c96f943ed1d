"""A presale: buyers fill an economic lot before anything is made, and a full lot opens production once."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypedDict

from roulian.sell.events import CampaignExtended, CampaignMissed, CampaignReached
from roulian.sell.model.refusals import BadCampaign, CampaignFull, DepositTooHigh, OverMemberLimit
from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, SkuId
from roulian.words.time import Day, Instant

MOST_EXTEND_DAYS = 90
"""A second deadline beyond a season is another campaign."""
MOST_BALANCE_DAYS = 30
"""A balance asked for longer than a month keeps made goods waiting; WeChat Pay itself would wait 90 days."""
MOST_ANSWER_DAYS = 30
"""A buyer who has not chosen within a month has their money back."""
EARNEST_SHARE = 5
"""A deposit that may be kept is at most a fifth of the price (Civil Code art. 586)."""
BALANCE_HOUR = 10
"""The hour (Asia/Shanghai) at which balances are asked."""
_DAY_ENDS = (23, 59)
_PACKING_DAYS = 1
"""Between the last day of paying the balance and the promised day."""


class CampaignStatus(StrEnum):
    """OPEN until the first lot is paid, then REACHED; CLOSED or MISSED for good once it is closed."""

    OPEN = "open"
    REACHED = "reached"
    MISSED = "missed"
    CLOSED = "closed"


class UnpaidRule(StrEnum):
    """What becomes of a deposit whose balance is not paid in time: given back, or kept as the buyer was told."""

    REFUND = "refund"
    FORFEIT = "forfeit"


class LotRule(StrEnum):
    """After the first full lot: keep selling towards the next one, or take no more orders."""

    OPEN_NEXT = "open_next"
    CLOSE = "close"


class CampaignTerms(TypedDict, total=False):
    """What a campaign may say beside its lot; the fields are told at `Campaign`."""

    member_limit: int | None
    cap_qty: int | None
    extend_days: int
    deposit_fen: int
    balance_days: int
    unpaid: UnpaidRule
    substitute: SkuId | None
    answer_days: int
    ship_day: Day | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A presale of one SKU. Quantities are units of the SKU.

    `lot_qty` is the economic lot, `lot_multiple` what a lot is rounded up to. `ordered_qty` counts
    units ever ordered, `paid_qty` units paid and not refunded, `opened_qty` units in the `lots_opened`
    lots said so far; it may exceed `paid_qty` by the rounding, and later payments use that up first.
    `member_limit` is the most one member may have, `cap_qty` the most of all; None is no limit. A campaign that
    would miss its lot goes on once, for `extend_days` days.

    `deposit_fen` a unit is asked when ordering, 0 for the whole price; the balance may then be paid for `balance_days`,
    and `unpaid` says what becomes of the deposit if it is not. Buyers of a campaign that misses its lot may have
    `substitute` instead and are given `answer_days` to choose; None gives the money back at once.
    `ship_day` is a day the shop named, before which nothing of it is promised.
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
    member_limit: int | None = None
    cap_qty: int | None = None
    extend_days: int = 0
    deposit_fen: int = 0
    balance_days: int = 0
    unpaid: UnpaidRule = UnpaidRule.REFUND
    substitute: SkuId | None = None
    answer_days: int = 0
    ship_day: Day | None = None

    def check(self) -> None:
        """Its numbers can be meant. Raises `BadCampaign` with the first that cannot, `DepositTooHigh`."""
        most = self.cap_qty if self.cap_qty is not None else self.lot_qty
        fine = {
            "price_fen": self.price_fen > 0,
            "lot_qty": self.lot_qty > 0,
            "lot_multiple": self.lot_multiple > 0,
            "deadline_at": self.deadline_at > self.opened_at,
            "member_limit": self.member_limit is None or self.member_limit > 0,
            "cap_qty": most >= self.lot_qty,
            "extend_days": 0 <= self.extend_days <= MOST_EXTEND_DAYS,
            "deposit_fen": 0 <= self.deposit_fen < self.price_fen,
            "balance_days": not self.deposit_fen or 0 < self.balance_days <= MOST_BALANCE_DAYS,
            "substitute": self.substitute != self.sku,
            "answer_days": self.substitute is None or 0 < self.answer_days <= MOST_ANSWER_DAYS,
        }
        wrong = next((name for name, is_fine in fine.items() if not is_fine), None)
        if wrong is not None:
            raise BadCampaign(wrong)
        most_fen = self.price_fen // EARNEST_SHARE
        if self.unpaid is UnpaidRule.FORFEIT and self.deposit_fen > most_fen:
            raise DepositTooHigh(self.sku, self.deposit_fen, most_fen)

    def balance_at(self, promised_day: Day) -> Instant:
        """When the balance of an order promised for `promised_day` is asked: early enough to be paid before it ships."""
        return promised_day.before(self.balance_days + _PACKING_DAYS).at(BALANCE_HOUR)

    def asks_balance(self, promised_day: Day, *, now: Instant) -> bool:
        """The balance of an order promised for `promised_day` may be asked: a lot is made, and the time has come."""
        return self.lots_opened > 0 and now >= self.balance_at(promised_day)

    def balance_by(self, now: Instant) -> Instant:
        """Until when a balance asked now may be paid: the end of the last day."""
        return now.day().plus(self.balance_days).at(*_DAY_ENDS)

    def answer_by(self, now: Instant) -> Instant:
        """Until when a buyer told of the substitute now may choose: the end of the last day."""
        return now.day().plus(self.answer_days).at(*_DAY_ENDS)

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
        """Units still to be paid until the next lot opens; 0 when no further lot will, as where the cap leaves too few."""
        full_qty = self.opened_qty + self.lot_qty
        is_capped = self.cap_qty is not None and full_qty > self.cap_qty
        if is_capped or (self.rule is LotRule.CLOSE and self.lots_opened):
            return 0
        return max(0, full_qty - self.paid_qty)

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

    def extended(self) -> tuple["Campaign", CampaignExtended] | None:
        """The campaign with its second deadline, where it would miss its lot and may go on; it may not twice."""
        if self.lots_opened or not self.extend_days:
            return None
        later = self.deadline_at.plus(timedelta(days=self.extend_days))
        return replace(self, deadline_at=later, extend_days=0), CampaignExtended(self.id)

    def objection(self, *, wanted_qty: int, members_qty: int, taken_qty: int) -> Refusal | None:
        """Why a member who has `members_qty` of the `taken_qty` units may not have `wanted_qty` more; None if they may."""
        if self.member_limit is not None and members_qty + wanted_qty > self.member_limit:
            return OverMemberLimit(self.id, self.member_limit, max(0, self.member_limit - members_qty))
        if self.cap_qty is not None and taken_qty + wanted_qty > self.cap_qty:
            return CampaignFull(self.id, max(0, self.cap_qty - taken_qty))
        return None

    def close(self) -> tuple["Campaign", CampaignMissed | None]:
        """CLOSED if a lot was reached, else MISSED, which is a fact to say."""
        if self.lots_opened:
            return replace(self, status=CampaignStatus.CLOSED), None
        return replace(self, status=CampaignStatus.MISSED), CampaignMissed(self.id)

    def _lot(self) -> CampaignReached:
        beyond = self.paid_qty - self.opened_qty
        multiples = -(-beyond // self.lot_multiple)
        return CampaignReached(self.id, self.lots_opened + 1, multiples * self.lot_multiple)
