"""The line to WeChat: one call of one account, with its credentials, and the answer or a typed failure.

The whole protocol is here. Each subject of the face (`api/`) turns its arguments into a body, hands it to a line, and
reads the answer; `live` is the line over HTTPS. Neighbours below a line: tokens, the matrix of accounts, their rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from roulian.gateways.wechat.values import AccountKeys


class Answer(msgspec.Struct):
    """What every answer may carry."""

    errcode: int = 0
    errmsg: str = ""


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to WeChat; `kind` is its MIME type."""

    name: str
    kind: str
    content: bytes


class Line(Protocol):
    """Carries calls. `is_repeatable`: a second call with the same content does nothing new.

    Every call raises `Refused` (errcode, reaction, rid), or `Unreachable` (`lost` when it may have taken effect and
    must not be repeated blindly). A call whose token is refused is made once more with a new one; nothing else is.
    """

    async def post(self, appid: str, path: str, body: object, shape: type[A], *, is_repeatable: bool) -> A:
        """The answer to a JSON body sent as `appid`."""
        ...

    async def get(self, appid: str, path: str, params: Mapping[str, str], shape: type[A]) -> A:
        """The answer to a question without a body, asked as `appid`."""
        ...

    async def upload(self, appid: str, path: str, part: Upload, shape: type[A], *, params: Mapping[str, str]) -> A:
        """The answer to a file in a form's field `media`."""
        ...

    async def image(self, appid: str, path: str, body: object) -> bytes:
        """The image a JSON body is answered with."""
        ...

    async def log_in(self, appid: str, path: str, params: Mapping[str, str], shape: type[A]) -> A:
        """The answer to a login question, which carries the account's credentials in place of a token."""
        ...

    async def platform(self, path: str, body: Mapping[str, object], shape: type[A], *, is_repeatable: bool) -> A:
        """The answer to the open platform's own call, asked as the platform; `component_appid` is added to `body`."""
        ...

    async def start_tickets(self) -> None:
        """WeChat pushes the open platform's ticket at once, and every ten minutes. Raises `Rejected` `no_platform`."""
        ...

    async def platform_appid(self) -> str:
        """The open platform's appid. Raises `Rejected` `no_platform` when the brand uses none."""
        ...

    async def aclose(self) -> None:
        """Let go of the connections."""
        ...


class AccountBook(Protocol):
    """Where the matrix of accounts is looked up, call by call: an account added a moment ago is there."""

    async def keys(self, appid: str) -> AccountKeys | None:
        """What to speak for the account with; None for a stranger, or one out of use."""
        ...

    async def platform(self) -> AccountKeys | None:
        """The open platform's own keys; None when the brand uses none."""
        ...

    async def renewed(self, appid: str, refresh_token: str) -> None:
        """The account's refresh token is this from now on; durable when this returns."""
        ...


class Rights(Protocol):
    """What each account may do, as far as WeChat has said."""

    async def barred(self, appid: str, api: str) -> int:
        """The errcode WeChat would answer with; 0 when nothing is known against the call."""
        ...

    async def denied(self, appid: str, api: str, *, errcode: int) -> None:
        """WeChat just answered so: no right to this API, or the whole account frozen or no longer authorised."""
        ...


class NoRightsKnown:
    """Nothing is known, nothing is remembered: every call is made."""

    async def barred(self, appid: str, api: str) -> int:  # noqa: ARG002 - the protocol's signature
        """Nothing is known against any call."""
        return 0

    async def denied(self, appid: str, api: str, *, errcode: int) -> None:
        """Forget it."""
