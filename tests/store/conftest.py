"""The store's tests have a shelf beside the brand's tables, and open stores with any motion on it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from roulian.store import Motion, Store
from roulian.words import Ids, SimulatedClock
from shelf import create_shelf

Opener = Callable[..., Store]


@pytest.fixture
def open_store(store_url: str, clock: SimulatedClock, ids: Ids) -> Iterator[Opener]:
    """Open the test's database, once or several times as several processes would; all closed at the end."""
    with ExitStack() as stack:

        def opened(motion: Motion | None = None) -> Store:
            store = stack.enter_context(closing(Store.open(store_url, clock=clock, ids=ids, motion=motion)))
            store.call(create_shelf)
            return store

        yield opened


@pytest.fixture
def store(open_store: Opener) -> Store:
    """A store with a shelf, on which nothing moves by itself."""
    return open_store()
