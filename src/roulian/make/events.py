"""Facts about supply: bought, confirmed, late, arrived, made."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import PurchaseId, SkuId, WorkOrderId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class PurchasePlaced(Event):
    """A purchase was placed with a supplier."""

    purchase: PurchaseId
    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class PurchaseConfirmed(Event):
    """The supplier promised the goods for `day`, no later than we counted on."""

    purchase: PurchaseId
    sku: SkuId
    day: Day


@dataclass(frozen=True, slots=True)
class SupplierDelayed(Event):
    """The `qty` units still to come moved from `was_day` to the later `now_day`; said once per change."""

    purchase: PurchaseId
    sku: SkuId
    was_day: Day
    now_day: Day
    qty: int


@dataclass(frozen=True, slots=True)
class PurchaseReceived(Event):
    """`qty` units of a purchase came in; `source` names the delivery for good, `is_complete`: nothing is left to come."""

    purchase: PurchaseId
    sku: SkuId
    qty: int
    source: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class WorkOpened(Event):
    """A work order took its place on a line."""

    work: WorkOrderId
    sku: SkuId
    qty: int


@dataclass(frozen=True, slots=True)
class WorkMoved(Event):
    """A work order waits for `material`, so that it is done on `now_day`, later than `was_day`; said once per move."""

    work: WorkOrderId
    sku: SkuId
    was_day: Day
    now_day: Day
    material: SkuId


@dataclass(frozen=True, slots=True)
class WorkDone(Event):
    """All `qty` units of a work order are made; said once."""

    work: WorkOrderId
    sku: SkuId
    qty: int
