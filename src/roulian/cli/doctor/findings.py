"""What a check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from roulian.words import Unreachable


class Grade(StrEnum):
    """How a check came out."""

    GOOD = "✓"
    WATCH = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found and, where it is not good, what to do about it."""

    grade: Grade
    zh: str
    en: str


def silent(zh: str, en: str, error: Unreachable) -> Finding:
    """Somebody outside does not answer."""
    return Finding(
        Grade.BAD,
        f"连不上{zh}({error}):检查网络、DNS 和防火墙",
        f"Cannot reach {en} ({error}): check network, DNS and firewall",
    )
