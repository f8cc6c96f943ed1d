"""Group commit: each request in its own savepoint, one durable commit for all of them.

A refusal or a bug undoes its own request and leaves the others. Requests for the same joint work are worked for in one
call; should it raise, each is worked for alone. When another process was in the way the group is replayed one by one;
when the disk is full or the connection breaks, everyone in it hears so (docs/decisions/0002, 0015). Neighbour:
`writer` forms the groups.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from roulian.store.engine import Engine, Trouble
from roulian.store.errors import DiskFull, Violated
from roulian.store.routes import Routes
from roulian.store.tx import Session, Tx
from roulian.words import Bug, Clock, Ids, Instant, Unreachable

_MOST_REPLAYS = 8
_PULSE_MS = 1000
_PULSE = sa.text(
    "INSERT INTO store_pulses (writer, last_at) VALUES (:writer, :last_at)"
    " ON CONFLICT (writer) DO UPDATE SET last_at = excluded.last_at"
)


Joint = Callable[[Tx, Sequence[Any]], Sequence[Any]]
"""Work for many: an answer per item, in the items' order; an exception among them is raised to its own caller."""


class _Contention(Exception):  # noqa: N818 - an answer to the group, not a failure
    """Another process was in the way of the group."""


@dataclass(slots=True, eq=False)
class Request:
    """One piece of work, who waits for it, and how it came out.

    `weight` is how many savepoints it may use, its own included. `loop` is the waiting caller's; None if it blocks.
    `joint` does for many items what `work` does for this request's `item` alone.
    """

    work: Callable[[Tx], Any]
    cause: str
    weight: int
    waiting: "Future[Any] | asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop | None = None
    joint: Joint | None = None
    item: Any = None
    result: Any = None
    error: BaseException | None = None

    @classmethod
    def of_joint(
        cls,
        joint: Joint,
        item: Any,
        *,
        cause: str,
        waiting: "Future[Any] | asyncio.Future[Any]",
        loop: asyncio.AbstractEventLoop | None,
    ) -> "Request":
        """A request for joint work on `item`; its answer is raised where it is an exception."""

        def alone(tx: Tx) -> Any:
            (answer,) = joint(tx, (item,))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return cls(alone, cause, 1, waiting, loop, joint, item)

    def answer(self) -> None:
        """Wake the one who waits; called in its own loop, or from anywhere for a blocking caller."""
        if self.waiting.done():
            return
        if isinstance(self.error, StopIteration):
            self.error = Bug("work raised StopIteration")
        if self.error is None:
            self.waiting.set_result(self.result)
        else:
            self.waiting.set_exception(self.error)


class Committer:
    """The writing connection and its transactions. Used by one thread at a time."""

    def __init__(self, engine: Engine, *, clock: Clock, ids: Ids, routes: Routes) -> None:
        """Connect; a database that cannot be opened raises here."""
        self._engine, self._clock, self._ids, self._routes = engine, clock, ids, routes
        self._pulse = Instant(0)
        self._session = Session.open(engine, routes=routes, ids=ids)

    def take_stir(self) -> bool:
        """Whether anything was set moving since the last time this was asked."""
        stirred, self._session.stirred = self._session.stirred, False
        return stirred

    def close(self) -> None:
        """Let go of the database."""
        self._session.connection.close()

    def settle(self, group: Sequence[Request]) -> None:
        """Bring every request of the group to a result or an error; raises nothing."""
        try:
            self._transact(group, begin=self._engine.begin_writing)
        except _Contention:
            for request in group:
                self._replay(request)
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            _fail(group, error)

    def _replay(self, request: Request) -> None:
        """Run it by itself, one replay of the brand at a time: replays that deadlock each other would starve."""
        for _ in range(_MOST_REPLAYS):
            try:
                return self._transact([request], begin=self._engine.begin_alone)
            except _Contention:
                continue
            except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
                return _fail([request], error)
        return _fail([request], Unreachable("other processes kept changing the same rows"))

    def _transact(self, group: Sequence[Request], *, begin: Sequence[str]) -> None:
        """One durable commit for the group; raises, with everything undone, if there can be none."""
        engine, now = self._engine, self._clock.now()
        committing = False
        try:
            self._reconnect()
            self._session.listened = None
            cursor = self._session.cursor
            for statement in begin:
                cursor.execute(statement)
            alone = len(group) == 1
            kept = self._attempt(group[0], now) if alone else self._attempt_parts(group, now)
            if not kept:
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

    def _attempt_parts(self, group: Sequence[Request], now: Instant) -> bool:
        """Whether any request of the group is kept; those for the same joint work are one part of it."""
        kept = [self._attempt_part(part, now) for part in _parts(group)]
        return any(kept)

    def _attempt_part(self, part: Sequence[Request], now: Instant) -> bool:
        if len(part) > 1 and self._attempt_jointly(part, now):
            return True
        kept = [self._attempt_saved(each, now) for each in part]
        return any(kept)

    def _attempt_jointly(self, part: Sequence[Request], now: Instant) -> bool:
        """Work for all at once; false, with all of it undone, if that raised: then nobody knows whose fault it was."""
        engine, cursor, joint = self._engine, self._session.cursor, part[0].joint
        assert joint is not None
        engine.save(cursor, "request")
        try:
            answers = joint(Tx(self._session, now=now, cause=part[0].cause), [each.item for each in part])
        except Exception as error:
            if engine.trouble(error) is not Trouble.ALONE:
                raise
            engine.undo(cursor, "request")
            return False
        engine.release(cursor, "request")
        for request, answer in zip(part, answers, strict=True):
            failed = isinstance(answer, Exception)
            request.result, request.error = (None, answer) if failed else (answer, None)
        return True

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
            if self._engine.trouble(error) is not Trouble.ALONE:
                raise
            request.error = _named(error, self._engine)
            return False
        return True

    def _beat(self, now: Instant) -> None:
        """Remember, at most once a second, how far time has come: a simulation goes on from there."""
        if now.ms >= self._pulse.ms + _PULSE_MS:
            tx = Tx(self._session, now=now, cause="")
            tx.run(_PULSE, writer=self._engine.writer_name(self._session.connection), last_at=now.ms)
            self._pulse = now

    def _translate(self, error: BaseException, *, committing: bool) -> BaseException:
        match self._engine.trouble(error):
            case Trouble.ALONE:
                return error
            case Trouble.CONTENTION:
                return _Contention()
            case Trouble.FULL:
                return DiskFull()
            case Trouble.BUSY:
                return Unreachable("another process holds the database")
            case Trouble.GONE:
                return Unreachable("the database connection broke", lost=committing)


def _parts(group: Sequence[Request]) -> list[list[Request]]:
    """The group in the order it came, requests for the same joint work gathered at the first of them."""
    parts: list[list[Request]] = []
    joint: dict[tuple[Joint, str], list[Request]] = {}
    for request in group:
        known = None if request.joint is None else joint.get((request.joint, request.cause))
        if known is not None:
            known.append(request)
            continue
        parts.append([request])
        if request.joint is not None:
            joint[request.joint, request.cause] = parts[-1]
    return parts


def _fail(group: Sequence[Request], error: BaseException) -> None:
    for request in group:
        request.result, request.error = None, error


def _named(error: Exception, engine: Engine) -> Exception:
    if not engine.is_violation(error):
        return error
    violated = Violated(str(error).partition("\n")[0])  # further lines of a driver's message quote the row
    violated.__cause__ = error
    return violated
