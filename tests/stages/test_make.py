"""Purchases, replies, deliveries, work orders: each fact once, no day of a line overloaded."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from roulian import make
from roulian.make import Inbound, Line, LineId, PurchaseStatus, Recipe, Sourcing, Supplier, WorkStatus
from roulian.store import Store, Tx, Violated
from roulian.words import CampaignId, Day, PurchaseId, Refusal, SkuId, SupplierId, WorkOrderId

MUG, BAG, CLOTH = SkuId("mug"), SkuId("bag"), SkuId("cloth")
YIWU, DEHUA = SupplierId("sup_yiwu"), SupplierId("sup_dehua")
SEWING = LineId("line_sewing")
TODAY = Day.parse("2026-03-02")


@pytest.fixture
def shop(store: Store) -> Store:
    """Two suppliers, a sewing line of 10 a day, mugs to buy, bags to make of cloth."""

    def work(tx: Tx) -> None:
        make.add_suppliers(tx, [Supplier(YIWU, "义乌", "Yiwu", 3), Supplier(DEHUA, "德化", "Dehua", 10)])
        make.add_sourcing(
            tx,
            [
                Sourcing(MUG, DEHUA, moq=48, multiple=24, unit_cost_fen=900),
                Sourcing(MUG, YIWU, moq=10, multiple=1, unit_cost_fen=1200),
                Sourcing(CLOTH, DEHUA, moq=1, multiple=1, unit_cost_fen=40),
            ],
        )
        make.add_lines(tx, [Line(SEWING, "缝制线", "Sewing", 10)])
        make.add_recipes(tx, [Recipe(BAG, SEWING, 5000, {CLOTH: 3})])

    store.call(work)
    return store


def bought(store: Store, qty: int = 48, *, for_: str = "prp_1") -> make.Purchase:
    return store.call(lambda tx: make.buy(tx, supplier=DEHUA, sku=MUG, qty=qty, for_=for_))


def replied(store: Store, purchase: PurchaseId, days: int) -> make.Purchase:
    return store.call(lambda tx: make.reply(tx, purchase, day=TODAY.plus(days)))


def arrived(store: Store, purchase: PurchaseId, qty: int, source: str = "") -> make.Purchase:
    return store.call(lambda tx: make.arrive(tx, purchase, qty=qty, source=source))


def opened(store: Store, qty: int, *, days: int = 5, for_: str = "cmp_1:1") -> make.WorkOrder:
    return store.call(
        lambda tx: make.open_work(
            tx, sku=BAG, qty=qty, line=SEWING, start_day=TODAY, due_day=TODAY.plus(days), for_=for_
        )
    )


def loads(store: Store, days: int = 4) -> list[tuple[int, int]]:
    found = store.read(lambda tx: make.line_load(tx, SEWING, first=TODAY, last=TODAY.plus(days - 1)))
    return [(day.planned, day.units) for day in found]


def said(store: Store) -> list[str]:
    rows = store.read(lambda tx: tx.rows(sa.text("SELECT kind FROM store_events ORDER BY id")))
    return [row[0].removeprefix("make.") for row in rows]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.text("zh") != refusal.value.text("en")
    return refusal.value.code


def test_a_purchase_is_expected_after_the_lead_time_and_the_same_cause_buys_once(shop):
    first = bought(shop)
    again = bought(shop, 72)

    assert first == again
    assert (first.qty, first.placed_day, first.expected_day) == (48, TODAY, TODAY.plus(10))
    assert (first.promised_day, first.status, first.cause) == (TODAY.plus(10), PurchaseStatus.PLACED, "prp_1")
    assert said(shop) == ["PurchasePlaced"]


@pytest.mark.parametrize(
    ("supplier", "sku", "qty", "code"),
    [
        (DEHUA, MUG, 24, "below_minimum"),
        (DEHUA, MUG, 50, "broken_case"),
        (DEHUA, MUG, 0, "nothing_delivered"),
        (YIWU, CLOTH, 10, "not_sourced"),
    ],
)
def test_terms_of_the_supplier_are_kept(shop, supplier, sku, qty, code):
    assert refused(lambda: shop.call(lambda tx: make.buy(tx, supplier=supplier, sku=sku, qty=qty, for_="x"))) == code
    assert shop.read(make.purchases_page) == ()
    assert said(shop) == []


def test_the_cheapest_supplier_is_named_and_skus_nobody_sells_are_absent(shop):
    found = shop.read(lambda tx: make.sourcing(tx, [MUG, BAG]))

    assert found == {MUG: Sourcing(MUG, DEHUA, 48, 24, 900, lead_time_days=10)}


def test_a_later_day_is_a_delay_said_once_per_change(shop):
    ident = bought(shop).id

    replied(shop, ident, 14)
    replied(shop, ident, 14)
    late = replied(shop, ident, 20)

    assert (late.status, late.promised_day) == (PurchaseStatus.LATE, TODAY.plus(20))
    assert said(shop) == ["PurchasePlaced", "SupplierDelayed", "SupplierDelayed"]


@pytest.mark.parametrize("days", [8, 10])
def test_an_earlier_or_the_same_day_confirms_once(shop, days):
    ident = bought(shop).id

    replied(shop, ident, days)
    sure = replied(shop, ident, days)

    assert (sure.status, sure.promised_day) == (PurchaseStatus.CONFIRMED, TODAY.plus(days))
    assert said(shop) == ["PurchasePlaced", "PurchaseConfirmed"]


def test_a_delay_speaks_of_what_is_still_to_come(shop):
    ident = bought(shop).id
    arrived(shop, ident, 20)

    replied(shop, ident, 12)

    body = sa.text("SELECT body FROM store_events WHERE kind = 'make.SupplierDelayed'")
    assert '"qty":28' in shop.read(lambda tx: tx.rows(body))[0][0]


def test_a_delivery_reported_twice_is_counted_once(shop):
    ident = bought(shop).id

    arrived(shop, ident, 20, "note-1")
    arrived(shop, ident, 20, "note-1")
    part = arrived(shop, ident, 10, "note-2")
    whole = arrived(shop, ident, 18, "note-3")

    assert (part.received_qty, part.left_qty, part.status) == (30, 18, PurchaseStatus.PLACED)
    assert (whole.received_qty, whole.left_qty, whole.status) == (48, 0, PurchaseStatus.RECEIVED)
    assert said(shop).count("PurchaseReceived") == 3


def test_a_received_purchase_takes_no_reply_and_no_goods(shop):
    ident = bought(shop).id
    whole = arrived(shop, ident, 48)

    assert refused(lambda: replied(shop, ident, 30)) == "purchase_closed"
    assert refused(lambda: arrived(shop, ident, 1, "more")) == "purchase_closed"
    assert arrived(shop, ident, 48) == whole
    assert shop.read(lambda tx: make.purchase(tx, ident)) == whole


def test_more_than_twice_the_order_is_taken_for_a_typing_error_and_nothing_is_booked(shop):
    ident = bought(shop).id
    before = arrived(shop, ident, 40, "note-1")

    with pytest.raises(Refusal) as refusal:
        arrived(shop, ident, 480, "note-2")

    assert refusal.value.facts() == {"purchase": ident, "qty": 480, "most": 56}
    assert shop.read(lambda tx: make.purchase(tx, ident)) == before
    assert arrived(shop, ident, 30, "note-2").received_qty == 70


def test_no_units_are_no_delivery(shop):
    ident = bought(shop).id

    assert refused(lambda: arrived(shop, ident, 0)) == "nothing_delivered"


def test_unknown_numbers_are_refused(shop):
    assert refused(lambda: replied(shop, PurchaseId("pur_?"), 3)) == "unknown_purchase"
    assert refused(lambda: shop.read(lambda tx: make.purchase(tx, PurchaseId("pur_?")))) == "unknown_purchase"
    assert refused(lambda: shop.call(lambda tx: make.report(tx, WorkOrderId("?"), done_qty=1))) == "unknown_work"


def test_a_work_order_fills_the_days_of_its_line_in_turn(shop):
    opened(shop, 14)
    second = opened(shop, 12, for_="cmp_1:2")

    assert loads(shop) == [(10, 0), (10, 0), (6, 4), (0, 10)]
    assert (second.qty, second.status, second.done_qty) == (12, WorkStatus.OPEN, 0)


def test_the_same_cause_opens_one_work_order_and_loads_the_line_once(shop):
    first, again = opened(shop, 14), opened(shop, 14)

    assert first == again
    assert loads(shop) == [(10, 0), (4, 6), (0, 10), (0, 10)]
    assert said(shop) == ["WorkOpened"]


def test_a_work_order_the_days_cannot_hold_leaves_them_as_they_were(shop):
    opened(shop, 14)

    assert refused(lambda: opened(shop, 17, days=2, for_="cmp_2:1")) == "line_full"

    assert loads(shop) == [(10, 0), (4, 6), (0, 10), (0, 10)]
    assert len(shop.read(make.work_page)) == 1


def test_the_database_itself_refuses_an_overloaded_day(shop):
    opened(shop, 14)

    with pytest.raises(Violated):
        shop.call(lambda tx: tx.run(sa.text("UPDATE make_line_days SET planned = planned + 7")))

    assert loads(shop) == [(10, 0), (4, 6), (0, 10), (0, 10)]


def test_a_work_order_needs_a_recipe_and_units(shop):
    def mugs(tx: Tx) -> make.WorkOrder:
        return make.open_work(tx, sku=MUG, qty=1, line=SEWING, start_day=TODAY, due_day=TODAY, for_="x")

    assert refused(lambda: shop.call(mugs)) == "no_recipe"
    assert refused(lambda: opened(shop, 0)) == "nothing_delivered"
    assert loads(shop) == [(0, 10)] * 4


def test_progress_only_grows_and_done_is_said_once(shop):
    ident = opened(shop, 14).id

    def reported(done_qty: int) -> make.WorkOrder:
        return shop.call(lambda tx: make.report(tx, ident, done_qty=done_qty))

    assert reported(6).status is WorkStatus.RUNNING
    assert reported(4).done_qty == 6
    assert refused(lambda: reported(15)) == "more_than_planned"
    assert reported(14).status is WorkStatus.DONE
    assert reported(14).done_qty == 14
    assert said(shop) == ["WorkOpened", "WorkDone"]


def test_inbound_is_the_rest_of_purchases_on_their_promised_day_and_work_on_its_due_day(shop):
    late, early = bought(shop), bought(shop, 72, for_="prp_2")
    replied(shop, late.id, 30)
    arrived(shop, early.id, 20)
    work = opened(shop, 14, days=3)

    found = shop.read(lambda tx: make.inbound(tx, [MUG, BAG, CLOTH]))

    assert found == {
        MUG: (Inbound(TODAY.plus(10), 52, early.id), Inbound(TODAY.plus(30), 48, late.id)),
        BAG: (Inbound(TODAY.plus(3), 14, work.id),),
    }


def test_what_came_in_or_is_done_is_no_longer_inbound(shop):
    arrived(shop, bought(shop).id, 60)
    work = opened(shop, 5)
    shop.call(lambda tx: make.report(tx, work.id, done_qty=5))

    assert shop.read(lambda tx: make.inbound(tx, [MUG, BAG])) == {}
    assert shop.read(make.open_purchases) == ()
    assert shop.read(make.open_work_orders) == ()


def test_a_recipe_knows_its_slowest_material_and_is_replaced_whole(shop):
    assert shop.read(lambda tx: make.recipes(tx, [BAG, MUG])) == {
        BAG: Recipe(BAG, SEWING, 5000, {CLOTH: 3}, material_lead_days=10)
    }

    shop.call(lambda tx: make.add_recipes(tx, [Recipe(BAG, SEWING, 6000, {})]))

    assert shop.read(lambda tx: make.recipes(tx, [BAG])) == {BAG: Recipe(BAG, SEWING, 6000, {})}


def test_free_capacity_is_what_the_line_can_still_make(shop):
    opened(shop, 14)
    recipes = shop.read(lambda tx: make.recipes(tx, [BAG]))

    found = shop.read(lambda tx: make.free_capacity(tx, recipes.values(), first=TODAY, days=3))

    assert [(day.day.since(TODAY), day.units) for day in found[BAG]] == [(0, 0), (1, 6), (2, 10)]


def test_pages_are_newest_first_and_filtered(shop):
    first, second = bought(shop), bought(shop, for_="prp_2")
    arrived(shop, first.id, 48)

    assert [p.id for p in shop.read(make.purchases_page)] == [second.id, first.id]
    assert [p.id for p in shop.read(lambda tx: make.purchases_page(tx, statuses=[PurchaseStatus.RECEIVED]))] == [
        first.id
    ]
    assert shop.read(lambda tx: make.purchases_page(tx, before=first.id)) == ()
    assert shop.read(lambda tx: make.purchases_page(tx, supplier=YIWU)) == ()
    assert [p.id for p in shop.read(lambda tx: make.open_purchases(tx, limit=9))] == [second.id]


def test_a_work_order_remembers_its_campaign(shop):
    def lot(tx: Tx) -> make.WorkOrder:
        return make.open_work(
            tx,
            sku=BAG,
            qty=3,
            line=SEWING,
            start_day=TODAY,
            due_day=TODAY,
            for_="cmp_1:1",
            campaign=CampaignId("cmp_1"),
        )

    work = shop.call(lot)

    assert shop.read(lambda tx: make.work_order(tx, work.id)).campaign == CampaignId("cmp_1")
    assert shop.read(lambda tx: make.work_page(tx, sku=MUG)) == ()


def days_of(store: Store) -> list[int]:
    return [planned for planned, _ in loads(store, 8)]


def moved(store: Store, work: WorkOrderId, days: int) -> make.WorkOrder:
    return store.call(lambda tx: make.move_work(tx, work, start_day=TODAY.plus(days), waits_for=CLOTH))


def test_work_that_waits_for_its_material_leaves_its_days_and_takes_the_first_free_ones_after(shop):
    early, other = opened(shop, 12), opened(shop, 5, for_="cmp_2:1")

    now = moved(shop, early.id, 3)

    assert days_of(shop) == [0, 5, 0, 10, 2, 0, 0, 0]
    assert (now.start_day, now.due_day) == (TODAY.plus(3), TODAY.plus(4))
    assert shop.read(lambda tx: make.work_order(tx, other.id)) == other


def test_moving_work_again_to_the_same_day_or_an_earlier_one_changes_nothing(shop):
    work = opened(shop, 12, days=1)
    first = moved(shop, work.id, 3)

    again, earlier = moved(shop, work.id, 3), moved(shop, work.id, 1)

    assert first == again == earlier
    assert said(shop).count("WorkMoved") == 1
    assert days_of(shop) == [0, 0, 0, 10, 2, 0, 0, 0]


def test_work_the_line_has_begun_stays_where_it_is(shop):
    work = opened(shop, 12)
    shop.call(lambda tx: make.report(tx, work.id, done_qty=1))

    now = moved(shop, work.id, 3)

    assert (now.start_day, now.due_day) == (work.start_day, work.due_day)
    assert days_of(shop) == [10, 2, 0, 0, 0, 0, 0, 0]
    assert "WorkMoved" not in said(shop)


def test_work_is_found_by_its_material_with_what_it_takes_of_it(shop):
    done, late = opened(shop, 2), opened(shop, 4, for_="cmp_2:1")
    shop.call(lambda tx: make.report(tx, done.id, done_qty=2))

    [use] = shop.read(lambda tx: make.work_using(tx, CLOTH))

    assert (use.id, use.units, use.start_day, use.has_begun) == (late.id, 12, TODAY, False)
    assert shop.read(lambda tx: make.work_using(tx, MUG)) == ()


def test_a_delivery_carries_its_lot_and_what_was_rejected_is_still_owed(shop):
    purchase = bought(shop, 48)
    told = make.Delivery(
        purchase.id, "note-1", 30, rejected_qty=6, place="shop", lot="L7", expires_day=TODAY.plus(90), by="stf_1"
    )

    now = shop.call(lambda tx: make.take_in(tx, told))

    assert (now.received_qty, now.left_qty, now.status) == (30, 18, PurchaseStatus.PLACED)
    assert shop.read(lambda tx: make.delivery(tx, f"{purchase.id}/note-1")) == told
    assert [(part.qty, part.is_rejected) for part in told.parts()] == [(30, False), (6, True)]


def test_a_delivery_told_again_is_no_news_and_told_otherwise_is_refused(shop):
    purchase = bought(shop, 48)
    told = make.Delivery(purchase.id, "note-1", 30, by="stf_1")
    first = shop.call(lambda tx: make.take_in(tx, told))

    again = shop.call(lambda tx: make.take_in(tx, replace(told, by="stf_2")))
    code = refused(lambda: shop.call(lambda tx: make.take_in(tx, replace(told, qty=31))))

    assert first == again == shop.read(lambda tx: make.purchase(tx, purchase.id))
    assert code == "delivery_differs"
    assert said(shop).count("PurchaseReceived") == 1


def test_a_delivery_of_nothing_good_is_entered_and_a_delivery_of_nothing_is_not(shop):
    purchase = bought(shop, 48)

    code = refused(lambda: shop.call(lambda tx: make.take_in(tx, make.Delivery(purchase.id, "note-1", 0))))
    now = shop.call(lambda tx: make.take_in(tx, make.Delivery(purchase.id, "note-1", 0, rejected_qty=48)))

    assert code == "nothing_delivered"
    assert (now.received_qty, now.left_qty) == (0, 48)
