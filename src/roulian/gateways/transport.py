"""One HTTP exchange, and what its failure means: never reached, or perhaps done and the answer lost.

The two gateways to WeChat share it. Nothing here retries: only a caller knows whether a second try is safe.
WeChat's hosts know neither cookies nor redirects nor HTTP authentication, so requests go straight to httpx's
transport: a quarter of the CPU of its client (66 µs against 250), nothing taken from the environment, and no
log of URLs, in which WeChat wants tokens and secrets. A way through a proxy is asked for by name.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from roulian.words.errors import Unreachable

AsgiApp = Callable[..., Awaitable[None]]
Transport = httpx.AsyncBaseTransport
"""What carries requests in place of the network."""

_TIMEOUT = httpx.Timeout(connect=3.0, read=8.0, write=5.0, pool=3.0)
"""Seconds. WeChat answers within a few hundred milliseconds or not at all."""

_WHOLE_WITHIN_S = 60.0
"""For all of an exchange: httpx counts its own seconds from byte to byte, so an answer that drips would never end."""

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_SERVER_ERROR = 500
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Host:
    """One of WeChat's hosts. Close it when done."""

    def __init__(self, base_url: str, *, transport: httpx.AsyncBaseTransport | None, within_s: float) -> None:
        """`transport` replaces the network (an ASGI app in process); no exchange takes longer than `within_s`."""
        self._base_url = base_url.rstrip("/")
        self._within_s = within_s
        self._transport = transport or httpx.AsyncHTTPTransport(limits=_LIMITS)

    def build_request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        """A request to `path` with `params` as its query."""
        query = f"?{urlencode(params)}" if params else ""
        return httpx.Request(
            method,
            f"{self._base_url}{path}{query}",
            headers={"user-agent": "roulian", **(headers or {})},
            content=content,
            extensions={"timeout": _TIMEOUT.as_dict()},
        )

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The whole answer; raises `httpx.TransportError` or, when it does not end, `TimeoutError`."""
        async with asyncio.timeout(self._within_s):
            response = await self._transport.handle_async_request(request)
            response.request = request
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        """Open for the length of a block."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed at its end."""
        await self.aclose()


def through(proxy: str, *, ca: Path | None) -> httpx.AsyncBaseTransport:
    """Carries requests through the HTTP proxy at the URL `proxy` (a fixed address that WeChat's whitelist knows).

    `ca` is a PEM file with the authority to trust instead of the public ones, as the lone sandbox has one.
    """
    trusted = ssl.create_default_context(cafile=ca)
    return httpx.AsyncHTTPTransport(proxy=httpx.Proxy(proxy) if proxy else None, verify=trusted, limits=_LIMITS)


def in_process(app: AsgiApp) -> httpx.AsyncBaseTransport:
    """Carries requests into an ASGI app of this process, which sees a caller on loopback; its exceptions pass through.

    httpx calls its transport made from a function `MockTransport`; nothing is mocked. Its own ASGI transport costs
    110 µs more a call and looks for an async library on disk each time.
    """
    return httpx.MockTransport(partial(_carried, app))


async def _carried(app: AsgiApp, request: httpx.Request) -> httpx.Response:
    url = request.url
    path, _, query = url.raw_path.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": path,
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (url.host, url.port),
    }
    said = _Said()

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": request.content, "more_body": False}

    await app(scope, receive, said.send)
    return httpx.Response(said.status, headers=said.headers, content=b"".join(said.parts), request=request)


class _Said:
    """What an app sends."""

    def __init__(self) -> None:
        self.status = _SERVER_ERROR
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.parts.append(message.get("body", b""))


def opened(base_url: str, *, transport: httpx.AsyncBaseTransport | None, within_s: float = _WHOLE_WITHIN_S) -> Host:
    """One host, with explicit timeouts; `transport` replaces the network (an ASGI app in process)."""
    return Host(base_url, transport=transport, within_s=within_s)


async def exchange(host: Host, request: httpx.Request, *, is_repeatable: bool) -> httpx.Response:
    """The answer, with any status below 500.

    Raises `Unreachable`: `lost` when the request may have arrived and may not be sent again
    (`is_repeatable` says that a second call with the same content does nothing new).
    """
    what = f"{request.method} {request.url.path}"
    try:
        response = await host.send(request)
    except _NEVER_SENT as error:
        raise Unreachable(f"{what}: {type(error).__name__}") from error
    except (httpx.TransportError, TimeoutError) as error:
        raise Unreachable(f"{what}: {type(error).__name__}", lost=not is_repeatable) from error
    if response.status_code >= _SERVER_ERROR:
        raise Unreachable(f"{what}: HTTP {response.status_code}", lost=not is_repeatable)
    return response
