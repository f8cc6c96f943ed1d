"""Where a payment's money is: frozen with WeChat until settled, then on the merchant's balance.

Every change of a balance leaves a row, from which the fund-flow bill is written. No fee is taken.
"""

from enum import StrEnum

from wechat_sandbox.pay.payments import Payment
from wechat_sandbox.state import State


class FlowKind(StrEnum):
    """Why a balance changed, as the fund-flow bill calls it."""

    TRADE = "交易"
    REFUND = "退款"
    REFUND_RETURNED = "退款退回"
    WITHDRAWAL = "提现"


def refunded_fen(state: State, payment: Payment) -> int:
    """What has been or is being given back of this payment; an abnormal refund is still on its way."""
    return int(
        state.value(
            "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE payment = ? AND status != 'CLOSED'", payment.id
        )
    )


def settle(state: State, payment: Payment) -> None:
    """The payment's money, less its refunds, is on the merchant's balance; a second time changes nothing."""
    changed = state.run("UPDATE payments SET is_settled = 1 WHERE id = ? AND is_settled = 0", payment.id)
    left_fen = payment.total_fen - refunded_fen(state, payment) if changed.rowcount else 0
    if left_fen:
        move(
            state,
            payment.mchid,
            left_fen,
            kind=FlowKind.TRADE,
            business_no=payment.transaction_id or "",
            voucher=payment.out_trade_no,
        )


def move(state: State, mchid: str, fen: int, *, kind: FlowKind, business_no: str, voucher: str) -> None:
    """The merchant's balance has grown by `fen` (negative: shrunk), and the fund-flow bill will say why."""
    state.run("UPDATE merchants SET balance_fen = balance_fen + ? WHERE mchid = ?", fen, mchid)
    state.run(
        "INSERT INTO fund_flows (at_ms, mchid, kind, business_no, voucher, fen, balance_fen)"
        " SELECT ?, mchid, ?, ?, ?, ?, balance_fen FROM merchants WHERE mchid = ?",
        state.now_ms,
        kind,
        business_no,
        voucher,
        fen,
        mchid,
    )
