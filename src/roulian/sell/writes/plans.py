"""Writing presales into the calendar, and opening them when their day has come."""

from roulian.sell.model import Campaign, CampaignPlan
from roulian.sell.tables import plans
from roulian.sell.writes.campaigns import open_campaign
from roulian.store import Tx


def plan_campaign(tx: Tx, plan: CampaignPlan) -> bool:
    """Whether the plan is new; the same key again changes nothing. Its day is a deadline the caller sets."""
    added = tx.run(
        plans.ADD_PLAN,
        key=plan.key,
        sku=plan.sku,
        price_fen=plan.price_fen,
        opens_at=plan.opens_at.ms,
        deadline_at=plan.deadline_at.ms,
        lot_qty=plan.lot_qty,
        lot_multiple=plan.lot_multiple,
    )
    return added > 0


def open_planned(tx: Tx, key: str) -> Campaign | None:
    """The campaign this plan became, opened once; None for a plan already opened or unknown.

    Raises `BadCampaign` when its deadline is past, `UnknownSku`.
    """
    row = tx.one(plans.TAKE_PLAN, key=key)
    if row is None:
        return None
    plan = plans.plan(row)
    return open_campaign(
        tx,
        sku=plan.sku,
        price_fen=plan.price_fen,
        deadline_at=plan.deadline_at,
        lot_qty=plan.lot_qty,
        lot_multiple=plan.lot_multiple,
    )
