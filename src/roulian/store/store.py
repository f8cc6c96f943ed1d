"""The store of one brand: write, read, and what waits to move."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa

from roulian.store import trail
from roulian.store.commit import Committer, Request
from roulian.store.engine import Engine
from roulian.store.motion import Motion
from roulian.store.readers import Readers
from roulian.store.routes import Routes
from roulian.store.schema import create_tables
from roulian.store.sqlite import SqliteEngine
from roulian.store.tables import METADATA
from roulian.store.together import Gatherings
from roulian.store.tx import Tx
from roulian.store.writer import DirectWriter, GroupingWriter, Writer
from roulian.words import Clock, Ids, Instant, Refusal

T = TypeVar("T")
Item = TypeVar("Item")
_READER_THREADS = 4


def _engine(url: str) -> Engine:
    engine: Engine
    match urlsplit(url).scheme:
        case "sqlite":
            engine = SqliteEngine(url)
        case "postgresql":
            from roulian.store.postgres import PostgresEngine  # noqa: PLC0415 - psycopg is loaded where it is used

            engine = PostgresEngine(url)
        case scheme:
            raise ValueError(f"a store is sqlite:// or postgresql://, not {scheme}://")
    return engine


def _writer(engine: Engine, committer: Committer) -> Writer:
    if engine.is_durable:
        return GroupingWriter(committer, most_in_group=engine.most_in_group)
    return DirectWriter(committer)


class Store:
    """Durable memory of one brand, for this process. Open one per process and brand, close it at the end."""

    def __init__(self, engine: Engine, *, clock: Clock, ids: Ids, motion: Motion) -> None:
        """Use `Store.open`."""
        routes = Routes.of(motion.ring, motion.audience)
        self.clock = clock
        self.motion = motion
        self.routes = routes
        self.engine = engine
        self._writer = _writer(engine, Committer(engine, clock=clock, ids=ids, routes=routes))
        self._readers = Readers(engine, routes=routes)
        self._gatherings = Gatherings(self.ask)
        self._threads = ThreadPoolExecutor(_READER_THREADS, thread_name_prefix="roulian-reader")

    @classmethod
    def open(cls, url: str, *, clock: Clock, ids: Ids, motion: Motion | None = None) -> "Store":
        """The store at `url`: `sqlite:///path`, `sqlite://` (in memory) or `postgresql://…?schema=brand`.

        `synchronous=off` in the query of a URL gives up durability, for simulations that are thrown away.
        """
        return cls(_engine(url), clock=clock, ids=ids, motion=motion or Motion())

    async def run(self, work: Callable[[Tx], T], *, cause: str = "") -> T:
        """What `work` returned, once it is durably committed. What it raised, with all it did undone.

        Raises besides: `DiskFull`, `Unreachable` (lost if the commit's fate is unknown), `Violated`.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()
        self._writer.submit(Request(work, cause, 1, waiting, loop))
        return await waiting

    async def run_together(
        self, work: Callable[[Tx, Sequence[Item]], Sequence[T | Refusal]], item: Item, *, cause: str = ""
    ) -> T:
        """`run` for work that many ask for at once: those who wait are worked for in one call, in one savepoint.

        `work` gives one answer per item, in their order, and keeps apart what it gives to each; a `Refusal` among the
        answers is raised to its own caller, and of its item nothing must be written. Raises `work` itself, each item
        is worked for alone. Give the same `work` object every time: it is what requests are put together by.
        """
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()
        self._writer.submit(Request.of_joint(work, item, cause=cause, waiting=waiting, loop=loop))
        return await waiting

    def call(self, work: Callable[[Tx], T], *, cause: str = "") -> T:
        """`run` for those who may block: command line, tests, migrations."""
        waiting: Future[T] = Future()
        self._writer.submit(Request(work, cause, 1, waiting))
        return waiting.result()

    async def run_many(self, work: Callable[[Tx], T], *, savepoints: int) -> T:
        """`run` for work that itself uses up to `savepoints` savepoints (`Tx.apart`)."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[T] = loop.create_future()
        self._writer.submit(Request(work, "", 1 + savepoints, waiting, loop))
        return await waiting

    def read(self, work: Callable[[Tx], T]) -> T:
        """What `work` finds in one snapshot; blocks this thread, never the writer."""
        if self.engine.reads_on_writer:
            return self.call(work)
        return self._readers.read(work, now=self.clock.now())

    async def ask(self, work: Callable[[Tx], T]) -> T:
        """`read` for async callers."""
        if self.engine.reads_on_writer:
            return await self.run(work)
        if not self.engine.is_durable:
            return self.read(work)  # a throw-away simulation: a thread's turn would cost more than the read
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, work)

    async def ask_together(self, work: Callable[[Tx, Sequence[Item]], Sequence[T | Refusal]], item: Item) -> T:
        """`ask` for questions that many ask at once: those who wait are answered from one snapshot, begun after they asked.

        As with `run_together`, one answer per item, a `Refusal` among them raised to its own caller; give the same
        `work` object every time.
        """
        answer: T = await self._gatherings.ask(work, item)
        return answer

    def watch(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` (from the writer's thread) whenever something was set moving; returns the way to stop."""
        return self._writer.watch(wake)

    def create_all(self, metadata: sa.MetaData = METADATA) -> None:
        """Create every table of `metadata` that is not there yet; for tests and throw-away simulations."""
        self.call(partial(create_tables, metadata))

    def migrate(self) -> None:
        """Bring the brand's schema to the newest revision; in memory, where nothing is old, create it."""
        from roulian.store.migrations import upgrade  # noqa: PLC0415 - Alembic is heavy and rarely needed

        if self.engine.reads_on_writer:
            self.create_all()
        else:
            upgrade(self.engine)

    def is_current(self) -> bool:
        """Whether the brand's schema is at the newest revision."""
        from roulian.store.migrations import is_current  # noqa: PLC0415 - Alembic is heavy and rarely needed

        return self.engine.reads_on_writer or is_current(self.engine)

    def next_due(self) -> Instant | None:
        """When the next delivery, deadline or job falls due; None if nothing waits."""
        return self.read(trail.next_due)

    def last_instant(self) -> Instant | None:
        """How far time had come when the store last wrote, to the second; None in a fresh store."""
        return self.read(trail.last_instant)

    def events_page(
        self, *, stage: str | None = None, before: str | None = None, limit: int = 50
    ) -> tuple[trail.Said, ...]:
        """Up to `limit` events, newest first; those before the event `before`, those of one `stage`."""
        return self.read(lambda tx: trail.events_page(tx, stage=stage, before=before, limit=limit))

    def event(self, event: str) -> trail.Story | None:
        """The event with its chain of causes and what it caused; None if there is no such event."""
        return self.read(lambda tx: trail.story(tx, event))

    def stuck(self) -> tuple[trail.Step, ...]:
        """Everything that kept failing and now waits for a person."""
        return self.read(trail.stuck)

    def retry(self, step: str) -> None:
        """The stuck thing of id `step` is due again; `NothingStuck` if there is none."""
        self.call(lambda tx: trail.retry(tx, step))

    def compact(self) -> None:
        """What was removed is gone from the disk too, not only out of sight; nobody writes meanwhile.

        On SQLite the file is written anew, its log emptied; on PostgreSQL the tables are. About 1 s per 100 MB.
        """
        connection = self.engine.connect(read_only=False)
        try:
            cursor = connection.cursor()
            for statement in self.engine.compacting:
                cursor.execute(statement.format(tables=", ".join(sorted(METADATA.tables))))
        finally:
            connection.close()

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        self._writer.close()
        self._threads.shutdown()
        self._readers.close()
