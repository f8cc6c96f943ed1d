"""The sandbox's own clock: wall time that can be stopped, hurried and moved, with everything due on the way."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.sandbox.driving import CALLBACK_URL, DAY_MS, HOUR_MS, MINUTE_MS, SERVICE, START_MS, Driver
from wechat_sandbox import Callback, Sandbox, SandboxClock


@dataclass
class Wall:
    """The time of the room the sandbox stands in."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Alone:
    """A sandbox on its own clock, and a receiver that never takes anything."""

    path: str
    loop: asyncio.AbstractEventLoop
    wall: Wall = field(default_factory=Wall)
    arrived: list[tuple[int, str]] = field(default_factory=list)
    status: int = 500

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        self.sandbox = Sandbox(self.path, now_ms=SandboxClock(self.wall), seed=7, send=self._receive)

    async def _receive(self, callback: Callback) -> int:
        self.arrived.append((await self._now(), callback.url.partition("?")[0]))
        return self.status

    async def _now(self) -> int:
        body = (await self.sandbox.reply(scope("GET", "clock"), b"")).body
        now_ms: int = json.loads(body)["now_ms"]
        return now_ms

    def ask(self, method: str, verb: str, **body: Any) -> tuple[int, Any]:
        reply = self.loop.run_until_complete(self.sandbox.reply(scope(method, verb), json.dumps(body).encode()))
        return reply.status, json.loads(reply.body)

    def told(self, verb: str, **body: Any) -> Any:
        status, answer = self.ask("POST", verb, **body)
        assert status == 200, answer
        return answer

    def now(self) -> int:
        return int(self.ask("GET", "clock")[1]["now_ms"])


def scope(method: str, verb: str) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": f"/_sandbox/{verb}", "query_string": b"", "headers": []}


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Alone]:
    loop = asyncio.new_event_loop()
    alone = Alone(str(tmp_path / "sandbox.db"), loop)
    yield alone
    alone.sandbox.close()
    loop.close()


def a_follower(alone: Alone) -> None:
    alone.told("accounts", appid=SERVICE, kind="service", callback_url=CALLBACK_URL)
    alone.told("persons", names=["lin"])
    alone.told("follow", person="lin", appid=SERVICE)


def test_the_clock_is_the_walls_until_steered(alone: Alone):
    alone.wall.now_ms += 1234

    assert alone.now() == START_MS + 1234
    assert alone.ask("GET", "clock")[1]["owner"] == "sandbox"


def test_a_paused_clock_stands_while_the_wall_goes_on(alone: Alone):
    alone.told("clock/pause")
    alone.wall.now_ms += HOUR_MS

    assert alone.now() == START_MS


def test_a_clock_can_run_faster_than_the_wall_and_keeps_what_it_gained(alone: Alone):
    alone.told("clock/run", rate=60)
    alone.wall.now_ms += MINUTE_MS
    alone.told("clock/run", rate=1)
    alone.wall.now_ms += MINUTE_MS

    assert alone.now() == START_MS + HOUR_MS + MINUTE_MS


def test_advancing_tries_a_callback_again_at_its_own_instants(alone: Alone):
    alone.told("clock/pause")
    a_follower(alone)

    moved = alone.told("clock/advance", ms=MINUTE_MS)

    assert moved["sent"] == 3
    assert alone.arrived == [(START_MS + wait_s * 1000, CALLBACK_URL) for wait_s in (0, 5, 10)]
    assert moved["now_ms"] == START_MS + MINUTE_MS
    tries = alone.ask("GET", "callbacks")[1]["callbacks"][0]
    assert [tried["at_ms"] - START_MS for tried in tries["tried"]] == [0, 5_000, 10_000]
    assert tries["status"] == "failed"


def test_advancing_stops_short_of_what_is_due_later(alone: Alone):
    alone.told("clock/pause")
    a_follower(alone)

    alone.told("clock/advance", to_ms=START_MS + 7_000)

    assert [at_ms - START_MS for at_ms, _ in alone.arrived] == [0, 5_000]
    due = alone.ask("GET", "clock/due")[1]["due"]
    assert due == [{"due_ms": START_MS + 10_000, "what": "callback", "name": "subscribe", "ref": SERVICE, "tries": 2}]
    assert alone.ask("GET", "clock")[1]["next_due_ms"] == START_MS + 10_000


def test_a_running_clock_runs_on_from_where_it_was_moved_to(alone: Alone):
    alone.told("clock/advance", ms=DAY_MS)
    alone.wall.now_ms += 500

    assert alone.now() == START_MS + DAY_MS + 500


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"to_ms": START_MS - 1}, "clock_backwards"),
        ({"ms": -1}, "clock_backwards"),
        ({"ms": 401 * DAY_MS}, "clock_too_far"),
        ({}, "bad_request"),
        ({"ms": 1, "to_ms": START_MS + 1}, "bad_request"),
    ],
)
def test_a_move_that_cannot_be_leaves_the_clock_alone(alone: Alone, body: dict[str, int], error: str):
    alone.told("clock/pause")

    status, answer = alone.ask("POST", "clock/advance", **body)

    assert (status, answer["error"]) == (400, error)
    assert alone.now() == START_MS


@pytest.mark.parametrize("rate", [0, -1, 3_601])
def test_a_rate_that_cannot_be_changes_nothing(alone: Alone, rate: float):
    status, answer = alone.ask("POST", "clock/run", rate=rate)

    assert (status, answer["error"]) == (400, "bad_rate")
    assert alone.ask("GET", "clock")[1]["rate"] == 1


def test_a_restart_goes_on_from_the_kept_clock(alone: Alone):
    alone.told("clock/advance", ms=DAY_MS)
    alone.sandbox.close()
    alone.wall.now_ms += HOUR_MS
    alone.open()

    assert alone.now() == START_MS + DAY_MS + HOUR_MS


def test_a_restart_finds_a_paused_clock_still_paused(alone: Alone):
    alone.told("clock/pause")
    alone.sandbox.close()
    alone.wall.now_ms += HOUR_MS
    alone.open()

    assert alone.now() == START_MS
    assert alone.ask("GET", "clock")[1]["is_paused"] is True


def test_a_run_that_breaks_off_on_the_way_does_not_go_back_in_time(alone: Alone):
    alone.told("clock/pause")
    a_follower(alone)

    async def break_off(callback: Callback) -> int:
        if await alone._now() > START_MS:
            raise KeyboardInterrupt
        return 500

    alone.sandbox._send = break_off
    with pytest.raises(KeyboardInterrupt):
        alone.told("clock/advance", ms=HOUR_MS)
    alone.sandbox.close()
    alone.open()

    assert alone.now() == START_MS + 5_000


def test_a_wall_that_is_set_back_does_not_take_the_clock_back(alone: Alone):
    alone.told("clock/run", rate=1)
    alone.wall.now_ms -= DAY_MS

    assert alone.now() == START_MS


@pytest.mark.parametrize(("verb", "body"), [("clock/advance", {"ms": 1}), ("clock/pause", {}), ("clock/run", {})])
def test_an_embedded_sandbox_leaves_the_clock_to_its_program(driver: Driver, verb: str, body: dict[str, int]):
    assert driver.refused(verb, **body) == "clock_not_ours"
    assert driver.look("clock")["now_ms"] == START_MS
    assert driver.look("clock")["owner"] == "embedding"


def test_looking_takes_no_turn_so_that_a_watched_sandbox_draws_the_same_ids(driver: Driver):
    before = driver.look("clock")["turn"]
    for noun in ("calls", "accounts", "persons", "payments", "quotas", "callbacks", "faults"):
        driver.look(noun)

    assert driver.look("clock")["turn"] == before


@given(steps_ms=st.lists(st.integers(0, 9_000), max_size=8))
def test_however_time_is_cut_up_everything_happens_at_the_same_instants(steps_ms: list[int]):
    def arrivals(moves_ms: list[int]) -> list[int]:
        loop = asyncio.new_event_loop()
        alone = Alone(":memory:", loop)
        try:
            alone.told("clock/pause")
            a_follower(alone)
            for move_ms in moves_ms:
                alone.told("clock/advance", ms=move_ms)
            return [at_ms for at_ms, _ in alone.arrived]
        finally:
            alone.sandbox.close()
            loop.close()

    at_once = arrivals([sum(steps_ms)])

    assert arrivals([0, *steps_ms]) == at_once
    assert at_once == [START_MS + at_ms for at_ms in (0, 5_000, 10_000) if at_ms <= sum(steps_ms)]
