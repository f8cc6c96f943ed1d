"""What WeChat pushes to us: believed only when signed with the account's token, fresh, and sealed for this account."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from roulian.gateways.freshness import REMEMBER_FOR, check_fresh
from roulian.gateways.wechat.crypt import MessageCrypt
from roulian.gateways.wechat.line import AccountBook
from roulian.gateways.wechat.pushes import Message, read_message, text_of
from roulian.gateways.wechat.values import AccountKeys
from roulian.words.errors import Rejected
from roulian.words.time import Clock, Instant


@dataclass(frozen=True, slots=True)
class Push:
    """One message, proved. WeChat sends it up to three times: `key` is the same each time, and no other has it.

    After `forget_at` a repetition is refused as stale, so the key need not be remembered longer.
    """

    message: Message
    key: str
    forget_at: Instant


class Inbox:
    """Opens what comes to the callback addresses of the brand's accounts and of its open platform."""

    def __init__(self, book: AccountBook, *, clock: Clock) -> None:
        """Look accounts up in `book`, judge freshness by `clock`."""
        self._book, self._clock = book, clock

    async def prove_address(self, appid: str, query: Mapping[str, str]) -> str:
        """What to answer when WeChat checks our callback address. Rejected when the question is not WeChat's."""
        crypt = _crypt(await self._receiver(appid))
        stamp, nonce, echo = query.get("timestamp", ""), query.get("nonce", ""), query.get("echostr", "")
        check_fresh(stamp, now=self._clock.now())
        if "msg_signature" in query:
            crypt.verify(query["msg_signature"], stamp, nonce, echo)
            return crypt.decrypt(echo).decode()
        crypt.verify(query.get("signature", ""), stamp, nonce)
        return echo

    async def question(self, appid: str, *, nonce: str, echo: str) -> Mapping[str, str]:
        """The question by which WeChat proves an address of `appid`, signed as WeChat signs it. Rejected unknown_appid."""
        stamp = str(self._clock.now().ms // 1000)
        signature = _crypt(await self._receiver(appid)).signature(stamp, nonce)
        return {"signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": echo}

    async def open(self, appid: str, query: Mapping[str, str], body: bytes) -> Push:
        """The message pushed to `appid`; a plain one is refused, for the account is set to 安全模式.

        Rejected: unknown_appid, stale_timestamp, bad_message, not_encrypted, bad_signature, bad_cipher_text,
        foreign_appid.
        """
        return self._opened(await self._receiver(appid), query, body)

    async def open_platform(self, query: Mapping[str, str], body: bytes) -> Push:
        """The message pushed to the open platform: its ticket, or an authorisation given, changed or taken back."""
        return self._opened(await self._book.platform(), query, body)

    async def _receiver(self, appid: str) -> AccountKeys | None:
        """Whose token signs and whose key seals: an authorised account's messages come to the platform."""
        keys = await self._book.keys(appid)
        return await self._book.platform() if keys is not None and keys.refresh_token else keys

    def _opened(self, keys: AccountKeys | None, query: Mapping[str, str], body: bytes) -> Push:
        crypt = _crypt(keys)
        stamp, now = query.get("timestamp", ""), self._clock.now()
        check_fresh(stamp, now=now)
        sealed = text_of(read_message(body), "Encrypt")
        if not sealed:
            raise Rejected("not_encrypted")
        crypt.verify(query.get("msg_signature", ""), stamp, query.get("nonce", ""), sealed)
        plain = crypt.decrypt(sealed)
        assert keys is not None
        key = f"wechat:{keys.appid}:{hashlib.sha256(plain).hexdigest()}"
        return Push(read_message(plain), key, Instant(int(stamp) * 1000).plus(REMEMBER_FOR))


def _crypt(keys: AccountKeys | None) -> MessageCrypt:
    if keys is None or not keys.callback_aes_key:
        raise Rejected("unknown_appid")
    return MessageCrypt(token=keys.callback_token, aes_key=keys.callback_aes_key, appid=keys.appid)
