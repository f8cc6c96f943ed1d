"""`roulian doctor` and `roulian migrate`: what they find, and that they say what to do."""

import os
import subprocess
import sys
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from roulian.cli import roulian
from roulian.cli.doctor import Grade, told_skew
from roulian.gateways.skew import skew_s
from roulian.words import Instant, SimulatedClock, Unreachable

NOON = Instant.parse("2026-03-02T12:00:00+08:00")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("ROULIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    return tmp_path / "var"


def test_a_fresh_installation_is_well_and_stays_untouched(home: Path) -> None:
    answer = CliRunner().invoke(roulian, ["doctor"])

    assert answer.exit_code == 0, answer.output
    assert Grade.BAD not in answer.output
    assert "WeChat takes the credentials" in answer.output
    assert "WeChat Pay takes the credentials" in answer.output
    assert sorted(path.name for path in home.iterdir()) == ["keyring", "keys"]


def test_after_migrate_the_schema_is_the_newest(home: Path) -> None:
    migrated = CliRunner().invoke(roulian, ["migrate"])

    answer = CliRunner().invoke(roulian, ["doctor"])

    assert migrated.exit_code == 0
    assert "its schema is the newest" in answer.output


def test_a_database_without_the_schema_is_told_to_migrate(home: Path) -> None:
    home.mkdir()
    (home / "brand.db").touch()

    answer = CliRunner().invoke(roulian, ["doctor"])

    assert answer.exit_code == 1
    assert "roulian migrate" in answer.output


def test_a_database_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROULIAN_DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/shop")

    answer = CliRunner().invoke(roulian, ["doctor"])

    assert answer.exit_code == 1
    assert "ROULIAN_DATABASE_URL" in answer.output
    assert "secret" not in answer.output


def test_a_missing_credential_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROULIAN_OUTSIDE", "live")

    answer = CliRunner().invoke(roulian, ["doctor"])

    assert answer.exit_code == 1
    assert "ROULIAN_WECHAT_APPID" in answer.output


@pytest.mark.parametrize(
    ("ahead_s", "grade"),
    [(0.0, Grade.GOOD), (-29.0, Grade.GOOD), (31.0, Grade.WATCH), (-299.0, Grade.WATCH), (301.0, Grade.BAD)],
)
def test_a_clock_far_from_wechats_must_be_set(ahead_s: float, grade: Grade) -> None:
    assert told_skew(ahead_s).grade is grade


async def _measured(headers: dict[str, str]) -> float:
    transport = httpx.MockTransport(lambda _: httpx.Response(404, headers=headers))
    return await skew_s("https://pay.example", clock=SimulatedClock(NOON), transport=transport)


def test_skew_is_read_off_the_hosts_own_time() -> None:
    import asyncio

    date = formatdate((NOON.ms - 90_000) / 1000, usegmt=True)

    assert asyncio.run(_measured({"Date": date})) == 90.0


def test_a_host_that_does_not_tell_its_time_counts_as_unreachable() -> None:
    import asyncio

    with pytest.raises(Unreachable):
        asyncio.run(_measured({}))


def test_help_imports_nothing_heavy() -> None:
    """What makes `roulian --help` answer within 0.3 s; the seconds themselves are measured by `make bench NAME=cli`."""
    heavy = [
        "sqlalchemy",
        "fastapi",
        "pydantic",
        "httpx",
        "uvicorn",
        "numpy",
        "pyarrow",
        "openpyxl",
        "cryptography",
        "psycopg",
        "alembic",
        "world",
    ]
    program = (
        "import sys\nfrom roulian.cli import roulian\n"
        "try: roulian(['--help'])\nexcept SystemExit: pass\n"
        f"print(sorted(set({heavy!r}) & sys.modules.keys()))"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}

    answer = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)

    assert "simulate" in answer.stdout
    assert answer.stdout.splitlines()[-1] == "[]"
