"""A real server with its own sandbox and world on simulated time, and a real browser that may only speak to it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

ROOT = Path(__file__).resolve().parents[2]
STORY = Path(__file__).parent / "story"
CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
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
DAY_MS = 86_400_000
DAYS_BEFORE_THE_TESTS = 9
STEP_S = 240
TEAPOT = "418"
"""The status a test plants to see an error shown; the browser logs it, and only it may be logged."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A running server: its address and what its console answers."""

    url: str

    def see(self, path: str, **query: Any) -> Any:
        """What the console answers."""
        reply = httpx.get(f"{self.url}/api/console/{path}", params=query, timeout=30)
        reply.raise_for_status()
        return reply.json()

    def steer(self, **order: Any) -> Any:
        """The clock after it was told."""
        reply = httpx.post(f"{self.url}/api/console/clock", json=order, timeout=STEP_S)
        reply.raise_for_status()
        return reply.json()


@pytest.fixture(scope="session", autouse=True)
def browser_is_there() -> None:
    """Without Chromium there is nothing to see: skipped on a person's machine, a failure on a build machine."""
    if CHROMIUM.exists():
        return
    how = f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk"
    if os.environ.get("CI"):
        pytest.fail(how)
    pytest.skip(how)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The sample brand nine days into a story in which a supplier stops on day six; its clock stands still."""
    if not (ROOT / "frontend/console/dist/index.html").is_file():
        pytest.fail("the console is not built: run `make console`")
    home = tmp_path_factory.mktemp("shop")
    environ = {**os.environ, "ROULIAN_HOME": str(home), "ROULIAN_SPEED": "60", "PYTHONUNBUFFERED": "1"}
    command: list[str | Path] = [
        Path(sys.executable).parent / "roulian",
        "run",
        "--port",
        "0",
        "--scenario",
        STORY,
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = server.stdout.readline()
            address = re.search(r"http://[\d.]+:\d+", said)
            assert address, said
            shop = Shop(address.group())
            shop.steer(paused=True)
            shop.steer(step_ms=DAYS_BEFORE_THE_TESTS * DAY_MS)
            yield shop
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's own Chromium, silenced: without these flags it asks for updates within seconds."""
    return {"executable_path": str(CHROMIUM), "args": list(QUIET)}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser profile on a 1280 px screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN", reduced_motion="reduce")
    yield context
    context.close()


def watch(page: Page, home: str) -> list[str]:
    """Everything the page does from now on that it should not: errors, warnings, requests to another place."""
    faults: list[str] = []

    def spoke(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and TEAPOT not in message.text:
            faults.append(f"console {message.type}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((home, "data:")):
            faults.append(f"asked {request.url}")

    page.on("console", spoke)
    page.on("request", asked)
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    return faults


@pytest.fixture
def page(context: BrowserContext, shop: Shop) -> Iterator[Page]:
    """A page on which every error and every request to another host is a failure of the test."""
    page = context.new_page()
    faults = watch(page, shop.url)
    yield page
    assert faults == []
