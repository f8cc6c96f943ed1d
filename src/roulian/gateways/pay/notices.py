"""Notices from Pay, believed only after every proof: fresh, by a known key, not seen before, opened by our key."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec

from roulian.gateways.pay.keys import Envelope, Platform
from roulian.words.errors import Rejected
from roulian.words.time import Clock, Instant

T = TypeVar("T")

FRESH_WITHIN = timedelta(minutes=5)
_MOST_DIGITS = 12
_HEADERS = ("timestamp", "nonce", "serial", "signature")


class RefundStatus(StrEnum):
    """How a refund ended. `ABNORMAL`: the payer's card could not take it back; a person must act."""

    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    ABNORMAL = "ABNORMAL"
    PROCESSING = "PROCESSING"


@dataclass(frozen=True, slots=True)
class PaidNotice:
    """A payment succeeded."""

    out_trade_no: str
    transaction_id: str
    amount_fen: int
    openid: str
    paid_at: Instant


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """A refund ended. `at` is None unless it succeeded."""

    out_trade_no: str
    out_refund_no: str
    refund_id: str
    refund_fen: int
    status: RefundStatus
    at: Instant | None


class NonceBook(Protocol):
    """Remembers which nonces were seen while a notice with them would still be fresh."""

    def is_new(self, nonce: str, *, now: Instant) -> bool:
        """Whether this nonce was not seen before; it is remembered."""
        ...


class NoncesInProcess:
    """A book for one process. Several processes may each accept a replay once: acting on it must change nothing."""

    def __init__(self) -> None:
        """Begin empty."""
        self._seen: set[str] = set()
        self._order: deque[tuple[Instant, str]] = deque()

    def is_new(self, nonce: str, *, now: Instant) -> bool:
        """Whether this nonce was not seen within twice the freshness window."""
        while self._order and self._order[0][0].plus(2 * FRESH_WITHIN) < now:
            self._seen.discard(self._order.popleft()[1])
        if nonce in self._seen:
            return False
        self._seen.add(nonce)
        self._order.append((now, nonce))
        return True


class _Resource(msgspec.Struct):
    ciphertext: str
    nonce: str
    algorithm: str = ""
    associated_data: str = ""


class _Envelope(msgspec.Struct):
    event_type: str
    resource: _Resource


class _Amount(msgspec.Struct):
    total: int
    refund: int = 0
    currency: str = "CNY"


class _Payer(msgspec.Struct):
    openid: str = ""


class _Transaction(msgspec.Struct):
    mchid: str
    out_trade_no: str
    transaction_id: str
    trade_state: str
    success_time: str
    amount: _Amount
    payer: _Payer


class _Refund(msgspec.Struct):
    mchid: str
    out_trade_no: str
    out_refund_no: str
    refund_id: str
    refund_status: RefundStatus
    amount: _Amount
    success_time: str = ""


class NoticeReader:
    """Reads the notices of one merchant."""

    def __init__(self, *, mchid: str, platform: Platform, envelope: Envelope, nonces: NonceBook, clock: Clock) -> None:
        """Believe `platform`'s signatures, open with `envelope`, refuse what is older than `clock` allows."""
        self._mchid = mchid
        self._platform = platform
        self._envelope = envelope
        self._nonces = nonces
        self._clock = clock

    def read(self, headers: Mapping[str, str], body: bytes) -> PaidNotice | RefundNotice:
        """The notice; see `Pay.read_notice`. `body` is the raw bytes as they came.

        Raises `Rejected`: headers_missing, stale_timestamp, unknown_serial, probe, bad_signature, replayed_nonce,
        bad_resource, bad_notice, unknown_event, foreign_merchant.
        """
        proofs = {name.lower().removeprefix("wechatpay-"): value for name, value in headers.items()}
        stamp, nonce, serial, signature = (proofs.get(name, "") for name in _HEADERS)
        if not (stamp and nonce and serial and signature):
            raise Rejected("headers_missing")
        check_fresh(stamp, now=self._clock.now())
        message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        self._platform.verify(message, serial=serial, signature=signature)
        if not self._nonces.is_new(nonce, now=self._clock.now()):
            raise Rejected("replayed_nonce")
        return self._opened(body)

    def _opened(self, body: bytes) -> PaidNotice | RefundNotice:
        notice = _decoded(body, _Envelope)
        sealed = notice.resource
        plain = self._envelope.open(sealed.ciphertext, nonce=sealed.nonce, associated=sealed.associated_data)
        match notice.event_type.partition(".")[0]:
            case "TRANSACTION":
                return self._paid(_decoded(plain, _Transaction))
            case "REFUND":
                return self._refunded(_decoded(plain, _Refund))
            case _:
                raise Rejected("unknown_event", notice.event_type)

    def _paid(self, said: _Transaction) -> PaidNotice:
        self._check_ours(said.mchid, said.amount)
        if said.trade_state != "SUCCESS":
            raise Rejected("bad_notice", said.trade_state)
        paid_at = _moment(said.success_time)
        return PaidNotice(said.out_trade_no, said.transaction_id, said.amount.total, said.payer.openid, paid_at)

    def _refunded(self, said: _Refund) -> RefundNotice:
        self._check_ours(said.mchid, said.amount)
        at = _moment(said.success_time) if said.success_time else None
        refund_fen = said.amount.refund
        return RefundNotice(said.out_trade_no, said.out_refund_no, said.refund_id, refund_fen, said.refund_status, at)

    def _check_ours(self, mchid: str, amount: _Amount) -> None:
        if mchid != self._mchid:
            raise Rejected("foreign_merchant")
        if amount.currency != "CNY":
            raise Rejected("bad_notice", amount.currency)


def check_fresh(stamp: str, *, now: Instant) -> None:
    """Raises `Rejected` `stale_timestamp` unless `stamp` (seconds) is within five minutes of `now`."""
    if (
        not stamp.isdecimal()
        or len(stamp) > _MOST_DIGITS
        or abs(int(stamp) - now.ms // 1000) > FRESH_WITHIN.total_seconds()
    ):
        raise Rejected("stale_timestamp")


def _decoded(text: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected("bad_notice") from error


def _moment(text: str) -> Instant:
    try:
        return Instant.parse(text)
    except ValueError as error:
        raise Rejected("bad_notice") from error
