"""Collecting at a shop: a code shown to the buyer alone, tried a few times, good once, until a last day."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from roulian.words.errors import Bug
from roulian.words.ids import OrderId, ShipmentId
from roulian.words.time import Day, Instant

CODE_DIGITS = 8
CODE_BITS = 64


@dataclass(frozen=True, slots=True)
class PickUp:
    """What a buyer who collects needs: `code` is theirs alone; `keep_until` is None until the goods stand ready."""

    order: OrderId
    place: str
    code: str
    tries_left: int
    keep_until: Instant | None = None

    def last_day(self) -> Day:
        """The last day on which the goods can be collected; asked before they stand ready it is a `Bug`."""
        if self.keep_until is None:
            raise Bug(f"{self.order} does not stand ready")
        return self.keep_until.plus(timedelta(milliseconds=-1)).day()

    def opens(self, code: str) -> bool:
        """Whether `code` is the right one; compared in constant time."""
        return hmac.compare_digest(self.code.encode(), code.strip().encode())


@dataclass(frozen=True, slots=True)
class Collected:
    """The buyer has the goods."""

    shipment: ShipmentId


@dataclass(frozen=True, slots=True)
class WrongCode:
    """The code did not fit; `tries_left` more are allowed. A value, not a refusal: the try must be counted."""

    shipment: ShipmentId
    tries_left: int


Collecting = Collected | WrongCode


def drawn_code(number: int) -> str:
    """The code a random `number` of `CODE_BITS` bits stands for."""
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
