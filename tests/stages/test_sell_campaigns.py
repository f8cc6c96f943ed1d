"""Presales: a full lot opens once, what is left over is never forgotten. On both engines."""

from datetime import timedelta

import pytest

from builders import BOWL, CUP, a_campaign, open_shop, pay, place, said
from roulian import sell
from roulian.sell import CampaignStatus, LotRule, OrderStatus
from roulian.store import Store
from roulian.words import CampaignId, Day, SimulatedClock, SkuId


@pytest.fixture(autouse=True)
def _shop(store: Store) -> None:
    store.call(open_shop)


def buy(store: Store, campaign: sell.Campaign, key: str, qty: int, *, paid: bool = True) -> sell.Order:
    order = store.call(lambda tx: place(tx, key, sell.Wanted(campaign.sku, qty, campaign.id)))
    if paid:
        store.call(lambda tx: pay(tx, order))
    return order


def now(store: Store, campaign: sell.Campaign) -> sell.Campaign:
    return store.read(lambda tx: sell.campaign(tx, campaign.id))


def status(store: Store, order: sell.Order) -> OrderStatus:
    return store.read(lambda tx: sell.order(tx, order.id)).status


def test_a_presale_opens_and_is_said(store: Store) -> None:
    campaign = store.call(a_campaign)

    assert now(store, campaign) == campaign
    assert campaign.status is CampaignStatus.OPEN
    assert said(store, "sell.CampaignOpened") == [f'{{"campaign":"{campaign.id}"}}']
    assert store.read(lambda tx: sell.open_campaigns(tx, [CUP])) == {campaign.id: campaign}
    assert store.read(lambda tx: sell.open_campaigns(tx, [BOWL])) == {}
    assert store.read(sell.open_campaigns) == {campaign.id: campaign}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"lot_qty": 0}, sell.BadCampaign),
        ({"lot_multiple": 0}, sell.BadCampaign),
        ({"days": 0}, sell.BadCampaign),
        ({"sku": SkuId("sku_ghost")}, sell.UnknownSku),
    ],
)
def test_a_presale_that_makes_no_sense_does_not_open(store: Store, wrong, refusal) -> None:
    with pytest.raises(refusal):
        store.call(lambda tx: a_campaign(tx, **wrong))

    assert store.read(sell.campaigns_page) == ()


def test_presale_lines_cost_the_presales_price_until_its_deadline(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, days=1))

    order = store.call(lambda tx: place(tx, "k", sell.Wanted(CUP, 2, campaign.id), pay_within=timedelta(days=3)))

    assert order.total_fen == 3000
    assert order.pay_expires_at == campaign.deadline_at


def test_only_paid_units_fill_the_lot(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10))

    buy(store, campaign, "a", 9)
    buy(store, campaign, "b", 9, paid=False)

    after = now(store, campaign)
    assert (after.status, after.ordered_qty, after.paid_qty, after.missing_qty()) == (CampaignStatus.OPEN, 18, 9, 1)
    assert said(store, "sell.CampaignReached") == []


def test_the_payment_that_fills_the_lot_opens_it_rounded_to_the_multiple(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10, lot_multiple=12))

    buy(store, campaign, "a", 9)
    buy(store, campaign, "b", 4)

    assert said(store, "sell.CampaignReached") == [f'{{"campaign":"{campaign.id}","lot":1,"qty":24}}']
    after = now(store, campaign)
    assert (after.status, after.paid_qty, after.opened_qty, after.lots_opened) == (CampaignStatus.REACHED, 13, 24, 1)
    assert store.read(lambda tx: sell.lots(tx, campaign.id)) == ((1, 24),)
    assert store.read(sell.campaign_counts) == sell.CampaignCounts({"reached": 1}, 1)


def test_later_payments_use_up_the_rounding_and_then_fill_the_next_lot(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10, lot_multiple=12))
    buy(store, campaign, "a", 10)

    buy(store, campaign, "b", 11)
    assert (len(said(store, "sell.CampaignReached")), now(store, campaign).missing_qty()) == (1, 1)
    buy(store, campaign, "c", 1)

    assert store.read(lambda tx: sell.lots(tx, campaign.id)) == ((1, 12), (2, 12))


def test_nobody_is_told_of_a_lot_that_the_cap_leaves_no_room_for(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10, cap_qty=19))
    roomy = store.call(lambda tx: a_campaign(tx, lot_qty=10, cap_qty=20))

    before = now(store, campaign).missing_qty()
    buy(store, campaign, "a", 10)
    buy(store, roomy, "b", 10)

    assert (before, now(store, campaign).missing_qty(), now(store, roomy).missing_qty()) == (10, 0, 10)


def test_a_repeated_callback_does_not_count_twice(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10))
    order = buy(store, campaign, "a", 6)

    store.call(lambda tx: pay(tx, order))

    assert now(store, campaign).paid_qty == 6


def test_a_refund_before_the_lot_takes_its_units_out_of_the_count(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10))
    order = buy(store, campaign, "a", 6)

    store.call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
    buy(store, campaign, "b", 6)

    assert (now(store, campaign).paid_qty, said(store, "sell.CampaignReached")) == (6, [])


def test_a_lot_once_opened_is_not_opened_again_after_a_refund(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10))
    order = buy(store, campaign, "a", 10)

    store.call(lambda tx: sell.start_refund(tx, order.id, why="buyer"))
    buy(store, campaign, "b", 10)

    assert len(said(store, "sell.CampaignReached")) == 1


def test_a_presale_that_closes_on_its_lot_takes_no_more_orders(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10, rule=LotRule.CLOSE))
    pending = buy(store, campaign, "a", 5, paid=False)
    buy(store, campaign, "b", 10)

    with pytest.raises(sell.CampaignClosed):
        buy(store, campaign, "c", 1)

    assert store.read(sell.open_campaigns) == {}
    assert now(store, campaign).missing_qty() == 0
    assert isinstance(store.call(lambda tx: pay(tx, pending)), sell.Paid)
    assert store.read(lambda tx: sell.lots(tx, campaign.id)) == ((1, 10),)
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))
    assert store.read(lambda tx: sell.lots(tx, campaign.id)) == ((1, 10), (2, 5))


def test_a_presale_past_its_deadline_takes_no_more_orders(store: Store, clock: SimulatedClock) -> None:
    campaign = store.call(a_campaign)
    clock.move_to(campaign.deadline_at)

    with pytest.raises(sell.CampaignClosed):
        buy(store, campaign, "a", 1)
    with pytest.raises(sell.CampaignClosed):
        store.read(lambda tx: sell.campaigns_of(tx, [sell.Wanted(CUP, 1, campaign.id)]))

    assert now(store, campaign).ordered_qty == 0


def test_a_presale_sells_its_own_sku_only(store: Store) -> None:
    campaign = store.call(a_campaign)
    other = sell.Wanted(BOWL, 1, campaign.id)

    with pytest.raises(sell.CampaignNotFound):
        store.call(lambda tx: place(tx, "k", other))
    with pytest.raises(sell.CampaignNotFound):
        store.read(lambda tx: sell.campaigns_of(tx, [other]))

    wanted = (sell.Wanted(CUP, 1, campaign.id), sell.Wanted(BOWL, 2))
    assert store.read(lambda tx: sell.campaigns_of(tx, wanted)) == ((wanted[0], campaign), (wanted[1], None))


def test_a_reached_presale_closes_and_opens_a_last_lot_for_who_is_left_over(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10, lot_multiple=5))
    buy(store, campaign, "a", 10)
    kept = buy(store, campaign, "b", 3)
    unpaid = buy(store, campaign, "c", 3, paid=False)

    closed = [store.call(lambda tx: sell.close_campaign(tx, campaign.id)) for _ in range(2)]

    assert [it.status for it in closed] == [CampaignStatus.CLOSED] * 2
    assert store.read(lambda tx: sell.lots(tx, campaign.id)) == ((1, 10), (2, 5))
    assert (status(store, kept), status(store, unpaid)) == (OrderStatus.PAID, OrderStatus.CANCELLED)
    assert said(store, "sell.OrderCancelled") == [f'{{"order":"{unpaid.id}","why":"campaign_closed"}}']
    assert (said(store, "sell.CampaignMissed"), said(store, "sell.RefundDue")) == ([], [])


def test_a_missed_presale_owes_every_paid_order_back(store: Store) -> None:
    campaign = store.call(lambda tx: a_campaign(tx, lot_qty=10))
    paid = [buy(store, campaign, key, 3) for key in "ab"]
    unpaid = buy(store, campaign, "c", 9, paid=False)

    missed = [store.call(lambda tx: sell.close_campaign(tx, campaign.id)) for _ in range(2)]

    assert [it.status for it in missed] == [CampaignStatus.MISSED] * 2
    assert said(store, "sell.CampaignMissed") == [f'{{"campaign":"{campaign.id}"}}']
    assert said(store, "sell.RefundDue") == [f'{{"order":"{it.id}","fen":{it.total_fen}}}' for it in paid]
    assert [status(store, it) for it in (*paid, unpaid)] == [OrderStatus.REFUNDING] * 2 + [OrderStatus.CANCELLED]
    assert now(store, campaign).paid_qty == 6
    refunding = store.read(lambda tx: sell.orders_of_campaign(tx, campaign.id, statuses=[OrderStatus.REFUNDING]))
    assert [order.id for order in refunding] == [order.id for order in paid]
    assert store.read(sell.campaign_counts) == sell.CampaignCounts({"missed": 1}, 0)


def test_money_after_a_missed_presale_is_late_money(store: Store) -> None:
    campaign = store.call(a_campaign)
    order = buy(store, campaign, "a", 3, paid=False)
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))

    assert isinstance(store.call(lambda tx: pay(tx, order)), sell.LatePaid)


def test_a_presale_can_be_extended_until_it_is_closed(store: Store, clock: SimulatedClock) -> None:
    campaign = store.call(a_campaign)
    later = campaign.deadline_at.plus(timedelta(days=3))

    extended = store.call(lambda tx: sell.extend_campaign(tx, campaign.id, deadline_at=later))

    assert (extended.deadline_at, now(store, campaign)) == (later, extended)
    with pytest.raises(sell.BadCampaign):
        store.call(lambda tx: sell.extend_campaign(tx, campaign.id, deadline_at=clock.now()))
    store.call(lambda tx: sell.close_campaign(tx, campaign.id))
    with pytest.raises(sell.CampaignClosed):
        store.call(lambda tx: sell.extend_campaign(tx, campaign.id, deadline_at=later))


def test_the_presales_page_shows_its_promise(store: Store) -> None:
    campaign = store.call(a_campaign)

    store.call(lambda tx: sell.promise_campaign(tx, campaign.id, Day.parse("2026-04-01")))

    assert now(store, campaign).promise_day == Day.parse("2026-04-01")


def test_presales_are_found_by_every_filter_newest_first(store: Store) -> None:
    cups = store.call(a_campaign)
    bowls = store.call(lambda tx: a_campaign(tx, sku=BOWL))
    store.call(lambda tx: sell.close_campaign(tx, bowls.id))

    def found(**filters: object) -> list[CampaignId]:
        return [it.id for it in store.read(lambda tx: sell.campaigns_page(tx, **filters))]

    assert found() == [bowls.id, cups.id]
    assert (found(limit=1), found(before=bowls.id)) == ([bowls.id], [cups.id])
    assert (found(sku=CUP), found(status=CampaignStatus.MISSED)) == ([cups.id], [bowls.id])


def test_a_planned_presale_opens_once(store: Store, clock: SimulatedClock) -> None:
    plan = sell.CampaignPlan(
        key="spring",
        sku=CUP,
        price_fen=1500,
        opens_at=clock.now(),
        deadline_at=clock.now().plus(timedelta(days=7)),
        lot_qty=10,
        lot_multiple=2,
    )
    assert store.call(lambda tx: sell.plan_campaign(tx, plan))
    assert not store.call(lambda tx: sell.plan_campaign(tx, plan))

    opened = [store.call(lambda tx: sell.open_planned(tx, "spring")) for _ in range(2)]

    assert (opened[0].sku, opened[0].lot_qty, opened[0].deadline_at) == (CUP, 10, plan.deadline_at)
    assert opened[1] is None
    assert len(said(store, "sell.CampaignOpened")) == 1
    assert store.call(lambda tx: sell.open_planned(tx, "ghost")) is None


@pytest.mark.parametrize("verb", [sell.campaign, sell.close_campaign])
def test_no_verb_knows_a_presale_nobody_opened(store: Store, verb) -> None:
    with pytest.raises(sell.CampaignNotFound):
        store.call(lambda tx: verb(tx, CampaignId("cmp_ghost")))
