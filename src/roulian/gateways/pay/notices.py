"""Notices from Pay, believed only after every proof: fresh, by a known key, opened by our key.

That a notice was not heard before is the receiver's to know: it remembers the nonce in the commit that acts on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from roulian.gateways.freshness import REMEMBER_FOR, check_fresh
from roulian.gateways.pay.keys import Envelope
from roulian.gateways.pay.platform import Platform, Proof
from roulian.words.errors import Rejected
from roulian.words.time import Clock, Instant

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class SignedNotice:
    """What Pay says, proved. Pay signs each sending anew, so a `nonce` that comes twice is a replay.

    After `forget_at` a replay is refused as stale, so the nonce need not be remembered longer.
    """

    says: PaidNotice | RefundNotice
    nonce: str
    forget_at: Instant


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

    def __init__(self, *, mchid: str, platform: Platform, envelope: Envelope, clock: Clock) -> None:
        """Believe `platform`'s signatures, open with `envelope`, refuse what is older than `clock` allows."""
        self._mchid = mchid
        self._platform = platform
        self._envelope = envelope
        self._clock = clock

    async def read(self, headers: Mapping[str, str], body: bytes) -> SignedNotice:
        """The notice; see `Pay.read_notice`. `body` is the raw bytes as they came.

        Raises `Rejected`: headers_missing, stale_timestamp, unknown_serial, probe, bad_signature, bad_resource,
        bad_notice, unknown_event, foreign_merchant.
        """
        proof = Proof.of(headers)
        if not proof.is_whole():
            raise Rejected("headers_missing")
        check_fresh(proof.stamp, now=self._clock.now())
        await self._platform.verify(proof, body)
        forget_at = Instant(int(proof.stamp) * 1000).plus(REMEMBER_FOR)
        return SignedNotice(self._opened(body), proof.nonce, forget_at)

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
