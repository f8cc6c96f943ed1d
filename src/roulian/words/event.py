"""Facts the stages say about the past, and how they are written down.

An event is a frozen dataclass of ids, units and days. Stored events outlive deployments: fields are
only ever added, with defaults, so an old row still reads.
"""

from dataclasses import dataclass
from typing import TypeVar

import msgspec


@dataclass(frozen=True, slots=True)
class Event:
    """A past-tense fact. Its stored name is `<stage>.<Class>`, taken from where it is defined."""

    @classmethod
    def kind(cls) -> str:
        """`sell.OrderPaid` for `roulian.sell.events.OrderPaid`."""
        return f"{cls.__module__.split('.')[1]}.{cls.__name__}"

    def body(self) -> str:
        """The fields as JSON text."""
        return msgspec.json.encode(self).decode()


Fact = TypeVar("Fact", bound=Event)


def read(kind: type[Fact], body: str) -> Fact:
    """The event of class `kind` that `body` holds; unknown fields are passed over, missing ones take defaults."""
    return msgspec.json.decode(body, type=kind)
