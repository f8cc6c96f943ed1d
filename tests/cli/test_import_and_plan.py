"""`roulian import orders` and `roulian plan`, as a person runs them."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from roulian.cli import roulian
from roulian.gateways.files import MissingColumns

ROWS = 26_000
SRC = Path(__file__).resolve().parents[2] / "src"


@pytest.fixture(scope="module")
def real_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first real order lines, as a CSV a shop would send."""
    with resources.as_file(resources.files("world.brand") / "online_retail.parquet") as path:
        table = pq.read_table(path).slice(0, ROWS)
    columns = {
        name: pc.cast(column, pa.string()) if pa.types.is_dictionary(column.type) else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    path = tmp_path_factory.mktemp("real") / "orders.csv"
    pyarrow.csv.write_csv(pa.table(columns), path)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ROULIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    return tmp_path


def run(*arguments: object, answers: str | None = None) -> Result:
    return CliRunner().invoke(roulian, [str(each) for each in arguments], input=answers)


def numbers(output: str) -> Mapping[str, int]:
    """`新增 added: 1,234` as added → 1234."""
    lines = (line.rpartition(": ") for line in output.splitlines() if ": " in line)
    return {label.split(" ", 1)[-1]: int(n.replace(",", "")) for label, _, n in lines if n.replace(",", "").isdigit()}


def test_importing_twice_adds_nothing_the_second_time(home: Path, real_csv: Path) -> None:
    first = run("import", "orders", real_csv)
    second = run("import", "orders", real_csv)

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert numbers(first.output)["added"] == ROWS
    assert (numbers(second.output)["added"], numbers(second.output)["already there"]) == (0, ROWS)


def test_an_import_killed_in_the_middle_is_finished_by_running_it_again(home: Path, real_csv: Path) -> None:
    command = [sys.executable, "-c", "from roulian.cli import main; main()", "import", "orders", str(real_csv)]
    database = home / "var" / "orders.db"
    importing = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(SRC)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while importing.poll() is None and not _lines(database):
        pass
    importing.send_signal(signal.SIGKILL)
    importing.communicate()
    halfway = _lines(database)

    again = run("import", "orders", real_csv)

    assert 0 < halfway < ROWS
    assert halfway % 5_000 == 0
    assert (numbers(again.output)["added"], numbers(again.output)["already there"]) == (ROWS - halfway, halfway)
    assert _lines(database) == ROWS


def _lines(database: Path) -> int:
    import sqlite3

    if not database.exists():
        return 0
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5) as connection:
        try:
            found = connection.execute("SELECT count(*) FROM sense_sales").fetchone()
        except sqlite3.OperationalError:
            return 0
    connection.close()
    return int(found[0])


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_plan_tells_forecasts_proposals_and_reasons_in_every_format(home: Path, real_csv: Path, ending: str) -> None:
    run("import", "orders", real_csv)

    planned = run("plan", "--out", home / f"plan.{ending}", "--lead-time-days", 7, "--moq", 24, "--multiple", 12)

    rows = _table(home / f"plan.{ending}")
    ordered = [row for row in rows if int(row["order_units"])]
    assert planned.exit_code == 0, planned.output
    assert "未来 9 天需求 95% 分位" in planned.output
    assert len(rows) > 1_000
    assert ordered
    for row in ordered:
        assert int(row["order_units"]) >= max(24, int(row["target_units"]))
        assert int(row["order_units"]) % 12 == 0
        assert str(row["order_units"]) in row["reason_zh"]
        assert str(row["order_units"]) in row["reason_en"]


def _table(path: Path) -> list[dict[str, str]]:
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file))
        case ".parquet":
            return [{k: str(v) for k, v in row.items()} for row in pq.read_table(path).to_pylist()]
        case _:
            book = openpyxl.load_workbook(path, read_only=True)
            header, *rows = book.worksheets[0].iter_rows(values_only=True)
            book.close()
            return [dict(zip(map(str, header), map(str, row), strict=True)) for row in rows]


def test_the_same_seed_plans_the_same_to_the_byte(home: Path, real_csv: Path) -> None:
    run("import", "orders", real_csv)

    for name in ("a.csv", "b.csv"):
        run("plan", "--out", home / name, "--seed", 3)

    assert (home / "a.csv").read_bytes() == (home / "b.csv").read_bytes()


def test_planning_without_sales_says_what_to_do_first(home: Path) -> None:
    from roulian.flows.planning import NothingSold

    answer = run("plan", "--out", home / "plan.csv")

    assert isinstance(answer.exception, NothingSold)
    assert not (home / "plan.csv").exists()


def test_unknown_column_names_are_asked_for(home: Path) -> None:
    (home / "x.csv").write_text("票,东西,几个,哪天\n1,S1,4,2026-02-01\n", encoding="gb18030")

    refused = run("import", "orders", "x.csv")
    untouched = not (home / "var").exists()
    asked = run("import", "orders", "x.csv", "--ask", answers="票\n-\n东西\n-\n几个\n哪天\n-\n-\n-\n")

    assert isinstance(refused.exception, MissingColumns)
    assert untouched
    assert asked.exit_code == 0, asked.output
    assert numbers(asked.output)["added"] == 1


def test_refused_rows_stand_in_a_file_with_their_reasons(home: Path) -> None:
    (home / "x.csv").write_text("order_no,sku,qty,date\n1,S1,4,2026-02-01\n2,S1,no,2026-02-01\n", encoding="utf-8")

    answer = run("import", "orders", "x.csv", "--refused", "out.csv")

    (row,) = _table(home / "out.csv")
    assert (row["row"], row["code"], row["order_no"]) == ("3", "bad_quantity", "2")
    assert row["原因"] == "数量“no”不是整数。"
    assert numbers(answer.output)["refused"] == 1


def test_a_price_rate_that_is_no_number_is_refused_before_anything_is_read_in(home: Path) -> None:
    (home / "x.csv").write_text("order_no,sku,qty,date,price\n1,S1,4,2026-02-01,2\n", encoding="utf-8")

    answer = run("import", "orders", "x.csv", "--price-rate", "nan")

    assert answer.exit_code == 2
    assert not (home / "var").exists()
