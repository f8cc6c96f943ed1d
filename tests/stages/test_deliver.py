"""Parcels: one per order, moved by carriers' reports that come twice, late and out of order."""

import pytest
import sqlalchemy as sa

from roulian import deliver
from roulian.deliver import PathAction, ShipmentStatus
from roulian.store import Store
from roulian.words import OrderId, Refusal

ORDER = OrderId("ord_1")


def events(store: Store) -> list[str]:
    return [row[0] for row in store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))]


def reported(store: Store, waybill: str, action: PathAction, *, hours: int) -> deliver.Shipment:
    from datetime import timedelta

    at = store.clock.now().plus(timedelta(hours=hours))
    return store.call(lambda tx: deliver.path(tx, waybill, action=action, at=at))


def test_an_order_ships_once_however_often_it_is_asked(store):
    first = store.call(lambda tx: deliver.ship(tx, ORDER))
    second = store.call(lambda tx: deliver.ship(tx, ORDER))

    assert first == second
    assert first.status is ShipmentStatus.HANDED_OVER
    assert events(store) == ["deliver.Shipped"]


def test_a_carriers_own_number_is_kept(store):
    parcel = store.call(lambda tx: deliver.ship(tx, ORDER, carrier="SF", waybill="SF123"))

    assert (parcel.carrier, parcel.waybill) == ("SF", "SF123")


def test_reports_in_any_order_twice_never_move_a_parcel_back_and_delivered_is_said_once(store):
    waybill = store.call(lambda tx: deliver.ship(tx, ORDER)).waybill

    reported(store, waybill, PathAction.MOVING, hours=5)
    late = reported(store, waybill, PathAction.PICKED_UP, hours=2)
    assert late.status is ShipmentStatus.MOVING
    reported(store, waybill, PathAction.SIGNED, hours=30)
    reported(store, waybill, PathAction.SIGNED, hours=30)
    last = reported(store, waybill, PathAction.OUT_FOR_DELIVERY, hours=28)

    assert last.status is ShipmentStatus.SIGNED
    assert last.signed_at == last.path[-1].at
    assert [step.action for step in last.path] == sorted(PathAction)
    assert events(store) == ["deliver.Shipped", "deliver.Delivered"]


def test_an_unknown_waybill_is_refused_and_nothing_is_written(store):
    with pytest.raises(Refusal) as refusal:
        reported(store, "nope", PathAction.MOVING, hours=1)

    assert refusal.value.code == "unknown_waybill"
    assert store.read(lambda tx: tx.one(sa.text("SELECT count(*) FROM deliver_path"))) == (0,)


def test_the_carriers_page_shows_what_still_has_to_move(store):
    parcels = [store.call(lambda tx, o=f"ord_{i}": deliver.ship(tx, OrderId(o))) for i in range(3)]
    reported(store, parcels[1].waybill, PathAction.SIGNED, hours=1)

    page = store.read(lambda tx: deliver.shipments_page(tx, statuses=deliver.ON_THE_WAY))
    by_order = store.read(lambda tx: deliver.shipments(tx, [OrderId("ord_1"), OrderId("ord_9")]))

    assert [parcel.id for parcel in page] == [parcels[2].id, parcels[0].id]
    assert list(by_order) == ["ord_1"]
    assert by_order[OrderId("ord_1")].path[0].action is PathAction.SIGNED
