"""A slip says what a person did to the shelves by hand: once, with their name and, where goods come or go, the reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from roulian.stock.model.places import Sent
from roulian.stock.model.refusals import NoReason
from roulian.stock.model.shelves import LocationId
from roulian.words.time import Instant

SlipId = NewType("SlipId", str)


class SlipKind(StrEnum):
    """What was done: the verb of this stage with the same name."""

    SEND = "send"
    ARRIVE = "arrive"
    QUARANTINE = "quarantine"
    CLEAR = "clear"
    COUNT = "count"
    ADJUST = "adjust"
    RECEIVE = "receive"
    TAKE_BACK = "take_back"


UNEXPLAINED = (SlipKind.SEND, SlipKind.ARRIVE)
"""What needs no reason: nothing is found, lost or kept from sale."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What `by` (a staff member's or API key's id) did, in units; `origin` and `destination` where there is one.

    A count's lines say what was found; an adjustment's are negative for units less.
    """

    id: SlipId
    kind: SlipKind
    lines: tuple[Sent, ...]
    by: str
    reason: str = ""
    origin: LocationId | None = None
    destination: LocationId | None = None
    entered_at: Instant | None = None

    def check(self) -> None:
        """Raises `NoReason` where somebody will ask why."""
        if self.kind not in UNEXPLAINED and not self.reason.strip():
            raise NoReason(self.id)

    def told(self) -> tuple[object, ...]:
        """What makes two slips the same: everything but who told it and when."""
        return (self.kind, self.lines, self.reason, self.origin, self.destination)
