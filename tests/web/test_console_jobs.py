"""Stuck work is shown with its error, and tried again when a person says so."""

import random

import httpx
import pytest
from fastapi import FastAPI
from test_console_clock import Hands

from roulian.store import Motion, Pump, Store, Tx
from roulian.web import errors
from roulian.web.console import ConsoleDeps, console_router
from roulian.words import Ids, SimulatedClock

pytestmark = pytest.mark.anyio


class Machine:
    """A deadline's handler that fails until it is mended."""

    def __init__(self) -> None:
        self.is_broken = True
        self.met: list[str] = []

    def meet(self, _tx: Tx, key: str) -> None:
        if self.is_broken:
            raise RuntimeError("the belt is torn")
        self.met.append(key)


async def until_quiet(store: Store, pump: Pump, clock: SimulatedClock) -> None:
    await pump.settle()
    while (due := store.next_due()) is not None:
        clock.move_to(due)
        await pump.settle()


async def test_stuck_deadline_is_shown_and_met_after_a_retry(store_url: str, clock: SimulatedClock, ids: Ids):
    machine = Machine()
    store = Store.open(store_url, clock=clock, ids=ids, motion=Motion(deadlines={"belt.turn": machine.meet}))
    store.create_all()
    pump = Pump(store, chance=random.Random(3).getrandbits)
    api = FastAPI()
    errors.install(api)
    api.include_router(console_router(ConsoleDeps(store=store, clock=Hands())))
    door = httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://console")
    store.call(lambda tx: tx.at(tx.now, "belt.turn", "one"))
    await until_quiet(store, pump, clock)

    [stuck] = (await door.get("/api/console/jobs/stuck")).json()["rows"]
    machine.is_broken = False
    retried = await door.post("/api/console/jobs/retry", json={"id": stuck["id"]})
    await until_quiet(store, pump, clock)
    again = await door.post("/api/console/jobs/retry", json={"id": stuck["id"]})

    assert (stuck["what"], stuck["name"], stuck["status"]) == ("deadline", "belt.turn one", "stuck")
    assert "the belt is torn" in stuck["error"]
    assert retried.json() == {"id": stuck["id"]}
    assert machine.met == ["one"]
    assert (await door.get("/api/console/jobs/stuck")).json()["rows"] == []
    assert (again.status_code, again.json()["error"]["code"]) == (409, "nothing_stuck")
    store.close()
