"""What came of a payment, and what the money books say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roulian.sell.model.order import Order, OrderStatus
from roulian.words.errors import Refusal
from roulian.words.ids import OrderId
from roulian.words.time import Day, Instant


@dataclass(frozen=True, slots=True)
class Placed:
    """The order was placed now."""

    order: Order


@dataclass(frozen=True, slots=True)
class Paid:
    """The payment made the order PAID, or DEPOSIT_PAID, now."""

    order: Order


@dataclass(frozen=True, slots=True)
class Already:
    """This very payment was entered before; nothing changed."""

    order: Order


@dataclass(frozen=True, slots=True)
class LatePaid:
    """The payment came after the order was given up; the money is entered and waits for a decision, or is owed back."""

    order: Order


@dataclass(frozen=True, slots=True)
class Refused:
    """The money is not this order's; it is entered in the book of refused payments and no order changed.

    A value and not a raise, so that the entry is kept: a raise would undo it. `reason` is a
    `WrongAmount`, an `OrderNotFound` or an `OrderNotPayable`.
    """

    reason: Refusal


PaymentOutcome = Paid | Already | LatePaid | Refused


@dataclass(frozen=True, slots=True)
class RefusedPayment:
    """Money that came and fitted no order; `reason` is the code of the refusal."""

    id: str
    provider: str
    transaction_id: str
    out_trade_no: str
    amount_fen: int
    reason: str
    paid_at: Instant
    entered_at: Instant


class MovementKind(StrEnum):
    """Money that came for an order, money that came and fits none, money on its way back."""

    PAYMENT = "payment"
    UNFITTED = "unfitted"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement in our books. `number` is what the provider knows it by from us; a refund has no `transaction`."""

    kind: MovementKind
    number: str
    transaction: str
    fen: int


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """Presales by where they stand, and economic lots opened so far.

    `reached` are those that opened a lot, closed or not; `missed` those that did not.
    """

    by_outcome: Mapping[str, int]
    lots: int


@dataclass(frozen=True, slots=True)
class FilingRefused:
    """The outside said no, with its own `code`, to `what` (a job kind) about an order."""

    order: OrderId
    what: str
    code: str
    refused_at: Instant


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Orders placed on one day that stand in one status now, with their units and money."""

    day: Day
    status: OrderStatus
    orders: int
    units: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Money:
    """The books, summed from their rows.

    `received_fen` = `kept_fen` + `held_fen` + `forfeited_fen` + `late_fen` + `owed_fen` + `returned_fen`.

    `held_fen` are deposits whose balance is still to come, `forfeited_fen` deposits kept; `late_fen` came after a
    cancellation and awaits a decision; `refused_fen` fitted no order and stands apart.
    """

    received_fen: int
    kept_fen: int
    late_fen: int
    owed_fen: int
    returned_fen: int
    refused_fen: int
    held_fen: int
    forfeited_fen: int
