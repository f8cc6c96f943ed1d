"""A case and the only ways it may go; each step gives the case after it and what it says.

    ASKED ── approve ──► APPROVED ── goods_back ──► REFUNDING ── settle ──► SETTLED
      │                  (a return waits for the goods;      ▲
      │                   refund only goes straight there) ──┘
      └── refuse ──► REFUSED      ASKED, APPROVED ── withdraw ──► WITHDRAWN

`writes` guards each step with the status it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, NewType

from roulian.returns.events import CaseApproved, CaseRefused, CaseSettled, GoodsBack, RefundAgreed
from roulian.words.errors import Refusal
from roulian.words.event import Event
from roulian.words.ids import MemberId, OrderId, SkuId
from roulian.words.time import Instant

CaseId = NewType("CaseId", str)

RETURN_DAYS = 15
"""How long after delivery a buyer may ask: the law's seven days without a reason, and as much again."""
MOST_ANSWER_LETTERS = 200


class CaseKind(StrEnum):
    """Money back and the buyer keeps the goods, or money back for goods that come back."""

    REFUND_ONLY = "refund_only"
    RETURN = "return"


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
    REFUNDING = "refunding"
    SETTLED = "settled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of the order, numbered from 1; `price_fen` is what one unit cost."""

    line: int
    sku: SkuId
    qty: int
    price_fen: int


@dataclass(frozen=True, slots=True)
class Bought:
    """What the buyer has: an order's lines, and when they came (None: not yet)."""

    order: OrderId
    member: MemberId
    lines: tuple[BoughtLine, ...]
    delivered_at: Instant | None


@dataclass(frozen=True, slots=True)
class WantedBack:
    """So many units of a line."""

    line: int
    qty: int


@dataclass(frozen=True, slots=True)
class CaseItem:
    """What of a line the case is about."""

    line: int
    sku: SkuId
    qty: int
    price_fen: int


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
        """What goes back for its items, at the prices they were bought for."""
        return sum(item.price_fen * item.qty for item in self.items)

    def is_paid_by(self, number: str) -> bool:
        """The refund of this number is this case's."""
        return number == self.id

    def approve(self, *, answer: str) -> tuple["Case", tuple[Event, ...]]:
        """A return waits for its goods; a refund alone is agreed at once. Else `NotInThisState`."""
        self._must_be(CaseStatus.ASKED)
        told = CaseApproved(self.id, self.order)
        if self.kind is CaseKind.RETURN:
            return replace(self, status=CaseStatus.APPROVED, answer=answer), (told,)
        return replace(self, status=CaseStatus.REFUNDING, answer=answer), (told, self._agreed())

    def refuse(self, *, answer: str) -> tuple["Case", tuple[Event, ...]]:
        """Refused with a reason: `ReasonNeeded` without one. Else `NotInThisState`."""
        self._must_be(CaseStatus.ASKED)
        if not answer.strip():
            raise ReasonNeeded(self.id)
        return replace(self, status=CaseStatus.REFUSED, answer=answer), (CaseRefused(self.id, self.order),)

    def goods_back(self) -> tuple["Case", tuple[Event, ...]]:
        """The goods came back, so the refund is agreed. Else `NotInThisState`."""
        self._must_be(CaseStatus.APPROVED)
        return replace(self, status=CaseStatus.REFUNDING), (GoodsBack(self.id, self.order), self._agreed())

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

    def _agreed(self) -> RefundAgreed:
        return RefundAgreed(self.id, self.order, self.amount_fen())


def items_of(bought: Bought, wanted: Sequence[WantedBack], *, now: Instant) -> tuple[CaseItem, ...]:
    """What of the order is asked back, by line. Raises `NotYetDelivered`, `TooLateToReturn`, `TooManyReturned`."""
    if bought.delivered_at is None:
        raise NotYetDelivered(bought.order)
    if now > bought.delivered_at.plus(timedelta(days=RETURN_DAYS)):
        raise TooLateToReturn(bought.order, RETURN_DAYS)
    lines = {line.line: line for line in bought.lines}
    qtys: dict[int, int] = {}
    for want in wanted:
        most = lines[want.line].qty if want.line in lines else 0
        qtys[want.line] = qtys.get(want.line, 0) + want.qty
        if want.qty < 1 or qtys[want.line] > most:
            raise TooManyReturned(bought.order, want.line, want.qty, most)
    if not qtys:
        raise TooManyReturned(bought.order, 0, 0, 0)
    return tuple(CaseItem(line, lines[line].sku, qtys[line], lines[line].price_fen) for line in sorted(qtys))


@dataclass(eq=False)
class NotYetDelivered(Refusal):
    """Only what has arrived is asked back."""

    order: OrderId
    code: ClassVar[str] = "not_yet_delivered"
    zh: ClassVar[str] = "订单 {order} 尚未签收,签收后才能申请售后。"
    en: ClassVar[str] = "Order {order} has not arrived yet. Ask once it has."


@dataclass(eq=False)
class TooLateToReturn(Refusal):
    """The time to ask is over."""

    order: OrderId
    days: int
    code: ClassVar[str] = "too_late_to_return"
    zh: ClassVar[str] = "订单 {order} 签收已超过 {days} 天,不能再申请售后;如有质量问题请联系客服。"
    en: ClassVar[str] = (
        "Order {order} arrived more than {days} days ago; it can no longer be asked back. Write to us about defects."
    )


@dataclass(eq=False)
class TooManyReturned(Refusal):
    """No more of a line is asked back than was bought and is not asked back already."""

    order: OrderId
    line: int
    qty: int
    most: int
    code: ClassVar[str] = "too_many_returned"
    zh: ClassVar[str] = "订单 {order} 第 {line} 行不能申请 {qty} 件售后:共购买 {most} 件,且已申请的不能重复申请。"
    en: ClassVar[str] = (
        "{qty} of line {line} of order {order} cannot be asked back: {most} were bought, and what is asked back already counts."
    )


@dataclass(eq=False)
class CaseNotFound(Refusal):
    """No case has this id (or this buyer has none)."""

    case: CaseId
    code: ClassVar[str] = "case_not_found"
    zh: ClassVar[str] = "没有售后单 {case},请在订单页查看。"
    en: ClassVar[str] = "There is no after-sales case {case}. Look on the order's page."


@dataclass(eq=False)
class NotInThisState(Refusal):
    """The case has gone another way already."""

    case: CaseId
    status: str
    code: ClassVar[str] = "case_not_in_this_state"
    zh: ClassVar[str] = "售后单 {case} 当前状态为 {status},不能执行这一步,请刷新后再试。"
    en: ClassVar[str] = "Case {case} is {status}, so this step cannot be taken. Refresh and look again."


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    """A no is given with a reason the buyer can read."""

    case: CaseId
    code: ClassVar[str] = "reason_needed"
    zh: ClassVar[str] = "拒绝售后单 {case} 须写明理由,买家会看到。"
    en: ClassVar[str] = "Give the reason for refusing case {case}; the buyer reads it."
