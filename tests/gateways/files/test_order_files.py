"""Order files as people really have them: encodings, names, dates, credit notes, broken rows."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from roulian.gateways.files import (
    BadMapping,
    DayOrder,
    DayOrderUnclear,
    Field,
    Line,
    MissingColumns,
    NoSuchFile,
    NotATable,
    OrderFile,
    RefusedFile,
    RefusedRow,
    UnknownColumn,
    UnknownEncoding,
    UnknownFormat,
    Why,
    mapped,
    recognise,
    sheet,
    write_table,
)
from roulian.words import Day

HEADER = "订单号,货号,品名,数量,下单时间,单价,会员号,省份"
ROW = "A1,S1,红茶,2,2026-03-01 09:30,12.50,7,浙江"


def a_file(path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join((header, *rows)).encode(encoding))
    return path


def read(path: Path) -> tuple[list[Line], list[RefusedRow]]:
    table = sheet(path)
    lines: list[Line] = []
    refused: list[RefusedRow] = []
    for batch in OrderFile(table, recognise(table.headers)).batches():
        lines += batch.lines
        refused += batch.refused
    return lines, refused


def reasons(refused: Sequence[RefusedRow]) -> dict[int, Why]:
    return {row.row: row.why for row in refused}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_chinese_file_reads_the_same_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = a_file(tmp_path / "orders.csv", ROW, encoding=encoding)

    (line,), refused = read(path)

    assert (line.order_no, line.sku, line.name, line.qty) == ("A1", "S1", "红茶", 2)
    assert (line.when.day, line.price_fen, line.region) == (Day.parse("2026-03-01"), 1250, "浙江")
    assert refused == []


def test_text_in_no_known_encoding_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(HEADER.encode() + b"\n" + b"A1,\xff\xff\xff,x\n")

    with pytest.raises(UnknownEncoding) as refusal:
        sheet(path)

    assert refusal.value.at_byte == len(HEADER.encode()) + len("\nA1,")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(delimiter: str, tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.txt", ROW.replace(",", delimiter), header=HEADER.replace(",", delimiter))

    lines, refused = read(path)

    assert len(lines) == 1
    assert refused == []


def test_the_same_lines_have_the_same_sources_in_csv_excel_and_parquet(tmp_path: Path) -> None:
    day = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001
    names = ("invoice_no", "sku", "quantity", "ordered_at", "unit_price", "country")
    rows = [(5001, "S1", 2, day, 12.5, "Eire"), (5001, "S2", 1, day, 0.85, "Eire")]
    with (tmp_path / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *((a, b, c, "2026-03-01 09:30:00", e, f) for a, b, c, _, e, f in rows)])
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (names, *rows):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), tmp_path / "x.parquet")

    read_as = {
        kind: [replace(line, cells=()) for line in read(tmp_path / f"x.{kind}")[0]]
        for kind in ("csv", "xlsx", "parquet")
    }

    assert read_as["csv"] == read_as["xlsx"] == read_as["parquet"]
    assert [line.price_fen for line in read_as["csv"]] == [1250, 85]


def test_the_uci_and_olist_headers_are_known() -> None:
    uci = recognise(
        ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
    )
    olist = recognise(
        ["order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"]
    )

    assert uci.columns == {
        Field.ORDER_NO: "InvoiceNo",
        Field.SKU: "StockCode",
        Field.NAME: "Description",
        Field.QTY: "Quantity",
        Field.WHEN: "InvoiceDate",
        Field.PRICE: "UnitPrice",
        Field.CUSTOMER: "CustomerID",
        Field.REGION: "Country",
    }
    assert uci.product_codes == r"\d{5}[A-Z]{0,2}"
    assert olist.columns == {
        Field.ORDER_NO: "order_id",
        Field.LINE_NO: "order_item_id",
        Field.SKU: "product_id",
        Field.WHEN: "shipping_limit_date",
        Field.PRICE: "price",
    }


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",S1,x,1,2026-03-01,1,7,浙江", Why.MISSING_VALUE),
        ("A1,,x,1,2026-03-01,1,7,浙江", Why.MISSING_VALUE),
        ("A1,S1,x,,2026-03-01,1,7,浙江", Why.MISSING_VALUE),
        ("A1,S1,x,1,,1,7,浙江", Why.MISSING_VALUE),
        ("A1,S1,x,1,2026-03-01,,7,浙江", Why.MISSING_VALUE),
        ("A1,S1,x,1,2026-03-01,1", Why.TOO_FEW_CELLS),
        ("A1,S1,x,two,2026-03-01,1,7,浙江", Why.BAD_QUANTITY),
        ("A1,S1,x,1.5,2026-03-01,1,7,浙江", Why.BAD_QUANTITY),
        ("A1,S1,x,0,2026-03-01,1,7,浙江", Why.ZERO_QUANTITY),
        ("A1,S1,x,1,2026-02-30,1,7,浙江", Why.BAD_DATE),
        ("A1,S1,x,1,soon,1,7,浙江", Why.BAD_DATE),
        ("A1,S1,x,1,2026-03-01,free,7,浙江", Why.BAD_PRICE),
        ("A1,S1,x,1,2026-03-01,nan,7,浙江", Why.BAD_PRICE),
        ("A1,S1,x,1,2026-03-01,0.00,7,浙江", Why.ZERO_PRICE),
        ("A1,S1,x,1,2026-03-01,-3,7,浙江", Why.NEGATIVE_PRICE),
        ("A1,S1,x,-1,2026-03-01,3,7,浙江", Why.CREDIT_WITHOUT_SALE),
    ],
)
def test_a_broken_row_is_refused_with_its_reason_and_the_next_is_taken(row: str, why: Why, tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.csv", row, ROW)

    lines, refused = read(path)

    assert [line.row for line in lines] == [3]
    assert reasons(refused) == {2: why}
    assert all(refused[0].why.text(lang, refused[0].facts) for lang in ("zh", "en"))


def test_an_exact_repetition_is_dropped_and_another_quantity_is_not(tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.csv", ROW, ROW, ROW.replace(",2,", ",3,"))

    lines, refused = read(path)

    assert [line.row for line in lines] == [2, 4]
    assert reasons(refused) == {3: Why.DUPLICATE}


def test_a_credit_note_cancels_the_latest_earlier_sale_of_that_customer_product_and_quantity(tmp_path: Path) -> None:
    path = a_file(
        tmp_path / "x.csv",
        "A1,S1,x,6,2026-03-01,3,7,浙江",
        "A2,S1,x,6,2026-03-02,3,7,浙江",
        "A3,S1,x,6,2026-03-03,3,8,浙江",
        "C1,S1,x,-6,2026-03-04,3,7,浙江",
        "A4,S1,x,6,2026-03-05,3,7,浙江",
        "C2,S1,x,-5,2026-03-06,3,7,浙江",
    )

    lines, refused = read(path)

    assert {line.order_no for line in lines} == {"A1", "A3", "A4"}
    assert reasons(refused) == {3: Why.SALE_RETURNED, 5: Why.CREDIT_NETTED, 7: Why.CREDIT_WITHOUT_SALE}


def test_a_sale_is_cancelled_once_and_a_repeated_credit_note_counts_once(tmp_path: Path) -> None:
    note = "C1,S1,x,-6,2026-03-04,3,7,浙江"
    path = a_file(tmp_path / "x.csv", "A1,S1,x,6,2026-03-01,3,7,浙江", "A2,S1,x,6,2026-03-02,3,7,浙江", note, note)

    lines, refused = read(path)

    assert [line.order_no for line in lines] == ["A1"]
    assert Counter(row.why for row in refused) == {Why.SALE_RETURNED: 1, Why.CREDIT_NETTED: 1, Why.DUPLICATE: 1}


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026/3/1 9:05", "2026-03-01"),
        ("2026年3月1日", "2026-03-01"),
        ("20260301", "2026-03-01"),
        ("2026-03-01T23:30:00Z", "2026-03-02"),
        ("2026-03-01T23:30:00.125", "2026-03-01"),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, day: str, tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.csv", f"A1,S1,x,1,{written},3,7,浙江")

    (line,), _ = read(path)

    assert line.when.day == Day.parse(day)


@pytest.mark.parametrize(("other", "day"), [("31/3/2026", "2026-04-03"), ("3/31/2026", "2026-03-04")])
def test_one_telling_date_settles_day_or_month_first_for_the_whole_file(other: str, day: str, tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.csv", "A1,S1,x,1,3/4/2026,3,7,浙江", f"A2,S1,x,1,{other},3,7,浙江")

    lines, _ = read(path)

    assert lines[0].when.day == Day.parse(day)


@pytest.mark.parametrize("other", ["5/6/2026", "31/3/2026 8:00\r\nA3,S1,x,1,3/31/2026 8:00"])
def test_dates_that_do_not_settle_it_refuse_the_file_before_the_first_line(other: str, tmp_path: Path) -> None:
    header = "order_no,sku,name,qty,date"
    path = a_file(tmp_path / "x.csv", "A1,S1,x,1,3/4/2026", f"A2,S1,x,1,{other}", header=header)
    table = sheet(path)
    reading = recognise(table.headers)

    with pytest.raises(DayOrderUnclear):
        next(OrderFile(table, reading).batches())

    told = replace(reading, day_order=DayOrder.DAY_FIRST)
    assert next(OrderFile(table, told).batches()).lines[0].when.day == Day.parse("2026-04-03")


def test_missing_columns_name_what_is_missing_and_what_is_there(tmp_path: Path) -> None:
    table = sheet(a_file(tmp_path / "x.csv", "1,2", header="单据编号,东西"))

    with pytest.raises(MissingColumns) as refusal:
        OrderFile(table, recognise(table.headers))

    assert refusal.value.facts() == {"missing": "sku, when", "headers": "单据编号, 东西"}


def test_a_mapping_file_says_what_the_names_do_not(tmp_path: Path) -> None:
    path = a_file(tmp_path / "x.csv", "1,S1,4,01/02/2026", header="票,东西,几个,哪天")
    said = tmp_path / "map.toml"
    said.write_text(
        '[columns]\norder_no = "票"\nsku = "东西"\nqty = "几个"\nwhen = "哪天"\n[values]\nday_order = "day_first"\n',
        encoding="utf-8",
    )
    table = sheet(path)

    (batch,) = OrderFile(table, mapped(recognise(table.headers), said)).batches()

    assert [(line.order_no, line.sku, line.qty, line.when.day.iso()) for line in batch.lines] == [
        ("1", "S1", 4, "2026-02-01")
    ]


@pytest.mark.parametrize(
    "said", ["[columns", '[columns]\ncolour = "x"', "[other]\na = 1", '[values]\nprice_rate = "x"']
)
def test_a_broken_mapping_file_is_refused(said: str, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(said, encoding="utf-8")

    with pytest.raises(BadMapping):
        mapped(recognise(()), path)


def test_a_mapping_to_a_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    table = sheet(a_file(tmp_path / "x.csv", ROW))
    reading = recognise(table.headers)

    with pytest.raises(UnknownColumn):
        OrderFile(table, replace(reading, columns={**reading.columns, Field.SKU: "无此列"}))


def test_a_price_rate_turns_other_money_into_fen_and_leaves_the_source_alone(tmp_path: Path) -> None:
    table = sheet(a_file(tmp_path / "x.csv", ROW))
    reading = recognise(table.headers)

    (plain,), (converted,) = (
        next(OrderFile(table, replace(reading, price_rate=rate)).batches()).lines
        for rate in (Decimal(1), Decimal("9.1"))
    )

    assert (plain.price_fen, converted.price_fen) == (1250, 11375)
    assert plain.source == converted.source


def test_a_workbook_is_known_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["order", "sku"])
    book.active.append(["A1", "S1"])
    book.save(tmp_path / "upload.xlsx")
    (tmp_path / "upload.xlsx").rename(tmp_path / "upload")

    table = sheet(tmp_path / "upload")

    assert table.headers == ("order", "sku")
    assert list(table.rows()) == [("A1", "S1")]


def test_files_that_are_no_tables_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Excel")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing more")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and nothing more")

    for name, refusal in {
        "nowhere.csv": NoSuchFile,
        "empty.csv": NotATable,
        "old.xls": UnknownFormat,
        "broken.parquet": NotATable,
        "broken.xlsx": UnknownFormat,
    }.items():
        with pytest.raises(refusal) as refused:
            sheet(tmp_path / name)
        assert name in refused.value.text("zh")


def test_refused_rows_can_be_mended_and_imported_again(tmp_path: Path) -> None:
    table = sheet(a_file(tmp_path / "x.csv", "A1,S1,=x,zwei,2026-03-01,1,7,浙江"))
    with RefusedFile(tmp_path / "refused.csv", table.headers) as kept:
        for batch in OrderFile(table, recognise(table.headers)).batches():
            kept.keep(batch.refused)

    text = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "refused.csv").write_text(text.replace(",zwei,", ",2,"), encoding="utf-8-sig")
    lines, refused = read(tmp_path / "refused.csv")

    assert text.splitlines()[1].startswith("2,bad_quantity,数量“zwei”不是整数。,")
    assert ",'=x," in text
    assert [(line.order_no, line.qty) for line in lines] == [("A1", 2)]
    assert refused == []


def test_nothing_refused_leaves_no_file(tmp_path: Path) -> None:
    with RefusedFile(tmp_path / "refused.csv", ("a",)) as kept:
        kept.keep(())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_written_table_reads_back(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"plan.{ending}"

    write_table(path, {"order_no": ["A1", "A2"], "数量": [1, 2], "理由": ["缺货", "=1+1"]})

    table = sheet(path)
    rows = [[str(cell) for cell in row] for row in table.rows()]
    assert table.headers == ("order_no", "数量", "理由")
    assert rows[0] == ["A1", "1", "缺货"]
    assert rows[1][2] in {"'=1+1", "=1+1" if ending == "parquet" else "'=1+1"}
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_table_in_an_unknown_format_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        write_table(tmp_path / "plan.pdf", {"a": [1]})

    assert list(tmp_path.iterdir()) == []
