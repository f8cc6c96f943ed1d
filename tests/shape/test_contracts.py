"""The house as it stands keeps its contracts: imports (`.importlinter`) and syntax (`rules.py`)."""

import configparser
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shape import rules

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
LINT = Path(sys.executable).with_name("lint-imports")


def lint_imports(src: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """What import-linter says of these sources; its cache, wide lines and the sources themselves lie beside each other."""
    chosen = [part for contract in contracts for part in ("--contract", contract)]
    kept = ["--no-cache"] if src == SRC else ["--cache-dir", str(src.parent / "import_cache")]
    return subprocess.run(
        [LINT, *kept, "--config", ROOT / ".importlinter", *chosen],
        env={"PYTHONPATH": str(src), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "COLUMNS": "200"},
        cwd=src,
        capture_output=True,
        text=True,
        check=False,
    )


def contracts() -> configparser.ConfigParser:
    written = configparser.ConfigParser()
    written.read(ROOT / ".importlinter", encoding="utf-8")
    return written


def test_imports_keep_every_contract() -> None:
    answer = lint_imports(SRC)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_is_in_shape(rule: Callable[[Path], list[str]]) -> None:
    assert rule(SRC) == []


def test_every_stage_is_in_every_contract_that_speaks_of_stages() -> None:
    stages = {path.parent.name for path in (SRC / "roulian").glob("*/model*")}
    written = contracts()

    containers = written["importlinter:contract:inside_a_stage"]["containers"].split()

    assert set(rules.STAGES) == stages
    assert {name.removeprefix("roulian.") for name in containers} == stages
    assert all(f"importlinter:contract:face_of_{stage}" in written for stage in stages)
