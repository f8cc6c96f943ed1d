"""One brand, one transaction: what a stage's reads and writes are given.

A `Tx` runs statements, says events, sets deadlines, promises calls to the outside and keeps rate limits,
all of it in the same commit; it also tells what is heard twice. Neighbours: `commit` opens it for writing, `readers` for reading.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from roulian.store.engine import Connection, Cursor, Engine, Trouble
from roulian.store.limits import take_place
from roulian.store.routes import Routes
from roulian.store.statement import Sql, Statements
from roulian.store.tables import DEADLINES, DELIVERIES, EVENTS, HEARD, LIMITS, Status
from roulian.words import Bug, Event, Ids, Instant

_SAY = EVENTS.insert()
_DELIVER = DELIVERIES.insert().values(status=Status.DUE, tries=0, error="", done_at=None)
_SET = sa.text(
    "INSERT INTO store_deadlines (kind, key, status, tries, error, due_at, done_at, cause)"
    " VALUES (:kind, :key, 'due', 0, '', :due_at, NULL, :cause)"
    " ON CONFLICT (kind, key) DO UPDATE SET status = 'due', tries = 0, error = '', due_at = excluded.due_at,"
    " done_at = NULL, cause = excluded.cause"
)
_SET_FIRST = sa.text(f"{_SET.text} WHERE store_deadlines.status <> 'due'")
_CANCEL = (
    DEADLINES.update()
    .where(
        DEADLINES.c.kind == sa.bindparam("of_kind"),
        DEADLINES.c.key == sa.bindparam("of_key"),
        DEADLINES.c.status == Status.DUE,
    )
    .values(status=Status.OFF)
)
_PROMISE = sa.text(
    "INSERT INTO store_jobs (id, kind, key, body, status, tries, answer, error, made_at, due_at, done_at, cause)"
    " VALUES (:id, :kind, :key, :body, 'due', 0, NULL, '', :now, :now, NULL, :cause)"
    " ON CONFLICT (kind, key) DO UPDATE SET status = 'due', body = excluded.body, error = '',"
    " answer = NULL, done_at = NULL, cause = excluded.cause"
    " WHERE store_jobs.status = 'lost'"
)

_LOCK_LIMIT = sa.text(
    "INSERT INTO store_limits (key, slots) VALUES (:key, '[]')"
    " ON CONFLICT (key) DO UPDATE SET slots = store_limits.slots RETURNING slots"
)
_SAVE_LIMIT = LIMITS.update().where(LIMITS.c.key == sa.bindparam("of_key")).values(slots=sa.bindparam("slots"))

_HEAR = sa.text("INSERT INTO store_heard (key, until_at) VALUES (:key, :until_at) ON CONFLICT (key) DO NOTHING")
_MOST_FORGOTTEN = 8
_FORGET = HEARD.delete().where(
    HEARD.c.key.in_(
        sa.select(HEARD.c.key)
        .where(HEARD.c.until_at < sa.bindparam("now"))
        .limit(_MOST_FORGOTTEN)
        .with_for_update(skip_locked=True)
    )
)


@dataclass(slots=True)
class Session:
    """One connection and what belongs to it; lives in one thread. `stirred` says that something now waits to move.

    `listened` is what the audience wants, as the present transaction found it; None until it was asked.
    """

    engine: Engine
    connection: Connection
    cursor: Cursor
    literal_cursor: Cursor
    statements: Statements
    routes: Routes
    ids: Ids | None
    stirred: bool = False
    listened: frozenset[str] | None = None

    @classmethod
    def open(cls, engine: Engine, *, routes: Routes, ids: Ids | None) -> "Session":
        """Connect; without `ids` for reading only."""
        connection = engine.connect(read_only=ids is None)
        literal = engine.literal_cursor(connection)
        return cls(engine, connection, connection.cursor(), literal, Statements(engine.dialect), routes, ids)


class Tx:
    """The transaction of one request, handler or question.

    `now` is the one instant of everything that happens in it; `cause` says why it runs (an event, deadline or
    job id, or a request's label). Work given a `Tx` may be run again from the start when another process was in
    the way, so it changes nothing outside.
    """

    __slots__ = ("_session", "cause", "now")

    def __init__(self, session: Session, *, now: Instant, cause: str) -> None:
        """Built by the store alone."""
        self._session = session
        self.now = now
        self.cause = cause

    def new_id(self, kind: str) -> str:
        """A fresh sortable id, `ord_01J…` for kind `ord`. In a read it is a `Bug`."""
        if self._session.ids is None:
            raise Bug("a read draws no ids")
        return self._session.ids.new(kind, self.now)

    def run(self, stmt: Sql, /, **params: Any) -> int:
        """How many rows the statement touched."""
        return self._execute(stmt, params).rowcount

    def rows(self, stmt: Sql, /, **params: Any) -> list[tuple[Any, ...]]:
        """All rows, as plain tuples in SELECT order."""
        return self._execute(stmt, params).fetchall()

    def one(self, stmt: Sql, /, **params: Any) -> tuple[Any, ...] | None:
        """The only row, or None; a second row is a `Bug`."""
        rows = self._execute(stmt, params).fetchall()
        if len(rows) > 1:
            raise Bug(f"one row was asked for and {len(rows)} came")
        return rows[0] if rows else None

    def many(self, stmt: Sql, params: Sequence[Mapping[str, Any]], /) -> int:
        """How many rows the statement touched, run once for each of `params`, which all name the same parameters."""
        if not params:
            return 0
        session = self._session
        compiled = session.statements.get(stmt, params[0])
        as_json = session.engine.lists_as_json
        plain = not compiled.fixed and not compiled.sets
        rows = params if plain else [compiled.bind(dict(row), as_json=as_json) for row in params]
        session.cursor.executemany(compiled.sql, rows)
        return session.cursor.rowcount

    def pour(self, table: sa.Table, columns: Mapping[str, Sequence[Any]], /) -> int:
        """How many of these rows were added: those whose key is there already are passed over.

        The values come column by column, each column as long as the others: for tens of thousands of rows, where
        `many` would cost more than the rows.
        """
        session = self._session
        return session.engine.pour(session.cursor, table, columns)

    def _execute(self, stmt: Sql, params: dict[str, Any]) -> Cursor:
        session = self._session
        compiled = session.statements.get(stmt, params)
        if compiled.fixed or compiled.sets:
            params = compiled.bind(params, as_json=session.engine.lists_as_json)
        cursor = session.literal_cursor if compiled.is_untyped and None in params.values() else session.cursor
        cursor.execute(compiled.sql, params)
        return cursor

    def define(self, ddl: sa.ExecutableDDLElement, /) -> None:
        """Create a table or an index."""
        self._session.cursor.execute(str(ddl.compile(dialect=self._session.engine.dialect)))

    def emit(self, *events: Event) -> None:
        """Say what happened: an outbox row for each here, and one delivery for each handler of the ring."""
        said, due, now = [], [], self.now.ms
        for event in events:
            kind, ident = event.kind(), self.new_id("evt")
            stage = kind.partition(".")[0]
            said.append(
                {"id": ident, "stage": stage, "kind": kind, "body": event.body(), "cause": self.cause, "said_at": now}
            )
            handlers = enumerate(self._handlers(kind))
            due += [{"event": ident, "place": place, "handler": name, "due_at": now} for place, name in handlers]
        self.many(_SAY, said)
        self.many(_DELIVER, due)
        if due:
            self.stir()

    def _handlers(self, kind: str) -> tuple[str, ...]:
        session = self._session
        routes = session.routes
        inside = routes.handlers.get(kind, ())
        if kind not in routes.audible:
            return inside
        if session.listened is None:
            session.listened = routes.listened(self)
        return (*inside, *routes.outside) if kind in session.listened else inside

    def at(self, instant: Instant, kind: str, key: str) -> None:
        """At `instant` the deadline `kind` of `key` falls due; setting it again moves it."""
        self.at_each(kind, {key: instant})

    def at_each(self, kind: str, instants: Mapping[str, Instant]) -> None:
        """Each key's deadline of `kind` falls due at its instant; setting it again moves it."""
        rows = [{"kind": kind, "key": key, "due_at": at.ms, "cause": self.cause} for key, at in instants.items()]
        self.many(_SET, rows)
        if any(at <= self.now for at in instants.values()):
            self.stir()

    def at_first(self, instant: Instant, kind: str, key: str) -> None:
        """As `at` for a deadline that sets itself again: while it waits, it stays where it is."""
        self.run(_SET_FIRST, kind=kind, key=key, due_at=instant.ms, cause=self.cause)
        self.stir()

    def off(self, kind: str, key: str) -> None:
        """The deadline no longer falls due; nothing happens if there is none."""
        self.run(_CANCEL, of_kind=kind, of_key=key)

    def job(self, kind: str, key: str, body: str = "") -> None:
        """Promise a call to the outside, once per (kind, key); promised again it is the same job.

        A job whose outcome was lost is re-armed, after its pause: only its errand's `lost` knows that this is safe.
        """
        self.run(_PROMISE, id=self.new_id("job"), kind=kind, key=key, body=body, now=self.now.ms, cause=self.cause)
        self.stir()

    def stir(self) -> None:
        """After this commit the live pump looks for work at once."""
        self._session.stirred = True

    def take(self, key: str, *, limit: int, per: timedelta) -> bool:
        """Whether one more of `key` is allowed now; taken if so. Never more than `limit` in any window of `per`."""
        row = self.one(_LOCK_LIMIT, key=key)
        assert row is not None
        slots = take_place(row[0], now=self.now, limit=limit, per=per)
        if slots is None:
            return False
        self.run(_SAVE_LIMIT, of_key=key, slots=slots)
        return True

    def hear(self, key: str, *, until: Instant) -> bool:
        """Whether `key` (a nonce, a message's id) is heard for the first time; remembered until `until`, no longer.

        Kept in this commit: what is undone was not heard. Each hearing forgets a few that are over, so the book
        stays as long as what may still be repeated.
        """
        self.run(_FORGET, now=self.now.ms)
        return self.run(_HEAR, key=key, until_at=until.ms) == 1

    def because(self, cause: str) -> "Tx":
        """This transaction, for work with another cause."""
        return Tx(self._session, now=self.now, cause=cause)

    def apart(self, work: Callable[["Tx"], None], *, cause: str) -> Exception | None:
        """Run `work` in its own savepoint: what it raised, all it did undone, or None.

        For the store's own pump: a handler that fails must not undo its neighbours.
        """
        session = self._session
        engine, cursor = session.engine, session.cursor
        engine.save(cursor, "apart")
        try:
            work(self.because(cause))
        except Exception as error:
            if engine.trouble(error) is not Trouble.ALONE:
                raise
            engine.undo(cursor, "apart")
            return error
        engine.release(cursor, "apart")
        return None
