"""How a brand's schema came to be: numbered revisions, the same for both engines, run by Alembic.

A revision is written by `tools/new_revision.py` from the difference between the tables the stages declare and the
newest revision; tests hold that the two never differ. All revisions that are missing run in one transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from roulian.store.engine import Engine

VERSION_TABLE = "store_revision"


def config(connection: sa.Connection | None = None, *, metadata: sa.MetaData | None = None) -> Config:
    """Alembic's settings; `metadata` is needed only to write a new revision."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    settings.attributes["metadata"] = metadata
    return settings


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision; other processes that do the same wait and then find it done."""
    with connected(engine) as connection:
        for statement in engine.begin_alone:
            connection.exec_driver_sql(statement)
        command.upgrade(config(connection), "head")
        connection.commit()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with connected(engine) as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        return context.get_current_revision() == ScriptDirectory.from_config(config()).get_current_head()


@contextmanager
def connected(engine: Engine) -> Iterator[sa.Connection]:
    """A SQLAlchemy connection over one of the engine's own, closed with the block."""
    name = engine.dialect.name
    url = f"{name}+psycopg://" if name == "postgresql" else f"{name}://"
    raw = engine.connect(read_only=False)
    over = sa.create_engine(url, creator=lambda: raw, poolclass=sa.StaticPool)
    try:
        with over.connect() as connection:
            yield connection
    finally:
        over.dispose()
