"""Facts about decisions: something was proposed, a person or a rule applied it."""

from dataclasses import dataclass

from roulian.words.event import Event


@dataclass(frozen=True, slots=True)
class ProposalMade(Event):
    """A new proposal waits for a decision; refreshing an open one is not said again."""

    proposal: str


@dataclass(frozen=True, slots=True)
class ProposalApplied(Event):
    """The proposal was accepted; said once."""

    proposal: str
