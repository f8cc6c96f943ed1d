"""Real order lines become demand once, however often and however interrupted they are imported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from roulian import sell, sense
from roulian.flows import importing
from roulian.gateways import files
from roulian.store import Store
from roulian.words import Day, SkuId

ROWS = 8_000


@dataclass
class Kept:
    rows: list[files.RefusedRow] = field(default_factory=list)

    def keep(self, rows: Sequence[files.RefusedRow]) -> None:
        self.rows += rows


@dataclass(frozen=True)
class CutShort:
    """A file whose reading breaks off after some batches, as when the machine stops."""

    orders: files.OrderLines
    after: int

    def batches(self) -> Iterator[files.Batch]:
        for place, batch in enumerate(self.orders.batches()):
            if place == self.after:
                raise KeyboardInterrupt
            yield batch


@pytest.fixture(scope="module")
def real_lines() -> pa.Table:
    with resources.as_file(resources.files("world.brand") / "online_retail.parquet") as path:
        table = pq.read_table(path).slice(0, ROWS)
    strings = [name for name in table.column_names if pa.types.is_dictionary(table.schema.field(name).type)]
    for name in strings:
        table = table.set_column(table.column_names.index(name), name, pc.cast(table[name], pa.string()))
    return table


@pytest.fixture
def parquet(real_lines: pa.Table, tmp_path: Path) -> Path:
    pq.write_table(real_lines, tmp_path / "orders.parquet")
    return tmp_path / "orders.parquet"


def order_file(path: Path) -> files.OrderFile:
    table = files.sheet(path)
    return files.OrderFile(table, files.recognise(table.headers))


def bring_in(store: Store, orders: files.OrderLines, kept: Kept | None = None) -> files.Tally:
    return importing.bring_in(store, orders, refused=kept or Kept(), take=importing.fitting(store), told=lambda _: None)


def units_sold(store: Store) -> float:
    span = store.read(sense.demand_span)
    assert span is not None
    first, last = span
    skus = store.read(lambda tx: sense.sold_skus(tx, first=first, last=last))
    return float(store.read(lambda tx: sense.demand(tx, skus, first=first, last=last)).units.sum())


def test_real_lines_become_demand_and_their_codes_become_products(
    store: Store, parquet: Path, real_lines: pa.Table
) -> None:
    tally = bring_in(store, order_file(parquet))

    assert (tally.rows, tally.added, tally.already) == (ROWS, ROWS, 0)
    assert units_sold(store) == pc.sum(real_lines["quantity"]).as_py()
    assert tally.created == len(store.read(sell.skus)) == len(pc.unique(real_lines["stock_code"]))


def test_the_same_lines_again_in_any_format_and_encoding_add_nothing(
    store: Store, parquet: Path, real_lines: pa.Table, tmp_path: Path
) -> None:
    bring_in(store, order_file(parquet))
    before = units_sold(store)
    pyarrow.csv.write_csv(real_lines, tmp_path / "utf8.csv")
    text = (tmp_path / "utf8.csv").read_text(encoding="utf-8").replace("stock_code", "商品编码", 1)
    (tmp_path / "gb.csv").write_text(text, encoding="gb18030")

    tallies = [bring_in(store, order_file(path)) for path in (parquet, tmp_path / "utf8.csv", tmp_path / "gb.csv")]

    assert [(tally.added, tally.already, tally.created) for tally in tallies] == [(0, ROWS, 0)] * 3
    assert units_sold(store) == before


def test_overlapping_files_add_up_to_their_union(store: Store, real_lines: pa.Table, tmp_path: Path) -> None:
    pq.write_table(real_lines.slice(0, 5_500), tmp_path / "first.parquet")
    pq.write_table(real_lines.slice(4_000), tmp_path / "second.parquet")

    first = bring_in(store, order_file(tmp_path / "first.parquet"))
    second = bring_in(store, order_file(tmp_path / "second.parquet"))

    assert (first.added, second.added, second.already) == (5_500, 2_500, 1_500)
    assert units_sold(store) == pc.sum(real_lines["quantity"]).as_py()


def test_an_interrupted_import_is_finished_by_running_it_again(
    store: Store, parquet: Path, real_lines: pa.Table
) -> None:
    with pytest.raises(KeyboardInterrupt):
        bring_in(store, CutShort(order_file(parquet), after=1))
    halfway = store.read(sell.skus)

    tally = bring_in(store, order_file(parquet))

    assert 0 < len(halfway) < len(store.read(sell.skus))
    assert tally.added + tally.already == ROWS
    assert tally.already > 0
    assert units_sold(store) == pc.sum(real_lines["quantity"]).as_py()


def test_a_kept_catalogue_refuses_the_codes_it_does_not_know(store: Store, parquet: Path, real_lines: pa.Table) -> None:
    code = real_lines["stock_code"][0].as_py()
    product = sell.Product(sell.ProductId("p"), name_zh="星星烛台", name_en="Star holder", category="家居")
    sku = sell.Sku(SkuId(code), product.id, price_fen=900)
    store.call(lambda tx: sell.add_products(tx, [product], [sku]))
    kept = Kept()

    tally = bring_in(store, order_file(parquet), kept)

    lines = pc.sum(pc.equal(real_lines["stock_code"], code)).as_py()
    assert (tally.added, tally.created) == (lines, 0)
    assert {row.why for row in kept.rows} == {files.Why.UNKNOWN_SKU}
    assert len(kept.rows) == ROWS - lines
    assert store.read(sell.skus) == {sku.id: replace(sku)}


def test_a_sale_falls_on_the_day_written_in_the_file(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("订单号,货号,数量,时间,省份\n1,S1,3,2026-03-01 23:59,浙江\n", encoding="utf-8")

    bring_in(store, order_file(path))

    day = Day.parse("2026-03-01")
    (found,) = store.read(lambda tx: sense.region_demand(tx, SkuId("S1"), first=day, last=day))
    assert (found.region, found.units, found.lines) == ("浙江", 3, 1)
