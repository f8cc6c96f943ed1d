"""The clock bar: a simulated clock is paused, sped up and stepped; the real one refuses and stays as it is."""

from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from roulian.store import Store
from roulian.web import errors
from roulian.web.console import ClockState, ConsoleDeps, console_router
from roulian.words import Instant

pytestmark = pytest.mark.anyio

NOON = Instant.parse("2026-06-03T12:00:00+08:00")
HOUR_MS = 3_600_000


@dataclass
class Hands:
    """A clock that remembers where it was set."""

    simulated: bool = True
    now_ms: int = NOON.ms
    paused: bool = False
    speed: float = 60
    steps: list[int] = field(default_factory=list)

    def state(self) -> ClockState:
        return ClockState(now_ms=self.now_ms, paused=self.paused, speed=self.speed, simulated=self.simulated)

    def set(self, *, paused: bool | None = None, speed: float | None = None) -> None:
        self.paused = self.paused if paused is None else paused
        self.speed = self.speed if speed is None else speed

    async def step(self, ms: int) -> None:
        self.steps.append(ms)
        self.now_ms += ms


def console(store: Store, hands: Hands) -> httpx.AsyncClient:
    api = FastAPI()
    errors.install(api)
    api.include_router(console_router(ConsoleDeps(store=store, clock=hands)))
    return httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://console")


async def test_pausing_leaves_the_speed_and_speeding_up_leaves_the_pause(store: Store):
    hands = Hands()
    door = console(store, hands)

    await door.post("/api/console/clock", json={"paused": True})
    answer = (await door.post("/api/console/clock", json={"speed": 3600})).json()

    assert answer == {"now_ms": NOON.ms, "today": "2026-06-03", "paused": True, "speed": 3600.0, "simulated": True}


async def test_step_answers_when_time_has_moved(store: Store):
    hands = Hands()

    answer = (await console(store, hands).post("/api/console/clock", json={"step_ms": 12 * HOUR_MS})).json()

    assert answer["today"] == "2026-06-04"
    assert hands.steps == [12 * HOUR_MS]


async def test_real_time_refuses_to_be_steered_and_stays(store: Store):
    hands = Hands(simulated=False)

    reply = await console(store, hands).post("/api/console/clock", json={"paused": True, "step_ms": HOUR_MS})

    assert reply.status_code == 409
    assert reply.json()["error"]["code"] == "real_time"
    assert (hands.paused, hands.steps, hands.now_ms) == (False, [], NOON.ms)


@pytest.mark.parametrize(
    "order", [{"speed": 0}, {"speed": -5}, {"step_ms": 0}, {"step_ms": 40 * 24 * HOUR_MS}, {"back": 1}]
)
async def test_orders_no_clock_can_follow_change_nothing(store: Store, order: dict[str, int]):
    hands = Hands()

    reply = await console(store, hands).post("/api/console/clock", json=order)

    assert reply.status_code == 422
    assert hands == Hands()
