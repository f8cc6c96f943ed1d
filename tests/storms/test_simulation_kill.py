"""A week of the small brand, killed fifty times between two statements: nothing is lost, nothing is doubled."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from lives import Lives, Toll, forked_from
from simulation_books import Books, audit
from simulation_play import live, opened

from roulian.store import trail
from roulian.words import Instant

TOLL, SEED = Toll(), 20260603
ONLY_ASKS = {"sense.articles"}
"""Errands that change nothing outside. One that eight deaths hit in one place waits for a person, who presses retry."""


@pytest.fixture(scope="module")
def lives() -> Iterator[Lives]:
    with forked_from("simulation_play", live) as lives:
        yield lives


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A durable database for the calm week and one for the storm, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'calm.db'}", f"sqlite:///{tmp_path / 'storm.db'}"
    server = request.getfixturevalue("postgres_url")
    return f"{server}&schema=calm_week", f"{server}&schema=storm_week"


def test_fifty_deaths_leave_the_books_of_a_calm_week(lives: Lives, tmp_path: Path, urls: tuple[str, str]):
    calm, storm = tmp_path / "calm", tmp_path / "storm"
    calm_url, storm_url = urls
    first, later = lives.calm(calm, calm_url)

    for number, death in enumerate(TOLL.deaths(first, later, seed=SEED)):
        survived = lives.lived(storm, storm_url, death)
        assert survived is None, f"the week was over after {number} deaths"
    lives.lived(storm, storm_url)
    given_up = pressed_again(storm, storm_url)

    assert given_up <= ONLY_ASKS
    with Books.of(storm, storm_url) as stormy, Books.of(calm, calm_url) as quiet:
        check_books(stormy, quiet)
    check_stage(storm, storm_url)


def check_books(storm: Books, calm: Books) -> None:
    ours, theirs = storm.paid()
    assert ours == theirs
    assert len(ours) > 20
    gave_back, got_back = storm.returned()
    assert gave_back == got_back
    assert gave_back != []
    assert storm.told_twice() == []
    assert storm.uncertain() > 0
    assert storm.unfinished() == []
    entered, said, opened_lots = storm.lots()
    assert entered == said == opened_lots >= 1
    assert storm.orders() == calm.orders()
    assert storm.demand() == calm.demand()
    assert storm.news() == calm.news()
    assert storm.facts() == calm.facts()


def pressed_again(home: Path, url: str) -> set[str]:
    """The kinds of what is stuck, which a person has had tried again since, as the console does."""

    async def pressed() -> set[str]:
        stage = await opened(home, url)
        try:
            steps = stage.app.store.read(trail.stuck)
            for step in steps:
                stage.app.store.retry(step.id)
            await stage.run_until(Instant(stage.world.ends_ms + 1_200_000))
            return {step.name.partition(" ")[0] for step in steps}
        finally:
            await stage.close()

    return asyncio.run(pressed())


def check_stage(home: Path, url: str) -> None:
    async def audited() -> None:
        stage = await opened(home, url)
        audit(stage)
        await stage.close()

    asyncio.run(audited())
