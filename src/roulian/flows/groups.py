"""Group-buying (拼团): members pay less together; the goods leave when the group is complete, else the money goes back.

Neighbours: `offers` counts seats, `fulfil` lets nothing leave while the group is not complete, `inform` tells.
"""

from dataclasses import dataclass
from datetime import timedelta

from roulian import decide, offers, sell
from roulian.flows import fulfil, inform, offering
from roulian.store import Tx

LAST_ANSWERS = timedelta(seconds=5)
"""How long a group that is over waits before it looks again whether its last orders are paid or given up."""


@dataclass(frozen=True, slots=True)
class Joining:
    """The group a member would join, or one of their own."""

    groupbuy: offers.GroupBuyId
    group: offers.GroupId | None = None


def open_groupbuy(tx: Tx, terms: offers.GroupBuyTerms) -> offers.GroupBuy:
    """The group-buy of a SKU that is for sale. Raises `UnknownSku`, `BadGroupBuy`."""
    sku = sell.skus(tx, [terms.sku]).get(terms.sku)
    if sku is None or sku.owner is not None:
        raise sell.UnknownSku(terms.sku)
    return offers.open_groupbuy(tx, terms, sku_price_fen=sku.price_fen)


def place(tx: Tx, cart: sell.Cart, joining: Joining, *, pay_within: timedelta) -> sell.Order:
    """The order at the group's price, with a seat in the group, or in another where it is full, or in one of its own.

    It is to be paid before the group closes, and promised for after. The same key again is the first order. Raises what
    `sell.bills`, `supply.promise_each` and `sell.place` refuse with, `GroupBuyNotFound`, `GroupBuyClosed`, `GroupNotFound`,
    `AlreadyInGroup`, `GroupCart`.
    """
    billed = offering.bill(tx, cart)
    if isinstance(billed, sell.Order):
        return billed
    groupbuy = offers.groupbuy(tx, joining.groupbuy)
    by_line_fen = groupbuy.discounts(offering.cart_lines(tx, billed.lines))
    group = offers.join(tx, groupbuy, member=cart.member, wanted=joining.group)
    promises = decide.held_until(offering.promises(tx, billed), group.closes_at)
    pay_by = min(tx.now.plus(pay_within), group.closes_at)
    order = offering.enter(tx, offering.lowered(billed, by_line_fen), promises, pay_by=pay_by)
    offers.sit(tx, group.id, order=order.id, member=order.member)
    return order


def set_deadline(tx: Tx, event: offers.GroupOpened) -> None:
    """The group closes by itself."""
    group = offers.group(tx, offers.GroupId(event.group))
    tx.at(group.closes_at, "groups.close", group.id)


def count(tx: Tx, event: sell.OrderPaid) -> None:
    """A member of the group has paid; the last one completes it."""
    offers.count_paid(tx, event.order)


def leave(tx: Tx, event: sell.OrderCancelled | sell.RefundDue) -> None:
    """The seat of an order that came to nothing is free, unless late money has made the order stand once more."""
    if not sell.order(tx, event.order).is_open():
        offers.leave(tx, event.order)


def close(tx: Tx, group: str) -> None:
    """The group's time is over: it failed, unless WeChat Pay is still being asked about one of its orders."""
    if offers.close_group(tx, offers.GroupId(group)).is_undecided():
        tx.at(tx.now.plus(LAST_ANSWERS), "groups.close", group)


def go_on(tx: Tx, event: offers.GroupCompleted) -> None:
    """The group is complete: its orders are packed like any other, and its members hear it."""
    ids = offers.orders_paid(tx, offers.GroupId(event.group))
    orders = [order for order in sell.orders(tx, ids).values() if order.is_to_ship()]
    for order in orders:
        fulfil.begin(tx, order.id)
    inform.group_complete(tx, orders)


def make_good(tx: Tx, event: offers.GroupFailed) -> None:
    """The group failed: everyone who paid gets everything back, and hears it."""
    group = offers.group(tx, offers.GroupId(event.group))
    orders = [sell.start_refund(tx, order, why="group_failed") for order in offers.orders_paid(tx, group.id)]
    inform.group_failed(tx, group, orders)
