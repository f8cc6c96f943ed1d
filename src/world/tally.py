"""What the world did and was told, counted: the outside's own books, to hold against the platform's."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum


class Count(StrEnum):
    """What is counted."""

    SHOPPERS = "shoppers"
    LOGINS = "logins"
    VISITS = "visits"
    SIGNALS = "signals"
    ORDERS = "orders"
    ORDERS_SHORTENED = "orders_shortened"
    ORDERS_REFUSED = "orders_refused"
    PRESALES_CLOSED = "presales_closed"
    PAYMENTS = "payments"
    PAYMENTS_REFUSED = "payments_refused"
    CANCELLATIONS = "cancellations"
    RECEIPTS = "receipts"
    POPUPS = "popups"
    PURCHASES_BROUGHT = "purchases_brought"
    PURCHASES_DELAYED = "purchases_delayed"
    WORK_REPORTS = "work_reports"
    PARCEL_STEPS = "parcel_steps"
    READERS = "readers"
    ARTICLES_UNKNOWN = "articles_unknown"


class Tally:
    """Counts of this process's run; a run resumed after a crash counts what it repeats."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._counts: Counter[Count] = Counter()
        self._refusals: Counter[str] = Counter()

    def add(self, what: Count, n: int = 1) -> None:
        """`what` happened `n` times more."""
        self._counts[what] += n

    def refused(self, code: str) -> None:
        """The shop refused an order with this code."""
        self._counts[Count.ORDERS_REFUSED] += 1
        self._refusals[code] += 1

    def counts(self) -> Mapping[str, int]:
        """Every count, also those of zero, in a fixed order; refusals by code follow."""
        found = {what.value: self._counts[what] for what in Count}
        return found | {f"refused.{code}": n for code, n in sorted(self._refusals.items())}
