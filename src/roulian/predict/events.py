"""Facts about what is expected, and where it was missed."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import SkuId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class ForecastMade(Event):
    """Demand of `skus` SKUs was forecast from what was known on the evening of `day`."""

    day: Day
    skus: int


@dataclass(frozen=True, slots=True)
class AnomalyFound(Event):
    """On `day` demand fell outside the limits an earlier forecast had set; said once per SKU and day."""

    sku: SkuId
    day: Day
    actual: float
    low: float
    high: float
