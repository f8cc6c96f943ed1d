"""Starts `roulian-sandbox serve` as its users do, in a process of its own on free ports, and plays people at it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S, ENDS_WITHIN_S = 60, 20


@dataclass(frozen=True)
class Served:
    """A sandbox that is being served: where its doors are, and what its clients need in their environment."""

    http: str
    tls: str
    proxy: str
    ca: str
    preload: str
    environment: Mapping[str, Mapping[str, str]]

    def control(self, verb: str, **body: Any) -> Any:
        reply = httpx.post(f"{self.http}/_sandbox/{verb}", json=body, trust_env=False)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, noun: str, **query: Any) -> Any:
        return httpx.get(f"{self.http}/_sandbox/{noun}", params=query, trust_env=False).json()


def started(*options: str) -> subprocess.Popen[str]:
    """The command, just started; its environment has only a PATH and the sources."""
    command = [sys.executable, "-m", "wechat_sandbox", "serve", *options]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def served(keys: Path, *options: str, ready: Path | None = None) -> Iterator[Served]:
    """A sandbox on free ports until the block ends; it must then end well and have complained of nothing."""
    ready = ready or keys.with_name(f"{keys.name}.ready")
    free = ("--port", "0", "--tls-port", "0", "--proxy-port", "0")
    process = started(*free, "--keys", str(keys), "--ready-file", str(ready), *options)
    try:
        yield _awaited(process, ready)
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=ENDS_WITHIN_S)
        ready.unlink(missing_ok=True)
    assert (process.returncode, complaints) == (0, ""), complaints


def _awaited(process: subprocess.Popen[str], ready: Path) -> Served:
    until = time.monotonic() + STARTS_WITHIN_S
    while not ready.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "the sandbox did not start"
        time.sleep(0.02)
    return Served(**json.loads(ready.read_text("utf-8")))
