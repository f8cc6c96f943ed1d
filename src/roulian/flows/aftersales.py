"""After-sales: asked by the buyer, answered by a person, and then the goods and the money move by themselves.

Neighbours: `returns` keeps the cases, `sell` gives the money back under the case's own number, `stock` takes the goods.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from roulian import deliver, returns, sell, stock
from roulian.store import Tx
from roulian.words import MemberId, OrderId


@dataclass(frozen=True, slots=True)
class Asking:
    """What a member asks back of an order; `key` makes a second submission the same case."""

    key: str
    member: MemberId
    order: OrderId
    kind: returns.CaseKind
    reason: returns.CaseReason
    wanted: Sequence[returns.WantedBack]


def ask(tx: Tx, asking: Asking) -> returns.Case:
    """The member's case about their own order.

    Raises `OrderNotFound`, `NotYetDelivered`, `TooLateToReturn`, `TooManyReturned`.
    """
    order = sell.order(tx, asking.order, member=asking.member)
    parcels = deliver.shipments(tx, [order.id]).get(order.id, ())
    bought = returns.Bought(
        order=order.id,
        member=order.member,
        lines=tuple(
            returns.BoughtLine(number, line.sku, line.qty, line.price_fen)
            for number, line in enumerate(order.lines, start=1)
            if not line.is_dropped
        ),
        delivered_at=deliver.arrived_at(parcels),
    )
    return returns.ask(tx, bought, key=asking.key, kind=asking.kind, reason=asking.reason, wanted=tuple(asking.wanted))


def put_back(tx: Tx, event: returns.GoodsBack) -> None:
    """Goods that came back are on the shelf again."""
    case = returns.case(tx, returns.CaseId(event.case))
    for item in case.items:
        stock.take_back(tx, sku=item.sku, qty=item.qty, source=f"{case.id}:{item.line}")


def pay_back(tx: Tx, event: returns.RefundAgreed) -> None:
    """The case's money is owed back under the case's own number."""
    sell.refund_part(tx, event.order, number=event.case, fen=event.fen, why="after_sale")


def close(tx: Tx, event: sell.PartRefunded) -> None:
    """The buyer has the money, so the case it was for is settled."""
    for case in returns.cases_of(tx, event.order):
        if case.is_paid_by(event.number):
            returns.settle(tx, case.id)
