"""Every no as `application/problem+json` (RFC 9457): a stable code, a sentence in the caller's language, a trace.

A trace is the caller's own `traceparent` (W3C Trace Context) where one came, else drawn here; it stands in every
answer's `trace-id` header too, so that both sides speak of the same request.
"""

import logging
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from roulian.web.errors import CONFLICT, NO_DOOR, STATUS, bug_reply, language, outside_reply
from roulian.web.hot import Asgi, Receive, Scope, Send
from roulian.web.v1.shapes import View
from roulian.web.wire import Reply
from roulian.words import Refusal, Rejected, Unreachable

log = logging.getLogger(__name__)

TYPE = "urn:roulian:problem:{}"
MEDIA_TYPE = "application/problem+json"
TRACE_BITS = 128
_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_HERE = {"entry_changed": HTTPStatus.PRECONDITION_FAILED}
"""Codes that mean another status here than elsewhere: an `If-Match` that no longer holds."""


class Problem(View):
    """Why a request was refused. `code` is stable; `detail` is for people, in zh or en by Accept-Language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    facts: dict[str, Any]
    trace: str


@dataclass(eq=False)
class IdempotencyKeyNeeded(Refusal):
    """A change came without the header that makes it safe to send again."""

    code: ClassVar[str] = "idempotency_key_needed"
    zh: ClassVar[str] = "修改类请求必须带 Idempotency-Key 请求头(1–255 个可见 ASCII 字符),重试时用同一个值。"
    en: ClassVar[str] = (
        "A change needs an Idempotency-Key header (1 to 255 visible ASCII characters); send the same one when you retry."
    )


def trace_of(request: Request) -> str:
    """The trace of this request, 32 hexadecimal digits."""
    trace: str = request.state.trace
    return trace


def problem(request: Request, *, status: int, code: str, detail: str, facts: object = None) -> Response:
    """One problem document."""
    body = _body(status=status, code=code, detail=detail, facts=facts, trace=trace_of(request))
    headers = {"content-language": language(request.headers.get("accept-language", ""))}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(body, status, headers, MEDIA_TYPE)


def _body(*, status: int, code: str, detail: str, facts: object, trace: str) -> bytes:
    told = {"type": TYPE.format(code), "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return msgspec.json.encode({**told, "code": code, "facts": facts or {}, "trace": trace}, enc_hook=str)


def plain_problem(refusal: Refusal, lang: str) -> Reply:
    """A refusal as a problem for a request that never came as far as having a trace."""
    status = STATUS.get(refusal.code, CONFLICT)
    body = _body(status=status, code=refusal.code, detail=refusal.text(lang), facts=refusal.facts(), trace="")
    return Reply(status, body, MEDIA_TYPE, {"content-language": lang})


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal as a problem."""
    status = _HERE.get(refusal.code, STATUS.get(refusal.code, CONFLICT))
    text = refusal.text(language(request.headers.get("accept-language", "")))
    return problem(request, status=status, code=refusal.code, detail=text, facts=refusal.facts())


class Traced:
    """Gives every request its trace, and every answer that trace as a header."""

    def __init__(self, app: Asgi, chance: Callable[[int], int]) -> None:
        """Around `app`; `chance` draws the trace of who brings none."""
        self._app, self._chance = app, chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        brought = next((value for name, value in scope["headers"] if name == b"traceparent"), b"").decode("latin-1")
        parent = _PARENT.fullmatch(brought)
        trace = parent[1] if parent else f"{self._chance(TRACE_BITS):032x}"
        scope.setdefault("state", {})["trace"] = trace

        async def traced(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"trace-id", trace.encode())]}
            await send(message)

        await self._app(scope, receive, traced)


def install(app: FastAPI, *, chance: Callable[[int], int]) -> None:
    """Every no and every fault of `app` is a problem document, every answer bears its trace."""
    app.add_middleware(Traced, chance=chance)
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(Unreachable, _on_silence)
    app.add_exception_handler(Rejected, _on_silence)
    app.add_exception_handler(RequestValidationError, _on_unreadable)
    app.add_exception_handler(HTTPException, _on_no_door)
    app.add_exception_handler(Exception, _on_fault)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refused(request, error)


async def _on_silence(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unreachable | Rejected)
    return _retold(request, outside_reply(error, language(request.headers.get("accept-language", ""))))


async def _on_unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["loc"] == ("header", "Idempotency-Key") for fault in faults):
        return refused(request, IdempotencyKeyNeeded())
    why = [{"where": ".".join(map(str, fault["loc"])), "what": fault["msg"]} for fault in faults]
    is_english = language(request.headers.get("accept-language", "")) == "en"
    detail = "The request is not what /v1/openapi.json says." if is_english else "请求与 /v1/openapi.json 的约定不符。"
    told = "; ".join(f"{fault['where']}: {fault['what']}" for fault in why)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem(request, status=status, code="bad_request", detail=f"{detail} {told}", facts={"faults": why})


async def _on_no_door(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = NO_DOOR.get(error.status_code)
    if refusal is None:
        return problem(request, status=error.status_code, code="bad_request", detail=str(error.detail))
    response = refused(request, refusal())
    response.headers.update(error.headers or {})
    return response


async def _on_fault(request: Request, error: Exception) -> Response:
    return _retold(request, bug_reply(error, language(request.headers.get("accept-language", ""))))


def _retold(request: Request, reply: Reply) -> Response:
    told = msgspec.json.decode(reply.body)["error"]
    return problem(
        request, status=reply.status, code=told["code"], detail=told["message"], facts={"fault": told["trace"]}
    )
