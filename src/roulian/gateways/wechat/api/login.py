"""Who is there: logins, phone numbers, unionids."""

import hashlib
import hmac
from dataclasses import dataclass, field

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.gateways.wechat.reactions import Refused

_DEAD_SESSION = 87009


@dataclass(frozen=True, slots=True)
class CodeSession:
    """Who opened the mini-program. `unionid` is None unless the accounts hang on one open-platform account."""

    openid: str
    unionid: str | None
    session_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as WeChat keeps it. Personal data: never shown, never logged."""

    number: str = field(repr=False)
    country_code: str


class _Session(Answer):
    openid: str = ""
    unionid: str = ""
    session_key: str = ""


class _PhoneInfo(msgspec.Struct):
    purePhoneNumber: str = ""  # noqa: N815 - WeChat's name
    countryCode: str = ""  # noqa: N815 - WeChat's name


class _PhoneAnswer(Answer):
    phone_info: _PhoneInfo = msgspec.field(default_factory=_PhoneInfo)


class _Unionid(Answer):
    unionid: str = ""


class LoginApi:
    """Logins of a mini-program."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def code_session(self, appid: str, js_code: str) -> CodeSession:
        """Who just opened the mini-program. Refused 40029 (bad code), 40163 (used code): ask for a new login."""
        query = {"js_code": js_code, "grant_type": "authorization_code"}
        answer = await self._line.log_in(appid, "/sns/jscode2session", query, _Session)
        return CodeSession(answer.openid, answer.unionid or None, answer.session_key)

    async def is_session_valid(self, appid: str, *, openid: str, session_key: str) -> bool:
        """Whether WeChat still holds this session key for the person."""
        signature = hmac.new(session_key.encode(), b"", hashlib.sha256).hexdigest()
        query = {"openid": openid, "signature": signature, "sig_method": "hmac_sha256"}
        try:
            await self._line.get(appid, "/wxa/checksession", query, Answer)
        except Refused as no:
            if no.errcode == _DEAD_SESSION:
                return False
            raise
        return True

    async def phone_number(self, appid: str, code: str) -> Phone:
        """The number behind the code of a tapped phone button; each costs 0.03 yuan. Refused 40029."""
        path = "/wxa/business/getuserphonenumber"
        answer = await self._line.post(appid, path, {"code": code}, _PhoneAnswer, is_repeatable=False)
        return Phone(answer.phone_info.purePhoneNumber, answer.phone_info.countryCode)

    async def paid_unionid(self, appid: str, *, openid: str, transaction_id: str) -> str:
        """The unionid of someone who paid within the last five minutes. Refused 89002 (no open account), 40003."""
        query = {"openid": openid, "transaction_id": transaction_id}
        return (await self._line.get(appid, "/wxa/getpaidunionid", query, _Unionid)).unionid
