"""What every test may ask for: a store on each engine, a clock that moves only when told to, ids from a seed."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from private_postgres import private_postgres
from roulian.store import Store
from roulian.words import Ids, Instant, SimulatedClock

START = Instant.parse("2026-03-02T08:00:00+08:00")


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


@pytest.fixture
def store(store_url: str, clock: SimulatedClock, ids: Ids) -> Iterator[Store]:
    """An empty store with every imported stage's tables."""
    store = Store.open(store_url, clock=clock, ids=ids)
    store.create_all()
    yield store
    store.close()
