"""The sandbox's memory: one SQLite file (or `:memory:`), the time it was given, and chance drawn from its seed.

Every call, control action and timer runs in one transaction, its *turn*. A turn's number is stored, and every
drawn id is a hash of (seed, turn, count): the same calls in the same order give the same ids, also after a restart.
"""

import base64
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from wechat_sandbox import tables
from wechat_sandbox.limits import Limit, limits
from wechat_sandbox.settings import SandboxSettings


class State:
    """Everything the sandbox knows. Not for several threads at once."""

    def __init__(self, path: str, *, now_ms: Callable[[], int], seed: int, settings: SandboxSettings) -> None:
        self.settings = settings
        self.limits: dict[str, Limit] = limits()
        self.keys: dict[str, Any] = {}
        self._clock = now_ms
        self._fixed_ms: int | None = None
        self._drawn = 0
        self._db = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._open(in_memory=path == ":memory:")
        self._seed = self._first_seed(seed)
        self.turn = int(self.value("SELECT value FROM meta WHERE name = 'turn'") or 0)
        self.api_paths: frozenset[str] = frozenset()
        self.has_faults = bool(self.value("SELECT COUNT(*) FROM faults"))

    def _open(self, *, in_memory: bool) -> None:
        if in_memory:
            self._db.execute("PRAGMA synchronous = OFF")
        else:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        tables.lay(self._db)
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('turn', '0')")

    def _first_seed(self, seed: int) -> bytes:
        """The seed this memory was first opened with: openids and secrets outlive a restart under another one."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('seed', ?)", (str(seed),))
        return str(self.value("SELECT value FROM meta WHERE name = 'seed'")).encode()

    def close(self) -> None:
        """The file is closed; the state cannot be used any more."""
        self._db.close()

    @contextmanager
    def transaction(self, *, at_ms: int | None = None) -> Iterator[None]:
        """One turn: everything inside is kept together or not at all; `at_ms` fixes the time for a timer."""
        self._db.execute("BEGIN IMMEDIATE")
        self.turn += 1
        self._drawn = 0
        self._fixed_ms = at_ms
        try:
            yield
            self._db.execute("UPDATE meta SET value = ? WHERE name = 'turn'", (self.turn,))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        finally:
            self._fixed_ms = None

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """The cursor of one statement."""
        return self._db.execute(sql, values)

    def run_many(self, sql: str, rows: list[tuple[Any, ...]]) -> None:
        """One statement for every row."""
        self._db.executemany(sql, rows)

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows."""
        return self._db.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else row[0]

    @property
    def now_ms(self) -> int:
        """The sandbox's time, milliseconds since 1970 UTC; inside a timer its due time."""
        return self._clock() if self._fixed_ms is None else self._fixed_ms

    @property
    def now_s(self) -> int:
        """The sandbox's time in whole seconds."""
        return self.now_ms // 1000

    def hashed(self, *words: str, size: int = 16) -> bytes:
        """`size` bytes fixed by the seed and `words` alone, whenever they are asked for."""
        return hashlib.blake2b("\0".join(words).encode(), digest_size=size, key=self._seed).digest()

    def draw(self, size: int = 16) -> bytes:
        """`size` fresh bytes of the seeded chance (≤ 64)."""
        self._drawn += 1
        return hashlib.blake2b(b"%d.%d" % (self.turn, self._drawn), digest_size=size, key=self._seed).digest()

    def draw_text(self, length: int) -> str:
        """`length` fresh characters of the URL-safe base64 alphabet (≤ 85)."""
        return base64.urlsafe_b64encode(self.draw(min(64, length))).decode()[:length]

    def draw_digits(self, length: int) -> str:
        """`length` fresh decimal digits (≤ 38)."""
        return str(int.from_bytes(self.draw(16)) % 10**length).zfill(length)

    def serial_digits(self, length: int) -> str:
        """`length` digits that no other turn of this sandbox gives; at most 100 in one turn."""
        self._drawn += 1
        return str(self.turn * 100 + self._drawn).zfill(length)
