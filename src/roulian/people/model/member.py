"""Who a member is: the graph of what we know them by, each edge with its evidence and its time."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import MemberId, OrderId
from roulian.words.time import Instant


@dataclass(frozen=True, slots=True)
class Member:
    """One person, however many accounts they met us through. `region` is empty until they settle in."""

    id: MemberId
    region: str
    unionid: str | None
    joined_at: Instant


class Known(StrEnum):
    """By what a person is known."""

    OPENID = "openid"
    UNIONID = "unionid"
    PHONE = "phone"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Edge:
    """One thing a member is known by: where it comes from and since when.

    `value` is the openid or unionid; a phone number or customer number stays sealed, and `value` is empty.
    """

    member: MemberId
    known: Known
    value: str
    evidence: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two members count as one: an edge that can be taken back. `parted_at` is None while it holds."""

    id: str
    kept: MemberId
    gone: MemberId
    evidence: str
    merged_at: Instant
    parted_at: Instant | None


class Evidence(StrEnum):
    """Why two members may be one person."""

    UNIONID = "unionid"
    PHONE = "phone"
    CUSTOMER = "customer"
    ADDRESS = "address"
    STAFF = "staff"


class MergeStatus(StrEnum):
    """Where a proposed merge stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """Two members who may be one person, for somebody to decide. `decided_by` is empty while it is open."""

    id: str
    one: MemberId
    other: MemberId
    evidence: Evidence
    status: MergeStatus
    made_at: Instant
    decided_by: str


@dataclass(frozen=True, slots=True)
class Twin:
    """Another member found by the same evidence, with the unionid that each of the two has."""

    member: MemberId
    unionid: str | None


STRONG: Mapping[Evidence, str] = MappingProxyType({Evidence.PHONE: "the same verified phone"})
"""Evidence on which two members are one at once, and how the merge says so; all other evidence asks a person."""


def is_certain(evidence: Evidence, mine: Twin, theirs: Twin) -> bool:
    """Whether the two are one without asking: strong evidence that WeChat's own word does not contradict.

    Two unionids are two people to WeChat, who may share a phone: that is for a person to decide.
    """
    apart = None not in (mine.unionid, theirs.unionid) and mine.unionid != theirs.unionid
    return evidence in STRONG and not apart


@dataclass(eq=False)
class UnknownMember(Refusal):
    """No member has this id."""

    member: MemberId
    code: ClassVar[str] = "unknown_member"
    zh: ClassVar[str] = "没有会员 {member},请重新登录。"
    en: ClassVar[str] = "There is no member {member}. Sign in again."


@dataclass(eq=False)
class NotMerged(Refusal):
    """There is no such merge in force."""

    kept: MemberId
    gone: MemberId
    code: ClassVar[str] = "not_merged"
    zh: ClassVar[str] = "{kept} 与 {gone} 目前没有合并,无需拆分。"
    en: ClassVar[str] = "{kept} and {gone} are not merged now; there is nothing to part."


@dataclass(eq=False)
class NotProposed(Refusal):
    """There is no such proposal waiting for a decision."""

    proposal: str
    code: ClassVar[str] = "not_proposed"
    zh: ClassVar[str] = "没有待处理的合并建议 {proposal},请刷新列表。"
    en: ClassVar[str] = "No merge {proposal} waits for a decision. Refresh the list."


@dataclass(eq=False)
class OrdersUnderWay(Refusal):
    """Who still has goods or money coming cannot be forgotten yet."""

    orders: tuple[OrderId, ...]
    code: ClassVar[str] = "orders_under_way"
    zh: ClassVar[str] = "还有未完成的订单({orders}),请先收货、取消或等退款到账,再注销。"
    en: ClassVar[str] = "Orders are under way ({orders}). Receive, cancel or have them refunded first, then erase."


def hashed_token(token: str) -> str:
    """What is stored of a token: its SHA-256, in hex. A stolen table opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
