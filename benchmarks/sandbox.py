"""Simple calls per second of the sandbox on one core, in process as a simulation uses it and over its plain HTTP door.

A simple call is a whole one: an access token, a quota counted, an answer, a row in the call log, one transaction. The
peer is uvicorn with an application that answers a constant JSON, asked in the same way in the same run: what HTTP alone
costs here. A second is a second of the serving process's own CPU time, user's and system's, so that neither the clients
nor anything else on the machine counts; over HTTP the server is a process of its own.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "src")]

from wechat_sandbox import Callback, Sandbox  # noqa: E402 - the sources are not installed

SECONDS = 3.0
CONNECTIONS = 8
START_MS = 1_772_000_000_000
GOAL = 3_000
APPID = "wxservice0000001"
CONSTANT = b'{"errcode":0,"errmsg":"ok"}'
Row = Mapping[str, object]
Ask = Callable[[str, bytes], Awaitable[bytes]]


def rows() -> Iterator[Row]:
    """Every measurement."""
    for place in ("memory", "file"):
        with tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks") as folder:
            path = ":memory:" if place == "memory" else f"{folder}/sandbox.db"
            for name, per_second in asyncio.run(_in_process(path)).items():
                yield _row(f"in process, {place}: {name}", per_second, limit="Python")
    with _constant() as (url, server):
        peer = _over_http(url, server, "/cgi-bin/user/info")
    yield _row("over HTTP: uvicorn with a constant answer", peer, goal=False, limit="Python")
    for place in ("memory", "file"):
        with tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks") as folder:
            path = ":memory:" if place == "memory" else f"{folder}/sandbox.db"
            with _served(path, Path(folder)) as (url, server):
                rate = _over_http(url, server, _prepared_over_http(url))
        yield _row(f"over HTTP, {place}: user/info", rate, limit="uvicorn and Python", peer=f"constant answer {peer}/s")


def _row(metric: str, per_second: int, *, limit: str, goal: bool = True, peer: str = "") -> Row:
    return {
        "metric": metric,
        "value": per_second,
        "unit": "1/s",
        "goal": f">= {GOAL}" if goal else "",
        "met": per_second >= GOAL if goal else None,
        "limit": limit,
        "peer": peer,
        "note": "per second of one core's time",
    }


async def _in_process(path: str) -> Mapping[str, int]:
    async def send(callback: Callback) -> int:
        raise AssertionError(callback.url)

    now_ms = START_MS
    sandbox = Sandbox(path, now_ms=lambda: now_ms, seed=1, send=send)
    with closing(sandbox):
        ask = _asker(sandbox)
        token, openid = await _prepared(ask)
        tag = json.dumps({"openid": openid}).encode()
        stable = json.dumps({"grant_type": "client_credential", "appid": APPID, "secret": await _secret(ask)}).encode()
        calls: Mapping[str, tuple[str, bytes]] = {
            "user/info": (f"/cgi-bin/user/info?access_token={token}&openid={openid}", b""),
            "tags/getidlist": (f"/cgi-bin/tags/getidlist?access_token={token}", tag),
            "stable_token": ("/cgi-bin/stable_token", stable),
        }
        await ask("/_sandbox/quotas", json.dumps({"path": "/cgi-bin/stable_token"}).encode())
        return {name: await _rate(ask, *call) for name, call in calls.items()}


async def _rate(ask: Ask, target: str, body: bytes) -> int:
    first = json.loads(await ask(target, body))
    assert first.get("errcode", 0) == 0, first
    done, begun = 0, time.process_time()
    while time.process_time() < begun + SECONDS:
        for _ in range(100):
            await ask(target, body)
        done += 100
    rate = round(done / (time.process_time() - begun))
    last = json.loads(await ask(target, body))
    assert last.get("errcode", 0) == 0, last
    return rate


def _asker(sandbox: Sandbox) -> Ask:
    """Raw ASGI: GET without a body, POST with one."""

    async def ask(target: str, body: bytes) -> bytes:
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": "POST" if body else "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
        }
        replied: list[bytes] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def answer(message: Mapping[str, object]) -> None:
            if message["type"] == "http.response.body":
                replied.append(message["body"])  # type: ignore[arg-type]

        await sandbox.asgi(scope, receive, answer)
        return b"".join(replied)

    return ask


async def _secret(ask: Ask) -> str:
    secret: str = json.loads(await ask(f"/_sandbox/account?appid={APPID}", b""))["account"]["secret"]
    return secret


async def _prepared(ask: Ask) -> tuple[str, str]:
    """A token and the openid of a follower; no limit is in the way."""
    await ask("/_sandbox/accounts", json.dumps({"appid": APPID, "kind": "service"}).encode())
    await ask("/_sandbox/persons", b'{"count": 1}')
    followed = json.loads(await ask("/_sandbox/follow", json.dumps({"appid": APPID, "person": "p1"}).encode()))
    for path in ("/cgi-bin/user/info", "/cgi-bin/tags/getidlist"):
        await ask("/_sandbox/quotas", json.dumps({"path": path}).encode())
    asked = f"/cgi-bin/token?grant_type=client_credential&appid={APPID}&secret={await _secret(ask)}"
    return json.loads(await ask(asked, b""))["access_token"], followed["openid"]


def _prepared_over_http(url: str) -> str:
    async def ask(target: str, body: bytes) -> bytes:
        async with httpx.AsyncClient(trust_env=False) as client:
            reply = await (client.post(url + target, content=body) if body else client.get(url + target))
            return reply.content

    token, openid = asyncio.run(_prepared(ask))
    return f"/cgi-bin/user/info?access_token={token}&openid={openid}"


def _over_http(url: str, server: int, target: str) -> int:
    """Answers per second of the server's CPU time over a few kept connections, one request at a time on each."""

    async def one(head: bytes, end: float) -> int:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        done = 0
        while time.perf_counter() < end:
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            body = await reader.readexactly(int(length.partition(b":")[2]))
            assert b'"errcode":4' not in body, body
            done += 1
        writer.close()
        return done

    async def all_of_them() -> int:
        head = f"GET {target} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n\r\n".encode()
        end = time.perf_counter() + SECONDS
        return sum(await asyncio.gather(*(one(head, end) for _ in range(CONNECTIONS))))

    used = _cpu_seconds(server)
    done = asyncio.run(all_of_them())
    return round(done / (_cpu_seconds(server) - used))


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(path: str, folder: Path) -> Iterator[tuple[str, int]]:
    free = ("--port", "0", "--tls-port", "0", "--proxy-port", "0")
    keys = ("--keys", str(folder / "keys"))
    command = [sys.executable, "-m", "wechat_sandbox", "serve", *free, *keys, "--file", path, "--json"]
    with _started(command) as (told, server):
        yield json.loads(told)["http"], server


@contextmanager
def _constant() -> Iterator[tuple[str, int]]:
    with _started([sys.executable, __file__]) as (told, server):
        yield told.strip(), server


@contextmanager
def _started(command: list[str]) -> Iterator[tuple[str, int]]:
    """A server's first line and its process, while it runs."""
    environment = {**os.environ, "PYTHONPATH": str(_ROOT / "src")}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline(), server.pid
        finally:
            server.terminate()


def _serve_a_constant() -> None:
    async def application(scope: Mapping[str, object], receive: object, send: Callable[..., Awaitable[None]]) -> None:
        del receive
        if scope["type"] != "http":
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(CONSTANT)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": CONSTANT})

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(application, log_level="warning", lifespan="off", ws="none", access_log=False)
        asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


if __name__ == "__main__":
    _serve_a_constant()
