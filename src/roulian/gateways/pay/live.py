r"""The production client of WeChat Pay v3, over HTTPS or any transport that is handed in.

Requests are signed as `METHOD\npath?query\ntimestamp\nnonce\nbody\n`, answers verified over
`timestamp\nnonce\nbody\n` (pay.weixin.qq.com, 签名生成 / 签名验证). Every call carries its own idempotency key
(`out_trade_no`, `out_refund_no`), so a lost answer may be asked for again.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

import httpx
import msgspec

from roulian.gateways.freshness import check_fresh
from roulian.gateways.pay.bills import BillRow, read_bill
from roulian.gateways.pay.keys import Envelope, MerchantKeys, Signer
from roulian.gateways.pay.notices import NoticeReader, SignedNotice
from roulian.gateways.pay.platform import Platform, Proof
from roulian.gateways.pay.values import PaymentState, TradeState
from roulian.gateways.transport import exchange, opened
from roulian.words.errors import Rejected, Unreachable
from roulian.words.time import Clock, Day, Instant

T = TypeVar("T")

MCH_URL = "https://api.mch.weixin.qq.com"
_SCHEMA = "WECHATPAY2-SHA256-RSA2048"
_SHANGHAI = timezone(timedelta(hours=8))
_NONCE_BITS = 128
_DESCRIPTION_MOST = 127
_REASON_MOST = 80
_CODES = {
    code.replace("_", ""): code
    for code in (
        "ACCOUNT_ERROR",
        "APPID_MCHID_NOT_MATCH",
        "BANK_ERROR",
        "FREQUENCY_LIMITED",
        "INVALID_REQUEST",
        "MCH_NOT_EXISTS",
        "NO_AUTH",
        "NOT_ENOUGH",
        "NO_STATEMENT_EXIST",
        "ORDERPAID",
        "ORDER_CLOSED",
        "ORDER_NOT_EXIST",
        "OUT_TRADE_NO_USED",
        "PARAM_ERROR",
        "RESOURCE_NOT_EXISTS",
        "RULE_LIMIT",
        "SIGN_ERROR",
        "STATEMENT_CREATING",
        "SYSTEM_ERROR",
        "TRADE_ERROR",
        "USER_ACCOUNT_ABNORMAL",
    )
}
_SHUT_ALREADY = frozenset({"ORDER_CLOSED", "ORDER_NOT_EXIST"})
"""It closed by itself when its time was over, or the prepay never reached Pay."""
_LATER = frozenset({"SYSTEM_ERROR", "BANK_ERROR", "FREQUENCY_LIMITED"})


class _Refusal(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Prepaid(msgspec.Struct):
    prepay_id: str


class _Amount(msgspec.Struct):
    total: int = 0


class _Transaction(msgspec.Struct):
    out_trade_no: str
    trade_state: TradeState
    amount: _Amount = msgspec.field(default_factory=_Amount)
    transaction_id: str | None = None
    success_time: str | None = None


class _Refunding(msgspec.Struct):
    refund_id: str


class _BillLink(msgspec.Struct):
    hash_type: str
    hash_value: str
    download_url: str


class _Sealed(msgspec.Struct):
    nonce: str
    ciphertext: str
    associated_data: str = ""


class _Certificate(msgspec.Struct):
    serial_no: str
    encrypt_certificate: _Sealed


class _Certificates(msgspec.Struct):
    data: list[_Certificate]


class LivePay:
    """`Pay` over HTTP for one merchant and mini-program. Close it when done."""

    def __init__(
        self,
        keys: MerchantKeys,
        *,
        appid: str,
        clock: Clock,
        chance: Callable[[int], int],
        mch_url: str = MCH_URL,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`chance(bits)` is `secrets.randbits` in production and a seeded source in a simulation."""
        self._mchid = keys.mchid
        self._serial = keys.serial
        self._appid = appid
        self._clock = clock
        self._chance = chance
        self._signer = Signer(keys.private_key_pem)
        self._platform = Platform(keys.platform_keys, clock=clock, certificates=self._certificates)
        self._envelope = Envelope(keys.api_v3_key)
        self._notices = NoticeReader(mchid=keys.mchid, platform=self._platform, envelope=self._envelope, clock=clock)
        self._client = opened(mch_url, transport=transport)
        self._asked = 0

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def prepay(
        self,
        *,
        out_trade_no: str,
        description: str,
        total_fen: int,
        openid: str,
        expire_at: Instant,
        notify_url: str,
    ) -> str:
        """See `Pay`."""
        body = {
            "appid": self._appid,
            "mchid": self._mchid,
            "description": description[:_DESCRIPTION_MOST],
            "out_trade_no": out_trade_no,
            "time_expire": _rfc3339(expire_at),
            "notify_url": notify_url,
            "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": openid},
        }
        text = await self._call("POST", "/v3/pay/transactions/jsapi", body)
        return _answer(text, _Prepaid).prepay_id

    def sign_prepay(self, prepay_id: str) -> Mapping[str, str]:
        """See `Pay`."""
        stamp, nonce = str(self._clock.now().ms // 1000), self._nonce()
        package = f"prepay_id={prepay_id}"
        signature = self._signer.sign(f"{self._appid}\n{stamp}\n{nonce}\n{package}\n".encode())
        return {"timeStamp": stamp, "nonceStr": nonce, "package": package, "signType": "RSA", "paySign": signature}

    async def query(self, out_trade_no: str) -> PaymentState:
        """See `Pay`."""
        path = f"/v3/pay/transactions/out-trade-no/{out_trade_no}?{urlencode({'mchid': self._mchid})}"
        return _state(await self._call("GET", path))

    async def shut(self, out_trade_no: str) -> PaymentState:
        """See `Pay`."""
        path = f"/v3/pay/transactions/out-trade-no/{out_trade_no}"
        try:
            await self._ask("POST", f"{path}/close", {"mchid": self._mchid})
        except Rejected as error:
            if error.code == "ORDERPAID":
                return _state(await self._ask("GET", f"{path}?{urlencode({'mchid': self._mchid})}"))
            if error.code not in _SHUT_ALREADY:
                raise
        return PaymentState(out_trade_no, TradeState.CLOSED, 0, None, None)

    async def close(self, out_trade_no: str) -> None:
        """See `Pay`."""
        await self._call("POST", f"/v3/pay/transactions/out-trade-no/{out_trade_no}/close", {"mchid": self._mchid})

    async def trade_bill(self, day: Day) -> tuple[BillRow, ...]:
        """See `Pay`. The file is fetched from Pay's host, whatever host its address names."""
        try:
            asked = await self._ask("GET", f"/v3/bill/tradebill?{urlencode({'bill_date': day.iso()})}")
        except Rejected as error:
            match error.code:
                case "NO_STATEMENT_EXIST":
                    return ()
                case "STATEMENT_CREATING":
                    raise Unreachable(f"the bill of {day.iso()} is still being written") from error
            raise
        link = _answer(asked, _BillLink)
        if link.hash_type != "SHA1":
            raise Unreachable(f"a bill hashed by {link.hash_type}")
        path = httpx.URL(link.download_url).raw_path.decode()
        return read_bill((await self._sent("GET", path, nonce=self._derived(path))).content, sha1=link.hash_value)

    async def refund(
        self,
        *,
        out_trade_no: str,
        out_refund_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
        notify_url: str,
    ) -> str:
        """See `Pay`."""
        body = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": reason[:_REASON_MOST],
            "notify_url": notify_url,
            "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"},
        }
        return _answer(await self._call("POST", "/v3/refund/domestic/refunds", body), _Refunding).refund_id

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> SignedNotice:
        """See `Pay`."""
        return await self._notices.read(headers, body)

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """The verified body of Pay's answer."""
        response = await self._sent(method, path, body, nonce=self._nonce())
        await self._prove(response)
        return response.content

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """As `_call`, for what settles or reports and moves no money; its nonce is derived, not drawn.

        So a question more or less, which a silent Pay alone may cause, leaves everything drawn after it as it was.
        """
        response = await self._sent(method, path, body, nonce=self._derived(path))
        await self._prove(response)
        return response.content

    async def _sent(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, nonce: str
    ) -> httpx.Response:
        content = b"" if body is None else msgspec.json.encode(body)
        headers = self._headers(method, path, content, nonce=nonce)
        request = self._client.build_request(method, path, content=content, headers=headers)
        response = await exchange(self._client, request, is_repeatable=True)
        if not response.is_success:
            raise _refusal(response)
        return response

    async def _certificates(self) -> Mapping[str, str]:
        """Pay's certificates by serial, authentic.

        The answer may be signed by one that it brings: what it seals opens with our APIv3 key, which only Pay knows
        besides us, and its signature then has to hold with that very certificate.
        """
        response = await self._sent("GET", "/v3/certificates", nonce=self._nonce())
        found = {
            one.serial_no: self._envelope.open(
                one.encrypt_certificate.ciphertext,
                nonce=one.encrypt_certificate.nonce,
                associated=one.encrypt_certificate.associated_data,
            ).decode()
            for one in _answer(response.content, _Certificates).data
        }
        proof = Proof.of(response.headers)
        check_fresh(proof.stamp, now=self._clock.now())
        self._platform.verify_with(found, proof, response.content)
        return found

    def _headers(self, method: str, path: str, content: bytes, *, nonce: str) -> Mapping[str, str]:
        stamp = str(self._clock.now().ms // 1000)
        signature = self._signer.sign(f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + content + b"\n")
        fields = (
            f'mchid="{self._mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{stamp}",serial_no="{self._serial}"'
        )
        return {
            "authorization": f"{_SCHEMA} {fields}",
            "accept": "application/json",
            "content-type": "application/json",
            "wechatpay-serial": self._platform.preferred,
        }

    async def _prove(self, response: httpx.Response) -> None:
        """An answer that is not provably Pay's is no answer: whatever was asked may have been done or not."""
        proof = Proof.of(response.headers)
        try:
            check_fresh(proof.stamp, now=self._clock.now())
            await self._platform.verify(proof, response.content)
        except Rejected as error:
            raise Unreachable(f"{response.request.url.path}: unproved answer ({error.code})") from error

    def _derived(self, path: str) -> str:
        self._asked += 1
        return self._envelope.mark(f"{self._clock.now().ms} {self._asked} {path}".encode())

    def _nonce(self) -> str:
        return f"{self._chance(_NONCE_BITS):032X}"


def canonical(code: str) -> str:
    """Pay's code in one spelling: two generations of documents write ORDERNOTEXIST and ORDER_NOT_EXIST."""
    return _CODES.get(code.replace("_", ""), code)


def _refusal(response: httpx.Response) -> Rejected | Unreachable:
    path = response.request.url.path
    try:
        said = msgspec.json.decode(response.content, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        said = _Refusal()
    code = canonical(said.code)
    if code in _LATER or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return Unreachable(f"{path}: HTTP {response.status_code} {code}")
    return Rejected(code or f"http_{response.status_code}", said.message, trace=response.headers.get("request-id", ""))


def _rfc3339(at: Instant) -> str:
    moment = datetime.fromtimestamp(at.ms / 1000, tz=UTC).astimezone(_SHANGHAI)
    return moment.isoformat(timespec="seconds")


def _state(text: bytes) -> PaymentState:
    found = _answer(text, _Transaction)
    paid_at = None if found.success_time is None else Instant.parse(found.success_time)
    return PaymentState(found.out_trade_no, found.trade_state, found.amount.total, found.transaction_id, paid_at)


def _answer(text: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreachable("unreadable answer") from error
