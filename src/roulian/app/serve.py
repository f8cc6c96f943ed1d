"""Serving: the sample brand on simulated time beside its sandbox, or the real platform on wall time."""

import asyncio
import gc
import secrets
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path

import uvicorn

from roulian.app.brand import Brand, load, read_brand
from roulian.app.compose import compose
from roulian.app.memory import add_mini_program
from roulian.app.play import open_stage
from roulian.app.settings import Outside, Settings
from roulian.app.steering import SimulatedControl
from roulian.store import Tx
from roulian.web.hot import Asgi
from roulian.words import WallClock

Say = Callable[[str], None]
_GC_THRESHOLDS = (50_000, 20, 50)
_TURN_S = 0.0002


async def serve(settings: Settings, *, scenario: Path, seed: int, say: Say) -> None:
    """Serve until interrupted; `say` is told the address once it answers."""
    if settings.outside is Outside.SANDBOX:
        await _serve_sample(settings, scenario=scenario, seed=seed, say=say)
    else:
        await _serve_live(settings, say=say)


async def _serve_sample(settings: Settings, *, scenario: Path, seed: int, say: Say) -> None:
    stage = await open_stage(settings, scenario=scenario, seed=seed, in_memory=False)
    control = stage.app.control
    assert isinstance(control, SimulatedControl)
    control.drive = stage.run_until
    try:
        await _together(settings, stage.app.asgi, control.play(), say=say)
    finally:
        await stage.close()


async def _serve_live(settings: Settings, *, say: Say) -> None:
    brand = read_brand(settings.brand)
    app = await compose(settings, brand=brand, clock=WallClock(), chance=secrets.randbits)
    await app.store.run(partial(_move_in, brand=brand, appid=app.outside.appid), cause="brand.load")
    try:
        await _together(settings, app.asgi, app.pump.run(), say=say)
    finally:
        await app.close()


def _move_in(tx: Tx, brand: Brand, appid: str) -> None:
    load(tx, brand)
    add_mini_program(tx, appid)


def settle_down() -> None:
    """The collector passes over what starting up made and looks at the rest less often; threads take shorter turns.

    A full collection walks every object; with the libraries' half million among them each stops all requests for
    about a tenth of a second, several times a second at a few thousand orders per second. The writer's thread lets go
    of the interpreter at every row that SQLite takes, and would wait a turn of the event loop to have it back: turns of
    5 ms (Python's own) halve the orders per second that turns of 0.2 ms allow (docs/decisions/0019).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    sys.setswitchinterval(_TURN_S)


async def _together(settings: Settings, asgi: Asgi, motion: Coroutine[None, None, None], *, say: Say) -> None:
    config = uvicorn.Config(
        asgi,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=2,
        forwarded_allow_ips=settings.proxies,
    )
    server = uvicorn.Server(config)
    settle_down()
    moving = asyncio.create_task(motion)
    announcing = asyncio.create_task(_announce(server, settings, say))
    serving = asyncio.create_task(server.serve())
    try:
        done, _ = await asyncio.wait({moving, serving}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.should_exit = True
        await serving
        for task in (moving, announcing):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _announce(server: uvicorn.Server, settings: Settings, say: Say) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, not an event
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    say(f"http://{settings.host}:{port}/")
