"""PostgreSQL 15 or newer through psycopg 3: one schema per brand, several processes.

Groups stay below 64 savepoints: beyond that a backend's subtransactions overflow its shared cache and every
snapshot on the server slows down. Savepoints are not released one by one: COMMIT releases them all, and each
release would be a round trip.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
import sqlalchemy as sa
from psycopg.adapt import Loader
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from roulian.store.engine import Cursor, Trouble

_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_CONTENTION = frozenset({"40001", "40P01", "55P03"})  # serialization failure, deadlock, lock timeout
_DISK_FULL = "53100"
_GONE_CLASSES = frozenset({"08", "53", "57", "58"})  # connection, resources, operator intervention, system error
_PATIENCE = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"


class _NumberLoader(Loader):
    """`sum(bigint)` is NUMERIC in PostgreSQL and an integer in SQLite; both read as int, or float with a fraction."""

    def load(self, data: Any) -> int | float:
        number = Decimal(bytes(data).decode())
        return int(number) if number.as_tuple().exponent == 0 else float(number)


class PostgresEngine:
    """`postgresql://user@host/database?schema=brand`; other options are libpq's. `synchronous=off` as in SQLite."""

    most_in_group = 60
    lists_as_json = False
    is_durable = True
    reads_on_writer = False
    skip_locked = "skip"
    begin_writing: tuple[str, ...] = ("BEGIN",)
    compacting: tuple[str, ...] = ("VACUUM FULL {tables}",)
    begin_snapshot: tuple[str, ...] = ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)

    def __init__(self, url: str) -> None:
        """Remember where; nothing is opened yet. A schema that is no plain name is a `ValueError`."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        self.schema = options.pop("schema", "public")
        if not _SCHEMA_NAME.fullmatch(self.schema):
            raise ValueError(f"a schema is named like a_brand_7, not {self.schema!r}")
        commit = options.pop("synchronous", "full")
        self.begin_alone: tuple[str, ...] = ("BEGIN", f"SELECT pg_advisory_xact_lock(hashtext('{self.schema}'))")
        self.conninfo = urlunsplit(parts._replace(query=urlencode(options)))
        self._settings = f"-c search_path={self.schema} {_PATIENCE} -c synchronous_commit={_COMMIT[commit]}"
        self.dialect: sa.Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]

    def connect(self, *, read_only: bool) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection, its schema made if the writer finds none."""
        connection = psycopg.connect(self.conninfo, autocommit=True, options=self._settings, prepare_threshold=1)
        connection.prepared_max = 1000
        connection.adapters.register_dumper(str, StrDumper)
        connection.adapters.register_dumper(int, Int8Dumper)
        connection.adapters.register_loader("numeric", _NumberLoader)
        if not read_only:
            self._make_schema(connection)
        return connection

    def literal_cursor(self, connection: psycopg.Connection[tuple[Any, ...]]) -> Any:
        """`:x IS NULL` with nothing in `x` has no type for the server; written out as NULL it needs none."""
        return psycopg.ClientCursor(connection)

    def is_alive(self, connection: Any) -> bool:
        """Whether the connection can still be used."""
        return not connection.closed

    def writer_name(self, connection: Any) -> str:
        """The server process of this connection; ended ones are named anew, so the names stay few."""
        return f"backend {connection.info.backend_pid}"

    def save(self, cursor: Cursor, name: str) -> None:
        """Set a savepoint."""
        cursor.execute(f"SAVEPOINT {name}")

    def release(self, cursor: Cursor, name: str) -> None:
        """Nothing: COMMIT will."""

    def undo(self, cursor: Cursor, name: str) -> None:
        """Undo what was done since the savepoint, and forget it."""
        cursor.execute(f"ROLLBACK TO {name}; RELEASE {name}")

    def rollback(self, cursor: Any) -> None:
        """Undo the whole transaction, if one is open."""
        if not cursor.connection.closed:
            cursor.execute("ROLLBACK")

    def pour(self, cursor: Any, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> int:
        """One statement, each column one array."""
        types = (table.c[name].type.compile(self.dialect) for name in columns)
        arrays = ", ".join(f"%s::{each}[]" for each in types)
        cursor.execute(
            f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING",
            [list(values) for values in columns.values()],
        )
        return int(cursor.rowcount)

    def trouble(self, error: BaseException) -> Trouble:
        """By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
        if not isinstance(error, psycopg.Error):
            return Trouble.ALONE
        state = error.sqlstate
        if state in _CONTENTION:
            return Trouble.CONTENTION
        if state == _DISK_FULL:
            return Trouble.FULL
        gone = isinstance(error, psycopg.OperationalError) and (state is None or state[:2] in _GONE_CLASSES)
        return Trouble.GONE if gone else Trouble.ALONE

    def is_violation(self, error: BaseException) -> bool:
        """UNIQUE, CHECK, NOT NULL, FOREIGN KEY."""
        return isinstance(error, psycopg.IntegrityError)

    def is_write_in_read(self, error: BaseException) -> bool:
        """SQLSTATE 25006."""
        return isinstance(error, psycopg.errors.ReadOnlySqlTransaction)

    def _make_schema(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (self.schema,)).fetchone()
        if found is None:
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (self.schema,))
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")


_COMMIT = {"full": "on", "off": "off"}
