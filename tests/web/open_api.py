"""A brand's engineer at the open API: keys of any scope, and calls as they would make them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from house import House
from roulian import people
from roulian.people import May, Role
from roulian.store import Tx

HASH = people.password_hash("铁马冰河入梦来 2026", salt=b"0123456789abcdef")
EVERY = tuple(May)


def key_of(house: House, *scopes: May, chance: int = 1) -> str:
    """A fresh API key with these scopes."""

    def work(tx: Tx) -> str:
        login = f"dev{tx.new_id('x')[-6:].lower()}"
        ident = people.add_staff(tx, login, name=login, role=Role.ADMIN, password_hash=HASH)
        maker = people.Caller(ident, login, frozenset(May))
        drawn = int.from_bytes(login.encode()) + chance
        return people.make_api_key(
            tx, maker, name="test", scopes=scopes, lasts=timedelta(days=30), chance=lambda bits: drawn
        )

    return house.app.store.call(work, cause="test")


@dataclass
class Engineer:
    """Somebody with a key; every change gets a new idempotency key unless one is named."""

    house: House
    token: str
    keys: Iterator[int] = field(default_factory=itertools.count)

    async def ask(
        self, method: str, path: str, /, *, key: str | None = None, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """One request to /v1."""
        told = {"authorization": f"Bearer {self.token}", **(headers or {})}
        if method != "GET":
            told["idempotency-key"] = key or f"k{next(self.keys)}"
        return await self.house.shop.request(method, f"/v1{path}", headers=told, **more)

    async def got(self, path: str, /, **query: Any) -> Any:
        """What a GET answers that must succeed."""
        reply = await self.ask("GET", path, params=query)
        assert reply.status_code == 200, reply.text
        return reply.json()


def engineer(house: House, *scopes: May) -> Engineer:
    """An engineer whose key has these scopes, or every one."""
    return Engineer(house, key_of(house, *(scopes or EVERY)))


def problem(reply: httpx.Response) -> tuple[int, str]:
    """The status and code of a problem document, which must be one."""
    assert reply.headers["content-type"] == "application/problem+json", reply.text
    told = reply.json()
    assert told["status"] == reply.status_code
    assert told["type"] == f"urn:roulian:problem:{told['code']}"
    assert told["trace"] == reply.headers["trace-id"]
    assert told["detail"]
    return reply.status_code, told["code"]
