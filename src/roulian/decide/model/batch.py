"""A batch to make: how many, when it can start, what it waits for."""

from dataclasses import dataclass

from roulian.decide.model.promise import OpenDay
from roulian.decide.model.reason import Reason
from roulian.words.ids import SkuId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class Material:
    """One material of a batch: units per product, units free now, and how more of it is bought, if somebody sells it."""

    sku: SkuId
    per_unit: int
    free: int
    lead_time_days: int
    moq: int = 1
    multiple: int = 1
    is_sold: bool = True


@dataclass(frozen=True, slots=True)
class MaterialBuy:
    """Buy `qty` of a material; the batch starts on `need_day`, once it is in."""

    sku: SkuId
    qty: int
    need_day: Day


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """`loads` units are made on each day, from `start_day` to `finish_day`; `buys` must be placed today."""

    sku: SkuId
    qty: int
    start_day: Day
    finish_day: Day
    loads: tuple[OpenDay, ...]
    buys: tuple[MaterialBuy, ...]
    reason: Reason
