"""`roulian simulate`: a scenario without a clock on the wall; the same seed prints the same table, to the byte."""

import asyncio
import os
import tempfile
from pathlib import Path

import click
import msgspec

from roulian.app import read
from roulian.app.play import disposable, open_stage
from roulian.app.settings import ROOT
from roulian.learn import Kpi, Unit
from roulian.words import Instant

SCENARIOS = ROOT / "scenarios"


@click.command(short_help="模拟 / Simulate")
@click.argument("scenario")
@click.option("--days", type=click.IntRange(min=1), help="天数 / Days (default: the scenario's own)")
@click.option("--seed", type=int, default=7, show_default=True, help="种子 / Seed")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / Print JSON")
def simulate(scenario: str, days: int | None, seed: int, *, as_json: bool) -> None:
    """模拟一个剧本并打印 KPI / Play a scenario, a name under scenarios/ or a folder, and print its KPIs."""
    folder = Path(scenario) if Path(scenario).is_dir() else SCENARIOS / scenario
    if not (folder / "world.toml").is_file():
        known = ", ".join(sorted(path.parent.name for path in SCENARIOS.glob("*/world.toml")))
        raise click.BadParameter(f"没有剧本 {scenario};现有:{known} / no such scenario; there are: {known}")
    with tempfile.TemporaryDirectory(prefix="roulian-") as home:
        kpis = asyncio.run(_play(folder, days=days, seed=seed, home=Path(home)))
    click.echo(_as_json(kpis) if as_json else _as_table(kpis))


async def _play(folder: Path, *, days: int | None, seed: int, home: Path) -> tuple[Kpi, ...]:
    settings = disposable(read(os.environ, home=home), home=home)
    stage = await open_stage(settings, scenario=folder, seed=seed, in_memory=True)
    try:
        last = stage.brand.first_day.plus(days or stage.world.scenario.days)
        await stage.run_until(Instant(last.at(0).ms - 1))
        return stage.kpis()
    finally:
        await stage.close()


def shown(kpi: Kpi) -> str:
    """The figure as people read it: yuan, per cent, a count; `—` where there was nothing to measure."""
    if kpi.value is None:
        return "—"
    match kpi.unit:
        case Unit.FEN:
            return f"¥{kpi.value / 100:,.2f}"
        case Unit.RATIO:
            return f"{kpi.value:.3f}"
        case Unit.DAYS:
            return f"{kpi.value:.1f}"
        case Unit.COUNT:
            return f"{round(kpi.value):,}"


def _as_table(kpis: tuple[Kpi, ...]) -> str:
    width = max(len(shown(kpi)) for kpi in kpis)
    return "\n".join(f"{shown(kpi):>{width}}  {kpi.zh} · {kpi.en}" for kpi in kpis)


def _as_json(kpis: tuple[Kpi, ...]) -> str:
    return msgspec.json.format(msgspec.json.encode({kpi.name: kpi.value for kpi in kpis})).decode()
