"""A small raw-ASGI dispatcher in front of FastAPI for the few routes that are called all day long.

FastAPI costs 200–270 µs of CPU per request, this 50 µs (docs/decisions/0006). Each hot route is also
registered with FastAPI, so that one OpenAPI document describes every door.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response

from roulian.web.errors import BodyTooLarge, bug_reply, outside_reply, refusal_reply, unreadable_reply
from roulian.web.wire import NUL, Call, Reply, UnreadableText
from roulian.words import Refusal, Rejected, Unreachable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_BODY_BYTES = 1 << 20


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """A hot route: `path` in FastAPI's spelling, `request` the msgspec type of its body for the document."""

    method: str
    path: str
    handler: Handler
    request: type | None = None
    answer: type | None = None
    summary: str = ""


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + r"\Z")


class Dispatcher:
    """Answers the hot routes itself and hands every other request to `rest`."""

    def __init__(self, routes: Sequence[Route], rest: Asgi) -> None:
        """Index the routes: literal paths by table, the others by pattern."""
        self._exact = {(r.method, r.path): r.handler for r in routes if "{" not in r.path}
        self._patterns = [(r.method, _pattern(r.path), r.handler) for r in routes if "{" in r.path]
        self._rest = rest

    def _find(self, method: str, path: str) -> tuple[Handler, Mapping[str, str]] | None:
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, {}
        for wanted, pattern, handler in self._patterns:
            match = pattern.match(path) if wanted == method else None
            if match:
                return handler, match.groupdict()
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        found = self._find(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._rest(scope, receive, send)
            return
        handler, values = found
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        call = Call(values, headers, body or b"", scope["query_string"].decode("latin-1"))
        refusal = BodyTooLarge() if body is None else UnreadableText() if NUL in body else None
        reply = await answer(handler, call) if refusal is None else refusal_reply(refusal, call.lang())
        await send_reply(send, reply)


async def answer(handler: Handler, call: Call) -> Reply:
    """The handler's reply; every no and every fault becomes the house's error body."""
    try:
        return await handler(call)
    except Refusal as refusal:
        return refusal_reply(refusal, call.lang())
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        return unreadable_reply(str(error), call.lang())
    except (Unreachable, Rejected) as error:
        return outside_reply(error, call.lang())
    except Exception as error:  # noqa: BLE001 - the edge answers for all: logged whole, told by its trace
        return bug_reply(error, call.lang())


async def _body(receive: Receive) -> bytes | None:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= LARGEST_BODY_BYTES else None
    parts = [body]
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > LARGEST_BODY_BYTES:
            return None
    return b"".join(parts)


async def send_reply(send: Send, reply: Reply) -> None:
    """Answer one ASGI connection."""
    headers = [(b"content-type", reply.media_type.encode()), (b"content-length", str(len(reply.body)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def document(app: FastAPI, routes: Sequence[Route], *, tag: str) -> None:
    """Register the hot routes with FastAPI too: the same handlers, described in the one OpenAPI document."""
    for route in routes:
        app.add_api_route(
            route.path,
            _endpoint(route.handler),
            methods=[route.method],
            summary=route.summary,
            tags=[tag],
            openapi_extra=_schemas(route),
        )


def _endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        call = Call(request.path_params, dict(request.headers), await request.body(), request.url.query)
        reply = await answer(handler, call)
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)

    return endpoint


def _schemas(route: Route) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if route.request is not None:
        schema, _ = _inline(route.request)
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.answer is not None:
        schema, _ = _inline(route.answer)
        extra["responses"] = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    names = re.findall(r"\{(\w+)\}", route.path)
    if names:
        extra["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    return extra


def _inline(kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    schemas, components = msgspec.json.schema_components([kind], ref_template="{name}")
    schema = dict(schemas[0])
    return _resolve(schema, components), components


def _resolve(node: Any, components: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            return _resolve(components[node["$ref"]], components)
        return {key: _resolve(value, components) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve(value, components) for value in node]
    return node
