"""How many durable orders of one hot SKU the checkout takes through HTTP, and how fast the product page is beside it.

The whole platform serves in one process (uvicorn, its pump running, WeChat's sandbox beside it): 256 buyers on
keep-alive connections want more units than there are, the load generator on the same cores. An order counts when it is
answered 201, which is after its commit. Peers in the same run: `pgbench -N`, and one conditional UPDATE of one row
committed one by one, on the same disk.
"""

import asyncio
import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT), str(_ROOT / "tests"), str(_ROOT / "src")]

from benchmarks.buyers import request, send_all  # noqa: E402 - the folder is not installed

from private_postgres import binaries, private_postgres  # noqa: E402 - the tests' folder is not installed

BUYERS, SHOPPERS = 256, 2_000
UNITS, WANTED = 30_000, 33_000
PAGES = 40_000
PAYERS, TILLS = 32, 320
GOALS = {"SQLite": 5_000, "PostgreSQL": 3_000}
PAGE_GOAL, WAIT_GOAL_MS, MEMORY_GOAL_MB = 5_000, 100, 400
BUSY = "above 1 the machine was shared: rates are lower then, CPU per order is a third higher"
HOT, CALM = "hot-sku", "calm-sku"

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Shop:
    """A serving platform: where, for whom, and its process."""

    port: int
    tokens: list[str]
    payers: list[str]
    pid: int

    def cpu_s(self) -> float:
        """Processor seconds of the server since its start: what a busy machine disturbs least."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        """The most memory the server ever had."""
        return int(Path(f"/proc/{self.pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def rows() -> Iterator[Row]:
    """Orders per second, waits, oversold, memory on each engine; the product page; the till; the peers."""
    yield _row("processes that wanted the cores before the run", round(os.getloadavg()[0], 1), "load", note=BUSY)
    with tempfile.TemporaryDirectory(dir=_ROOT / "benchmarks") as folder, private_postgres(durable=True) as server:
        pgbench, hot_row = _pgbench(server), _hot_row(server)
        one_by_one = _one_by_one(Path(folder) / "peer.db")
        peers = {
            "SQLite": f"{one_by_one} conditional UPDATEs of one row, each its commit",
            "PostgreSQL": f"{hot_row} conditional UPDATEs of one row, 40 clients; {pgbench} pgbench -N",
        }
        urls = {"SQLite": "", "PostgreSQL": f"{server}&schema=shop"}
        for engine, url in urls.items():
            with serving(Path(folder) / engine, url) as shop:
                yield _page(engine, shop)
                yield from _orders(engine, shop, peer=peers[engine])
                yield _till(engine, shop)
                yield _memory(engine, shop)


def _orders(engine: str, shop: Shop, *, peer: str) -> Iterator[Row]:
    carts = [_cart(shop.tokens[n % SHOPPERS], n) for n in range(WANTED)]
    before = shop.cpu_s()
    answers = send_all(shop.port, carts, connections=BUYERS)
    cpu_us = 1e6 * (shop.cpu_s() - before) / WANTED
    books = _books(shop)
    assert answers.count(201) == books["orders"] == UNITS, (answers.count(201), books)
    assert answers.count(409) == WANTED - UNITS
    rate = round(answers.rate(201))
    yield _row(
        f"{engine}: durable orders of one hot SKU",
        rate,
        "1/s",
        goal=f">= {GOALS[engine]}",
        peer=peer,
        limit=f"{cpu_us:.0f} µs of the server's CPU per order; one Python process, one core",
        note=f"{BUYERS} clients, {UNITS:,} units, {WANTED:,} buyers, generator on the same cores",
    )
    yield _row(f"{engine}: orders answered within, 99 %", round(answers.wait_ms(0.99)), "ms", goal=f"<= {WAIT_GOAL_MS}")
    yield _row(
        f"{engine}: units oversold", books["held"] - UNITS, "units", goal="<= 0", note="orders, claims and shelf agree"
    )


def _page(engine: str, shop: Shop) -> Row:
    pages = [request("GET", f"/api/store/products/{HOT}")] * PAGES
    before = shop.cpu_s()
    answers = send_all(shop.port, pages, connections=BUYERS)
    assert answers.count(200) == PAGES
    cpu_us = 1e6 * (shop.cpu_s() - before) / PAGES
    return _row(
        f"{engine}: product page with live stock",
        round(answers.rate(200)),
        "1/s",
        goal=f">= {PAGE_GOAL}",
        limit=f"{cpu_us:.0f} µs of the server's CPU per page",
        note=f"{BUYERS} clients; 99 % within {answers.wait_ms(0.99):.0f} ms",
    )


def _till(engine: str, shop: Shop) -> Row:
    """The way to pay: two RSA signatures of ours and one of the sandbox's, which stands in the same process."""
    asks = []
    for token in shop.payers:
        carts = [_cart(token, n, sku=CALM) for n in range(TILLS // PAYERS)]
        placed = [json.loads(body)["order"] for body in send_all(shop.port, carts, connections=1, keep=True).bodies]
        asks += [request("POST", f"/api/store/orders/{order}/pay", b"{}", token=token) for order in placed]
    answers = send_all(shop.port, asks, connections=PAYERS)
    assert answers.count(200) == len(asks), answers.statuses[:5]
    return _row(
        f"{engine}: ways to pay told",
        round(answers.rate(200)),
        "1/s",
        note=f"each a prepay at the sandbox, in the same process; 99 % within {answers.wait_ms(0.99):.0f} ms",
    )


def _memory(engine: str, shop: Shop) -> Row:
    return _row(f"{engine}: server's peak memory", round(shop.peak_mb()), "MB", goal=f"<= {MEMORY_GOAL_MB}")


def _row(metric: str, value: float, unit: str, *, goal: str = "", **more: str) -> Row:
    met = None
    if goal:
        sign, bar = goal.split()
        met = value >= float(bar) if sign == ">=" else value <= float(bar)
    return {"metric": metric, "value": value, "unit": unit, "goal": goal, "met": met, **more}


def _cart(token: str, number: int, *, sku: str = HOT) -> bytes:
    lines = [{"sku": sku, "qty": 1, "campaign": None}]
    body = json.dumps({"key": f"cart-{number}", "region": "浙江", "lines": lines}, ensure_ascii=False).encode()
    return request("POST", "/api/store/orders", body, token=token)


def _books(shop: Shop) -> dict[str, int]:
    answers = send_all(shop.port, [request("GET", "/books")], connections=1, keep=True)
    books: dict[str, int] = json.loads(answers.bodies[0])
    return books


def _pgbench(server: str) -> int:
    program = str(binaries() / "pgbench")
    subprocess.run([program, "-i", "-q", "-s", "10", server], check=True, capture_output=True)
    return _tps([program, "-N", "-c", "40", "-j", "2", "-T", "5", server])


def _hot_row(server: str) -> int:
    """One row of a shelf, taken from by 40 clients, each take its own commit."""
    program = str(binaries() / "pgbench")
    take = "UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 1 AND bbalance < 1000000000;"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(take)
        script.flush()
        return _tps([program, "-n", "-f", script.name, "-c", "40", "-j", "2", "-T", "5", server])


def _tps(command: list[str]) -> int:
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"tps = (\d+)", answer.stdout)
    assert found is not None, answer.stdout
    return int(found.group(1))


def _one_by_one(path: Path, *, seconds: float = 3.0) -> int:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE shelf (sku TEXT PRIMARY KEY, free INTEGER CHECK (free >= 0))")
        connection.execute("INSERT INTO shelf VALUES ('hot', 100000000)")
        taken, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            taken += connection.execute("UPDATE shelf SET free = free - 1 WHERE sku = 'hot' AND free >= 1").rowcount
        return round(taken / (time.perf_counter() - begun))


@contextmanager
def serving(home: Path, database_url: str, *arguments: str) -> Iterator[Shop]:
    """The platform in a process of its own, its shelf filled and its shoppers signed in."""
    command = [sys.executable, *arguments, __file__, str(home), database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            yield Shop(told["port"], told["tokens"], told["payers"], server.pid)
        finally:
            server.terminate()
            server.wait(60)


async def _serve(home: Path, database_url: str) -> None:
    import uvicorn  # noqa: PLC0415 - the load generator needs none of this

    from roulian.app import compose, read  # noqa: PLC0415 - as above
    from roulian.app.brand import read_brand  # noqa: PLC0415 - as above
    from roulian.app.serve import settle_down  # noqa: PLC0415 - as above
    from roulian.web.hot import Dispatcher, Route  # noqa: PLC0415 - as above
    from roulian.words import WallClock  # noqa: PLC0415 - as above

    brand_folder = _ROOT / "tests" / "small_brand"
    environ = {"ROULIAN_BRAND": str(brand_folder), "ROULIAN_CONSOLE": "/nowhere", "ROULIAN_DATABASE_URL": database_url}
    settings = read(environ, home=home)
    brand = read_brand(settings.brand)
    app = await compose(settings, brand=brand, clock=WallClock(), chance=secrets.randbits)
    shoppers = app.store.call(partial(_open, appid=app.outside.appid), cause="bench")
    payers = await _payers(app.asgi, appid=app.outside.appid)
    asgi = Dispatcher([Route("GET", "/books", partial(_told, app.store))], app.asgi)
    server = uvicorn.Server(uvicorn.Config(asgi, port=0, log_level="warning", lifespan="off", access_log=False))
    settle_down()
    moving = asyncio.create_task(app.pump.run())
    serve = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, not an event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "tokens": shoppers, "payers": payers}), flush=True)
    await serve
    moving.cancel()
    await asyncio.wait([moving])
    await app.close()


async def _payers(asgi: Any, *, appid: str) -> list[str]:
    """Sessions of people whom the sandbox knows, so that its till knows them too."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://shop") as door:
        names = [f"payer-{n}" for n in range(PAYERS)]
        await door.post("/_sandbox/persons", json={"names": names})
        tokens = []
        for name in names:
            login = await door.post("/_sandbox/wx_login", json={"person": name, "appid": appid})
            session = await door.post("/api/store/session", json={"code": login.json()["code"]})
            tokens.append(session.json()["token"])
        return tokens


def _open(tx: object, *, appid: str) -> list[str]:
    """The hot SKU on its shelf with nobody to supply more, a calm one beside it, and the shoppers' sessions."""
    from roulian import people, sell, stock  # noqa: PLC0415 - the load generator needs none of this
    from roulian.store import Tx  # noqa: PLC0415 - as above
    from roulian.words import SkuId  # noqa: PLC0415 - as above

    assert isinstance(tx, Tx)
    product = sell.ProductId("hot")
    sell.add_products(
        tx,
        [sell.Product(product, name_zh="爆款", name_en="The hot one", category="热卖")],
        [sell.Sku(SkuId(sku), product, price_fen=9900, cost_fen=4000) for sku in (HOT, CALM)],
    )
    stock.receive(tx, sku=SkuId(HOT), qty=UNITS, source="bench")
    stock.receive(tx, sku=SkuId(CALM), qty=TILLS, source="bench")
    members = [people.sign_in(tx, appid=appid, openid=f"o-{n}", unionid=None) for n in range(SHOPPERS)]
    return [people.open_session(tx, member, chance=secrets.randbits) for member in members]


async def _told(store: object, _call: object) -> Any:
    """What the books say; a shelf whose counters, moves and claims differ breaks the benchmark."""
    from roulian import sell, stock  # noqa: PLC0415 - the load generator needs none of this
    from roulian.store import Store, Tx  # noqa: PLC0415 - as above
    from roulian.web.wire import Reply  # noqa: PLC0415 - as above
    from roulian.words import SkuId  # noqa: PLC0415 - as above

    assert isinstance(store, Store)

    def work(tx: Tx) -> dict[str, int]:
        assert stock.audit(tx) == ()
        held = stock.levels(tx, [SkuId(HOT)])[SkuId(HOT)].reserved
        return {"orders": sum(sell.order_counts(tx).values()), "held": held}

    return Reply.json(await store.ask(work))


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(Path(sys.argv[1]), sys.argv[2]))
