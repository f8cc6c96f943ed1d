"""What a member agreed to, and on what ground personal data is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from roulian.words.errors import Refusal
from roulian.words.ids import MemberId
from roulian.words.time import Instant


class Purpose(StrEnum):
    """What personal data may be used for; each needs its own consent (PIPL art. 13, 14)."""

    ORDER = "order"
    MARKETING = "marketing"
    PERSONALISE = "personalise"
    CARE = "care"


class Duty(StrEnum):
    """Why personal data is read without asking: the person asked for it (PIPL art. 44-48)."""

    OWN_REQUEST = "own_request"


@dataclass(frozen=True, slots=True)
class Consent:
    """One line of the consent ledger: a purpose agreed to (or no longer), under which version of the text, when."""

    member: MemberId
    purpose: Purpose
    is_given: bool
    text_version: str
    at: Instant


@dataclass(eq=False)
class NoConsent(Refusal):
    """These members have not agreed to this purpose, or no longer do."""

    members: tuple[MemberId, ...]
    purpose: Purpose
    code: ClassVar[str] = "no_consent"
    zh: ClassVar[str] = "尚未同意将个人信息用于“{purpose}”,请先在隐私设置中同意。"
    en: ClassVar[str] = (
        "Personal data may not be used for “{purpose}” yet. Ask for consent in the privacy settings first."
    )


def withheld(asked: Sequence[MemberId], ledger: Sequence[Consent], purpose: Purpose) -> tuple[MemberId, ...]:
    """Those of `asked` whose latest word on `purpose` is not yes; silence is no. `ledger` is oldest first."""
    latest = {line.member: line.is_given for line in ledger if line.purpose is purpose}
    return tuple(member for member in asked if not latest.get(member, False))
