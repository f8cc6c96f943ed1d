"""What promises stand on, gathered from the stages in a few plural reads; and a promise moved in every book."""

from collections.abc import Collection, Mapping, Sequence

from roulian import decide, make, sell, stock
from roulian.store import Tx
from roulian.words import Day, OrderId, Refusal, SkuId


def promises(tx: Tx, wanted: Sequence[sell.Wanted]) -> tuple[decide.Promise, ...]:
    """A date and its reason for every line, in the lines' order, and for every component of a bundle. Raises `UnknownSku`, `CampaignClosed`."""
    needs = sell.campaigns_of(tx, wanted)
    return decide.promise_all(_asks(tx, needs), supplies(tx, [want.sku for want, _ in needs]))


def promise_each(tx: Tx, bills: Sequence[sell.Bill]) -> tuple[tuple[decide.Promise, ...] | Refusal, ...]:
    """The promises of every bill in its turn, or why nobody can say when; their shelves are locked until the commit."""
    skus = sorted({want.sku for bill in bills for want, _ in bill.needs})
    stock.lock(tx, skus)
    return decide.promise_each([_asks(tx, bill.needs) for bill in bills], supplies(tx, skus))


def _asks(tx: Tx, needs: sell.Needs) -> tuple[decide.Ask, ...]:
    return tuple(
        decide.Ask(
            sku=want.sku,
            qty=want.qty,
            today=tx.now.day(),
            not_before=campaign.deadline_at.day() if campaign else None,
            line=campaign.id if campaign else "",
            leaves_from=campaign.ship_day if campaign else None,
        )
        for want, campaign in needs
    )


def supplies(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, decide.Supply]:
    """The shelves that serve buyers, inbound, sourcing, capacity and bulk line of each SKU, as `decide` reads them."""
    levels, inbound = stock.serving(tx, skus), make.inbound(tx, skus)
    sourcing, recipes = make.sourcing(tx, skus), make.recipes(tx, skus)
    capacity = make.free_capacity(tx, recipes.values(), first=tx.now.day()) if recipes else {}
    bulk = decide.bulk_lines(tx, skus)
    return {
        sku: decide.supply(
            sku,
            level=levels.get(sku),
            inbound=inbound.get(sku, ()),
            sourcing=sourcing.get(sku),
            recipe=recipes.get(sku),
            free_capacity=capacity.get(sku, ()),
            bulk_from=bulk.get(sku),
        )
        for sku in skus
    }


def kits(
    tx: Tx, orders: Sequence[tuple[sell.Order, Sequence[decide.Promise]]]
) -> Mapping[OrderId, tuple[stock.Ask, ...]]:
    """The bundles of each order, with what one of them takes; promises name their components alone."""
    promised = {promise.sku for _, promises in orders for promise in promises}
    bundles = sell.skus(tx, skus) if (skus := sell.skus_beside([order for order, _ in orders], promised)) else {}
    return {
        order.id: tuple(
            stock.Ask(sku.id, qty, tuple(stock.Want(part.sku, part.qty) for part in sell.explode(sku)))
            for sku, qty in sell.lines_of(order, bundles)
        )
        for order, _ in orders
        if bundles
    }


def promised_days(tx: Tx, waiting: Sequence[stock.Claim]) -> Mapping[OrderId, Day]:
    """The day each order of these claims is promised for now."""
    orders = sell.orders(tx, [claim.order for claim in waiting])
    return {ident: order.promised_day for ident, order in orders.items()}


def move(tx: Tx, moved: Mapping[OrderId, decide.Promise], *, reason: str) -> None:
    """The new promises stand in the ledger and on the orders alike, so that message, page and article agree."""
    told = decide.promises(tx, moved.keys())
    decide.promised(tx, {order: decide.replaced(told[order], promise) for order, promise in moved.items()})
    sell.move_promises(tx, {order: promise.day for order, promise in moved.items()}, reason=reason)


def postpone(tx: Tx, order: sell.Order, skus: Collection[SkuId], *, day: Day, code: decide.ReasonCode) -> None:
    """As `move`, for goods that stand packed: these `skus`, and with them the order, leave by `day`, for `code`."""
    told = decide.promises(tx, [order.id])[order.id]
    decide.promised(tx, {order.id: decide.postponed(told, skus, was_day=order.promised_day, day=day, code=code)})
    sell.move_promises(tx, {order.id: day}, reason=code)
