"""Ninety simulated days of the sample brand, end to end, in a process of its own.

Everything a run does is measured: 20,000 shoppers' calls, the ring, WeChat's signed and encrypted callbacks, the
nightly forecast. The world's own cost (making the agenda) is measured beside it.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "scenarios" / "sample-brand"
SEED = 7
LIMIT_S, SHOPPERS, SIGNALS = 180, 20_000, 200_000
Row = Mapping[str, object]


def rows() -> Iterator[Row]:
    """The rows of the results file."""
    yield _row("agenda of 90 days made", round(_agenda_s(), 2), "s", note="the world alone: who does what and when")
    run = _measured()
    counts = run["counts"]
    yield _row("90 days simulated", round(run["seconds"], 1), "s", goal=f"<= {LIMIT_S}", met=run["seconds"] <= LIMIT_S)
    yield _row("shoppers who acted", counts["shoppers"], "1", goal=f">= {SHOPPERS}", met=counts["shoppers"] >= SHOPPERS)
    yield _row("signals taken", counts["signals"], "1", goal=f">= {SIGNALS}", met=counts["signals"] >= SIGNALS)
    yield _row("orders placed", counts["orders"], "1", note=f"{counts['payments']} paid")
    yield _row("calls at the doors", run["calls"], "1", note="storefront, partners, clock and sandbox control")
    yield _row("calls per second", round(run["calls"] / run["seconds"]), "1/s", note="all simulated work included")
    yield _row(
        "CPU time", round(run["cpu_s"], 1), "s", note="of the one process; less than the time above on a busy machine"
    )
    golden = json.loads((SAMPLE / "expect.json").read_text("utf-8"))
    moved = sorted(name for name in golden.keys() | run["kpis"].keys() if golden.get(name) != run["kpis"].get(name))
    yield _row("figures unlike the golden table", len(moved), "1", goal="== 0", met=not moved, note=", ".join(moved))
    yield _row("peak memory", round(run["peak_mb"]), "MB", note="of the one process that runs everything")


def _row(
    metric: str, value: object, unit: str, *, goal: str | None = None, met: bool | None = None, note: str = ""
) -> Row:
    limit = None if goal is None else goal.split()[-1]
    return {
        "metric": metric,
        "value": value,
        "unit": unit,
        "goal": goal,
        "met": met,
        "limit": limit,
        "peer": None,
        "note": note,
    }


def _agenda_s() -> float:
    from world import load_brand, load_retail, load_scenario  # noqa: PLC0415 - the import is not what is measured
    from world.agenda import Agenda  # noqa: PLC0415

    scenario = load_scenario(SAMPLE)
    brand = load_brand(scenario.brand)
    retail = load_retail(brand)
    began = time.perf_counter()
    agenda = Agenda(scenario, brand, retail, seed=SEED)
    for day in range(scenario.days):
        agenda.on(brand.first_day + day)
    return time.perf_counter() - began


def _measured() -> dict[str, Any]:
    command = [sys.executable, __file__, "--run"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


async def _run() -> dict[str, Any]:
    from roulian.app import play, settings  # noqa: PLC0415 - only the measured process needs the platform
    from roulian.words import Instant  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        chosen = play.disposable(settings.read({}, home=home), home=home)
        began, cpu_began = time.perf_counter(), time.process_time()
        stage = await play.open_stage(chosen, scenario=SAMPLE, seed=SEED, in_memory=True)
        await stage.run_until(Instant(stage.world.ends_ms - 1))
        found = {
            "seconds": time.perf_counter() - began,
            "cpu_s": time.process_time() - cpu_began,
            "calls": stage.world.calls,
            "counts": dict(stage.world.tally.counts()),
            "kpis": {kpi.name: kpi.value for kpi in stage.kpis()},
        }
        await stage.close()
    return {**found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "src")]
    print(json.dumps(asyncio.run(_run())))
