"""What the comparing of books says."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class BooksDiffered(Event):
    """The provider's bill of `day` and our books differ in `differences` places; a person must look."""

    day: Day
    differences: int
