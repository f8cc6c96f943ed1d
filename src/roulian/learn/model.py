"""A closed day, the facts a report stands on, and a figure of the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from roulian.words import Day


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "count"
    FEN = "fen"
    RATIO = "ratio"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class StockDay:
    """The shelf at the close of a day: units, their value at cost, SKUs offered and SKUs with none free."""

    day: Day
    units: int
    value_fen: int
    skus: int
    skus_out: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts over one period, gathered from the stages; every mapping is status or kind → number."""

    orders: Mapping[str, int]
    units: int
    revenue_fen: int
    promises: Mapping[str, int]
    first_promises: Mapping[str, int]
    promise_sources: Mapping[str, int]
    promises_moved: int
    purchases: Mapping[str, int]
    work_orders: Mapping[str, int]
    campaigns: Mapping[str, int]
    lots: int
    notices: Mapping[str, int]
    doors: Mapping[str, int]
    signals: int
    anomalies: int
    accuracy: tuple[float, float] | None
    days: Sequence[StockDay] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: stable name, Chinese and English label, value in `unit`; None where nothing was there to measure."""

    name: str
    zh: str
    en: str
    value: float | None
    unit: Unit
