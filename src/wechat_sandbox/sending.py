"""How the sandbox reaches a receiver: the embedding program gives one function that carries a callback there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Callback:
    """One HTTP request to a receiver. A GET (URL check) wants `expects` as the answer's body."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    expects: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver answered; a sender that returns only the status cannot prove a URL check's echo."""

    status: int
    body: bytes = b""


Send = Callable[[Callback], Awaitable[int | Answer]]
"""Carries a callback to its receiver within five seconds; 0 means unreachable or too slow."""
