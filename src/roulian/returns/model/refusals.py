"""What after-sales says no to."""

from dataclasses import dataclass
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import OrderId


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
class NoSuchReplacement(Refusal):
    """Units are exchanged for an option of the same product that costs no more."""

    order: OrderId
    line: int
    replacement: str
    code: ClassVar[str] = "no_such_replacement"
    zh: ClassVar[str] = (
        "订单 {order} 第 {line} 行不能换成“{replacement}”:只能换同一商品中不高于原价的规格;仅退款和退货退款不填换货规格。"
    )
    en: ClassVar[str] = (
        "Line {line} of order {order} cannot be exchanged for “{replacement}”: choose an option of the same product that costs no more; only an exchange names one."
    )


@dataclass(eq=False)
class CaseNotFound(Refusal):
    """No case has this id (or this buyer has none)."""

    case: str
    code: ClassVar[str] = "case_not_found"
    zh: ClassVar[str] = "没有售后单 {case},请在订单页查看。"
    en: ClassVar[str] = "There is no after-sales case {case}. Look on the order's page."


@dataclass(eq=False)
class NotInThisState(Refusal):
    """The case has gone another way already."""

    case: str
    status: str
    code: ClassVar[str] = "case_not_in_this_state"
    zh: ClassVar[str] = "售后单 {case} 当前状态为 {status},不能执行这一步,请刷新后再试。"
    en: ClassVar[str] = "Case {case} is {status}, so this step cannot be taken. Refresh and look again."


@dataclass(eq=False)
class ReasonNeeded(Refusal):
    """A no is given with a reason the buyer can read."""

    case: str
    code: ClassVar[str] = "reason_needed"
    zh: ClassVar[str] = "拒绝售后单 {case} 须写明理由,买家会看到。"
    en: ClassVar[str] = "Give the reason for refusing case {case}; the buyer reads it."
