"""What an order may become, and what a campaign's lots add up to: pure rules, every path."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import CUP, MORNING, a_payment, an_order
from roulian import sell
from roulian.sell import OrderStatus
from roulian.sell.model import spread
from roulian.words import CampaignId, Refusal

WAYS = {
    OrderStatus.PLACED: {OrderStatus.PAID, OrderStatus.CANCELLED},
    OrderStatus.PAID: {OrderStatus.SHIPPED, OrderStatus.REFUNDING},
    OrderStatus.PAID_AFTER_CANCEL: {OrderStatus.PAID, OrderStatus.REFUNDING},
    OrderStatus.SHIPPED: {OrderStatus.DELIVERED, OrderStatus.REFUNDING},
    OrderStatus.DELIVERED: {OrderStatus.REFUNDING},
    OrderStatus.CANCELLED: {OrderStatus.PAID_AFTER_CANCEL},
    OrderStatus.REFUNDING: {OrderStatus.REFUNDED},
    OrderStatus.REFUNDED: set(),
}
WAYS_WITH_DEPOSIT = {
    **WAYS,
    OrderStatus.PLACED: {OrderStatus.DEPOSIT_PAID, OrderStatus.CANCELLED},
    OrderStatus.DEPOSIT_PAID: {OrderStatus.BALANCE_DUE, OrderStatus.REFUNDING},
    OrderStatus.BALANCE_DUE: {OrderStatus.PAID, OrderStatus.FORFEITED, OrderStatus.REFUNDING},
    OrderStatus.FORFEITED: {OrderStatus.PAID_AFTER_CANCEL},
}
STEPS = (
    lambda order: order.pay(a_payment(order)),
    lambda order: order.pay(a_payment(order, part=sell.Part.BALANCE)),
    lambda order: order.ask_balance(by=MORNING),
    lambda order: order.forfeit(),
    lambda order: order.lapse(),
    lambda order: order.complete(),
    lambda order: order.revive(),
    lambda order: order.cancel(why="buyer"),
    lambda order: order.ship(),
    lambda order: order.deliver(),
    lambda order: order.start_refund(why="buyer"),
    lambda order: order.refunded(),
)


@pytest.mark.parametrize("status", WAYS)
def test_an_order_goes_the_drawn_ways_and_no_others(status: OrderStatus) -> None:
    reached = set()
    for step in STEPS:
        with suppress(Refusal):
            reached.add(step(an_order(status=status))[0].status)

    assert reached == WAYS[status]


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_with_a_deposit_goes_the_drawn_ways_and_no_others(status: OrderStatus) -> None:
    reached = set()
    for step in STEPS:
        with suppress(Refusal):
            reached.add(step(an_order(status=status, deposit_fen=300))[0].status)

    assert reached == WAYS_WITH_DEPOSIT[status]


@given(left=st.dictionaries(st.sampled_from(sell.Part), st.integers(0, 500)), fen=st.integers(0, 1200))
def test_what_goes_back_is_spread_over_the_trades_to_the_fen_the_balance_first(left, fen) -> None:
    if fen > sum(left.values()):
        with pytest.raises(ValueError, match="more than is left"):
            spread(fen, left)
        return

    portions = dict(spread(fen, left))

    assert sum(portions.values()) == fen
    assert all(0 < portion <= left[part] for part, portion in portions.items())
    if portions.get(sell.Part.FIRST):
        assert portions.get(sell.Part.BALANCE, 0) == left.get(sell.Part.BALANCE, 0)


@given(
    lot_qty=st.integers(1, 50),
    lot_multiple=st.integers(1, 20),
    rule=st.sampled_from(sell.LotRule),
    payments=st.lists(st.integers(1, 60), max_size=40),
)
def test_lots_cover_every_paid_unit_and_none_opens_before_it_is_full(lot_qty, lot_multiple, rule, payments) -> None:
    campaign = a_campaign(lot_qty=lot_qty, lot_multiple=lot_multiple, rule=rule)
    lots = []

    for qty in payments:
        campaign = paid_into(campaign, qty)
        lot = campaign.next_lot()
        if lot is not None:
            assert campaign.paid_qty - campaign.opened_qty >= lot_qty
            campaign = campaign.open_lot(lot)
            lots.append(lot)
        if rule is sell.LotRule.OPEN_NEXT:
            assert campaign.paid_qty - campaign.opened_qty < lot_qty
    last = campaign.last_lot()
    if last is not None:
        campaign = campaign.open_lot(last)
        lots.append(last)

    assert [lot.lot for lot in lots] == list(range(1, len(lots) + 1))
    assert all(lot.qty > 0 and lot.qty % lot_multiple == 0 for lot in lots)
    assert campaign.opened_qty == sum(lot.qty for lot in lots)
    if lots:
        assert 0 <= campaign.opened_qty - campaign.paid_qty < max(lot_multiple, 1)
    else:
        assert campaign.paid_qty < lot_qty


def a_campaign(*, lot_qty: int, lot_multiple: int, rule: sell.LotRule) -> sell.Campaign:
    return sell.Campaign(
        id=CampaignId("cmp_1"),
        sku=CUP,
        price_fen=1500,
        deadline_at=MORNING,
        lot_qty=lot_qty,
        lot_multiple=lot_multiple,
        rule=rule,
        ordered_qty=0,
        paid_qty=0,
        opened_qty=0,
        lots_opened=0,
        status=sell.CampaignStatus.OPEN,
        promise_day=None,
        opened_at=MORNING,
    )


def paid_into(campaign: sell.Campaign, qty: int) -> sell.Campaign:
    return replace(campaign, paid_qty=campaign.paid_qty + qty)
