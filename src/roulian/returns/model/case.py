"""A case and the only ways it may go; each step gives the case after it and what it says.

    ASKED ── approve ──► APPROVED ── goods_back ──► REPLACING ── sent ──► REFUNDING ── settle ──► SETTLED
      │                     │                       (an exchange)          ▲   ▲
      │                     └──── goods_back (a return) ───────────────────┘   │
      ├──── approve (refund only, nothing comes back) ─────────────────────────┘
      └── refuse ──► REFUSED         ASKED, APPROVED ── withdraw ──► WITHDRAWN

Where no money goes back the case is settled in place of REFUNDING. `writes` guards each step with the status it came from.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NewType

from roulian.returns.events import (
    CaseApproved,
    CaseRefused,
    CaseSettled,
    GoodsBack,
    RefundAgreed,
    ReplacementSent,
)
from roulian.returns.model.refusals import (
    NoSuchReplacement,
    NotInThisState,
    NotYetDelivered,
    ReasonNeeded,
    TooLateToReturn,
    TooManyReturned,
)
from roulian.words.event import Event
from roulian.words.ids import MemberId, OrderId, SkuId
from roulian.words.time import Instant

CaseId = NewType("CaseId", str)

RETURN_DAYS = 15
"""How long after delivery a buyer may ask: the law's seven days without a reason, and as much again."""
MOST_ANSWER_LETTERS = 200


class CaseKind(StrEnum):
    """Money back and the buyer keeps the goods, money back for goods that come back, or other goods for them."""

    REFUND_ONLY = "refund_only"
    RETURN = "return"
    EXCHANGE = "exchange"


class CaseReason(StrEnum):
    """Why a buyer asks."""

    DAMAGED = "damaged"
    WRONG_GOODS = "wrong_goods"
    MISSING = "missing"
    NOT_AS_SHOWN = "not_as_shown"
    CHANGED_MIND = "changed_mind"


class CaseStatus(StrEnum):
    """Where a case stands; the module's picture shows the ways between."""

    ASKED = "asked"
    APPROVED = "approved"
    REPLACING = "replacing"
    REFUNDING = "refunding"
    SETTLED = "settled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Option:
    """A SKU of a line's product, itself among them, and what one unit of it costs now."""

    sku: SkuId
    price_fen: int


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of the order, numbered from 1; `price_fen` is the price of a unit, `paid_fen` what the whole line cost the buyer.

    `options` are what its units may be exchanged for.
    """

    line: int
    sku: SkuId
    qty: int
    price_fen: int
    paid_fen: int
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """What the buyer has: an order's lines, and when they came (None: not yet)."""

    order: OrderId
    member: MemberId
    lines: tuple[BoughtLine, ...]
    delivered_at: Instant | None


@dataclass(frozen=True, slots=True)
class WantedBack:
    """So many units of a line; in an exchange `replacement` is what the buyer wants for them."""

    line: int
    qty: int
    replacement: SkuId | None = None


@dataclass(frozen=True, slots=True)
class CaseItem:
    """What of a line the case is about: `paid_fen` was paid for its units, `back_fen` of it goes back to the buyer."""

    line: int
    sku: SkuId
    qty: int
    price_fen: int
    paid_fen: int
    back_fen: int
    replacement: SkuId | None = None


@dataclass(frozen=True, slots=True)
class AskedBack:
    """What earlier cases that stand hold of a line: units, and what was paid for them."""

    qty: int = 0
    paid_fen: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One asking. `answer` is the staff's reason, empty until they gave one."""

    id: CaseId
    order: OrderId
    member: MemberId
    kind: CaseKind
    reason: CaseReason
    items: tuple[CaseItem, ...]
    status: CaseStatus
    asked_at: Instant
    answer: str = ""

    def amount_fen(self) -> int:
        """The money that goes back for its items."""
        return sum(item.back_fen for item in self.items)

    def stands(self) -> bool:
        """Its units count as asked back."""
        return self.status not in (CaseStatus.REFUSED, CaseStatus.WITHDRAWN)

    def waits_for_goods(self) -> bool:
        """It is agreed, and the goods are still to come back."""
        return self.status is CaseStatus.APPROVED

    def is_sent(self) -> bool:
        """An exchange whose replacement has left."""
        return self.is_exchange() and self.status in (CaseStatus.REFUNDING, CaseStatus.SETTLED)

    def is_exchange(self) -> bool:
        """Other goods are sent for those that come back."""
        return self.kind is CaseKind.EXCHANGE

    def is_paid_by(self, number: str) -> bool:
        """The refund of this number is this case's."""
        return number == self.id

    def approve(self, *, answer: str) -> tuple["Case", tuple[Event, ...]]:
        """A return or an exchange waits for its goods; a refund alone is agreed at once. Else `NotInThisState`."""
        self._must_be(CaseStatus.ASKED)
        told = CaseApproved(self.id, self.order)
        if self.kind is not CaseKind.REFUND_ONLY:
            return replace(self, status=CaseStatus.APPROVED, answer=answer), (told,)
        after, said = self._pay(told)
        return replace(after, answer=answer), said

    def refuse(self, *, answer: str) -> tuple["Case", tuple[Event, ...]]:
        """Refused with a reason: `ReasonNeeded` without one. Else `NotInThisState`."""
        self._must_be(CaseStatus.ASKED)
        if not answer.strip():
            raise ReasonNeeded(self.id)
        return replace(self, status=CaseStatus.REFUSED, answer=answer), (CaseRefused(self.id, self.order),)

    def goods_back(self) -> tuple["Case", tuple[Event, ...]]:
        """The goods came back: a return's money is agreed, an exchange's goods are to be sent. Else `NotInThisState`."""
        self._must_be(CaseStatus.APPROVED)
        told = GoodsBack(self.id, self.order)
        if self.is_exchange():
            return replace(self, status=CaseStatus.REPLACING), (told,)
        return self._pay(told)

    def sent(self) -> tuple["Case", tuple[Event, ...]]:
        """The replacement is on its way; what it costs less is agreed to go back. Else `NotInThisState`."""
        self._must_be(CaseStatus.REPLACING)
        return self._pay(ReplacementSent(self.id, self.order))

    def settle(self) -> tuple["Case", tuple[Event, ...]]:
        """The buyer has the money. Else `NotInThisState`."""
        self._must_be(CaseStatus.REFUNDING)
        return replace(self, status=CaseStatus.SETTLED), (CaseSettled(self.id, self.order),)

    def withdraw(self) -> tuple["Case", tuple[Event, ...]]:
        """The buyer keeps the goods and asks no more. Else `NotInThisState`."""
        self._must_be(CaseStatus.ASKED, CaseStatus.APPROVED)
        return replace(self, status=CaseStatus.WITHDRAWN), ()

    def _must_be(self, *statuses: CaseStatus) -> None:
        if self.status not in statuses:
            raise NotInThisState(self.id, self.status)

    def _pay(self, told: Event) -> tuple["Case", tuple[Event, ...]]:
        """What there is to pay back is agreed; where there is nothing, the buyer has all."""
        if self.amount_fen():
            agreed = RefundAgreed(self.id, self.order, self.amount_fen())
            return replace(self, status=CaseStatus.REFUNDING), (told, agreed)
        return replace(self, status=CaseStatus.SETTLED), (told, CaseSettled(self.id, self.order))


def checked(bought: Bought, wanted: Sequence[WantedBack], *, kind: CaseKind, now: Instant) -> tuple[WantedBack, ...]:
    """What of the order is asked back, one entry per line, in their order.

    Raises `NotYetDelivered`, `TooLateToReturn`, `TooManyReturned`, `NoSuchReplacement`.
    """
    if bought.delivered_at is None:
        raise NotYetDelivered(bought.order)
    if now > bought.delivered_at.plus(timedelta(days=RETURN_DAYS)):
        raise TooLateToReturn(bought.order, RETURN_DAYS)
    lines = {line.line: line for line in bought.lines}
    by_line: dict[int, WantedBack] = {}
    for want in wanted:
        most = lines[want.line].qty if want.line in lines else 0
        known = by_line.setdefault(want.line, replace(want, qty=0))
        qty = known.qty + want.qty
        if want.qty < 1 or qty > most:
            raise TooManyReturned(bought.order, want.line, want.qty, most)
        if want.replacement != known.replacement or not _may_replace(lines[want.line], want.replacement, kind=kind):
            raise NoSuchReplacement(bought.order, want.line, want.replacement or "")
        by_line[want.line] = replace(known, qty=qty)
    if not by_line:
        raise TooManyReturned(bought.order, 0, 0, 0)
    return tuple(by_line[line] for line in sorted(by_line))


def item_of(line: BoughtLine, want: WantedBack, *, earlier: AskedBack) -> CaseItem:
    """The units of the line with what was paid for them, and what of it goes back.

    Units share what the line cost to the fen: all of them asked back, in however many cases, is exactly the line. An
    exchange gives back what its option costs less, in the proportion in which the line itself was paid.
    """
    paid_fen = max(0, line.paid_fen * (earlier.qty + want.qty) // line.qty - earlier.paid_fen)
    back_fen = paid_fen
    if want.replacement is not None:
        [price_fen] = [option.price_fen for option in line.options if option.sku == want.replacement]
        back_fen = paid_fen * (line.price_fen - price_fen) // line.price_fen
    return CaseItem(line.line, line.sku, want.qty, line.price_fen, paid_fen, back_fen, want.replacement)


def asked_back(cases: Iterable[Case], line: int) -> AskedBack:
    """What those of the cases that stand hold of the line."""
    items = [item for case in cases if case.stands() for item in case.items if item.line == line]
    return AskedBack(sum(item.qty for item in items), sum(item.paid_fen for item in items))


def _may_replace(line: BoughtLine, replacement: SkuId | None, *, kind: CaseKind) -> bool:
    """An exchange names an option that costs no more than the line did; nothing else names one."""
    if kind is not CaseKind.EXCHANGE:
        return replacement is None
    return any(option.sku == replacement and option.price_fen <= line.price_fen for option in line.options)
