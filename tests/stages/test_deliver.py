"""Parcels: packed in parts, moved by carriers' reports that come twice, late and out of order; collected with a code."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from roulian import deliver
from roulian.deliver import AfterDeadline, Item, LabelStatus, PathAction, ShipmentStatus, Way
from roulian.store import Store
from roulian.words import OrderId, Refusal, SkuId

ORDER = OrderId("ord_1")
CUP = Item(SkuId("sku_cup"), 2)
TEST_ACCOUNT = deliver.CarrierAccount("test", "TEST", "test_biz_id", 1, "test_service_name")
SHOP = deliver.Site(
    place="shop_1",
    contact="门店",
    tel="057112345678",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    street="文三路 1 号",
    hold_days=3,
    tries=2,
)
NUMBER = 12_345_678


def events(store: Store) -> list[str]:
    return [row[0] for row in store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))]


def packed(store: Store, order: OrderId = ORDER, **more: object) -> deliver.Shipment:
    return store.call(lambda tx: deliver.pack(tx, order, [CUP], place="main", **more))


def sent(store: Store, order: OrderId = ORDER) -> deliver.Shipment:
    parcel = packed(store, order)
    return store.call(lambda tx: deliver.hand_over(tx, parcel.id))


def reported(store: Store, parcel: deliver.Shipment, action: int, *, hours: int) -> deliver.Shipment:
    at = store.clock.now().plus(timedelta(hours=hours))
    return store.call(lambda tx: deliver.path(tx, parcel.id, action=action, at=at))


def refused(store: Store, step: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        store.call(step)
    return refusal.value


def at_desk(store: Store, site: deliver.Site = SHOP) -> deliver.Shipment:
    store.call(lambda tx: deliver.save_site(tx, site))
    chosen = deliver.Destination(ORDER, Way.PICK_UP, place=site.place)
    store.call(lambda tx: deliver.choose(tx, chosen, number=NUMBER))
    parcel = store.call(lambda tx: deliver.pack(tx, ORDER, [CUP], place=site.place, way=Way.PICK_UP))
    store.call(lambda tx: deliver.set_ready(tx, parcel.id))
    return store.read(lambda tx: deliver.shipment(tx, parcel.id))


def test_a_parcel_leaves_once_under_a_number_of_the_brands_own(store):
    parcel = packed(store)

    left = store.call(lambda tx: deliver.hand_over(tx, parcel.id))
    again = refused(store, lambda tx: deliver.hand_over(tx, parcel.id))

    assert (left.status, left.carrier, left.items) == (ShipmentStatus.HANDED_OVER, "TEST", (CUP,))
    assert left.waybill == f"RL{parcel.id[-16:]}"
    assert again.code == "shipment_not_now"
    assert events(store) == ["deliver.Shipped"]


def test_a_carriers_own_number_is_kept_and_belongs_to_one_parcel(store):
    first, second = packed(store), packed(store, OrderId("ord_2"))

    left = store.call(lambda tx: deliver.hand_over(tx, first.id, carrier="SF", waybill="SF123"))
    taken = refused(store, lambda tx: deliver.hand_over(tx, second.id, carrier="SF", waybill="SF123"))

    assert (left.carrier, left.waybill) == ("SF", "SF123")
    assert taken.code == "waybill_taken"
    assert store.read(lambda tx: deliver.shipment(tx, second.id)) == second


@pytest.mark.parametrize(("carrier", "waybill"), [("SF", ""), ("", "SF1"), ("SF", "SF 1"), ("SF", "9" * 129)])
def test_half_a_number_is_refused_and_the_parcel_stands_packed(store, carrier, waybill):
    parcel = packed(store)

    no = refused(store, lambda tx: deliver.hand_over(tx, parcel.id, carrier=carrier, waybill=waybill))

    assert no.code == "bad_waybill"
    assert store.read(lambda tx: deliver.shipment(tx, parcel.id)) == parcel


def test_reports_in_any_order_twice_never_move_a_parcel_back_and_delivered_is_said_once(store):
    parcel = sent(store)

    reported(store, parcel, PathAction.MOVING, hours=5)
    late = reported(store, parcel, PathAction.PICKED_UP, hours=2)
    assert late.status is ShipmentStatus.MOVING
    reported(store, parcel, PathAction.SIGNED, hours=30)
    reported(store, parcel, PathAction.SIGNED, hours=30)
    last = reported(store, parcel, PathAction.OUT_FOR_DELIVERY, hours=28)

    assert last.status is ShipmentStatus.SIGNED
    assert last.signed_at == last.path[-1].at
    assert [step.action for step in last.path] == [100001, 200001, 300002, 300003]
    assert events(store) == ["deliver.Shipped", "deliver.Delivered"]


def test_trouble_is_shown_and_moves_nothing_and_an_unknown_report_is_no_report(store):
    parcel = sent(store)
    moving = reported(store, parcel, PathAction.MOVING, hours=5)

    stuck = reported(store, parcel, PathAction.STUCK, hours=9)
    unknown = reported(store, parcel, 999999, hours=10)
    on = reported(store, parcel, PathAction.OUT_FOR_DELIVERY, hours=20)

    assert (moving.is_in_trouble(), stuck.is_in_trouble(), on.is_in_trouble()) == (False, True, False)
    assert (stuck.status, unknown) == (ShipmentStatus.MOVING, stuck)


def test_an_unknown_waybill_is_refused(store):
    assert refused(store, lambda tx: deliver.by_waybill(tx, "nope")).code == "unknown_waybill"


def test_a_sixteenth_parcel_is_refused_and_a_replacement_is_not_counted(store):
    for _ in range(15):
        packed(store)

    no = refused(store, lambda tx: deliver.pack(tx, ORDER, [CUP], place="main"))
    packed(store, case="cas_1")

    assert no.code == "too_many_parcels"
    parcels = store.read(lambda tx: deliver.shipments(tx, [ORDER]))[ORDER]
    assert [len(parcels), len(deliver.own(parcels))] == [16, 15]


def test_an_order_has_arrived_with_the_last_of_its_own_parcels(store):
    first, second, other = sent(store), sent(store), packed(store, case="cas_1")
    at = store.clock.now()

    def arrived() -> object:
        return deliver.arrived_at(store.read(lambda tx: deliver.shipments(tx, [ORDER]))[ORDER])

    reported(store, first, PathAction.SIGNED, hours=1)
    assert arrived() is None
    reported(store, second, PathAction.SIGNED, hours=7)

    assert arrived() == at.plus(timedelta(hours=7))
    assert store.read(lambda tx: deliver.shipment(tx, other.id)).is_packed()


def test_what_still_stands_here_is_opened_again_and_what_left_stays(store):
    left, here = sent(store), packed(store)

    gone = store.call(lambda tx: deliver.void(tx, ORDER))
    again = store.call(lambda tx: deliver.void(tx, ORDER))

    assert [parcel.id for parcel in gone] == [here.id]
    assert again == ()
    assert store.read(lambda tx: deliver.shipment(tx, left.id)) == left


def test_a_waybill_is_asked_for_once_and_parcels_wait_for_the_answer(store):
    parcel = packed(store)
    asked = store.call(lambda tx: deliver.ask_label(tx, parcel.id, account=TEST_ACCOUNT))

    twice = refused(store, lambda tx: deliver.ask_label(tx, parcel.id, account=TEST_ACCOUNT))
    early = refused(store, lambda tx: deliver.hand_over(tx, parcel.id))
    news = [store.call(lambda tx: deliver.labelled(tx, asked.label_key(), waybill="T1")) for _ in range(2)]
    left = store.call(lambda tx: deliver.hand_over(tx, parcel.id))

    assert (asked.label.status, asked.carrier) == (LabelStatus.ASKED, "TEST")
    assert [twice.code, early.code] == ["label_not_now", "label_not_now"]
    assert news == [True, False]
    assert (left.waybill, left.label.status) == ("T1", LabelStatus.MADE)


def test_a_lost_answer_is_heard_later_and_a_refused_or_void_one_is_asked_for_under_a_new_key(store):
    parcel = packed(store)

    def ask() -> deliver.Shipment:
        return store.call(lambda tx: deliver.ask_label(tx, parcel.id, account=TEST_ACCOUNT))

    first = ask()
    store.call(lambda tx: deliver.label_lost(tx, parcel.id))
    assert store.read(lambda tx: deliver.shipment(tx, parcel.id)).label.status is LabelStatus.UNKNOWN
    assert store.call(lambda tx: deliver.labelled(tx, first.label_key(), waybill="T1"))
    assert store.call(lambda tx: deliver.cancel_label(tx, parcel.id))
    second = ask()
    store.call(lambda tx: deliver.label_refused(tx, parcel.id, error="9300501"))
    third = ask()
    late = store.call(lambda tx: deliver.labelled(tx, first.label_key(), waybill="T1"))

    assert len({first.label_key(), second.label_key(), third.label_key()}) == 3
    assert not late
    assert store.read(lambda tx: deliver.shipment(tx, parcel.id)).waybill == ""


def test_a_code_is_good_once_and_wrong_ones_lock_the_parcel(store):
    parcel = at_desk(store)

    wrong = store.call(lambda tx: deliver.collect(tx, parcel.id, code="00000000"))
    worse = store.call(lambda tx: deliver.collect(tx, parcel.id, code="1234567"))
    locked = refused(store, lambda tx: deliver.collect(tx, parcel.id, code="12345678"))
    store.call(lambda tx: deliver.renew_code(tx, parcel.id, number=87_654_321))
    right = store.call(lambda tx: deliver.collect(tx, parcel.id, code=" 87654321 "))
    again = refused(store, lambda tx: deliver.collect(tx, parcel.id, code="87654321"))

    assert [wrong, worse] == [deliver.WrongCode(parcel.id, 1), deliver.WrongCode(parcel.id, 0)]
    assert (locked.code, again.code) == ("pick_up_locked", "shipment_not_now")
    assert right == deliver.Collected(parcel.id)
    assert events(store) == ["deliver.ReadyToCollect", "deliver.Delivered"]


def test_goods_nobody_collects_are_given_up_after_the_last_day_and_not_before(store):
    parcel = at_desk(store)
    until = store.read(lambda tx: deliver.pick_ups(tx, [ORDER]))[ORDER].keep_until

    early = store.call(lambda tx: deliver.lapse(tx, parcel.id))
    store.clock.move_to(until)
    late = store.call(lambda tx: deliver.lapse(tx, parcel.id))
    gone = refused(store, lambda tx: deliver.collect(tx, parcel.id, code="12345678"))

    assert until == parcel.shipped_at.day().plus(4).at(0)
    assert [early, late] == [False, True]
    assert gone.code == "shipment_not_now"
    assert events(store) == ["deliver.ReadyToCollect", "deliver.NotCollected"]


def test_a_shop_may_keep_goods_until_a_person_decides(store):
    parcel = at_desk(
        store, deliver.Site(**{name: getattr(SHOP, name) for name in SHOP.__slots__} | {"after": AfterDeadline.KEEP})
    )
    store.clock.move_to(store.clock.now().plus(timedelta(days=30)))

    assert not store.call(lambda tx: deliver.lapse(tx, parcel.id))
    assert isinstance(store.call(lambda tx: deliver.collect(tx, parcel.id, code="12345678")), deliver.Collected)


def test_where_an_order_goes_can_change_until_it_is_packed(store):
    store.call(lambda tx: deliver.save_site(tx, SHOP))
    home = deliver.Destination(ORDER, Way.EXPRESS, address="adr_1")
    shop = deliver.Destination(ORDER, Way.PICK_UP, place="shop_1")

    store.call(lambda tx: (deliver.choose(tx, shop, number=1), deliver.choose(tx, home, number=2)))
    assert store.read(lambda tx: deliver.pick_ups(tx, [ORDER])) == {}
    nowhere = refused(
        store, lambda tx: deliver.choose(tx, deliver.Destination(ORDER, Way.PICK_UP, place="x"), number=3)
    )
    packed(store)
    late = refused(store, lambda tx: deliver.choose(tx, shop, number=4))

    assert [nowhere.code, late.code] == ["no_pick_up_there", "packed_already"]
    assert store.read(lambda tx: deliver.destinations(tx, [ORDER])) == {ORDER: home}


def test_terms_are_refused_by_field_and_only_of_accounts_there_are(store):
    bad = refused(store, lambda tx: deliver.save_carrier(tx, deliver.CarrierAccount("test", "", "b", 1, "s")))
    site = refused(
        store, lambda tx: deliver.save_site(tx, deliver.Site("p", "c", "t", "p", "c", "d", "s", hold_days=61))
    )
    missing = refused(store, lambda tx: deliver.set_terms(tx, deliver.ShippingTerms("nobody")))

    assert [bad.code, site.code, missing.code] == ["bad_carrier", "bad_site", "unknown_carrier"]
    assert store.read(deliver.terms) == deliver.ShippingTerms()
    store.call(
        lambda tx: (deliver.save_carrier(tx, TEST_ACCOUNT), deliver.set_terms(tx, deliver.ShippingTerms("test", 5)))
    )
    assert store.read(deliver.terms) == deliver.ShippingTerms("test", 5)
    assert store.read(deliver.carriers) == (TEST_ACCOUNT,)


def test_the_carriers_page_shows_what_still_has_to_move(store):
    parcels = [sent(store, OrderId(f"ord_{i}")) for i in range(3)]
    reported(store, parcels[1], PathAction.SIGNED, hours=1)

    page = store.read(lambda tx: deliver.shipments_page(tx, statuses=deliver.ON_THE_WAY))
    by_order = store.read(lambda tx: deliver.shipments(tx, [OrderId("ord_1"), OrderId("ord_9")]))

    assert [parcel.id for parcel in page] == [parcels[2].id, parcels[0].id]
    assert list(by_order) == ["ord_1"]
    assert by_order[OrderId("ord_1")][0].path[0].action is PathAction.SIGNED


def test_a_later_filing_replaces_an_earlier_one_and_never_the_other_way(store):
    soon, late = store.clock.now().plus(timedelta(days=20)), store.clock.now().plus(timedelta(days=40))

    for until in (soon, late, soon):
        store.call(lambda tx, until=until: deliver.filed_late(tx, ORDER, trade="t1", until=until))

    assert store.read(lambda tx: deliver.filed_until(tx, [ORDER])) == {"t1": late}
