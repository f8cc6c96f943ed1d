"""One access token per account, fetched by one caller at a time, kept where several processes can share it.

`stable_token` gives the same token until its last five minutes and does not kill the one before it, so a late
reader of the old one is still served. A token WeChat calls invalid is replaced only if it is still the one kept:
whoever comes second finds the new one and fetches nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from roulian.words.time import Clock, Instant

_RENEW_BEFORE = timedelta(minutes=4)
"""Inside the five minutes in which WeChat hands out the next token and both are valid."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when WeChat stops taking it."""

    value: str = field(repr=False)
    expires_at: Instant


class TokenShelf(Protocol):
    """Where tokens are kept, and the lock that makes fetching single-flight, per account."""

    def lock(self, appid: str) -> AbstractAsyncContextManager[object]:
        """Held while one caller fetches."""
        ...

    async def kept(self, appid: str) -> Token | None:
        """The token last kept, expired or not."""
        ...

    async def keep(self, appid: str, token: Token) -> None:
        """Replace the token kept."""
        ...


class TokensInProcess:
    """A shelf for one process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    def lock(self, appid: str) -> AbstractAsyncContextManager[object]:
        """One lock per account."""
        return self._locks.setdefault(appid, asyncio.Lock())

    async def kept(self, appid: str) -> Token | None:
        """The token last kept, expired or not."""
        return self._tokens.get(appid)

    async def keep(self, appid: str, token: Token) -> None:
        """Replace the token kept."""
        self._tokens[appid] = token


Fetch = Callable[[str], Awaitable[Token]]
"""The account's token from WeChat. Never by `force_refresh`: that kills the token of every other process, is
rationed to 20 a day, and is not needed to replace a token that WeChat itself no longer takes."""


class Tokens:
    """Valid tokens, fetched as seldom as possible."""

    def __init__(self, *, shelf: TokenShelf, clock: Clock, fetch: Fetch) -> None:
        """Keep tokens on `shelf`, tell their age by `clock`, get new ones by `fetch`."""
        self._shelf = shelf
        self._clock = clock
        self._fetch = fetch

    async def current(self, appid: str) -> str:
        """A token believed valid; at most one caller fetches."""
        kept = await self._shelf.kept(appid)
        if kept is not None and self._is_fresh(kept):
            return kept.value
        async with self._shelf.lock(appid):
            kept = await self._shelf.kept(appid)
            if kept is not None and self._is_fresh(kept):
                return kept.value
            return await self._fetch_and_keep(appid)

    async def instead_of(self, appid: str, refused: str) -> str:
        """The token to try after WeChat refused one; fetched only if `refused` is still the one kept."""
        async with self._shelf.lock(appid):
            kept = await self._shelf.kept(appid)
            if kept is not None and kept.value != refused:
                return kept.value
            return await self._fetch_and_keep(appid)

    async def _fetch_and_keep(self, appid: str) -> str:
        token = await self._fetch(appid)
        await self._shelf.keep(appid, token)
        return token.value

    def _is_fresh(self, token: Token) -> bool:
        return self._clock.now().plus(_RENEW_BEFORE) < token.expires_at
