"""Slips: what people do by hand is entered once, by name, and its reason is asked for where somebody will ask."""

from dataclasses import replace

import pytest

from builders import CUP, MORNING, said
from roulian import stock
from roulian.store import Store
from roulian.words import Refusal

KEY = stock.SlipId("slip-0001")
COUNTED = stock.Slip(
    KEY, stock.SlipKind.COUNT, (stock.Sent(CUP, 3),), by="stf_1", reason="盘点", destination=stock.MAIN
)


def refused(store: Store, slip: stock.Slip) -> str:
    with pytest.raises(Refusal) as refusal:
        store.call(lambda tx: stock.enter_slip(tx, slip))
    assert refusal.value.text("zh") != refusal.value.text("en")
    return refusal.value.code


def test_a_slip_is_news_once_and_keeps_who_entered_it_first(store: Store) -> None:
    first = store.call(lambda tx: stock.enter_slip(tx, COUNTED))
    again = store.call(lambda tx: stock.enter_slip(tx, replace(COUNTED, by="stf_2")))

    assert (first, again) == (True, False)
    assert store.read(stock.slips_page) == (replace(COUNTED, entered_at=MORNING),)
    assert said(store, "stock.SlipEntered") == ['{"slip":"slip-0001","what":"count","by":"stf_1"}']


@pytest.mark.parametrize(
    "other",
    [
        replace(COUNTED, lines=(stock.Sent(CUP, 4),)),
        replace(COUNTED, kind=stock.SlipKind.ADJUST),
        replace(COUNTED, destination=stock.QUARANTINE),
    ],
)
def test_a_slip_that_says_something_else_under_the_same_number_is_refused(store: Store, other: stock.Slip) -> None:
    store.call(lambda tx: stock.enter_slip(tx, COUNTED))

    code = refused(store, other)

    assert code == "slip_differs"
    assert [slip.lines for slip in store.read(stock.slips_page)] == [COUNTED.lines]


def test_no_reason_no_slip_except_where_goods_only_travel(store: Store) -> None:
    silent = replace(COUNTED, reason=" ")

    code = refused(store, silent)
    sent = store.call(
        lambda tx: stock.enter_slip(tx, replace(silent, kind=stock.SlipKind.SEND, origin=stock.LocationId("shop")))
    )

    assert code == "no_reason"
    assert sent
    assert len(store.read(stock.slips_page)) == 1


def test_goods_stand_at_known_places_and_never_on_the_road(store: Store) -> None:
    assert store.read(lambda tx: stock.standing_place(tx, stock.MAIN)).id == stock.MAIN
    for place, code in ((stock.LocationId("nowhere"), "unknown_location"), (stock.TRANSIT, "on_the_road")):
        with pytest.raises(Refusal) as refusal:
            store.read(lambda tx, at=place: stock.standing_place(tx, at))
        assert refusal.value.code == code


def test_a_lot_known_with_one_expiry_day_cannot_have_another(store: Store) -> None:
    lot = stock.Lot(stock.LotId("L7"), MORNING.day().plus(9))
    store.read(lambda tx: stock.check_lot(tx, CUP, replace(lot, expires_day=None)))
    store.call(lambda tx: stock.receive(tx, sku=CUP, qty=1, source="po", lot=lot))

    store.read(lambda tx: stock.check_lot(tx, CUP, lot))
    with pytest.raises(Refusal) as refusal:
        store.read(lambda tx: stock.check_lot(tx, CUP, replace(lot, expires_day=None)))

    assert refusal.value.code == "lot_differs"
