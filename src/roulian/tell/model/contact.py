"""What a member does in WeChat that lets an account write to them, and who may write at all.

Follows and unfollows, messages, menu taps and scans come as callbacks, late, twice and out of order; every one carries
the second in which it happened, and the ledgers believe the latest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roulian.tell.model.account import AccountKind
from roulian.tell.model.limits import STANDARD, Opener
from roulian.tell.model.scenario import Door, Scenario
from roulian.words.time import Instant


class Follow(StrEnum):
    """How a member stands to an official account. `BLOCKED`: WeChat says the account has them on its black list."""

    FOLLOWING = "following"
    LEFT = "left"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Contact:
    """One act of a member towards an account at `at`, in whole seconds as WeChat tells them.

    `opener` is what it earns, None for nothing; `follow` how the member stands since, None for no change.
    """

    account: str
    at: Instant
    opener: Opener | None = None
    follow: Follow | None = None


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """An account may answer the member until `closes_at` with `left` more messages, because of `opener`."""

    account: str
    opener: Opener
    closes_at: Instant
    left: int


@dataclass(frozen=True, slots=True)
class Sender:
    """An account that may write now: its template ids by scenario, and the doors WeChat has refused it."""

    appid: str
    kind: AccountKind
    templates: Mapping[Scenario, str]
    plan: str = STANDARD
    denied: frozenset[Door] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a member: a door, the account that goes through it, and its template where the door has one."""

    door: Door
    account: str = ""
    template: str = ""
