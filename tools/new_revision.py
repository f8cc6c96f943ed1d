"""Write the next revision of the schema: `python tools/new_revision.py "Keep reviews"`.

Compares the tables that all rooms declare with the newest revision, on an empty SQLite database. Read what it wrote
before committing it: a renamed column looks like one dropped and one added.
"""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script, ScriptDirectory

import roulian
from roulian.store import METADATA
from roulian.store.migrations import config, connected, upgrade
from roulian.store.sqlite import SqliteEngine

ROOMS = Path(roulian.__file__).parent


def declare_all_tables() -> None:
    """Import every room's tables, so that METADATA knows them."""
    stages = {tables.parent for tables in ROOMS.glob("*/tables*") if list(tables.parent.glob("model*"))}
    for stage in sorted(stages):
        importlib.import_module(f"roulian.{stage.name}.tables")


def main(message: str) -> None:
    """Write one revision file and say where."""
    declare_all_tables()
    with tempfile.TemporaryDirectory() as folder:
        engine = SqliteEngine(f"sqlite:///{folder}/brand.db")
        upgrade(engine)
        with connected(engine) as connection:
            settings = config(connection, metadata=METADATA)
            written = len(list(ScriptDirectory.from_config(settings).walk_revisions()))
            settings.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
            revision = command.revision(settings, message, autogenerate=True, rev_id=f"{written + 1:04}")
    assert isinstance(revision, Script)
    tidy(Path(revision.path))


def tidy(path: Path) -> None:
    """Take out the generator's banners and format the file."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.lstrip().startswith("# ###")), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", path], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
