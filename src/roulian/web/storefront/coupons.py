"""My coupons: which can be had, which I hold, and what a cart costs with each."""

from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec

from roulian import offers, sell
from roulian.flows import coupons
from roulian.store import Tx
from roulian.web.hot import Route
from roulian.web.storefront.deps import StoreDeps, caller
from roulian.web.storefront.orders import MOST_LINES, CartLine, wanted_lines
from roulian.web.wire import Call, Reply
from roulian.words import Instant


class Pricing(msgspec.Struct, forbid_unknown_fields=True):
    """A cart to be priced; with `voucher` as it would cost with that one, else with the best."""

    region: str
    lines: Annotated[list[CartLine], msgspec.Meta(max_length=MOST_LINES)]
    voucher: str | None = None


async def claimable(deps: StoreDeps, _: Call) -> Reply:
    """The coupons anyone may take now."""

    def work(tx: Tx) -> list[dict[str, object]]:
        return [{**_terms(one), "left": one.left()} for one in offers.claimable_coupons(tx)]

    return Reply.json({"coupons": await deps.store.ask(work)})


async def claim(deps: StoreDeps, call: Call) -> Reply:
    """One voucher of the coupon for the caller."""
    ident = offers.CouponId(call.path["coupon"])

    def work(tx: Tx) -> dict[str, object]:
        voucher = offers.claim(tx, ident, member=caller(tx, call.token()))
        return _voucher(voucher, offers.coupon(tx, ident), now=tx.now)

    return Reply.json(await deps.store.run(work, cause="web.coupon"), status=201)


async def mine(deps: StoreDeps, call: Call) -> Reply:
    """The caller's vouchers, newest first."""

    def work(tx: Tx) -> list[dict[str, object]]:
        held = coupons.mine(tx, caller(tx, call.token()))
        known = offers.coupons(tx, {voucher.coupon for voucher in held})
        return [_voucher(voucher, known[voucher.coupon], now=tx.now) for voucher in held]

    return Reply.json({"vouchers": await deps.store.ask(work)})


async def price(deps: StoreDeps, call: Call) -> Reply:
    """What the cart costs the caller: its lines, what comes off each, and every voucher with what it does or why not."""
    asked = msgspec.json.decode(call.body, type=Pricing)

    def work(tx: Tx) -> dict[str, object]:
        member = caller(tx, call.token())
        cart = sell.Cart(
            key="", member=member, region=asked.region, wanted=wanted_lines(asked.lines), account=deps.appid
        )
        quote = coupons.quote(tx, cart)
        chosen = quote.best() if asked.voucher is None else quote.of(offers.VoucherId(asked.voucher))
        return _quote(quote, chosen, lang=call.lang())

    return Reply.json(await deps.store.ask(work))


def _quote(quote: offers.Quote, chosen: offers.Choice | None, *, lang: str) -> dict[str, object]:
    by_line = chosen.by_line_fen if chosen is not None else (0,) * len(quote.lines)
    best = quote.best()
    return {
        "lines": [
            {
                "sku": line.sku,
                "qty": line.qty,
                "price_fen": line.price_fen,
                "campaign": line.campaign,
                "discount_fen": off_fen,
            }
            for line, off_fen in zip(quote.lines, by_line, strict=True)
        ],
        "total_fen": quote.total_fen(),
        "to_pay_fen": quote.to_pay_fen(chosen),
        "voucher": None if chosen is None else chosen.voucher.id,
        "best": None if best is None else best.voucher.id,
        "choices": [_choice(choice, lang=lang) for choice in quote.choices],
    }


def _choice(choice: offers.Choice, *, lang: str) -> dict[str, object]:
    obstacle = choice.obstacle
    return {
        "voucher": choice.voucher.id,
        "coupon": choice.coupon.id,
        "name_zh": choice.coupon.terms.name_zh,
        "name_en": choice.coupon.terms.name_en,
        "off_fen": choice.off_fen(),
        "obstacle": None if obstacle is None else {"why": obstacle.why, "text": obstacle.text(lang)},
    }


def _voucher(voucher: offers.Voucher, coupon: offers.Coupon, *, now: Instant) -> dict[str, object]:
    is_usable = voucher.order is None and coupon.is_valid(now)
    return {"voucher": voucher.id, "order": voucher.order, "is_usable": is_usable, **_terms(coupon)}


def _terms(coupon: offers.Coupon) -> Mapping[str, object]:
    terms = coupon.terms
    return {
        "coupon": coupon.id,
        "name_zh": terms.name_zh,
        "name_en": terms.name_en,
        "discount": terms.discount,
        "least_fen": terms.least_fen,
        "scope": terms.scope,
        "from_ms": terms.from_at.ms,
        "until_ms": terms.until_at.ms,
    }


def doors(bound: Callable[..., Route]) -> tuple[Route, ...]:
    """Every door of this file; `bound` puts a handler behind a path of the storefront."""
    return (
        bound("GET", "/coupons", claimable, summary="The coupons anyone may take now"),
        bound("GET", "/coupons/mine", mine, summary="The vouchers I hold"),
        bound("POST", "/coupons/{coupon}/claim", claim, summary="Take a coupon"),
        bound("POST", "/cart/price", price, request=Pricing, summary="What a cart costs, with which voucher and why"),
    )
