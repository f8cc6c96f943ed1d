"""An HTTP proxy that knows one city: it carries WeChat's hosts to the sandbox and refuses every other host.

`CONNECT` opens a tunnel to the TLS door (port 443) or the plain door (port 80). Clients that send the whole address
in the request line instead (plain http, and some that never learnt CONNECT) are carried to the plain door. A refusal
is a 403, so that a test which would have reached the internet fails at once and says why.
"""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

HEAD_WITHIN_S = 10.0
CHUNK_BYTES = 65_536
HTTP_PORT, TLS_PORT = 80, 443
QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux alone has it."""
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a connection."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Carriage:
    """What a request's head asks for: where it wants to go, and the head to send there (none through a tunnel)."""

    wanted: Address
    is_encrypted: bool
    head: bytes = b""


class NotCarriedError(Exception):
    """The proxy does not carry this."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Proxy:
    """Carries `hosts` to the doors `plain` and `tls`; other hosts only if `lets_through`."""

    def __init__(self, *, hosts: tuple[str, ...], plain: Address, tls: Address, lets_through: bool = False) -> None:
        self._hosts = frozenset(hosts)
        self._plain = plain
        self._tls = tls
        self._lets_through = lets_through
        self._carrying: set[asyncio.Task[None]] = set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from its first byte to its last, or to `hang_up`."""
        carrying = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)
        try:
            await carrying
        except NotCarriedError as refusal:
            writer.write(_refusal(refusal))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # one of the ends has gone, or the door closes; there is nobody to tell
        finally:
            writer.close()

    async def hang_up(self) -> None:
        """No connection is carried any more."""
        for carrying in self._carrying:
            carrying.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_WITHIN_S):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise NotCarriedError(
                "431 Request Header Fields Too Large", "the head of the request is too long"
            ) from error
        carriage = read(head)
        door = self._door(carriage)
        try:
            beyond_reader, beyond_writer = await asyncio.open_connection(door.host, door.port)
        except OSError as error:
            raise NotCarriedError("502 Bad Gateway", f"{door.host}:{door.port} cannot be reached") from error
        try:
            if carriage.head:
                beyond_writer.write(carriage.head)
            else:
                writer.write(ESTABLISHED)
            await _both_ways(reader, writer, beyond_reader, beyond_writer)
        finally:
            beyond_writer.close()

    def _door(self, carriage: Carriage) -> Address:
        if carriage.wanted.host in self._hosts:
            return self._tls if carriage.is_encrypted else self._plain
        if self._lets_through:
            return carriage.wanted
        raise NotCarriedError(
            "403 Forbidden",
            f"{carriage.wanted.host} is not a host of WeChat; this proxy carries WeChat's hosts to the sandbox and "
            "nothing else, so that no test reaches the internet (serve with --let-through to carry others as well)",
        )


def read(head: bytes) -> Carriage:
    """What the head of a request (up to and with its empty line) asks the proxy for.

    Raises `NotCarriedError` for a head that is no proxy request.
    """
    first, _, rest = head.partition(b"\r\n")
    try:
        method, target, version = first.decode("latin-1").split(" ")
        if method == "CONNECT":
            wanted = _address(urlsplit(f"//{target}").netloc, TLS_PORT)
            return Carriage(wanted, is_encrypted=wanted.port != HTTP_PORT)
        parts = urlsplit(target)
        wanted = _address(parts.netloc, HTTP_PORT)
    except ValueError as error:
        raise NotCarriedError("400 Bad Request", "this is no request of HTTP with an address") from error
    if not wanted.host:
        raise NotCarriedError(
            "400 Bad Request", "this is a proxy: send CONNECT, or the whole address in the request line"
        )
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    first = f"{method} {path} {version}\r\n".encode("latin-1")
    return Carriage(wanted, is_encrypted=False, head=first + _last_on_its_connection(rest))


def _address(netloc: str, port: int) -> Address:
    parts = urlsplit(f"//{netloc}")
    return Address((parts.hostname or "").rstrip(".").lower(), parts.port or port)


def _last_on_its_connection(headers: bytes) -> bytes:
    """The next request may name another host, so it has to come on a connection of its own."""
    hop = (b"connection:", b"proxy-connection:", b"proxy-authorization:", b"keep-alive:")
    kept = [line for line in headers.split(b"\r\n") if line and not line.lower().startswith(hop)]
    return b"\r\n".join([*kept, b"Connection: close", b"", b""])


def _refusal(refusal: NotCarriedError) -> bytes:
    body = f"{refusal.why}\n".encode()
    head = (
        f"HTTP/1.1 {refusal.status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def _both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    beyond_reader: asyncio.StreamReader,
    beyond_writer: asyncio.StreamWriter,
) -> None:
    asking = asyncio.create_task(_pour(reader, beyond_writer, received=lambda: _acknowledge(writer)))
    try:
        await _pour(beyond_reader, writer)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _pour(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, received: Callable[[], None] = lambda: None
) -> None:
    received()
    while chunk := await source.read(CHUNK_BYTES):
        received()
        sink.write(chunk)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()


def _acknowledge(writer: asyncio.StreamWriter) -> None:
    """Tell the client at once that its bytes are here.

    Through a proxy urllib3, hence requests, holds a request's body back until its head is acknowledged, which Linux
    puts off for 40 ms; the wish holds for a few packets only, so it is said again with each.
    """
    connection: socket.socket = writer.get_extra_info("socket")
    if QUICK_ACK is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
