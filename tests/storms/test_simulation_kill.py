"""A week of the small brand, killed fifty times between two statements: nothing is lost, nothing is doubled."""

import asyncio
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from simulation_books import Books, audit
from simulation_play import Death, live, opened

DEATHS = 50
YOUNG_DEATHS = 6
"""So many die before the brand is loaded."""
LAST_MINUTE_DEATHS = 14
"""So many die before a commit, with everything done and nothing kept."""
DUMB_DEATHS = 16
"""So many die after WeChat has answered a call and before the answer is kept."""
ANSWER_KEPT = "UPDATE store_jobs SET status = 'done'"
SHARE_OF_A_LIFE = 0.25
"""The other deaths come so often that all of them fit into about this share of the calm run."""
SEED = 20260603
NEVER = Death()


@pytest.fixture(scope="module")
def lives() -> Iterator[ForkServerContext]:
    """Processes that start in milliseconds: each is forked from one that has imported everything."""
    with pytest.MonkeyPatch.context() as patch:
        # The server looks for what it imports beforehand on its own path, and passes in silence what it cannot find.
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield _forking()


def _forking() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["simulation_play"])
    return context


def lived(lives: ForkServerContext, home: Path, url: str, death: Death = NEVER) -> tuple[int, int] | None:
    """How many statements a life took to wake up, and in all, if it saw the end; None when it died before."""
    home.mkdir(exist_ok=True)
    told = home.parent / f"{home.name}.told"
    life = lives.Process(target=live, args=(home, url, death, told))
    life.start()
    life.join()
    died = life.exitcode == -signal.SIGKILL
    assert died or life.exitcode == 0, f"a life ended with {life.exitcode} before {death}"
    life.close()
    if died:
        return None
    waking, whole = map(int, told.read_text().split())
    return waking, whole


def deaths(first: tuple[int, int], later: tuple[int, int]) -> Iterator[Death]:
    """Where each life ends: some while it is born, the others further and further on, in no order of kind."""
    rng = random.Random(SEED)
    (birth, whole), (waking, _) = first, later
    anywhere = DEATHS - YOUNG_DEATHS - DUMB_DEATHS - LAST_MINUTE_DEATHS
    step = round((whole - birth) * SHARE_OF_A_LIFE / anywhere)
    grown = [Death(waking // 2 + rng.randrange(1, 2 * step)) for _ in range(anywhere - 1)]
    grown += [Death(rng.randrange(1, 6), ANSWER_KEPT) for _ in range(DUMB_DEATHS)]
    grown += [Death(rng.randrange(5, 60), "COMMIT") for _ in range(LAST_MINUTE_DEATHS)]
    rng.shuffle(grown)
    yield from (Death(rng.randrange(1, birth)) for _ in range(YOUNG_DEATHS))
    yield Death(birth + rng.randrange(1, 2 * step))
    yield from grown


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str]:
    """A durable database for the calm week and one for the storm, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'calm.db'}", f"sqlite:///{tmp_path / 'storm.db'}"
    server = request.getfixturevalue("postgres_url")
    return f"{server}&schema=calm_week", f"{server}&schema=storm_week"


def test_fifty_deaths_leave_the_books_of_a_calm_week(lives: ForkServerContext, tmp_path: Path, urls: tuple[str, str]):
    calm, storm = tmp_path / "calm", tmp_path / "storm"
    calm_url, storm_url = urls
    first, later = lived(lives, calm, calm_url), lived(lives, calm, calm_url)
    assert first is not None
    assert later is not None

    for number, death in enumerate(deaths(first, later)):
        survived = lived(lives, storm, storm_url, death)
        assert survived is None, f"the week was over after {number} deaths"
    lived(lives, storm, storm_url)

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


def check_stage(home: Path, url: str) -> None:
    async def audited() -> None:
        stage = await opened(home, url)
        audit(stage)
        await stage.close()

    asyncio.run(audited())
