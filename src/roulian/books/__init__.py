"""The provider's bill beside our own books, day by day, and every difference between them.

Owns: reports, one per day compared, with their differences.
Says: BooksDiffered.
Never: mends anything; knows an order, or where a bill comes from.
"""

from roulian.books.events import BooksDiffered
from roulian.books.methods.comparing import compare
from roulian.books.model import (
    Difference,
    DifferenceKind,
    Entry,
    EntryKind,
    NoBillYet,
    NotCompared,
    Report,
    Sides,
    check_over,
)
from roulian.books.reads import report, reports_page
from roulian.books.writes import keep

__all__ = [
    "BooksDiffered",
    "Difference",
    "DifferenceKind",
    "Entry",
    "EntryKind",
    "NoBillYet",
    "NotCompared",
    "Report",
    "Sides",
    "check_over",
    "compare",
    "keep",
    "report",
    "reports_page",
]
