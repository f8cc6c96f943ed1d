"""Who can be reached, by which door, now: one answer for a whole audience, by column.

An audience may be a million members, so the answer is a byte per member into a short list of ways, not an object each.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import compress

from roulian.tell.model.contact import Route
from roulian.tell.model.scenario import Scenario
from roulian.words.ids import MemberId
from roulian.words.time import Instant


class Obstacle(StrEnum):
    """Why a member cannot be reached now; where several hold, the one that is soonest over."""

    STRANGER = "stranger"
    """No ledger knows a way: never allowed a message, wrote or followed."""
    BLOCKED = "blocked"
    """The account has them on its black list."""
    LEFT = "left"
    """They no longer follow."""
    CONSENT_SPENT = "consent_spent"
    """They allowed messages of this kind, and all are used."""
    WINDOW_CLOSED = "window_closed"
    """They wrote to us or tapped, and the time or the count for an answer is over."""
    SLOTS_USED = "slots_used"
    """They follow, and have had as many mass messages as WeChat allows until the month ends."""
    DOOR_SHUT = "door_shut"
    """A way stands open, and the account's own quota for it is used until it begins anew."""


Way = Route | Obstacle


@dataclass(frozen=True, slots=True)
class Reach:
    """For each of `members` the best way now: `ways[codes[i]]` is a route, or the obstacle where there is none."""

    scenario: Scenario
    at: Instant
    members: Sequence[MemberId]
    ways: tuple[Way, ...]
    codes: bytes

    def way(self, place: int) -> Way:
        """The way to the member at this place of the audience."""
        return self.ways[self.codes[place]]

    def counts(self) -> Mapping[Way, int]:
        """How many members each way stands for, best first; ways that nobody has are there with 0."""
        found = Counter(self.codes)
        return {way: found[code] for code, way in enumerate(self.ways)}

    def by(self, way: Way) -> Iterator[MemberId]:
        """The members for whom this is the way, in the audience's order."""
        code = self.ways.index(way)
        return compress(self.members, (each == code for each in self.codes))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a route would carry: `members` for whom it is the best, of whom the quota now lets through all but `beyond`.

    `refused_ratio` is the share WeChat refused of the last 28 days' messages through this door; None when there were
    none. `expected_refusals` is that share of those who get through.
    """

    route: Route
    members: int
    beyond: int
    refused_ratio: float | None

    @property
    def expected_refusals(self) -> int:
        """How many of those let through WeChat will refuse, if it goes as it went."""
        return round((self.members - self.beyond) * (self.refused_ratio or 0.0))


@dataclass(frozen=True, slots=True)
class Audience:
    """The count of a `Reach`: who was meant, who can be reached by which route, and why the others cannot."""

    targeted: int
    routes: tuple[Forecast, ...]
    obstacles: Mapping[Obstacle, int]

    @property
    def reachable(self) -> int:
        """Members for whom some route stands open."""
        return sum(forecast.members for forecast in self.routes)
