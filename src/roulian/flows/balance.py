"""A deposit's balance: asked when its day has come, reminded of, and given up when it is not paid in time.

The day is said with the presale: so many days before the promised day, and never before a lot is being made. A promise
that moves before that moves the day with it. Neighbours: `presale` makes lots, `checkout` takes the money and expires
what is not paid, `sell` holds the deposit and knows what becomes of it.
"""

from collections.abc import Collection

from roulian import sell
from roulian.flows import inform
from roulian.store import Tx
from roulian.words import OrderId


def set_day(tx: Tx, event: sell.DepositPaid) -> None:
    """A deposit in a presale that is being made already has its balance asked in time; else it waits for the lot."""
    schedule(tx, [sell.order(tx, event.order)])


def schedule(tx: Tx, orders: Collection[sell.Order]) -> None:
    """The balances of these orders that hold a deposit in a presale with a lot are asked when their day has come."""
    for order in orders:
        if order.holds_deposit():
            for campaign in sell.campaigns(tx, order.campaigns()).values():
                if campaign.lots_opened:
                    tx.at(campaign.balance_at(order.promised_day), "balance.ask", order.id)


def ask(tx: Tx, order: str) -> None:
    """The day has come: the balance may be paid, unless the promise moved meanwhile."""
    known = sell.order(tx, OrderId(order))
    if not known.holds_deposit():
        return
    for campaign in sell.campaigns(tx, known.campaigns()).values():
        if campaign.asks_balance(known.promised_day, now=tx.now):
            sell.ask_balance(tx, known.id, by=campaign.balance_by(tx.now))
        else:
            schedule(tx, [known])


def open_window(tx: Tx, event: sell.BalanceDue) -> None:
    """The buyer hears what to pay and until when, is reminded the day before, and then it is over."""
    order = sell.order(tx, event.order)
    due = order.due()
    if due is None:
        return
    tx.at(due.by, "checkout.expire", due.number)
    tx.at(due.remind_at(), "balance.remind", order.id)
    inform.ask_balance(tx, order, due, key="balance_due")


def remind(tx: Tx, order: str) -> None:
    """A balance that is still to pay the day before its last moment is asked for once more."""
    known = sell.order(tx, OrderId(order))
    due = known.due()
    if known.balance_by is not None and due is not None:
        inform.ask_balance(tx, known, due, key="balance_reminder")
