"""Orders that cost less than the catalogue says: priced by the server, entered like every other.

Neighbours: `coupons` and `groups` say what comes off, `checkout` holds the goods.
"""

from collections.abc import Sequence
from dataclasses import replace

from roulian import decide, offers, sell
from roulian.flows import checkout, supply
from roulian.store import Tx
from roulian.words import Instant, Refusal


def bill(tx: Tx, cart: sell.Cart) -> sell.Bill | sell.Order:
    """The cart at our own prices, or the order placed under its key before. Raises what `sell.bills` refuses with."""
    [found] = sell.bills(tx, [cart])
    if isinstance(found, Refusal):
        raise found
    return found


def promises(tx: Tx, billed: sell.Bill) -> tuple[decide.Promise, ...]:
    """When the bill's goods can leave, and why. Raises why nobody can say."""
    [made] = supply.promise_each(tx, [billed])
    if isinstance(made, Refusal):
        raise made
    return made


def cart_lines(tx: Tx, lines: Sequence[sell.Line]) -> tuple[offers.CartLine, ...]:
    """The lines as a coupon sees them."""
    skus = sell.skus(tx, {line.sku for line in lines})
    products = sell.products(tx, {sku.product for sku in skus.values()})
    campaigns = sell.campaigns(tx, {line.campaign for line in lines if line.campaign is not None})
    return tuple(
        offers.CartLine(
            sku=line.sku,
            qty=line.qty,
            price_fen=line.price_fen,
            category=products[skus[line.sku].product].category,
            campaign=line.campaign,
            has_deposit=line.campaign is not None and bool(campaigns[line.campaign].deposit_fen),
        )
        for line in lines
    )


def lowered(billed: sell.Bill, by_line_fen: Sequence[int]) -> sell.Bill:
    """The bill with so much off each line."""
    lines = zip(billed.lines, by_line_fen, strict=True)
    return replace(billed, lines=tuple(replace(line, discount_fen=off_fen) for line, off_fen in lines))


def enter(tx: Tx, billed: sell.Bill, promises: Sequence[decide.Promise], *, pay_by: Instant) -> sell.Order:
    """The order, its goods held or awaited. Raises as `sell.place` refuses.

    `AlreadyPlaced` where another process placed an order under the key since it was billed: what it paid less is its own.
    """
    [placed] = sell.place(tx, [(billed, decide.last_day(promises))], pay_by=pay_by)
    match placed:
        case sell.Placed(order=order):
            checkout.take(tx, [(order, promises)])
            tx.at(order.pay_expires_at, "checkout.expire", order.id)
            return order
        case Refusal():
            raise placed
        case sell.Order():
            raise offers.AlreadyPlaced(placed.id)
