"""One life of the simulation storm: a process that plays the small scenario on files until its plug is pulled.

The plug is pulled before a given SQL statement of either memory (the platform's or the sandbox's): the process kills
itself with SIGKILL there, between two writes or in the middle of a transaction. So every death has an exact place.
"""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg

import roulian.store.migrations  # noqa: F401 - imported once, before lives are forked
from roulian.app import Settings, read
from roulian.app.play import Stage, open_stage
from roulian.words import Instant

SMALL_BRAND = Path(__file__).parents[1] / "small_brand"
SEED = 7


@dataclass(frozen=True, slots=True)
class Death:
    """Just before the `nth` statement that begins with `at`; 0 is never."""

    nth: int = 0
    at: str = ""


class Plug:
    """Counts the SQL statements of every connection opened from now on, and kills the process at its death."""

    def __init__(self, death: Death) -> None:
        self.statements = 0
        self._death, self._left = death, death.nth

    def __enter__(self) -> Self:
        self._connect, self._execute = sqlite3.connect, psycopg.Cursor.execute
        sqlite3.connect = self._watched(sqlite3.connect)  # type: ignore[assignment]
        psycopg.Cursor.execute = self._overheard(psycopg.Cursor.execute)  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        sqlite3.connect = self._connect
        psycopg.Cursor.execute = self._execute  # type: ignore[method-assign]

    def _overheard(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        def overheard(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
            self._count(_spelled(str(query), params))
            return execute(cursor, query, params, **options)

        return overheard

    def _watched(self, connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def watched(*args: Any, **options: Any) -> sqlite3.Connection:
            connection = connect(*args, **options)
            connection.set_trace_callback(self._count)
            return connection

        return watched

    def _count(self, statement: str) -> None:
        self.statements += 1
        if statement.startswith(self._death.at):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _spelled(query: str, params: Any) -> str:
    """The statement with its values in it, as SQLite's trace tells it."""
    if not isinstance(params, Mapping):
        return query
    return query % {name: f"'{value}'" if isinstance(value, str) else value for name, value in params.items()}


def settings_of(home: Path, url: str) -> Settings:
    """Durable files under `home` and the database at `url`."""
    return read({"ROULIAN_CONSOLE": "/nowhere", "ROULIAN_DATABASE_URL": url}, home=home)


async def opened(home: Path, url: str) -> Stage:
    """The stage as the last life left it, or a new one."""
    return await open_stage(settings_of(home, url), scenario=SMALL_BRAND, seed=SEED, in_memory=False)


async def play(stage: Stage) -> None:
    """To the end of the scenario; everything that is still under way then has ten minutes to end."""
    await stage.run_until(Instant(stage.world.ends_ms - 1))
    await stage.run_until(Instant(stage.world.ends_ms - 1 + 600_000))


def live(home: Path, url: str, death: Death, told: Path) -> None:
    """One process: open and play the week to its end, or die. A life that ends tells how many statements each took."""
    one_life(home, url, death, told, play=play)


def one_life(home: Path, url: str, death: Death, told: Path, *, play: Callable[[Stage], Awaitable[None]]) -> None:
    """A process's life with any `play`."""
    with Plug(death) as plug:
        waking, whole = asyncio.run(_whole_life(home, url, plug, play))
    told.write_text(f"{waking} {whole}")


async def _whole_life(home: Path, url: str, plug: Plug, play: Callable[[Stage], Awaitable[None]]) -> tuple[int, int]:
    stage = await opened(home, url)
    waking = plug.statements
    await play(stage)
    await stage.close()
    return waking, plug.statements
