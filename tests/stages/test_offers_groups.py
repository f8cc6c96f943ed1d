"""Group-buys: never overfull, complete once, failed once, a member in a group once."""

import pytest

from builders import PRICE_FEN, all_at_once, said
from offer_builders import MONDAY, SUNDAY, a_groupbuy, later, paid_in, seated
from roulian import offers
from roulian.store import Store, Tx
from roulian.words import MemberId, OrderId, SimulatedClock


def now_of(store: Store, group: offers.Group) -> offers.Group:
    return store.read(lambda tx: offers.group(tx, group.id))


def test_last_member_who_pays_completes_the_group_once(store: Store) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")
    for order in ("b", "c"):
        seated(store, groupbuy, order, group=group.id)

    first = paid_in(store, "a", "b")
    waits = store.read(lambda tx: offers.waits_for_group(tx, OrderId("a")))
    last = paid_in(store, "c", "c", "a")

    assert (first, last, waits) == ([True, True], [True, False, False], True)
    assert now_of(store, group).status is offers.GroupStatus.COMPLETE
    assert not store.read(lambda tx: offers.waits_for_group(tx, OrderId("a")))
    assert len(said(store, "offers.GroupCompleted")) == 1
    assert store.read(lambda tx: offers.orders_paid(tx, group.id)) == ("a", "b", "c")


def test_full_group_sends_the_next_to_another_and_then_to_one_of_their_own(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=2)
    first, second = seated(store, groupbuy, "a"), seated(store, groupbuy, "b")
    seated(store, groupbuy, "c", group=first.id)

    moved = seated(store, groupbuy, "d", group=first.id)
    alone = seated(store, groupbuy, "e", group=first.id)

    assert moved.id == second.id
    assert alone.id not in (first.id, second.id)
    assert len(said(store, "offers.GroupOpened")) == 3


def test_member_sits_in_a_group_once(store: Store) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")

    with pytest.raises(offers.AlreadyInGroup):
        seated(store, groupbuy, "a", group=group.id)

    assert now_of(store, group).taken == 1


def test_racing_members_take_the_last_seat_once_and_the_rest_fill_other_groups(store: Store) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")

    joined = all_at_once(
        [lambda n=number: seated(store, groupbuy, f"r{n}", group=group.id).id for number in range(20)], threads=16
    )

    assert joined.count(group.id) == 2
    assert now_of(store, group).taken == 3
    assert all(joined.count(ident) <= 3 for ident in set(joined))


def test_racing_payments_complete_the_group_once(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=10)
    group = seated(store, groupbuy, "p0")
    for number in range(1, 10):
        seated(store, groupbuy, f"p{number}", group=group.id)

    counted = all_at_once(
        [lambda n=number: paid_in(store, f"p{n % 10}")[0] for number in range(30)],
        threads=16,
    )

    assert sum(counted) == 10
    assert now_of(store, group).status is offers.GroupStatus.COMPLETE
    assert len(said(store, "offers.GroupCompleted")) == 1


def test_lapsed_order_frees_its_seat_for_another(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=2)
    group = seated(store, groupbuy, "a")
    seated(store, groupbuy, "b", group=group.id)

    left = [store.call(lambda tx: offers.leave(tx, OrderId("b")), cause="test") for _ in range(2)]
    joined = seated(store, groupbuy, "c", group=group.id)

    assert left == [True, False]
    assert joined.id == group.id


def test_refunded_member_leaves_a_filling_group_and_not_a_complete_one(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=2)
    group = seated(store, groupbuy, "a")
    paid_in(store, "a")
    store.call(lambda tx: offers.leave(tx, OrderId("a")), cause="test")
    gone = now_of(store, group)
    for order in ("b", "c"):
        seated(store, groupbuy, order, group=group.id)
    paid_in(store, "b", "c")

    store.call(lambda tx: offers.leave(tx, OrderId("b")), cause="test")

    assert (gone.taken, gone.paid) == (0, 0)
    complete = now_of(store, group)
    assert (complete.status, complete.paid) == (offers.GroupStatus.COMPLETE, 2)


def test_group_fails_once_at_its_end_and_only_when_no_seat_waits_for_money(store: Store, clock: SimulatedClock) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")
    seated(store, groupbuy, "b", group=group.id)
    paid_in(store, "a")

    def close() -> offers.GroupStatus:
        return store.call(lambda tx: offers.close_group(tx, group.id), cause="test").status

    early = close()
    clock.move_to(group.closes_at)
    waiting = close()
    store.call(lambda tx: offers.leave(tx, OrderId("b")), cause="test")
    ended = [close(), close()]

    assert (early, waiting) == (offers.GroupStatus.FILLING, offers.GroupStatus.FILLING)
    assert ended == [offers.GroupStatus.FAILED] * 2
    assert len(said(store, "offers.GroupFailed")) == 1
    assert store.read(lambda tx: offers.orders_paid(tx, group.id)) == ("a",)
    with pytest.raises(offers.GroupClosed):
        store.call(lambda tx: offers.sit_again(tx, OrderId("b")), cause="test")


def test_order_that_stands_again_has_its_seat_again_if_there_is_one(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=2)
    group = seated(store, groupbuy, "a")
    store.call(lambda tx: offers.leave(tx, OrderId("a")), cause="test")

    store.call(lambda tx: offers.sit_again(tx, OrderId("a")), cause="test")
    paid_in(store, "a")

    seat = store.read(lambda tx: offers.seats(tx, [OrderId("a")]))[OrderId("a")]
    assert (seat.status, now_of(store, group).paid) == (offers.SeatStatus.PAID, 1)


def test_closed_group_buy_opens_no_group_but_lets_a_filling_one_be_joined(store: Store, clock: SimulatedClock) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")
    store.call(lambda tx: offers.stop_groupbuy(tx, groupbuy.id), cause="test")
    stopped = store.read(lambda tx: offers.groupbuy(tx, groupbuy.id))

    with pytest.raises(offers.GroupBuyClosed):
        seated(store, stopped, "b")
    joined = seated(store, stopped, "b", group=group.id)

    assert joined.id == group.id
    assert store.read(offers.groupbuys_open) == ()


def test_same_order_seated_twice_holds_one_seat(store: Store) -> None:
    groupbuy = a_groupbuy(store)
    group = seated(store, groupbuy, "a")

    def again(tx: Tx) -> offers.Group:
        joined = offers.join(tx, groupbuy, member=MemberId("mem_twin"), wanted=group.id)
        offers.sit(tx, joined.id, order=OrderId("a"), member=MemberId("mem_twin"))
        return joined

    store.call(again, cause="test")

    assert now_of(store, group).taken == 1


@pytest.mark.parametrize(
    ("field", "differs"),
    [
        ("price_fen", {"price_fen": PRICE_FEN}),
        ("size", {"size": 1}),
        ("fill_hours", {"fill_hours": 73}),
        ("most_qty", {"most_qty": 0}),
        ("until_at", {"until_at": MONDAY}),
    ],
)
def test_group_buy_that_cannot_be_is_refused_by_its_field(store: Store, field: str, differs: dict[str, object]) -> None:
    with pytest.raises(offers.BadGroupBuy) as refused:
        a_groupbuy(store, **differs)

    assert refused.value.field == field
    assert store.read(offers.groupbuys_page) == ()


def test_numbers_of_a_group_buy_and_time_left(store: Store) -> None:
    groupbuy = a_groupbuy(store, size=2)
    done, filling = seated(store, groupbuy, "a"), seated(store, groupbuy, "b")
    seated(store, groupbuy, "c", group=done.id)
    paid_in(store, "a", "b", "c")

    counts = store.read(lambda tx: offers.groupbuy_counts(tx, [groupbuy.id]))
    open_groups = store.read(lambda tx: offers.joinable_groups(tx, [groupbuy.id]))

    assert counts == {groupbuy.id: offers.GroupCount(filling=1, complete=1, failed=0, members_paid=3)}
    assert [group.id for group in open_groups] == [filling.id]
    assert open_groups[0].missing() == 1
    assert open_groups[0].left_s(later(open_groups[0].opened_at, hours=23)) == 3_600
    assert open_groups[0].closes_at < SUNDAY
