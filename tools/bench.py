"""Runs benchmarks and writes what they measured beside the machine and the commit.

A benchmark is `benchmarks/NAME.py` with `rows()`: an iterable of mappings with `metric, value, unit, goal, met,
limit, peer, note`. Usage: bench.py [NAME …]; no name means all of them.
"""

import importlib.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_HOME = _ROOT / "benchmarks"
_FIELDS = ("metric", "value", "unit", "goal", "met", "limit", "peer", "note")


def _names() -> list[str]:
    return sorted(path.stem for path in _HOME.glob("*.py") if "def rows(" in path.read_text(encoding="utf-8"))


def _rows(name: str) -> Iterable[Mapping[str, object]]:
    spec = importlib.util.spec_from_file_location(f"benchmarks.{name}", _HOME / f"{name}.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"no benchmark {name}; there are: {', '.join(_names())}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    rows: Iterable[Mapping[str, object]] = module.rows()
    return rows


def _machine() -> dict[str, object]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpus": os.cpu_count(),
        "memory_gb": round(memory / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _commit() -> str:
    answer = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=_ROOT, capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def _measure(name: str) -> bool:
    where = {"machine": _machine(), "commit": _commit(), "measured_at": datetime.now(UTC).isoformat(timespec="seconds")}
    rows = [{**{field: row.get(field) for field in _FIELDS}, **where} for row in _rows(name)]
    for row in rows:
        verdict = {True: "met", False: "NOT MET"}.get(row["met"] is True, "") if row["goal"] else ""
        print(f"{name:>10}  {row['metric']}: {row['value']} {row['unit']}  {row['goal'] or ''} {verdict}", flush=True)
    results = _HOME / "results"
    results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rows, ensure_ascii=False, indent=2)
    (results / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    return all(row["met"] is not False for row in rows)


def main() -> int:
    """0 when every goal was met, 1 when one was not, 2 for a name that is not there."""
    sys.path[:0] = [str(_ROOT), str(_ROOT / "src")]
    known = _names()
    wanted = sys.argv[1:] or known
    strangers = [name for name in wanted if name not in known]
    if strangers:
        print(f"no benchmark {', '.join(strangers)}; there are: {', '.join(known) or 'none yet'}", file=sys.stderr)
        return 2
    missed = [name for name in wanted if not _measure(name)]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
