"""Group-buying: what is on offer, and how a group stands. No name, picture or id of a member is shown to another."""

from collections.abc import Callable

from roulian import offers
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.storefront.orders import own_order
from roulian.web.wire import Call, Reply
from roulian.words import Instant, OrderId


async def groupbuys(deps: StoreDeps, _: Call) -> Reply:
    """The group-buys that open groups now, with groups that still have a seat."""

    def work(tx: Tx) -> list[dict[str, object]]:
        found = offers.groupbuys_open(tx)
        groups = offers.joinable_groups(tx, [one.id for one in found])
        return [
            {
                **_terms(one),
                "groups": [_progress(group, now=tx.now) for group in groups if group.groupbuy == one.id],
            }
            for one in found
        ]

    return Reply.json({"groupbuys": await deps.store.ask(work)})


async def group(deps: StoreDeps, call: Call) -> Reply:
    """How a group stands: all that its page shows, in one answer."""
    ident = offers.GroupId(call.path["group"])

    def work(tx: Tx) -> dict[str, object]:
        found = offers.group(tx, ident)
        return {**_progress(found, now=tx.now), "groupbuy": _terms(offers.groupbuy(tx, found.groupbuy))}

    return Reply.json(await deps.store.ask(work))


async def of_order(deps: StoreDeps, call: Call) -> Reply:
    """The group of the caller's own order; null where it is in none. `asks` are the messages to be allowed."""
    ident = OrderId(call.path["order"])

    def work(tx: Tx) -> dict[str, object] | None:
        order = own_order(tx, ident, caller(tx, call.token()))
        seat = offers.seats(tx, [order.id]).get(order.id)
        if seat is None:
            return None
        return {**_progress(offers.group(tx, seat.group), now=tx.now), "seat": seat.status}

    return Reply.json({"group": await deps.store.ask(work), "asks": deps.group_templates})


def _terms(groupbuy: offers.GroupBuy) -> dict[str, object]:
    terms = groupbuy.terms
    return {
        "groupbuy": groupbuy.id,
        "sku": terms.sku,
        "price_fen": terms.price_fen,
        "size": terms.size,
        "fill_hours": terms.fill_hours,
        "most_qty": terms.most_qty,
        "until_ms": terms.until_at.ms,
    }


def _progress(found: offers.Group, *, now: Instant) -> dict[str, object]:
    return {
        "group": found.id,
        "status": found.status,
        "size": found.size,
        "members_paid": found.paid,
        "members_missing": found.missing(),
        "seats_free": found.free_seats(),
        "closes_ms": found.closes_at.ms,
        "left_s": found.left_s(now),
    }


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    return (
        bound("GET", "/groupbuys", groupbuys, summary="Group-buys on offer and groups to join"),
        bound("GET", "/groups/{group}", group, summary="How a group stands"),
        bound("GET", "/orders/{order}/group", of_order, summary="The group of my order"),
    )
