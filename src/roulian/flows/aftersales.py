"""After-sales: asked by the buyer, answered by a person, and then the goods and the money move by themselves.

Neighbours: `returns` keeps the cases, `sell` gives the money back under the case's own number, `stock` takes the goods
and holds what an exchange sends under the case's id, `fulfil` sends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roulian import deliver, people, returns, sell, stock
from roulian.flows import fulfil
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

    Raises `OrderNotFound`, `NotYetDelivered`, `TooLateToReturn`, `TooManyReturned`, `NoSuchReplacement`.
    """
    order, person = sell.order(tx, asking.order), people.families(tx, [asking.member])[asking.member]
    if order.member not in person:
        raise sell.OrderNotFound(order.id)
    parcels = deliver.shipments(tx, [order.id]).get(order.id, ())
    options = _options(tx, order)
    bought = returns.Bought(
        order=order.id,
        member=order.member,
        lines=tuple(
            returns.BoughtLine(number, line.sku, line.qty, line.price_fen, line.total_fen(), options[line.sku])
            for number, line in enumerate(order.lines, start=1)
            if not line.is_dropped
        ),
        delivered_at=deliver.arrived_at(parcels),
    )
    return returns.ask(tx, bought, key=asking.key, kind=asking.kind, reason=asking.reason, wanted=tuple(asking.wanted))


def _options(tx: Tx, order: sell.Order) -> Mapping[str, tuple[returns.Option, ...]]:
    """What the catalogue now offers of each line's product; a piece made for one member has no other option."""
    skus = sell.skus(tx, {line.sku for line in order.lines})
    entries = sell.entries(tx, {sku.product for sku in skus.values()})
    return {
        ident: tuple(
            returns.Option(option.id, option.price_fen)
            for option in entries[sku.product].skus
            if option.terms.is_open(tx.now)
        )
        for ident, sku in skus.items()
    }


def approve(tx: Tx, case: returns.CaseId, *, answer: str) -> returns.Case:
    """Staff agree; what an exchange sends is held from now on. Raises as `returns.approve`, and `SoldOut`."""
    agreed = returns.approve(tx, case, answer=answer)
    wanted = [(item.replacement, item.qty) for item in agreed.items if item.replacement is not None]
    if wanted:
        skus = sell.skus(tx, [sku for sku, _ in wanted])
        parts = [part for sku, qty in wanted for part in sell.explode(skus[sku], qty)]
        stock.hold(tx, OrderId(agreed.id), [stock.Want(part.sku, part.qty) for part in parts])
    return agreed


def withdraw(tx: Tx, case: returns.CaseId, *, member: MemberId) -> returns.Case:
    """The buyer asks no more; what was held for an exchange is free. Raises as `returns.withdraw`."""
    gone = returns.withdraw(tx, case, members=people.families(tx, [member])[member])
    stock.release(tx, OrderId(gone.id))
    return gone


def put_back(tx: Tx, event: returns.GoodsBack) -> None:
    """Goods that came back are on the shelf again, a bundle's as its components."""
    case = returns.case(tx, returns.CaseId(event.case))
    skus = sell.skus(tx, {item.sku for item in case.items})
    for item in case.items:
        for part in sell.explode(skus[item.sku], item.qty):
            stock.take_back(tx, sku=part.sku, qty=part.qty, source=f"{case.id}:{item.line}")


def replace(tx: Tx, event: returns.GoodsBack) -> None:
    """What an exchange holds leaves once the goods it is for are back."""
    case = returns.case(tx, returns.CaseId(event.case))
    if case.is_exchange():
        fulfil.replace(tx, case.id)


def replaced(tx: Tx, event: deliver.Shipped) -> None:
    """The parcel of an exchange left: what the goods cost less goes back, or the case is settled."""
    if event.case:
        returns.sent(tx, returns.CaseId(event.case))


def pay_back(tx: Tx, event: returns.RefundAgreed) -> None:
    """The case's money is owed back under the case's own number."""
    sell.refund_part(tx, event.order, number=event.case, fen=event.fen, why="after_sale")


def close(tx: Tx, event: sell.PartRefunded) -> None:
    """The buyer has the money, so the case it was for is settled."""
    for case in returns.cases_of(tx, event.order):
        if case.is_paid_by(event.number):
            returns.settle(tx, case.id)
