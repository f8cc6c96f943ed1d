"""The open platform: accounts that authorise ours by a scan, what they grant; open accounts; privacy guides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.gateways.wechat.reactions import Reaction, Refused

_FOLDER = "/cgi-bin/component"
_LIVE_GUIDE = 1
LOGIN_PAGE = "https://mp.weixin.qq.com/cgi-bin/componentloginpage"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What an owner's scan gave: whose account, with which permission sets. The refresh token is a secret."""

    appid: str
    refresh_token: str = field(repr=False)
    permission_sets: frozenset[int]


@dataclass(frozen=True, slots=True)
class AuthorisedAccount:
    """An account as WeChat describes it to the platform it authorised."""

    appid: str
    name: str
    is_mini_program: bool
    is_service: bool
    is_verified: bool
    permission_sets: frozenset[int]


class _Preauth(Answer):
    pre_auth_code: str = ""


class _Category(msgspec.Struct):
    id: int


class _Func(msgspec.Struct):
    funcscope_category: _Category


class _Authorisation(msgspec.Struct):
    authorizer_appid: str = ""
    authorizer_refresh_token: str = ""
    func_info: list[_Func] = msgspec.field(default_factory=list)


class _Authorised(Answer):
    authorization_info: _Authorisation = msgspec.field(default_factory=_Authorisation)


class _Typed(msgspec.Struct):
    id: int = -1


class _Described(msgspec.Struct):
    nick_name: str = ""
    service_type_info: _Typed = msgspec.field(default_factory=_Typed)
    verify_type_info: _Typed = msgspec.field(default_factory=_Typed)
    mini_program: Mapping[str, object] | None = msgspec.field(default=None, name="MiniProgramInfo")


class _Info(Answer):
    authorizer_info: _Described = msgspec.field(default_factory=_Described)
    authorization_info: _Authorisation = msgspec.field(default_factory=_Authorisation)


class _Open(Answer):
    open_appid: str = ""


class _Setting(msgspec.Struct):
    privacy_key: str


class _Guide(Answer):
    setting_list: list[_Setting] = msgspec.field(default_factory=list)


_SERVICE_ACCOUNT = 2


class PlatformApi:
    """What the brand's own open platform may do, and what hangs on an open account."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def start_tickets(self) -> None:
        """WeChat pushes the ticket at once and every ten minutes from now on. Rejected no_platform."""
        await self._line.start_tickets()

    async def authorise_link(self, *, back_to: str, page: str = LOGIN_PAGE) -> str:
        """The page on which an account's owner scans and agrees; WeChat then leads to `back_to` with a code.

        Rejected no_platform, no_ticket.
        """
        answer = await self._line.platform(f"{_FOLDER}/api_create_preauthcode", {}, _Preauth, is_repeatable=True)
        query = {
            "component_appid": await self._line.platform_appid(),
            "pre_auth_code": answer.pre_auth_code,
            "redirect_uri": back_to,
            "auth_type": "3",
        }
        return f"{page}?{urlencode(query)}"

    async def authorised(self, code: str) -> Authorisation:
        """What the code of an owner's scan stands for; good once. Refused 61009, 61010."""
        body = {"authorization_code": code}
        answer = await self._line.platform(f"{_FOLDER}/api_query_auth", body, _Authorised, is_repeatable=False)
        given = answer.authorization_info
        return Authorisation(given.authorizer_appid, given.authorizer_refresh_token, _sets(given))

    async def account(self, appid: str) -> AuthorisedAccount:
        """How WeChat describes an account that authorised the platform. Refused 61003 (it did not, or no longer)."""
        body = {"authorizer_appid": appid}
        path = f"{_FOLDER}/api_get_authorizer_info"
        answer = await self._line.platform(path, body, _Info, is_repeatable=True)
        said = answer.authorizer_info
        return AuthorisedAccount(
            appid=appid,
            name=said.nick_name,
            is_mini_program=said.mini_program is not None,
            is_service=said.service_type_info.id == _SERVICE_ACCOUNT,
            is_verified=said.verify_type_info.id >= 0,
            permission_sets=_sets(answer.authorization_info),
        )

    async def open_account(self, appid: str) -> str | None:
        """The open account this account hangs on; None while it hangs on none, and then it has no unionids."""
        try:
            answer = await self._line.post(appid, "/cgi-bin/open/get", {"appid": appid}, _Open, is_repeatable=True)
        except Refused as no:
            match no.reaction:
                case Reaction.BIND_OPEN_ACCOUNT:
                    return None
                case _:
                    raise
        return answer.open_appid

    async def create_open_account(self, appid: str) -> str:
        """A new open account with this account on it. Refused 89000 (it hangs on one already)."""
        body = {"appid": appid}
        return (await self._line.post(appid, "/cgi-bin/open/create", body, _Open, is_repeatable=False)).open_appid

    async def bind_open_account(self, appid: str, open_appid: str) -> None:
        """The account hangs on this open account. Refused 89000, 89001 (another owner), 89004 (a hundred already)."""
        body = {"appid": appid, "open_appid": open_appid}
        await self._line.post(appid, "/cgi-bin/open/bind", body, Answer, is_repeatable=True)

    async def declared_privacy(self, appid: str) -> frozenset[str]:
        """The keys of personal data that the mini-program's live privacy guide declares. Refused 48001."""
        body = {"privacy_ver": _LIVE_GUIDE}
        path = "/cgi-bin/component/getprivacysetting"
        answer = await self._line.post(appid, path, body, _Guide, is_repeatable=True)
        return frozenset(setting.privacy_key for setting in answer.setting_list)


def _sets(given: _Authorisation) -> frozenset[int]:
    return frozenset(one.funcscope_category.id for one in given.func_info)
