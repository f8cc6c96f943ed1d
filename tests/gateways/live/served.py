"""The sandbox on a socket, in a thread of its own: for callers in other threads and processes."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from wechat_sandbox import Callback, Sandbox


@contextmanager
def served_sandbox() -> Iterator[str]:
    """The address of a sandbox on wall time."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # who comes before the server takes over waits, instead of being refused
    servers: list[uvicorn.Server] = []
    ready = threading.Event()

    async def serve() -> None:
        async def nobody(_: Callback) -> int:
            return 200

        sandbox = Sandbox(":memory:", now_ms=lambda: time.time_ns() // 1_000_000, seed=7, send=nobody)
        servers.append(uvicorn.Server(uvicorn.Config(sandbox.asgi, log_level="error", lifespan="off")))
        ready.set()
        await servers[0].serve(sockets=[listener])
        sandbox.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        servers[0].should_exit = True
        thread.join()


def control(url: str, act: str, /, **body: Any) -> Any:
    """What the sandbox answers to a control action."""
    answer = httpx.post(f"{url}/_sandbox/{act}", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def calls(url: str, path: str) -> int:
    """How often the sandbox was asked `path`."""
    answer = httpx.get(f"{url}/_sandbox/calls", params={"path": path, "limit": 1000}, timeout=20)
    return len(answer.json()["calls"])
