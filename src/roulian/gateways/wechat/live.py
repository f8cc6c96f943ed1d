"""The production client: WeChat's paths over HTTPS, or over any transport that is handed in.

Against the sandbox the same code runs through `httpx.ASGITransport`. Field names and errcodes are WeChat's
(developers.weixin.qq.com); every call names its own reaction to them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

import httpx
import msgspec

from roulian.gateways.transport import exchange, opened
from roulian.gateways.wechat import calls
from roulian.gateways.wechat.crypt import MessageCrypt
from roulian.gateways.wechat.messages import Message, read_message, text_of
from roulian.gateways.wechat.tokens import Token, Tokens, TokenShelf
from roulian.gateways.wechat.values import AccountKeys, ArticleRead, CodeSession
from roulian.words.errors import Rejected, Unreachable
from roulian.words.time import Clock, Day, Instant

A = TypeVar("A", bound=calls.Answer)

API_URL = "https://api.weixin.qq.com"
_SHANGHAI = timezone(timedelta(hours=8))
_BUSY = -1
_TOO_FAST = 45011
_DEAD_TOKEN = frozenset({40001, 40014, 42001})
_NOTHING_NEW = "10060023"
_LOGISTICS_CARD = 2001
_ITEM_DESC_MOST = 120


class LiveWeChat:
    """`WeChat` over HTTP. Close it when done."""

    def __init__(
        self,
        mini_program: AccountKeys,
        *,
        mchid: str,
        clock: Clock,
        shelf: TokenShelf,
        official: Sequence[AccountKeys] = (),
        api_url: str = API_URL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Speak for `mini_program`, count the articles of the `official` accounts; `mchid` owns the payments."""
        self._mini = mini_program
        self._official = tuple(official)
        self._keys = {keys.appid: keys for keys in (mini_program, *official)}
        self._crypts = {keys.appid: _crypt(keys) for keys in self._keys.values() if keys.callback_aes_key}
        self._mchid = mchid
        self._clock = clock
        self._tokens = Tokens(shelf=shelf, clock=clock, fetch=self._fetch_token)
        self._client = opened(api_url, transport=transport)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def code_session(self, js_code: str) -> CodeSession:
        """See `WeChat`."""
        query = {
            "appid": self._mini.appid,
            "secret": self._mini.secret,
            "js_code": js_code,
            "grant_type": "authorization_code",
        }
        request = self._client.build_request("GET", "/sns/jscode2session", params=query)
        answer = _good(await self._ask(request, calls.Session, is_repeatable=True), "jscode2session")
        return CodeSession(answer.openid, answer.unionid or None, answer.session_key)

    async def send_subscribe(self, *, openid: str, template: str, page: str, values: Mapping[str, str]) -> str:
        """See `WeChat`."""
        body = calls.Subscribe(
            touser=openid,
            template_id=template,
            page=page,
            data={name: calls.Worth(value) for name, value in values.items()},
        )
        answer = await self._call("/cgi-bin/message/subscribe/send", body, calls.Sent, is_repeatable=False)
        return str(answer.msgid)

    async def set_user_notify(
        self,
        *,
        openid: str,
        pay_no: str,
        status: int,
        content: Mapping[str, str],
        pay_fen: int,
        paid_at: Instant,
    ) -> None:
        """See `WeChat`."""
        check = calls.CardCheck(pay_amount=pay_fen, pay_time=paid_at.ms // 1000)
        body = calls.Card(
            openid=openid,
            notify_type=_LOGISTICS_CARD,
            notify_code=pay_no,
            content_json=msgspec.json.encode({"cur_status": status, **content}).decode(),
            check_json=msgspec.json.encode(check).decode(),
        )
        await self._call("/wxa/set_user_notify", body, calls.Answer, is_repeatable=False)

    async def article_reads(self, first: Day, last: Day) -> tuple[ArticleRead, ...]:
        """See `WeChat`. WeChat gives one day per call, so a span of n days costs 2n calls for each account."""
        found: list[ArticleRead] = []
        for keys in self._official:
            for number in range(first.number, last.number + 1):
                found.extend(await self._day_of_articles(keys.appid, Day(number)))
        return tuple(found)

    async def _day_of_articles(self, appid: str, day: Day) -> list[ArticleRead]:
        span = calls.Span(begin_date=day.iso(), end_date=day.iso())
        reads, shares = [
            await self._call(path, span, calls.Articles, is_repeatable=True, appid=appid)
            for path in ("/datacube/getarticleread", "/datacube/getarticleshare")
        ]
        readers = {item.msgid: item.detail.read_user for item in reads.articles}
        sharers = {item.msgid: item.detail.share_user for item in shares.articles}
        is_final = not (reads.is_delay or shares.is_delay)
        return [
            ArticleRead(appid, msgid, day, readers.get(msgid, 0), sharers.get(msgid, 0), is_final)
            for msgid in sorted(readers.keys() | sharers.keys())
        ]

    async def upload_shipping(
        self,
        *,
        out_trade_no: str,
        openid: str,
        waybill: str,
        carrier: str,
        item_desc: str,
        at: Instant,
    ) -> None:
        """See `WeChat`. That WeChat finds nothing new (10060023) is what a repeated call hopes for."""
        parcel = calls.Parcel(
            tracking_no=waybill,
            express_company=carrier,
            item_desc=item_desc[:_ITEM_DESC_MOST],
        )
        body = calls.Shipping(
            order_key=calls.OrderKey(mchid=self._mchid, out_trade_no=out_trade_no),
            shipping_list=[parcel],
            upload_time=_rfc3339(at),
            payer=calls.Payer(openid),
        )
        try:
            await self._call("/wxa/sec/order/upload_shipping_info", body, calls.Answer, is_repeatable=True)
        except Rejected as error:
            if error.code != _NOTHING_NEW:
                raise

    async def special_order(self, *, order_id: str, delay_to: Instant) -> None:
        """See `WeChat`."""
        body = calls.Special(order_id=order_id, delay_to=delay_to.ms // 1000)
        await self._call("/wxa/sec/order/opspecialorder", body, calls.Answer, is_repeatable=False)

    async def trade_managed(self) -> bool:
        """See `WeChat`."""
        body = calls.Managed(appid=self._mini.appid)
        path = "/wxa/sec/order/is_trade_managed"
        return (await self._call(path, body, calls.TradeManaged, is_repeatable=True)).is_trade_managed

    def prove_address(self, appid: str, query: Mapping[str, str]) -> str:
        """See `WeChat`."""
        crypt = self._crypt_of(appid)
        stamp, nonce, echo = query.get("timestamp", ""), query.get("nonce", ""), query.get("echostr", "")
        if "msg_signature" in query:
            crypt.verify(query["msg_signature"], stamp, nonce, echo)
            return crypt.decrypt(echo).decode()
        crypt.verify(query.get("signature", ""), stamp, nonce)
        return echo

    def open_callback(self, appid: str, query: Mapping[str, str], body: bytes) -> Message:
        """See `WeChat`. A message that is not encrypted is refused: the account is set to 安全模式."""
        crypt = self._crypt_of(appid)
        sealed = text_of(read_message(body), "Encrypt")
        if not sealed:
            raise Rejected("not_encrypted")
        crypt.verify(query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", ""), sealed)
        return read_message(crypt.decrypt(sealed))

    def _crypt_of(self, appid: str) -> MessageCrypt:
        crypt = self._crypts.get(appid)
        if crypt is None:
            raise Rejected("unknown_appid")
        return crypt

    async def _call(self, path: str, body: object, shape: type[A], *, is_repeatable: bool, appid: str = "") -> A:
        """One API call with a token; a refused token is replaced once, since a refused call did nothing."""
        who = appid or self._mini.appid
        content = msgspec.json.encode(body)
        token = await self._tokens.current(who)
        answer = await self._post(path, token, content, shape, is_repeatable=is_repeatable)
        if answer.errcode in _DEAD_TOKEN:
            token = await self._tokens.instead_of(who, token)
            answer = await self._post(path, token, content, shape, is_repeatable=is_repeatable)
        return _good(answer, path, is_repeatable=is_repeatable)

    async def _post(self, path: str, token: str, content: bytes, shape: type[A], *, is_repeatable: bool) -> A:
        request = self._client.build_request(
            "POST",
            path,
            params={"access_token": token},
            content=content,
            headers={"content-type": "application/json"},
        )
        return await self._ask(request, shape, is_repeatable=is_repeatable)

    async def _ask(self, request: httpx.Request, shape: type[A], *, is_repeatable: bool) -> A:
        response = await exchange(self._client, request, is_repeatable=is_repeatable)
        if not response.is_success:
            raise Rejected(f"http_{response.status_code}", request.url.path)
        try:
            return msgspec.json.decode(response.content, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Unreachable(f"{request.url.path}: unreadable answer", lost=not is_repeatable) from error

    async def _fetch_token(self, appid: str) -> Token:
        body = calls.StableToken(appid=appid, secret=self._keys[appid].secret)
        asked_at = self._clock.now()
        request = self._client.build_request(
            "POST",
            "/cgi-bin/stable_token",
            content=msgspec.json.encode(body),
            headers={"content-type": "application/json"},
        )
        answer = _good(await self._ask(request, calls.NewToken, is_repeatable=True), "stable_token")
        return Token(answer.access_token, asked_at.plus(timedelta(seconds=answer.expires_in)))


def _crypt(keys: AccountKeys) -> MessageCrypt:
    return MessageCrypt(token=keys.callback_token, aes_key=keys.callback_aes_key, appid=keys.appid)


def _good(answer: A, path: str, *, is_repeatable: bool = True) -> A:
    """The answer when WeChat did what was asked; its refusal as `Rejected`, its being busy as `Unreachable`.

    A token refused even after its replacement is no word about the call: it did nothing, and later it may do.
    """
    if answer.errcode == 0:
        return answer
    message, _, rid = answer.errmsg.partition(" rid: ")
    if answer.errcode in _DEAD_TOKEN:
        raise Unreachable(f"{path}: WeChat takes no token of ours now ({answer.errcode}, {rid})")
    if answer.errcode == _BUSY:
        raise Unreachable(f"{path}: WeChat is busy", lost=not is_repeatable)
    if answer.errcode == _TOO_FAST:
        raise Unreachable(f"{path}: too many calls this minute")
    raise Rejected(str(answer.errcode), message, trace=rid)


def _rfc3339(at: Instant) -> str:
    moment = datetime.fromtimestamp(at.ms / 1000, tz=UTC).astimezone(_SHANGHAI)
    return moment.isoformat(timespec="milliseconds")
