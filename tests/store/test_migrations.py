"""The revisions lead to exactly the tables that the rooms declare, on both engines."""

import asyncio
import importlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

import roulian
from roulian.store import METADATA, Store
from roulian.store.migrations import VERSION_TABLE, config, connected
from roulian.words import Ids, SimulatedClock
from shelf import SHELF_TABLES, add, things

pytestmark = pytest.mark.anyio
Opener = Callable[[], Store]


@pytest.fixture(scope="module", autouse=True)
def _every_room_declares_its_tables() -> None:
    rooms = Path(roulian.__file__).parent
    for tables in sorted(rooms.glob("*/tables*")):
        if list(tables.parent.glob("model*")):
            importlib.import_module(f"roulian.{tables.parent.name}.tables")


@pytest.fixture
def open_store(store_url: str, clock: SimulatedClock, ids: Ids):
    opened: list[Store] = []

    def opener() -> Store:
        opened.append(Store.open(store_url, clock=clock, ids=ids))
        return opened[-1]

    yield opener
    for store in opened:
        store.close()


def beside(store_url: str) -> str:
    """Another empty database of the same engine."""
    return store_url.replace("brand.db", "other.db") if store_url.startswith("sqlite") else f"{store_url}_other"


def schema(store: Store) -> dict[str, object]:
    """What the database itself says about its tables."""
    with connected(store.engine) as connection:
        inspector = sa.inspect(connection)
        return {name: described(inspector, name) for name in inspector.get_table_names() if name != VERSION_TABLE}


def described(inspector: sa.Inspector, table: str) -> object:
    columns = [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)]
    checks = sorted((str(c["name"]), c["sqltext"]) for c in inspector.get_check_constraints(table))
    uniques = sorted((str(u["name"]), tuple(u["column_names"])) for u in inspector.get_unique_constraints(table))
    indexes = sorted(
        (str(i["name"]), tuple(i["column_names"]), i["unique"], where(i)) for i in inspector.get_indexes(table)
    )
    foreign = sorted(
        (str(f["name"]), tuple(f["constrained_columns"]), f["referred_table"])
        for f in inspector.get_foreign_keys(table)
    )
    return columns, inspector.get_pk_constraint(table), checks, uniques, indexes, foreign


def where(index: sa.engine.interfaces.ReflectedIndex) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def test_migrated_and_declared_are_the_same(open_store: Opener, store_url: str, clock: SimulatedClock, ids: Ids):
    migrated = open_store()
    migrated.migrate()

    with closing(Store.open(beside(store_url), clock=clock, ids=ids)) as declared:
        declared.create_all()

        assert len(schema(declared)) == len(METADATA.tables)
        assert schema(migrated) == schema(declared)


def test_migrating_twice_changes_nothing_and_keeps_every_row(open_store: Opener):
    store = open_store()
    assert not store.is_current()
    store.migrate()
    store.create_all(SHELF_TABLES)
    store.call(lambda tx: add(tx, "kept"))
    before = schema(store)

    open_store().migrate()

    assert store.is_current()
    assert schema(store) == before
    assert store.read(things) == {"kept": 1}


async def test_processes_that_migrate_at_once_wait_for_each_other(open_store: Opener):
    stores = [open_store() for _ in range(3)]

    await asyncio.gather(*(asyncio.to_thread(store.migrate) for store in stores))

    assert all(store.is_current() for store in stores)


def test_a_revision_can_be_taken_back(open_store: Opener):
    store = open_store()
    store.migrate()

    with connected(store.engine) as connection:
        command.downgrade(config(connection), "base")
        connection.commit()

    assert schema(store) == {}
