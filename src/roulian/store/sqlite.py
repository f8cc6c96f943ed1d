"""SQLite, embedded: one file per brand, WAL, a durable commit per group."""

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from roulian.store.engine import Cursor, Trouble

_PRIMARY_CODE = 0xFF
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_POURED_AT_ONCE = 50
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class SqliteEngine:
    """`sqlite:///path` is a file; `sqlite://` lives in memory and dies with the store.

    `?synchronous=off` gives up durability against power loss, for simulations that are thrown away.
    """

    most_in_group = 512
    lists_as_json = True
    skip_locked = ""
    begin_writing: tuple[str, ...] = ("BEGIN IMMEDIATE",)
    begin_snapshot: tuple[str, ...] = ("BEGIN",)
    begin_alone: tuple[str, ...] = begin_writing
    compacting: tuple[str, ...] = ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")

    def __init__(self, url: str) -> None:
        """Remember where; nothing is opened yet."""
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.path = parts.path.removeprefix("/") or ":memory:"
        self.synchronous = {"full": "FULL", "off": "OFF"}[options.get("synchronous", "full")]
        self.reads_on_writer = self.path == ":memory:"
        self.is_durable = self.synchronous == "FULL" and not self.reads_on_writer
        self.dialect: sa.Dialect = SQLiteDialect_pysqlite(paramstyle="named")

    def connect(self, *, read_only: bool) -> sqlite3.Connection:
        """A new connection; it may be closed, but not used, by another thread."""
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=1024, timeout=10.0
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def literal_cursor(self, connection: sqlite3.Connection) -> sqlite3.Cursor:
        """SQLite values know their own types."""
        return connection.cursor()

    def is_alive(self, connection: Any) -> bool:  # noqa: ARG002 - the signature of every engine
        """A file does not hang up."""
        return True

    def writer_name(self, connection: Any) -> str:  # noqa: ARG002 - the signature of every engine
        """SQLite has one writer at a time."""
        return "sqlite"

    def save(self, cursor: Cursor, name: str) -> None:
        """Set a savepoint."""
        cursor.execute(f"SAVEPOINT {name}")

    def release(self, cursor: Cursor, name: str) -> None:
        """Keep what was done since the savepoint."""
        cursor.execute(f"RELEASE {name}")

    def undo(self, cursor: Cursor, name: str) -> None:
        """Undo what was done since the savepoint, and forget it."""
        cursor.execute(f"ROLLBACK TO {name}")
        cursor.execute(f"RELEASE {name}")

    def rollback(self, cursor: Any) -> None:
        """Undo the whole transaction; SQLite may have done so itself on a full disk."""
        if cursor.connection.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):
                cursor.execute("ROLLBACK")

    def pour(self, cursor: sqlite3.Cursor, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> int:
        """Many rows per statement: the driver lets go of the interpreter, and takes it again, once per statement."""
        rows = list(zip(*columns.values(), strict=True))
        whole = len(rows) - len(rows) % _POURED_AT_ONCE
        many, single = (_insert(table, columns, count) for count in (_POURED_AT_ONCE, 1))
        added = 0
        for first in range(0, whole, _POURED_AT_ONCE):
            cursor.execute(many, list(chain.from_iterable(rows[first : first + _POURED_AT_ONCE])))
            added += cursor.rowcount
        if whole < len(rows):
            cursor.executemany(single, rows[whole:])
            added += cursor.rowcount
        return added

    def trouble(self, error: BaseException) -> Trouble:
        """By SQLite's result code (https://www.sqlite.org/rescode.html)."""
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _FULL:
            return Trouble.FULL
        return Trouble.BUSY if code in _BUSY else Trouble.ALONE

    def is_violation(self, error: BaseException) -> bool:
        """UNIQUE, CHECK, NOT NULL, FOREIGN KEY."""
        return isinstance(error, sqlite3.IntegrityError)

    def is_write_in_read(self, error: BaseException) -> bool:
        """SQLITE_READONLY."""
        return getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE == sqlite3.SQLITE_READONLY


def _insert(table: sa.Table, columns: Iterable[str], count: int) -> str:
    names = tuple(columns)
    row = f"({', '.join('?' * len(names))})"
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * count)} ON CONFLICT DO NOTHING"
