"""WeChat Pay v3, seen from our side: take money, give it back, and believe only what Pay has signed.

Owns: the protocol, its value types, signatures and envelopes.
Says: nothing; it raises `Rejected` (Pay said no, or a notice is not Pay's) or `Unreachable`.
Never: decides what a payment means; never believes a notice for being well-formed.
"""

from collections.abc import Mapping
from typing import Protocol

from roulian.gateways.pay.bills import BillKind, BillRow
from roulian.gateways.pay.keys import MerchantKeys
from roulian.gateways.pay.notices import PaidNotice, RefundNotice, RefundStatus, SignedNotice
from roulian.gateways.pay.values import PaymentState, TradeState
from roulian.words.time import Day, Instant

__all__ = [
    "BillKind",
    "BillRow",
    "MerchantKeys",
    "PaidNotice",
    "Pay",
    "PaymentState",
    "RefundNotice",
    "RefundStatus",
    "SignedNotice",
    "TradeState",
]


class Pay(Protocol):
    """The calls the ring makes to WeChat Pay, and the notices it reads.

    Every call may be repeated with the same content and then does nothing new, so `Unreachable` is never `lost`.
    Raises `Rejected(code, trace=request id)` with Pay's codes in their underscore spelling.
    """

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
        """The prepay_id, good for two hours. Rejected OUT_TRADE_NO_USED, ORDERPAID, ORDER_CLOSED, PARAM_ERROR."""
        ...

    def sign_prepay(self, prepay_id: str) -> Mapping[str, str]:
        """The arguments of `wx.requestPayment`: timeStamp, nonceStr, package, signType, paySign."""
        ...

    async def query(self, out_trade_no: str) -> PaymentState:
        """How the payment stands; the way to know when a notice does not come. Rejected ORDER_NOT_EXIST."""
        ...

    async def close(self, out_trade_no: str) -> None:
        """The order can no longer be paid. Rejected ORDERPAID when it was."""
        ...

    async def shut(self, out_trade_no: str) -> PaymentState:
        """The payment as it stays: CLOSED, also where Pay never heard of it, or paid and by whom to be counted.

        The question to ask before an order is given up. Raises as every call does.
        """
        ...

    async def trade_bill(self, day: Day) -> tuple[BillRow, ...]:
        """Every payment and refund of a day that is over, none on a day without; Pay writes it by ten the next morning.

        Unreachable while it is being written, or when the file is not the one whose hash was told.
        """
        ...

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
        """Pay's own number of the refund, which is now under way. Rejected NOT_ENOUGH, INVALID_REQUEST."""
        ...

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> SignedNotice:
        """What Pay says happened, proved over the raw bytes. Rejected when it is not Pay's, not fresh or not ours."""
        ...
