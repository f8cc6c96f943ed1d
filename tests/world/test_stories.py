"""The small shipped stories on the real platform, its sandbox and its ring: what must happen, and the same each time."""

import asyncio
import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from roulian.app.play import disposable, open_stage
from roulian.app.settings import read
from roulian.words import Instant

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SEED = 7
DAY_MS = 86_400_000

SEALED = re.compile(r"'1\.k\d+\.[^']+'")


@dataclass
class Played:
    """What a story left behind."""

    home: Path
    counts: dict[str, int]
    kpis: dict[str, Any]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.home / "brand.db") as database:
            return database.execute(sql).fetchall()

    def everything(self) -> list[str]:
        """Every row and table; of what is sealed (under a key and a nonce that no seed may govern) only that it is there.

        In alphabetical order, tables by their lines: a migration rebuilds indexes and constraints in no order of theirs.
        """
        with sqlite3.connect(self.home / "brand.db") as database:
            return sorted(_in_order(SEALED.sub("'sealed'", line)) for line in database.iterdump())


def _in_order(statement: str) -> str:
    if not statement.startswith("CREATE TABLE"):
        return statement
    return "\n".join(sorted(line.rstrip(", ") for line in statement.splitlines()))


def play(name: str, home: Path, *, days: int | None = None) -> Played:
    async def run() -> Played:
        settings = disposable(read({}, home=home), home=home)
        stage = await open_stage(settings, scenario=SCENARIOS / name, seed=SEED, in_memory=True)
        try:
            last_day = days or stage.world.scenario.days
            await stage.run_until(Instant(stage.world.starts_ms + last_day * DAY_MS - 1))
            kpis = {kpi.name: kpi.value for kpi in stage.kpis()}
            return Played(home, dict(stage.world.tally.counts()), kpis)
        finally:
            await stage.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play("late-supplier", tmp_path_factory.mktemp("late"))


@pytest.fixture(scope="module")
def missed(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play("presale-missed", tmp_path_factory.mktemp("missed"))


def test_the_same_seed_leaves_the_same_database_to_the_byte(tmp_path: Path) -> None:
    first = play("presale-missed", tmp_path / "first", days=4)
    second = play("presale-missed", tmp_path / "second", days=4)

    assert first.everything() == second.everything()
    assert first.counts == second.counts
    assert first.counts["orders"] > 0


def test_every_shopper_the_world_served_is_an_order_or_a_signal_of_the_platform(late: Played) -> None:
    assert late.rows("SELECT count(*) FROM sell_orders") == [(late.counts["orders"],)]
    assert late.rows("SELECT count(*) FROM sense_signals") == [(late.counts["signals"],)]
    paid = late.rows("SELECT count(*) FROM sell_orders WHERE transaction_id IS NOT NULL")
    assert paid == [(late.counts["payments"],)]


def test_a_late_supplier_moves_promises_and_every_buyer_is_told_once(late: Played) -> None:
    moved = late.rows("SELECT body FROM store_events WHERE kind = 'sell.PromiseMoved'")
    orders = {json.loads(body)["order"] for (body,) in moved}
    told = late.rows("SELECT about, count(*) FROM tell_notices WHERE scenario = 'delay' GROUP BY about, key")

    assert late.counts["purchases_delayed"] > 0
    assert len(orders) > 5
    assert orders <= {about for about, _ in told}
    assert all(times == 1 for _, times in told)


def test_goods_that_came_late_fill_the_orders_that_waited(late: Played) -> None:
    (waiting,) = late.rows(
        "SELECT count(*) FROM sell_orders WHERE status = 'paid' AND placed_at < (SELECT max(placed_at) FROM sell_orders)"
        f" - {14 * DAY_MS}"
    )

    assert waiting == (0,)


def test_one_presale_reaches_its_lot_and_the_other_misses_and_is_refunded(missed: Played) -> None:
    reached = missed.rows("SELECT count(*) FROM store_events WHERE kind = 'sell.CampaignReached'")
    closed = missed.rows("SELECT count(*) FROM store_events WHERE kind = 'sell.CampaignMissed'")
    of_the_missed = missed.rows(
        "SELECT o.status, count(*) FROM sell_orders o JOIN sell_order_lines l ON l.order_id = o.id"
        " WHERE l.sku = '23201' AND o.transaction_id IS NOT NULL GROUP BY o.status"
    )

    assert reached[0][0] >= 1
    assert closed == [(1,)]
    assert [status for status, _ in of_the_missed] == ["refunded"]
    assert missed.rows("SELECT DISTINCT sku FROM make_work_orders") == [("23203",)]
    assert missed.rows("SELECT count(*) FROM tell_notices WHERE scenario = 'campaign_missed'")[0][0] > 0


@pytest.mark.parametrize("name", ["late-supplier", "presale-missed"])
def test_a_story_ends_as_its_golden_table_says(name: str, late: Played, missed: Played) -> None:
    played = late if name == "late-supplier" else missed

    assert played.kpis == json.loads((SCENARIOS / name / "expect.json").read_text("utf-8"))
