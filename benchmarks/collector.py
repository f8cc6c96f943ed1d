"""How many signals a second the collector takes, every one durable before it is acknowledged, and when they show.

One server process (uvicorn, SQLite FULL) takes batches of 50 over HTTP from 256 connections of a load generator on the
same cores. Peers in the same run: the same server that only reads the batch and forgets it (the ceiling of HTTP and
JSON here), and one transaction per batch, as one writes it first.
"""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import msgspec
import sqlalchemy as sa
import uvicorn

from roulian import people, sense
from roulian.store import Store, Tx
from roulian.web.hot import Dispatcher, Route
from roulian.web.storefront import signals
from roulian.web.storefront.intake import Batch, Given, Intake
from roulian.web.wire import Call, Reply
from roulian.words import Ids, WallClock

_ROOT = Path(__file__).resolve().parent.parent

EVENTS, BATCH, CONNECTIONS, SHOPPERS = 600_000, 50, 256, 2_000
GOAL, SHOWN_WITHIN_S = 100_000, 5.0
KINDS = ("keep", "forget", "each")


def rows() -> Iterator[Mapping[str, object]]:
    """Acknowledged signals per second, when the counts show them all, memory; and the two peers."""
    ceiling = _measured("forget")
    each = _measured("each", events=EVENTS // 10)
    kept = _measured("keep")
    assert kept["counted"] == EVENTS
    note = f"{EVENTS:,} signals in batches of {BATCH}, {CONNECTIONS} connections, generator on the same cores"
    yield {
        "metric": "signals acknowledged durable, per second",
        "value": round(kept["rate"]),
        "unit": "1/s",
        "goal": f">= {GOAL}",
        "met": kept["rate"] >= GOAL,
        "limit": f"{round(ceiling['rate'])} read and forgotten",
        "peer": f"{round(each['rate'])} with a transaction per batch",
        "note": note,
    }
    yield {
        "metric": "from the last acknowledgement to the counts that hold it",
        "value": round(kept["shown_s"], 3),
        "unit": "s",
        "goal": f"<= {SHOWN_WITHIN_S}",
        "met": kept["shown_s"] <= SHOWN_WITHIN_S,
    }
    yield {"metric": "server's CPU per signal", "value": round(kept["cpu_us"], 1), "unit": "µs"}
    yield {"metric": "server's peak memory", "value": round(kept["peak_mb"]), "unit": "MB"}
    yield {"metric": "slowest 1 % of batches answered within", "value": round(kept["p99_ms"]), "unit": "ms"}


def _measured(kind: str, *, events: int = EVENTS) -> Mapping[str, float]:
    with _server(kind) as (port, tokens, pid):
        requests = [_request(port, tokens[n % len(tokens)], n) for n in range(events // BATCH)]
        waits: list[float] = []
        begun = time.perf_counter()
        asyncio.run(_send_all(port, requests, waits))
        took_s = time.perf_counter() - begun
        counted, shown_s = _shown(port, events) if kind != "forget" else (0, 0.0)
        return {
            "cpu_us": 1e6 * _cpu_s(pid) / events,
            "rate": events / took_s,
            "counted": counted,
            "shown_s": shown_s,
            "peak_mb": _peak_mb(pid),
            "p99_ms": 1000 * sorted(waits)[int(len(waits) * 0.99)],
        }


def _request(port: int, token: str, number: int) -> bytes:
    now_ms = time.time_ns() // 1_000_000
    events = [
        {"id": f"{number:08x}-{n:04x}-{os.urandom(6).hex()}", "kind": "view", "at_ms": now_ms, "sku": f"sku-{n % 40}"}
        for n in range(BATCH)
    ]
    body = json.dumps({"events": events, "sent_at_ms": now_ms}, separators=(",", ":")).encode()
    head = f"POST /api/store/signals HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _send_all(port: int, requests: list[bytes], waits: list[float]) -> None:
    todo = iter(requests)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in todo:
            sent = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 202"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            waits.append(time.perf_counter() - sent)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))


def _shown(port: int, events: int) -> tuple[int, float]:
    begun, counted = time.perf_counter(), 0
    while counted < events and time.perf_counter() - begun < 3 * SHOWN_WITHIN_S:
        counted = httpx.get(f"http://127.0.0.1:{port}/counted").json()["n"]
    return counted, time.perf_counter() - begun


def _cpu_s(pid: int) -> float:
    """Of the server since its start; what a busy machine disturbs least."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def _server(kind: str) -> Iterator[tuple[int, list[str], int]]:
    with tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks") as folder:
        command = [sys.executable, __file__, kind, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                told = json.loads(server.stdout.readline())
                yield told["port"], told["tokens"], server.pid
            finally:
                server.terminate()
                server.wait(30)


async def _serve(kind: str, folder: str) -> None:
    clock = WallClock()
    store = Store.open(f"sqlite:///{folder}/brand.db", clock=clock, ids=Ids(secrets.randbits))
    store.create_all()

    def arrive(tx: Tx) -> list[str]:
        members = [people.sign_in(tx, appid="wx1", openid=f"o{n}", unionid=None) for n in range(SHOPPERS)]
        return [people.open_session(tx, member, chance=secrets.randbits) for member in members]

    tokens = store.call(arrive, cause="bench")
    read = msgspec.json.Decoder(Batch)
    intake = Intake(store, clock)
    total = sa.text("SELECT coalesce(sum(n), 0) FROM sense_signal_days")

    async def forget(call: Call) -> Reply:
        return Reply.json({"accepted": len(read.decode(call.body).events)}, status=202)

    async def each(call: Call) -> Reply:
        given = Given(call.token(), read.decode(call.body))

        def work(tx: Tx) -> int:
            member = people.members_of_sessions(tx, [given.token])[given.token]
            return sum(sense.record(tx, [intake.batch(given, member, clock.now())]))

        return Reply.json({"accepted": await store.run(work, cause="bench")}, status=202)

    async def counted(_call: Call) -> Reply:
        rows = await store.ask(lambda tx: tx.rows(total))
        return Reply.json({"n": int(rows[0][0])})

    takers: Mapping[str, Callable[[Call], Awaitable[Reply]]] = {
        "keep": partial(signals.record, intake),
        "forget": forget,
        "each": each,
    }
    routes = [Route("POST", "/api/store/signals", takers[kind]), Route("GET", "/counted", counted)]

    async def nothing(*_: object) -> None:
        return None

    server = uvicorn.Server(
        uvicorn.Config(Dispatcher(routes, nothing), port=0, log_level="warning", lifespan="off", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, not an event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "tokens": tokens}), flush=True)
    await serving
    store.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.argv[2]))
