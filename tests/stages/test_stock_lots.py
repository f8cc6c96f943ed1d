"""Lots: first expired first out, what must outlast a few days, and what happens the morning after. On both engines."""

from datetime import timedelta

import pytest

from builders import BOWL, CUP, MORNING, said
from roulian import stock
from roulian.store import Store, Tx
from roulian.words import OrderId, SimulatedClock

A, B, C = OrderId("ord_a"), OrderId("ord_b"), OrderId("ord_c")
TODAY = MORNING.day()
SOON = stock.Lot(stock.LotId("soon"), TODAY.plus(3))
LATE = stock.Lot(stock.LotId("late"), TODAY.plus(30))


def bring(store: Store, qty: int, lot: stock.Lot | None, *, source: str = "po1", sku: str = CUP) -> None:
    store.call(lambda tx: stock.receive(tx, sku=sku, qty=qty, source=source, lot=lot))


def shelf(store: Store, *, location: str = stock.MAIN) -> dict[str, tuple[int, int]]:
    """On hand and reserved by lot, and of the whole shelf under its name."""

    def look(tx: Tx) -> dict[str, tuple[int, int]]:
        found = {lot.lot: (lot.on_hand, lot.reserved) for lot in stock.lots(tx, [CUP]) if lot.location == location}
        level = stock.levels(tx, [CUP], location=location).get(CUP)
        return {**found, "shelf": (level.on_hand, level.reserved)} if level else found

    return store.read(look)


def moves(store: Store, kind: stock.MoveKind) -> list[tuple[str, str, int]]:
    found = store.read(lambda tx: stock.moves_page(tx, sku=CUP, kind=kind))
    return sorted((move.location, move.lot, move.qty) for move in found)


def status(store: Store, order: OrderId) -> list[tuple[int, int, str]]:
    return [(it.qty, it.held, it.status) for it in store.read(lambda tx: stock.claims(tx, [order])).get(order, ())]


@pytest.fixture
def books(store: Store):
    """The store, whose counters must be what its moves and claims say when the test is over."""
    yield store
    assert store.read(stock.audit) == ()


def test_the_lot_that_expires_first_is_held_and_goes_first(books: Store) -> None:
    bring(books, 5, LATE, source="po1")
    bring(books, 2, SOON, source="po2")

    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 3)]))
    assert shelf(books) == {"late": (5, 1), "soon": (2, 2), "shelf": (7, 3)}
    books.call(lambda tx: stock.issue(tx, A))

    assert shelf(books) == {"late": (4, 0), "shelf": (4, 0)}
    assert moves(books, stock.MoveKind.ISSUE) == [("main", "late", -1), ("main", "soon", -2)]


def test_units_of_no_lot_go_last(books: Store) -> None:
    bring(books, 4, None, source="po1")
    bring(books, 4, LATE, source="po2")

    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 5)]))
    books.call(lambda tx: stock.issue(tx, A))

    assert shelf(books) == {"shelf": (3, 0)}
    assert moves(books, stock.MoveKind.ISSUE) == [("main", "", -1), ("main", "late", -4)]


def test_what_must_last_is_not_given_from_a_lot_that_does_not(books: Store) -> None:
    bring(books, 5, SOON, source="po1")
    bring(books, 2, LATE, source="po2")

    with pytest.raises(stock.SoldOut) as refusal:
        books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 3)], min_days_left=7))
    assert (refusal.value.wanted, refusal.value.free) == (3, 2)
    assert shelf(books) == {"soon": (5, 0), "late": (2, 0), "shelf": (7, 0)}

    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2)], min_days_left=7))
    assert shelf(books) == {"soon": (5, 0), "late": (2, 2), "shelf": (7, 2)}


def test_a_refusal_on_the_second_sku_gives_the_lots_of_the_first_back(books: Store) -> None:
    bring(books, 5, SOON)
    bring(books, 1, None, sku=BOWL)

    def try_two(tx) -> None:
        with pytest.raises(stock.SoldOut):
            stock.hold(tx, A, [stock.Want(BOWL, 1), stock.Want(CUP, 9)])

    books.call(try_two)

    assert shelf(books) == {"soon": (5, 0), "shelf": (5, 0)}
    assert books.read(lambda tx: stock.free(tx, [BOWL])) == {BOWL: 1}


def test_released_units_are_free_in_their_own_lot(books: Store) -> None:
    bring(books, 2, SOON, source="po1")
    bring(books, 5, LATE, source="po2")
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 3)]))

    books.call(lambda tx: stock.release(tx, A))

    assert shelf(books) == {"soon": (2, 0), "late": (5, 0), "shelf": (7, 0)}


def test_two_lines_of_an_order_hold_their_own_units_and_one_can_be_given_up(books: Store) -> None:
    bring(books, 2, SOON, source="po1")
    bring(books, 5, LATE, source="po2")
    lines = [stock.Want(CUP, 1, "1"), stock.Want(CUP, 3, "2")]
    claims = books.call(lambda tx: stock.hold(tx, A, lines))
    assert [(claim.line, claim.qty) for claim in claims] == [("1", 1), ("2", 3)]

    assert books.call(lambda tx: stock.release(tx, A, line="2"))
    assert not books.call(lambda tx: stock.release(tx, A, line="2"))

    assert shelf(books) == {"soon": (2, 1), "late": (5, 0), "shelf": (7, 1)}
    assert books.call(lambda tx: stock.issue(tx, A))


def test_giving_up_the_line_that_waited_completes_the_order_once(books: Store) -> None:
    bring(books, 2, None)
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 1, "1")]))
    books.call(lambda tx: stock.wait_for(tx, A, [stock.Want(BOWL, 1, "2")], wanted_day=TODAY.plus(9)))

    books.call(lambda tx: stock.release(tx, A, line="2"))

    assert said(books, "stock.ClaimsFilled") == ['{"order":"ord_a"}']
    assert books.read(lambda tx: stock.is_filled(tx, A))


def test_who_waits_is_served_from_a_lot_that_lasts_as_long_as_asked(books: Store) -> None:
    books.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 2)], wanted_day=TODAY.plus(1), min_days_left=10))
    books.call(lambda tx: stock.wait_for(tx, B, [stock.Want(CUP, 2)], wanted_day=TODAY.plus(5)))

    bring(books, 3, SOON, source="po1")
    assert (status(books, A), status(books, B)) == ([(2, 0, "waiting")], [(2, 2, "held")])
    bring(books, 1, LATE, source="po2")

    assert status(books, A) == [(2, 1, "waiting")]
    assert shelf(books) == {"soon": (3, 2), "late": (1, 1), "shelf": (4, 3)}


def test_a_lot_has_one_expiry_day(books: Store) -> None:
    bring(books, 1, SOON, source="po1")

    with pytest.raises(stock.LotDiffers) as refusal:
        bring(books, 1, stock.Lot(SOON.id, TODAY.plus(4)), source="po2")

    assert refusal.value.expires == TODAY.plus(3).iso()
    assert shelf(books) == {"soon": (1, 0), "shelf": (1, 0)}


def test_the_last_day_still_sells_and_the_next_does_not(books: Store, clock: SimulatedClock) -> None:
    bring(books, 5, SOON)
    clock.move_to(TODAY.plus(3).at(23, 59))
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 1)]))
    assert books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id)) == 0

    clock.move_to(TODAY.plus(4).at(0))

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.hold(tx, B, [stock.Want(CUP, 1)]))
    assert shelf(books) == {"soon": (5, 1), "shelf": (5, 1)}


def test_an_expired_lot_goes_to_quarantine_once_and_its_holders_get_the_next_lots(
    books: Store, clock: SimulatedClock
) -> None:
    bring(books, 4, SOON, source="po1")
    bring(books, 3, LATE, source="po2")
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2)]))
    clock.move_to(TODAY.plus(4).at(0))

    assert books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id)) == 4
    assert books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id)) == 0

    assert shelf(books) == {"late": (3, 2), "shelf": (3, 2)}
    assert shelf(books, location=stock.QUARANTINE) == {"soon": (4, 0), "shelf": (4, 0)}
    assert status(books, A) == [(2, 2, "held")]
    assert moves(books, stock.MoveKind.QUARANTINE) == [("main", "soon", -4), ("quarantine", "soon", 4)]
    assert said(books, "stock.LotExpired") == ['{"sku":"sku_cup","lot":"soon","qty":4,"unserved":0}']


def test_a_lot_that_expires_at_two_places_leaves_both(books: Store, clock: SimulatedClock) -> None:
    bring(books, 2, SOON, source="po1")
    books.call(
        lambda tx: stock.receive(tx, sku=CUP, qty=2, source="po2", lot=SOON, location=stock.LocationId("elsewhere"))
    )
    clock.move_to(TODAY.plus(4).at(0))

    assert books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id)) == 4

    assert shelf(books, location=stock.QUARANTINE) == {"soon": (4, 0), "shelf": (4, 0)}


def test_an_order_whose_lot_expired_without_another_waits_again_and_is_told_when_it_is_filled(
    books: Store, clock: SimulatedClock
) -> None:
    bring(books, 4, SOON, source="po1")
    bring(books, 1, LATE, source="po2")
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 3)], expires_at=tx.now.plus(timedelta(days=9))))
    clock.move_to(TODAY.plus(4).at(0))

    books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id))
    assert status(books, A) == [(3, 1, "waiting")]
    with pytest.raises(stock.NotHeld):
        books.call(lambda tx: stock.issue(tx, A))
    bring(books, 2, LATE, source="po3")

    assert status(books, A) == [(3, 3, "held")]
    assert said(books, "stock.ClaimsFilled") == ['{"order":"ord_a"}']
    assert books.call(lambda tx: stock.issue(tx, A))


def test_production_uses_the_lot_that_expires_first_and_never_an_expired_one(
    books: Store, clock: SimulatedClock
) -> None:
    bring(books, 3, SOON, source="po1")
    bring(books, 3, LATE, source="po2")
    assert books.call(lambda tx: stock.consume(tx, {CUP: 4}, source="wo1"))
    assert not books.call(lambda tx: stock.consume(tx, {CUP: 4}, source="wo1"))
    assert shelf(books) == {"late": (2, 0), "shelf": (2, 0)}

    bring(books, 3, SOON, source="po3")
    clock.move_to(TODAY.plus(4).at(0))

    with pytest.raises(stock.StockHeld) as refusal:
        books.call(lambda tx: stock.consume(tx, {CUP: 3}, source="wo2"))
    assert refusal.value.free == 2
    assert shelf(books)["shelf"] == (5, 0)


def test_a_return_goes_back_into_its_lot(books: Store) -> None:
    bring(books, 3, SOON)

    assert books.call(lambda tx: stock.take_back(tx, sku=CUP, qty=1, source="ret1", lot=SOON))
    assert not books.call(lambda tx: stock.take_back(tx, sku=CUP, qty=1, source="ret1", lot=SOON))

    assert shelf(books) == {"soon": (4, 0), "shelf": (4, 0)}


def test_the_lots_that_expire_first_are_shown_first(books: Store) -> None:
    bring(books, 3, LATE, source="po1")
    bring(books, 3, stock.Lot(stock.LotId("keeps")), source="po2")
    bring(books, 3, SOON, source="po3")

    assert [lot.lot for lot in books.read(stock.lots_page)] == ["soon", "late", "keeps"]
