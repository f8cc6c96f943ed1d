"""What every screen's answers are made of: strict, frozen, closed values; ids beside the names people read.

A name travels once per answer, in `names` (id → zh and en), so that a row stays a row of ids and numbers and
the page can open whatever it shows.
"""

from collections.abc import Mapping
from typing import Annotated, Generic, Protocol, TypeVar

from fastapi import Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from roulian.words import Day

Scalar = str | int | float | bool | None


def _a_day(text: str) -> str:
    """The text if the calendar has such a day, else `ValueError`."""
    Day.parse(text)
    return text


IsoDay = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="A day in Asia/Shanghai, YYYY-MM-DD"),
    AfterValidator(_a_day),
]
Limit = Annotated[int, Query(ge=1, le=500, description="rows wanted at most")]
Before = Annotated[str | None, Query(description="the `next` of the page before")]


class View(BaseModel):
    """Base of every answer: strict types, no unknown field, immutable."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Words(View):
    """The same thing said in Chinese and in English."""

    zh: str
    en: str


class Spoken(Protocol):
    """Anything that can say itself in `zh` or `en`."""

    def text(self, lang: str = "zh") -> str:
        """The sentence."""
        ...


Row = TypeVar("Row", bound=View)


class Listing(View, Generic[Row]):
    """One page of rows, newest first; `next` is the `before` of the page that follows, null at the end."""

    rows: tuple[Row, ...]
    names: Mapping[str, Words]
    next: str | None


def iso(day: Day | None) -> str | None:
    """`YYYY-MM-DD`, or null where there is no day."""
    return None if day is None else day.iso()


def said(reason: Spoken) -> Words:
    """A reason in both languages."""
    return Words(zh=reason.text("zh"), en=reason.text("en"))
