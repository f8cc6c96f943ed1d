"""What every test may ask for: a store on each engine, a clock that moves only when told to, ids from a seed."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from private_postgres import private_postgres
from roulian.store import Store
from roulian.words import Ids, Instant, SimulatedClock

if TYPE_CHECKING:
    from house import Blueprint, House

pytest_plugins = ["surface_count"]

# A busy machine is no defect: examples are judged by what they do, never by how long they take.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

START = Instant.parse("2026-03-02T08:00:00+08:00")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser comes last: Playwright keeps its process's event loop running, and async tests need their own."""
    items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the house does."""
    return "asyncio"


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def ids() -> Ids:
    return Ids(random.Random(7).getrandbits)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private server for the whole session; ask for `store_url` instead, it gives an own schema."""
    with private_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def schemas() -> Iterator[int]:
    """Numbers for schemas, one per test."""
    return iter(range(1_000_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database of each engine is, or will be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'brand.db'}"
    number = next(request.getfixturevalue("schemas"))
    return f"{request.getfixturevalue('postgres_url')}&schema=brand_{number}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, schemas: Iterator[int]) -> Callable[[], str]:
    """A new empty database at every call, on each engine: for laws, whose every example begins anew."""
    if request.param == "sqlite":
        return lambda: "sqlite://"
    server = request.getfixturevalue("postgres_url")
    return lambda: f"{server}&schema=law_{next(schemas)}"


@pytest.fixture
def store(store_url: str, clock: SimulatedClock, ids: Ids) -> Iterator[Store]:
    """An empty store with every imported stage's tables."""
    store = Store.open(store_url, clock=clock, ids=ids)
    store.create_all()
    yield store
    store.close()


@pytest.fixture(scope="session")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> "Blueprint":
    """The whole house on its first morning, built once; ask for `house` to live in a copy of it."""
    from house import Blueprint  # the whole platform is imported only where it is lived in

    return asyncio.run(Blueprint.drawn(tmp_path_factory.mktemp("blueprint")))


@pytest.fixture
async def house(blueprint: "Blueprint", tmp_path: Path) -> "AsyncIterator[House]":
    """A running platform beside its sandbox, for this test alone."""
    house = await blueprint.house(tmp_path / "house")
    yield house
    await house.close()
