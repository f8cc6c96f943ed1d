"""One home per test; the merchant's key pair is made once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateways.live.home import Home, a_private_key
from roulian.words import SimulatedClock
from wechat_sandbox import SandboxSettings

Play = Callable[..., Any]


@pytest.fixture(scope="session")
def merchant() -> tuple[str, str]:
    return a_private_key()


@pytest.fixture
def play(clock: SimulatedClock, merchant: tuple[str, str]) -> Play:
    """Run a story `async (home) -> …` in a fresh home."""

    def run(
        story: Callable[[Home], Awaitable[Any]],
        *,
        settings: SandboxSettings | None = None,
        **choices: str,
    ) -> Any:
        async def whole() -> Any:
            home = await Home(clock=clock, merchant=merchant, settings=settings or SandboxSettings()).open(**choices)
            try:
                return await story(home)
            finally:
                await home.close()

        return asyncio.run(whole())

    return run
