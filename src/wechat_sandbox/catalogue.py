"""The surface as OpenAPI 3.1, read off the routes and the functions behind them, so that it cannot lag behind.

A body's shape is the struct that the function parses it as; a query's names are those the function asks for.
WeChat answers errors with HTTP 200: the errcodes of an operation stand in `x-errcodes`, those of its door too.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import FunctionType
from typing import Any

import msgspec

from wechat_sandbox.errcodes import TEXTS
from wechat_sandbox.routing import Door, Route

QUERY_NAME = re.compile(r'query(?:\.get\(|\[)\s*"(\w+)"')
OF_DOOR: Mapping[Door, tuple[int | str, ...]] = {
    Door.OPEN: (),
    Door.TOKEN: (40001, 41001, 42001, 45009, 45011, 61003, 61007, 61015),
    Door.COMPONENT: (40001, 41001, 42001, 45009, 45011, 61014),
    Door.PAY: ("SIGN_ERROR",),
}
"""What a door itself refuses, whatever API is behind it."""
SECURITY: Mapping[Door, tuple[Mapping[str, tuple[str, ...]], ...]] = {
    Door.OPEN: (),
    Door.TOKEN: ({"access_token": ()},),
    Door.COMPONENT: ({"component_access_token": ()},),
    Door.PAY: ({"pay_signature": ()},),
}
SCHEMES = {
    "access_token": {"type": "apiKey", "in": "query", "name": "access_token"},
    "component_access_token": {"type": "apiKey", "in": "query", "name": "component_access_token"},
    "pay_signature": {"type": "http", "scheme": "WECHATPAY2-SHA256-RSA2048"},
}


def openapi(routes: Iterable[Route]) -> Mapping[str, Any]:
    """The document of every route that is WeChat's own; the control API is the sandbox's and left out."""
    shown = [route for route in routes if route.door is not Door.CONTROL]
    bodies = {route: body for route in shown if (body := body_of(route.call)) is not None}
    shapes, components = msgspec.json.schema_components(
        list(dict.fromkeys(bodies.values())), ref_template="#/components/schemas/{name}"
    )
    shape_of = dict(zip(dict.fromkeys(bodies.values()), shapes, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in shown:
        shape = shape_of[bodies[route]] if route in bodies else None
        paths.setdefault(templated(route.path), {})[route.method.lower()] = _operation(route, shape)
    return {
        "openapi": "3.1.0",
        "info": {"title": "WeChat, as the sandbox serves it", "version": "1"},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": SCHEMES},
    }


def described(routes: Iterable[Route]) -> list[Mapping[str, Any]]:
    """Each call of the control API: its method and path, what it does, and the JSON schema of its body if it has one."""
    found: list[Mapping[str, Any]] = []
    for route in routes:
        text = inspect.getdoc(next(_reached(route.call))) or ""
        body = body_of(route.call)
        schema = None if body is None else msgspec.json.schema(body, schema_hook=lambda _kind: {"type": "object"})
        says = " ".join(text.split("\n\n")[0].split()).partition(": ")[2]
        found.append({"method": route.method, "path": route.path, "says": says, "body": schema})
    return found


def templated(path: str) -> str:
    """The path with its variable segments named, as OpenAPI wants them: `/v3/…/{segment1}`."""
    named, number = [], 0
    for part in path.split("/"):
        number += part == "{}"
        named.append(f"{{segment{number}}}" if part == "{}" else part)
    return "/".join(named)


def body_of(call: Callable[..., Any]) -> type[msgspec.Struct] | None:
    """The struct that `call` parses the body as, itself or through a neighbour; None when it reads no JSON."""
    for function in _reached(call):
        names = function.__code__.co_names
        if any(name.endswith("parsed") for name in names):
            found = [function.__globals__.get(name) for name in names]
            return next((one for one in found if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)
    return None


def _reached(call: Callable[..., Any]) -> Iterator[FunctionType]:
    """The function behind `call`, then the functions of its own module that it names, nearest first."""
    while isinstance(call, partial):
        call = call.func
    assert isinstance(call, FunctionType)
    waiting, seen = [call], {call}
    for function in waiting:
        yield function
        for name in function.__code__.co_names:
            named = function.__globals__.get(name)
            if isinstance(named, FunctionType) and named.__module__ == call.__module__ and named not in seen:
                seen.add(named)
                waiting.append(named)


def _operation(route: Route, shape: Mapping[str, Any] | None) -> Mapping[str, Any]:
    text = inspect.getdoc(next(_reached(route.call))) or ""
    codes = (*OF_DOOR[route.door], *route.refuses)
    operation: dict[str, Any] = {
        "summary": text.partition("\n")[0],
        "operationId": f"{route.method.lower()}{re.sub(r'[^0-9A-Za-z]+', '_', route.path)}",
        "parameters": [*_segments(route), *_query(route)],
        "security": [{name: list(scopes) for name, scopes in need.items()} for need in SECURITY[route.door]],
        "x-errcodes": {str(code): TEXTS.get(code, "") if isinstance(code, int) else "" for code in codes},
        "responses": _responses(route),
    }
    if shape is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": shape}}}
    return operation


def _segments(route: Route) -> list[Mapping[str, Any]]:
    count = route.path.split("/").count("{}")
    return [
        {"name": f"segment{n}", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[^/?#]+$"}}
        for n in range(1, count + 1)
    ]


def _query(route: Route) -> list[Mapping[str, Any]]:
    sources = "".join(map(inspect.getsource, _reached(route.call)))
    names = dict.fromkeys(QUERY_NAME.findall(sources))
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names if name != "access_token"]


def _responses(route: Route) -> Mapping[str, Any]:
    if route.door is Door.PAY:
        return {
            "200": {"description": "done; the reply is signed"},
            "204": {"description": "done; the reply is signed and empty"},
            "4XX": {"description": "refused: code and message"},
        }
    return {"200": {"description": "done, or refused with errcode and errmsg"}}
