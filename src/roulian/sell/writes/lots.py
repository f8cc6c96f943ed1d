"""Counting units into a campaign, and opening a lot exactly once when the count fills it.

The count locks the campaign's row until the commit, so two payments never see the same sum; should a
store ever let them, the guard on `lots_opened` and the key of `sell_lots` let one lot through, not two.
"""

from roulian.sell.events import CampaignReached
from roulian.sell.model import Campaign, CampaignClosed, CampaignNotFound, Order
from roulian.sell.tables import campaigns
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import CampaignId, MemberId, SkuId


def order_in(tx: Tx, campaign: CampaignId, *, sku: SkuId, qty: int, member: MemberId) -> Campaign:
    """The campaign with `qty` units more ordered.

    Raises `CampaignNotFound`, `CampaignClosed`, `OverMemberLimit`, `CampaignFull`.
    """
    row = tx.one(campaigns.ORDER_IN, campaign=campaign, of_sku=sku, by=qty, now=tx.now.ms)
    if row is not None:
        joined = campaigns.campaign(row)
        _check_limits(tx, joined, qty=qty, member=member)
        return joined
    known = campaigns.campaigns_of(tx, (campaign,)).get(campaign)
    if known is None or known.sku != sku:
        raise CampaignNotFound(campaign)
    raise CampaignClosed(campaign)


def _check_limits(tx: Tx, campaign: Campaign, *, qty: int, member: MemberId) -> None:
    """The campaign's row is locked by now, so that orders at once are counted one after the other."""
    if campaign.member_limit is None and campaign.cap_qty is None:
        return
    row = tx.one(campaigns.TAKEN, campaign=campaign.id, member=member)
    assert row is not None
    objection = campaign.objection(wanted_qty=qty, members_qty=row[1], taken_qty=row[0])
    if objection is not None:
        take_back(tx, campaign.id, qty=qty)  # whoever catches the refusal and goes on finds nothing counted
        raise objection


def count_paid(tx: Tx, order: Order) -> None:
    """The order's units are paid into their campaigns; a lot they fill opens and says `CampaignReached`.

    A campaign closes only after its unpaid orders are cancelled, so one that no longer counts is a `Bug`.
    """
    for campaign, qty in order.campaign_qtys():
        row = tx.one(campaigns.COUNT_PAID, campaign=campaign, by=qty)
        if row is None:
            raise Bug(f"{order.id} was paid into {campaign}, which no longer counts")
        counted = campaigns.campaign(row)
        lot = counted.next_lot()
        if lot is not None:
            open_lot(tx, counted, lot)


def count_back(tx: Tx, order: Order) -> None:
    """The order's units no longer count as paid in campaigns that still count; opened lots stay opened."""
    for campaign, qty in order.campaign_qtys():
        tx.one(campaigns.COUNT_PAID, campaign=campaign, by=-qty)


def rejoin(tx: Tx, order: Order) -> None:
    """The order's campaigns, locked, all still count. Raises `CampaignClosed`."""
    for campaign, _ in order.campaign_qtys():
        row = tx.one(campaigns.LOCK, campaign=campaign)
        if row is None or not campaigns.campaign(row).counts():
            raise CampaignClosed(campaign)


def open_lot(tx: Tx, campaign: Campaign, lot: CampaignReached) -> Campaign:
    """`campaign` with `lot` open and said, if the lot is still the next one; else as it is."""
    after = campaign.open_lot(lot)
    opened = tx.run(
        campaigns.OPEN_LOT,
        campaign=campaign.id,
        was_lots=campaign.lots_opened,
        lot=lot.lot,
        new_opened=after.opened_qty,
    )
    if not opened:
        return campaign
    tx.run(campaigns.ADD_LOT, campaign=campaign.id, lot=lot.lot, qty=lot.qty, opened_at=tx.now.ms)
    tx.emit(lot)
    return after


def take_back(tx: Tx, campaign: CampaignId, *, qty: int) -> None:
    """`qty` units were not ordered after all: the order they were counted for is an earlier one."""
    tx.run(campaigns.ORDER_BACK, campaign=campaign, by=qty)
