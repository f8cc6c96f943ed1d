"""How soon the console shows something that means something, in headless Chromium over loopback.

First meaningful paint here: the ring with its eight stations and their numbers is on the screen, measured in the
page from the start of its navigation, with an empty cache. The server runs a week-old sample brand beside it.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
RUNS = 9
STEP_MS = 7 * 86_400_000
GOAL_S = 2.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
SEEN = "() => document.querySelectorAll('[data-stage] [data-number] b').length >= 20 && performance.now()"
READS = ("ring", "events", "products", "campaigns", "orders", "notices")


@contextmanager
def _server() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "ROULIAN_HOME": home, "ROULIAN_SPEED": "60", "PYTHONUNBUFFERED": "1"}
        story = ROOT / "tests/e2e/story"
        command: list[str | Path] = [Path(sys.executable).parent / "roulian", "run", "--port", "0", "--scenario", story]
        with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = re.search(r"http://[\d.]+:\d+", server.stdout.readline())
                assert address is not None
                order = {"paused": True, "step_ms": STEP_MS}
                httpx.post(f"{address.group()}/api/console/clock", json=order, timeout=300).raise_for_status()
                yield address.group()
            finally:
                server.terminate()


def _paints(browser: Browser, url: str) -> list[float]:
    """Seconds until the ring is on the screen, each time in a fresh profile."""
    found = []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(url, wait_until="commit")
        shown = page.wait_for_function(SEEN, polling="raf", timeout=20_000)
        found.append(float(shown.json_value()) / 1000)
        context.close()
    return found


def _answer_ms(url: str, path: str) -> float:
    with httpx.Client(base_url=url, timeout=30) as door:
        door.get(f"/api/console/{path}")
        return 1000 * statistics.median(
            door.get(f"/api/console/{path}").raise_for_status().elapsed.total_seconds() for _ in range(RUNS)
        )


def rows() -> Iterator[Mapping[str, object]]:
    """First meaningful paint, cold and typical; the weight of the page; how long the answers behind it take."""
    with _server() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        paints = _paints(browser, url)
        browser.close()
        note = f"{RUNS} visits with an empty cache, 1280 x 800, server and browser on the same cores"
        yield _row("first meaningful paint, median", round(statistics.median(paints), 2), "s", note)
        yield _row("first meaningful paint, slowest", round(max(paints), 2), "s", note)
        for path in READS:
            yield {"metric": f"GET {path}, median", "value": round(_answer_ms(url, path), 1), "unit": "ms"}


def _row(metric: str, value: float, unit: str, note: str) -> Mapping[str, object]:
    return {
        "metric": metric,
        "value": value,
        "unit": unit,
        "goal": f"<= {GOAL_S}",
        "met": value <= GOAL_S,
        "note": note,
    }
