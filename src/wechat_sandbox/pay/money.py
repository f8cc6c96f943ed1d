"""Where a payment's money is: frozen with WeChat until settled, then on the merchant's balance.

A shared order's money is held in between, until it is shared out or the rest of it is let go.

Every change of a balance leaves a row, from which the fund-flow bill is written. No fee is taken.
"""

from enum import StrEnum

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.payments import Payment
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, cancel_timer, set_timer


class FlowKind(StrEnum):
    """Why a balance changed, as the fund-flow bill calls it."""

    TRADE = "交易"
    REFUND = "退款"
    REFUND_RETURNED = "退款退回"
    WITHDRAWAL = "提现"
    SHARE = "分账"


def refunded_fen(state: State, payment: Payment) -> int:
    """What has been or is being given back of this payment; an abnormal refund is still on its way."""
    return int(
        state.value(
            "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE payment = ? AND status != 'CLOSED'", payment.id
        )
    )


def settle(state: State, payment: Payment) -> None:
    """The payment's money, less its refunds, is on the merchant's balance, or held; a second time changes nothing."""
    changed = state.run("UPDATE payments SET is_settled = 1 WHERE id = ? AND is_settled = 0", payment.id)
    left_fen = payment.total_fen - refunded_fen(state, payment) if changed.rowcount else 0
    if left_fen and payment.is_shared:
        state.run("UPDATE payments SET held_fen = ? WHERE id = ?", left_fen, payment.id)
        at_ms = state.now_ms + state.settings.share_within_days * DAY_MS
        set_timer(state, TimerKind.SHARE_LET_GO, str(payment.id), at_ms=at_ms)
    elif left_fen:
        _enter(state, payment, left_fen)


def _enter(state: State, payment: Payment, fen: int) -> None:
    number = payment.transaction_id or ""
    move(state, payment.mchid, fen, kind=FlowKind.TRADE, business_no=number, voucher=payment.out_trade_no)


def let_go(state: State, payment: Payment) -> int:
    """How much of the payment's money was still held; it is on the merchant's balance now."""
    held_fen = int(state.value("SELECT held_fen FROM payments WHERE id = ?", payment.id))
    cancel_timer(state, TimerKind.SHARE_LET_GO, str(payment.id))
    if held_fen:
        state.run("UPDATE payments SET held_fen = 0 WHERE id = ?", payment.id)
        _enter(state, payment, held_fen)
    return held_fen


def take_for_refund(state: State, payment: Payment, fen: int, *, refund_id: str, out_refund_no: str) -> None:
    """A settled payment's refund is paid from what is held of it, the rest from the merchant's balance."""
    from_held_fen = min(fen, payment.held_fen)
    if from_held_fen:
        state.run("UPDATE payments SET held_fen = held_fen - ? WHERE id = ?", from_held_fen, payment.id)
    if fen > from_held_fen:
        rest_fen = fen - from_held_fen
        kind = FlowKind.REFUND
        move(state, payment.mchid, -rest_fen, kind=kind, business_no=refund_id, voucher=out_refund_no)


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
