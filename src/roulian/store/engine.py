"""The two engines and where they differ: how to connect, begin, save and undo, and what an error means.

Everything else in the store is the same on both. SQLite is embedded; PostgreSQL (`postgres.py`) serves
several processes.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any, Protocol

import sqlalchemy as sa


class Cursor(Protocol):
    """What of a DBAPI cursor the store uses; sqlite3's and psycopg's both have it."""

    rowcount: int

    def execute(self, sql: str, params: Any = ..., /) -> Any:
        """Run one statement."""
        ...

    def executemany(self, sql: str, params: Sequence[Any], /) -> Any:
        """Run one statement for many parameter sets."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows of the last statement."""
        ...

    def fetchone(self) -> Any:
        """The next row of the last statement, or None."""
        ...


class Connection(Protocol):
    """One connection, used by one thread."""

    def cursor(self) -> Any:
        """A new cursor."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class Trouble(Enum):
    """What an exception inside a group means for the others of the group."""

    ALONE = auto()  # only the request that raised it is undone
    CONTENTION = auto()  # another process was in the way: the group is replayed one by one
    FULL = auto()  # no room on the disk: the group is refused
    BUSY = auto()  # another process holds the database too long
    GONE = auto()  # the connection broke


class Engine(Protocol):
    """One kind of database, at one address.

    `begin_writing` and `begin_snapshot` are statements that begin a transaction; `begin_alone` begins one for
    writing beside which no other of its kind runs, for migrations and replays. `compacting` writes `{tables}` anew.
    """

    dialect: sa.Dialect
    most_in_group: int
    lists_as_json: bool
    is_durable: bool
    reads_on_writer: bool
    skip_locked: str
    begin_writing: tuple[str, ...]
    begin_snapshot: tuple[str, ...]
    begin_alone: tuple[str, ...]
    compacting: tuple[str, ...]

    def connect(self, *, read_only: bool) -> Connection:
        """A new connection in autocommit mode: transactions are begun explicitly."""
        ...

    def literal_cursor(self, connection: Any) -> Any:
        """A cursor for statements in which the database cannot find out the type of an absent value."""
        ...

    def is_alive(self, connection: Any) -> bool:
        """Whether the connection can still be used."""
        ...

    def writer_name(self, connection: Any) -> str:
        """A name for this writer that no other living writer of the brand has."""
        ...

    def save(self, cursor: Cursor, name: str) -> None:
        """Set a savepoint."""
        ...

    def release(self, cursor: Cursor, name: str) -> None:
        """Keep what was done since the savepoint."""
        ...

    def undo(self, cursor: Cursor, name: str) -> None:
        """Undo what was done since the savepoint, and forget it."""
        ...

    def rollback(self, cursor: Cursor) -> None:
        """Undo the whole transaction, if one is open."""
        ...

    def pour(self, cursor: Any, table: sa.Table, columns: Mapping[str, Sequence[Any]]) -> int:
        """How many of the rows, given column by column, were added; those whose key is there are passed over."""
        ...

    def trouble(self, error: BaseException) -> Trouble:
        """What `error` means for the group it was raised in."""
        ...

    def is_violation(self, error: BaseException) -> bool:
        """Whether a constraint of the schema raised `error`."""
        ...

    def is_write_in_read(self, error: BaseException) -> bool:
        """Whether `error` says that a read-only connection was asked to write."""
        ...
