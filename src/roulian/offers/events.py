"""Facts about vouchers and groups; whoever hears one reads the truth again."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import OrderId


@dataclass(frozen=True, slots=True)
class VoucherUsed(Event):
    """An order was placed with the voucher, which took `off_fen` fen off it."""

    voucher: str
    order: OrderId
    off_fen: int


@dataclass(frozen=True, slots=True)
class VoucherFreed(Event):
    """The order it was used for came to nothing, or its money went back: the member may use the voucher again."""

    voucher: str
    order: OrderId


@dataclass(frozen=True, slots=True)
class GroupOpened(Event):
    """A member's order opened a group, which others may join until it closes."""

    group: str


@dataclass(frozen=True, slots=True)
class GroupCompleted(Event):
    """The last of the group's members paid; said once per group."""

    group: str


@dataclass(frozen=True, slots=True)
class GroupFailed(Event):
    """The group's time was over before enough members had paid; said once per group."""

    group: str
