"""What we hold about a person, in rows that a person can read."""

from collections.abc import Mapping
from dataclasses import dataclass

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing held: what it is (`phone`, `order`, `signal`) and its fields by name, units in the names."""

    what: str
    fields: Mapping[str, Cell]
