"""Orders are placed, given up, promised anew, shipped and delivered here; their money is `payments`' affair."""

from collections.abc import Mapping, Sequence

from roulian.sell.events import OrderPlaced
from roulian.sell.model import (
    Line,
    NotCancellable,
    Order,
    OrderNotFound,
    OrderStatus,
    Wanted,
    merged,
    off_terms,
    order_of_trade,
)
from roulian.sell.tables import catalogue, orders
from roulian.sell.writes import lots, steps
from roulian.store import Tx
from roulian.words.errors import Bug, Refusal
from roulian.words.ids import MemberId, OrderId
from roulian.words.time import Day, Instant


def place(
    tx: Tx,
    *,
    key: str,
    member: MemberId,
    region: str,
    lines: Sequence[Wanted],
    promised_day: Day,
    pay_by: Instant,
) -> Order:
    """The member's order under `key`, at our prices; placed again under the same key it is the order of the first time.

    Campaign lines cost the campaign's price. It stays payable until `pay_by`, or until its first
    campaign closes if that is earlier: `pay_expires_at`, for which the caller sets a deadline.
    Raises `CartEmpty`, `BadQuantity`, `UnknownSku`, `CampaignNotFound`, `CampaignClosed`, `OverMemberLimit`, `CampaignFull`; off a SKU's terms
    `NotOnSale`, `NotSoldHere`, `QuantityRule`.
    """
    cart = merged(lines)
    if any(want.campaign is not None for want in cart):
        first = _of_key(tx, member, key=key)  # the campaign may have closed since; the first order still stands
        if first is not None:
            return first
    known = catalogue.skus_of(tx, {want.sku for want in cart})
    no = off_terms(cart, known, member=member, region=region, now=tx.now)
    if no is not None:
        return _first_or(tx, no, member=member, key=key)
    priced, closes = [], [pay_by]
    for want in cart:
        price = known[want.sku].price_fen
        if want.campaign is not None:
            campaign = lots.order_in(tx, want.campaign, sku=want.sku, qty=want.qty, member=member)
            price = campaign.price_fen
            closes.append(campaign.deadline_at)
        priced.append(Line(want.sku, want.qty, price, want.campaign))
    order = Order(
        id=OrderId(tx.new_id("ord")),
        member=member,
        region=region,
        lines=tuple(priced),
        total_fen=sum(line.total_fen() for line in priced),
        status=OrderStatus.PLACED,
        promised_day=promised_day,
        placed_at=tx.now,
        pay_expires_at=min(closes),
    )
    return _enter(tx, order, key=key)


def _first_or(tx: Tx, no: Refusal, *, member: MemberId, key: str) -> Order:
    """The order placed under `key` while the terms still let it; `no` is raised where there is none."""
    first = _of_key(tx, member, key=key)
    if first is None:
        raise no
    return first


def _enter(tx: Tx, order: Order, *, key: str) -> Order:
    if not tx.run(orders.ADD_ORDER, **orders.order_values(order, key=key)):
        for campaign, qty in order.campaign_qtys():
            lots.take_back(tx, campaign, qty=qty)
        first = _of_key(tx, order.member, key=key)
        if first is None:
            raise Bug("an order key is taken by an order that is not there")
        return first
    tx.many(orders.ADD_LINE, orders.line_values(order))
    tx.emit(OrderPlaced(order.id))
    return order


def _of_key(tx: Tx, member: MemberId, *, key: str) -> Order | None:
    return next(iter(orders.orders(tx.rows(orders.OF_KEY, of_member=member, of_key=key)).values()), None)


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


def expire(tx: Tx, order: OrderId) -> bool:
    """Whether the order was still unpaid and is cancelled now; any other order stays as it is.

    For the deadline at `pay_expires_at`. Raises `OrderNotFound`.
    """
    known = steps.found(tx, order)
    if known.status is not OrderStatus.PLACED:
        return False
    try:
        steps.advance(tx, known, lambda it: it.cancel(why="expired"))
    except NotCancellable:
        return False
    return True


def move_promise(tx: Tx, order: OrderId, day: Day, *, reason: str) -> bool:
    """Whether the promise of an open order moved to `day`, which is then said; see `move_promises`."""
    return bool(move_promises(tx, {order: day}, reason=reason))


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
