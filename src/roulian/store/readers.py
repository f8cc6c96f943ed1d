"""Snapshot reads that never block the writer: each thread that asks has its own connection."""

import threading
from collections.abc import Callable
from typing import TypeVar

from roulian.store.engine import Engine, Trouble
from roulian.store.routes import Routes
from roulian.store.tx import Session, Tx
from roulian.words import Bug, Instant, Unreachable

T = TypeVar("T")


class Readers:
    """One read-only connection per thread, opened at its first question."""

    def __init__(self, engine: Engine, *, routes: Routes) -> None:
        """Open nothing yet."""
        self._engine, self._routes = engine, routes
        self._mine = threading.local()
        self._all: list[Session] = []
        self._lock = threading.Lock()

    def read(self, work: Callable[[Tx], T], *, now: Instant) -> T:
        """What `work` finds in one consistent snapshot; `Unreachable` if the database does not answer."""
        session = self._session()
        try:
            for statement in self._engine.begin_snapshot:
                session.cursor.execute(statement)
            return work(Tx(session, now=now, cause=""))
        except Exception as error:
            if self._engine.is_write_in_read(error):
                raise Bug("a read tried to write") from error
            if self._engine.trouble(error) is Trouble.ALONE:
                raise
            raise Unreachable("the database cannot be read now") from error
        finally:
            self._engine.rollback(session.cursor)

    def close(self) -> None:
        """Close every thread's connection; nobody may be reading any more."""
        with self._lock:
            for session in self._all:
                session.connection.close()
            self._all.clear()

    def _session(self) -> Session:
        session: Session | None = getattr(self._mine, "session", None)
        if session is None or not self._engine.is_alive(session.connection):
            session = Session.open(self._engine, routes=self._routes, ids=None)
            self._mine.session = session
            with self._lock:
                self._all.append(session)
        return session
