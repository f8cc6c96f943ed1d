"""Posting over the network, and only to addresses that are the public's.

Whoever may name an address could have us knock at doors behind our own wall (server-side request forgery). So the
name is resolved here, every address it has must be public, and the connection goes to the very address that was
looked at: a name that leads elsewhere a moment later leads nowhere. No redirect is followed, no proxy is taken from
the environment, and of the answer the status alone is read.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

import httpx

from roulian.gateways.webhooks import Post, Posted, signed_headers
from roulian.words.time import Clock

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, as text; raises `OSError` where it has none."""

WHOLE_WITHIN_S = 15.0
"""For all of one message, from the name to the status."""

_TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=5.0, pool=5.0)
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):  # noqa: N818 - an answer, not a failure
    """The name leads to an address that is not the public's."""


class LiveWebhooks:
    """Posts from this machine. `may_be_inside` lets messages go to private addresses too, for one's own network."""

    def __init__(
        self,
        *,
        clock: Clock,
        may_be_inside: bool = False,
        resolve: Resolve | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        within_s: float = WHOLE_WITHIN_S,
    ) -> None:
        """Stamp by `clock`, which must be the real time: receivers compare it with theirs."""
        self._clock, self._may_be_inside, self._within_s = clock, may_be_inside, within_s
        self._resolve = resolve or resolved
        # No connection is kept: one that was opened for a name must not serve another of the same address.
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=0)
        self._transport = transport or httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def post(self, post: Post) -> Posted:
        """What the receiver answered; see `Webhooks.post`."""
        try:
            async with asyncio.timeout(self._within_s):
                return Posted(await self._status(post))
        except AddressRefused:
            return Posted(None, "address_refused")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Posted(None, type(error).__name__)

    async def aclose(self) -> None:
        """Let go of the network."""
        await self._transport.aclose()

    async def _status(self, post: Post) -> int:
        url = httpx.URL(post.url)
        port = url.port or _PORTS[url.scheme]
        found = await self._resolve(url.host, port)
        if not self._may_be_inside and not all(map(is_public, found)):
            raise AddressRefused
        request = httpx.Request(
            "POST",
            url.copy_with(host=found[0], port=port),
            headers={
                "host": url.netloc.decode("ascii"),
                "user-agent": "roulian-webhooks/1",
                "content-type": "application/json",
                **signed_headers(post.message, post.body, secrets=post.secrets, now=self._clock.now()),
            },
            content=post.body,
            extensions={"timeout": _TIMEOUT.as_dict(), "sni_hostname": url.host},
        )
        response = await self._transport.handle_async_request(request)
        await response.aclose()
        return response.status_code


async def resolved(host: str, port: int) -> Sequence[str]:
    """Every address the machine's resolver knows of `host`."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Whether an address is the public's: no loopback, private, link-local, shared, reserved or multicast one.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64) is what it carries.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        carried = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if parsed in _NAT64:
            carried = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(str(carried))
    return parsed.is_global and not parsed.is_multicast
