"""The sandbox as one object: an ASGI app with WeChat's paths, a pump for what WeChat sends, a memory to close."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from wechat_sandbox import callbacks, page, quotas, routes
from wechat_sandbox.answering import answer, encoded, refused
from wechat_sandbox.clock import SandboxClock, Timekeeper
from wechat_sandbox.control import guard, steering
from wechat_sandbox.routing import RouteTable
from wechat_sandbox.sending import Answer, Callback, Send
from wechat_sandbox.settings import SandboxSettings
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError, Reply, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
SendMessage = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, SendMessage], Awaitable[None]]
JSON = (("content-type", "application/json; charset=utf-8"),)
CONTROL_DOOR = "/_sandbox"


class Sandbox:
    """A local WeChat: call `asgi` with WeChat's paths, `await pump()` to let it push what is due.

    `path` is `":memory:"` or a file that survives restarts; `now_ms` gives milliseconds since 1970 (a
    `SandboxClock` can also be paused and moved through the control API); the same seed, calls and times give the
    same ids and answers. One thread at a time.
    """

    def __init__(
        self,
        path: str,
        *,
        now_ms: Callable[[], int],
        seed: int,
        send: Send,
        settings: SandboxSettings | None = None,
    ) -> None:
        self._state = State(path, now_ms=now_ms, seed=seed, settings=settings or SandboxSettings())
        self._send = send
        self._keeper = Timekeeper(self._state, self._carry, now_ms if isinstance(now_ms, SandboxClock) else None)
        self._table = RouteTable(routes.ALL)
        self._state.api_paths = frozenset(route.path for route in routes.WECHAT)
        quotas.load_overrides(self._state)
        callbacks.resume(self._state)
        self.asgi = _application(self.reply)

    async def reply(self, scope: Message, body: bytes) -> Reply:
        """The reply to one HTTP request: WeChat's hosts by path alone, control API and page under `/_sandbox/`."""
        query_string = scope["query_string"].decode(errors="replace")
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=dict(parse_qsl(query_string, keep_blank_values=True)),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
            ip=(scope.get("client") or ("127.0.0.1", 0))[0],
        )
        if request.path.startswith(CONTROL_DOOR):
            at_door = await self._at_control_door(request, served_at=(scope.get("server") or ("",))[0])
            if at_door is not None:
                return at_door
        sent_path = scope.get("raw_path") or scope["path"].encode()
        return answer(self._state, self._table, request, target=_target(sent_path.decode("latin-1"), query_string))

    async def _at_control_door(self, request: Request, *, served_at: str) -> Reply | None:
        """What is answered before any turn: a foreign page, a file of our page, the clock; None for the control API."""
        try:
            guard.check_caller(request.method, request.headers, served_at=served_at)
        except ControlError as error:
            return refused(error, HTTPStatus.FORBIDDEN)
        call = steering.CALLS.get((request.method, request.path))
        if call is None:
            return page.file_of(request) if request.method == "GET" else None
        try:
            return Reply(HTTPStatus.OK, encoded(await call(self._state, self._keeper, request)), JSON)
        except ControlError as error:
            return refused(error)

    async def _carry(self, callback: Callback) -> int | Answer:
        return await self._send(callback)

    async def pump(self) -> int:
        """How many callbacks were sent: everything due at the sandbox's time has happened."""
        return await self._keeper.pump()

    def next_due_ms(self) -> int | None:
        """When something next happens by itself, or None."""
        return self._keeper.next_due_ms()

    def close(self) -> None:
        """The sandbox is over; a file keeps everything."""
        self._state.close()


def _target(sent_path: str, query_string: str) -> str:
    """Path and query as the client sent and signed them, percent signs and all."""
    return f"{sent_path}?{query_string}" if query_string else sent_path


def _application(reply_to: Callable[[Message, bytes], Awaitable[Reply]]) -> Application:
    """A plain function, because servers tell an ASGI 3 application by that."""

    async def application(scope: Message, receive: Receive, send: SendMessage) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        reply = await reply_to(scope, await _body(receive))
        if reply.after_ms:
            await asyncio.sleep(reply.after_ms / 1000)
        headers = [(name.encode(), value.encode()) for name, value in reply.headers]
        headers.append((b"content-length", str(len(reply.body)).encode()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    return application


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


async def _live(receive: Receive, send: SendMessage) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
