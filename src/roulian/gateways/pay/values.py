"""How a payment stands."""

from dataclasses import dataclass
from enum import StrEnum

from roulian.words.time import Instant


class TradeState(StrEnum):
    """交易状态."""

    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"
    ACCEPT = "ACCEPT"


@dataclass(frozen=True, slots=True)
class PaymentState:
    """A payment as Pay keeps it. `transaction_id` and `paid_at` are None until it is paid."""

    out_trade_no: str
    state: TradeState
    total_fen: int
    transaction_id: str | None
    paid_at: Instant | None
