"""One token per account for everyone: tasks, threads and processes on a cold cache fetch it once."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from gateways.live import token_caller
from gateways.live.home import MINI
from gateways.live.served import calls, control, served_sandbox
from roulian import tell
from roulian.gateways.wechat import Token, TokensInProcess
from roulian.gateways.wechat.tokens import Tokens
from roulian.store import KeyRing
from roulian.words import SimulatedClock, Unreachable

STABLE, ASKED = "/cgi-bin/stable_token", "/wxa/sec/order/is_trade_managed"
TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture
def wechat(store_url: str) -> Iterator[str]:
    """A sandbox on a socket, and a brand's store with an account of it whose token nobody has fetched yet."""
    with served_sandbox() as url, closing(token_caller.opened(store_url)) as store:
        secret = control(url, "accounts", appid=MINI, kind="mini_program")["account"]["secret"]
        store.create_all()
        ring = KeyRing.parse(token_caller.KEY, draw=os.urandom)
        store.call(lambda tx: tell.save_secrets(tx, MINI, secrets=tell.Secrets(secret), ring=ring))
        yield url


def test_sixteen_threads_on_a_cold_cache_fetch_one_token(wechat: str, store_url: str):
    with closing(token_caller.opened(store_url)) as store:
        together = threading.Barrier(16)

        def caller() -> None:
            together.wait()
            asyncio.run(token_caller.speak(store, wechat, tasks=1))

        threads = [threading.Thread(target=caller) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (calls(wechat, STABLE), calls(wechat, ASKED)) == (1, 16)


def test_four_processes_on_a_cold_cache_fetch_one_token(wechat: str, store_url: str):
    env = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'src'}"}
    command = [sys.executable, token_caller.__file__, store_url, wechat]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=60)[0] for process in processes]

    assert ends == ["done\n"] * 4
    assert (calls(wechat, STABLE), calls(wechat, ASKED)) == (1, 4 * token_caller.TASKS)


class Outside:
    """WeChat's tokens, numbered as they are fetched."""

    def __init__(self, clock: SimulatedClock, shelf: TokensInProcess) -> None:
        self.clock, self.shelf, self.fetched = clock, shelf, 0
        self.fails = False

    def tokens(self) -> Tokens:
        return Tokens(shelf=self.shelf, clock=self.clock, fetch=self.fetch)

    async def fetch(self, appid: str) -> Token:
        self.fetched += 1
        if self.fails:
            raise Unreachable(f"stable_token of {appid}")
        return Token(f"token{self.fetched}", self.clock.now().plus(timedelta(hours=2)))


@pytest.fixture
def outside(clock: SimulatedClock) -> Outside:
    return Outside(clock, TokensInProcess())


@pytest.mark.anyio
async def test_who_waits_for_anothers_lease_takes_what_the_other_kept(outside: Outside, clock: SimulatedClock):
    lease = await outside.shelf.claim(f"token:{MINI}")
    waiting = asyncio.create_task(outside.tokens().current(MINI))
    await asyncio.sleep(0)

    await outside.shelf.keep(f"token:{MINI}", "theirs", expires_at=clock.now().plus(timedelta(hours=2)))
    await outside.shelf.release(f"token:{MINI}", lease)

    assert await waiting == "theirs"
    assert outside.fetched == 0


@pytest.mark.anyio
async def test_a_failed_fetch_gives_its_lease_back_and_the_next_caller_fetches(outside: Outside):
    outside.fails = True
    with pytest.raises(Unreachable):
        await outside.tokens().current(MINI)
    outside.fails = False

    assert await outside.tokens().current(MINI) == "token2"


@pytest.mark.anyio
async def test_a_refused_token_is_replaced_only_if_it_is_still_the_one_kept(outside: Outside):
    one, two = outside.tokens(), outside.tokens()
    old = await one.current(MINI)
    assert await two.current(MINI) == old

    new = await one.instead_of(MINI, old)
    late = await two.instead_of(MINI, old)

    assert (new, late, outside.fetched) == ("token2", "token2", 2)
