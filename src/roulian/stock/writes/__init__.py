"""What changes in `stock`. Verbs take the transaction first and never commit; shelves are touched in key order."""

from roulian.stock.writes.arrivals import adjust, consume, receive, take_back
from roulian.stock.writes.carrying import arrive, clear, open_location, quarantine, send
from roulian.stock.writes.claiming import expire, issue, keep, release, set_safety
from roulian.stock.writes.counting import count, record_findings
from roulian.stock.writes.expiring import expire_lot
from roulian.stock.writes.holding import hold, lock, wait_for
from roulian.stock.writes.slips import enter_slip
from roulian.stock.writes.spreading import claim_all, hold_anywhere, hold_some, set_rule

__all__ = [
    "adjust",
    "arrive",
    "claim_all",
    "clear",
    "consume",
    "count",
    "enter_slip",
    "expire",
    "expire_lot",
    "hold",
    "hold_anywhere",
    "hold_some",
    "issue",
    "keep",
    "lock",
    "open_location",
    "quarantine",
    "receive",
    "record_findings",
    "release",
    "send",
    "set_rule",
    "set_safety",
    "take_back",
    "wait_for",
]
