"""Many buyers at once: a small HTTP/1.1 load generator, one process, one event loop, kept as cheap as Python allows.

Every connection sends its next request when its last one is answered, so as many are under way as there are
connections. It stands on the same cores as the server: what it costs, the server does not have.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

_LENGTH = b"content-length: "
_END = b"\r\n\r\n"


@dataclass(slots=True)
class Answers:
    """What came back: a status and a wait in seconds per request in the order of the answers; heads and bodies if kept."""

    begun: float = 0.0
    statuses: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def count(self, status: int) -> int:
        """How many were answered so."""
        return self.statuses.count(status)

    def rate(self, status: int) -> float:
        """Answers of this status per second, until the last of them."""
        last = max(end for end, each in zip(self.ends, self.statuses, strict=True) if each == status)
        return self.count(status) / (last - self.begun)

    def wait_ms(self, share: float) -> float:
        """The wait that `share` of the requests did not exceed."""
        return 1000 * sorted(self.waits)[int(len(self.waits) * share)]


class _Connection(asyncio.Protocol):
    def __init__(self, todo: Iterator[bytes], answers: Answers, done: "asyncio.Future[None]", *, keep: bool) -> None:
        self._todo, self._answers, self._done, self._keep = todo, answers, done, keep
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        self._send()

    def _send(self) -> None:
        request = next(self._todo, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(_END)
        if head < 0:
            return
        at = self._buffer.lower().find(_LENGTH, 0, head + 2)
        length = int(self._buffer[at + len(_LENGTH) : self._buffer.index(b"\r\n", at)]) if at >= 0 else 0
        end = head + len(_END) + length
        if len(self._buffer) < end:
            return
        now, answers = time.perf_counter(), self._answers
        answers.statuses.append(int(self._buffer[9:12]))
        answers.waits.append(now - self._sent)
        answers.ends.append(now)
        if self._keep:
            answers.heads.append(self._buffer[:head])
            answers.bodies.append(self._buffer[head + len(_END) : end])
        self._buffer = self._buffer[end:]
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server hung up"))


def send_all(port: int, requests: Sequence[bytes], *, connections: int, keep: bool = False) -> Answers:
    """The answers to `requests`, sent over so many connections at once; with `keep`, heads and bodies too."""
    answers, todo = Answers(), iter(requests)

    async def send() -> None:
        loop = asyncio.get_running_loop()
        done = [loop.create_future() for _ in range(connections)]
        answers.begun = time.perf_counter()
        for each in done:
            await loop.create_connection(
                lambda each=each: _Connection(todo, answers, each, keep=keep), "127.0.0.1", port
            )
        await asyncio.gather(*done)

    uvloop.run(send())
    return answers


def request(method: str, path: str, body: bytes = b"", *, token: str = "", headers: Sequence[str] = ()) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
