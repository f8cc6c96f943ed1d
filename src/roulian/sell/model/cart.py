"""A cart on its way to an order: what is wanted, then a bill of it, and which carts can be looked at together."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from roulian.sell.model.campaign import Campaign
from roulian.sell.model.catalogue import Sku
from roulian.sell.model.entry import off_terms, taken_apart
from roulian.sell.model.line import Line, Wanted, merged
from roulian.sell.model.order import Order
from roulian.sell.model.refusals import CampaignClosed, CampaignNotFound, DepositAlone
from roulian.words.ids import CampaignId, MemberId, SkuId
from roulian.words.time import Instant

Needs = tuple[tuple[Wanted, Campaign | None], ...]


@dataclass(frozen=True, slots=True)
class Cart:
    """What a member wants, to be sent to `region`; `key` makes a second submission the same order.

    `account` is the appid of the mini-program they came through, empty for none.
    """

    key: str
    member: MemberId
    region: str
    wanted: tuple[Wanted, ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """A cart at our prices, its terms checked. `needs` is what it takes, of a bundle its components, with the campaign."""

    cart: Cart
    lines: tuple[Line, ...]
    needs: Needs


def bill(
    cart: Cart,
    *,
    skus: Mapping[SkuId, Sku],
    campaigns: Mapping[CampaignId, Campaign],
    now: Instant,
) -> Bill:
    """The cart's bill, one line per SKU and campaign; a campaign's line at the campaign's price.

    Raises `CartEmpty`, `BadQuantity`, `UnknownSku`; off a SKU's terms `NotOnSale`, `NotSoldHere`, `QuantityRule`;
    `CampaignNotFound` (also where it sells another SKU), `CampaignClosed`, `DepositAlone`.
    """
    wanted = merged(cart.wanted)
    no = off_terms(wanted, skus, member=cart.member, region=cart.region, now=now, account=cart.account)
    if no is not None:
        raise no
    asked = [(want, joined(want, campaigns, now=now)) for want in wanted]
    if len(asked) > 1:
        for _, campaign in asked:
            if campaign is not None and campaign.deposit_fen:
                raise DepositAlone(campaign.id)
    lines = tuple(
        Line(want.sku, want.qty, campaign.price_fen if campaign else skus[want.sku].price_fen, want.campaign)
        for want, campaign in asked
    )
    needs = tuple((part, campaign) for want, campaign in asked for part in taken_apart(want, skus[want.sku]))
    return Bill(cart, lines, needs)


def deposit_of(joined: Iterable[tuple[Campaign, int]], *, total_fen: int) -> int:
    """What is asked first of an order of `total_fen` with so many units of these campaigns; 0 where that is all of it."""
    deposit_fen = sum(campaign.deposit_fen * qty for campaign, qty in joined)
    return deposit_fen if deposit_fen < total_fen else 0


def joined(want: Wanted, campaigns: Mapping[CampaignId, Campaign], *, now: Instant) -> Campaign | None:
    """The campaign that the line joins, None where it names none. Raises `CampaignNotFound`, `CampaignClosed`."""
    if want.campaign is None:
        return None
    asked = campaigns.get(want.campaign)
    if asked is None or asked.sku != want.sku:
        raise CampaignNotFound(want.campaign)
    if not asked.accepts(now):
        raise CampaignClosed(want.campaign)
    return asked


def runs(carts: Sequence[Cart]) -> Iterator[tuple[Cart, ...]]:
    """The carts in their order, in runs whose carts can be placed at once.

    No key is twice in a run, for the second is then an order that was placed; whoever joins a presale goes alone, for
    its limits count the orders before.
    """
    run: dict[tuple[MemberId, str], Cart] = {}
    for cart in carts:
        joins = any(want.campaign is not None for want in cart.wanted)
        if run and (joins or (cart.member, cart.key) in run):
            yield tuple(run.values())
            run = {}
        run[cart.member, cart.key] = cart
        if joins:
            yield (cart,)
            run = {}
    if run:
        yield tuple(run.values())


def skus_beside(orders: Iterable[Order], named: Collection[SkuId]) -> frozenset[SkuId]:
    """The SKUs on the orders' lines that are not among `named`: beside what was promised, the bundles."""
    return frozenset(line.sku for order in orders for line in order.lines) - frozenset(named)


def lines_of(order: Order, skus: Mapping[SkuId, Sku]) -> tuple[tuple[Sku, int], ...]:
    """The order's lines of these SKUs: which, and how many units."""
    return tuple((skus[line.sku], line.qty) for line in order.lines if line.sku in skus)
