"""What every request passes first, whichever room it goes to: is it text at all, and does its caller come too fast?

WeChat's callbacks are not slowed: they come from few addresses, signed, and what is refused comes again. Nor are the
built page and the simulation's clock. An address is a phone's, or a whole quarter's behind one carrier's NAT, so its
limit is wide and the one of a session is the narrow one; guessing passwords is the narrowest.
"""

import ipaddress
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

from fastapi import HTTPException

from roulian.web.errors import language, refusal_reply
from roulian.web.hot import Asgi, Receive, Scope, Send, send_reply
from roulian.web.pace import Pace, Paces
from roulian.web.v1.problems import plain_problem
from roulian.web.wire import Reply, UnreadableText
from roulian.words import Refusal

_DOORS = ("/api/", "/v1/")
_LOGIN = "/api/console/session"
_OPEN_API = "/v1/"
_NETWORK_BITS = 64
_MOST_BYTES = (("/v1/", 1 << 20), ("/api/console/", 16 << 20))
"""Bodies of rooms that FastAPI reads; the dispatcher measures its own. The console takes tables of 10 MiB."""


@dataclass(eq=False)
class TooFast(Refusal):
    """The caller makes more requests than one needs."""

    wait_s: int
    code: ClassVar[str] = "too_many_requests"
    zh: ClassVar[str] = "操作太频繁,请 {wait_s} 秒后再试。"
    en: ClassVar[str] = "Too many requests. Try again in {wait_s} s."


class Gate:
    """Refuses what is no text and who comes too fast; everything else goes on to `rest`."""

    def __init__(self, rest: Asgi, *, paces: Paces, now_ms: Callable[[], int]) -> None:
        """`now_ms` is real time: a bucket refills while simulated time stands still."""
        self.rest = rest
        self._now_ms = now_ms
        self._address, self._session, self._login = map(Pace, (paces.address, paces.session, paces.login))
        self._slows = bool(paces.address or paces.session)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                await send_reply(send, _reply(scope, refusal))
                return
            most = next((most for room, most in _MOST_BYTES if scope["path"].startswith(room)), None)
            receive = receive if most is None else _bounded(receive, most)
        await self.rest(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        path: str = scope["path"]
        if "\0" in path or b"%00" in scope["query_string"]:
            return UnreadableText()
        if not path.startswith(_DOORS):
            return None
        wait_ms = 0.0
        if path == _LOGIN and scope["method"] == "POST":
            wait_ms = self._login.wait_ms(_address(scope), self._now_ms())
        elif self._slows:
            now_ms = self._now_ms()
            wait_ms = self._address.wait_ms(_address(scope), now_ms)
            token = _token(scope)
            if not wait_ms and token:
                wait_ms = self._session.wait_ms(hash(token), now_ms)
        return TooFast(ceil(wait_ms / 1000)) if wait_ms else None


def _bounded(receive: Receive, most: int) -> Receive:
    """`receive` up to `most` bytes; beyond them the request is refused while it is still coming."""
    taken = 0

    async def measured() -> MutableMapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return measured


def _token(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return bytes(value)
    return b""


def _address(scope: Scope) -> str:
    """The caller's address; of an IPv6 one its network, since a household has 2⁶⁴ of them."""
    client = scope.get("client")
    host: str = client[0] if client else ""
    if ":" not in host:
        return host
    try:
        return str(ipaddress.ip_network(f"{host.partition('%')[0]}/{_NETWORK_BITS}", strict=False))
    except ValueError:
        return host


def _reply(scope: Scope, refusal: Refusal) -> Reply:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    lang = language(accepted.decode("latin-1"))
    is_open_api = scope["path"].startswith(_OPEN_API)
    reply = plain_problem(refusal, lang) if is_open_api else refusal_reply(refusal, lang)
    headers = {"retry-after": str(refusal.wait_s)} if isinstance(refusal, TooFast) else {}
    return Reply(reply.status, reply.body, reply.media_type, {**reply.headers, **headers})
