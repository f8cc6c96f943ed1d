"""What comes in and what goes out: one request, one reply, and the three ways of refusing.

Every API is a function `(state, request) -> reply body`; `routing` binds it to its path and its door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")
Body = Mapping[str, Any]
Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number as WeChat's own fields hold it; a body with a larger one is 47001."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request past its door.

    `caller` is the appid of the access token or the mchid of the signature, empty at the other doors;
    `parts` are the values of the `{…}` segments of the route's path; header names are lower case; `ip` is the
    address the call came from.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: str = ""
    parts: tuple[str, ...] = ()
    ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP reply; `code` is the errcode or Pay code that the call log shows; it is held back `after_ms`, real time."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    code: str = "0"
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form: its field name, the file's name and type (empty for a plain field), its content."""

    name: str
    filename: str
    content_type: str
    content: bytes = field(repr=False)


class ApiError(Exception):
    """Refused as api.weixin.qq.com refuses: HTTP 200, `errcode`, `errmsg` with the rid, seldom fields `beside` them."""

    def __init__(self, errcode: int, errmsg: str = "", *, beside: Body | None = None) -> None:
        super().__init__(errcode, errmsg)
        self.errcode = errcode
        self.errmsg = errmsg
        self.beside = beside or {}


class PayError(Exception):
    """Refused as api.mch.weixin.qq.com refuses: its own HTTP status, `code` and `message`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message


class ControlError(Exception):
    """The test driver asked the sandbox for something impossible: HTTP 400, `error` and `message`."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(error, message)
        self.error = error
        self.message = message


def parsed(request: Request, shape: type[T]) -> T:
    """The JSON body of an API call as `shape`.

    A field that is null counts as left out: clients send what their caller did not give as null.
    Raises `ApiError` 44002 for an empty body and 47001 for anything that is not that JSON.
    """
    if not request.body:
        raise ApiError(44002)
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _without_nulls(request.body, shape)


def _without_nulls(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.convert(_given(msgspec.json.decode(body)), type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise ApiError(47001) from error


def _given(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _given(part) for name, part in value.items() if part is not None}
    return [_given(part) for part in value] if isinstance(value, list) else value


def pay_parsed(request: Request, shape: type[T]) -> T:
    """The JSON body of a Pay call as `shape`; raises `PayError` 400 PARAM_ERROR otherwise."""
    try:
        return msgspec.json.decode(request.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PayError(400, "PARAM_ERROR", f"参数错误:{error}") from error


def control_parsed(request: Request, shape: type[T]) -> T:
    """The JSON body of a control call as `shape`; raises `ControlError` otherwise."""
    try:
        return msgspec.json.decode(request.body or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ControlError("bad_request", str(error)) from error


def form_parts(request: Request) -> Mapping[str, Part]:
    """The parts of a multipart/form-data body by field name; raises `ApiError` 41005 (media data missing) for none."""
    kind = request.headers.get("content-type", "")
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + request.body
    )
    if not message.is_multipart():
        raise ApiError(41005)
    parts = [_part(item) for item in message.iter_parts()]
    return {part.name: part for part in parts if part.name}


def _part(item: Message) -> Part:
    content = item.get_payload(decode=True)
    return Part(
        name=str(item.get_param("name", "", header="content-disposition")),
        filename=item.get_filename("") or "",
        content_type=item.get_content_type() if "content-type" in item else "",
        content=content if isinstance(content, bytes) else b"",
    )
