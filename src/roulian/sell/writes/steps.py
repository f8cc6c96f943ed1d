"""One step of one order: read, let the model step, write only if nobody stepped in between."""

from collections.abc import Callable

from roulian.sell.model import Order, OrderNotFound
from roulian.sell.tables import orders
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.event import Event
from roulian.words.ids import OrderId

_TRIES = 4


def found(tx: Tx, order: OrderId) -> Order:
    """The order as it stands. Raises `OrderNotFound`."""
    known = orders.orders_of(tx, (order,)).get(order)
    if known is None:
        raise OrderNotFound(order)
    return known


def advance(tx: Tx, order: Order, step: Callable[[Order], tuple[Order, Event]]) -> Order:
    """`order` after `step`, written and said; the step is taken anew from the truth when another got in first.

    Raises what the step raises, then nothing has changed.
    """
    return advance_from(tx, order, step)[1]


def advance_from(tx: Tx, order: Order, step: Callable[[Order], tuple[Order, Event]]) -> tuple[Order, Order]:
    """As `advance`: the order as the step truly found it, and the order after it."""
    for _ in range(_TRIES):
        after, fact = step(order)
        if tx.run(orders.STEP, **orders.step_values(order, after)):
            tx.emit(fact)
            return order, after
        order = found(tx, order.id)
    raise Bug(f"{order.id} keeps changing under one transaction")
