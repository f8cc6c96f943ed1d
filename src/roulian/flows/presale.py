"""Made to demand: a presale fills its economic lot, and only then is anything made."""

from dataclasses import dataclass, field
from datetime import timedelta

from roulian import decide, make, sell, stock
from roulian.flows import balance, inform, supply
from roulian.store import Tx
from roulian.words import CampaignId, Instant, SkuId

LAST_ANSWERS = timedelta(seconds=5)
"""How long a campaign that is over waits before it looks again whether its last orders are settled."""


def set_deadline(tx: Tx, event: sell.CampaignOpened) -> None:
    """The campaign closes by itself, whatever else may be wrong with it."""
    campaign = sell.campaign(tx, event.campaign)
    tx.at(campaign.deadline_at, "presale.close", campaign.id)


def show_date(tx: Tx, event: sell.CampaignOpened) -> None:
    """The campaign shows from the start by when it would ship; a lot no line can make is stuck here, visibly."""
    campaign = sell.campaign(tx, event.campaign)
    promise = supply.promises(tx, [sell.Wanted(campaign.sku, campaign.lot_qty, campaign.id)])[0]
    sell.promise_campaign(tx, campaign.id, promise.day)


@dataclass(frozen=True, slots=True)
class Opening:
    """A presale to be published; quantities are units, `terms` what it says beside its lot. See `sell.Campaign`.

    `is_filed` lets late dates be filed with WeChat.
    """

    sku: SkuId
    price_fen: int
    deadline_at: Instant
    lot_qty: int
    lot_multiple: int = 1
    rule: sell.LotRule = sell.LotRule.OPEN_NEXT
    terms: sell.CampaignTerms = field(default_factory=sell.CampaignTerms)
    is_filed: bool = True


def publish(tx: Tx, opening: Opening) -> sell.Campaign:
    """The presale, open, if a lot of it can be made and shipped within WeChat's terms.

    Raises `BadCampaign`, `DepositTooHigh`, `UnknownSku`, and why it cannot be: `NotMade`, `NothingToPromise`,
    `PlannedTooEarly`, `InStockTermBroken`, `TermNotFiled`, `PromiseBeyondTerm`.
    """
    campaign = sell.open_campaign(
        tx,
        sku=opening.sku,
        price_fen=opening.price_fen,
        deadline_at=opening.deadline_at,
        lot_qty=opening.lot_qty,
        lot_multiple=opening.lot_multiple,
        rule=opening.rule,
        **opening.terms,
    )
    if campaign.sku not in make.recipes(tx, [campaign.sku]):
        raise make.NotMade(campaign.sku)
    decide.check_term(
        campaign.sku, promised_day=campaign.deadline_at.day(), now=tx.now
    )  # nothing ships before it closes
    lot = supply.promises(tx, [sell.Wanted(campaign.sku, campaign.lot_qty, campaign.id)])[0]
    day = decide.planned_day(lot, wanted=campaign.ship_day, is_filed=opening.is_filed, now=tx.now)
    sell.promise_campaign(tx, campaign.id, day)
    return campaign


def go_on(tx: Tx, event: sell.CampaignExtended) -> None:
    """The second deadline is set; page and buyers get the later date, each buyer with the reason."""
    campaign = sell.campaign(tx, event.campaign)
    tx.at(campaign.deadline_at, "presale.close", campaign.id)
    lot = supply.promises(tx, [sell.Wanted(campaign.sku, campaign.lot_qty, campaign.id)])[0]
    sell.promise_campaign(tx, campaign.id, lot.day)
    later = {}
    for order in sell.orders_of_campaign(tx, campaign.id, statuses=sell.BACKING):
        qty = dict(order.campaign_qtys())[campaign.id]
        later[order.id] = decide.extended(
            supply.promises(tx, [sell.Wanted(campaign.sku, qty, campaign.id)])[0],
            paid_qty=campaign.paid_qty,
            lot_qty=campaign.lot_qty,
            deadline=campaign.deadline_at.day(),
        )
    supply.move(tx, later, reason="campaign_extended")


def open_planned(tx: Tx, plan: str) -> None:
    """A presale written into the calendar opens on its day."""
    sell.open_planned(tx, plan)


def start_making(tx: Tx, event: sell.CampaignReached) -> None:
    """A full lot opens its work order once, buys what it lacks, and firms every buyer's date."""
    campaign = sell.campaign(tx, event.campaign)
    recipe = make.recipes(tx, [campaign.sku])[campaign.sku]
    shelves, sourcing = stock.levels(tx, recipe.materials), make.sourcing(tx, recipe.materials)
    plan = decide.plan_batch(
        event.qty,
        sku=campaign.sku,
        today=tx.now.day(),
        capacity=make.free_capacity(tx, [recipe], first=tx.now.day())[campaign.sku],
        materials=decide.materials(recipe, shelves, sourcing),
    )
    key = f"{campaign.id}:{event.lot}"
    for buy in plan.buys:
        make.buy(tx, supplier=sourcing[buy.sku].supplier, sku=buy.sku, qty=buy.qty, for_=f"{key}:{buy.sku}")
    make.open_work(
        tx,
        sku=campaign.sku,
        qty=event.qty,
        line=recipe.line,
        start_day=plan.start_day,
        due_day=plan.finish_day,
        for_=key,
    )
    _firm(tx, campaign, plan)


def _firm(tx: Tx, campaign: sell.Campaign, plan: decide.BatchPlan) -> None:
    waiting = stock.waiting_claims(tx, [campaign.sku]).get(campaign.sku, ())
    firm = decide.firm_promises(
        plan,
        waiting,
        supply.supplies(tx, [campaign.sku])[campaign.sku],
        today=tx.now.day(),
        promised=supply.promised_days(tx, waiting),
    )
    supply.move(tx, firm, reason="lot_planned")
    paid = sell.orders_of_campaign(tx, campaign.id, statuses=sell.BACKING)
    balance.schedule(tx, paid)
    inform.celebrate(tx, campaign, paid)


def close(tx: Tx, campaign: str) -> None:
    """The deadline decides: reached and closed, or missed and everything paid goes back.

    Orders whose time to pay ended with the campaign come first: WeChat Pay is being asked about them, and the unit
    that fills the lot may be among them.
    """
    if sell.orders_of_campaign(tx, CampaignId(campaign), statuses=[sell.OrderStatus.PLACED]):
        tx.at(tx.now.plus(LAST_ANSWERS), "presale.close", campaign)
        return
    tx.off("presale.close", campaign)
    sell.close_campaign(tx, CampaignId(campaign))


def close_behind(tx: Tx, order: sell.Order) -> None:
    """The order is settled: campaigns that only waited for it close at once."""
    for campaign in sell.campaigns(tx, order.campaigns()).values():
        if campaign.is_over(tx.now):
            close(tx, campaign.id)
