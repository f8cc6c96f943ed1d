"""One call: is it allowed, with which token, what came back, and what that means.

A refused token is replaced once, since a refused call did nothing. A denial, a frozen account and an authorisation taken back are remembered. What WeChat is too
busy for is `Unreachable`; every other no is `Refused`, with its rid.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec

from roulian.gateways.transport import exchange, opened
from roulian.gateways.wechat.line import A, AccountBook, Answer, Rights, Upload
from roulian.gateways.wechat.live.credentials import Credentials
from roulian.gateways.wechat.reactions import REACTIONS, Reaction, Refused
from roulian.gateways.wechat.tokens import TokenShelf
from roulian.words.errors import Rejected, Unreachable
from roulian.words.time import Clock

B = TypeVar("B", bound=Answer)

API_URL = "https://api.weixin.qq.com"
_JSON = {"content-type": "application/json"}
_BOUNDARY = "----roulian7d0c1f5a9b3e64"
_TOKEN, _PLATFORM_TOKEN = "access_token", "component_access_token"
_BUSY = -1
_TOLD = frozenset({Reaction.NOT_AUTHORISED, Reaction.ACCOUNT_DOWN, Reaction.AUTHORISE_AGAIN})


class _Image(Answer):
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Ask:
    """A call without its token."""

    path: str
    method: str = "POST"
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)
    params: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True
    token_name: str = _TOKEN


class LiveLine:
    """`Line` over HTTP. Close it when done."""

    def __init__(
        self,
        book: AccountBook,
        *,
        shelf: TokenShelf,
        rights: Rights,
        clock: Clock,
        api_url: str = API_URL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Speak for the accounts of `book`, with tokens kept on `shelf`, within `rights`."""
        self._rights = rights
        self._client = opened(api_url, transport=transport)
        self._credentials = Credentials(book, shelf=shelf, clock=clock, bare=self._bare, as_platform=self._as_platform)
        self._tokens = self._credentials.tokens

    async def aclose(self) -> None:
        """See `Line`."""
        await self._client.aclose()

    async def post(self, appid: str, path: str, body: object, shape: type[A], *, is_repeatable: bool) -> A:
        """See `Line`."""
        ask = _Ask(path, content=msgspec.json.encode(body), is_repeatable=is_repeatable)
        return await self._within_rights(appid, ask, shape)

    async def get(self, appid: str, path: str, params: Mapping[str, str], shape: type[A]) -> A:
        """See `Line`."""
        return await self._within_rights(appid, _Ask(path, method="GET", headers={}, params=params), shape)

    async def upload(self, appid: str, path: str, part: Upload, shape: type[A], *, params: Mapping[str, str]) -> A:
        """See `Line`. A second upload of the same file is one more file, and harms nothing."""
        headers = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return await self._within_rights(appid, _Ask(path, content=_form(part), headers=headers, params=params), shape)

    async def image(self, appid: str, path: str, body: object) -> bytes:
        """See `Line`."""
        answer = await self._within_rights(appid, _Ask(path, content=msgspec.json.encode(body)), _Image)
        return answer.content

    async def log_in(self, appid: str, path: str, params: Mapping[str, str], shape: type[A]) -> A:
        """See `Line`."""
        path, proof = await self._credentials.for_login(appid, path)
        ask = _Ask(path, method="GET", headers={}, params={**proof, **params})
        return _good(await self._sent(ask, shape), ask)

    async def platform(self, path: str, body: Mapping[str, object], shape: type[A], *, is_repeatable: bool) -> A:
        """See `Line`."""
        keys = await self._credentials.platform()
        content = msgspec.json.encode({"component_appid": keys.appid, **body})
        ask = _Ask(path, content=content, is_repeatable=is_repeatable, token_name=_PLATFORM_TOKEN)
        return await self._with_token(keys.appid, ask, shape)

    async def start_tickets(self) -> None:
        """See `Line`."""
        keys = await self._credentials.platform()
        body = {"component_appid": keys.appid, "component_secret": keys.secret}
        await self._bare("/cgi-bin/component/api_start_push_ticket", body, Answer)

    async def platform_appid(self) -> str:
        """See `Line`."""
        return (await self._credentials.platform()).appid

    async def _bare(self, path: str, body: Mapping[str, str], shape: type[B]) -> B:
        ask = _Ask(path, content=msgspec.json.encode(body))
        return _good(await self._sent(ask, shape), ask)

    async def _as_platform(self, path: str, body: Mapping[str, str], shape: type[B]) -> B:
        return await self.platform(path, body, shape, is_repeatable=True)

    async def _within_rights(self, appid: str, ask: _Ask, shape: type[A]) -> A:
        """A call that WeChat is known to deny is not made; a denial is remembered."""
        barred = await self._rights.barred(appid, ask.path)
        if barred:
            raise Refused(
                barred, f"{ask.path} is not asked again before a day has passed or {appid} is authorised anew"
            )
        try:
            return await self._with_token(appid, ask, shape)
        except Refused as no:
            if no.reaction in _TOLD:
                await self._rights.denied(appid, ask.path, errcode=no.errcode)
            raise

    async def _with_token(self, appid: str, ask: _Ask, shape: type[A]) -> A:
        token = await self._tokens.current(appid)
        answer = await self._sent(ask, shape, token=token)
        if REACTIONS.get(answer.errcode) is Reaction.RENEW_TOKEN:
            token = await self._tokens.instead_of(appid, token)
            answer = await self._sent(ask, shape, token=token)
        return _good(answer, ask)

    async def _sent(self, ask: _Ask, shape: type[A], *, token: str = "") -> A:
        params = {ask.token_name: token, **ask.params} if token else ask.params
        request = self._client.build_request(
            ask.method, ask.path, params=params, content=ask.content, headers=ask.headers
        )
        response = await exchange(self._client, request, is_repeatable=ask.is_repeatable)
        if not response.is_success:
            raise Rejected(f"http_{response.status_code}", ask.path)
        try:
            return _read(response, shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreachable(f"{ask.path}: unreadable answer", lost=not ask.is_repeatable) from error


def _read(response: httpx.Response, shape: type[A]) -> A:
    if issubclass(shape, _Image) and response.headers.get("content-type", "").startswith("image/"):
        return shape(content=response.content)
    return msgspec.json.decode(response.content, type=shape)


def _good(answer: A, ask: _Ask) -> A:
    """The answer when WeChat did what was asked; its refusal as `Refused`, its being busy as `Unreachable`.

    A token refused even after its replacement is no word about the call: it did nothing, and later it may do.
    """
    if answer.errcode == 0:
        return answer
    no = Refused(answer.errcode, answer.errmsg)
    match no.reaction:
        case Reaction.RENEW_TOKEN:
            raise Unreachable(f"{ask.path}: WeChat takes no token of ours now ({no.code}, {no.trace})")
        case Reaction.BACK_OFF:
            is_lost = no.errcode == _BUSY and not ask.is_repeatable
            raise Unreachable(f"{ask.path}: WeChat is busy or we are too fast ({no.code}, {no.trace})", lost=is_lost)
        case _:
            raise no


def _form(part: Upload) -> bytes:
    head = (
        f"--{_BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="media"; filename="{part.name}"\r\n'
        f"Content-Type: {part.kind}\r\n\r\n"
    )
    return head.encode() + part.content + f"\r\n--{_BOUNDARY}--\r\n".encode()
