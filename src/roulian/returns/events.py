"""Facts about after-sales cases; whoever hears one reads the case again."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import OrderId


@dataclass(frozen=True, slots=True)
class CaseAsked(Event):
    """A buyer asked something of a delivered order back."""

    case: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class CaseApproved(Event):
    """Staff agreed; the goods are to come back first where the case is a return."""

    case: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class CaseRefused(Event):
    """Staff said no, with a reason that stands on the case."""

    case: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class GoodsBack(Event):
    """The goods of a case have come back and were looked at."""

    case: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class ReplacementSent(Event):
    """The goods that a case exchanges for those that came back are on their way."""

    case: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class RefundAgreed(Event):
    """The case's `fen` fen are to be given back now; said once per case."""

    case: str
    order: OrderId
    fen: int


@dataclass(frozen=True, slots=True)
class CaseSettled(Event):
    """The buyer has what was agreed."""

    case: str
    order: OrderId
