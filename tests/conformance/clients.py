"""Walks every client through a sandbox of its own and judges each call: it passes, asks for nothing, or is not served.

A client runs in its own environment, unmodified, with nothing but the environment variables that `serve` prints. What
it asked for is read from the sandbox's call log, so what a table says of a call is what really went over the wire.
"""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from conformance.serving import Served, served
from wechat_sandbox import routes
from wechat_sandbox.routing import Door, RouteTable

HOME = Path(__file__).resolve().parent
WALKS_WITHIN_S = 240
AT_ONCE = 2


@dataclass(frozen=True)
class Client:
    """One way through one client: its environment under `clients/`, its script under `walks/`, its column's title."""

    family: str
    title: str
    room: str
    script: str
    arguments: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """What the sandbox is served with."""

    @property
    def name(self) -> str:
        return f"{self.family}, {self.title}"

    @property
    def program(self) -> Path:
        """What runs the script; for Node, proof that its packages are there."""
        room = HOME / "clients" / self.room
        return room / "node_modules" / ".installed" if self.room == "node" else room / ".venv" / "bin" / "python"

    def command(self) -> list[str]:
        runner = "node" if self.room == "node" else str(self.program)
        return [runner, str(HOME / "walks" / self.script), *self.arguments]


DAYS_APART = ("--set", f"request_skew_ms={3 * 86_400_000}")
"""Bills are for the day after, when the sandbox's clock has left the client's behind."""


def _pay(way: str) -> tuple[Client, ...]:
    modes = {"public_key": "public key", "certificate": "certificate"}
    return tuple(
        Client("wechatpayv3", f"{way}, {title}", "wechatpayv3", "pay_walk.py", (way, mode), DAYS_APART)
        for mode, title in modes.items()
    )


CLIENTS = (
    Client("wechatpy", "1.8.18", "wechatpy1", "wechatpy_walk.py"),
    Client("wechatpy", "2.0.0a26", "wechatpy2", "wechatpy_walk.py"),
    *_pay("sync"),
    *_pay("async"),
    Client("co-wechat-api", "3.11.0", "node", "co_wechat_api.cjs"),
    Client("wechatpay-axios-plugin", "public key", "node", "pay_axios.cjs", ("public_key",)),
    Client("wechatpay-axios-plugin", "certificate", "node", "pay_axios.cjs", ("certificate",)),
    Client("receivers of pushes", "wechatpy.crypto 1.8.18", "wechatpy1", "receiver.py"),
    Client("receivers of pushes", "wechatpy.crypto 2.0.0a26", "wechatpy2", "receiver.py"),
    Client("receivers of pushes", "co-wechat 2.4.0", "node", "co_wechat.cjs"),
)


class Verdict(StrEnum):
    """What became of a call."""

    PASSES = "passes"
    LOCAL = "local"
    NOT_SERVED = "not served"
    OWN_FAULT = "own fault"
    FAILS = "fails"


@dataclass(frozen=True)
class Call:
    """One call of one client: its verdict, what it asked for (`METHOD /path`), and why it failed or cannot be made."""

    name: str
    verdict: Verdict
    asked: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True)
class Walked:
    """A client's way: every call by name, and what the sandbox pushed meanwhile."""

    calls: Mapping[str, Call]
    callbacks: tuple[Mapping[str, Any], ...]


def walk_all(keys: Path) -> Mapping[Client, Walked]:
    """Every client's walk; raises `LookupError` when one is not installed, telling what to run."""
    missing = sorted({client.room for client in CLIENTS if not client.program.exists()})
    if missing:
        raise LookupError(f"the clients {', '.join(missing)} are not installed: run `make clients`")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(CLIENTS, pool.map(lambda client: _walk(client, keys), CLIENTS), strict=True))


def _walk(client: Client, keys: Path) -> Walked:
    ready = keys.with_name(f"{keys.name}-{CLIENTS.index(client)}.ready")
    with served(keys, *client.options, ready=ready) as sandbox:
        ran = subprocess.run(
            client.command(),
            env=_environment(client, sandbox),
            capture_output=True,
            text=True,
            timeout=WALKS_WITHIN_S,
            check=False,
        )
    try:
        told = json.loads(ran.stdout)
    except ValueError:
        broken = Call("(the walk)", Verdict.FAILS, (), ran.stderr[-2000:])
        return Walked({broken.name: broken}, ())
    return Walked(judged(told["steps"]), tuple(told.get("callbacks", ())))


def _environment(client: Client, sandbox: Served) -> Mapping[str, str]:
    language = "node" if client.room == "node" else "python"
    modules = str(HOME / "clients" / "node" / "node_modules")
    return {
        **sandbox.environment[language],
        "SANDBOX": sandbox.http,
        "PATH": os.environ["PATH"],
        "NODE_PATH": modules,
        "NODE_NO_WARNINGS": "1",
    }


def judged(steps: Iterable[Mapping[str, Any]]) -> Mapping[str, Call]:
    """Every call by name; one made several times passes when it passed every time."""
    table = RouteTable(route for route in routes.ALL if route.door is not Door.CONTROL)
    calls: dict[str, Call] = {}
    for step in steps:
        call = _judged(step, table)
        before = calls.get(call.name)
        if before is not None:
            worst = max(before, call, key=lambda one: list(Verdict).index(one.verdict))
            asked = tuple(dict.fromkeys((*before.asked, *call.asked)))
            call = Call(call.name, worst.verdict, asked, worst.why)
        calls[call.name] = call
    return calls


def _judged(step: Mapping[str, Any], table: RouteTable) -> Call:
    found = [(table.find(one["method"], one["path"]), one) for one in step["requests"]]
    asked = tuple(dict.fromkeys(f"{one['method']} {route[0].path if route else one['path']}" for route, one in found))
    name, problem = step["call"], step["problem"]
    if step.get("excuse"):
        return Call(name, Verdict.OWN_FAULT, asked, step["excuse"])
    if step.get("probed"):
        if found and not any(route or table.method_of(one["path"]) for route, one in found):
            return Call(name, Verdict.NOT_SERVED, asked)
        return Call(name, Verdict.FAILS, asked, f"not walked, only tried: {problem}")
    codes = {one["code"] for _, one in found} - {"0", *step["meets"]}
    if problem or codes:
        return Call(name, Verdict.FAILS, asked, problem or f"refused with {', '.join(sorted(codes))}")
    return Call(name, Verdict.PASSES if found or name.startswith("(") else Verdict.LOCAL, asked)
