"""Where a payment's money is: frozen with WeChat until settled, then on the merchant's balance."""

from wechat_sandbox.pay.payments import Payment
from wechat_sandbox.state import State


def refunded_fen(state: State, payment: Payment) -> int:
    """What has been or is being given back of this payment."""
    return int(
        state.value(
            "SELECT COALESCE(SUM(refund_fen), 0) FROM refunds WHERE payment = ? AND status IN ('PROCESSING', 'SUCCESS')",
            payment.id,
        )
    )


def settle(state: State, payment: Payment) -> None:
    """The payment's money, less its refunds, is on the merchant's balance; a second time changes nothing."""
    changed = state.run("UPDATE payments SET is_settled = 1 WHERE id = ? AND is_settled = 0", payment.id)
    if changed.rowcount:
        move(state, payment.mchid, payment.total_fen - refunded_fen(state, payment))


def move(state: State, mchid: str, fen: int) -> None:
    """The merchant's balance has grown by `fen` (negative: shrunk)."""
    state.run("UPDATE merchants SET balance_fen = balance_fen + ? WHERE mchid = ?", fen, mchid)
