"""A full disk refuses, keeps what it had, and goes on when there is room again."""

import asyncio

import pytest
import sqlalchemy as sa

from roulian.store import DiskFull, Store
from shelf import add, things

pytestmark = pytest.mark.anyio
_PAGES = sa.text("PRAGMA page_count")


@pytest.fixture(params=["sqlite"])
def store_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'brand.db'}"


def limit_pages(store: Store, *, more: int) -> None:
    """Let the file grow by `more` pages only: SQLite then fails as on a full disk, with SQLITE_FULL."""
    pages = store.call(lambda tx: tx.one(_PAGES))[0]
    store.call(lambda tx: tx.rows(sa.text(f"PRAGMA max_page_count = {pages + more}")))


async def test_a_full_disk_refuses_and_keeps_what_was_acknowledged(store: Store):
    kept: dict[str, int] = {}
    limit_pages(store, more=20)

    async def fill() -> None:
        for number in range(10_000):
            name = f"{number} " + "x" * 500
            await store.run(lambda tx, name=name: add(tx, name))
            kept[name] = 1

    with pytest.raises(DiskFull) as refused:
        await fill()

    assert 10 < len(kept) < 10_000
    assert store.read(things) == kept
    assert "磁盘" in refused.value.text("zh")
    limit_pages(store, more=20)
    await store.run(lambda tx: add(tx, "room again " + "x" * 500))
    assert len(store.read(things)) == len(kept) + 1


async def test_a_group_that_does_not_fit_is_refused_as_one(store: Store):
    limit_pages(store, more=4)

    works = [store.run(lambda tx, n=n: add(tx, f"{n} " + "x" * 2000)) for n in range(50)]
    answers = await asyncio.gather(*works, return_exceptions=True)

    kept = store.read(things)
    refused = [n for n, answer in enumerate(answers) if isinstance(answer, DiskFull)]
    assert refused
    assert {f"{n} " + "x" * 2000 for n in range(50) if n not in refused} == set(kept)
