"""What is left to pay of an order, and what a buyer may choose whose presale missed its lot."""

from collections.abc import Callable

import msgspec

from roulian import people, sell
from roulian.flows import missed
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.wire import Call, Reply
from roulian.words import CampaignId, MemberId, OrderId


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """What the buyer of a presale that missed its lot chooses: the substitute, or else the money."""

    campaign: str
    takes_substitute: bool


def _own(tx: Tx, ident: OrderId, member: MemberId) -> sell.Order:
    """The order, if it is the member's or one of those they were merged with. Raises `OrderNotFound`."""
    order = sell.order(tx, ident)
    if order.member != member and order.member not in people.families(tx, [member])[member]:
        raise sell.OrderNotFound(ident)
    return order


def owing(order: sell.Order) -> dict[str, object]:
    """What is paid of the order, what may be paid now and until when, and what its buyer may choose."""
    due = order.due()
    return {
        "deposit_fen": order.deposit_fen,
        "paid_fen": order.paid_fen,
        "returned_fen": order.returned_fen,
        "due_fen": due.fen if due else 0,
        "due_by_ms": due.by.ms if due else None,
        "choices": [
            {
                "campaign": line.campaign,
                "sku": line.sku,
                "substitute": line.substitute.sku,
                "price_fen": line.swapped().price_fen,
                "by_ms": line.substitute.by.ms,
            }
            for line in order.lines_to_choose()
            if line.substitute
        ],
    }


async def choose(deps: StoreDeps, call: Call) -> Reply:
    """Take the substitute, or the money."""
    ident, choice = OrderId(call.path["order"]), msgspec.json.decode(call.body, type=Choice)
    answer = missed.accept if choice.takes_substitute else missed.decline

    def work(tx: Tx) -> dict[str, object]:
        _own(tx, ident, caller(tx, call.token()))
        order = answer(tx, ident, CampaignId(choice.campaign))
        return {"order": order.id, "status": order.status, "promised_day": order.promised_day.iso(), **owing(order)}

    return Reply.json(await deps.store.run(work, cause="web.choice"))


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    return (
        bound(
            "POST",
            "/orders/{order}/choice",
            choose,
            request=Choice,
            summary="A presale missed its lot: take the substitute or the money",
        ),
    )
