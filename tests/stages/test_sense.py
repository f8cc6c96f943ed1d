"""What comes in is counted once, whatever is repeated."""

import numpy as np
import pytest
import sqlalchemy as sa

from roulian import sense
from roulian.sense import ArticleDay, Batch, RegionDay, Sale, SignalKind
from roulian.store import Store
from roulian.words import ArticleId, Day, MemberId, Refusal, SkuId

MUG, BAG = SkuId("mug"), SkuId("bag")
CHEN = MemberId("mem_1")
MONDAY = Day.parse("2026-03-02")


def told(
    store: Store, *ids: str, kind: SignalKind = SignalKind.VIEW, sku: SkuId | None = MUG, day: Day = MONDAY
) -> int:
    """How many of the signals with these names, told by one phone at once, were new."""
    n = len(ids)
    columns = sense.keys_of(CHEN, ids), [kind.value] * n, [sku] * n, [None] * n, [day.at(9).ms] * n
    (added,) = store.call(lambda tx: sense.record(tx, [Batch(CHEN, "浙江", *columns)]))
    return added


def a_sale(source: str, units: int, *, sku: SkuId = MUG, day: Day = MONDAY, region: str = "浙江") -> Sale:
    return Sale(source, sku, region, day, units, 2900)


def sold(store: Store, *sales: Sale) -> int:
    return store.call(lambda tx: sense.sold(tx, sales))


def panel(store: Store, *skus: SkuId, days: int = 2, spot_below: dict[SkuId, int] | None = None) -> list[list[float]]:
    found = store.read(
        lambda tx: sense.demand(tx, skus, first=MONDAY, last=MONDAY.plus(days - 1), spot_below=spot_below)
    )
    return found.units.tolist()


def test_a_signal_sent_twice_is_counted_once_within_and_across_batches(store):
    first = told(store, "a", "b", "a")
    second = told(store, "b", "c", kind=SignalKind.CART)

    counted = store.read(lambda tx: sense.signal_days(tx, first=MONDAY, last=MONDAY))
    assert (first, second) == (2, 1)
    assert [(row.kind, row.n) for row in counted] == [(SignalKind.CART, 1), (SignalKind.VIEW, 2)]


def test_each_batch_of_a_group_is_told_its_own_new_signals(store):
    def batch(*ids: str, member: MemberId = CHEN) -> Batch:
        n = len(ids)
        kinds = [SignalKind.VIEW.value] * n
        return Batch(member, "浙江", sense.keys_of(member, ids), kinds, [MUG] * n, [None] * n, [MONDAY.at(9).ms] * n)

    group = [batch("a", "b"), batch("b", "c", "c"), batch("a", member=MemberId("mem_2")), batch()]

    assert store.call(lambda tx: sense.record(tx, group)) == (2, 1, 1, 0)
    assert len(store.read(sense.signals_page)) == 4


def test_names_of_different_phones_never_meet():
    ids = [f"s{n}" for n in range(20_000)]

    keys = {key for n in range(5) for key in sense.keys_of(MemberId(f"mem_{n}"), ids)}

    assert len(keys) == 100_000
    assert min(keys) >= -(1 << 63)
    assert max(keys) < 1 << 63


def test_an_empty_batch_changes_nothing(store):
    assert store.call(lambda tx: sense.record(tx, [])) == ()
    assert told(store) == 0
    assert sold(store) == 0
    assert store.read(sense.signals_page) == ()


def test_signals_are_counted_per_sku_and_a_signal_without_one_only_in_the_whole(store):
    told(store, "a")
    told(store, "b", sku=BAG)
    told(store, "c", sku=None)

    of_mug = store.read(lambda tx: sense.signal_days(tx, first=MONDAY, last=MONDAY, sku=MUG))
    of_all = store.read(lambda tx: sense.signal_days(tx, first=MONDAY, last=MONDAY))
    assert [(row.sku, row.n) for row in of_mug] == [(MUG, 1)]
    assert [(row.sku, row.n) for row in of_all] == [(None, 3)]


def test_pages_of_signals_go_back_in_time_without_gaps(store):
    for n in range(5):
        told(store, f"s{n}", sku=SkuId(f"mug{n}"), day=MONDAY.plus(n % 2))

    first = store.read(lambda tx: sense.signals_page(tx, limit=2))
    second = store.read(lambda tx: sense.signals_page(tx, before=str(first[-1].seq), limit=9))
    assert [signal.sku for signal in (*first, *second)] == ["mug3", "mug1", "mug4", "mug2", "mug0"]
    assert (first[0].member, first[0].at, first[0].region) == (CHEN, MONDAY.plus(1).at(9), "浙江")


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "١", "404"])
def test_a_page_before_no_signal_at_all_is_empty(store, before: str):
    told(store, "a")

    assert store.read(lambda tx: sense.signals_page(tx, before=before)) == ()


def test_the_same_sales_line_raises_demand_once(store):
    first = sold(store, a_sale("ord_1/1", 3), a_sale("ord_1/2", 2, sku=BAG))
    again = sold(store, a_sale("ord_1/1", 3), a_sale("ord_2/1", 4))

    assert (first, again) == (2, 1)
    assert panel(store, MUG, BAG) == [[7, 0], [2, 0]]


def test_units_taken_back_lower_demand_but_are_no_line_size(store):
    sold(store, a_sale("a", 6), a_sale("b", 2), a_sale("b-back", -2), a_sale("c", 2))

    sizes = store.read(lambda tx: sense.line_sizes(tx, [MUG, BAG], first=MONDAY, last=MONDAY))
    assert panel(store, MUG, days=1) == [[8]]
    assert sizes[MUG].tolist() == [2.0, 2.0, 6.0]
    assert sizes[BAG].size == 0


def test_bulk_lines_can_be_left_out_of_demand(store):
    sold(store, a_sale("spot", 5), a_sale("bulk", 100), a_sale("other", 100, sku=BAG))

    assert panel(store, MUG, BAG, days=1) == [[105], [100]]
    assert panel(store, MUG, BAG, days=1, spot_below={MUG: 100}) == [[5], [100]]


def test_demand_of_a_sku_nobody_knows_is_a_row_of_zeros(store):
    sold(store, a_sale("a", 1))

    assert panel(store, SkuId("ghost"), MUG) == [[0, 0], [1, 0]]


def test_demand_by_region_and_day_keeps_lines(store):
    sold(store, a_sale("a", 1), a_sale("b", 2), a_sale("c", 4, region="上海"), a_sale("d", 8, day=MONDAY.plus(1)))

    found = store.read(lambda tx: sense.region_demand(tx, MUG, first=MONDAY, last=MONDAY.plus(1)))
    assert found == (
        RegionDay("上海", MONDAY, 4, 1),
        RegionDay("浙江", MONDAY, 3, 2),
        RegionDay("浙江", MONDAY.plus(1), 8, 1),
    )


def test_sold_skus_and_the_span_follow_net_sales(store):
    assert store.read(sense.demand_span) is None
    sold(store, a_sale("a", 1, day=MONDAY.plus(3)), a_sale("b", 2, sku=BAG), a_sale("b-back", -2, sku=BAG))

    assert store.read(sense.demand_span) == (MONDAY, MONDAY.plus(3))
    assert store.read(lambda tx: sense.sold_skus(tx, first=MONDAY, last=MONDAY.plus(9))) == (MUG,)
    assert store.read(lambda tx: sense.units_on(tx, [MUG, BAG], day=MONDAY.plus(3))) == {MUG: 1, BAG: 0}


def test_days_the_wrong_way_round_are_refused(store):
    with pytest.raises(Refusal) as refusal:
        store.read(lambda tx: sense.demand(tx, [MUG], first=MONDAY, last=MONDAY.plus(-1)))

    assert refusal.value.code == "backwards_days"
    assert "2026-03-02" in refusal.value.text("zh")


def test_pages_of_sales_are_filtered_and_go_back(store):
    sold(store, *(a_sale(f"s{n}", n + 1, day=MONDAY.plus(n), sku=(MUG, BAG)[n % 2]) for n in range(4)))

    page = store.read(lambda tx: sense.sales_page(tx, sku=MUG, before="s2"))
    assert page == (a_sale("s0", 1),)


def test_final_article_numbers_are_never_replaced_by_provisional_ones(store):
    article = ArticleId("art_1")

    def saved(readers: int, *, is_final: bool) -> int:
        rows = [ArticleDay(article, MONDAY, readers, 1, is_final)]
        store.call(lambda tx: sense.save_article_days(tx, rows))
        (row,) = store.read(lambda tx: sense.article_days(tx, [article], first=MONDAY, last=MONDAY))
        return row.readers

    assert saved(10, is_final=False) == 10
    assert saved(15, is_final=True) == 15
    assert saved(12, is_final=False) == 15
    assert saved(16, is_final=True) == 16


def test_demand_is_what_the_lines_sum_to_over_more_than_one_chunk(store):
    rng = np.random.default_rng(3)
    units = rng.integers(1, 9, 12_000)
    sales = (a_sale(f"s{n}", int(qty), sku=SkuId(f"k{n % 7}"), day=MONDAY.plus(n % 5)) for n, qty in enumerate(units))

    added = store.call(lambda tx: sense.sold(tx, sales))

    found = store.read(
        lambda tx: sense.demand(tx, [SkuId(f"k{n}") for n in range(7)], first=MONDAY, last=MONDAY.plus(4))
    )
    rows = store.read(lambda tx: tx.rows(sa.text("SELECT sum(units), sum(lines) FROM sense_demand")))
    assert added == 12_000
    assert found.units.sum() == units.sum() == rows[0][0]
    assert found.units[3, 2] == units[(np.arange(12_000) % 7 == 3) & (np.arange(12_000) % 5 == 2)].sum()
    assert rows[0][1] == 12_000
