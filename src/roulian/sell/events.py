"""Facts about orders and campaigns. Whoever hears one reads the truth again: an event carries ids, not copies."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import CampaignId, OrderId, SkuId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """A cart became an order with a price and a promised day; it is not paid yet."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class OrderPaid(Event):
    """The whole amount of an order arrived while the order stood; said once."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class DepositPaid(Event):
    """The deposit of an order arrived while the order stood: it is held, and counts towards the campaign's goal."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class BalanceDue(Event):
    """What a deposit left to pay may be paid from now on, until the order's `balance_by`; said once."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class DepositForfeited(Event):
    """The balance did not come in time, and by the campaign's rule the deposit is kept; said once."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """An unpaid order was given up; `why` is `buyer`, `expired`, `campaign_closed` or a word of the caller."""

    order: OrderId
    why: str


@dataclass(frozen=True, slots=True)
class PaidAfterCancel(Event):
    """The money of an order arrived after the order had been cancelled: revive it or give the money back."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class PaymentRefused(Event):
    """Money came that fits no order: it is in the book of refused payments, and a person must send it back.

    `number` is the merchant's number it was paid under, `reason` the code of the refusal; said once per transaction.
    """

    number: str
    transaction: str
    fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class PromiseMoved(Event):
    """The promised day of an open order is another one now; `reason` is a code that the promise ledger explains."""

    order: OrderId
    was_day: Day
    now_day: Day
    reason: str


@dataclass(frozen=True, slots=True)
class OrderShipped(Event):
    """All goods of an order left the warehouse."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class OrderDelivered(Event):
    """The buyer has the goods."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class RefundDue(Event):
    """We owe the buyer `fen` fen of this order; said once per order."""

    order: OrderId
    fen: int


@dataclass(frozen=True, slots=True)
class OrderRefunded(Event):
    """The payment provider confirmed that the buyer has the money back."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class PartRefundDue(Event):
    """We owe the buyer `fen` fen of an order that stands, under the refund's own `number`; said once per number."""

    order: OrderId
    number: str
    fen: int


@dataclass(frozen=True, slots=True)
class PartRefunded(Event):
    """The payment provider confirmed that the buyer has this part of the money back."""

    order: OrderId
    number: str


@dataclass(frozen=True, slots=True)
class CampaignOpened(Event):
    """A presale takes orders until its deadline."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class CampaignReached(Event):
    """Paid units filled the `lot`-th economic lot (from 1): make `qty` units, a whole number of lot multiples."""

    campaign: CampaignId
    lot: int
    qty: int


@dataclass(frozen=True, slots=True)
class CampaignExtended(Event):
    """The deadline came before the first lot was paid, and by its rule the campaign goes on until a later one."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class CampaignMissed(Event):
    """The deadline came before the first economic lot was paid; buyers get their money back, or the choice of a substitute."""

    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class SubstituteOffered(Event):
    """The order's presale missed its lot; its buyer may have the campaign's substitute, or the money back."""

    order: OrderId
    campaign: CampaignId


@dataclass(frozen=True, slots=True)
class LineSwapped(Event):
    """The buyer took the substitute: the order's lines of the missed campaign are of `sku` now."""

    order: OrderId
    campaign: CampaignId
    sku: SkuId


@dataclass(frozen=True, slots=True)
class LinesDropped(Event):
    """The order stands without its lines of a missed campaign; their money is owed back under the claim `number`."""

    order: OrderId
    campaign: CampaignId
    number: str
