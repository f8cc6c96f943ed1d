"""The sandbox as one object: an ASGI app with WeChat's paths, a pump for what WeChat sends, a memory to close."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from wechat_sandbox import callbacks, delivery, quotas, routes
from wechat_sandbox.answering import answer, encoded
from wechat_sandbox.routing import RouteTable
from wechat_sandbox.sending import Send
from wechat_sandbox.settings import SandboxSettings
from wechat_sandbox.state import State
from wechat_sandbox.wire import Reply, Request

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
SendMessage = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, SendMessage], Awaitable[None]]
JSON = (("content-type", "application/json; charset=utf-8"),)


class Sandbox:
    """A local WeChat: call `asgi` with WeChat's paths, `await pump()` to let it push what is due.

    `path` is `":memory:"` or a file that survives restarts; `now_ms` gives milliseconds since 1970; the same seed,
    calls and times give the same ids and answers. One thread at a time.
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
        self._table = RouteTable(routes.ALL)
        quotas.load_overrides(self._state)
        callbacks.resume(self._state)
        self.asgi = _application(self.reply)

    async def reply(self, scope: Message, body: bytes) -> Reply:
        """The reply to one HTTP request: WeChat's hosts by path alone, the control API under `/_sandbox/`."""
        path, query_string = scope["path"], scope["query_string"].decode()
        if path == "/_sandbox/pump" and scope["method"] == "POST":
            return Reply(200, encoded({"sent": await self.pump()}), JSON)
        if path == "/_sandbox/clock":
            return Reply(200, encoded({"now_ms": self._state.now_ms, "next_due_ms": self.next_due_ms()}), JSON)
        request = Request(
            method=scope["method"],
            path=path,
            query=dict(parse_qsl(query_string, keep_blank_values=True)),
            headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
            ip=(scope.get("client") or ("127.0.0.1", 0))[0],
        )
        return answer(self._state, self._table, request, query_string=query_string)

    async def pump(self) -> int:
        """How many callbacks were sent: everything due at the sandbox's time has happened."""
        return await delivery.pump(self._state, self._send)

    def next_due_ms(self) -> int | None:
        """When something next happens by itself, or None."""
        return delivery.next_due_ms(self._state)

    def close(self) -> None:
        """The sandbox is over; a file keeps everything."""
        self._state.close()


def _application(reply_to: Callable[[Message, bytes], Awaitable[Reply]]) -> Application:
    """A plain function, because servers tell an ASGI 3 application by that."""

    async def application(scope: Message, receive: Receive, send: SendMessage) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["type"] != "http":
            return
        reply = await reply_to(scope, await _body(receive))
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
