"""Place an order and pay for it; follow it; change one's mind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

import msgspec

from roulian import offers, people, sell
from roulian.flows import checkout, coupons, groups
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import NotSignedIn, StoreDeps, caller, callers
from roulian.web.storefront.instead import or_instead
from roulian.web.storefront.presales import owing
from roulian.web.wire import Call, Reply
from roulian.words import CampaignId, MemberId, OrderId, Refusal, Rejected, SkuId

MOST_LINES = 60
_PAID_ALREADY = "ORDERPAID"


class CartLine(msgspec.Struct, forbid_unknown_fields=True):
    """So many of one SKU, of a presale when `campaign` is named."""

    sku: str
    qty: int
    campaign: str | None = None


class Joining(msgspec.Struct, forbid_unknown_fields=True):
    """A group-buy, and the group to join; without one, a group of one's own."""

    groupbuy: str
    group: str | None = None


class Cart(msgspec.Struct, forbid_unknown_fields=True):
    """What to order. `key` is the phone's own: sending the same key again is the same order.

    With `voucher` the order costs less by it; with `group` it costs the group's price, and the answer's `group` says which
    group it sits in: `moved` where the one asked for was full. Not both.
    """

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    region: str
    lines: Annotated[list[CartLine], msgspec.Meta(max_length=MOST_LINES)]
    voucher: str | None = None
    group: Joining | None = None


_CART = msgspec.json.Decoder(Cart)


@dataclass(frozen=True, slots=True)
class Sent:
    """A cart as it came, and from whose session."""

    token: str
    cart: Cart


Placing = Callable[[Tx, Sequence[Sent]], Sequence[sell.Order | Refusal]]


async def place(placing: Placing, deps: StoreDeps, call: Call) -> Reply:
    """The order, durable, with its stock and its promise; carts that arrive together are placed together."""
    sent = Sent(call.token(), _CART.decode(call.body))
    if sent.cart.voucher is not None or sent.cart.group is not None:
        lowered = await deps.store.run(
            partial(_placed_lower, sent=sent, pay_within=deps.pay_within, account=deps.appid), cause="web.checkout"
        )
        return Reply.json(lowered, status=201)
    order = await deps.store.run_together(placing, sent, cause="web.checkout")
    return Reply.json(summary(order), status=201)


def _placed(tx: Tx, sent: Sequence[Sent], *, pay_within: timedelta, account: str) -> Sequence[sell.Order | Refusal]:
    members = callers(tx, {each.token for each in sent})
    carts = [_wanted(each.cart, members[each.token], account=account) for each in sent if each.token in members]
    orders = iter(checkout.place(tx, carts, pay_within=pay_within))
    return [next(orders) if each.token in members else NotSignedIn() for each in sent]


def _placed_lower(tx: Tx, *, sent: Sent, pay_within: timedelta, account: str) -> dict[str, object]:
    """What is told of an order that costs less, with a voucher or in a group; each goes by itself."""
    cart = _wanted(sent.cart, caller(tx, sent.token), account=account)
    joining, voucher = sent.cart.group, sent.cart.voucher
    if joining is None:
        return summary(coupons.place(tx, cart, offers.VoucherId(voucher or ""), pay_within=pay_within))
    if voucher is not None:
        raise offers.OneOfferOnly
    group = None if joining.group is None else offers.GroupId(joining.group)
    wanted = groups.Joining(offers.GroupBuyId(joining.groupbuy), group)
    order = groups.place(tx, cart, wanted, pay_within=pay_within)
    return {**summary(order), "group": _seated(tx, order.id, asked=group)}


def _seated(tx: Tx, order: OrderId, *, asked: offers.GroupId | None) -> dict[str, object] | None:
    """The group the order sits in, beside the one asked for; None for an order that lost its seat since."""
    seat = offers.seats(tx, [order]).get(order)
    if seat is None:
        return None
    return {"id": seat.group, "asked": asked, "moved": asked is not None and seat.group != asked}


def _wanted(cart: Cart, member: MemberId, *, account: str) -> sell.Cart:
    wanted = wanted_lines(cart.lines)
    return sell.Cart(key=cart.key, member=member, region=cart.region, wanted=wanted, account=account)


def wanted_lines(lines: Sequence[CartLine]) -> tuple[sell.Wanted, ...]:
    """The lines as the shop reads them."""
    return tuple(
        sell.Wanted(SkuId(line.sku), line.qty, CampaignId(line.campaign) if line.campaign else None) for line in lines
    )


async def pay(deps: StoreDeps, call: Call) -> Reply:
    """How to pay what is due now, the whole, the deposit or the balance: the arguments of `wx.requestPayment`, or None."""
    ident = OrderId(call.path["order"])

    def work(tx: Tx) -> tuple[sell.Order, str]:
        member = caller(tx, call.token())
        return own_order(tx, ident, member), people.openids(tx, [member], appid=deps.appid)[member]

    order, openid = await deps.store.ask(work)
    due = order.due()
    if due is None:
        return Reply.json({**summary(order), "pay": None})
    order, how = await _till(deps, order, due, openid)
    return Reply.json({**summary(order), "pay": how})


async def _till(
    deps: StoreDeps, order: sell.Order, due: sell.Due, openid: str
) -> tuple[sell.Order, dict[str, str] | None]:
    """The order and how to pay what is due of it; one that WeChat knows as paid is paid, although its notice is still on its way."""
    try:
        return order, await _pay_parameters(deps, order, due, openid)
    except Rejected as error:
        if error.code != _PAID_ALREADY:
            raise
    state = await deps.pay.query(due.number)
    return await deps.store.run(lambda tx: checkout.asked(tx, state), cause="web.checkout"), None


async def _pay_parameters(deps: StoreDeps, order: sell.Order, due: sell.Due, openid: str) -> dict[str, str]:
    prepay_id = await deps.pay.prepay(
        out_trade_no=due.number,
        description=f"订单 {order.id[-6:]}",
        total_fen=due.fen,
        openid=openid,
        expire_at=due.by,
        notify_url=f"{deps.public_url}/wechat/pay/notify",
    )
    return dict(deps.pay.sign_prepay(prepay_id))


async def cancel(deps: StoreDeps, call: Call) -> Reply:
    """Cancel while unpaid."""
    ident = OrderId(call.path["order"])

    def work(tx: Tx) -> dict[str, object]:
        member = caller(tx, call.token())
        own_order(tx, ident, member)
        checkout.cancel(tx, ident)
        return summary(sell.order(tx, ident))

    return Reply.json(await deps.store.run(work, cause="web.cancel"))


def own_order(tx: Tx, ident: OrderId, member: MemberId) -> sell.Order:
    """The member's own order, under whichever of their ids it was placed. Raises `OrderNotFound`."""
    order = sell.order(tx, ident)
    if order.member != member and order.member not in people.families(tx, [member])[member]:
        raise sell.OrderNotFound(ident)
    return order


def summary(order: sell.Order) -> dict[str, object]:
    """What every answer about an order begins with."""
    return {
        "order": order.id,
        "status": order.status,
        "total_fen": order.total_fen,
        "promised_day": order.promised_day.iso(),
        "pay_by_ms": order.pay_expires_at.ms,
        **owing(order),
        "lines": [
            {
                "sku": line.sku,
                "qty": line.qty,
                "price_fen": line.price_fen,
                "discount_fen": line.discount_fen,
                "campaign": line.campaign,
                "is_dropped": line.is_dropped,
            }
            for line in order.lines
        ],
    }


def doors(bound: Callable[..., Route], deps: StoreDeps) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    placing = or_instead(partial(place, partial(_placed, pay_within=deps.pay_within, account=deps.appid)))
    return (
        bound("POST", "/orders", placing, request=Cart, summary="Place an order; the same key, the same order"),
        bound("POST", "/orders/{order}/pay", pay, summary="How to pay an order, asked as often as one likes"),
        bound("POST", "/orders/{order}/cancel", cancel, summary="Cancel an order that is not yet paid"),
    )
