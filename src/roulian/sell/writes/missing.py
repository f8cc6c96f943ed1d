"""A presale missed its lot: its buyers get their money back, or the choice of a substitute first.

Money goes back for the missed lines alone; what else the order holds stays, and ships.
"""

from roulian.sell.events import LinesDropped, LineSwapped, SubstituteOffered
from roulian.sell.model import Campaign, NoSubstitute, Order, Sku
from roulian.sell.tables import orders
from roulian.sell.writes import payments, steps
from roulian.store import Tx
from roulian.words.ids import CampaignId, OrderId
from roulian.words.time import Day


def offer(tx: Tx, order: Order, *, campaign: Campaign, substitute: Sku) -> None:
    """The order's lines of the campaign wait for the buyer's choice; says `SubstituteOffered`, once."""
    offered = tx.run(
        orders.OFFER,
        of_order=order.id,
        of_campaign=campaign.id,
        new_sku=substitute.id,
        new_fen=substitute.price_fen,
        new_by=campaign.answer_by(tx.now).ms,
    )
    if offered:
        tx.emit(SubstituteOffered(order.id, campaign.id))


def give_back(tx: Tx, order: Order, *, campaign: CampaignId) -> None:
    """The missed lines' money is owed back: all the order's (`RefundDue`), or theirs (`LinesDropped`, `PartRefundDue`)."""
    if order.is_all_in(campaign):
        payments.refund(tx, order, why="campaign_missed")
        return
    fen = sum(line.total_fen() for line in order.lines_in(campaign))
    tx.run(orders.DROP, of_order=order.id, of_campaign=campaign)
    claim = f"{order.id}-{campaign}"
    if fen:
        payments.owe_part(tx, order, claim=claim, fen=fen, why="campaign_missed")
    tx.emit(LinesDropped(order.id, campaign, claim))


def decline_substitute(tx: Tx, order: OrderId, campaign: CampaignId) -> Order:
    """The buyer does not want the substitute, or did not say: the money goes back. Raises `OrderNotFound`, `NoSubstitute`."""
    known = _waiting(tx, order, campaign)
    give_back(tx, known, campaign=campaign)
    return steps.found(tx, order)


def accept_substitute(tx: Tx, order: OrderId, campaign: CampaignId, *, promised_day: Day) -> Order:
    """The order with the substitute, promised for `promised_day`, never dearer than it was; says `LineSwapped`.

    What it costs less is owed back of an order paid in full, and comes off the balance of one with a deposit, which is
    PAID if nothing is left to pay. The goods are the caller's to secure. Raises `OrderNotFound`, `NoSubstitute`.
    """
    known = _waiting(tx, order, campaign)
    after, over_fen = known.swap(campaign, promised_day=promised_day)
    tx.run(orders.SET_TOTAL, order=order, new_total=after.total_fen, new_day=promised_day.iso())
    for line in known.lines_in(campaign):
        taken = line.swapped()
        tx.run(
            orders.SWAP,
            of_order=order,
            of_campaign=campaign,
            new_sku=taken.sku,
            new_price=taken.price_fen,
            new_discount=taken.discount_fen,
        )
        tx.emit(LineSwapped(order, campaign, taken.sku))
    if over_fen:
        payments.owe_part(tx, known, claim=f"{order}-{campaign}", fen=over_fen, why="substituted")
    return steps.advance(tx, after, Order.complete) if after.is_complete() else steps.found(tx, order)


def _waiting(tx: Tx, order: OrderId, campaign: CampaignId) -> Order:
    tx.run(orders.LOCK, order=order)  # of two answers at once, the second finds the first
    known = steps.found(tx, order)
    if not known.substitutes(campaign):
        raise NoSubstitute(order, campaign)
    return known
