"""The catalogue as a table: there and back it changes nothing, and every row that cannot come in says why."""

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian import sell
from roulian.flows import cataloguing
from roulian.gateways import files
from roulian.store import Store
from roulian.words import Ids, Instant, SimulatedClock, SkuId

HEADER = ("product", "商品名称", "sku", "价格", "选项")
SHIRT = ("shirt", "衬衫", "shirt_m", "129.00", "尺码=中")
TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=8)
IDENT = st.text(st.sampled_from("abcé衬=+-@'\"1.0,;*"), min_size=1, max_size=6)


def a_csv(path: Path, *rows: Sequence[str], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def bring_in(store: Store, path: Path) -> cataloguing.Outcome:
    return cataloguing.bring_in(store, files.offers(files.sheet(path)))


def changes(outcome: cataloguing.Outcome) -> list[tuple[str, sell.Change]]:
    return [(one.sku, one.change) for one in outcome.taken]


def entries(store: Store) -> dict[sell.ProductId, sell.Entry]:
    return dict(store.read(sell.entries))


def export(store: Store, path: Path) -> Path:
    files.write_table(path, files.columns(store.read(cataloguing.rows)))
    return path


def test_a_rehearsal_tells_what_the_import_does_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = a_csv(tmp_path / "in.csv", SHIRT, ("cup", "杯", "cup", "-5", ""), ("shirt", "", "shirt_l", "139", "尺码=大"))
    table = files.offers(files.sheet(path))

    rehearsed = cataloguing.rehearse(store, table)

    assert entries(store) == {}
    assert cataloguing.bring_in(store, table) == rehearsed
    assert changes(rehearsed) == [("shirt_m", sell.Change.CREATED), ("shirt_l", sell.Change.CREATED)]
    [refused] = rehearsed.refused
    assert (refused.row, refused.why) == (3, files.Why.NOT_SELLABLE)
    assert "价格" in refused.why.text("zh", refused.facts)
    kept = entries(store)[sell.ProductId("shirt")]
    assert [(sku.id, sku.price_fen) for sku in kept.skus] == [("shirt_l", 13_900), ("shirt_m", 12_900)]
    assert [[value.id for value in group.values] for group in kept.groups] == [["大", "中"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_imported_again_nothing_changes(store: Store, tmp_path: Path, encoding: str) -> None:
    path = a_csv(tmp_path / "in.csv", SHIRT, encoding=encoding)
    bring_in(store, path)
    before = entries(store)

    again = bring_in(store, path)

    assert changes(again) == [("shirt_m", sell.Change.SAME)]
    assert entries(store) == before


def test_a_row_changes_what_it_tells_and_leaves_the_rest(store: Store, tmp_path: Path) -> None:
    bring_in(store, a_csv(tmp_path / "in.csv", SHIRT))

    outcome = bring_in(
        store, a_csv(tmp_path / "more.csv", ("shirt", "shirt_m", "", "6"), header=("product", "sku", "price", "限购"))
    )

    [sku] = entries(store)[sell.ProductId("shirt")].skus
    assert changes(outcome) == [("shirt_m", sell.Change.CHANGED)]
    assert (sku.price_fen, sku.terms.most_qty, sku.terms.combination) == (12_900, 6, (("尺码", "中"),))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("", "杯", "cup", "5", ""), files.Why.MISSING_VALUE),
        (("cup", "杯", "", "5", ""), files.Why.MISSING_VALUE),
        (("cup", "杯", "cup", "five", ""), files.Why.BAD_AMOUNT),
        (("cup", "杯", "cup", "5.005", ""), files.Why.BAD_AMOUNT),
        (("cup", "杯", "cup", "1e99", ""), files.Why.BAD_AMOUNT),
        (("cup", "杯", "cup", "NaN", ""), files.Why.BAD_AMOUNT),
        (("cup", "=cmd|' /C calc'!A0", "cup", "5", ""), files.Why.FORMULA),
        (("cup", "杯", "cup", "5", "大"), files.Why.BAD_PAIRS),
        (("cup", "杯", "cup", "5"), files.Why.TOO_FEW_CELLS),
        (("cup", "杯", "shirt_m", "5", ""), files.Why.SKU_TWICE),
        (("cup", "杯", "cup", "0", ""), files.Why.NOT_SELLABLE),
        (("cup", "杯", "cup", "-5", ""), files.Why.NOT_SELLABLE),
        (("cup", "", "cup", "5", ""), files.Why.NOT_SELLABLE),
        (("cup", "杯", "cup", "", ""), files.Why.NOT_SELLABLE),
    ],
)
def test_a_row_that_cannot_come_in_is_refused_alone(
    store: Store, tmp_path: Path, row: tuple[str, ...], why: files.Why
) -> None:
    outcome = bring_in(store, a_csv(tmp_path / "in.csv", SHIRT, row))

    [refused] = outcome.refused
    assert (refused.row, refused.why, tuple(refused.cells)) == (3, why, row)
    assert refused.why.text("zh", refused.facts) != refused.why.text("en", refused.facts)
    assert [sku.id for entry in entries(store).values() for sku in entry.skus] == ["shirt_m"]


def test_a_product_comes_in_whole_or_not_at_all(store: Store, tmp_path: Path) -> None:
    rows = (SHIRT, ("shirt", "衬衫", "shirt_l", "0", "尺码=大"), ("shirt", "长衫", "shirt_s", "5", "尺码=小"))

    outcome = bring_in(store, a_csv(tmp_path / "in.csv", *rows))

    assert [row.row for row in outcome.refused] == [2, 3, 4]
    assert entries(store) == {}


def test_a_bundle_may_stand_before_its_components(store: Store, tmp_path: Path) -> None:
    header = ("product", "name", "sku", "price", "components")
    rows = (
        ("gift", "礼盒", "gift", "50", "cup*2; bowl * 1"),
        ("set", "碗", "bowl", "20", ""),
        ("cup", "杯", "cup", "9", ""),
    )

    outcome = bring_in(store, a_csv(tmp_path / "in.csv", *rows, header=header))

    assert outcome.refused == ()
    gift = store.read(sell.skus)[SkuId("gift")]
    assert gift.terms.components == (sell.Component(SkuId("cup"), 2), sell.Component(SkuId("bowl"), 1))


def test_a_file_without_the_needed_columns_is_refused_whole(store: Store, tmp_path: Path) -> None:
    path = a_csv(tmp_path / "in.csv", ("杯", "9"), header=("商品名称", "价格"))

    with pytest.raises(files.MissingOfferColumns) as no:
        files.offers(files.sheet(path))

    assert no.value.missing == "product, sku"
    assert entries(store) == {}


def test_no_cell_that_is_written_runs(store: Store, tmp_path: Path) -> None:
    bring_in(store, a_csv(tmp_path / "in.csv", ("cup", "'=HYPERLINK(1)", "cup", "9", "")))

    with export(store, tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        written = [cell for row in list(csv.reader(file))[1:] for cell in row]
    sheet = openpyxl.load_workbook(export(store, tmp_path / "out.xlsx")).worksheets[0]

    assert entries(store)[sell.ProductId("cup")].product.name_zh == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in written
    assert not [cell for cell in written if cell.startswith(("=", "+", "-", "@"))]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[sell.Entry, ...]:
    moments = st.none() | st.integers(1, 10_000).map(lambda n: Instant(n * 7_000_003))
    entries = []
    for number in range(draw(st.integers(1, 3))):
        ident = sell.ProductId(f"{draw(IDENT)}{number}")
        sizes = draw(st.lists(st.sampled_from(["s", "m", "大"]), unique=True, max_size=3))
        skus = []
        for place, size in enumerate(sizes or [""]):
            first = draw(moments)
            terms = sell.Terms(
                combination=(("size", size),) if size else (),
                least_qty=draw(st.integers(1, 3)),
                most_qty=draw(st.none() | st.integers(30, 40)),
                multiple_qty=draw(st.integers(1, 3)),
                from_at=first,
                until_at=None if first is None else Instant(first.ms + draw(st.integers(1, 9)) * 86_400_000),
                accounts=tuple(draw(st.lists(st.sampled_from(["wx1", "wx2"]), unique=True))),
                regions=tuple(draw(st.lists(st.sampled_from(["浙江", "上海"]), unique=True))),
            )
            price = draw(st.integers(1, 10**9))
            mode = draw(st.sampled_from(sell.Supply))
            skus.append(sell.Sku(SkuId(f"{ident}.{place}"), ident, price, 7, draw(TEXT), "", mode, terms))
        groups = (
            (sell.OptionGroup("size", "尺码", "Size", tuple(sell.OptionValue(s, s) for s in sizes)),) if sizes else ()
        )
        media = (sell.Medium("https://a/b?c=1"), sell.Medium("/f", sell.MediumKind.VIDEO))
        product = sell.Product(ident, draw(TEXT), draw(TEXT), draw(TEXT), "🍵", "#12ab34")
        entries.append(sell.Entry(product, tuple(skus), groups, media[: draw(st.integers(0, 2))]))
    return tuple(entries)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_and_imported_nothing_changes(ending: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("catalogue")

    @given(catalogues())
    def law(catalogue: tuple[sell.Entry, ...]) -> None:
        store = Store.open("sqlite://", clock=SimulatedClock(Instant(0)), ids=Ids(lambda _bits: 1))
        store.create_all()
        for entry in catalogue:
            store.call(lambda tx, entry=entry: sell.save_entry(tx, entry))
        before = entries(store)

        outcome = bring_in(store, export(store, folder / f"out.{ending}"))

        assert outcome.refused == outcome.ignored == ()
        assert {one.change for one in outcome.taken} == {sell.Change.SAME}
        assert entries(store) == before
        store.close()

    law()
