"""A payment as Pay keeps it, and the transaction it shows to its merchant."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wechat_sandbox.moments import rfc3339
from wechat_sandbox.state import State


class TradeState(StrEnum):
    """交易状态."""

    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    CLOSED = "CLOSED"
    PAYERROR = "PAYERROR"


class TradeType(StrEnum):
    """交易类型: where the payer meets the cashier; H5 is MWEB on the wire."""

    JSAPI = "JSAPI"
    APP = "APP"
    NATIVE = "NATIVE"
    H5 = "MWEB"


PAYABLE = (TradeState.NOTPAY, TradeState.PAYERROR)
DESCRIPTIONS: Mapping[TradeState, str] = {
    TradeState.NOTPAY: "订单未支付",
    TradeState.SUCCESS: "支付成功",
    TradeState.REFUND: "订单发生过退款,退款详情请查询退款单",
    TradeState.CLOSED: "订单已关闭",
    TradeState.PAYERROR: "支付失败",
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One merchant order; `transaction_id` and `paid_ms` are None until it is paid.

    `openid` is empty while nobody has paid an order that names no payer (APP, NATIVE, H5); `combined` is the number of
    the combined order it is a part of. A shared order's settled money is held (`held_fen`) until it is shared out.
    """

    id: int
    mchid: str
    out_trade_no: str
    appid: str
    openid: str
    description: str
    attach: str
    notify_url: str
    total_fen: int
    prepay_id: str
    prepaid_ms: int
    created_ms: int
    expires_ms: int
    trade_state: TradeState
    transaction_id: str | None
    paid_ms: int | None
    is_settled: bool
    trade_type: TradeType
    combined: int | None
    is_shared: bool
    held_fen: int

    @property
    def known_ms(self) -> int:
        """When it was paid, or created when it is not paid."""
        return self.created_ms if self.paid_ms is None else self.paid_ms


def _payment(state: State, row: sqlite3.Row | None) -> Payment | None:
    if row is None:
        return None
    trade_state = TradeState(row["trade_state"])
    if trade_state in PAYABLE and state.now_ms >= row["expires_ms"]:
        trade_state = TradeState.CLOSED
    return Payment(
        id=row["id"],
        mchid=row["mchid"],
        out_trade_no=row["out_trade_no"],
        appid=row["appid"],
        openid=row["openid"],
        description=row["description"],
        attach=row["attach"],
        notify_url=row["notify_url"],
        total_fen=row["total_fen"],
        prepay_id=row["prepay_id"],
        prepaid_ms=row["prepaid_ms"],
        created_ms=row["created_ms"],
        expires_ms=row["expires_ms"],
        trade_state=trade_state,
        transaction_id=row["transaction_id"],
        paid_ms=row["paid_ms"],
        is_settled=bool(row["is_settled"]),
        trade_type=TradeType(row["trade_type"]),
        combined=row["combined"],
        is_shared=bool(row["is_shared"]),
        held_fen=row["held_fen"],
    )


def payment_by_id(state: State, payment: int) -> Payment | None:
    """The payment with the sandbox's own number."""
    return _payment(state, state.one("SELECT * FROM payments WHERE id = ?", payment))


def payment_by_trade_no(state: State, mchid: str, out_trade_no: str) -> Payment | None:
    """The merchant's order, paid or not."""
    row = state.one("SELECT * FROM payments WHERE mchid = ? AND out_trade_no = ?", mchid, out_trade_no)
    return _payment(state, row)


def payment_by_prepay(state: State, prepay_id: str) -> Payment | None:
    """The order behind a prepay_id."""
    return _payment(state, state.one("SELECT * FROM payments WHERE prepay_id = ?", prepay_id))


def payment_by_transaction(state: State, transaction_id: str) -> Payment | None:
    """The paid order with WeChat's own number."""
    return _payment(state, state.one("SELECT * FROM payments WHERE transaction_id = ?", transaction_id))


def payments_of(state: State, combined: int) -> tuple[Payment, ...]:
    """The orders of one combined order, in the order they were given."""
    rows = state.all("SELECT * FROM payments WHERE combined = ? ORDER BY id", combined)
    return tuple(payment for row in rows if (payment := _payment(state, row)) is not None)


def shown(payment: Payment) -> dict[str, Any]:
    """The transaction as queries and notices show it."""
    transaction: dict[str, Any] = {
        "mchid": payment.mchid,
        "appid": payment.appid,
        "out_trade_no": payment.out_trade_no,
        "trade_state": payment.trade_state,
        "trade_state_desc": DESCRIPTIONS[payment.trade_state],
        "amount": {"total": payment.total_fen, "currency": "CNY"},
    }
    if payment.openid:
        transaction["payer"] = {"openid": payment.openid}
    if payment.attach:
        transaction["attach"] = payment.attach
    if payment.transaction_id is None or payment.paid_ms is None:
        return transaction
    return {
        **transaction,
        "transaction_id": payment.transaction_id,
        "trade_type": payment.trade_type,
        "bank_type": "OTHERS",
        "success_time": rfc3339(payment.paid_ms),
        "amount": {
            "total": payment.total_fen,
            "payer_total": payment.total_fen,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
        "promotion_detail": [],
    }
