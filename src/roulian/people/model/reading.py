"""The record of readings: who read whose personal data, for what. Each line holds the hash of the one before.

Whoever changes or removes a line has to write every later line anew; a copy of one digest kept elsewhere shows it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from roulian.people.model.consent import Duty, Purpose
from roulian.people.model.personal import Personal
from roulian.words.ids import MemberId
from roulian.words.time import Instant

GENESIS = "0" * 64
"""What the first line holds in place of a digest before it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A leave to read: these fields of these members, for this purpose, written down as line `seq` of the record.

    `seq` is 0 where a person reads their own data, which is nobody's to record.
    """

    members: tuple[MemberId, ...]
    fields: frozenset[Personal]
    purpose: Purpose | Duty
    seq: int = 0

    @classmethod
    def own(cls, member: MemberId) -> "Reading":
        """The person themself, signed in, reads what we hold of them."""
        return cls((member,), frozenset(Personal), Duty.OWN_REQUEST)


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One line of the record. `reader` is a staff member's id, an API key's, or the name of the work that read."""

    seq: int
    at: Instant
    reader: str
    purpose: str
    fields: tuple[str, ...]
    members: tuple[str, ...]
    previous: str
    digest: str


def digest(seq: int, at: Instant, reader: str, *, purpose: str, fields: str, members: str, previous: str) -> str:
    """The SHA-256 of a line, over its JSON array [seq, at_ms, reader, purpose, fields, members, previous]."""
    line = (seq, at.ms, reader, purpose, fields, members, previous)
    return hashlib.sha256(msgspec.json.encode(line)).hexdigest()


def listed(names: Iterable[str]) -> str:
    """Names as the record writes them: sorted, with blanks between."""
    return " ".join(sorted(names))


def first_broken(lines: Iterable[ReadingLine], *, previous: str | None = None) -> int | None:
    """The number of the first line that does not follow from the one before or was changed; None when all hold.

    `lines` in order. The oldest line kept is believed about the one before it when `previous` is None: what is past
    its time is gone.
    """
    expected: int | None = None
    for line in lines:
        if previous is None:
            previous = line.previous
        told = digest(
            line.seq,
            line.at,
            line.reader,
            purpose=line.purpose,
            fields=listed(line.fields),
            members=listed(line.members),
            previous=line.previous,
        )
        if line.previous != previous or line.digest != told or line.seq != (expected or line.seq):
            return line.seq
        previous, expected = line.digest, line.seq + 1
    return None
