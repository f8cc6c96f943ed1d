"""What one person may have of a presale, what all may have, and a second deadline. On both engines."""

from datetime import timedelta

import pytest

from builders import BUYER, CUP, all_at_once, open_shop, opened_again, pay, place, said
from roulian import sell
from roulian.store import Store, Tx
from roulian.words import MemberId, Refusal, SimulatedClock

OTHER = MemberId("mem_chen")


def opened(
    store: Store, *, member_limit: int | None = None, cap_qty: int | None = None, extend_days: int = 0
) -> sell.Campaign:
    def work(tx: Tx) -> sell.Campaign:
        open_shop(tx)
        return sell.open_campaign(
            tx,
            sku=CUP,
            price_fen=1500,
            deadline_at=tx.now.plus(timedelta(days=1)),
            lot_qty=10,
            member_limit=member_limit,
            cap_qty=cap_qty,
            extend_days=extend_days,
        )

    return store.call(work)


def want(store: Store, campaign: sell.Campaign, key: str, qty: int, *, member: MemberId = BUYER) -> sell.Order:
    return store.call(lambda tx: place(tx, key, sell.Wanted(CUP, qty, campaign.id), member=member))


def test_one_person_has_at_most_the_limit_over_all_orders_that_stand(store: Store) -> None:
    campaign = opened(store, member_limit=5)
    first = want(store, campaign, "k1", 3)

    with pytest.raises(sell.OverMemberLimit) as no:
        want(store, campaign, "k2", 3)

    counted = store.read(lambda tx: sell.campaign(tx, campaign.id)).ordered_qty
    assert (no.value.left, counted) == (2, 3)
    assert want(store, campaign, "k3", 3, member=OTHER).units() == 3
    store.call(lambda tx: sell.cancel(tx, first.id, why="buyer"))
    assert want(store, campaign, "k4", 5).units() == 5


def test_same_key_over_the_limit_is_still_the_first_order(store: Store) -> None:
    campaign = opened(store, member_limit=3)
    first = want(store, campaign, "k1", 3)

    assert want(store, campaign, "k1", 3) == first


def test_a_full_presale_says_what_is_left(store: Store) -> None:
    campaign = opened(store, cap_qty=10)
    want(store, campaign, "k1", 8)

    with pytest.raises(sell.CampaignFull) as no:
        want(store, campaign, "k2", 3, member=OTHER)

    assert no.value.left == 2


def test_orders_at_once_never_pass_the_cap(store: Store, store_url: str, clock: SimulatedClock) -> None:
    campaign = opened(store, cap_qty=25)

    def one(home: Store, number: int) -> bool:
        try:
            want(home, campaign, "k", 1, member=MemberId(f"mem_{number}"))
        except sell.CampaignFull:
            return False
        return True

    with opened_again(store_url, clock) as other:
        got = all_at_once(
            lambda number=number: one(store if number % 2 else other, number)  # type: ignore[misc]
            for number in range(80)
        )

    assert sum(got) == 25


def test_a_presale_that_would_miss_goes_on_once_and_then_misses(store: Store, clock: SimulatedClock) -> None:
    campaign = opened(store, extend_days=3)
    paid = want(store, campaign, "k1", 4)
    store.call(lambda tx: pay(tx, paid))
    clock.move_to(campaign.deadline_at)

    longer = store.call(lambda tx: sell.close_campaign(tx, campaign.id))
    joined = want(store, campaign, "k2", 1, member=OTHER)
    clock.move_to(longer.deadline_at)
    missed = store.call(lambda tx: sell.close_campaign(tx, campaign.id))

    assert longer.deadline_at == campaign.deadline_at.plus(timedelta(days=3))
    assert (longer.status, joined.campaigns(), missed.status) == ("open", (campaign.id,), "missed")
    assert len(said(store, "sell.CampaignExtended")) == 1
    assert store.read(lambda tx: sell.order(tx, paid.id)).status == "refunding"


def test_a_presale_whose_lot_was_reached_does_not_go_on(store: Store, clock: SimulatedClock) -> None:
    campaign = opened(store, extend_days=3)
    paid = want(store, campaign, "k1", 10)
    store.call(lambda tx: pay(tx, paid))
    clock.move_to(campaign.deadline_at)

    assert store.call(lambda tx: sell.close_campaign(tx, campaign.id)).status == "closed"


@pytest.mark.parametrize("wrong", [{"member_limit": 0}, {"cap_qty": 9}, {"extend_days": -1}, {"extend_days": 91}])
def test_limits_that_cannot_be_meant_are_refused(store: Store, wrong: dict[str, int]) -> None:
    with pytest.raises(Refusal) as no:
        opened(store, **wrong)

    assert isinstance(no.value, sell.BadCampaign)
    assert no.value.field == next(iter(wrong))
