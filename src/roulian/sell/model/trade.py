"""An order's trades at the payment provider: one for all of it, or one for the deposit and one for the balance.

A refund goes back out of the trade its money came in by, so what an order owes is spread over its trades.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from roulian.words.ids import OrderId
from roulian.words.time import Instant

REFUND_GAP = timedelta(seconds=61)
"""Between two partial refunds of one payment: WeChat Pay wants a minute."""

REMIND_BEFORE = timedelta(hours=24)
"""How long before its last moment a balance is asked for once more."""

_BALANCE_MARK = "-2"


class Part(StrEnum):
    """What a trade pays of its order: FIRST the whole amount or the deposit, BALANCE what a deposit leaves to pay."""

    FIRST = "first"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment the provider vouches for: verified, but not yet believed to fit an order."""

    out_trade_no: str
    transaction_id: str
    amount_fen: int
    paid_at: Instant
    provider: str = "wechat"


@dataclass(frozen=True, slots=True)
class Trade:
    """A payment that came for an order: `number` is ours at the provider, `transaction_id` the provider's own."""

    order: OrderId
    part: Part
    number: str
    transaction_id: str
    amount_fen: int
    paid_at: Instant


@dataclass(frozen=True, slots=True)
class Due:
    """What may be paid of an order now: so much, under this number at the provider, until then."""

    number: str
    fen: int
    by: Instant

    def remind_at(self) -> Instant:
        """When a buyer who has not paid is asked once more."""
        return self.by.plus(-REMIND_BEFORE)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back out of one trade, under the merchant's own `number`.

    `claim` is what it is owed under: the order's id for all that is left of it, else the caller's number for a part;
    a claim on an order of two trades may be two refunds. The provider is asked for it at `due_at`; `refund_id` is the
    provider's number once the buyer has the money.
    """

    number: str
    order: OrderId
    amount_fen: int
    why: str
    due_at: Instant
    refund_id: str | None = None
    refunded_at: Instant | None = None
    claim: str = ""
    part: Part = Part.FIRST


def out_trade_no(order: OrderId, part: Part = Part.FIRST) -> str:
    """The merchant's order number at the payment provider: the order id, marked for its balance.

    30 or 32 characters of [0-9A-Za-z_-]; WeChat Pay v3 allows 6 to 32 of [0-9A-Za-z_-|*].
    """
    return order + _BALANCE_MARK if part is Part.BALANCE else str(order)


def order_of_trade(number: str) -> OrderId:
    """The order that a merchant's order number names; whether it exists, reads tell."""
    return OrderId(number.removesuffix(_BALANCE_MARK))


def part_of_trade(number: str) -> Part:
    """The part of its order that a merchant's order number pays."""
    return Part.BALANCE if number.endswith(_BALANCE_MARK) else Part.FIRST


def refund_number(claim: str, part: Part) -> str:
    """The refund's number at the provider: its claim, marked where it goes back out of the balance."""
    return claim + _BALANCE_MARK if part is Part.BALANCE else claim


def spread(fen: int, left_fen: Mapping[Part, int]) -> tuple[tuple[Part, int], ...]:
    """`fen` taken out of what is left of an order's trades, the balance first; the portions sum to `fen`.

    Raises `ValueError` where less is left.
    """
    portions = []
    for part in (Part.BALANCE, Part.FIRST):
        portion = min(fen, left_fen.get(part, 0))
        if portion > 0:
            portions.append((part, portion))
            fen -= portion
    if fen:
        raise ValueError(f"{fen} fen more than is left of the trades")
    return tuple(portions)


def as_one(refunds: Sequence[Refund]) -> Refund:
    """The refunds of one claim as the buyer sees them: one, of the whole amount, under the claim. None is an `IndexError`."""
    total_fen = sum(refund.amount_fen for refund in refunds)
    return replace(refunds[0], number=refunds[0].claim, amount_fen=total_fen)


def first_ask_at(now: Instant, earlier: Iterable[Instant]) -> Instant:
    """When WeChat Pay may be asked for one more refund of a payment: a minute after the last, which it insists on."""
    last = max(earlier, default=None)
    return now if last is None else max(now, last.plus(REFUND_GAP))
