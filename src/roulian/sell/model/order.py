"""An order and the only ways it may go; each step gives the order after it and the fact to say.

    PLACED ── pay ──► PAID ── ship ──► SHIPPED ── deliver ──► DELIVERED
      │                │▲                 │                      │
    cancel       refund││revive           └────── refund ────────┤
      ▼                ▼│                                        ▼
  CANCELLED ─ pay ► PAID_AFTER_CANCEL ── refund ──────────► REFUNDING ── refunded ──► REFUNDED

    PLACED ── pay the deposit ──► DEPOSIT_PAID ── ask_balance ──► BALANCE_DUE ── pay the balance ──► PAID
                                                                      │
                                                                    forfeit ──► FORFEITED ─ pay ► PAID_AFTER_CANCEL

(PAID, DEPOSIT_PAID and BALANCE_DUE are refunded into REFUNDING too.) `writes` guards each step with the status it came
from.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from roulian.sell.events import (
    BalanceDue,
    DepositForfeited,
    DepositPaid,
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderRefunded,
    OrderShipped,
    PaidAfterCancel,
    PromiseMoved,
    RefundDue,
)
from roulian.sell.model.line import Line, Substitute, Wanted
from roulian.sell.model.refusals import (
    NoBalanceDue,
    NoSubstitute,
    NotCancellable,
    NotRefundable,
    NotRevivable,
    NotShippable,
    OrderNotPayable,
    WrongAmount,
)
from roulian.sell.model.trade import Due, Part, Payment, Refund, out_trade_no, part_of_trade
from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, MemberId, OrderId
from roulian.words.time import Day, Instant


class OrderStatus(StrEnum):
    """Where an order stands; the module's picture shows the ways between."""

    PLACED = "placed"
    DEPOSIT_PAID = "deposit_paid"
    BALANCE_DUE = "balance_due"
    PAID = "paid"
    PAID_AFTER_CANCEL = "paid_after_cancel"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FORFEITED = "forfeited"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


DEPOSITED = (OrderStatus.DEPOSIT_PAID, OrderStatus.BALANCE_DUE)
"""Orders whose deposit we hold while the balance is still to come."""
BACKING = (*DEPOSITED, OrderStatus.PAID)
"""Orders that count towards their campaign's goal and whose goods are still to leave."""
OPEN = (OrderStatus.PLACED, *BACKING)
"""Orders whose goods are still to leave: their promise can move."""
STANDING = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED)
"""Orders that are paid in full and stand: their money is earned."""
REFUNDABLE = (*STANDING, *DEPOSITED, OrderStatus.PAID_AFTER_CANCEL)
"""Orders whose money is ours to give back."""


@dataclass(frozen=True, slots=True)
class Order:
    """A buyer's order. `paid_at` and `transaction_id`, the provider's number, are of its latest payment.

    `why` is the reason code of its cancellation or refund, empty otherwise. `paid_fen` came so far, `returned_fen` is owed
    or given back of it. `deposit_fen` is asked first, 0 where all is; the balance is asked until `balance_by`, None until
    then.
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
    deposit_fen: int = 0
    paid_fen: int = 0
    balance_by: Instant | None = None

    def left_fen(self) -> int:
        """Of what was paid, what no refund has been entered for yet."""
        return self.paid_fen - self.returned_fen

    def trade_fen(self, part: Part) -> int:
        """What the trade of this part asks."""
        if part is Part.BALANCE:
            return self.total_fen - self.deposit_fen if self.deposit_fen else 0
        return self.deposit_fen or self.total_fen

    def last_trade_fen(self) -> int:
        """What the latest payment, of `transaction_id`, brought."""
        return self.trade_fen(Part.BALANCE if self.paid_fen > self.trade_fen(Part.FIRST) else Part.FIRST)

    def due(self) -> Due | None:
        """What may be paid now: the whole or the deposit, later the balance; None where nothing may."""
        if self.status is OrderStatus.PLACED:
            return Due(out_trade_no(self.id), self.trade_fen(Part.FIRST), self.pay_expires_at)
        if self.status is OrderStatus.BALANCE_DUE and self.balance_by is not None:
            return Due(out_trade_no(self.id, Part.BALANCE), self.trade_fen(Part.BALANCE), self.balance_by)
        return None

    def awaits(self, number: str) -> bool:
        """It stands and waits for the money of this trade."""
        due = self.due()
        return due is not None and due.number == number

    def standing_lines(self) -> tuple[Line, ...]:
        """Its lines but those given back with a presale that missed."""
        return tuple(line for line in self.lines if not line.is_dropped)

    def lines_in(self, campaign: CampaignId) -> tuple[Line, ...]:
        """Its lines of this campaign that are not given back."""
        return tuple(line for line in self.standing_lines() if line.campaign == campaign)

    def is_all_in(self, campaign: CampaignId) -> bool:
        """Nothing but this campaign's lines is left of it."""
        return self.lines_in(campaign) == self.standing_lines()

    def dropped_lines(self, campaign: CampaignId) -> tuple[Line, ...]:
        """Its lines of this campaign that are given back."""
        return tuple(line for line in self.lines if line.is_dropped and line.campaign == campaign)

    def lines_to_choose(self) -> tuple[Line, ...]:
        """Its lines that the buyer may have the substitute for; none once the order's money goes back."""
        return tuple(line for line in self.standing_lines() if line.substitute and self.status in BACKING)

    def substitutes(self, campaign: CampaignId) -> tuple[Substitute, ...]:
        """What its buyer may choose instead of this campaign's lines, line by line; none when there is no choice to make."""
        return tuple(
            line.substitute for line in self.lines_to_choose() if line.substitute and line.campaign == campaign
        )

    def wanted_instead(self, campaign: CampaignId) -> tuple[Wanted, ...]:
        """The substitutes as a cart. Raises `NoSubstitute`."""
        lines = [line for line in self.lines_to_choose() if line.campaign == campaign]
        if not lines:
            raise NoSubstitute(self.id, campaign)
        return tuple(Wanted(line.swapped().sku, line.qty) for line in lines)

    def holds_deposit(self) -> bool:
        """Its deposit came, and its balance is not asked yet."""
        return self.status is OrderStatus.DEPOSIT_PAID

    def units(self) -> int:
        """Units over all lines but those given back."""
        return sum(line.qty for line in self.standing_lines())

    def wanted(self) -> tuple[Wanted, ...]:
        """What the buyer asked for and still gets, line by line."""
        return tuple(Wanted(line.sku, line.qty, line.campaign) for line in self.standing_lines())

    def is_to_pay(self) -> bool:
        """It stands and waits for its first money."""
        return self.status is OrderStatus.PLACED

    def is_to_ship(self) -> bool:
        """It is paid in full, its goods have not left, and no line of it waits for the buyer's choice."""
        return self.status is OrderStatus.PAID and all(line.substitute is None for line in self.lines)

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
        for line in self.standing_lines():
            if line.campaign is not None:
                found[line.campaign] = found.get(line.campaign, 0) + line.qty
        return tuple(sorted(found.items()))

    def objection(self, payment: Payment) -> Refusal | None:
        """Why `payment` is not this order's money; None when it is."""
        part = part_of_trade(payment.out_trade_no)
        if part is Part.BALANCE and self.balance_by is None:
            return OrderNotPayable(self.id, self.status)
        due_fen = self.trade_fen(part)
        return None if payment.amount_fen == due_fen else WrongAmount(self.id, due_fen, payment.amount_fen)

    def pay(self, payment: Payment) -> tuple["Order", OrderPaid | DepositPaid | PaidAfterCancel]:
        """PAID, or DEPOSIT_PAID by a deposit, if the order waited for it; PAID_AFTER_CANCEL if it had been given up.

        Else `OrderNotPayable`.
        """
        paid = self._with(payment)
        if self.awaits(payment.out_trade_no):
            return _standing(paid)
        given_up = OrderStatus.CANCELLED if part_of_trade(payment.out_trade_no) is Part.FIRST else OrderStatus.FORFEITED
        if self.status is given_up:
            return replace(paid, status=OrderStatus.PAID_AFTER_CANCEL), PaidAfterCancel(self.id)
        raise OrderNotPayable(self.id, self.status)

    def is_closed_for_good(self) -> bool:
        """Its money is going back or has gone: what still comes goes the same way."""
        return self.status in (OrderStatus.REFUNDING, OrderStatus.REFUNDED)

    def ask_balance(self, *, by: Instant) -> tuple["Order", BalanceDue]:
        """The balance may be paid until `by`; `NoBalanceDue` unless a deposit is held and nothing is asked yet."""
        if self.status is not OrderStatus.DEPOSIT_PAID:
            raise NoBalanceDue(self.id, self.status)
        return replace(self, status=OrderStatus.BALANCE_DUE, balance_by=by), BalanceDue(self.id)

    def forfeit(self) -> tuple["Order", DepositForfeited]:
        """The balance did not come, and by the campaign's rule the deposit is ours; else `NoBalanceDue`."""
        if self.status is not OrderStatus.BALANCE_DUE:
            raise NoBalanceDue(self.id, self.status)
        return replace(self, status=OrderStatus.FORFEITED, why="balance_unpaid"), DepositForfeited(self.id)

    def swap(self, campaign: CampaignId, *, promised_day: Day) -> tuple["Order", int]:
        """The order with the substitutes of this campaign's lines, and how much of what was paid it no longer costs, in fen.

        An order paid in full keeps its total, for the difference is given back; a deposit is the least a total can be.
        """
        lines = tuple(line.swapped() if line in self.lines_in(campaign) else line for line in self.lines)
        costs_fen = (
            self.total_fen - sum(line.total_fen() for line in self.lines) + sum(line.total_fen() for line in lines)
        )
        after = replace(self, lines=lines, total_fen=max(self.paid_fen, costs_fen), promised_day=promised_day)
        return after, max(0, self.paid_fen - costs_fen)

    def is_complete(self) -> bool:
        """Its deposit turned out to be all it costs."""
        return self.status is OrderStatus.DEPOSIT_PAID and self.paid_fen >= self.total_fen

    def complete(self) -> tuple["Order", OrderPaid | DepositPaid]:
        """A deposit that is all it costs makes it PAID; else `NoBalanceDue`."""
        if not self.is_complete():
            raise NoBalanceDue(self.id, self.status)
        return _standing(self)

    def lapse(self) -> tuple["Order", RefundDue]:
        """The balance did not come, and the deposit is owed back; else `NoBalanceDue`."""
        if self.status is not OrderStatus.BALANCE_DUE:
            raise NoBalanceDue(self.id, self.status)
        return self.start_refund(why="balance_unpaid")

    def revive(self) -> tuple["Order", OrderPaid | DepositPaid]:
        """An order paid after its cancellation stands again; else `NotRevivable`."""
        if self.status is not OrderStatus.PAID_AFTER_CANCEL:
            raise NotRevivable(self.id, self.status)
        return _standing(replace(self, why=""))

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

    def _with(self, payment: Payment) -> "Order":
        return replace(
            self,
            paid_fen=self.paid_fen + payment.amount_fen,
            paid_at=payment.paid_at,
            transaction_id=payment.transaction_id,
        )


def _standing(order: Order) -> tuple[Order, OrderPaid | DepositPaid]:
    """The order as it stands with the money it has: paid in full, or with its deposit."""
    if order.paid_fen < order.total_fen:
        return replace(order, status=OrderStatus.DEPOSIT_PAID), DepositPaid(order.id)
    return replace(order, status=OrderStatus.PAID), OrderPaid(order.id)


def latest_promise(orders: Iterable[Order]) -> Day:
    """The last day any of the orders is promised for; no order is a `ValueError`."""
    return max(order.promised_day for order in orders)


def count_members(orders: Iterable[Order]) -> int:
    """How many different buyers the orders have."""
    return len({order.member for order in orders})


_REFUND_REASONS = {
    "buyer": "买家申请退款",
    "campaign_missed": "预售未达成,全额退款",
    "after_sale": "售后退款",
    "group_failed": "拼团未成,全额退款",
    "balance_unpaid": "尾款逾期未付,定金退回",
    "substituted": "已换为替代商品,退回差价",
    "paid_after_cancel": "很抱歉,订单取消后才收到付款,全额退回",
}


def refund_reason(refunded: "Order | Refund") -> str:
    """Why the money goes back, as the buyer reads it in the payment app; at most 80 bytes (WeChat Pay v3 `reason`)."""
    return _REFUND_REASONS.get(refunded.why, "商家退款")
