"""Processes that are killed at an exact place, again and again, and where they die: what the kill storms share."""

import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from simulation_play import Death

Live = Callable[[Path, str, Death, Path], None]
NEVER = Death()
ANSWER_KEPT = "UPDATE store_jobs SET status = 'done'"


@dataclass(frozen=True, slots=True)
class Toll:
    """So many deaths of each kind.

    `young` die before the brand is loaded, `last_minute` before a commit with everything done and nothing kept, `dumb`
    after WeChat has answered a call and before the answer is kept, the others anywhere. `share` is of the calm run:
    the deaths come so often that all of them fit into about that much of it.
    """

    young: int = 6
    last_minute: int = 14
    dumb: int = 16
    anywhere: int = 14
    share: float = 0.25

    def deaths(self, first: tuple[int, int], later: tuple[int, int], *, seed: int) -> Iterator[Death]:
        """Where each life ends: some while it is born, the others further and further on, in no order of kind."""
        rng = random.Random(seed)
        (birth, whole), (waking, _) = first, later
        step = max(2, round((whole - birth) * self.share / self.anywhere))
        grown = [Death(waking // 2 + rng.randrange(1, 2 * step)) for _ in range(self.anywhere - 1)]
        grown += [Death(rng.randrange(1, 6), ANSWER_KEPT) for _ in range(self.dumb)]
        grown += [Death(rng.randrange(5, 60), "COMMIT") for _ in range(self.last_minute)]
        rng.shuffle(grown)
        yield from (Death(rng.randrange(1, birth)) for _ in range(self.young))
        yield Death(birth + rng.randrange(1, 2 * step))
        yield from grown


@dataclass(frozen=True, slots=True)
class Lives:
    """Processes that start in milliseconds: each is forked from one that has imported everything."""

    server: ForkServerContext
    live: Live

    def lived(self, home: Path, url: str, death: Death = NEVER) -> tuple[int, int] | None:
        """How many statements a life took to wake up, and in all, if it saw the end; None when it died before."""
        home.mkdir(exist_ok=True)
        told = home.parent / f"{home.name}.told"
        life = self.server.Process(target=self.live, args=(home, url, death, told))
        life.start()
        life.join()
        died = life.exitcode == -signal.SIGKILL
        assert died or life.exitcode == 0, f"a life ended with {life.exitcode} before {death}"
        life.close()
        if died:
            return None
        waking, whole = map(int, told.read_text().split())
        return waking, whole

    def calm(self, home: Path, url: str) -> tuple[tuple[int, int], tuple[int, int]]:
        """What a first life takes that nothing disturbs, and what one takes that finds everything done."""
        first, later = self.lived(home, url), self.lived(home, url)
        assert first is not None
        assert later is not None
        return first, later


@contextmanager
def forked_from(module: str, live: Live) -> Iterator[Lives]:
    """Lives of `live`, which `module` holds."""
    with pytest.MonkeyPatch.context() as patch:
        # The server looks for what it imports beforehand on its own path, and passes in silence what it cannot find.
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([module])
        yield Lives(context, live)
