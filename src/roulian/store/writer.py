"""The grouping writer: requests queue, each has its own savepoint, one durable commit answers them all.

One thread owns the only writing connection of this process. While it waits for the disk the next requests
gather, so the group grows with the load by itself and a lone request never lingers. A refusal or a bug undoes
its own request and leaves the others (docs/decisions/0002).
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from roulian.store.engine import Engine, Trouble
from roulian.store.errors import DiskFull, Violated
from roulian.store.motion import Routes
from roulian.store.tx import GroupFailed, Session, Tx
from roulian.words import Bug, Clock, Ids, Instant, Unreachable

_MOST_REPLAYS = 8
_PULSE_MS = 1000
_PULSE = sa.text(
    "INSERT INTO store_pulses (writer, last_at) VALUES (:writer, :last_at)"
    " ON CONFLICT (writer) DO UPDATE SET last_at = excluded.last_at"
)


@dataclass(slots=True, eq=False)
class Request:
    """One piece of work, who waits for it, and how it came out.

    `weight` is how many savepoints it may use. Exactly one of `result` and `error` is meant once it is answered.
    """

    work: Callable[[Tx], Any]
    cause: str
    weight: int
    waiting: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    read_only: bool = False
    result: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        """Wake the one who waits; called in its own loop, or from the writer for a blocking caller."""
        if self.waiting.done():
            return
        if isinstance(self.error, StopIteration):
            self.error = Bug("work raised StopIteration")
        if self.error is None:
            self.waiting.set_result(self.result)
        else:
            self.waiting.set_exception(self.error)


class Writer:
    """The thread that writes. `submit` from anywhere; answers come after the durable commit."""

    def __init__(self, engine: Engine, *, clock: Clock, ids: Ids, routes: Routes) -> None:
        """Start the thread and connect; a database that cannot be opened raises here."""
        self._engine, self._clock, self._ids, self._routes = engine, clock, ids, routes
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._held: Request | None = None
        self._closing = False
        self._pulse = Instant(0)
        self._watchers: tuple[Callable[[], None], ...] = ()
        self._session = Session.open(engine, routes=routes, ids=ids)
        self._thread = threading.Thread(target=self._serve, name="roulian-writer", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Queue the request. From the writer's own thread it is a `Bug`: it would wait for itself."""
        if threading.get_ident() == self._thread.ident:
            raise Bug("work inside a transaction asked the store for another transaction")
        if self._closing:
            raise Unreachable("the store is closed")
        self._queue.put(request)

    def watch(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` from the writer's thread after each commit that set something moving; returns the way out."""
        self._watchers = (*self._watchers, wake)
        return lambda: setattr(self, "_watchers", tuple(w for w in self._watchers if w is not wake))

    def close(self) -> None:
        """Finish what is queued, then end the thread and close the connection."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
            self._thread.join()
            self._session.connection.close()

    def _serve(self) -> None:
        while group := self._gather():
            self._settle(group)
            _answer(group)
            if self._session.stirred:
                self._session.stirred = False
                for wake in self._watchers:
                    wake()

    def _gather(self) -> list[Request]:
        """The next group: whoever is waiting, up to the engine's number of savepoints; empty at the end."""
        first = self._held or self._queue.get()
        self._held = None
        if first is None:
            return []
        group, weight = [first], first.weight
        while True:
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                return group
            if request is None:
                self._queue.put(None)
                return group
            weight += request.weight
            if weight > self._engine.most_in_group:
                self._held = request
                return group
            group.append(request)

    def _settle(self, group: Sequence[Request]) -> None:
        """Bring the group to its end, replaying it one by one when another process was in the way."""
        try:
            self._transact(group)
        except GroupFailed as failure:
            if failure.trouble is not Trouble.CONTENTION:
                return self._fail(group, failure)
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            return self._fail(group, error)
        else:
            return None
        for request in group:
            self._replay(request)
        return None

    def _replay(self, request: Request) -> None:
        for _ in range(_MOST_REPLAYS):
            try:
                return self._transact([request])
            except GroupFailed as failure:
                if failure.trouble is not Trouble.CONTENTION:
                    return self._fail([request], failure)
            except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                return self._fail([request], error)
        return self._fail([request], Unreachable("other processes kept changing the same rows"))

    def _transact(self, group: Sequence[Request]) -> None:
        """One durable commit for the group; raises, with everything undone, if there can be none."""
        engine, now = self._engine, self._clock.now()
        committing = False
        try:
            self._reconnect()
            cursor = self._session.cursor
            engine.begin(cursor, read_only=False)
            if len(group) == 1:
                kept = [self._attempt(group[0], now)]
            else:
                kept = [self._attempt_saved(request, now) for request in group]
            if not any(kept):
                return engine.rollback(cursor)
            self._beat(now)
            committing = True
            cursor.execute("COMMIT")
        except BaseException as error:
            engine.rollback(self._session.cursor)
            raise self._translate(error, committing=committing) from error

    def _reconnect(self) -> None:
        if not self._engine.is_alive(self._session.connection):
            self._session = Session.open(self._engine, routes=self._routes, ids=self._ids)

    def _attempt_saved(self, request: Request, now: Instant) -> bool:
        engine, cursor = self._engine, self._session.cursor
        engine.save(cursor, "request")
        kept = self._attempt(request, now)
        (engine.release if kept else engine.undo)(cursor, "request")
        return kept

    def _attempt(self, request: Request, now: Instant) -> bool:
        """Run the work; false if it failed on its own account, which is kept for its caller."""
        request.error = request.result = None
        try:
            request.result = request.work(Tx(self._session, now=now, cause=request.cause))
        except Exception as error:
            if isinstance(error, GroupFailed) or self._engine.trouble(error) is not Trouble.ALONE:
                raise
            request.error = _named(error, self._engine)
            return False
        return True

    def _beat(self, now: Instant) -> None:
        """Remember, at most once a second, how far time has come: a simulation goes on from there."""
        if now.ms >= self._pulse.ms + _PULSE_MS:
            Tx(self._session, now=now, cause="").run(_PULSE, writer="writer", last_at=now.ms)
            self._pulse = now

    def _translate(self, error: BaseException, *, committing: bool) -> BaseException:
        trouble = error.trouble if isinstance(error, GroupFailed) else self._engine.trouble(error)
        match trouble:
            case Trouble.CONTENTION:
                return GroupFailed(trouble)
            case Trouble.FULL:
                return DiskFull()
            case Trouble.BUSY:
                return Unreachable("another process holds the database")
            case Trouble.GONE:
                return Unreachable("the database connection broke", lost=committing)
            case Trouble.ALONE:
                return error

    def _fail(self, group: Sequence[Request], error: BaseException) -> None:
        for request in group:
            request.result, request.error = None, error


def _named(error: Exception, engine: Engine) -> Exception:
    if not engine.is_violation(error):
        return error
    violated = Violated(str(error))
    violated.__cause__ = error
    return violated


def _answer(group: Sequence[Request]) -> None:
    """Answer everyone, waking each event loop once however many of its callers wait."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Request]] = {}
    for request in group:
        if request.loop is None:
            request.answer()
        else:
            by_loop.setdefault(request.loop, []).append(request)
    for loop, requests in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer_all, requests)


def _answer_all(requests: Sequence[Request]) -> None:
    for request in requests:
        request.answer()
