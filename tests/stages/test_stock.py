"""Shelves, claims and safety lines, on both engines."""

from datetime import timedelta

import pytest

from builders import BOWL, CUP, TRAY, said, shelve
from roulian import stock
from roulian.store import Store, Violated
from roulian.words import Bug, Day, OrderId, SimulatedClock

A, B, C = OrderId("ord_a"), OrderId("ord_b"), OrderId("ord_c")
SOON, LATER = Day.parse("2026-03-10"), Day.parse("2026-03-20")


def level(store: Store, sku: str = CUP) -> tuple[int, int, int]:
    found = store.read(lambda tx: stock.levels(tx, [sku]))[sku]
    return found.on_hand, found.reserved, found.waiting


def held(store: Store, order: OrderId) -> list[tuple[str, int, int, stock.ClaimStatus]]:
    claims = store.read(lambda tx: stock.claims(tx, [order])).get(order, ())
    return [(claim.sku, claim.qty, claim.held, claim.status) for claim in claims]


def test_received_stock_is_free(store: Store) -> None:
    store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1:1"))

    assert store.read(lambda tx: stock.free(tx, [CUP, BOWL])) == {CUP: 5, BOWL: 0}
    assert said(store, "stock.StockReceived") == ['{"sku":"sku_cup","location":"main","qty":5,"source":"po1:1"}']


def test_the_same_arrival_told_twice_is_one_arrival(store: Store) -> None:
    assert store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1:1"))

    assert not store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1:1"))

    assert level(store) == (5, 0, 0)
    assert len(store.read(stock.moves_page)) == 1


def test_the_same_arrival_with_another_quantity_is_loud(store: Store) -> None:
    store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1:1"))

    with pytest.raises(Bug):
        store.call(lambda tx: stock.receive(tx, sku=CUP, qty=6, source="po1:1"))

    assert level(store) == (5, 0, 0)


@pytest.mark.parametrize("qty", [0, -3])
def test_nothing_is_not_received(store: Store, qty: int) -> None:
    with pytest.raises(stock.BadQuantity):
        store.call(lambda tx: stock.receive(tx, sku=CUP, qty=qty, source="po1:1"))

    assert store.read(stock.moves_page) == ()


def test_holding_takes_units_of_every_line(store: Store, clock: SimulatedClock) -> None:
    store.call(lambda tx: (shelve(tx, 5), shelve(tx, 5, sku=BOWL)))
    until = clock.now().plus(timedelta(minutes=30))

    claims = store.call(
        lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2), stock.Want(BOWL, 1), stock.Want(CUP, 1)], expires_at=until)
    )

    assert [(claim.sku, claim.qty, claim.held, claim.expires_at) for claim in claims] == [
        (BOWL, 1, 1, until),
        (CUP, 3, 3, until),
    ]
    assert store.read(lambda tx: stock.claims(tx, [A])) == {A: claims}
    assert store.read(lambda tx: stock.free(tx, [CUP, BOWL])) == {CUP: 2, BOWL: 4}


def test_lines_of_one_sku_are_summed_before_they_are_checked(store: Store) -> None:
    store.call(lambda tx: shelve(tx, 5))

    with pytest.raises(stock.SoldOut) as refusal:
        store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 3), stock.Want(CUP, 3)]))

    assert refusal.value.facts() == {"sku": CUP, "wanted": 6, "free": 5}
    assert "需要 6 件" in refusal.value.text("zh")
    assert level(store) == (5, 0, 0)


def test_an_order_short_of_one_line_holds_nothing_even_if_the_caller_goes_on(store: Store) -> None:
    def try_and_go_on(tx) -> None:
        with pytest.raises(stock.SoldOut):
            stock.hold(tx, A, [stock.Want(BOWL, 1), stock.Want(CUP, 2), stock.Want(TRAY, 1)])

    store.call(lambda tx: (shelve(tx, 5), shelve(tx, 5, sku=BOWL)))

    store.call(try_and_go_on)

    assert held(store, A) == []
    assert (level(store, BOWL), level(store, CUP)) == ((5, 0, 0), (5, 0, 0))


def test_one_order_cannot_hold_the_same_twice(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 5), stock.hold(tx, A, [stock.Want(CUP, 1)])))

    with pytest.raises(Violated):
        store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 1)]))

    assert level(store) == (5, 1, 0)


def test_a_kept_claim_does_not_lapse(store: Store, clock: SimulatedClock) -> None:
    until = clock.now().plus(timedelta(minutes=30))
    store.call(lambda tx: (shelve(tx, 5), stock.hold(tx, A, [stock.Want(CUP, 1)], expires_at=until)))
    assert store.call(lambda tx: stock.keep(tx, A))
    clock.move_to(until)

    assert not store.call(lambda tx: stock.expire(tx, A))

    assert level(store) == (5, 1, 0)


def test_a_claim_lapses_at_its_time_and_not_before(store: Store, clock: SimulatedClock) -> None:
    until = clock.now().plus(timedelta(minutes=30))
    store.call(lambda tx: (shelve(tx, 5), stock.hold(tx, A, [stock.Want(CUP, 1)], expires_at=until)))
    assert not store.call(lambda tx: stock.expire(tx, A))
    clock.move_to(until)

    assert store.call(lambda tx: stock.expire(tx, A))
    assert not store.call(lambda tx: stock.expire(tx, A))

    assert level(store) == (5, 0, 0)
    assert said(store, "stock.ReservationExpired") == ['{"order":"ord_a"}']


def test_what_comes_in_goes_to_the_earliest_promise_and_in_part(store: Store) -> None:
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 3)], wanted_day=LATER))
    store.call(lambda tx: stock.wait_for(tx, B, [stock.Want(CUP, 3)], wanted_day=SOON))
    store.call(lambda tx: stock.wait_for(tx, C, [stock.Want(CUP, 3)], wanted_day=SOON))

    store.call(lambda tx: shelve(tx, 4))

    assert held(store, B) == [(CUP, 3, 3, stock.ClaimStatus.HELD)]
    assert held(store, C) == [(CUP, 3, 1, stock.ClaimStatus.WAITING)]
    assert held(store, A) == [(CUP, 3, 0, stock.ClaimStatus.WAITING)]
    assert level(store) == (4, 4, 5)
    assert said(store, "stock.ClaimsFilled") == ['{"order":"ord_b"}']
    waiting = store.read(lambda tx: stock.waiting_claims(tx, [CUP]))[CUP]
    assert [claim.order for claim in waiting] == [C, A]


def test_an_order_is_filled_once_when_its_last_claim_is(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 1, sku=TRAY), stock.hold(tx, A, [stock.Want(TRAY, 1)])))
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 1), stock.Want(BOWL, 2)], wanted_day=SOON))

    store.call(lambda tx: shelve(tx, 1))
    assert (said(store, "stock.ClaimsFilled"), store.read(lambda tx: stock.is_filled(tx, A))) == ([], False)
    store.call(lambda tx: shelve(tx, 1, sku=BOWL))
    assert (said(store, "stock.ClaimsFilled"), store.read(lambda tx: stock.is_filled(tx, A))) == ([], False)
    store.call(lambda tx: shelve(tx, 9, sku=BOWL, source="second"))

    assert said(store, "stock.ClaimsFilled") == ['{"order":"ord_a"}']
    assert store.read(lambda tx: stock.is_filled(tx, A))
    assert level(store, BOWL) == (10, 2, 0)


def test_an_order_made_to_demand_leaves_the_shelf_to_others(store: Store) -> None:
    store.call(lambda tx: shelve(tx, 5))

    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 500)], wanted_day=LATER))

    assert store.read(lambda tx: stock.free(tx, [CUP])) == {CUP: 5}
    assert store.read(lambda tx: stock.waiting(tx, [CUP])) == {CUP: 500}


def test_released_units_go_to_whoever_waits(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 2), stock.hold(tx, A, [stock.Want(CUP, 2)])))
    store.call(lambda tx: stock.wait_for(tx, B, [stock.Want(CUP, 2)], wanted_day=SOON))

    assert store.call(lambda tx: stock.release(tx, A))
    assert not store.call(lambda tx: stock.release(tx, A))

    assert held(store, A) == [(CUP, 2, 2, stock.ClaimStatus.RELEASED)]
    assert held(store, B) == [(CUP, 2, 2, stock.ClaimStatus.HELD)]
    assert level(store) == (2, 2, 0)


def test_releasing_a_part_filled_claim_gives_up_both_parts(store: Store) -> None:
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 5)], wanted_day=SOON))
    store.call(lambda tx: shelve(tx, 2))

    store.call(lambda tx: stock.release(tx, A))
    store.call(lambda tx: shelve(tx, 9, source="later"))

    assert level(store) == (11, 0, 0)
    assert said(store, "stock.ClaimsFilled") == []


def test_a_released_order_can_hold_again(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 2), stock.hold(tx, A, [stock.Want(CUP, 2)]), stock.release(tx, A)))

    store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2)]))

    assert level(store) == (2, 2, 0)


def test_issued_goods_leave_with_one_move_for_each_sku(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 3), shelve(tx, 2, sku=BOWL)))
    store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2), stock.Want(BOWL, 2)]))

    assert store.call(lambda tx: stock.issue(tx, A))
    assert not store.call(lambda tx: stock.issue(tx, A))

    assert (level(store), level(store, BOWL)) == ((1, 0, 0), (0, 0, 0))
    out = store.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ISSUE))
    assert sorted((move.sku, move.qty, move.source) for move in out) == [(BOWL, -2, A), (CUP, -2, A)]


def test_goods_still_to_come_keep_the_whole_order_back(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 3), stock.hold(tx, A, [stock.Want(CUP, 2)])))
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(BOWL, 1)], wanted_day=SOON))

    with pytest.raises(stock.NotHeld):
        store.call(lambda tx: stock.issue(tx, A))

    assert level(store) == (3, 2, 0)
    assert len(store.read(stock.moves_page)) == 1


@pytest.mark.parametrize("released", [True, False])
def test_an_order_without_claims_does_not_leave(store: Store, released: bool) -> None:
    if released:
        store.call(lambda tx: (shelve(tx, 3), stock.hold(tx, A, [stock.Want(CUP, 2)]), stock.release(tx, A)))

    with pytest.raises(stock.NotHeld):
        store.call(lambda tx: stock.issue(tx, A))


def test_a_count_corrects_the_shelf_but_not_below_what_is_held(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 5), stock.hold(tx, A, [stock.Want(CUP, 3)])))

    assert store.call(lambda tx: stock.adjust(tx, sku=CUP, qty=-2, source="count 1"))
    with pytest.raises(stock.StockHeld) as refusal:
        store.call(lambda tx: stock.adjust(tx, sku=CUP, qty=-1, source="count 2"))
    with pytest.raises(stock.BadQuantity):
        store.call(lambda tx: stock.adjust(tx, sku=CUP, qty=0, source="count 3"))

    assert refusal.value.facts() == {"sku": CUP, "location": "main", "free": 0}
    assert level(store) == (3, 3, 0)
    assert len(store.read(stock.moves_page)) == 2


def test_found_and_returned_goods_go_to_whoever_waits(store: Store) -> None:
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 2)], wanted_day=SOON))

    store.call(lambda tx: stock.adjust(tx, sku=CUP, qty=1, source="count 1"))
    store.call(lambda tx: stock.take_back(tx, sku=CUP, qty=1, source="ord_z"))

    assert held(store, A) == [(CUP, 2, 2, stock.ClaimStatus.HELD)]
    assert said(store, "stock.ClaimsFilled") == ['{"order":"ord_a"}']


def test_falling_below_the_safety_line_is_said_once_for_each_crossing(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 10), stock.set_safety(tx, {CUP: 8})))

    store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2)]))
    assert said(store, "stock.FellBelowSafety") == []
    store.call(lambda tx: stock.hold(tx, B, [stock.Want(CUP, 1)]))
    store.call(lambda tx: stock.hold(tx, C, [stock.Want(CUP, 1)]))
    assert said(store, "stock.FellBelowSafety") == ['{"sku":"sku_cup","location":"main","net":7,"safety":8}']
    store.call(lambda tx: (shelve(tx, 2, source="more"), stock.issue(tx, B), stock.issue(tx, C)))
    assert len(said(store, "stock.FellBelowSafety")) == 1
    store.call(lambda tx: stock.wait_for(tx, OrderId("ord_d"), [stock.Want(CUP, 20)], wanted_day=SOON))

    assert said(store, "stock.FellBelowSafety")[1:] == ['{"sku":"sku_cup","location":"main","net":-12,"safety":8}']


def test_drawing_the_line_above_the_shelf_is_a_crossing(store: Store) -> None:
    store.call(lambda tx: shelve(tx, 3))

    store.call(lambda tx: stock.set_safety(tx, {CUP: 3, BOWL: 1}))
    store.call(lambda tx: stock.set_safety(tx, {CUP: 3, BOWL: 2}))

    assert said(store, "stock.FellBelowSafety") == ['{"sku":"sku_bowl","location":"main","net":0,"safety":1}']
    with pytest.raises(stock.BadQuantity):
        store.call(lambda tx: stock.set_safety(tx, {CUP: -1}))


def test_without_a_line_nothing_falls_below_it(store: Store) -> None:
    store.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 20)], wanted_day=SOON))

    assert said(store, "stock.FellBelowSafety") == []


def test_shelves_of_two_locations_are_apart(store: Store) -> None:
    east = stock.LocationId("east")
    store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1", location=east))

    with pytest.raises(stock.SoldOut):
        store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 1)]))
    store.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 1)], location=east))

    assert [(it.location, it.free) for it in store.read(stock.all_levels)] == [(east, 4)]


def test_moves_are_read_page_by_page_newest_first(store: Store) -> None:
    store.call(lambda tx: [shelve(tx, qty, source=f"po{qty}") for qty in range(1, 6)])
    store.call(lambda tx: shelve(tx, 1, sku=BOWL))

    first = store.read(lambda tx: stock.moves_page(tx, sku=CUP, limit=3))
    rest = store.read(lambda tx: stock.moves_page(tx, sku=CUP, before=first[-1].id, limit=3))

    assert [move.qty for move in (*first, *rest)] == [5, 4, 3, 2, 1]


def test_materials_leave_the_shelf_once_for_each_use(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 5), shelve(tx, 5, sku=BOWL)))

    assert store.call(lambda tx: stock.consume(tx, {CUP: 2, BOWL: 5}, source="wo1:1"))
    assert not store.call(lambda tx: stock.consume(tx, {CUP: 2, BOWL: 5}, source="wo1:1"))

    assert (level(store), level(store, BOWL)) == ((3, 0, 0), (0, 0, 0))


def test_production_cannot_use_what_is_held_for_orders(store: Store) -> None:
    store.call(lambda tx: (shelve(tx, 5, sku=BOWL), shelve(tx, 5), stock.hold(tx, A, [stock.Want(CUP, 4)])))

    with pytest.raises(stock.StockHeld):
        store.call(lambda tx: stock.consume(tx, {BOWL: 1, CUP: 2}, source="wo1:1"))

    assert (level(store), level(store, BOWL)) == ((5, 4, 0), (5, 0, 0))
    assert store.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.CONSUME)) == ()
