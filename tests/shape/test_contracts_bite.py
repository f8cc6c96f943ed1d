"""Every guard is bitten by a planted violation: a guard that cannot fail is a defect.

Each case plants one violation in a copy of the sources and expects the one contract or rule it breaks to say so.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from shape import rules
from shape.test_contracts import SRC, contracts, lint_imports


@dataclass(frozen=True)
class Planted:
    guard: str
    path: str
    text: str


IMPORTS = (
    Planted("layers", "roulian/sense/reads.py", "from roulian import predict"),
    Planted("layers", "roulian/sell/model.py", "from roulian import stock"),
    Planted("layers", "roulian/flows/checkout.py", "from roulian import web"),
    Planted("layers", "roulian/store/backoff.py", "from roulian import people"),
    Planted("layers", "roulian/tell/writes.py", "from roulian.gateways import wechat"),
    Planted("layers", "roulian/utils/__init__.py", ""),
    Planted("layers", "roulian/shared.py", ""),
    Planted("inside_a_stage", "roulian/make/utils.py", ""),
    Planted("inside_a_stage", "roulian/make/reads.py", "from roulian.make import writes"),
    Planted("inside_a_stage", "roulian/make/events.py", "from roulian.make import model"),
    Planted("inside_a_stage", "roulian/make/model.py", "from roulian.make import tables"),
    Planted("inside_a_stage", "roulian/predict/tables.py", "from roulian.predict import methods"),
    Planted("gateways_apart", "roulian/gateways/pay/live.py", "from roulian.gateways import wechat"),
    Planted("gateways_know_words", "roulian/gateways/files/lines.py", "from roulian import store"),
    Planted("words_alone", "roulian/words/units.py", "from roulian import store"),
    Planted("pure", "roulian/words/time.py", "import sqlalchemy"),
    Planted("pure", "roulian/predict/events.py", "import httpx"),
    Planted("pure", "roulian/decide/methods/__init__.py", "from roulian.store import Tx"),
    Planted("pure", "roulian/people/events.py", "import fastapi"),
    Planted("sql_home", "roulian/flows/checkout.py", "import sqlalchemy as sa"),
    Planted("sql_home", "roulian/people/model.py", "from sqlalchemy import text"),
    Planted("migrations_home", "roulian/people/reads.py", "import psycopg"),
    Planted("httpx_home", "roulian/flows/inform.py", "import httpx"),
    Planted("httpx_home", "roulian/web/errors.py", "import httpx"),
    Planted("fastapi_home", "roulian/flows/ring.py", "from fastapi import Request"),
    Planted("fastapi_home", "roulian/tell/reads.py", "import pydantic"),
    Planted("live_chosen_by_app", "roulian/flows/outgoing.py", "from roulian.gateways.wechat import live"),
    Planted("live_chosen_by_app", "roulian/web/errors.py", "import roulian.gateways.pay.live"),
    Planted("sandbox_alone", "wechat_sandbox/state.py", "from roulian.words import Fen"),
    Planted("world_outside", "world/retail.py", "import roulian.sell"),
    Planted("world_outside", "world/retail.py", "import wechat_sandbox"),
    Planted("outside_placed_by_app", "roulian/flows/ring.py", "import world"),
    Planted("no_cycles", "roulian/words/units.py", "from roulian.words import planted_b"),
    *(
        Planted(f"face_of_{room}", f"roulian/flows/planted_{room}.py", f"import roulian.{room}.{file}")
        for room, file in [("store", "tx"), *((stage, "reads") for stage in rules.STAGES)]
    ),
)

_TABLE = '"""Planted."""\nSQL = "SELECT 1 FROM {table}"\n'
_LONG = '"""Planted."""\n\n\ndef long() -> None:\n    """Long."""\n' + "    print()\n" * rules.MOST_FUNCTION_LINES
_FACE = '"""Sells.\n\nOwns: a. Says: b. Never: c.\n"""\n'
_MANY = ", ".join(f"n{i}" for i in range(rules.MOST_FACE_VERBS + 1))
SYNTAX = (
    Planted("tables_stay_home", "roulian/sell/planted.py", _TABLE.format(table="sense_sales")),
    Planted("tables_stay_home", "roulian/flows/planted.py", _TABLE.format(table="sense_demand")),
    Planted("tables_stay_home", "roulian/sell/planted.py", 'import sqlalchemy as sa\nT = sa.Table("orders", M)'),
    Planted("no_foreign_key_leaves_a_stage", "roulian/sell/planted.py", 'K = sa.ForeignKey("sense_sales.source")'),
    Planted("nothing_is_imported_in_hiding", "roulian/flows/planted.py", "import importlib"),
    Planted("nothing_is_imported_in_hiding", "roulian/flows/planted.py", "from importlib import import_module"),
    Planted("nothing_is_imported_in_hiding", "roulian/flows/planted.py", 'X = __import__("roulian.sell.writes")'),
    *(
        Planted("flows_hold_no_rule", "roulian/flows/planted.py", text)
        for text in (
            "TOTAL = price_fen * qty",
            "free -= 1",
            "def f(a): return -a",
            "IS_LATE = now > due",
            'def f(order): return order.status == "paid"',
            "def f(lines): return sum(lines)",
            "import math",
            "from numpy import maximum",
            "IS_BULK = 3 < qty",
            "FIRST = last.plus(-DAYS)",
            "def f(order): return order.status in (PAID, SHIPPED)",
        )
    ),
    Planted("functions_are_short", "roulian/sell/planted.py", _LONG),
    Planted("files_are_short", "roulian/sell/planted.py", "A = 1\n" * (rules.MOST_FILE_LINES + 1)),
    Planted("public_names_are_documented", "roulian/sell/planted.py", '"""Planted."""\n\n\nclass Bare:\n    pass\n'),
    Planted("public_names_are_documented", "roulian/sell/planted.py", "A = 1\n"),
    Planted("faces_tell_what_they_own", "roulian/sell/__init__.py", '"""Sells."""\n__all__ = ["a"]\n'),
    *(
        Planted(
            "faces_tell_what_they_own", "roulian/sell/__init__.py", f"{_FACE}from roulian.sell.{kind} import {_MANY}"
        )
        for kind in ("reads", "writes", "writes.orders")
    ),
    Planted("names_say_something", "roulian/sell/planted.py", "class OrderManager:\n    pass\n"),
    Planted("names_say_something", "roulian/sell/utils.py", ""),
)
HARMLESS = (
    Planted(
        "flows_hold_no_rule", "roulian/flows/planted.py", "def f(a: int | None) -> bool | None:\n    return a is None"
    ),
    Planted("flows_hold_no_rule", "roulian/flows/planted.py", "def f(a): return a == () or not a"),
    Planted("flows_hold_no_rule", "roulian/flows/planted.py", "def f(a, b): return a.plus(-1) in known, a & b"),
    Planted("nothing_is_imported_in_hiding", "world/planted.py", "from importlib import resources"),
    Planted("tables_stay_home", "roulian/sell/planted.py", '"""Never touches sense_sales."""\n'),
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("house") / "src"
    shutil.copytree(SRC, copied, ignore=shutil.ignore_patterns("__pycache__", "*.parquet", "*.egg-info"))
    return copied


@pytest.fixture
def plant(copied: Path) -> Iterator[Callable[[Planted], Path]]:
    """Plants a violation in the copied sources, and takes it out again afterwards."""
    before: dict[Path, str | None] = {}

    def write(path: Path, text: str) -> None:
        before.setdefault(path, path.read_text(encoding="utf-8") if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def planted(each: Planted) -> Path:
        path = copied / each.path
        said = path.read_text(encoding="utf-8") if path.exists() and path.name != "__init__.py" else ""
        write(path, f"{said}\n{each.text}\n" if said else f"{each.text}\n")
        if each.guard == "no_cycles":
            write(copied / "roulian/words/planted_b.py", "from roulian.words import units\n")
        return copied

    yield planted
    for path, text in before.items():
        if text is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.write_text(text, encoding="utf-8")


def rule(name: str) -> Callable[[Path], list[str]]:
    return next(each for each in rules.RULES if each.__name__ == name)


@cache
def accused_before(name: str, src: Path) -> frozenset[str]:
    return frozenset(rule(name)(src))


@pytest.mark.parametrize("planted", IMPORTS, ids=lambda p: f"{p.guard}-{p.path.removeprefix('roulian/')}")
def test_a_planted_import_breaks_its_contract(planted: Planted, plant: Callable[[Planted], Path]) -> None:
    answer = lint_imports(plant(planted), planted.guard)

    assert answer.returncode == 1
    assert f"{contracts()[f'importlinter:contract:{planted.guard}']['name']} BROKEN" in answer.stdout


@pytest.mark.parametrize("planted", SYNTAX, ids=lambda p: f"{p.guard}-{p.text[:24]!r}")
def test_a_planted_line_breaks_its_rule(planted: Planted, plant: Callable[[Planted], Path], copied: Path) -> None:
    before = accused_before(planted.guard, copied)

    accusations = rule(planted.guard)(plant(planted))

    assert set(accusations) - before


@pytest.mark.parametrize("planted", HARMLESS, ids=lambda p: f"{p.guard}-{p.text[:24]!r}")
def test_what_is_allowed_breaks_no_rule(planted: Planted, plant: Callable[[Planted], Path], copied: Path) -> None:
    before = accused_before(planted.guard, copied)

    assert set(rule(planted.guard)(plant(planted))) == before


def test_every_contract_and_every_rule_has_a_violation_planted_here() -> None:
    written = {name.rpartition(":")[2] for name in contracts().sections() if ":contract:" in name}

    assert {planted.guard for planted in IMPORTS} == written
    assert {planted.guard for planted in SYNTAX} == {rule.__name__ for rule in rules.RULES}
