"""`roulian export products` and `roulian import products`: tried first, done once, sentences in both languages."""

import csv
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roulian.cli import roulian

ROWS = [
    ["product", "name", "sku", "price"],
    ["cup", "杯", "cup_1", "18.70"],
    ["cup", "杯", "cup_2", "-1"],
    ["b", "碗", "b", "9"],
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ROULIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    with (tmp_path / "in.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(roulian, arguments)


def exported(home: Path) -> list[dict[str, str]]:
    assert run("export", "products", "out.csv").exit_code == 0
    with (home / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_dry_run_says_what_would_happen_and_changes_nothing(home: Path) -> None:
    told = run("import", "products", "in.csv", "--dry-run")

    assert told.exit_code == 0, told.output
    assert "第 4 行 row 4: 新增 created  b / b" in told.output
    assert "拒收 refused: 2" in told.output
    assert "nothing changed" in told.output
    assert exported(home) == []
    refused = (home / "in.refused.csv").read_text(encoding="utf-8-sig")
    assert "价格须大于 0" in refused
    assert "A price is over 0" in refused


def test_what_was_exported_is_imported_without_a_change(home: Path) -> None:
    assert run("import", "products", "in.csv").exit_code == 0
    before = exported(home)

    again = run("import", "products", "out.csv")

    assert "不变 unchanged: 1" in again.output
    assert [(row["sku"], row["price"]) for row in before] == [("b", "9.00")]
    assert exported(home) == before


def test_a_file_that_is_no_catalogue_is_refused(home: Path) -> None:
    (home / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    told = run("import", "products", "notes.csv")

    assert getattr(told.exception, "code", "") == "missing_offer_columns"
    assert exported(home) == []
