"""Facts about messages: that one reached WeChat (or the order page), that none could."""

from dataclasses import dataclass

from roulian.words.event import Event


@dataclass(frozen=True, slots=True)
class NoticeSent(Event):
    """A notice was accepted by a door."""

    notice: str
    door: str


@dataclass(frozen=True, slots=True)
class NoticeFailed(Event):
    """Every door of the notice's chain refused; the member has not been told."""

    notice: str
