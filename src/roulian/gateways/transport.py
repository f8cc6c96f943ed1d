"""One HTTP exchange, and what its failure means: never reached, or perhaps done and the answer lost.

The two gateways to WeChat share it. Nothing here retries: only a caller knows whether a second try is safe.
"""

import logging

import httpx

from roulian.words.errors import Unreachable

_TIMEOUT = httpx.Timeout(connect=3.0, read=8.0, write=5.0, pool=3.0)
"""Seconds. WeChat answers within a few hundred milliseconds or not at all."""

_SERVER_ERROR = 500
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def opened(base_url: str, *, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    """A client for one host, with explicit timeouts; `transport` replaces the network (an ASGI app in process).

    WeChat wants tokens and secrets in the URL and httpx writes every URL to its log at INFO, so that log is
    kept to warnings.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(base_url=base_url, transport=transport, timeout=_TIMEOUT)


async def exchange(client: httpx.AsyncClient, request: httpx.Request, *, is_repeatable: bool) -> httpx.Response:
    """The answer, with any status below 500.

    Raises `Unreachable`: `lost` when the request may have arrived and may not be sent again
    (`is_repeatable` says that a second call with the same content does nothing new).
    """
    what = f"{request.method} {request.url.path}"
    try:
        response = await client.send(request)
    except _NEVER_SENT as error:
        raise Unreachable(f"{what}: {type(error).__name__}") from error
    except httpx.TransportError as error:
        raise Unreachable(f"{what}: {type(error).__name__}", lost=not is_repeatable) from error
    if response.status_code >= _SERVER_ERROR:
        raise Unreachable(f"{what}: HTTP {response.status_code}", lost=not is_repeatable)
    return response
