"""Facts about members: that they joined, turned out to be one person, agreed or stopped agreeing."""

from dataclasses import dataclass

from roulian.words.event import Event


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    """Someone signed in for the first time."""

    member: str


@dataclass(frozen=True, slots=True)
class MembersMerged(Event):
    """Two members turned out to be one person; `gone` answers as `kept` from now on."""

    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class MembersParted(Event):
    """A merge was taken back; `gone` stands on its own again."""

    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class MergeProposed(Event):
    """Two members may be one person; somebody should decide."""

    proposal: str
    evidence: str


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """What we knew a person by is gone; `member` stands in what the law keeps, and leads to nobody."""

    member: str


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """A member agreed to a purpose."""

    member: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """A member no longer agrees to a purpose."""

    member: str
    purpose: str
