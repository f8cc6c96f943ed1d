"""A proposal: do this, it costs that, for this reason; open until somebody applies or rejects it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from roulian.decide.model.reason import Reason
from roulian.words.errors import Refusal
from roulian.words.ids import SkuId
from roulian.words.time import Day, Instant


class ProposalKind(StrEnum):
    """What a proposal would do."""

    REPLENISH = "replenish"
    ADJUST = "adjust"
    LOT = "lot"


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    APPLIED = "applied"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal before it is filed: `qty` units of `sku` needed by `need_day`, at `cost_fen` in all."""

    kind: ProposalKind
    sku: SkuId
    qty: int
    need_day: Day
    cost_fen: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """A filed draft and what became of it; `why` is what the one who rejected it said."""

    id: str
    kind: ProposalKind
    sku: SkuId
    qty: int
    need_day: Day
    cost_fen: int
    reason: Reason
    status: ProposalStatus
    made_at: Instant
    closed_at: Instant | None
    why: str


class AdjustKind(StrEnum):
    """What can be done about a day far outside the forecast."""

    BUY_MORE = "buy_more"
    BUY_LESS = "buy_less"
    MARK_DOWN = "mark_down"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class AdjustOption:
    """One answer to an anomaly: what it costs, what it brings, both in fen; `net_fen` ranks the options."""

    kind: AdjustKind
    qty: int
    cost_fen: int
    gain_fen: int
    reason: Reason

    @property
    def net_fen(self) -> int:
        """Gain less cost, in fen."""
        return self.gain_fen - self.cost_fen


@dataclass(eq=False)
class UnknownProposal(Refusal):
    """There is no such proposal."""

    proposal: str
    code: ClassVar[str] = "unknown_proposal"
    zh: ClassVar[str] = "没有建议 {proposal},请刷新列表后重试。"
    en: ClassVar[str] = "There is no proposal {proposal}. Refresh the list and try again."


@dataclass(eq=False)
class ProposalClosed(Refusal):
    """The proposal was already decided the other way."""

    proposal: str
    status: ProposalStatus
    code: ClassVar[str] = "proposal_closed"
    zh: ClassVar[str] = "建议 {proposal} 已是 {status} 状态,不能再改;请看最新的建议。"
    en: ClassVar[str] = "Proposal {proposal} is already {status}. Look at the newest proposals."
