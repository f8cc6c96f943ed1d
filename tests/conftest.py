"""What every test may ask for: a store on each engine, a clock that moves only when told to, ids from a seed."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from roulian.store import Store
from roulian.words import Ids, Instant, SimulatedClock

START = Instant.parse("2026-03-02T08:00:00+08:00")


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def ids() -> Ids:
    return Ids(random.Random(7).getrandbits)


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """Where an empty database is, or will be."""
    return f"sqlite:///{tmp_path / 'brand.db'}"


@pytest.fixture
def store(store_url: str, clock: SimulatedClock, ids: Ids) -> Iterator[Store]:
    """An empty store with every imported stage's tables."""
    store = Store.open(store_url, clock=clock, ids=ids)
    store.create_all()
    yield store
    store.close()
