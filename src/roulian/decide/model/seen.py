"""What decisions read of other rooms, by shape alone: `decide` imports no other stage."""

from collections.abc import Mapping
from typing import Protocol

from roulian.words.ids import OrderId, SkuId, WorkOrderId
from roulian.words.time import Day


class Shelf(Protocol):
    """A SKU's counters: units on the shelf, held for orders, still owed to orders, and the line not to fall below."""

    @property
    def on_hand(self) -> int: ...  # noqa: D102
    @property
    def reserved(self) -> int: ...  # noqa: D102
    @property
    def waiting(self) -> int: ...  # noqa: D102
    @property
    def safety(self) -> int: ...  # noqa: D102


class Inbound(Protocol):
    """Units on the way, the day they are promised for, and the purchase or work order they come from."""

    @property
    def day(self) -> Day: ...  # noqa: D102
    @property
    def qty(self) -> int: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102


class Sourced(Protocol):
    """How a SKU is bought: days from order to receipt, smallest order, case size, price."""

    @property
    def lead_time_days(self) -> int: ...  # noqa: D102
    @property
    def moq(self) -> int: ...  # noqa: D102
    @property
    def multiple(self) -> int: ...  # noqa: D102
    @property
    def unit_cost_fen(self) -> int: ...  # noqa: D102


class Made(Protocol):
    """How a SKU is made: the wait for its slowest material, the set-up cost, materials per unit."""

    @property
    def material_lead_days(self) -> int: ...  # noqa: D102
    @property
    def setup_cost_fen(self) -> int: ...  # noqa: D102
    @property
    def materials(self) -> Mapping[SkuId, int]: ...  # noqa: D102


class FreeDay(Protocol):
    """Units a line can still make on a day."""

    @property
    def day(self) -> Day: ...  # noqa: D102
    @property
    def units(self) -> int: ...  # noqa: D102


class Expected(Protocol):
    """A forecast: quantiles of demand over the next days, and the median per day; in units."""

    def within(self, days: int, level: float) -> float: ...  # noqa: D102
    def per_day(self) -> float: ...  # noqa: D102
    @property
    def made_day(self) -> Day: ...  # noqa: D102


class Outlier(Protocol):
    """A day's demand outside its limits, in units."""

    @property
    def sku(self) -> SkuId: ...  # noqa: D102
    @property
    def day(self) -> Day: ...  # noqa: D102
    @property
    def actual(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102


class Waiting(Protocol):
    """A claim of an order on units still to come; the earlier its wanted day, then its id, the sooner it is served."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def order(self) -> OrderId: ...  # noqa: D102
    @property
    def missing(self) -> int: ...  # noqa: D102
    @property
    def wanted_day(self) -> Day | None: ...  # noqa: D102


class MaterialUse(Protocol):
    """A work order that takes `units` of a material on its `start_day`, or took them when it began."""

    @property
    def id(self) -> WorkOrderId: ...  # noqa: D102
    @property
    def units(self) -> int: ...  # noqa: D102
    @property
    def start_day(self) -> Day: ...  # noqa: D102
    @property
    def has_begun(self) -> bool: ...  # noqa: D102


class Offered(Protocol):
    """A SKU on sale: what it is an option of, and what a buyer pays for one."""

    @property
    def id(self) -> SkuId: ...  # noqa: D102
    @property
    def product(self) -> str: ...  # noqa: D102
    @property
    def price_fen(self) -> int: ...  # noqa: D102
