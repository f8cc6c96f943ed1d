"""What stands on the shelves, who it is held for, and who waits for more.

Owns: levels by SKU and location, the moves that explain them, the orders' claims, safety lines.
Says: StockReceived, FellBelowSafety (once per crossing), ClaimsFilled, ReservationExpired.
Never: promises more than is there; knows a price, a supplier or why an order wants something.
"""

from roulian.stock.events import ClaimsFilled, FellBelowSafety, ReservationExpired, StockReceived
from roulian.stock.model import (
    MAIN,
    BadQuantity,
    Claim,
    ClaimStatus,
    Counted,
    Level,
    LocationId,
    Move,
    MoveKind,
    Need,
    NotHeld,
    SoldOut,
    StockHeld,
    Want,
)
from roulian.stock.reads import (
    all_levels,
    claims,
    free,
    is_filled,
    levels,
    moves_page,
    rebuilt,
    waiting,
    waiting_claims,
)
from roulian.stock.writes import (
    adjust,
    consume,
    expire,
    hold,
    issue,
    keep,
    receive,
    release,
    set_safety,
    take_back,
    wait_for,
)

__all__ = [
    "MAIN",
    "BadQuantity",
    "Claim",
    "ClaimStatus",
    "ClaimsFilled",
    "Counted",
    "FellBelowSafety",
    "Level",
    "LocationId",
    "Move",
    "MoveKind",
    "Need",
    "NotHeld",
    "ReservationExpired",
    "SoldOut",
    "StockHeld",
    "StockReceived",
    "Want",
    "adjust",
    "all_levels",
    "claims",
    "consume",
    "expire",
    "free",
    "hold",
    "is_filled",
    "issue",
    "keep",
    "levels",
    "moves_page",
    "rebuilt",
    "receive",
    "release",
    "set_safety",
    "take_back",
    "wait_for",
    "waiting",
    "waiting_claims",
]
