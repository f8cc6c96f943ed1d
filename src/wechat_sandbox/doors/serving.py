"""The sandbox behind its three doors until it is told to stop: plain HTTP, WeChat's hosts over TLS, and the proxy.

One loop and one thread for everything, because a sandbox wants one thread. All sockets are bound before the first
door opens, so that a taken port is one clear error and port 0 is known when it is told.
"""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from wechat_sandbox.app import Sandbox
from wechat_sandbox.doors.authority import Certificates, certificates
from wechat_sandbox.doors.headers import as_written
from wechat_sandbox.doors.hosts import hosts
from wechat_sandbox.doors.proxy import Address, Proxy
from wechat_sandbox.sending import Answer, Callback, Send

ANSWER_WITHIN_S = 5.0
PUMP_EVERY_S = 0.2
LAST_WORDS_S = 2
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for by the user # nosec B104


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the doors shall be: port 0 means any free one; `keys` is the folder of the local authority."""

    keys: Path
    host: str = "127.0.0.1"
    http_port: int = 18080
    tls_port: int = 18443
    proxy_port: int = 18888
    lets_through: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the doors are, as a program on this machine reaches them."""

    http: Address
    tls: Address
    proxy: Address
    certificates: Certificates


class DoorTakenError(Exception):
    """Another program listens where a door should be."""


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is open, and leaves signals to `serve`: two of them share one loop here."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.opened = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.opened.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(sandbox: Sandbox, doors: Doors, *, announce: Callable[[Opened], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` is told once, when every door accepts connections.

    Raises `DoorTakenError` for a port in use and `OSError` for a folder of keys that cannot be written.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    with ExitStack() as stack:
        plain, tls, carried = (
            stack.enter_context(_listening(doors.host, port))
            for port in (doors.http_port, doors.tls_port, doors.proxy_port)
        )
        opened = Opened(
            http=_reached(doors.host, plain),
            tls=_reached(doors.host, tls),
            proxy=_reached(doors.host, carried),
            certificates=certificates(doors.keys, hosts=hosts(), now=datetime.now(UTC)),
        )
        servers = (_server(sandbox), _server(sandbox, certificate=opened.certificates.server))
        proxy = Proxy(hosts=hosts(), plain=opened.http, tls=opened.tls, lets_through=doors.lets_through)
        async with asyncio.TaskGroup() as group:
            pumping = group.create_task(_pump(sandbox))
            for server, listening in zip(servers, (plain, tls), strict=True):
                group.create_task(server.serve(sockets=[listening]))
            carrying = await asyncio.start_server(proxy.carry, sock=carried)
            for server in servers:
                await server.opened.wait()
            announce(opened)
            await stopped.wait()
            carrying.close()
            await proxy.hang_up()
            pumping.cancel()
            for server in servers:
                server.should_exit = True


def sender(client: httpx.AsyncClient) -> Send:
    """Carries callbacks to their receivers with `client`; one that fails in any way counts as unreachable."""

    async def send(callback: Callback) -> Answer:
        try:
            reply = await client.request(
                callback.method, callback.url, content=callback.body, headers=dict(callback.headers)
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return Answer(0)
        return Answer(reply.status_code, reply.content)

    return send


def messenger() -> httpx.AsyncClient:
    """A client for callbacks: five seconds, the system's authorities or SSL_CERT_FILE, never through a proxy.

    The user's shell often has HTTPS_PROXY set to the sandbox's own proxy, which carries WeChat's hosts alone.
    """
    return httpx.AsyncClient(timeout=ANSWER_WITHIN_S, trust_env=False, verify=ssl.create_default_context())


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With TCP named, asyncio sends small answers at once; by the default 0 each one would wait 40 ms for an ACK.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
            listening.listen()
        except OSError as error:
            raise DoorTakenError(f"{host}:{port}: {error.strerror}") from error
        yield listening


def _reached(host: str, listening: socket.socket) -> Address:
    return Address(EVERYWHERE.get(host, host), listening.getsockname()[1])


def _server(sandbox: Sandbox, *, certificate: Path | None = None) -> _Server:
    config = uvicorn.Config(
        as_written(sandbox.asgi),
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        ssl_certfile=certificate,
        timeout_graceful_shutdown=LAST_WORDS_S,
    )
    return _Server(config)


async def _pump(sandbox: Sandbox) -> None:
    while True:
        await sandbox.pump()
        await asyncio.sleep(PUMP_EVERY_S)
