"""Vouchers and seats in two processes at once: counts hold, a group completes once, and every counter is its rows'."""

from collections.abc import Iterator

import pytest

from builders import all_at_once, opened_again, said
from offer_builders import a_coupon, a_groupbuy, paid_in, seated
from roulian import offers
from roulian.store import Store
from roulian.words import MemberId, OrderId, SimulatedClock


@pytest.fixture
def two_stores(store: Store, store_url: str, clock: SimulatedClock) -> Iterator[tuple[Store, Store]]:
    with opened_again(store_url, clock) as other:
        yield store, other


def test_two_processes_give_no_more_vouchers_than_there_are(two_stores: tuple[Store, Store]) -> None:
    store, other = two_stores
    coupon = a_coupon(store, total_qty=25, member_limit=2)

    def claimed(number: int) -> bool:
        member = MemberId(f"mem_{number % 40}")
        try:
            (store, other)[number % 2].call(lambda tx: offers.claim(tx, coupon.id, member=member))
        except (offers.CouponGone, offers.CouponLimit):
            return False
        return True

    won = all_at_once((lambda n=number: claimed(n) for number in range(200)), threads=32)

    assert sum(won) == 25
    assert store.read(lambda tx: offers.coupon(tx, coupon.id)).left() == 0


def test_last_seat_in_two_processes_is_taken_once_and_the_group_completes_once(
    two_stores: tuple[Store, Store],
) -> None:
    store, other = two_stores
    groupbuy = a_groupbuy(store, size=5)
    group = seated(store, groupbuy, "first")
    orders = [f"o{number}" for number in range(60)]

    joined = all_at_once(
        lambda n=number, order=order: seated((store, other)[n % 2], groupbuy, order, group=group.id).id
        for number, order in enumerate(orders)
    )
    all_at_once(
        lambda n=number, order=order: paid_in((store, other)[n % 2], order)
        for number, order in enumerate([*orders, *orders, "first", "first"])
    )

    assert joined.count(group.id) == 4
    complete = said(store, "offers.GroupCompleted")
    assert len(complete) == len(set(complete))
    assert store.read(lambda tx: offers.group(tx, group.id)).status is offers.GroupStatus.COMPLETE
    assert_counted(store, set(joined), orders)


def test_paying_leaving_and_closing_at_once_end_in_one_failed_group(
    two_stores: tuple[Store, Store], clock: SimulatedClock
) -> None:
    store, other = two_stores
    groupbuy = a_groupbuy(store, size=30)
    group = seated(store, groupbuy, "o0")
    orders = [f"o{number}" for number in range(25)]
    for order in orders[1:]:
        seated(store, groupbuy, order, group=group.id)
    clock.move_to(group.closes_at)

    works = [
        work
        for number, order in enumerate(orders)
        for work in (
            lambda order=order: paid_in(store, order),
            lambda order=order: other.call(lambda tx: offers.leave(tx, OrderId(order))),
            lambda: other.call(lambda tx: offers.close_group(tx, group.id)),
        )[: 3 if number % 5 == 0 else 2]
    ]
    all_at_once(works)
    ended = store.call(lambda tx: offers.close_group(tx, group.id))

    assert ended.status is offers.GroupStatus.FAILED
    assert ended.taken == ended.paid
    assert len(said(store, "offers.GroupFailed")) == 1
    seats = store.read(lambda tx: offers.seats(tx, [OrderId(order) for order in orders]))
    assert all(seat.status is not offers.SeatStatus.TAKEN for seat in seats.values())


def assert_counted(store: Store, groups: set[offers.GroupId], orders: list[str]) -> None:
    """Each group's counts are those of its seats."""
    seats = store.read(lambda tx: offers.seats(tx, [OrderId(order) for order in ["first", *orders]])).values()
    for ident in groups:
        group = store.read(lambda tx, it=ident: offers.group(tx, it))
        mine = [seat.status for seat in seats if seat.group == ident]
        assert group.paid == mine.count(offers.SeatStatus.PAID)
        assert group.taken == group.paid + mine.count(offers.SeatStatus.TAKEN) <= group.size
