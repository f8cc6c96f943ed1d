"""Who supplies, how things are made, and the orders given to suppliers and lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NewType

from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, PurchaseId, SkuId, SupplierId, WorkOrderId
from roulian.words.time import Day

LineId = NewType("LineId", str)

PLANNING_DAYS = 120
"""How far ahead a line's free capacity is looked at."""
MOST_OVER_DELIVERY_RATIO = 2.0
"""Suppliers do deliver more than ordered (28 % of orders by over a tenth, CUMCM 2021 C); twice is a typing error."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody who delivers `lead_time_days` calendar days after an order."""

    id: SupplierId
    name_zh: str
    name_en: str
    lead_time_days: int


@dataclass(frozen=True, slots=True)
class Sourcing:
    """How a SKU is bought from a supplier: at least `moq` units, in cases of `multiple`, at `unit_cost_fen` each.

    `lead_time_days` is the supplier's; given to `add_sourcing` it is ignored.
    """

    sku: SkuId
    supplier: SupplierId
    moq: int
    multiple: int
    unit_cost_fen: int
    lead_time_days: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A production line that makes at most `daily_units` units a day, of whatever it makes."""

    id: LineId
    name_zh: str
    name_en: str
    daily_units: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a SKU is made: on which line, what a set-up costs, units of each material per unit (one-level BOM).

    `material_lead_days` is the longest lead time among its materials' suppliers; given to `add_recipes` it is
    ignored.
    """

    sku: SkuId
    line: LineId
    setup_cost_fen: int
    materials: Mapping[SkuId, int]
    material_lead_days: int = 0


class PurchaseStatus(StrEnum):
    """Where a purchase stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    LATE = "late"
    RECEIVED = "received"


OPEN_PURCHASES = (PurchaseStatus.PLACED, PurchaseStatus.CONFIRMED, PurchaseStatus.LATE)


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order to a supplier, placed for `cause` (a proposal, a batch).

    `expected_day` is what the lead time said; `promised_day` what the supplier says now, the same until they
    reply. `received_qty` of `qty` units are in.
    """

    id: PurchaseId
    supplier: SupplierId
    sku: SkuId
    qty: int
    placed_day: Day
    expected_day: Day
    promised_day: Day
    received_qty: int
    status: PurchaseStatus
    cause: str

    @property
    def left_qty(self) -> int:
        """Units still to come."""
        return 0 if self.status is PurchaseStatus.RECEIVED else max(0, self.qty - self.received_qty)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Units of a purchase that came in together under the delivery note `source`: one lot, at one place.

    `qty` units were accepted; `rejected_qty` more came but are not fit, so the supplier still owes them. `place` is
    empty for the main warehouse, `lot` for goods of no lot; `expires_day` is the lot's last good day. `by` is who
    took them in, empty for the supplier's own report.
    """

    purchase: PurchaseId
    source: str
    qty: int
    rejected_qty: int = 0
    place: str = ""
    lot: str = ""
    expires_day: Day | None = None
    by: str = ""

    def number(self) -> str:
        """Names the delivery for good, over all purchases."""
        return f"{self.purchase}/{self.source}" if self.source else self.purchase

    def parts(self) -> tuple["DeliveryPart", ...]:
        """What was accepted and what was rejected, each if there is any."""
        both = (
            DeliveryPart(self.number(), self.qty),
            DeliveryPart(f"{self.number()}:rejected", self.rejected_qty, is_rejected=True),
        )
        return tuple(part for part in both if part.qty)


@dataclass(frozen=True, slots=True)
class DeliveryPart:
    """Units of a delivery that go to one place; `source` names their arrival there."""

    source: str
    qty: int
    is_rejected: bool = False


class WorkStatus(StrEnum):
    """Where a work order stands."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"


OPEN_WORK = (WorkStatus.OPEN, WorkStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """`qty` units to make on a line between two days, opened for `cause` (a campaign's lot, a proposal)."""

    id: WorkOrderId
    sku: SkuId
    qty: int
    line: LineId
    start_day: Day
    due_day: Day
    done_qty: int
    status: WorkStatus
    cause: str
    campaign: CampaignId | None = None


@dataclass(frozen=True, slots=True)
class MaterialUse:
    """An open work order and the units of one material that each of its units takes."""

    work: WorkOrder
    per_unit: int

    @property
    def id(self) -> WorkOrderId:
        """The work order's."""
        return self.work.id

    @property
    def units(self) -> int:
        """Units of the material that the whole work order takes."""
        return self.per_unit * self.work.qty

    @property
    def start_day(self) -> Day:
        """The day the material has to be there."""
        return self.work.start_day

    @property
    def has_begun(self) -> bool:
        """The line is on it, so its material was there."""
        return self.work.status is WorkStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Inbound:
    """`qty` units that come in on `day` from the purchase or work order `source`."""

    day: Day
    qty: int
    source: str


@dataclass(frozen=True, slots=True)
class LineDay:
    """Units planned on a line on a day, and units it can still make."""

    day: Day
    planned: int
    units: int


@dataclass(eq=False)
class UnknownPurchase(Refusal):
    """There is no such purchase."""

    purchase: str
    code: ClassVar[str] = "unknown_purchase"
    zh: ClassVar[str] = "没有采购单 {purchase},请核对单号。"
    en: ClassVar[str] = "There is no purchase {purchase}. Check the number."


@dataclass(eq=False)
class UnknownWork(Refusal):
    """There is no such work order."""

    work: str
    code: ClassVar[str] = "unknown_work"
    zh: ClassVar[str] = "没有生产工单 {work},请核对单号。"
    en: ClassVar[str] = "There is no work order {work}. Check the number."


@dataclass(eq=False)
class NotSourced(Refusal):
    """This supplier does not sell this SKU."""

    sku: SkuId
    supplier: SupplierId
    code: ClassVar[str] = "not_sourced"
    zh: ClassVar[str] = "供应商 {supplier} 不供应 {sku},请先登记供货关系或换一家。"
    en: ClassVar[str] = "Supplier {supplier} does not sell {sku}. Register the sourcing or choose another."


@dataclass(eq=False)
class BelowMinimum(Refusal):
    """Fewer units than the supplier's minimum order."""

    sku: SkuId
    qty: int
    moq: int
    code: ClassVar[str] = "below_minimum"
    zh: ClassVar[str] = "{sku} 订 {qty} 件,少于最小起订 {moq} 件;请至少订 {moq} 件。"
    en: ClassVar[str] = "{sku}: {qty} is under the minimum order. Order at least {moq}."


@dataclass(eq=False)
class BrokenCase(Refusal):
    """Not a whole number of cases."""

    sku: SkuId
    qty: int
    multiple: int
    code: ClassVar[str] = "broken_case"
    zh: ClassVar[str] = "{sku} 订 {qty} 件,不是整箱 {multiple} 件的倍数;请按整箱下单。"
    en: ClassVar[str] = "{sku}: {qty} is not a multiple of {multiple}. Order whole cases."


@dataclass(eq=False)
class PurchaseClosed(Refusal):
    """The goods are all in; there is nothing left to promise or to deliver."""

    purchase: PurchaseId
    code: ClassVar[str] = "purchase_closed"
    zh: ClassVar[str] = "采购单 {purchase} 已全部到货,不再接受答复或到货;多出的货请另开采购单。"
    en: ClassVar[str] = "Purchase {purchase} is fully received. Book further goods on another purchase."


@dataclass(eq=False)
class DeliveryDiffers(Refusal):
    """A delivery is taken in once, as it was."""

    delivery: str
    qty: int
    rejected_qty: int
    code: ClassVar[str] = "delivery_differs"
    zh: ClassVar[str] = (
        "送货单 {delivery} 已经登记过:合格 {qty} 件、拒收 {rejected_qty} 件,与这次填写的不同;新到的货请换一个送货单号。"
    )
    en: ClassVar[str] = (
        "Delivery {delivery} was booked before, {qty} accepted and {rejected_qty} rejected, and is told differently now."
        " Give new goods a number of their own."
    )


@dataclass(eq=False)
class TooMuchDelivered(Refusal):
    """Far more units than were ordered: most likely a typing error."""

    purchase: PurchaseId
    qty: int
    most: int
    code: ClassVar[str] = "too_much_delivered"
    zh: ClassVar[str] = "采购单 {purchase} 最多还能收 {most} 件,报了 {qty} 件;请核对送货单。"
    en: ClassVar[str] = "Purchase {purchase} can take {most} more units, not {qty}. Check the delivery note."


@dataclass(eq=False)
class NothingDelivered(Refusal):
    """A quantity of none, or less."""

    ident: str
    qty: int
    code: ClassVar[str] = "nothing_delivered"
    zh: ClassVar[str] = "{ident} 的数量是 {qty},请填 1 或更多。"
    en: ClassVar[str] = "{ident}: the quantity is {qty}; give 1 or more."


@dataclass(eq=False)
class LineFull(Refusal):
    """The line cannot make that many units between these days."""

    line: LineId
    qty: int
    first: str
    last: str
    code: ClassVar[str] = "line_full"
    zh: ClassVar[str] = "产线 {line} 在 {first} 至 {last} 之间排不下 {qty} 件;请改期、换线或减量。"
    en: ClassVar[str] = (
        "Line {line} has no room for {qty} units from {first} to {last}. Move, change the line, or make fewer."
    )


@dataclass(eq=False)
class NoRecipe(Refusal):
    """This SKU is not made on this line."""

    sku: SkuId
    line: LineId
    code: ClassVar[str] = "no_recipe"
    zh: ClassVar[str] = "{sku} 没有产线 {line} 的工艺,请先登记配方。"
    en: ClassVar[str] = "{sku} has no recipe for line {line}. Register the recipe first."


@dataclass(eq=False)
class MoreThanPlanned(Refusal):
    """More units reported than the work order has."""

    work: WorkOrderId
    done_qty: int
    qty: int
    code: ClassVar[str] = "more_than_planned"
    zh: ClassVar[str] = "工单 {work} 共 {qty} 件,报了 {done_qty} 件;请核对,多做的另开工单。"
    en: ClassVar[str] = "Work order {work} is for {qty} units, not {done_qty}. Check, or open another for the rest."


@dataclass(eq=False)
class NotMade(Refusal):
    """Nobody has said how this SKU is made."""

    sku: SkuId
    code: ClassVar[str] = "not_made"
    zh: ClassVar[str] = "{sku} 没有生产配方,不能按批量预售。请先登记物料清单和产线。"
    en: ClassVar[str] = "{sku} has no recipe, so no lot of it can be made. Register its materials and its line first."
