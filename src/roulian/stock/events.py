"""Facts about stock. Whoever hears one reads the levels again: by then they may have changed."""

from dataclasses import dataclass

from roulian.words.event import Event
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class StockReceived(Event):
    """`qty` units came onto the shelf of `location`, under the caller's name `source` for this arrival."""

    sku: SkuId
    location: str
    qty: int
    source: str


@dataclass(frozen=True, slots=True)
class LotReceived(Event):
    """Units of a lot came in that goes bad: `expires_day` is the last day on which they may be sold."""

    sku: SkuId
    lot: str
    expires_day: Day


@dataclass(frozen=True, slots=True)
class LotExpired(Event):
    """A lot's last day is over: `qty` units went into quarantine, `unserved` more units are waited for again."""

    sku: SkuId
    lot: str
    qty: int
    unserved: int


@dataclass(frozen=True, slots=True)
class CountersDiffered(Event):
    """The self-audit found a shelf, or a lot on it, whose counters are not what its moves and claims add up to."""

    sku: SkuId
    location: str
    lot: str
    kept: str
    told: str


@dataclass(frozen=True, slots=True)
class SlipEntered(Event):
    """A person did something to the shelves by hand: `what` they did, `by` is their staff or API key id."""

    slip: str
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class FellBelowSafety(Event):
    """`net`, what is neither reserved nor waited for and may be negative, fell under the safety line.

    Said once per crossing: again only after it had been back at the line.
    """

    sku: SkuId
    location: str
    net: int
    safety: int


@dataclass(frozen=True, slots=True)
class ClaimsFilled(Event):
    """The last unit an order was waiting for is held for it now."""

    order: OrderId


@dataclass(frozen=True, slots=True)
class ReservationExpired(Event):
    """An order did not keep its reservation in time; its units are free again."""

    order: OrderId
