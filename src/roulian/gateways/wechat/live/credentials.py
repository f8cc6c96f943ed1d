"""What a call is made with: each account's token, by its own secret or through the open platform it authorised.

WeChat may answer a renewal with another refresh token; the new one is kept before the access token is used, because
an owner whose refresh token is lost must authorise again.
"""

from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Protocol

from roulian.gateways.wechat.line import A, AccountBook, Answer
from roulian.gateways.wechat.tokens import Token, Tokens, TokenShelf, ticket_name
from roulian.gateways.wechat.values import AccountKeys
from roulian.words.errors import Rejected
from roulian.words.time import Clock

_LOGIN_THROUGH_PLATFORM = {"/sns/jscode2session": "/sns/component/jscode2session"}


class Post(Protocol):
    """One POST of a JSON body, and its good answer."""

    def __call__(self, path: str, body: Mapping[str, str], shape: type[A]) -> Awaitable[A]:
        """The answer; raises `Refused` or `Unreachable`."""
        ...


class _StableToken(Answer):
    access_token: str = ""
    expires_in: int = 0


class _PlatformToken(Answer):
    component_access_token: str = ""
    expires_in: int = 0


class _AuthorisedToken(Answer):
    authorizer_access_token: str = ""
    authorizer_refresh_token: str = ""
    expires_in: int = 0


class Credentials:
    """The credentials of every account of the book; tokens are fetched as seldom as possible."""

    def __init__(self, book: AccountBook, *, shelf: TokenShelf, clock: Clock, bare: Post, as_platform: Post) -> None:
        """Look accounts up in `book`; post by `bare` without a token, by `as_platform` with the platform's."""
        self._book, self._shelf, self._clock = book, shelf, clock
        self._bare, self._as_platform = bare, as_platform
        self.tokens = Tokens(shelf=shelf, clock=clock, fetch=self._fetch)

    async def platform(self) -> AccountKeys:
        """The open platform's keys. Raises `Rejected` `no_platform` when the brand uses none."""
        keys = await self._book.platform()
        if keys is None:
            raise Rejected("no_platform")
        return keys

    async def for_login(self, appid: str, path: str) -> tuple[str, Mapping[str, str]]:
        """The path and the credentials with which a login code of `appid` is exchanged."""
        keys = await self._keys(appid)
        if not keys.refresh_token:
            return path, {"appid": appid, "secret": keys.secret}
        platform = await self.platform()
        token = await self.tokens.current(platform.appid)
        proof = {"appid": appid, "component_appid": platform.appid, "component_access_token": token}
        return _LOGIN_THROUGH_PLATFORM[path], proof

    async def _keys(self, appid: str) -> AccountKeys:
        keys = await self._book.keys(appid)
        if keys is None:
            raise Rejected("unknown_appid", appid)
        return keys

    async def _fetch(self, appid: str) -> Token:
        platform = await self._book.platform()
        if platform is not None and platform.appid == appid:
            return await self._platform_token(platform)
        keys = await self._keys(appid)
        return await (self._authorised_token(keys) if keys.refresh_token else self._stable_token(keys))

    async def _stable_token(self, keys: AccountKeys) -> Token:
        asked_at = self._clock.now()
        body = {"appid": keys.appid, "secret": keys.secret, "grant_type": "client_credential"}
        answer = await self._bare("/cgi-bin/stable_token", body, _StableToken)
        return Token(answer.access_token, asked_at.plus(timedelta(seconds=answer.expires_in)))

    async def _authorised_token(self, keys: AccountKeys) -> Token:
        asked_at = self._clock.now()
        body = {"authorizer_appid": keys.appid, "authorizer_refresh_token": keys.refresh_token}
        answer = await self._as_platform("/cgi-bin/component/api_authorizer_token", body, _AuthorisedToken)
        if answer.authorizer_refresh_token not in ("", keys.refresh_token):
            await self._book.renewed(keys.appid, answer.authorizer_refresh_token)
        return Token(answer.authorizer_access_token, asked_at.plus(timedelta(seconds=answer.expires_in)))

    async def _platform_token(self, keys: AccountKeys) -> Token:
        """By the ticket WeChat pushes every ten minutes. Raises `Rejected` `no_ticket` while none has come."""
        ticket = await self._shelf.kept(ticket_name(keys.appid))
        if ticket is None or ticket.expires_at < self._clock.now():
            raise Rejected("no_ticket", keys.appid)
        asked_at = self._clock.now()
        body = {
            "component_appid": keys.appid,
            "component_appsecret": keys.secret,
            "component_verify_ticket": ticket.value,
        }
        answer = await self._bare("/cgi-bin/component/api_component_token", body, _PlatformToken)
        return Token(answer.component_access_token, asked_at.plus(timedelta(seconds=answer.expires_in)))
