"""Orders are placed, given up, promised anew, shipped and delivered here; their money is `payments`' affair."""

from collections.abc import Mapping, Sequence

from roulian.sell.events import OrderPlaced
from roulian.sell.model import (
    Bill,
    Campaign,
    Cart,
    Order,
    OrderNotFound,
    OrderStatus,
    Placed,
    deposit_of,
    order_of_trade,
)
from roulian.sell.tables import orders
from roulian.sell.writes import lots, steps
from roulian.store import Tx
from roulian.words.errors import Refusal
from roulian.words.ids import MemberId, OrderId
from roulian.words.time import Day, Instant


def place(tx: Tx, billed: Sequence[tuple[Bill, Day]], *, pay_by: Instant) -> tuple[Placed | Order | Refusal, ...]:
    """What became of each bill and the day it is promised for, in their order: placed now, or why not.

    An order that another process placed under the same key meanwhile is answered as it is. An order stays payable until
    `pay_by`, or until its first campaign closes if that is earlier: `pay_expires_at`, for which the caller sets a
    deadline. The refusals are `CampaignNotFound`, `CampaignClosed`, `OverMemberLimit`, `CampaignFull`.
    """
    drawn = [_drawn(tx, bill, promised_day=day, pay_by=pay_by) for bill, day in billed]
    new = [(order, bill.cart) for order, (bill, _) in zip(drawn, billed, strict=True) if isinstance(order, Order)]
    first = _entered(tx, new)
    return tuple(each if isinstance(each, Refusal) else first.get(each.id, Placed(each)) for each in drawn)


def _drawn(tx: Tx, bill: Bill, *, promised_day: Day, pay_by: Instant) -> Order | Refusal:
    """The order that the bill makes, counted into its campaigns but not entered yet."""
    try:
        joined = _join(tx, bill)
    except Refusal as no:
        return no
    total_fen = sum(line.total_fen() for line in bill.lines)
    return Order(
        id=OrderId(tx.new_id("ord")),
        member=bill.cart.member,
        region=bill.cart.region,
        lines=bill.lines,
        total_fen=total_fen,
        status=OrderStatus.PLACED,
        promised_day=promised_day,
        placed_at=tx.now,
        pay_expires_at=min((pay_by, *(campaign.deadline_at for campaign, _ in joined))),
        deposit_fen=deposit_of(joined, total_fen=total_fen),
    )


def _join(tx: Tx, bill: Bill) -> list[tuple[Campaign, int]]:
    """The campaigns of the bill with its units, counted into each; refused by one, they are counted into none."""
    joined: list[tuple[Campaign, int]] = []
    for line in bill.lines:
        if line.campaign is not None:
            try:
                campaign = lots.order_in(tx, line.campaign, sku=line.sku, qty=line.qty, member=bill.cart.member)
            except Refusal:
                for before, qty in joined:
                    lots.take_back(tx, before.id, qty=qty)
                raise
            joined.append((campaign, line.qty))
    return joined


def _entered(tx: Tx, new: Sequence[tuple[Order, Cart]]) -> Mapping[OrderId, Order]:
    """The orders stand in the books; those whose key was taken meanwhile are told, by id, with the order that has it."""
    if tx.many(orders.ADD_ORDER, [orders.order_values(order, key=cart.key) for order, cart in new]) == len(new):
        taken: dict[OrderId, Order] = {}
    else:
        taken = _taken(tx, new)
    mine = [order for order, _ in new if order.id not in taken]
    tx.many(orders.ADD_LINE, [row for order in mine for row in orders.line_values(order)])
    tx.emit(*(OrderPlaced(order.id) for order in mine))
    return taken


def _taken(tx: Tx, new: Sequence[tuple[Order, Cart]]) -> dict[OrderId, Order]:
    names = orders.names_of_keys(tx, [cart for _, cart in new])
    holders = {order.id: names[cart.member, cart.key] for order, cart in new}
    first = orders.orders_of(tx, [holder for ident, holder in holders.items() if holder != ident])
    for order, _ in new:
        if order.id != holders[order.id]:
            for campaign, qty in order.campaign_qtys():
                lots.take_back(tx, campaign, qty=qty)
    return {ident: first[holder] for ident, holder in holders.items() if holder != ident}


def cancel(tx: Tx, order: OrderId, *, why: str, member: MemberId | None = None) -> Order:
    """The order given up while it was unpaid; given up again nothing changes.

    With `member`, only that member's own order. Raises `OrderNotFound`, `NotCancellable`.
    """
    known = steps.found(tx, order)
    if member is not None and known.member != member:
        raise OrderNotFound(order)
    if known.status is OrderStatus.CANCELLED:
        return known
    return steps.advance(tx, known, lambda it: it.cancel(why=why))


def move_promises(tx: Tx, days: Mapping[OrderId, Day], *, reason: str) -> tuple[OrderId, ...]:
    """The orders whose promise moved, in id order; each says `PromiseMoved` with both days and `reason`.

    Orders already promised for that day, shipped, cancelled or unknown stay as they are.
    """
    moved = []
    for ident, order in orders.orders_of(tx, days.keys()).items():
        step = order.promise(days[ident], reason=reason)
        if step is None:
            continue
        after, fact = step
        if tx.run(
            orders.MOVE_PROMISE,
            order=ident,
            was=order.status.value,
            was_day=order.promised_day.iso(),
            new_day=after.promised_day.iso(),
        ):
            tx.emit(fact)
            moved.append(ident)
    return tuple(moved)


def ship(tx: Tx, order: OrderId) -> Order:
    """The paid order on its way; shipped again nothing changes. Raises `OrderNotFound`, `NotShippable`."""
    known = steps.found(tx, order)
    if known.status in (OrderStatus.SHIPPED, OrderStatus.DELIVERED):
        return known
    return steps.advance(tx, known, Order.ship)


def deliver(tx: Tx, order: OrderId) -> Order:
    """The shipped order in the buyer's hands; delivered again nothing changes. Raises `OrderNotFound`, `NotShippable`."""
    known = steps.found(tx, order)
    if known.status is OrderStatus.DELIVERED:
        return known
    return steps.advance(tx, known, Order.deliver)


def settled(tx: Tx, out_trade_no: str, *, at: Instant) -> bool:
    """Whether the provider's release of this order's money to us is news; entered once."""
    return bool(tx.run(orders.SETTLE, order=order_of_trade(out_trade_no), at=at.ms))


def filing_refused(tx: Tx, order: OrderId, *, what: str, code: str) -> None:
    """The outside said no to `what` (a job kind) about this order, with its `code`: kept for a person to act on."""
    tx.run(orders.REFUSE_FILING, order=order, what=what, code=code, now=tx.now.ms)
