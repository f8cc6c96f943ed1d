"""Campaigns open, are extended, are promised a day, and close for good here."""

from roulian.sell.events import CampaignOpened
from roulian.sell.model import (
    BadCampaign,
    Campaign,
    CampaignClosed,
    CampaignNotFound,
    CampaignStatus,
    LotRule,
    Order,
    OrderStatus,
    UnknownSku,
)
from roulian.sell.tables import campaigns, catalogue, orders
from roulian.sell.writes import lots, payments, steps
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
    member_limit: int | None = None,
    cap_qty: int | None = None,
    extend_days: int = 0,
) -> Campaign:
    """A new presale of `sku`, which says `CampaignOpened`; its closing at `deadline_at` is the caller's deadline to set.

    `lot_qty` is the economic lot and `lot_multiple` what lots are rounded up to, in units of the SKU.
    `member_limit`, `cap_qty` and `extend_days` are told at `Campaign`. Raises `BadCampaign`, `UnknownSku`.
    """
    if sku not in catalogue.skus_of(tx, (sku,)):
        raise UnknownSku(sku)
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
        member_limit=member_limit,
        cap_qty=cap_qty,
        extend_days=extend_days,
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
    MISSED: every paid order is owed back (`RefundDue`). Raises `CampaignNotFound`.
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
        for order in _orders(tx, campaign, OrderStatus.PAID):
            payments.refund(tx, order, why="campaign_missed")
    return after


def _orders(tx: Tx, campaign: CampaignId, status: OrderStatus) -> tuple[Order, ...]:
    rows = tx.rows(orders.OF_CAMPAIGN, of_campaign=campaign, of_status=status.value)
    return tuple(orders.orders(rows).values())


def _found(tx: Tx, campaign: CampaignId) -> Campaign:
    known = campaigns.campaigns_of(tx, (campaign,)).get(campaign)
    if known is None:
        raise CampaignNotFound(campaign)
    return known
