"""How the world knocks: one HTTP call at a time, in process or over loopback. The world knows no other way in."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

import httpx
import msgspec

Headers = Mapping[str, str]
AsgiApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
FIRST_NOT_OK = 300
_NO_HEADERS: Headers = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body, decoded; `msgspec.DecodeError` when it is not JSON."""
        return msgspec.json.decode(self.body)

    def is_ok(self) -> bool:
        """The call was answered as asked."""
        return self.status < FIRST_NOT_OK


class Door(Protocol):
    """One HTTP server's front door."""

    async def call(self, method: str, path: str, *, body: bytes | None = None, headers: Headers = _NO_HEADERS) -> Reply:
        """The reply to one request; `path` may carry a query."""
        ...


class AsgiDoor:
    """A door into an ASGI application of this process: no socket, no HTTP parser, a few microseconds a call."""

    def __init__(self, app: AsgiApp) -> None:
        """Knock at `app`."""
        self._app = app

    async def call(self, method: str, path: str, *, body: bytes | None = None, headers: Headers = _NO_HEADERS) -> Reply:
        """The application's reply; an exception of the application passes through."""
        plain, _, query = path.partition("?")
        named = {"host": "127.0.0.1", **headers}
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]
        if body is not None:
            raw.append((b"content-type", b"application/json"))
            raw.append((b"content-length", b"%d" % len(body)))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(plain),
            "raw_path": plain.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": raw,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        exchange = _Exchange(body or b"")
        await self._app(scope, exchange.receive, exchange.send)
        return Reply(exchange.status, b"".join(exchange.parts))


class _Exchange:
    """One request's body going in and one response coming out."""

    __slots__ = ("_body", "_is_read", "parts", "status")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._is_read = False
        self.status = 500
        self.parts: list[bytes] = []

    async def receive(self) -> MutableMapping[str, Any]:
        if self._is_read:
            return {"type": "http.disconnect"}
        self._is_read = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))


class HttpDoor:
    """A door over loopback (or any) HTTP."""

    def __init__(self, base_url: str, *, timeout_s: float = 60.0) -> None:
        """Knock at `base_url`; a silent server is an `httpx.TransportError`."""
        self._client = httpx.AsyncClient(base_url=base_url, timeout=timeout_s)

    async def call(self, method: str, path: str, *, body: bytes | None = None, headers: Headers = _NO_HEADERS) -> Reply:
        """The server's reply."""
        kind = {"content-type": "application/json"} if body is not None else {}
        answer = await self._client.request(method, path, content=body, headers={**headers, **kind})
        return Reply(answer.status_code, answer.content)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()
