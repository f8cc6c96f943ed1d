"""The tables of `schema/*.sql`, laid into a new file or an older one.

A file that an earlier version made keeps everything: its tables get the columns that were added since, filled with
their default. Columns are only ever added, at the end.
"""

import importlib.resources
import sqlite3

EMPTY = {"TEXT": "''", "INTEGER": "0", "REAL": "0"}


def lay(db: sqlite3.Connection) -> None:
    """Every table and index is there, with all its columns."""
    wanted = sqlite3.connect(":memory:")
    for script in _scripts():
        wanted.executescript(script)
    for (table,) in wanted.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        known = {column[1] for column in db.execute(f"PRAGMA table_info({table})")}
        if known:
            _add_columns(
                db, table, [row for row in wanted.execute(f"PRAGMA table_info({table})") if row[1] not in known]
            )
    wanted.close()
    for script in _scripts():
        db.executescript(script)


def _scripts() -> list[str]:
    folder = importlib.resources.files("wechat_sandbox").joinpath("schema")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [file.read_text("utf-8") for file in files]


def _add_columns(
    db: sqlite3.Connection, table: str, columns: list[tuple[object, str, str, int, str | None, int]]
) -> None:
    for _, name, kind, is_required, default, _ in columns:
        filled = f" NOT NULL DEFAULT {default or EMPTY[kind]}" if is_required else ""
        db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{filled}")
