"""Whoever comes too fast waits, and nobody else does."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from house import House
from roulian.web.gate import Gate
from roulian.web.pace import MINUTE_MS, Pace, Paces

pytestmark = pytest.mark.anyio
OFF = Paces(0, 0, 0)
PROMISED_US = 2.0


class Time:
    """Moves only when told to."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def knock(
    gate: Gate,
    path: str,
    *,
    client: str = "8.8.8.8",
    token: str = "",
    lang: str = "",
    method: str = "GET",
    query: bytes = b"",
) -> tuple[int, dict[str, str], bytes]:
    headers = [(b"authorization", token.encode())] if token else []
    headers += [(b"accept-language", lang.encode())] if lang else []
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": headers}
    await gate({**scope, "client": (client, 1)}, receive, send)
    told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], told, said[1]["body"]


async def statuses(gate: Gate, path: str, times: int, **more: Any) -> list[int]:
    return [(await knock(gate, path, **more))[0] for _ in range(times)]


@given(
    per_minute=st.integers(1, 600),
    gaps=st.lists(st.integers(0, 5_000), min_size=1, max_size=300),
)
def test_in_no_minute_pass_more_than_the_bucket_and_what_it_refills(per_minute: int, gaps: Sequence[int]):
    pace, now, passed = Pace(per_minute), 0, []

    for gap in gaps:
        now += gap
        if not pace.wait_ms("k", now):
            passed.append(now)

    for first in passed:
        inside = sum(first <= at < first + MINUTE_MS for at in passed)
        assert inside <= 2 * per_minute
    assert len(passed) >= min(len(gaps), per_minute)


@given(per_minute=st.integers(1, 600), calls=st.integers(1, 1_500))
def test_who_waits_as_long_as_told_passes(per_minute: int, calls: int):
    pace, now = Pace(per_minute), 0.0
    for _ in range(calls):
        pace.wait_ms("k", 0)

    wait = pace.wait_ms("k", 0)

    now += wait
    assert pace.wait_ms("k", round(now + 0.5)) == 0


def test_a_limit_of_none_lets_everybody_pass_and_remembers_nobody():
    pace = Pace(0)

    assert [pace.wait_ms("k", 0) for _ in range(1_000)] == [0] * 1_000
    assert pace.keys() == 0


def test_a_million_strangers_do_not_fill_the_memory():
    pace = Pace(60, most_keys=1_000)

    for stranger in range(20_000):
        assert pace.wait_ms(stranger, 0) == 0

    assert pace.keys() <= 1_001


async def test_a_session_that_comes_too_fast_waits_and_its_neighbour_does_not():
    gate = Gate(_nobody, paces=Paces(address=0, session=3, login=0), now_ms=Time())

    assert await statuses(gate, "/api/store/products", 4, token="Bearer a") == [204, 204, 204, 429]
    assert await statuses(gate, "/api/store/products", 3, token="Bearer b") == [204] * 3
    assert await statuses(gate, "/api/store/products", 9) == [204] * 9


async def test_an_address_that_comes_too_fast_waits_whatever_tokens_it_makes_up():
    time = Time()
    gate = Gate(_nobody, paces=Paces(address=3, session=0, login=0), now_ms=time)

    seen = [(await knock(gate, "/api/store/signals", token=f"Bearer {one}"))[0] for one in range(5)]

    assert seen == [204, 204, 204, 429, 429]
    assert await statuses(gate, "/api/store/signals", 1, client="9.9.9.9") == [204]
    time.ms += MINUTE_MS // 3
    assert await statuses(gate, "/api/store/signals", 2) == [204, 429]


async def test_a_household_of_ipv6_addresses_is_one_address():
    gate = Gate(_nobody, paces=Paces(address=2, session=0, login=0), now_ms=Time())

    seen = [(await knock(gate, "/api/store/products", client=f"2400:3200::{one:x}"))[0] for one in range(1, 4)]

    assert seen == [204, 204, 429]
    assert await statuses(gate, "/api/store/products", 1, client="2400:3200:0:1::1") == [204]


@pytest.mark.parametrize(("lang", "word"), [("", "操作太频繁,请 30 秒后再试"), ("en", "Try again in 30 s")])
async def test_who_is_refused_is_told_when_to_come_back(lang: str, word: str):
    gate = Gate(_nobody, paces=Paces(address=2, session=0, login=0), now_ms=Time())
    await statuses(gate, "/v1/orders", 2)

    shop, api = await knock(gate, "/api/store/products", lang=lang), await knock(gate, "/v1/orders", lang=lang)

    for status, headers, body in (shop, api):
        assert (status, headers["retry-after"]) == (429, "30")
        assert word in body.decode()
        assert b"too_many_requests" in body
    assert api[1]["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/wechat/pay/notify", "/wechat/callback/wx1", "/sim/advance", "/", "/assets/a.js"])
async def test_wechat_the_clock_and_the_page_are_never_slowed(path: str):
    gate = Gate(_nobody, paces=Paces(address=1, session=1, login=1), now_ms=Time())

    assert await statuses(gate, path, 5, token="Bearer a", method="POST") == [204] * 5


async def test_passwords_are_guessed_slowly_even_where_nothing_else_is_slowed():
    gate = Gate(_nobody, paces=Paces(address=0, session=0, login=2), now_ms=Time())

    assert await statuses(gate, "/api/console/session", 3, method="POST") == [204, 204, 429]
    assert await statuses(gate, "/api/console/session", 3) == [204] * 3


async def test_a_nul_in_an_address_is_refused_at_the_gate():
    gate = Gate(_nobody, paces=OFF, now_ms=Time())

    assert await statuses(gate, "/api/store/products/a\0b", 1) == [422]
    assert await statuses(gate, "/v1/orders", 1, query=b"sku=a%00") == [422]


async def test_in_the_sandbox_nobody_is_slowed_but_who_logs_in(house: House):
    replies = [await house.shop.get("/api/store/campaigns") for _ in range(200)]

    assert {reply.status_code for reply in replies} == {200}
    assert house.settings.paces == Paces(address=0, session=0, login=60)


def test_the_gate_costs_less_than_two_microseconds():
    """Counted in this process's own CPU time, best of several, so that a busy machine changes nothing."""
    gate = Gate(_nobody, paces=Paces(address=10**9, session=10**9, login=10), now_ms=lambda: time.time_ns() // 10**6)
    headers = [(b"host", b"x"), (b"user-agent", b"y"), (b"accept", b"*/*"), (b"authorization", b"Bearer " + b"a" * 64)]
    scope = {"type": "http", "method": "GET", "path": "/api/store/products", "query_string": b"", "headers": headers}
    scope["client"] = ("8.8.8.8", 1)

    best = min(_cost_us(gate, scope) for _ in range(7))

    assert best < 2 * PROMISED_US  # measured 1.6 here; twice the promise leaves room for another machine


def _cost_us(gate: Gate, scope: Any) -> float:
    began = time.process_time_ns()
    for _ in range(5_000):
        gate._refusal(scope)
    return (time.process_time_ns() - began) / 5_000 / 1_000
