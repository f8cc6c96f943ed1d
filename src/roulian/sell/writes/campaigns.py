"""Campaigns open, are extended, are promised a day, and close for good here."""

from typing import Unpack

from roulian.sell.events import CampaignOpened
from roulian.sell.model import (
    BACKING,
    BadCampaign,
    Campaign,
    CampaignClosed,
    CampaignNotFound,
    CampaignStatus,
    CampaignTerms,
    LotRule,
    Order,
    OrderStatus,
    UnknownSku,
)
from roulian.sell.tables import campaigns, catalogue, orders
from roulian.sell.writes import lots, missing, steps
from roulian.store import Tx
from roulian.words.ids import CampaignId, SkuId
from roulian.words.time import Day, Instant


def open_campaign(
    tx: Tx,
    *,
    sku: SkuId,
    price_fen: int,
    deadline_at: Instant,
    lot_qty: int,
    lot_multiple: int = 1,
    rule: LotRule = LotRule.OPEN_NEXT,
    promise_day: Day | None = None,
    **terms: Unpack[CampaignTerms],
) -> Campaign:
    """A new presale of `sku`, which says `CampaignOpened`; its closing at `deadline_at` is the caller's deadline to set.

    `lot_qty` is the economic lot and `lot_multiple` what lots are rounded up to, in units of the SKU.
    Limits, the second deadline, the deposit and the substitute are told at `Campaign`. Raises `BadCampaign`,
    `DepositTooHigh`, `UnknownSku`.
    """
    named = tuple(one for one in (sku, terms.get("substitute")) if one is not None)
    known = catalogue.skus_of(tx, named)
    for one in named:
        if one not in known:
            raise UnknownSku(one)
    campaign = Campaign(
        id=CampaignId(tx.new_id("cmp")),
        sku=sku,
        price_fen=price_fen,
        deadline_at=deadline_at,
        lot_qty=lot_qty,
        lot_multiple=lot_multiple,
        rule=rule,
        ordered_qty=0,
        paid_qty=0,
        opened_qty=0,
        lots_opened=0,
        status=CampaignStatus.OPEN,
        promise_day=promise_day,
        opened_at=tx.now,
        **terms,
    )
    campaign.check()
    tx.run(campaigns.ADD_CAMPAIGN, **campaigns.campaign_values(campaign))
    tx.emit(CampaignOpened(campaign.id))
    return campaign


def extend_campaign(tx: Tx, campaign: CampaignId, *, deadline_at: Instant) -> Campaign:
    """The campaign with a later deadline, which the caller sets; orders already placed keep their time to pay.

    Raises `CampaignNotFound`, `BadCampaign` for a deadline that is past, `CampaignClosed` if it has closed.
    """
    if deadline_at <= tx.now:
        raise BadCampaign("deadline_at")
    _found(tx, campaign)
    if not tx.run(campaigns.SET_DEADLINE, campaign=campaign, new_deadline=deadline_at.ms):
        raise CampaignClosed(campaign)
    return _found(tx, campaign)


def promise_campaign(tx: Tx, campaign: CampaignId, day: Day) -> None:
    """The day the campaign's goods are promised for, as its page shows it."""
    tx.run(campaigns.SET_PROMISE, campaign=campaign, new_day=day.iso())


def close_campaign(tx: Tx, campaign: CampaignId) -> Campaign:
    """The campaign closed for good: CLOSED if it reached a lot, else MISSED; closed again nothing changes.

    One that would miss and may go on says `CampaignExtended` and stays open until its second deadline.
    Its unpaid orders are cancelled. CLOSED: units paid beyond the full lots open a last, smaller lot.
    MISSED: its buyers' money is owed back, of an order that holds other goods too for the missed lines alone; with a
    substitute they choose first (`SubstituteOffered`). Raises `CampaignNotFound`.
    """
    row = tx.one(campaigns.LOCK, campaign=campaign)
    if row is None:
        raise CampaignNotFound(campaign)
    known = campaigns.campaign(row)
    if not known.counts():
        return known
    longer = known.extended()
    if longer is not None:
        after, fact = longer
        tx.run(campaigns.EXTEND, campaign=campaign, new_deadline=after.deadline_at.ms)
        tx.emit(fact)
        return after
    lot = known.last_lot()
    if lot is not None:
        known = lots.open_lot(tx, known, lot)
    after, missed = known.close()
    tx.run(campaigns.SET_STATUS, campaign=campaign, new_status=after.status.value)
    for order in _orders(tx, campaign, OrderStatus.PLACED):
        steps.advance(tx, order, lambda it: it.cancel(why="campaign_closed"))
    if missed is not None:
        tx.emit(missed)
        _make_good(tx, after)
    return after


def _make_good(tx: Tx, campaign: Campaign) -> None:
    substitute = None
    if campaign.substitute is not None:
        substitute = catalogue.skus_of(tx, (campaign.substitute,))[campaign.substitute]
    for order in _orders(tx, campaign.id, *BACKING):
        if substitute is None:
            missing.give_back(tx, order, campaign=campaign.id)
        else:
            missing.offer(tx, order, campaign=campaign, substitute=substitute)


def _orders(tx: Tx, campaign: CampaignId, *statuses: OrderStatus) -> tuple[Order, ...]:
    rows = tx.rows(orders.OF_CAMPAIGN, of_campaign=campaign, statuses=[status.value for status in statuses])
    return tuple(orders.orders(rows).values())


def _found(tx: Tx, campaign: CampaignId) -> Campaign:
    known = campaigns.campaigns_of(tx, (campaign,)).get(campaign)
    if known is None:
        raise CampaignNotFound(campaign)
    return known
