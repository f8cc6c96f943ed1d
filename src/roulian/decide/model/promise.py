"""A promise: how many units leave by which day, out of what, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

from roulian.decide.model.reason import Reason
from roulian.words.errors import Refusal
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant

REVIEW_DAYS = 2
"""Days until a need is surely ordered: replenishment is reviewed every night, and a night may fail once."""

HANDLING_DAYS = 1
"""Days from goods in to parcel out."""


class PromiseSource(StrEnum):
    """Where the last unit of a promise comes from."""

    STOCK = "stock"
    INBOUND = "inbound"
    PURCHASE = "purchase"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody wants `qty` units; new supply for it starts `not_before` (a presale's deadline), if given.

    Nothing is promised before `leaves_from`, a day that somebody named. `line` is handed through: what the asker calls
    the line of the order that the units are for.
    """

    sku: SkuId
    qty: int
    today: Day
    not_before: Day | None = None
    line: str = ""
    leaves_from: Day | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """`qty` units of supply on the way that come in on `day`, from the purchase or work order `source`."""

    day: Day
    qty: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class OpenDay:
    """`units` a production line can still make on `day`."""

    day: Day
    units: int


@dataclass(frozen=True, slots=True)
class Supply:
    """All that can cover an ask for one SKU.

    `free` is on hand less held; `owed` waits for what is still to come, and has first call on it but none on
    the shelf. `safety` is what spot demand needs kept; only bulk asks, of at least `bulk_from` units, respect
    it. `lead_time_days` is None where nobody sells us the SKU; `capacity` is None where we do not make it.
    """

    sku: SkuId
    free: int
    owed: int = 0
    inbound: tuple[Incoming, ...] = ()
    safety: int = 0
    bulk_from: int | None = None
    lead_time_days: int | None = None
    review_days: int = REVIEW_DAYS
    handling_days: int = HANDLING_DAYS
    capacity: tuple[OpenDay, ...] | None = None
    material_lead_days: int = 0

    def less(self, made: "Promise") -> "Supply":
        """The supply left for others once `made` has its units: off the shelf, and the rest owed."""
        shelf = sum(peg.qty for peg in made.pegs if peg.source is PromiseSource.STOCK)
        return replace(self, free=self.free - shelf, owed=self.owed + made.qty - shelf)


@dataclass(frozen=True, slots=True)
class Peg:
    """`qty` units of a promise come out of this supply, there on `day`; `ref` is its purchase or work order if it exists."""

    source: PromiseSource
    qty: int
    day: Day
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """`qty` units of a SKU, for the asker's `line`."""

    sku: SkuId
    qty: int
    line: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """`qty` units of `sku` leave for the buyer by the end of `day`; the pegs say out of what and sum to `qty`.

    `line` is the asker's; the ledger does not keep it.
    """

    sku: SkuId
    qty: int
    day: Day
    source: PromiseSource
    reason: Reason
    pegs: tuple[Peg, ...]
    line: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Promised:
    """A line of the promise ledger: the `version`-th set of promises of an order; older versions are kept.

    `kept` is None until the parcel left, then whether it left in time.
    """

    order: OrderId
    version: int
    line: int
    promise: Promise
    made_at: Instant
    kept: bool | None


@dataclass(eq=False)
class NothingToPromise(Refusal):
    """No stock, no supplier, no line: nobody can say when."""

    sku: SkuId
    qty: int
    code: ClassVar[str] = "nothing_to_promise"
    zh: ClassVar[str] = "{sku} 现有与在途不够 {qty} 件,也没有供应商或产线;请减少数量,或联系客服登记到货提醒。"
    en: ClassVar[str] = (
        "{sku}: shelf and inbound do not cover {qty}, and nobody supplies it. Ask for fewer or a notice."
    )


@dataclass(eq=False)
class CapacityTooSmall(Refusal):
    """The line's open days end before the units are made."""

    sku: SkuId
    qty: int
    left: int
    code: ClassVar[str] = "capacity_too_small"
    zh: ClassVar[str] = "{sku} 要产 {qty} 件,排产期内产线只剩 {left} 件产能;请减少数量、加班或延长排产期。"
    en: ClassVar[str] = (
        "{sku}: {qty} to make, but the line has capacity for {left} in the planning window. Ask for fewer."
    )


@dataclass(eq=False)
class AskTooSmall(Refusal):
    """Asked for no units, or fewer."""

    sku: SkuId
    qty: int
    code: ClassVar[str] = "ask_too_small"
    zh: ClassVar[str] = "{sku} 的数量是 {qty},请填 1 或更多。"
    en: ClassVar[str] = "{sku}: the quantity is {qty}; ask for 1 or more."


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """The promise ledger over a period: lines kept and broken (as last told, as first told), by source, made anew."""

    by_outcome: Mapping[str, int]
    by_first_outcome: Mapping[str, int]
    by_source: Mapping[str, int]
    moved: int
