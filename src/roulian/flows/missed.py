"""A presale missed its lot: everyone is told, and has the money back or, where the campaign names one, takes a substitute.

Only the missed lines are given back; what else an order holds ships. Neighbours: `sell` decides whose money goes back,
`refunds` sends it, `stock` gives up what the lines waited for and holds the substitute.
"""

from roulian import decide, sell, stock
from roulian.flows import fulfil, inform, supply
from roulian.store import Tx
from roulian.words import CampaignId, OrderId


def make_good(tx: Tx, event: sell.CampaignMissed) -> None:
    """Everyone hears that the lot was not reached and that the money is on its way back."""
    campaign = sell.campaign(tx, event.campaign)
    for order in sell.orders_of_campaign(tx, campaign.id, statuses=[sell.OrderStatus.REFUNDING]):
        inform.regret(tx, campaign, order, fen=order.returned_fen)


def let_go(tx: Tx, event: sell.LinesDropped) -> None:
    """The order goes on without its missed lines: their claims and promises go, their buyer hears of the money."""
    order = sell.order(tx, event.order)
    gone = order.dropped_lines(event.campaign)
    stock.release(tx, order.id, line=event.campaign)
    told = decide.promises(tx, [order.id])[order.id]
    decide.promised(tx, {order.id: decide.without(told, [decide.Portion(line.sku, line.qty) for line in gone])})
    for refunds in sell.refunds_of(tx, [event.number]).values():
        inform.regret(tx, sell.campaign(tx, event.campaign), order, fen=sell.as_one(refunds).amount_fen)
    fulfil.without_lines(tx, order.id)


def offer(tx: Tx, event: sell.SubstituteOffered) -> None:
    """The buyer hears of the substitute and until when to choose; the missed lines wait for nothing any more."""
    order, campaign = sell.order(tx, event.order), sell.campaign(tx, event.campaign)
    stock.release(tx, order.id, line=campaign.id)
    for substitute in order.substitutes(campaign.id):
        tx.at(substitute.by, "missed.unanswered", f"{order.id}:{campaign.id}")
        inform.offer_substitute(tx, campaign, order, substitute)


def unanswered(tx: Tx, key: str) -> None:
    """Silence gives the money back; a choice made meanwhile stands."""
    ident, _, campaign = key.partition(":")
    if sell.order(tx, OrderId(ident)).substitutes(CampaignId(campaign)):
        sell.decline_substitute(tx, OrderId(ident), CampaignId(campaign))


def decline(tx: Tx, order: OrderId, campaign: CampaignId) -> sell.Order:
    """The buyer wants the money. Raises `OrderNotFound`, `NoSubstitute`."""
    tx.off("missed.unanswered", f"{order}:{campaign}")
    return sell.decline_substitute(tx, order, campaign)


def accept(tx: Tx, order: OrderId, campaign: CampaignId) -> sell.Order:
    """The order with the substitute held for it under a promise of its own, the difference owed back; or nothing changes.

    A deposit that does not cover it has its balance asked now. Raises `OrderNotFound`, `NoSubstitute`, `SoldOut`.
    """
    known = sell.order(tx, order)
    wanted = known.wanted_instead(campaign)
    made = supply.promises(tx, wanted)
    stock.hold(tx, order, [stock.Want(want.sku, want.qty, campaign) for want in wanted])
    told = decide.promises(tx, [order])[order]
    missed = [decide.Portion(line.sku, line.qty) for line in known.lines_in(campaign)]
    promises = (*decide.without(told, missed), *made)
    after = sell.accept_substitute(tx, order, campaign, promised_day=decide.last_day(promises))
    decide.promised(tx, {order: promises})
    tx.off("missed.unanswered", f"{order}:{campaign}")
    if after.holds_deposit():
        return sell.ask_balance(tx, order, by=sell.campaign(tx, campaign).balance_by(tx.now))
    fulfil.without_lines(tx, order)
    return after
