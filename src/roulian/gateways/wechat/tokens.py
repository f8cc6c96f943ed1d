"""One access token per account, fetched by one caller at a time, kept where several processes can share it.

`stable_token` gives the same token until its last five minutes and does not kill the one before it, so a late
reader of the old one is still served. A token WeChat calls invalid is replaced only if it is still the one kept:
whoever comes second finds the new one and fetches nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from roulian.words.errors import Unreachable
from roulian.words.time import Clock, Instant

_RENEW_BEFORE = timedelta(minutes=4)
"""Inside the five minutes in which WeChat hands out the next token and both are valid."""

_LOOK_EVERY_S = 0.05
_PATIENCE_S = 25.0
"""Longer than a lease: whoever waits outlives a fetching process that died."""


class Lent(Protocol):
    """A value and when it stops being good."""

    @property
    def value(self) -> str:
        """The value."""
        ...

    @property
    def expires_at(self) -> Instant:
        """When WeChat stops taking it."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when WeChat stops taking it."""

    value: str = field(repr=False)
    expires_at: Instant


class TokenShelf(Protocol):
    """Where what WeChat lends is kept by name, and the lease that makes fetching single-flight, across processes."""

    async def kept(self, name: str) -> Lent | None:
        """The value last kept, expired or not."""
        ...

    async def claim(self, name: str) -> str:
        """The lease under which the caller alone may fetch; empty while another holds one that has not run out."""
        ...

    async def keep(self, name: str, value: str, *, expires_at: Instant) -> None:
        """Replace the value kept."""
        ...

    async def release(self, name: str, lease: str) -> None:
        """The lease is over."""
        ...


class TokensInProcess:
    """A shelf for one process: for questions asked once, and tests."""

    def __init__(self) -> None:
        """Begin empty."""
        self._tokens: dict[str, Token] = {}
        self._leases: dict[str, str] = {}
        self._given = 0

    async def kept(self, name: str) -> Token | None:
        """The value last kept, expired or not."""
        return self._tokens.get(name)

    async def claim(self, name: str) -> str:
        """The lease, or nothing while another caller holds it."""
        self._given += 1
        lease = str(self._given)
        return lease if self._leases.setdefault(name, lease) == lease else ""

    async def keep(self, name: str, value: str, *, expires_at: Instant) -> None:
        """Replace the value kept."""
        self._tokens[name] = Token(value, expires_at)

    async def release(self, name: str, lease: str) -> None:
        """The lease is over."""
        if self._leases.get(name) == lease:
            del self._leases[name]


Fetch = Callable[[str], Awaitable[Token]]
"""The account's token from WeChat. Never by `force_refresh`: that kills the token of every other process, is
rationed to 20 a day, and is not needed to replace a token that WeChat itself no longer takes."""


class Tokens:
    """Valid tokens, fetched as seldom as possible; what is fresh is remembered here and costs nothing."""

    def __init__(self, *, shelf: TokenShelf, clock: Clock, fetch: Fetch) -> None:
        """Keep tokens on `shelf`, tell their age by `clock`, get new ones by `fetch`."""
        self._shelf = shelf
        self._clock = clock
        self._fetch = fetch
        self._known: dict[str, Lent] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def current(self, appid: str) -> str:
        """A token believed valid; of all callers and processes at most one fetches."""
        known = self._known.get(appid)
        if known is not None and self._is_fresh(known):
            return known.value
        return await self._renewed(appid, refused="")

    async def instead_of(self, appid: str, refused: str) -> str:
        """The token to try after WeChat refused one; fetched only if `refused` is still the one kept."""
        known = self._known.get(appid)
        if known is not None and known.value == refused:
            del self._known[appid]
        return await self._renewed(appid, refused=refused)

    async def _renewed(self, appid: str, *, refused: str) -> str:
        async with self._locks.setdefault(appid, asyncio.Lock()):
            lent = self._known.get(appid)
            if lent is None or not self._serves(lent, refused):
                lent = await self._shared(appid, refused=refused)
                self._known[appid] = lent
        return lent.value

    async def _shared(self, appid: str, *, refused: str) -> Lent:
        """What the shelf has, or what this caller fetches under its lease, or what another one has fetched by then."""
        name = f"token:{appid}"
        for _ in range(round(_PATIENCE_S / _LOOK_EVERY_S)):
            kept = await self._shelf.kept(name)
            if kept is not None and self._serves(kept, refused):
                return kept
            lease = await self._shelf.claim(name)
            if lease:
                return await self._fetched(appid, name, lease, refused=refused)
            await asyncio.sleep(_LOOK_EVERY_S)
        raise Unreachable(f"another process has been renewing the token of {appid} for too long")

    async def _fetched(self, appid: str, name: str, lease: str, *, refused: str) -> Lent:
        try:
            kept = await self._shelf.kept(name)  # another may have kept one between our look and our lease
            if kept is not None and self._serves(kept, refused):
                return kept
            token = await self._fetch(appid)
            await self._shelf.keep(name, token.value, expires_at=token.expires_at)
            return token
        finally:
            await self._shelf.release(name, lease)

    def _serves(self, lent: Lent, refused: str) -> bool:
        return lent.value != refused and self._is_fresh(lent)

    def _is_fresh(self, lent: Lent) -> bool:
        return self._clock.now().plus(_RENEW_BEFORE) < lent.expires_at


def ticket_name(platform_appid: str) -> str:
    """The name under which the open platform's verify ticket is kept; WeChat pushes a new one every ten minutes."""
    return f"ticket:{platform_appid}"
