"""An order and the only ways it may go; each step gives the order after it and the fact to say.

    PLACED ── pay ──► PAID ── ship ──► SHIPPED ── deliver ──► DELIVERED
      │                │▲                 │                      │
    cancel       refund││revive           └────── refund ────────┤
      ▼                ▼│                                        ▼
  CANCELLED ─ pay ► PAID_AFTER_CANCEL ── refund ──────────► REFUNDING ── refunded ──► REFUNDED

(A PAID order is refunded into REFUNDING too.) `writes` guards each step with the status it came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from roulian.sell.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    PaidAfterCancel,
    PromiseMoved,
    RefundDue,
)
from roulian.sell.model.refusals import (
    BadQuantity,
    CartEmpty,
    NotCancellable,
    NotRefundable,
    NotRevivable,
    NotShippable,
    OrderNotPayable,
    WrongAmount,
)
from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, MemberId, OrderId, SkuId
from roulian.words.time import Day, Instant

REFUND_GAP = timedelta(seconds=61)
"""Between two partial refunds of one payment: WeChat Pay wants a minute."""
MOST_PER_LINE = 1_000_000
"""The largest quantity of one line: above it a typing mistake is likelier than an order."""


class OrderStatus(StrEnum):
    """Where an order stands; the module's picture shows the ways between."""

    PLACED = "placed"
    PAID = "paid"
    PAID_AFTER_CANCEL = "paid_after_cancel"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


OPEN = (OrderStatus.PLACED, OrderStatus.PAID)
"""Orders whose goods are still to leave: their promise can move."""
STANDING = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
"""Orders that are paid and stand: their money is earned."""
REFUNDABLE = (*STANDING, OrderStatus.PAID_AFTER_CANCEL)
"""Orders whose money is ours to give back."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a buyer asks for: so many units of a SKU, in a campaign or from stock."""

    sku: SkuId
    qty: int
    campaign: CampaignId | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What an order holds: `price_fen` is the price of one unit when it was placed, `discount_fen` comes off the whole line."""

    sku: SkuId
    qty: int
    price_fen: int
    campaign: CampaignId | None = None
    discount_fen: int = 0

    def total_fen(self) -> int:
        """What the buyer pays for it: price times quantity, less the discount."""
        return self.price_fen * self.qty - self.discount_fen


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment the provider vouches for: verified, but not yet believed to fit an order."""

    out_trade_no: str
    transaction_id: str
    amount_fen: int
    paid_at: Instant
    provider: str = "wechat"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back under the merchant's own `number`: the order's id for all of it, else a part.

    The provider is asked for it at `due_at`; `refund_id` is the provider's number once the buyer has the money.
    """

    number: str
    order: OrderId
    amount_fen: int
    why: str
    due_at: Instant
    refund_id: str | None = None
    refunded_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A buyer's order. `transaction_id` is the provider's number of its payment.

    `why` is the reason code of its cancellation or refund, empty otherwise. `returned_fen` is owed or given back so far.
    """

    id: OrderId
    member: MemberId
    region: str
    lines: tuple[Line, ...]
    total_fen: int
    status: OrderStatus
    promised_day: Day
    placed_at: Instant
    pay_expires_at: Instant
    paid_at: Instant | None = None
    transaction_id: str | None = None
    why: str = ""
    returned_fen: int = 0

    def left_fen(self) -> int:
        """Of its total, what no refund has been entered for yet."""
        return self.total_fen - self.returned_fen

    def units(self) -> int:
        """Units over all lines."""
        return sum(line.qty for line in self.lines)

    def wanted(self) -> tuple[Wanted, ...]:
        """What the buyer asked for, line by line."""
        return tuple(Wanted(line.sku, line.qty, line.campaign) for line in self.lines)

    def is_to_pay(self) -> bool:
        """It stands and waits for its money."""
        return self.status is OrderStatus.PLACED

    def is_open(self) -> bool:
        """Its goods are still to leave, so it holds or awaits them."""
        return self.status in OPEN

    def is_given_up_by_buyer(self) -> bool:
        """The buyer cancelled it: money that still came for it is not wanted back as goods."""
        return self.why == "buyer"

    def campaigns(self) -> tuple[CampaignId, ...]:
        """The campaigns it has lines in, in id order."""
        return tuple(campaign for campaign, _ in self.campaign_qtys())

    def campaign_qtys(self) -> tuple[tuple[CampaignId, int], ...]:
        """Units per campaign, in id order: the order in which campaigns are touched."""
        found: dict[CampaignId, int] = {}
        for line in self.lines:
            if line.campaign is not None:
                found[line.campaign] = found.get(line.campaign, 0) + line.qty
        return tuple(sorted(found.items()))

    def objection(self, payment: Payment) -> Refusal | None:
        """Why `payment` is not this order's money; None when it is."""
        if payment.amount_fen != self.total_fen:
            return WrongAmount(self.id, self.total_fen, payment.amount_fen)
        return None

    def pay(self, payment: Payment) -> tuple["Order", OrderPaid | PaidAfterCancel]:
        """PAID if the order stood, PAID_AFTER_CANCEL if it had been cancelled; else `OrderNotPayable`."""
        if self.status is OrderStatus.PLACED:
            return self._with(payment, OrderStatus.PAID), OrderPaid(self.id)
        if self.status is OrderStatus.CANCELLED:
            return self._with(payment, OrderStatus.PAID_AFTER_CANCEL), PaidAfterCancel(self.id)
        raise OrderNotPayable(self.id, self.status)

    def revive(self) -> tuple["Order", OrderPaid]:
        """An order paid after its cancellation stands again as PAID; else `NotRevivable`."""
        if self.status is not OrderStatus.PAID_AFTER_CANCEL:
            raise NotRevivable(self.id, self.status)
        return replace(self, status=OrderStatus.PAID, why=""), OrderPaid(self.id)

    def cancel(self, *, why: str) -> tuple["Order", OrderCancelled]:
        """An unpaid order is given up; else `NotCancellable`."""
        if self.status is not OrderStatus.PLACED:
            raise NotCancellable(self.id, self.status)
        return replace(self, status=OrderStatus.CANCELLED, why=why), OrderCancelled(self.id, why)

    def ship(self) -> tuple["Order", OrderShipped]:
        """A paid order leaves; else `NotShippable`."""
        if self.status is not OrderStatus.PAID:
            raise NotShippable(self.id, self.status)
        return replace(self, status=OrderStatus.SHIPPED), OrderShipped(self.id)

    def deliver(self) -> tuple["Order", OrderDelivered]:
        """A shipped order arrives; else `NotShippable`."""
        if self.status is not OrderStatus.SHIPPED:
            raise NotShippable(self.id, self.status)
        return replace(self, status=OrderStatus.DELIVERED), OrderDelivered(self.id)

    def start_refund(self, *, why: str) -> tuple["Order", RefundDue]:
        """All that is left of it is owed back; `NotRefundable` where no money is ours to give."""
        if self.status not in REFUNDABLE or self.left_fen() < 1:
            raise NotRefundable(self.id, self.status)
        return replace(self, status=OrderStatus.REFUNDING, why=why), RefundDue(self.id, self.left_fen())

    def refunded(self) -> tuple["Order", OrderRefunded]:
        """The buyer has the money back; `NotRefundable` if nobody asked for it."""
        if self.status is not OrderStatus.REFUNDING:
            raise NotRefundable(self.id, self.status)
        return replace(self, status=OrderStatus.REFUNDED), OrderRefunded(self.id)

    def promise(self, day: Day, *, reason: str) -> tuple["Order", PromiseMoved] | None:
        """The order promised for `day`; None when that changes nothing or the goods have left."""
        if self.status not in OPEN or day == self.promised_day:
            return None
        return replace(self, promised_day=day), PromiseMoved(self.id, self.promised_day, day, reason)

    def _with(self, payment: Payment, status: OrderStatus) -> "Order":
        return replace(self, status=status, paid_at=payment.paid_at, transaction_id=payment.transaction_id)


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


def latest_promise(orders: Iterable[Order]) -> Day:
    """The last day any of the orders is promised for; no order is a `ValueError`."""
    return max(order.promised_day for order in orders)


def count_members(orders: Iterable[Order]) -> int:
    """How many different buyers the orders have."""
    return len({order.member for order in orders})


def first_ask_at(now: Instant, earlier: Iterable[Instant]) -> Instant:
    """When WeChat Pay may be asked for one more refund of a payment: a minute after the last, which it insists on."""
    last = max(earlier, default=None)
    return now if last is None else max(now, last.plus(REFUND_GAP))


_REFUND_REASONS = {
    "buyer": "买家申请退款",
    "campaign_missed": "预售未达成,全额退款",
    "after_sale": "售后退款",
    "paid_after_cancel": "很抱歉,订单取消后才收到付款,全额退回",
}


def refund_reason(refunded: "Order | Refund") -> str:
    """Why the money goes back, as the buyer reads it in the payment app; at most 80 bytes (WeChat Pay v3 `reason`)."""
    return _REFUND_REASONS.get(refunded.why, "商家退款")


def out_trade_no(order: OrderId) -> str:
    """The merchant's order number at the payment provider: the order id itself.

    30 characters of [0-9A-Za-z_]; WeChat Pay v3 allows 6 to 32 of [0-9A-Za-z_-|*].
    """
    return str(order)


def order_of_trade(number: str) -> OrderId:
    """The order that a merchant's order number names; whether it exists, reads tell."""
    return OrderId(number)
