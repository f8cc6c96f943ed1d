"""How soon the command line answers: `roulian --help`, which must import nothing heavy."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

GOAL_S = 0.3
TRIES = 7
SRC = Path(__file__).resolve().parent.parent / "src"


def rows() -> Iterator[Mapping[str, object]]:
    """Wall seconds from start to end of the process, the best of seven."""
    took_s = min(_once() for _ in range(TRIES))
    yield {
        "metric": "help_seconds",
        "value": round(took_s, 3),
        "unit": "s",
        "goal": f"<= {GOAL_S}",
        "met": took_s <= GOAL_S,
        "limit": "the start of Python itself, about 0.02 s",
        "peer": None,
        "note": f"best of {TRIES}",
    }


def _once() -> float:
    command = [sys.executable, "-c", "from roulian.cli import main; main()", "--help"]
    env = {**os.environ, "PYTHONPATH": str(SRC)}
    begun = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun
