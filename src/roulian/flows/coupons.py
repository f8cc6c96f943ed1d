"""A cart priced with a voucher, an order placed with one, and the voucher back when the order comes to nothing."""

from collections.abc import Sequence
from datetime import timedelta

from roulian import offers, people, sell
from roulian.flows import offering
from roulian.store import Tx
from roulian.words import MemberId


def open_coupon(tx: Tx, terms: offers.CouponTerms) -> offers.Coupon:
    """The coupon, on offer, for goods and presales that exist. Raises `BadCoupon`, `UnknownScope`."""
    scope = terms.scope
    skus, campaigns = sell.skus(tx, scope.skus), sell.campaigns(tx, scope.campaigns)
    nodes = sell.category_tree({product.id: product.category for product in sell.products(tx).values()})
    scope.check(skus=skus, categories={node for node, _ in nodes}, campaigns=campaigns)
    return offers.open_coupon(tx, terms)


def quote(tx: Tx, cart: sell.Cart) -> offers.Quote:
    """What the cart costs its member, with and without each voucher. Raises what `sell.bills` refuses with."""
    return _quote(tx, cart.member, offering.bill(tx, cart).lines)


def place(tx: Tx, cart: sell.Cart, voucher: offers.VoucherId, *, pay_within: timedelta) -> sell.Order:
    """The order with what the voucher takes off; the voucher is this order's. The same key again is the first order.

    Raises what `sell.bills`, `supply.promise_each` and `sell.place` refuse with, `VoucherNotFound`, `VoucherUnfit`,
    `VoucherTaken`.
    """
    billed = offering.bill(tx, cart)
    if isinstance(billed, sell.Order):
        return billed
    choice = _quote(tx, cart.member, billed.lines).of(voucher)
    choice.check()
    lowered = offering.lowered(billed, choice.by_line_fen)
    order = offering.enter(tx, lowered, offering.promises(tx, billed), pay_by=tx.now.plus(pay_within))
    offers.redeem(tx, voucher, order=order.id, members=_person(tx, cart.member), off_fen=choice.off_fen())
    return order


def _quote(tx: Tx, member: MemberId, lines: Sequence[sell.Line]) -> offers.Quote:
    vouchers = mine(tx, member)
    coupons = offers.coupons(tx, {voucher.coupon for voucher in vouchers})
    return offers.quote(offering.cart_lines(tx, lines), vouchers, coupons, now=tx.now)


def mine(tx: Tx, member: MemberId) -> tuple[offers.Voucher, ...]:
    """The vouchers of the member and of those merged into them, newest first."""
    return offers.vouchers_of(tx, _person(tx, member))


def _person(tx: Tx, member: MemberId) -> tuple[MemberId, ...]:
    return people.families(tx, [member])[member]


def free(tx: Tx, event: sell.OrderCancelled) -> None:
    """The voucher of an order that lapsed can be used again, unless late money has made the order stand once more."""
    if not sell.order(tx, event.order).is_open():
        offers.free_voucher(tx, event.order)


def give_back(tx: Tx, event: sell.OrderRefunded | sell.PartRefunded) -> None:
    """When all the money of an order is back, so is its voucher, by the coupon's rule."""
    if not sell.order(tx, event.order).left_fen():
        offers.return_voucher(tx, event.order)
