"""Questions about the catalogue, campaigns, orders and money. Plural where there can be many; pages are newest first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from roulian.sell.model import (
    Bill,
    Campaign,
    CampaignCounts,
    CampaignNotFound,
    CampaignStatus,
    Cart,
    DayTotals,
    Entry,
    FilingRefused,
    Money,
    Movement,
    MovementKind,
    Needs,
    Order,
    OrderNotFound,
    OrderStatus,
    Product,
    ProductId,
    Refund,
    RefusedPayment,
    Sku,
    Trade,
    UnknownSku,
    Wanted,
    bill,
    joined,
    taken_apart,
)
from roulian.sell.tables import campaigns as campaign_rows
from roulian.sell.tables import catalogue as catalogue_rows
from roulian.sell.tables import entries as entry_rows
from roulian.sell.tables import money as money_rows
from roulian.sell.tables import orders as order_rows
from roulian.store import Tx
from roulian.words.errors import Refusal
from roulian.words.ids import CampaignId, MemberId, OrderId, SkuId
from roulian.words.time import Day, Instant


def products(tx: Tx, ids: Collection[ProductId] | None = None) -> Mapping[ProductId, Product]:
    """The products of these ids that exist, or all, in id order."""
    stmt = catalogue_rows.ALL_PRODUCTS if ids is None else catalogue_rows.PRODUCTS_OF
    rows = tx.rows(stmt) if ids is None else tx.rows(stmt, ids=list(ids))
    return {row[0]: catalogue_rows.product(row) for row in rows}


def skus(tx: Tx, ids: Collection[SkuId] | None = None) -> Mapping[SkuId, Sku]:
    """The SKUs of these ids that exist, or all, in id order."""
    if ids is not None:
        return catalogue_rows.skus_of(tx, ids)
    return {row[0]: catalogue_rows.sku(row) for row in tx.rows(catalogue_rows.ALL_SKUS)}


def entries(tx: Tx, ids: Collection[ProductId] | None = None) -> Mapping[ProductId, Entry]:
    """The whole entries of these products that exist, or of all, in id order; SKUs made for one member are left out."""
    return entry_rows.entries_of(tx, ids)


def campaign(tx: Tx, ident: CampaignId) -> Campaign:
    """The campaign. Raises `CampaignNotFound`."""
    known = campaign_rows.campaigns_of(tx, (ident,)).get(ident)
    if known is None:
        raise CampaignNotFound(ident)
    return known


def campaigns(tx: Tx, ids: Collection[CampaignId]) -> Mapping[CampaignId, Campaign]:
    """The campaigns of these ids that exist."""
    return campaign_rows.campaigns_of(tx, ids)


def campaigns_of(tx: Tx, wanted: Sequence[Wanted]) -> Needs:
    """Each line of a cart with the campaign it asks for, or None, in the cart's order; of a bundle its components.

    Raises `UnknownSku`, `CampaignNotFound` (also where it sells another SKU), `CampaignClosed`.
    """
    known = catalogue_rows.skus_of(tx, {want.sku for want in wanted})
    for want in wanted:
        if want.sku not in known:
            raise UnknownSku(want.sku)
    campaigns = _campaigns_named(tx, wanted)
    asked = [(want, joined(want, campaigns, now=tx.now)) for want in wanted]
    return tuple((part, campaign) for want, campaign in asked for part in taken_apart(want, known[want.sku]))


def open_campaigns(tx: Tx, skus: Collection[SkuId] | None = None) -> Mapping[CampaignId, Campaign]:
    """The campaigns of these SKUs, or all, that take orders now, the one that closes first first."""
    if skus is None:
        rows = tx.rows(campaign_rows.ACCEPTING_NOW, now=tx.now.ms)
    else:
        rows = tx.rows(campaign_rows.ACCEPTING_OF, skus=list(skus), now=tx.now.ms)
    return {row[0]: campaign_rows.campaign(row) for row in rows}


def campaigns_page(
    tx: Tx,
    *,
    status: CampaignStatus | None = None,
    sku: SkuId | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Campaign, ...]:
    """At most `limit` campaigns older than the id `before`, newest first."""
    rows = tx.rows(campaign_rows.PAGE, of_status=status, of_sku=sku, before=before, most=limit)
    return tuple(map(campaign_rows.campaign, rows))


def lots(tx: Tx, ident: CampaignId) -> tuple[tuple[int, int], ...]:
    """The lots the campaign opened: number from 1, and units, in order."""
    return tuple((row[0], row[1]) for row in tx.rows(campaign_rows.LOTS_OF, of_campaign=ident))


def campaign_counts(tx: Tx) -> CampaignCounts:
    """Presales by where they stand, and the lots they opened."""
    row = tx.one(campaign_rows.LOT_COUNT)
    outcomes = {row[0]: row[1] for row in tx.rows(campaign_rows.OUTCOMES)}
    return CampaignCounts(outcomes, row[0] if row else 0)


def order(tx: Tx, ident: OrderId, *, member: MemberId | None = None) -> Order:
    """The order; with `member`, only that member's own. Raises `OrderNotFound`."""
    known = order_rows.orders_of(tx, (ident,)).get(ident)
    if known is None or (member is not None and known.member != member):
        raise OrderNotFound(ident)
    return known


def orders(tx: Tx, ids: Collection[OrderId]) -> Mapping[OrderId, Order]:
    """The orders of these ids that exist."""
    return order_rows.orders_of(tx, ids)


def bills(tx: Tx, carts: Sequence[Cart]) -> tuple[Bill | Order | Refusal, ...]:
    """What each cart would cost and take; the order, where one was placed under its key; or why it cannot be sold.

    The refusals are `bill`'s: an answer among others, not raised.
    """
    placed = order_rows.orders_of_keys(tx, carts)
    wanted = [want for cart in carts for want in cart.wanted]
    skus = catalogue_rows.skus_of(tx, {want.sku for want in wanted})
    campaigns = _campaigns_named(tx, wanted)

    def answer(cart: Cart) -> Bill | Order | Refusal:
        known = placed.get((cart.member, cart.key))
        if known is not None:
            return known
        try:
            return bill(cart, skus=skus, campaigns=campaigns, now=tx.now)
        except Refusal as no:
            return no

    return tuple(map(answer, carts))


def _campaigns_named(tx: Tx, wanted: Iterable[Wanted]) -> Mapping[CampaignId, Campaign]:
    named = {want.campaign for want in wanted if want.campaign is not None}
    return campaign_rows.campaigns_of(tx, named) if named else {}


def orders_page(
    tx: Tx,
    *,
    status: OrderStatus | None = None,
    sku: SkuId | None = None,
    member: MemberId | None = None,
    campaign: CampaignId | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Order, ...]:
    """At most `limit` orders older than the id `before` that match every filter given, newest first."""
    rows = tx.rows(
        order_rows.PAGE,
        of_status=status,
        of_sku=sku,
        of_member=member,
        of_campaign=campaign,
        before=before,
        most=limit,
    )
    ids = [OrderId(row[0]) for row in rows]
    found = order_rows.orders_of(tx, ids)
    return tuple(found[ident] for ident in ids)


def orders_of_campaign(
    tx: Tx, ident: CampaignId, *, statuses: Collection[OrderStatus] = tuple(OrderStatus)
) -> tuple[Order, ...]:
    """Every order with a line in the campaign that stands in one of `statuses`, oldest first."""
    rows = tx.rows(order_rows.OF_CAMPAIGN, of_campaign=ident, statuses=[status.value for status in statuses])
    return _in_order(rows)


def trades(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, tuple[Trade, ...]]:
    """The payments that came for each of these orders, the first or only one first; orders without are absent."""
    found: dict[OrderId, tuple[Trade, ...]] = {}
    for trade in map(money_rows.trade, tx.rows(money_rows.TRADES_OF, orders=list(orders))):
        found[trade.order] = (*found.get(trade.order, ()), trade)
    return found


def movements(tx: Tx, *, first: Instant, end: Instant) -> tuple[Movement, ...]:
    """Money that came from `first` to before `end`, fitting an order or none, and refunds due then; by number."""
    rows = tx.rows(money_rows.MOVEMENTS, first_at=first.ms, end_at=end.ms)
    return tuple(Movement(MovementKind(kind), number, transaction, fen) for kind, number, transaction, fen in rows)


def order_counts(tx: Tx) -> Mapping[OrderStatus, int]:
    """How many orders stand in each status; every status has its number."""
    found = {row[0]: row[1] for row in tx.rows(order_rows.BY_STATUS)}
    return {status: found.get(status.value, 0) for status in OrderStatus}


def daily_totals(tx: Tx, *, first: Day, last: Day) -> tuple[DayTotals, ...]:
    """Orders placed on each day from `first` to `last`, by the status they have now; days without orders are absent."""
    rows = tx.rows(order_rows.DAILY, first_at=first.at(0).ms, end_at=last.plus(1).at(0).ms)
    return tuple(DayTotals(Day(row[0]), OrderStatus(row[1]), row[2], row[3], row[4]) for row in rows)


def filings_refused(tx: Tx, orders: Collection[OrderId]) -> tuple[FilingRefused, ...]:
    """What the outside said no to about these orders, by order."""
    rows = tx.rows(order_rows.FILINGS_REFUSED_OF, orders=list(orders))
    return tuple(FilingRefused(OrderId(row[0]), row[1], row[2], Instant(row[3])) for row in rows)


def item_names(tx: Tx, orders: Iterable[Order]) -> Mapping[OrderId, str]:
    """What each order is called in a message, in Chinese: its first product, and 等 when there are more lines."""
    placed = list(orders)
    first = {order.id: order.lines[0].sku for order in placed}
    named = {row[0]: row[1] for row in tx.rows(catalogue_rows.NAMES_OF, ids=list(set(first.values())))}
    return {order.id: named[first[order.id]] + ("等" if len(order.lines) > 1 else "") for order in placed}


def refunds(tx: Tx, numbers: Collection[str]) -> Mapping[str, Refund]:
    """The refunds of these numbers that were entered."""
    return {row[0]: money_rows.refund(row) for row in tx.rows(money_rows.REFUNDS_OF, numbers=list(numbers))}


def refunds_of(tx: Tx, claims: Collection[str]) -> Mapping[str, tuple[Refund, ...]]:
    """The refunds owed under each of these claims: one, or one out of each of the order's two trades."""
    found: dict[str, tuple[Refund, ...]] = {}
    for refund in map(money_rows.refund, tx.rows(money_rows.REFUNDS_OF_CLAIMS, claims=list(claims))):
        found[refund.claim] = (*found.get(refund.claim, ()), refund)
    return found


def refused_payments_page(tx: Tx, *, before: str | None = None, limit: int = 50) -> tuple[RefusedPayment, ...]:
    """Money that came but fitted no order, newest first: somebody has to send it back."""
    rows = tx.rows(money_rows.REFUSED_PAGE, before=before, most=limit)
    return tuple(money_rows.refused_payment(row) for row in rows)


def money(tx: Tx) -> Money:
    """The books: what came in, what is kept, owed back and returned. Reads every payment."""
    row = tx.one(money_rows.MONEY)
    assert row is not None
    return Money(*row)


def _in_order(rows: Iterable[tuple[Any, ...]]) -> tuple[Order, ...]:
    return tuple(order_rows.orders(rows).values())
