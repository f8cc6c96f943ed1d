"""What changes in `sell`. Verbs take the transaction first and never commit; each raises before it changes anything."""

from roulian.sell.writes.balances import ask_balance, expire
from roulian.sell.writes.campaigns import close_campaign, extend_campaign, open_campaign, promise_campaign
from roulian.sell.writes.catalogue import add_products, save_entry
from roulian.sell.writes.missing import accept_substitute, decline_substitute
from roulian.sell.writes.orders import cancel, deliver, filing_refused, move_promises, place, settled, ship
from roulian.sell.writes.payments import pay, refund_part, refunded, revive, start_refund
from roulian.sell.writes.plans import open_planned, plan_campaign

__all__ = [
    "accept_substitute",
    "add_products",
    "ask_balance",
    "cancel",
    "close_campaign",
    "decline_substitute",
    "deliver",
    "expire",
    "extend_campaign",
    "filing_refused",
    "move_promises",
    "open_campaign",
    "open_planned",
    "pay",
    "place",
    "plan_campaign",
    "promise_campaign",
    "refund_part",
    "refunded",
    "revive",
    "save_entry",
    "settled",
    "ship",
    "start_refund",
]
