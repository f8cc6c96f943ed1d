"""The peer a shop would pick instead: Vendure from npm on PostgreSQL, guests who all want the same cup.

Every order is two GraphQL requests, the cart and everything that follows up to the payment, which Vendure's own dummy
settles at once: the fewest its API takes. The second row of numbers asks what its shelf is worth: more guests than
units, all with the cup in their cart, pay at the same moment. Neighbour: `checkout` measures ours in the same terms.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlparse

import httpx

_ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_ROOT / "tests")]

from private_postgres import private_postgres  # noqa: E402 - the tests' folder is not installed

HOME = Path(__file__).with_name("peer_vendure")
CLIENTS = 32
ORDERS = 256
SCARCE = 20
BUYERS = 64
CROWD = 256
PAGES = 1_000
PORT = 28_741
URL = f"http://127.0.0.1:{PORT}"
LONGEST_WAIT_S = 60
Row = Mapping[str, object]

CART = """mutation ($variant: ID!) { addItemToOrder(productVariantId: $variant, quantity: 1) { __typename } }"""
CHECKOUT = """mutation ($email: String!, $method: ID!) {
  a: setCustomerForOrder(input: {emailAddress: $email, firstName: "A", lastName: "B"}) { __typename }
  b: setOrderShippingAddress(input: {streetLine1: "1", city: "X", countryCode: "CN"}) { __typename }
  c: setOrderShippingMethod(shippingMethodId: [$method]) { __typename }
  d: transitionOrderToState(state: "ArrangingPayment") { __typename }
  e: addPaymentToOrder(input: {method: "dummy", metadata: {}}) { __typename ... on Order { state } }
}"""
PAGE = """query { product(slug: "cup") { name variants { sku price stockLevel } } }"""


@dataclass(frozen=True, slots=True)
class Shop:
    """The running peer: its process, and what there is to order."""

    process: "subprocess.Popen[str]"
    variant: str
    method: str

    def stock(self, units: int) -> None:
        """The shelf holds so many units now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"STOCK {units}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == f"SET {units}"


def rows() -> Iterator[Row]:
    """Orders a second, their waiting, units sold beyond the shelf, pages a second and memory, of the peer."""
    with ExitStack() as stack:
        shop = stack.enter_context(_shop(stack))
        shop.stock(10**6)
        asyncio.run(_sell(shop, clients=16, orders=64))
        begun = time.perf_counter()
        paid, waits = asyncio.run(_sell(shop, clients=CLIENTS, orders=ORDERS))
        took_s = time.perf_counter() - begun
        assert paid == ORDERS, f"{paid} of {ORDERS} orders were paid"
        note = f"Vendure {_version()}, PostgreSQL, {CLIENTS} clients, {ORDERS} orders of one cup, each two requests"
        yield _row("vendure_orders_per_second", paid / took_s, "orders/s", note)
        yield _row("vendure_order_p99", statistics.quantiles(waits, n=100)[98] * 1000, "ms", note)
        shop.stock(SCARCE)
        sold, _ = asyncio.run(_sell(shop, clients=CLIENTS, orders=BUYERS))
        note = f"{BUYERS} guests with the cup in their cart pay for {SCARCE} cups: {sold} were sold"
        yield _row("vendure_oversold", max(0, sold - SCARCE), "units", note)
        yield _row(
            "vendure_pages_per_second", asyncio.run(_look(PAGES)), "pages/s", "product with price and stock level"
        )
        yield _row("vendure_memory", _peak_mib(shop.process.pid), "MiB", "largest resident set of its process")
        shop.stock(10**6)
        paid, _ = asyncio.run(_sell(shop, clients=CROWD, orders=CROWD))
        note = f"of {CROWD} orders of {CROWD} clients at once, after {LONGEST_WAIT_S} s of waiting for an answer"
        yield _row("vendure_unpaid_in_a_crowd", CROWD - paid, "orders", note)


async def _sell(shop: Shop, *, clients: int, orders: int) -> tuple[int, list[float]]:
    """How many of the orders were paid, and the seconds each took; every cart is full before anyone pays."""
    async with _Clients(clients) as guests:
        carts = await asyncio.gather(*(guests.ask(CART, {"variant": shop.variant}) for _ in range(orders)))
        paying = []
        for number, (_, cart) in enumerate(carts):
            variables = {"email": f"guest{number}@example.com", "method": shop.method}
            paying.append(guests.ask(CHECKOUT, variables, token=cart.headers.get("vendure-auth-token", "")))
        paid = await asyncio.gather(*paying)
    settled = [((reply.json().get("data") or {}).get("e") or {}).get("state") == "PaymentSettled" for _, reply in paid]
    return sum(settled), [first + second for (first, _), (second, _) in zip(carts, paid, strict=True)]


async def _look(pages: int) -> float:
    async with _Clients(CLIENTS) as guests:
        begun = time.perf_counter()
        await asyncio.gather(*(guests.ask(PAGE, {}) for _ in range(pages)))
        return pages / (time.perf_counter() - begun)


class _Clients:
    """So many clients, each with one request under way at a time; others wait for a turn, which is not timed."""

    def __init__(self, most: int) -> None:
        self._turn = asyncio.Semaphore(most)
        limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
        self._http = httpx.AsyncClient(base_url=URL, timeout=LONGEST_WAIT_S, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, query: str, variables: Mapping[str, str], *, token: str = "") -> tuple[float, httpx.Response]:
        """The seconds it took, and the answer: 504 of our own making where none came in time."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self._turn:
            begun = time.perf_counter()
            body = {"query": query, "variables": variables}
            try:
                reply = await self._http.post("/shop-api", json=body, headers=headers)
            except httpx.TimeoutException:
                reply = httpx.Response(504, json={})
            return time.perf_counter() - begun, reply


@contextmanager
def _shop(stack: ExitStack) -> Iterator[Shop]:
    """Vendure, installed from its lock into a folder that goes away, furnished and taking orders."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peer-")))
    for file in ("package.json", "package-lock.json", "server.js"):
        shutil.copy(HOME / file, home)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=home, check=True, capture_output=True)
    url = urlparse(stack.enter_context(private_postgres(durable=True)))
    where = {"PGHOST": parse_qs(url.query)["host"][0], "PGDATABASE": url.path.lstrip("/"), "PORT": str(PORT)}
    process = subprocess.Popen(
        ["node", "server.js"],
        cwd=home,
        env={**os.environ, **where},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ready = process.stdout.readline().split()
        assert ready[:1] == ["READY"], f"the peer did not start: {ready}"
        yield Shop(process, variant=ready[1], method=ready[2])
    finally:
        process.stdin.close()
        process.wait(30)


def _version() -> str:
    lines = (HOME / "package.json").read_text().splitlines()
    return next(line.split('"')[3] for line in lines if "@vendure/core" in line)


def _peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024


def _row(metric: str, value: float, unit: str, note: str) -> Row:
    rest = {"goal": None, "met": None, "limit": None, "peer": None}
    return {"metric": metric, "value": round(value, 1), "unit": unit, "note": note, **rest}
