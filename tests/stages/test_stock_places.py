"""Places: transfers, quarantine, counts, orders held over several places, and the books that check themselves."""

import pytest
import sqlalchemy as sa

from builders import BOWL, CUP, MORNING, TRAY, said, shelve
from roulian import stock
from roulian.store import Store, Tx
from roulian.words import Bug, OrderId

A, B = OrderId("ord_a"), OrderId("ord_b")
TODAY = MORNING.day()
NORTH, SOUTH, SHOP = (stock.LocationId(name) for name in ("north", "south", "shop"))
SOON = stock.Lot(stock.LotId("soon"), TODAY.plus(3))
BOX = stock.TransferId("tr_1")


def place(
    ident: str, region: str, kind: stock.LocationKind = stock.LocationKind.WAREHOUSE, **rest: object
) -> stock.Location:
    return stock.Location(stock.LocationId(ident), kind, f"{ident}仓", ident, region, **rest)


@pytest.fixture
def books(store: Store):
    """A brand with three places; when the test is over its counters must be what moves and claims say."""
    store.call(
        lambda tx: [
            stock.open_location(tx, place("north", "CN-11")),
            stock.open_location(tx, place("south", "CN-44")),
            stock.open_location(tx, place("shop", "CN-31", stock.LocationKind.SHOP, sells_online=False)),
        ]
    )
    yield store
    assert store.read(stock.audit) == ()


def bring(store: Store, qty: int, where: str, *, sku: str = CUP, source: str = "po", lot=None) -> None:
    at = stock.LocationId(where)
    store.call(lambda tx: stock.receive(tx, sku=sku, qty=qty, source=source, location=at, lot=lot))


def on_hand(store: Store, sku: str = CUP) -> dict[str, tuple[int, int]]:
    levels = store.read(stock.all_levels)
    return {it.location: (it.on_hand, it.reserved) for it in levels if it.sku == sku and (it.on_hand or it.reserved)}


def send(tx: Tx, *lines: stock.Sent, origin=NORTH, destination=SOUTH, transfer=BOX) -> bool:
    return stock.send(tx, lines or [stock.Sent(CUP, 4)], transfer=transfer, origin=origin, destination=destination)


def test_goods_leave_are_on_the_road_and_arrive_each_told_once(books: Store) -> None:
    bring(books, 10, "north")

    assert books.call(send)
    assert not books.call(send)
    assert on_hand(books) == {"north": (6, 0), "transit": (4, 0)}
    assert books.call(lambda tx: stock.arrive(tx, BOX))
    assert not books.call(lambda tx: stock.arrive(tx, BOX))

    assert on_hand(books) == {"north": (6, 0), "south": (4, 0)}
    (found,) = books.read(stock.transfers_page)
    assert (found.status, found.lines) == (stock.TransferStatus.ARRIVED, (stock.Sent(CUP, 4),))


def test_goods_on_the_road_are_not_for_sale(books: Store) -> None:
    bring(books, 4, "north")
    books.call(send)

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.hold_anywhere(tx, A, [stock.Ask(CUP, 1)], region="CN-44"))

    assert on_hand(books) == {"transit": (4, 0)}
    assert [level.location for level in books.read(stock.shelves)] == ["north"]


def test_a_transfer_takes_its_lots_with_it_and_an_expired_one_is_looked_at_on_arrival(books: Store, clock) -> None:
    bring(books, 4, "north", lot=SOON)
    books.call(send)
    clock.move_to(TODAY.plus(5).at(9))

    books.call(lambda tx: stock.arrive(tx, BOX))
    assert len(said(books, "stock.LotReceived")) == 2
    books.call(lambda tx: stock.expire_lot(tx, CUP, SOON.id))

    assert on_hand(books) == {"quarantine": (4, 0)}
    (lot,) = books.read(lambda tx: stock.lots(tx, [CUP]))
    assert (lot.lot, lot.location, lot.expires_day) == ("soon", "quarantine", SOON.expires_day)


def test_held_goods_do_not_leave_for_another_place(books: Store) -> None:
    bring(books, 4, "north")
    bring(books, 4, "north", sku=BOWL)
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 2)], location=NORTH))

    with pytest.raises(stock.StockHeld) as refusal:
        books.call(lambda tx: send(tx, stock.Sent(BOWL, 1), stock.Sent(CUP, 3)))

    assert refusal.value.free == 2
    assert (on_hand(books), on_hand(books, BOWL)) == ({"north": (4, 2)}, {"north": (4, 0)})
    assert books.read(stock.transfers_page) == ()


@pytest.mark.parametrize(
    ("origin", "destination", "refusal"),
    [
        ("north", "north", stock.BadTransfer),
        ("north", "transit", stock.BadTransfer),
        ("north", "moon", stock.UnknownLocation),
        ("moon", "south", stock.UnknownLocation),
    ],
)
def test_a_transfer_between_places_that_do_not_fit_is_refused(books: Store, origin, destination, refusal) -> None:
    bring(books, 4, "north")

    with pytest.raises(refusal):
        books.call(lambda tx: send(tx, origin=stock.LocationId(origin), destination=stock.LocationId(destination)))

    assert on_hand(books) == {"north": (4, 0)}


@pytest.mark.parametrize("qty", [0, -2])
def test_nothing_is_not_sent(books: Store, qty: int) -> None:
    bring(books, 4, "north")

    with pytest.raises(stock.BadQuantity):
        books.call(lambda tx: send(tx, stock.Sent(CUP, qty)))

    assert on_hand(books) == {"north": (4, 0)}


def test_a_transfer_told_again_with_other_goods_is_refused_and_one_never_sent_does_not_arrive(books: Store) -> None:
    bring(books, 9, "north")
    books.call(send)

    with pytest.raises(stock.BadTransfer):
        books.call(lambda tx: send(tx, stock.Sent(CUP, 5)))
    with pytest.raises(stock.BadTransfer):
        books.call(lambda tx: stock.arrive(tx, stock.TransferId("tr_none")))

    assert on_hand(books) == {"north": (5, 0), "transit": (4, 0)}


def test_who_waits_at_the_destination_is_served_when_goods_arrive(books: Store) -> None:
    bring(books, 4, "north")
    books.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 3)], wanted_day=TODAY.plus(4), location=SOUTH))
    books.call(send)

    books.call(lambda tx: stock.arrive(tx, BOX))

    assert on_hand(books) == {"south": (4, 3)}
    assert said(books, "stock.ClaimsFilled") == ['{"order":"ord_a"}']


def test_goods_go_into_quarantine_and_out_again_each_told_once(books: Store) -> None:
    bring(books, 5, "north")
    into = {"source": "q1", "reason": "scratched", "location": NORTH}
    out = {"source": "q2", "reason": "polished", "location": SOUTH}

    told = [books.call(lambda tx: stock.quarantine(tx, [stock.Sent(CUP, 3)], **into)) for _ in range(2)]
    assert on_hand(books) == {"north": (2, 0), "quarantine": (3, 0)}
    told += [books.call(lambda tx: stock.clear(tx, [stock.Sent(CUP, 1)], **out)) for _ in range(2)]

    assert told == [True, False, True, False]
    assert on_hand(books) == {"north": (2, 0), "quarantine": (2, 0), "south": (1, 0)}
    reasons = {move.reason for move in books.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.QUARANTINE))}
    assert reasons == {"scratched"}


def test_quarantine_is_a_place_of_its_kind(books: Store) -> None:
    bring(books, 5, "north")

    with pytest.raises(stock.BadTransfer):
        books.call(
            lambda tx: stock.quarantine(tx, [stock.Sent(CUP, 1)], source="q", reason="", location=NORTH, into=SOUTH)
        )
    with pytest.raises(stock.BadTransfer):
        books.call(lambda tx: stock.clear(tx, [stock.Sent(CUP, 1)], source="q", reason="", location=stock.QUARANTINE))

    assert on_hand(books) == {"north": (5, 0)}


def test_returned_goods_come_back_to_the_place_they_were_brought_to(books: Store) -> None:
    books.call(lambda tx: stock.take_back(tx, sku=CUP, qty=2, source="ret1", location=SHOP))
    books.call(lambda tx: stock.take_back(tx, sku=CUP, qty=1, source="ret2", location=stock.QUARANTINE))

    assert on_hand(books) == {"shop": (2, 0), "quarantine": (1, 0)}


def test_a_count_becomes_adjustments_with_its_reason_and_is_told_once(books: Store) -> None:
    bring(books, 5, "north")
    bring(books, 5, "north", sku=BOWL)
    bring(books, 5, "north", sku=TRAY)
    sheet = [stock.Found(CUP, 3), stock.Found(BOWL, 6), stock.Found(TRAY, 5)]

    def tell(tx: Tx) -> tuple[stock.CountLine, ...]:
        return stock.count(tx, sheet, sheet="cnt1", reason="March count", location=NORTH)

    first, again = books.call(tell), books.call(tell)

    assert first == again
    assert [(line.sku, line.difference) for line in first] == [(BOWL, 1), (CUP, -2), (TRAY, 0)]
    moves = books.read(lambda tx: stock.moves_page(tx, kind=stock.MoveKind.ADJUST))
    assert sorted((move.sku, move.qty, move.reason) for move in moves) == [
        (BOWL, 1, "March count"),
        (CUP, -2, "March count"),
    ]
    assert books.read(lambda tx: stock.count_lines(tx, "cnt1")) == first


def test_a_count_told_again_with_other_findings_is_loud(books: Store) -> None:
    bring(books, 5, "north")
    books.call(lambda tx: stock.count(tx, [stock.Found(CUP, 3)], sheet="cnt1", reason="", location=NORTH))

    with pytest.raises(Bug):
        books.call(lambda tx: stock.count(tx, [stock.Found(CUP, 4)], sheet="cnt1", reason="", location=NORTH))

    assert on_hand(books) == {"north": (3, 0)}


def test_a_count_below_what_is_held_is_refused_whole(books: Store) -> None:
    bring(books, 5, "north")
    bring(books, 5, "north", sku=BOWL)
    books.call(lambda tx: stock.hold(tx, A, [stock.Want(CUP, 4)], location=NORTH))

    with pytest.raises(stock.StockHeld):
        books.call(
            lambda tx: stock.count(
                tx, [stock.Found(BOWL, 1), stock.Found(CUP, 3)], sheet="cnt1", reason="", location=NORTH
            )
        )

    assert (on_hand(books), on_hand(books, BOWL)) == ({"north": (5, 4)}, {"north": (5, 0)})
    assert books.read(lambda tx: stock.count_lines(tx, "cnt1")) == ()


def test_lots_and_loose_units_of_one_shelf_are_counted_apart(books: Store) -> None:
    bring(books, 5, "north", lot=SOON, source="po1")
    bring(books, 4, "north", source="po2")
    found = [stock.Found(CUP, 3, SOON.id), stock.Found(CUP, 6), stock.Found(CUP, 2, stock.LotId("new"))]

    lines = books.call(lambda tx: stock.count(tx, found, sheet="cnt1", reason="", location=NORTH))

    assert [(line.lot, line.booked, line.found) for line in lines] == [(None, 4, 6), ("new", 0, 2), ("soon", 5, 3)]
    assert on_hand(books) == {"north": (11, 0)}
    assert {lot.lot: lot.on_hand for lot in books.read(lambda tx: stock.lots(tx, [CUP]))} == {"new": 2, "soon": 3}


def test_an_order_is_held_at_the_nearest_places_and_leaves_from_them(books: Store) -> None:
    bring(books, 5, "north")
    bring(books, 2, "south")

    found = books.call(lambda tx: stock.hold_anywhere(tx, A, [stock.Ask(CUP, 4, line="1")], region="CN-44"))

    assert [(it.location, it.qty) for it in found.portions] == [("south", 2), ("north", 2)]
    assert on_hand(books) == {"north": (5, 2), "south": (2, 2)}
    assert books.call(lambda tx: stock.issue(tx, A))
    assert on_hand(books) == {"north": (3, 0)}


def test_what_is_short_is_refused_whole_or_held_in_part_as_the_caller_chose(books: Store) -> None:
    bring(books, 3, "north")
    asks = [stock.Ask(CUP, 5)]

    with pytest.raises(stock.SoldOut) as refusal:
        books.call(lambda tx: stock.hold_anywhere(tx, A, asks, region="CN-11"))
    assert (refusal.value.wanted, refusal.value.free) == (5, 3)
    assert on_hand(books) == {"north": (3, 0)}

    expected = books.read(lambda tx: stock.allocation(tx, asks, region="CN-11"))
    found = books.call(lambda tx: stock.hold_some(tx, A, asks, region="CN-11"))

    assert found == expected
    assert found.missing == (stock.Want(CUP, 2),)
    assert on_hand(books) == {"north": (3, 3)}


def test_a_shop_that_does_not_sell_online_gives_nothing_to_orders_from_afar(books: Store) -> None:
    bring(books, 9, "shop")
    bring(books, 1, "south")

    found = books.call(lambda tx: stock.hold_some(tx, A, [stock.Ask(CUP, 3)], region="CN-31"))

    assert (found.locations(), found.missing) == ({"south"}, (stock.Want(CUP, 2),))


def test_a_bundle_and_a_line_that_share_a_part_are_summed_before_they_are_checked(books: Store) -> None:
    bring(books, 7, "north")
    bring(books, 9, "north", sku=BOWL)
    kit = (stock.Want(CUP, 2), stock.Want(BOWL, 1))
    asks = [stock.Ask(TRAY, 3, kit, "set"), stock.Ask(CUP, 2, line="cup")]

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.hold_anywhere(tx, A, asks, region="CN-11"))
    assert on_hand(books) == {"north": (7, 0)}
    assert books.read(lambda tx: stock.free_kits(tx, {TRAY: kit})) == {TRAY: 3}

    found = books.call(lambda tx: stock.hold_some(tx, A, asks, region="CN-11"))

    assert found.missing == (stock.Want(CUP, 1, "cup"),)
    claims = books.read(lambda tx: stock.claims(tx, [A]))[A]
    assert sorted((it.line, it.sku, it.qty) for it in claims) == [("cup", CUP, 1), ("set", BOWL, 3), ("set", CUP, 6)]


def test_a_plain_hold_of_opened_bundles_is_whole_or_nothing(books: Store) -> None:
    books.call(lambda tx: (shelve(tx, 5), shelve(tx, 5, sku=BOWL)))
    asks = (stock.Ask(TRAY, 3, (stock.Want(CUP, 2), stock.Want(BOWL, 1))),)

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.hold(tx, A, stock.exploded(asks)))

    assert (on_hand(books), on_hand(books, BOWL)) == ({"main": (5, 0)}, {"main": (5, 0)})


def test_a_place_is_told_anew_and_a_name_nobody_can_read_is_refused(books: Store) -> None:
    books.call(lambda tx: stock.open_location(tx, place("north", "CN-12", priority=3)))
    for bad in (place("", "CN-11"), place("a b", "CN-11"), place("main", "CN-11", stock.LocationKind.SHOP)):
        with pytest.raises(stock.BadLocation):
            books.call(lambda tx, bad=bad: stock.open_location(tx, bad))

    found = {one.id: one for one in books.read(stock.locations)}
    assert sorted(found) == ["main", "north", "quarantine", "shop", "south", "transit"]
    assert (found[NORTH].region, found[NORTH].priority) == ("CN-12", 3)


def test_a_counter_that_drifts_is_found_shown_once_and_closed_when_it_agrees(store: Store) -> None:
    store.call(lambda tx: shelve(tx, 5))
    assert store.read(stock.audit) == ()
    drift = sa.text("UPDATE stock_levels SET on_hand = on_hand + :by")

    def look(tx: Tx) -> tuple[stock.Finding, ...]:
        return stock.record_findings(tx, stock.audit(tx))

    store.call(lambda tx: tx.run(drift, by=2))
    (first,) = store.call(look)
    (again,) = store.call(look)

    assert first == again
    assert (first.sku, first.kept, first.told) == (CUP, "7/0/0", "5/0/0")
    assert len(said(store, "stock.CountersDiffered")) == 1
    assert store.read(lambda tx: stock.levels(tx, [CUP]))[CUP].on_hand == 7
    store.call(lambda tx: tx.run(drift, by=-2))
    assert store.call(look) == ()
    assert store.read(stock.findings) == ()


def test_a_lot_counter_that_drifts_is_found_too(store: Store) -> None:
    store.call(lambda tx: stock.receive(tx, sku=CUP, qty=5, source="po1", lot=SOON))

    store.call(lambda tx: tx.run(sa.text("UPDATE stock_lot_levels SET on_hand = 4 WHERE lot = :lot"), lot="soon"))

    assert [(it.lot, it.kept, it.told) for it in store.read(stock.audit)] == [("soon", "4/0", "5/0")]


def claiming(order: OrderId, *units: stock.Want, kits: tuple[stock.Ask, ...] = (), **rest: object) -> stock.Claiming:
    return stock.Claiming(order, units, (), wanted_day=TODAY, region="广东", kits=kits, **rest)


def held(store: Store, order: OrderId) -> dict[str, int]:
    """Units held for the order at each place."""
    sums: dict[str, int] = {}
    for claim in store.read(lambda tx: stock.claims(tx, [order])).get(order, ()):
        sums[claim.location] = sums.get(claim.location, 0) + claim.held
    return sums


def test_an_order_is_held_over_places_the_nearest_to_its_region_first(books: Store) -> None:
    bring(books, 5, "north")
    bring(books, 2, "south")
    bring(books, 9, "shop")

    books.call(lambda tx: stock.claim_all(tx, [claiming(A, stock.Want(CUP, 4))]))

    assert held(books, A) == {"south": 2, "north": 2}
    assert books.read(lambda tx: stock.free(tx, [CUP])) == {CUP: 3}


def test_what_no_place_that_serves_has_is_sold_out_and_nothing_is_held(books: Store) -> None:
    bring(books, 3, "north")
    bring(books, 9, "shop")
    before = on_hand(books)

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.claim_all(tx, [claiming(A, stock.Want(CUP, 4))]))

    assert on_hand(books) == before
    assert held(books, A) == {}


def test_the_brands_rule_chooses_the_places(books: Store) -> None:
    bring(books, 5, "north")
    bring(books, 2, "south")
    assert books.read(stock.rule_of) is stock.AllocationRule.NEAREST

    books.call(lambda tx: stock.set_rule(tx, stock.AllocationRule.FEWEST_PARCELS))
    books.call(lambda tx: stock.claim_all(tx, [claiming(A, stock.Want(CUP, 4))]))

    assert books.read(stock.rule_of) is stock.AllocationRule.FEWEST_PARCELS
    assert held(books, A) == {"north": 4}


def test_a_bundle_is_held_whole_at_one_place_beside_plain_lines(books: Store) -> None:
    kit = stock.Ask(TRAY, 2, (stock.Want(CUP, 1), stock.Want(BOWL, 2)))
    for place, cups, bowls in (("south", 3, 2), ("north", 2, 4)):
        bring(books, cups, place)
        bring(books, bowls, place, sku=BOWL)

    units = (stock.Want(CUP, 3), stock.Want(BOWL, 4))
    books.call(lambda tx: stock.claim_all(tx, [claiming(A, *units, kits=(kit,))]))

    by_place: dict[str, dict[str, int]] = {}
    for claim in books.read(lambda tx: stock.claims(tx, [A]))[A]:
        at = by_place.setdefault(claim.location, {})
        at[claim.sku] = at.get(claim.sku, 0) + claim.held
    assert by_place == {"south": {CUP: 2, BOWL: 2}, "north": {CUP: 1, BOWL: 2}}


def test_a_bundle_whose_parts_stand_at_different_places_is_sold_out(books: Store) -> None:
    bring(books, 3, "south")
    bring(books, 3, "north", sku=BOWL)
    kit = stock.Ask(TRAY, 1, (stock.Want(CUP, 1), stock.Want(BOWL, 1)))
    units = (stock.Want(CUP, 1), stock.Want(BOWL, 1))

    with pytest.raises(stock.SoldOut):
        books.call(lambda tx: stock.claim_all(tx, [claiming(A, *units, kits=(kit,))]))

    assert books.read(lambda tx: stock.free_kits(tx, {TRAY: units})) == {TRAY: 0}
    assert held(books, A) == {}


def waits(store: Store, order: OrderId, qty: int, *, days: int = 9) -> None:
    want = stock.Claiming(order, (), (stock.Want(CUP, qty),), wanted_day=TODAY.plus(days))
    store.call(lambda tx: stock.claim_all(tx, [want]))


def test_goods_that_come_to_another_place_serve_who_waits_for_the_main_warehouse(books: Store) -> None:
    waits(books, A, 3, days=2)
    waits(books, B, 4, days=5)

    bring(books, 5, "south")

    assert held(books, A) == {"south": 3}
    assert held(books, B) == {"main": 0}
    assert on_hand(books) == {"south": (5, 3)}
    assert said(books, "stock.ClaimsFilled") == [f'{{"order":"{A}"}}']
    bring(books, 4, "main", source="po2")
    assert held(books, B) == {"main": 4}


def test_goods_at_a_place_that_serves_nobody_from_afar_leave_the_queue_alone(books: Store) -> None:
    waits(books, A, 3)

    bring(books, 5, "shop")

    assert held(books, A) == {"main": 0}
    assert on_hand(books) == {"shop": (5, 0)}


def test_a_transfer_that_arrives_serves_who_waits(books: Store) -> None:
    bring(books, 4, "shop")
    waits(books, A, 4)
    books.call(lambda tx: send(tx, origin=SHOP, destination=NORTH))

    books.call(lambda tx: stock.arrive(tx, BOX))

    assert held(books, A) == {"north": 4}


def test_what_did_not_come_leaves_the_road_as_an_adjustment_and_can_be_read(books: Store) -> None:
    bring(books, 10, "north")
    bring(books, 6, "north", source="po2", lot=SOON)
    books.call(lambda tx: send(tx, stock.Sent(CUP, 4, SOON.id), stock.Sent(CUP, 12)))
    came = (stock.Sent(CUP, 3, SOON.id), stock.Sent(CUP, 11))

    assert books.call(lambda tx: stock.arrive(tx, BOX, came=came))
    assert not books.call(lambda tx: stock.arrive(tx, BOX, came=came))

    assert on_hand(books) == {"south": (14, 0)}
    lost = books.read(lambda tx: stock.moves_page(tx, sku=CUP, kind=stock.MoveKind.ADJUST))
    assert {(it.location, it.source, it.reason) for it in lost} == {("transit", BOX, "transfer short")}
    assert sum(it.qty for it in lost) == -2


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (stock.Sent(CUP, 5), stock.MoreThanSent),
        (stock.Sent(CUP, 1, SOON.id), stock.MoreThanSent),
        (stock.Sent(BOWL, 1), stock.MoreThanSent),
        (stock.Sent(CUP, -1), stock.BadQuantity),
    ],
)
def test_more_or_other_than_was_sent_does_not_arrive(books: Store, line, refusal) -> None:
    bring(books, 10, "north")
    books.call(send)

    with pytest.raises(refusal):
        books.call(lambda tx: stock.arrive(tx, BOX, came=[line]))

    assert on_hand(books) == {"north": (6, 0), "transit": (4, 0)}
    (found,) = books.read(stock.transfers_page)
    assert found.status is stock.TransferStatus.SENT


def test_a_transfer_of_which_nothing_came_is_over_and_nobody_is_served(books: Store) -> None:
    bring(books, 4, "north")
    books.call(lambda tx: stock.wait_for(tx, A, [stock.Want(CUP, 3)], wanted_day=TODAY.plus(4), location=SOUTH))
    books.call(send)

    assert books.call(lambda tx: stock.arrive(tx, BOX, came=()))

    assert on_hand(books) == {}
    assert books.read(stock.transfers_page)[0].status is stock.TransferStatus.ARRIVED


@pytest.mark.parametrize("where", ["main", "north"])
def test_goods_whose_last_day_is_over_go_into_quarantine_and_onto_no_shelf(books: Store, where: str) -> None:
    old = stock.Lot(stock.LotId("old"), TODAY.before(1))

    with pytest.raises(stock.LotPastDay, match=TODAY.before(1).iso()):
        bring(books, 5, where, lot=old)
    with pytest.raises(stock.LotPastDay):
        books.call(
            lambda tx: stock.take_back(tx, sku=CUP, qty=1, source="r", location=stock.LocationId(where), lot=old)
        )
    assert on_hand(books) == {}
    bring(books, 5, "quarantine", lot=old)
    bring(books, 1, where, source="po2", lot=stock.Lot(stock.LotId("last"), TODAY))

    assert on_hand(books) == {"quarantine": (5, 0), where: (1, 0)}


def test_a_transfer_of_no_lot_leaves_the_lots_on_the_road_to_their_own_transfer(books: Store) -> None:
    other = stock.TransferId("tr_2")
    bring(books, 4, "north")
    books.call(send)
    bring(books, 3, "north", source="po2", lot=SOON)
    books.call(lambda tx: send(tx, stock.Sent(CUP, 3, SOON.id), transfer=other))

    books.call(lambda tx: stock.arrive(tx, BOX))
    books.call(lambda tx: stock.arrive(tx, other, came=[stock.Sent(CUP, 2)]))

    assert on_hand(books) == {"south": (6, 0)}
    assert [it.on_hand for it in books.read(lambda tx: stock.lots(tx, [CUP]))] == [2]
