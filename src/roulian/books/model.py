"""Entries of two books, and what it means that they differ."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.time import Day, Instant


class EntryKind(StrEnum):
    """Money that came, or money that went back."""

    PAYMENT = "payment"
    REFUND = "refund"


class DifferenceKind(StrEnum):
    """How two books can differ about one movement of money."""

    MISSING_WITH_US = "missing_with_us"
    MISSING_WITH_THEM = "missing_with_them"
    AMOUNT_DIFFERS = "amount_differs"
    FITS_NO_ORDER = "fits_no_order"
    REFUND_FAILED = "refund_failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement. `number` is the merchant's, `transaction` the provider's (empty where only the number is known).

    `has_failed` says that the provider could not bring a refund to its payer; `fits` that the money has an order.
    """

    kind: EntryKind
    number: str
    transaction: str
    fen: int
    has_failed: bool = False
    fits: bool = True

    @property
    def is_refund(self) -> bool:
        """Money that goes back."""
        return self.kind is EntryKind.REFUND


@dataclass(frozen=True, slots=True)
class Sides:
    """What is laid beside each other for one day.

    `ours` are our payments of the day and every refund the bill names, whenever it was due. `due_before` are our refunds
    of the day before: asked for at midnight they stand in either bill, so they are looked for in `bill` and `bill_before`.
    """

    ours: tuple[Entry, ...]
    due_before: tuple[Entry, ...]
    bill: tuple[Entry, ...]
    bill_before: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the books differ; the side that has no such entry has no amount."""

    kind: DifferenceKind
    entry: EntryKind
    number: str
    transaction: str
    ours_fen: int | None
    theirs_fen: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A day compared: what the provider's bill sums to, and the differences, none being the good news."""

    day: Day
    compared_at: Instant
    payments: int
    paid_fen: int
    refunds: int
    refunded_fen: int
    differences: tuple[Difference, ...]


def check_over(day: Day, *, today: Day) -> None:
    """Raises `NoBillYet` unless the day is over: its bill is written on the next morning."""
    if day >= today:
        raise NoBillYet(day)


@dataclass(eq=False)
class NoBillYet(Refusal):
    """The day is not over, so there is no bill of it."""

    day: Day
    code: ClassVar[str] = "no_bill_yet"
    zh: ClassVar[str] = "{day} 还没有结束,微信账单次日上午生成,请届时再核对。"
    en: ClassVar[str] = "{day} is not over. Its bill is written the next morning; compare then."


@dataclass(eq=False)
class NotCompared(Refusal):
    """The day's books have not been compared."""

    day: Day
    code: ClassVar[str] = "not_compared"
    zh: ClassVar[str] = "{day} 的账还没有核对;微信账单次日生成,夜间自动核对,请稍后再看。"
    en: ClassVar[str] = "The books of {day} have not been compared. The bill comes the next day; look again later."
