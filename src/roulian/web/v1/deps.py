"""What the open API is given by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass

from roulian.store import KeyRing, Store


@dataclass(frozen=True, slots=True)
class V1Deps:
    """The store, the ring that seals secrets and kept answers, chance for secrets and traces.

    `may_be_inside` lets webhooks go to private addresses.
    """

    store: Store
    ring: KeyRing
    chance: Callable[[int], int]
    may_be_inside: bool = False
